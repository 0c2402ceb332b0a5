// Values without their masks, one at a time, for this page: the kernel sends each as a body, which is never saved.

import { errorText, make } from "./page.js";
import { fetchBody } from "./stream.js";

/** @import { Model } from "./page.js" */
/** @import { Offer } from "./stream.js" */

const PATIENCE_MS = 10000;
let lastId = Math.floor(Math.random() * 1e9); // another page of this notebook asks the same kernel

/**
 * The text of a masked value; rejects where there is none, or no kernel.
 * @param {Model} model
 * @param {string} part  body, headers or request
 * @param {number[]} places  as `unmasked.py` has them
 * @returns {Promise<string>}
 */
export async function askValue(model, part, places) {
  lastId += 1;
  const id = lastId;
  /** @type {{ offer?: Offer, error?: string }} */
  const found = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      model.off("change:revealed", listener);
      reject(new Error("The kernel did not respond. It may be busy; try again."));
    }, PATIENCE_MS);
    const listener = () => {
      const answer = model.get("revealed");
      if (answer.id !== id) return;
      clearTimeout(timer);
      model.off("change:revealed", listener);
      resolve(answer);
    };
    model.on("change:revealed", listener);
    model.send({ ask: "reveal", id, turn: model.get("body").turn, of: part, places });
  });
  if (!found.offer) throw new Error(found.error ?? "There is no such value");
  return new TextDecoder().decode(await fetchBody(model, found.offer, { patienceMs: PATIENCE_MS }));
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
