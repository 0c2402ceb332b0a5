// Routes on the page: search, groups, and the parameters of their paths. Does not use the DOM.

/**
 * @typedef {{
 *   method: string, path: string, name?: string, handler?: string, source?: string, description?: string,
 *   tags?: string[], body?: string, own?: string, lock?: boolean, deprecated?: boolean,
 *   secrets?: string[],
 * }} Choice  a route of the app, without what is empty; body: the untouched body; own: the framework that added it;
 *   lock: whether it takes credentials; secrets: the fields of its path that are secret by their names
 */

/**
 * @typedef {{ kind: "route", choice: Choice }
 *   | { kind: "tag", title: string }
 *   | { kind: "fold", title: string, key: string, count: number, isOpen: boolean }
 *   | { kind: "none", query: string }} RouteRow  a row of the list; count: 0 where the title has it; none: no route matches
 */

/** @typedef {Record<string, string[]>} Tried  what is said of each route that was tried, by its key */

/** The key of the fold of the framework's own routes. */
export const OWN_FOLD = "own";
const FOLDED_FROM = 60; // routes: with fewer, all of them can be seen at once
const PATH_PARAMETER = /\{([^{}:]+)(?::[^{}]*)?\}/g;

/** @param {Choice} choice */
function searchText({ method, path, name, handler, description, tags }) {
  return [method, path, name, handler, description, ...(tags ?? [])].filter(Boolean).join(" ").toLowerCase();
}

/**
 * Routes that contain every word; those whose path begins with the first word come first.
 * @param {Choice[]} choices
 * @param {string} query
 */
export function findRoutes(choices, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = choices.filter((choice) => {
    const text = searchText(choice);
    return words.every((word) => text.includes(word));
  });
  /** @param {Choice} choice */
  const first = (choice) => (words.length && choice.path.toLowerCase().startsWith(words[0]) ? 0 : 1);
  return found.sort((one, other) => first(one) - first(other)); // a stable sort
}

/**
 * The key of the fold that a route is in.
 * @param {Choice} choice
 */
export function foldOf(choice) {
  return choice.own ? OWN_FOLD : `tag ${choice.tags?.[0] ?? ""}`;
}

/**
 * The rows of the list: the matching routes, or without a query all of them by tag, those without a tag first. The
 * framework's own are in a fold, and so is each tag of an app with many routes.
 * @param {Choice[]} choices
 * @param {string} query
 * @param {Set<string>} open  the keys of the expanded folds
 * @returns {RouteRow[]}
 */
export function listRoutes(choices, query, open) {
  if (query) {
    const words = findRoutes(choices, query);
    const found = words.length ? words : choices.filter((choice) => takesPath(choice.path, query));
    return found.length ? found.map(routeRow) : [{ kind: "none", query }];
  }
  const own = choices.filter((choice) => choice.own);
  if (own.length === choices.length) return choices.map(routeRow);
  /** @type {Map<string, Choice[]>} */
  const groups = new Map([["", []]]);
  for (const choice of choices) {
    if (choice.own) continue;
    const tag = choice.tags?.[0] ?? "";
    const group = groups.get(tag);
    if (group) group.push(choice);
    else groups.set(tag, [choice]);
  }
  /** @type {RouteRow[]} */
  const rows = [];
  /** @type {(title: string, key: string, group: Choice[], count: number) => void} */
  const addFold = (title, key, group, count) => {
    const isOpen = open.has(key);
    rows.push({ kind: "fold", title, key, count, isOpen }, ...(isOpen ? group.map(routeRow) : []));
  };
  for (const [tag, group] of groups) {
    if (tag && choices.length >= FOLDED_FROM) addFold(tag, foldOf(group[0]), group, group.length);
    else if (group.length) rows.push(...(tag ? [tagRow(tag)] : []), ...group.map(routeRow));
  }
  const frameworks = [...new Set(own.map((choice) => choice.own))].sort().join(" and ");
  if (own.length) addFold(`${own.length} of ${frameworks}'s own`, OWN_FOLD, own, 0);
  return rows;
}

/**
 * @param {Choice} choice
 * @returns {RouteRow}
 */
function routeRow(choice) {
  return { kind: "route", choice };
}

/**
 * @param {string} title
 * @returns {RouteRow}
 */
function tagRow(title) {
  return { kind: "tag", title };
}

/**
 * Whether a path, perhaps with a query, is one of those that a template stands for. Takes linear time.
 * @param {string} template
 * @param {string} path
 */
export function takesPath(template, path) {
  const wanted = template.split("/");
  const parts = path.split("?")[0].split("/");
  const last = wanted.findIndex((part) => /\{[^{}]*:path\}/.test(part));
  if (last < 0 ? parts.length !== wanted.length : parts.length <= last) return false;
  return (last < 0 ? wanted : wanted.slice(0, last)).every((part, number) => {
    const [open, close] = [part.indexOf("{"), part.lastIndexOf("}")];
    if (open < 0 || close < open) return part === parts[number];
    const [head, tail] = [part.slice(0, open), part.slice(close + 1)];
    const text = parts[number];
    return text.length > head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
  });
}

/** @param {Choice} choice */
export function keyOf(choice) {
  return `${choice.method} ${choice.path}`;
}

/**
 * How many of the app's own routes were tried; empty before the first.
 * @param {Choice[]} choices
 * @param {Tried} tried
 */
export function triedText(choices, tried) {
  const own = choices.filter((choice) => !choice.own);
  const count = own.filter((choice) => tried[keyOf(choice)]).length;
  return count ? `${count} of ${own.length} tried` : "";
}

/**
 * A path in two parts, of which the first is shortened where there is not enough room: the last segment distinguishes.
 * @param {string} path
 * @returns {[head: string, tail: string]}
 */
export function splitPath(path) {
  const cut = path.lastIndexOf("/", path.length - 2);
  return cut > 0 ? [path.slice(0, cut), path.slice(cut)] : ["", path];
}

/**
 * The names of the path parameters, each once, in order.
 * @param {string} path
 */
export function findPathParameters(path) {
  return [...new Set([...path.split("?")[0].matchAll(PATH_PARAMETER)].map((match) => match[1]))];
}
