// A new cell of the notebook with code in it: below the panel's own, or else the code on the clipboard.
//
// JupyterLab and Notebook give the widget manager the document that it works for, and only they; elsewhere, and in a
// view that is in no notebook, the code is copied. `window.jupyterapp` exists only with `expose_app_in_browser`, and
// `set_next_input` of the kernel only acts when a cell ends.

import { copyText, errorText } from "./page.js";

/** @import { Model } from "./page.js" */

/** @typedef {{ cells: { length: number }, insertCell(index: number, cell: object): unknown }} SharedNotebook */

const FRAMES = 30; // the front end draws the cell a moment later

/**
 * The notebook that a panel is in, if it can be changed.
 * @param {Model} model
 * @returns {SharedNotebook | null}
 */
function notebookOf(model) {
  const document = model.widget_manager?.context?.model;
  const shared = document?.sharedModel;
  return document?.readOnly || typeof shared?.insertCell !== "function" ? null : shared;
}

/**
 * Whether `openCell` makes a cell; otherwise it copies.
 * @param {Model} model
 */
export function canOpenCell(model) {
  return notebookOf(model) !== null;
}

/**
 * Puts code into a new cell below the one of an element, or copies it.
 * @param {Model} model
 * @param {Element} element
 * @param {string} source
 * @returns {Promise<string>} what was done, as text
 */
export async function openCell(model, element, source) {
  const notebook = notebookOf(model);
  if (notebook !== null) {
    const place = placeOf(element) ?? notebook.cells.length - 1;
    notebook.insertCell(place + 1, { cell_type: "code", source, metadata: {}, outputs: [], execution_count: null });
    focusCell(element, place + 1);
    return "Inserted below";
  }
  try {
    await copyText(source);
    return "Copied: paste it into a cell";
  } catch (error) {
    return errorText(error);
  }
}

/**
 * The number of the cell that an element is in; null if it is shown elsewhere.
 * @param {Element} element
 */
function placeOf(element) {
  /** @type {HTMLElement | null} */
  const cell = element.closest(".jp-Cell");
  const cells = cellsOf(element);
  if (!cell || !cells.includes(cell)) return null;
  const listed = Number.parseInt(cell.dataset.windowedListIndex ?? "", 10); // not all cells have to be in the page
  return Number.isNaN(listed) ? cells.indexOf(cell) : listed;
}

/**
 * @param {Element} element
 * @returns {HTMLElement[]}
 */
function cellsOf(element) {
  return [...(element.closest(".jp-Notebook")?.querySelectorAll(".jp-Cell") ?? [])].filter(
    (cell) => cell instanceof HTMLElement,
  );
}

/**
 * @param {Element} element
 * @param {number} place
 */
async function focusCell(element, place) {
  for (let frame = 0; frame < FRAMES; frame += 1) {
    await new Promise(requestAnimationFrame);
    const cells = cellsOf(element);
    const cell = cells.find((one) => one.dataset.windowedListIndex === String(place)) ?? cells[place];
    const editor = cell?.querySelector(".cm-content");
    if (!(editor instanceof HTMLElement)) continue;
    cell.scrollIntoView({ block: "nearest" });
    editor.focus();
    return;
  }
}
