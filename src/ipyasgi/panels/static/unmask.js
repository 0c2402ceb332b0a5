// Values without their masks, one at a time, for this page: the kernel sends each as a body, which is never saved.

import { askText } from "./asked_text.js";
import { errorText, make } from "./page.js";

/** @import { Model } from "./page.js" */

/**
 * The text of a masked value; rejects where there is none, or no kernel.
 * @param {Model} model
 * @param {string} part  body, headers or request
 * @param {number[]} places  as `unmasked.py` has them
 * @returns {Promise<string>}
 */
export function askValue(model, part, places) {
  return askText(model, "revealed", { ask: "reveal", turn: model.get("body").turn, of: part, places });
}

/**
 * Gives each masked header in the tables of the kernel an eye.
 * @param {Model} model
 * @param {HTMLElement} sections  with the elements `.i-tab`
 */
export function addEyes(model, sections) {
  for (const part of ["headers", "request"]) {
    const table = sections.querySelector(`.i-tab[data-tab="${part}"] > .i-pairs`);
    for (const [place, row] of [...(table?.querySelectorAll("tr") ?? [])].entries()) {
      const [name, cell] = row.cells;
      if (!cell?.textContent?.includes("•••") || cell.querySelector("button")) continue;
      cell.append(makeEye(model, part, place, name.textContent ?? "", cell));
    }
  }
}

/**
 * @param {Model} model
 * @param {string} part
 * @param {number} place
 * @param {string} name
 * @param {HTMLElement} cell
 */
function makeEye(model, part, place, name, cell) {
  const masked = cell.textContent ?? "";
  let isShown = false;
  const eye = make("button", "ipyasgi-tree-act ipyasgi-eye", {
    type: "button",
    title: "Masked because of its name. Show it in this page only.",
    "aria-label": `Show the value of ${name}`,
    "aria-pressed": "false",
  });
  eye.addEventListener("click", async () => {
    let text = masked;
    try {
      if (!isShown) text = await askValue(model, part, [place]);
      isShown = !isShown;
    } catch (error) {
      eye.title = errorText(error);
    }
    eye.setAttribute("aria-pressed", String(isShown));
    cell.replaceChildren(text, eye);
    eye.focus();
  });
  return eye;
}
