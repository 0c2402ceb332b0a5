// Loads the JSON editor from the kernel, once for all panels of a page. It is never saved with a notebook.

import { fetchBody } from "./stream.js";

/** @import { Model } from "./page.js" */
/** @typedef {typeof import("./json_editor.js")} EditorModule */

/** Raised when the interface of json_editor.js changes: another version of ipyasgi may be on the same page. */
const INTERFACE = 1;
const PATIENCE_MS = 60000;

/**
 * The editor's module; rejects if the kernel does not send it. A later call then tries again.
 * @param {Model} model  of the form: it asks for `editor`, and gets the offer of its code
 * @returns {Promise<EditorModule>}
 */
export function loadEditor(model) {
  const page = /** @type {Record<symbol, Promise<EditorModule> | undefined>} */ (/** @type {unknown} */ (globalThis));
  const key = Symbol.for(`ipyasgi.json_editor.${INTERFACE}`);
  const known = page[key];
  if (known) return known;
  const loading = fetchEditor(model);
  page[key] = loading;
  loading.catch(() => {
    page[key] = undefined;
  });
  return loading;
}

/**
 * @param {Model} model
 * @returns {Promise<EditorModule>}
 */
async function fetchEditor(model) {
  const code = await fetchBody(model, await askForOffer(model), { patienceMs: PATIENCE_MS });
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * @param {Model} model
 * @returns {Promise<import("./stream.js").Offer>}
 */
function askForOffer(model) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      model.off("change:editor", take);
    };
    const take = () => {
      end();
      resolve(model.get("editor"));
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error("The kernel did not send the editor"));
    }, PATIENCE_MS);
    model.on("change:editor", take);
    model.send({ ask: "editor" });
  });
}
