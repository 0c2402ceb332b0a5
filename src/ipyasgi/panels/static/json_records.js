// Records in an indexed JSON text: an array of objects as rows and columns. Does not use the DOM.

import { ARRAY, NONE, NUMBER, OBJECT, STRING } from "./json_index.js";

/** @import { JsonIndex } from "./json_index.js" */

export const MOST_ROWS = 10000;
export const MOST_COLUMNS = 60;
const SAMPLED = 200;
const MOST_CHECKED = 20000;

/**
 * Whether a value is an array of objects, by its first items.
 * @param {JsonIndex} index
 * @param {number} node
 */
export function isRecords(index, node) {
  if (index.kinds[node] !== ARRAY || !index.counts[node]) return false;
  return rowsOf(index, node, 20).every((row) => index.kinds[row] === OBJECT && index.counts[row] > 0);
}

/**
 * The first array of objects in the text, from the top down; NONE if there is none among the first values.
 * @param {JsonIndex} index
 */
export function firstRecords(index) {
  let found = NONE;
  for (let node = 0; node < Math.min(index.size, MOST_CHECKED); node += 1) {
    if (found !== NONE && index.levels[node] >= index.levels[found]) continue;
    if (isRecords(index, node)) found = node;
  }
  return found;
}

/**
 * The first items of an array.
 * @param {JsonIndex} index
 * @param {number} node
 */
export function rowsOf(index, node, most = MOST_ROWS) {
  /** @type {number[]} */
  const rows = [];
  for (let row = node + 1; row < index.afters[node] && rows.length < most; row = index.afters[row]) rows.push(row);
  return rows;
}

/**
 * The names of the fields of the first records, in order.
 * @param {JsonIndex} index
 * @param {number[]} rows
 */
export function columnsOf(index, rows) {
  /** @type {Set<string>} */
  const names = new Set();
  for (const row of rows.slice(0, SAMPLED)) {
    if (index.kinds[row] !== OBJECT) continue;
    for (let cell = row + 1; cell < index.afters[row]; cell = index.afters[cell]) {
      names.add(index.key(cell) ?? "");
      if (names.size >= MOST_COLUMNS) return [...names];
    }
  }
  return [...names];
}

/**
 * The value of a field; NONE where a record has none.
 * @param {JsonIndex} index
 * @param {number} row
 * @param {string} name
 */
export function cellOf(index, row, name) {
  if (index.kinds[row] !== OBJECT) return NONE;
  for (let cell = row + 1; cell < index.afters[row]; cell = index.afters[cell]) {
    if (index.key(cell) === name) return cell;
  }
  return NONE;
}

/**
 * The text of a field, of a string its characters.
 * @param {JsonIndex} index
 * @param {number} cell
 * @param {number} limit
 */
export function cellText(index, cell, limit) {
  if (cell === NONE) return "";
  const text = index.value(cell, limit);
  const shown = index.kinds[cell] === STRING ? text.slice(1, -1) : text;
  return index.ends[cell] - index.starts[cell] > limit ? `${shown}…` : shown;
}

/**
 * Records in the order of a field: numbers, then texts; those without a value always last. Equal ones keep their order.
 * @param {JsonIndex} index
 * @param {number[]} rows
 * @param {string} name
 * @param {1 | -1} direction
 */
export function sortRows(index, rows, name, direction) {
  const keyed = rows.map((row) => {
    const cell = cellOf(index, row, name);
    const text = cellText(index, cell, 200);
    const isNumber = cell !== NONE && index.kinds[cell] === NUMBER;
    return { row, isMissing: cell === NONE || text === "null", number: isNumber ? Number(text) : Number.NaN, text };
  });
  keyed.sort((a, b) => {
    if (a.isMissing || b.isMissing) return Number(a.isMissing) - Number(b.isMissing);
    const [first, second] = [Number.isNaN(a.number), Number.isNaN(b.number)];
    if (first !== second) return direction * (Number(first) - Number(second));
    if (!first) return direction * (a.number - b.number);
    return direction * (a.text < b.text ? -1 : Number(a.text > b.text));
  });
  return keyed.map((one) => one.row);
}

/**
 * Python that selects a value of a decoded JSON: `["items"][0]`.
 * @param {JsonIndex} index
 * @param {number} node
 */
export function pythonPath(index, node) {
  const steps = [];
  for (let at = node; index.parents[at] !== NONE; at = index.parents[at]) {
    const key = index.key(at);
    steps.push(`[${key === null ? index.places[at] : JSON.stringify(key)}]`);
  }
  return steps.reverse().join("");
}
