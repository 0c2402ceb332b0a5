// Routes on the page: search, and the parameters of their paths. Does not use the DOM.

/**
 * @typedef {{
 *   method: string, path: string, name: string, handler: string, source: string, description: string, tags?: string[],
 *   body: string,
 * }} Choice  a route of the app; body: the untouched body
 */

const PATH_PARAMETER = /\{([^{}:]+)(?::[^{}]*)?\}/g;

/** @param {Choice} choice */
function searchText(choice) {
  return [choice.method, choice.path, choice.name, choice.handler, choice.description, ...(choice.tags ?? [])]
    .join(" ")
    .toLowerCase();
}

/**
 * Routes that contain every word; those whose path begins with the first word come first.
 * @param {Choice[]} choices
 * @param {string} query
 */
export function findRoutes(choices, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = choices.filter((choice) => words.every((word) => searchText(choice).includes(word)));
  /** @param {Choice} choice */
  const first = (choice) => (words.length && choice.path.toLowerCase().startsWith(words[0]) ? 0 : 1);
  return found.sort((one, other) => first(one) - first(other)); // a stable sort
}

/**
 * The names of the path parameters, each once, in order.
 * @param {string} path
 */
export function findPathParameters(path) {
  return [...new Set([...path.split("?")[0].matchAll(PATH_PARAMETER)].map((match) => match[1]))];
}
