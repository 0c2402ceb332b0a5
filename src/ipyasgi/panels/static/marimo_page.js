// A panel in marimo, which shows anywidget's widgets but none of ipywidgets' own: the boxes, HTML and labels are made
// here, and each part is drawn by marimo. All is in one tree of elements, as in JupyterLab, so that the style sheets and
// what looks around itself work as there. That tree is in a shadow root, which marimo makes.

import { make } from "./page.js";

/** @import { Model } from "./page.js" */

/** @typedef {{ getModel(reference: string): Promise<Model>, getWidget(reference: string): Promise<{ render(view: { el: HTMLElement, signal: AbortSignal }): Promise<void> }> }} Host */

const REFERENCE = "IPY_MODEL_";

/**
 * @param {Model} model
 * @param {string} name
 * @param {() => void} draw  called now and after each change
 * @param {AbortSignal} signal
 */
function follow(model, name, draw, signal) {
  draw();
  model.on(`change:${name}`, draw);
  signal.addEventListener("abort", () => model.off(`change:${name}`, draw));
}

/**
 * @param {Host} host
 * @param {Model} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function drawBox(host, model, el, signal) {
  /** @type {Map<string, { el: HTMLElement, abort: AbortController }>} */
  let held = new Map();
  const draw = () => {
    const ids = model.get("children").map((/** @type {string} */ one) => one.replace(REFERENCE, ""));
    const before = held;
    held = new Map(ids.map((/** @type {string} */ id) => [id, before.get(id) ?? drawChild(host, id)]));
    for (const [id, child] of before) {
      if (!held.has(id)) child.abort.abort();
    }
    el.replaceChildren(...[...held.values()].map((child) => child.el));
  };
  follow(model, "children", draw, signal);
  signal.addEventListener("abort", () => {
    for (const child of held.values()) child.abort.abort();
  });
}

/**
 * @param {Host} host
 * @param {string} id  of its model
 */
function drawChild(host, id) {
  const child = { el: make("div"), abort: new AbortController() };
  draw(host, id, child.el, child.abort.signal);
  return child;
}

/**
 * Draws a widget into an element, until the signal.
 * @param {Host} host
 * @param {string} id  of its model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
async function draw(host, id, el, signal) {
  const model = await host.getModel(`anywidget:${id}`);
  if (signal.aborted) return;
  const kind = model.get("_model_name").replace("Model", "");
  /** @type {string[]} */
  let classes = ["jupyter-widgets", kind === "VBox" ? "widget-vbox" : `widget-${kind.toLowerCase()}`];
  el.classList.add(...classes);
  classes = [];
  const restyle = () => {
    el.classList.remove(...classes); // a part may have added its own
    classes = model.get("_dom_classes");
    el.classList.add(...classes);
  };
  follow(model, "_dom_classes", restyle, signal);
  if (model.get("children")) {
    drawBox(host, model, el, signal);
  } else if (kind === "HTML") {
    const content = make("div", "widget-html-content");
    el.append(content);
    // Made by our templates, which escape what the app sends; ipywidgets does the same with it.
    follow(model, "value", () => Object.assign(content, { innerHTML: model.get("value") }), signal);
  } else if (kind === "Label") {
    follow(model, "value", () => Object.assign(el, { textContent: model.get("value") }), signal);
  } else {
    const widget = await host.getWidget(`anywidget:${id}`);
    await widget.render({ el, signal });
  }
}

export default {
  /** @param {{ model: Model, el: HTMLElement, host: Host, signal: AbortSignal }} view */
  async render({ model, el, host, signal }) {
    const panel = make("div");
    el.append(make("div", "ipyasgi-marimo", {}, panel));
    await draw(host, model.get("panel"), panel, signal);
  },
};
