import assert from "node:assert/strict";
import { test } from "node:test";
import { openPlace } from "../../src/ipyasgi/panels/static/source_link.js";

const PLACE = "/srv/shop/api.py:42";

// A page that notes what it opens and copies; the server has the files of a scope, as JupyterLab's resolver says.
function makePage(resolvePath) {
  const opened = [];
  const copied = [];
  const writeText = async (text) => copied.push(text);
  Object.defineProperty(globalThis, "navigator", { value: { clipboard: { writeText } }, configurable: true });
  /** @type {any} */ (globalThis).document = {
    createElement: () => ({ append() {}, click: () => opened.push("clicked") }),
  };
  const handleLink = (_link, path, fragment) => opened.push(path, fragment);
  const model = { widget_manager: { rendermime: { resolver: { resolvePath }, linkHandler: { handleLink } } } };
  return { model, opened, copied };
}

test("a file below the server's folder is opened at its line, counted from 0", async () => {
  const { model, opened, copied } = makePage(async (path) => ({
    path: path.slice("/srv/".length),
    scope: "server",
  }));
  assert.equal(await openPlace(model, PLACE), "");
  assert.deepEqual([opened, copied], [["shop/api.py", "#line=41", "clicked"], []]);
});

for (const [about, resolvePath] of [
  ["of the kernel only", async (path) => ({ path, scope: "kernel" })],
  ["that is nowhere", async () => null],
  ["while the server is gone", () => Promise.reject(new Error("gone"))],
  ["in a front end without a resolver", undefined],
]) {
  test(`the path of a file ${about} is copied`, async () => {
    const { model, opened, copied } = makePage(resolvePath);
    assert.equal(await openPlace(model, PLACE), "Path copied");
    assert.deepEqual([opened, copied], [[], [PLACE]]);
  });
}

test("a front end that is no notebook has no renderers", async () => {
  const { copied } = makePage(undefined);
  assert.equal(await openPlace({}, PLACE), "Path copied");
  assert.deepEqual(copied, [PLACE]);
});
