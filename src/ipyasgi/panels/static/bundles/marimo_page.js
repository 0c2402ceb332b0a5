// Made by tests/js/build from the files of panels/static; change those.

// page.js
function make(tag, className = "", properties = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(properties)) {
    const isAttribute = name.startsWith("aria-") || ["role", "list", "for"].includes(name);
    if (isAttribute) made.setAttribute(name, String(value));
    else Object.assign(made, { [name]: value });
  }
  made.append(...children);
  return made;
}

// marimo_page.js
var REFERENCE = "IPY_MODEL_";
function follow(model, name, draw2, signal) {
  draw2();
  model.on(`change:${name}`, draw2);
  signal.addEventListener("abort", () => model.off(`change:${name}`, draw2));
}
function drawBox(host, model, el, signal) {
  let held = /* @__PURE__ */ new Map();
  const draw2 = () => {
    const ids = model.get("children").map((one) => one.replace(REFERENCE, ""));
    const before = held;
    held = new Map(ids.map((id) => [id, before.get(id) ?? drawChild(host, id)]));
    for (const [id, child] of before) {
      if (!held.has(id)) child.abort.abort();
    }
    el.replaceChildren(...[...held.values()].map((child) => child.el));
  };
  follow(model, "children", draw2, signal);
  signal.addEventListener("abort", () => {
    for (const child of held.values()) child.abort.abort();
  });
}
function drawChild(host, id) {
  const child = { el: make("div"), abort: new AbortController() };
  draw(host, id, child.el, child.abort.signal);
  return child;
}
async function draw(host, id, el, signal) {
  const model = await host.getModel(`anywidget:${id}`);
  if (signal.aborted) return;
  const kind = model.get("_model_name").replace("Model", "");
  let classes = ["jupyter-widgets", kind === "VBox" ? "widget-vbox" : `widget-${kind.toLowerCase()}`];
  el.classList.add(...classes);
  classes = [];
  const restyle = () => {
    el.classList.remove(...classes);
    classes = model.get("_dom_classes");
    el.classList.add(...classes);
  };
  follow(model, "_dom_classes", restyle, signal);
  if (model.get("children")) {
    drawBox(host, model, el, signal);
  } else if (kind === "HTML") {
    const content = make("div", "widget-html-content");
    el.append(content);
    follow(model, "value", () => Object.assign(content, { innerHTML: model.get("value") }), signal);
  } else if (kind === "Label") {
    follow(model, "value", () => Object.assign(el, { textContent: model.get("value") }), signal);
  } else {
    const widget = await host.getWidget(`anywidget:${id}`);
    await widget.render({ el, signal });
  }
}
var marimo_page_default = {
  /** @param {{ model: Model, el: HTMLElement, host: Host, signal: AbortSignal }} view */
  async render({ model, el, host, signal }) {
    const panel = make("div");
    el.append(make("div", "ipyasgi-marimo", {}, panel));
    await draw(host, model.get("panel"), panel, signal);
  }
};
export {
  marimo_page_default as default
};
