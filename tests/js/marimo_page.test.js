import assert from "node:assert/strict";
import { test } from "node:test";
import page from "../../src/ipyasgi/panels/static/marimo_page.js";

class FakeElement {
  constructor() {
    this.children = [];
    this.classes = new Set();
    this.classList = {
      add: (...names) => names.forEach((name) => void this.classes.add(name)),
      remove: (...names) => names.forEach((name) => void this.classes.delete(name)),
    };
  }

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }
}

/** @type {any} */ (globalThis).document = { createElement: () => new FakeElement() };

class Model {
  constructor(state) {
    this.state = { _dom_classes: [], ...state };
    this.listeners = new Map();
  }

  get(name) {
    return this.state[name];
  }

  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  off(event, listener) {
    this.listeners.set(
      event,
      this.listeners.get(event).filter((one) => one !== listener),
    );
  }

  change(name, value) {
    this.state[name] = value;
    for (const listener of this.listeners.get(`change:${name}`) ?? []) listener();
  }
}

// A panel of a text and a part; the part notes its views and their ends.
async function show() {
  const models = {
    panel: new Model({
      _model_name: "VBoxModel",
      _dom_classes: ["ipyasgi-panel"],
      children: ["IPY_MODEL_html", "IPY_MODEL_part"],
    }),
    html: new Model({ _model_name: "HTMLModel", value: "<b>1</b>" }),
    part: new Model({ _model_name: "AnyModel" }),
    other: new Model({ _model_name: "LabelModel", value: "later" }),
  };
  const notes = [];
  const host = {
    getModel: async (reference) => models[reference.replace("anywidget:", "")],
    getWidget: async () => ({
      render: async ({ signal }) => {
        notes.push("drawn");
        signal.addEventListener("abort", () => notes.push("ended"));
      },
    }),
  };
  const [el, abort] = [new FakeElement(), new AbortController()];
  const view = { model: new Model({ panel: "panel" }), el, host, signal: abort.signal };
  await page.render(/** @type {any} */ (view));
  await settle();
  return { models, notes, abort, panel: el.children[0].children[0] };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test("boxes, HTML and parts are in one tree, with their classes", async () => {
  const { panel, notes, models } = await show();
  assert.deepEqual([...panel.classes], ["jupyter-widgets", "widget-vbox", "ipyasgi-panel"]);
  assert.equal(panel.children[0].children[0].innerHTML, "<b>1</b>");
  assert.deepEqual(notes, ["drawn"]);
  models.html.change("value", "<b>2</b>");
  assert.equal(panel.children[0].children[0].innerHTML, "<b>2</b>");
  models.panel.change("_dom_classes", ["ipyasgi-other"]);
  assert.deepEqual([...panel.classes], ["jupyter-widgets", "widget-vbox", "ipyasgi-other"]);
});

test("other children replace those that are gone, whose views end; the rest stays as it is", async () => {
  const { panel, notes, models } = await show();
  const [html] = panel.children;
  models.panel.change("children", ["IPY_MODEL_other", "IPY_MODEL_html"]);
  await settle();
  assert.equal(panel.children[1], html);
  assert.equal(panel.children[0].textContent, "later");
  assert.deepEqual(notes, ["drawn", "ended"]);
});

test("with the view, its parts end and the models are left alone", async () => {
  const { notes, models, abort } = await show();
  abort.abort();
  assert.deepEqual(notes, ["drawn", "ended"]);
  const left = Object.values(models).flatMap((model) => [...model.listeners.values()].flat());
  assert.deepEqual(left, []);
});
