// Values without their masks, one at a time, for this page: the kernel sends each as a body, which is never saved.

import { askText } from "./asked_text.js";
import { errorText, make } from "./page.js";
import { visibleText } from "./text.js";

/** @import { Model } from "./page.js" */

export const MASK = "•••";
const SHOWN_CHARS = 2000;

/**
 * The text of a masked value; rejects where there is none, or no kernel.
 * @param {Model} model
 * @param {string} part  such as headers
 * @param {number[]} places  as `unmasked.py` has them
 * @returns {Promise<string>}
 */
export function askValue(model, part, places) {
  return askText(model, "revealed", { ask: "reveal", turn: model.get("body").turn, of: part, places });
}

/**
 * Gives each masked value in the parts that the kernel has drawn an eye.
 * @param {Model} model
 * @param {HTMLElement} sections  with the elements `.i-tab`
 */
export function addEyes(model, sections) {
  /** @type {(selector: string) => HTMLElement[]} */
  const find = (selector) => [...sections.querySelectorAll(selector)].filter((one) => one instanceof HTMLElement);
  /** @type {(part: string) => string} */
  const tab = (part) => `.i-tab[data-tab="${part}"]`;
  for (const part of ["headers", "request"]) addToRows(model, find(`${tab(part)} > .i-pairs tr`), part);
  addToRows(model, find(`${tab("cookies")} > table > tbody > tr`), "cookies");
  addToTexts(model, find(`${tab("request")} > p > code`).slice(0, 1), "target");
  for (const [name, part] of [
    ["request", "sent"],
    ["body", "text"],
  ]) {
    addToTexts(model, find(`${tab(name)} pre`), part);
    addToForm(model, find(`${tab(name)} table[data-form] > tbody > tr`), part);
  }
}

/**
 * Rows of a name and a value, which is masked as a whole or in part.
 * @param {Model} model
 * @param {HTMLElement[]} rows
 * @param {string} part
 */
function addToRows(model, rows, part) {
  for (const [place, row] of rows.entries()) {
    const [name, cell] = row.children;
    if (!(cell instanceof HTMLElement) || !isMasked(cell)) continue;
    makeEye(() => askValue(model, part, [place]), `the value of ${name.textContent}`, cell);
  }
}

/**
 * The fields of a form: each mask is that of the same number in the body.
 * @param {Model} model
 * @param {HTMLElement[]} rows
 * @param {string} part
 */
function addToForm(model, rows, part) {
  const masked = rows.filter((row) => row.textContent?.includes(MASK));
  for (const [place, row] of masked.entries()) {
    const [name, cell] = row.children;
    if (!(cell instanceof HTMLElement) || !isMasked(cell)) continue;
    makeEye(() => askValue(model, part, [place, 1]), `the value of ${name.textContent}`, cell);
  }
}

/**
 * The masks in texts, numbered in order. The last line of a text that was cut for its size says so: what is left out may
 * have masks, so it gets no eyes.
 * @param {Model} model
 * @param {HTMLElement[]} texts
 * @param {string} part
 */
function addToTexts(model, texts, part) {
  if (texts.some((text) => text.querySelector(".ipyasgi-unmasked") || / more$/.test(text.textContent ?? ""))) return;
  let place = 0;
  for (const text of texts) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    /** @type {Node[]} */
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    for (const node of nodes) {
      const [first, ...others] = (node.textContent ?? "").split(MASK);
      if (!others.length) continue;
      const pieces = others.flatMap((after) => {
        const holder = make("span", "ipyasgi-unmasked", { textContent: MASK });
        const number = place;
        makeEye(() => askValue(model, part, [number]), `masked value ${number + 1}`, holder);
        place += 1;
        return [holder, after];
      });
      if (node.parentNode) node.parentNode.replaceChild(fragmentOf([first, ...pieces]), node);
    }
  }
}

/** @param {(Node | string)[]} pieces */
function fragmentOf(pieces) {
  const made = document.createDocumentFragment();
  made.append(...pieces);
  return made;
}

/** @param {HTMLElement} cell */
function isMasked(cell) {
  return Boolean(cell.textContent?.includes(MASK)) && !cell.querySelector("button");
}

/**
 * Appends an eye to a masked text.
 * @param {() => Promise<string>} ask  for the value
 * @param {string} what  is shown
 * @param {HTMLElement} holder  of the masked text, which the value takes the place of
 * @param {{ value?: string, onTurn?: (value: string | undefined) => void }} options
 *   value: shown at first; onTurn: the value is shown, or masked again
 */
export function makeEye(ask, what, holder, { value, onTurn = () => {} } = {}) {
  const masked = holder.textContent ?? "";
  let isShown = value !== undefined;
  const eye = make("button", "ipyasgi-tree-act ipyasgi-eye", {
    type: "button",
    title: "Masked as a secret. Show it in this page only.",
    "aria-label": `Show ${what}`,
    "aria-pressed": String(isShown),
  });
  eye.addEventListener("click", async (event) => {
    event.preventDefault(); // of a fold that it is in the summary of
    let text = masked;
    try {
      if (!isShown) text = visibleText((await ask()).slice(0, SHOWN_CHARS));
      isShown = !isShown;
      onTurn(isShown ? text : undefined);
    } catch (error) {
      eye.title = errorText(error);
    }
    eye.setAttribute("aria-pressed", String(isShown));
    holder.replaceChildren(text, eye);
    eye.focus();
  });
  holder.replaceChildren(value ?? masked, eye);
}
