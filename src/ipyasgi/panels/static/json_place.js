// Finds the cursor's place in a JSON text, which may be incomplete: the objects and arrays around it, and whether a name
// or a value is expected. Linear, and does not use the DOM.

/**
 * @typedef {{ isObject: boolean, key: string | number, texts: Map<string, string> }} Level  an object or array around the
 *   cursor; key: the name or index that the next level, or the value at the cursor, has in it; texts: its members that are
 *   strings and come before the cursor
 */

/**
 * @typedef {{ kind: "name" | "value", from: number, to: number, levels: Level[], names: Set<string>, hasColon: boolean }}
 *   JsonPlace  from, to: the token at the cursor; levels: the outermost first; names: of the object's other members;
 *   hasColon: whether a colon follows
 */

const TOKEN = /\s+|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|[{}[\],:]|[^\s"{}[\],:]+/y;
const MOST_TOKENS_AFTER = 5000;

/** @param {string} token */
function stringOf(token) {
  try {
    return /** @type {string} */ (JSON.parse(token.length > 1 && token.endsWith('"') ? token : `${token}"`));
  } catch {
    return token.slice(1);
  }
}

/**
 * @param {string} text
 * @param {number} start
 * @returns {Generator<{ token: string, from: number, to: number }>}
 */
function* tokensFrom(text, start) {
  let from = start;
  while (from < text.length) {
    TOKEN.lastIndex = from;
    const token = TOKEN.exec(text)?.[0] ?? text[from];
    const to = from + token.length;
    yield { token, from, to };
    from = to;
  }
}

/**
 * The place at a position; null outside of objects and arrays, and where neither a name nor a value can be.
 * @param {string} text
 * @param {number} at
 * @returns {JsonPlace | null}
 */
export function findJsonPlace(text, at) {
  /** @type {(Level & { awaits: "name" | "colon" | "value" | "comma", seen: Set<string> })[]} */
  const levels = [];
  let from = at;
  let to = at;
  for (const one of tokensFrom(text, 0)) {
    if (one.from >= at) break;
    const { token } = one;
    const isSpace = !token.trim();
    // A token that the cursor is in, or at the end of, is being typed, unless it is a sign.
    const isSign = /^[{}[\],:]$/.test(token);
    const isWhole = token.startsWith('"') && token.length > 1 && token.endsWith('"') && one.to === at;
    if (!isSpace && !isSign && one.to >= at && !isWhole) {
      from = one.from;
      to = token.startsWith('"') && !text.slice(at, one.to).endsWith('"') ? at : one.to;
      break;
    }
    if (isSpace) continue;
    const level = levels.at(-1);
    if (token === "{" || token === "[") {
      const isObject = token === "{";
      if (level && level.awaits !== "value") return null;
      levels.push({
        isObject,
        key: isObject ? "" : 0,
        texts: new Map(),
        seen: new Set(),
        awaits: isObject ? "name" : "value",
      });
    } else if (token === "}" || token === "]") {
      levels.pop();
      const outer = levels.at(-1);
      if (outer) outer.awaits = "comma";
    } else if (level && token === ",") {
      level.awaits = level.isObject ? "name" : "value";
      if (!level.isObject) level.key = Number(level.key) + 1;
    } else if (level && token === ":") {
      level.awaits = "value";
    } else if (level?.awaits === "name") {
      level.key = token.startsWith('"') ? stringOf(token) : token;
      level.seen.add(level.key);
      level.awaits = "colon";
    } else if (level) {
      if (token.startsWith('"')) level.texts.set(String(level.key), stringOf(token));
      level.awaits = "comma";
    }
  }
  const level = levels.at(-1);
  if (!level || (level.awaits !== "name" && level.awaits !== "value")) return null;
  const after = namesAfter(text, to);
  return {
    kind: level.awaits,
    from,
    to,
    levels,
    names: level.isObject ? new Set([...level.seen, ...after.names]) : new Set(),
    hasColon: after.hasColon,
  };
}

/**
 * The names of the members that come later in the same object, and whether a colon is the next token.
 * @param {string} text
 * @param {number} start
 */
function namesAfter(text, start) {
  /** @type {string[]} */
  const names = [];
  let depth = 0;
  let count = 0;
  let last = "";
  let hasColon = false;
  for (const { token } of tokensFrom(text, start)) {
    count += 1;
    if (count > MOST_TOKENS_AFTER) break;
    if (!token.trim()) continue;
    if (token === ":" && !last) hasColon = true;
    if (token === ":" && depth === 0 && last.startsWith('"')) names.push(stringOf(last));
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    if (depth < 0) break;
    last = token;
  }
  return { names, hasColon };
}
