// Changes of state as a table: path, value before, value after. Values may be in any script, so each is isolated (bdi).

import { make } from "./page.js";

/** @typedef {{ kind: string, path: string, before: string, after: string }} Change */

/** @param {Change} change */
function changeWords(change) {
  /** @type {(text: string, tag?: "bdi" | "del") => HTMLElement} */
  const value = (text, tag = "bdi") => make(tag, "ipyasgi-value", { textContent: text });
  /** @param {string} text */
  const word = (text) => make("span", "ipyasgi-faint", { textContent: text });
  if (change.kind === "added") return [word("new "), value(change.after)];
  if (change.kind === "removed") return [word("removed, was "), value(change.before, "del")];
  if (change.before !== change.after) return [value(change.before), word(" → "), value(change.after)];
  return change.kind === "mutated"
    ? [word("changed inside")]
    : [word("replaced (new "), value(change.after), word(")")];
}

/**
 * @param {Change[]} changes
 * @param {number} more
 * @param {string} label
 */
export function changeTable(changes, more, label) {
  const rows = changes.map((change) =>
    make(
      "tr",
      "",
      {},
      make("th", "ipyasgi-path", { scope: "row", dir: "ltr", textContent: change.path }),
      make("td", "", {}, ...changeWords(change)),
    ),
  );
  if (more) rows.push(make("tr", "", {}, make("td", "ipyasgi-faint", { colSpan: 2, textContent: `… ${more} more` })));
  return make("table", "ipyasgi-changes", { "aria-label": label }, make("tbody", "", {}, ...rows));
}
