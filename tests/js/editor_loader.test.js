import assert from "node:assert/strict";
import { test } from "node:test";
import { loadEditor } from "../../src/ipyasgi/panels/static/editor_loader.js";
import { FakeModel } from "./fake_model.js";

const CODE = new TextEncoder().encode("export const createJsonEditor = 7;");

/** A form's model, whose kernel offers a text as the editor. */
class FormModel extends FakeModel {
  waiting = new Set();

  on(event, listener) {
    if (event === "change:editor") this.waiting.add(listener);
    super.on(event, listener);
  }

  off(event, listener) {
    this.waiting.delete(listener);
    super.off(event, listener);
  }

  get() {
    return { key: 3, size_bytes: CODE.length, piece_bytes: 1000 };
  }

  offer() {
    for (const listener of [...this.waiting]) listener();
  }
}

// Node imports no blob: what the loader makes of the code is read instead.
URL.createObjectURL = (blob) => {
  FormModel.blob = blob;
  return `data:text/javascript,${encodeURIComponent(new TextDecoder().decode(CODE))}`;
};

test("a kernel that no longer has the code fails the loading, and the next form tries again", async () => {
  const model = new FormModel();
  const loading = loadEditor(model);
  assert.deepEqual(model.takeSent(), [{ ask: "editor" }]);
  model.offer();
  await new Promise(setImmediate);
  assert.deepEqual(model.takeSent(), [{ paint: "fetch", key: 3, index: 0 }]);
  model.receive({ paint: "gone", key: 3 });
  await assert.rejects(loading, /no longer holds/);
  assert.equal(model.waiting.size + model.listeners.size, 0);
});

test("the code is fetched once, for all forms of the page", async () => {
  const [first, second] = [new FormModel(), new FormModel()];
  const both = [loadEditor(first), loadEditor(second)];
  first.offer();
  await new Promise(setImmediate);
  first.receive({ paint: "piece", key: 3, index: 0 }, [CODE.buffer]);
  assert.deepEqual(
    (await Promise.all(both)).map((module) => module.createJsonEditor),
    [7, 7],
  );
  assert.deepEqual(second.sent, []);
  assert.equal(FormModel.blob.type, "text/javascript");
});
