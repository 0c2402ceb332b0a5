import assert from "node:assert/strict";
import { test } from "node:test";
import { canOpenCell, openCell } from "../../src/ipyasgi/panels/static/new_cell.js";

class FakeElement {
  constructor(properties = {}) {
    Object.assign(this, { dataset: {} }, properties);
  }
}

/** @type {any} */ (globalThis).HTMLElement = FakeElement;
/** @type {any} */ (globalThis).requestAnimationFrame = (act) => setTimeout(act);

// A page with three cells; the panel is in the second one, which may be one of those that the page has of many.
function makePage(listed) {
  const focused = [];
  const cells = [0, 1, 2].map((number) => {
    const editor = new FakeElement({ focus: () => focused.push(number) });
    const dataset = listed === undefined ? {} : { windowedListIndex: String(listed + number) };
    return new FakeElement({ dataset, querySelector: () => editor, scrollIntoView() {} });
  });
  const notebook = { querySelectorAll: () => cells };
  const panel = { closest: (selector) => (selector === ".jp-Notebook" ? notebook : cells[1]) };
  return { panel, focused };
}

function makeModel(readOnly = false) {
  const inserted = [];
  const sharedModel = { cells: { length: 3 }, insertCell: (place, cell) => inserted.push([place, cell.source]) };
  return { model: { widget_manager: { context: { model: { readOnly, sharedModel } } } }, inserted };
}

for (const [listed, place] of [
  [undefined, 2],
  [40, 42],
]) {
  test(`code goes below the cell of the panel, whose editor has the focus then, listed from ${listed}`, async () => {
    const { panel, focused } = makePage(listed);
    const { model, inserted } = makeModel();
    assert.equal(canOpenCell(model), true);
    assert.equal(await openCell(model, panel, "1 + 1"), "Inserted below");
    assert.deepEqual(inserted, [[place, "1 + 1"]]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(focused, [2]);
  });
}

test("a view outside of the cells adds a cell at the end", async () => {
  const { model, inserted } = makeModel();
  await openCell(model, { closest: () => null }, "x");
  assert.deepEqual(inserted, [[3, "x"]]);
});

test("where there is no notebook, or one that cannot be changed, the code is copied", async () => {
  const copied = [];
  const clipboard = { writeText: async (text) => copied.push(text) };
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });
  const readOnly = makeModel(true);
  for (const model of [{}, { widget_manager: {} }, readOnly.model]) {
    assert.equal(canOpenCell(model), false);
    assert.equal(await openCell(model, { closest: () => null }, "x"), "Copied: paste it into a cell");
  }
  assert.deepEqual(copied, ["x", "x", "x"]);
  assert.deepEqual(readOnly.inserted, []);
});
