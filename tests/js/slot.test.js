import assert from "node:assert/strict";
import { test } from "node:test";
import { leavesOf, Slot } from "../../src/ipyasgi/panels/static/fields/slot.js";

test("absent, null and empty are three things", () => {
  const holder = { none: null, empty: "" };
  const [none, empty, gone] = ["none", "empty", "gone"].map((key) => new Slot(holder, key, key));
  assert.deepEqual([none.absent, empty.absent, gone.absent], [false, false, true]);
  assert.deepEqual([none.value, empty.value, gone.value], [null, "", undefined]);
});

test("a member that comes takes its place in the form's order", () => {
  const holder = { c: 3, extra: 0, a: 1 };
  new Slot(holder, "b", "body.", ["a", "b", "c"]).set(2);
  assert.deepEqual(Object.keys(holder), ["a", "b", "c", "extra"]);
});

test("a name of Object.prototype is a member like any other", () => {
  const holder = {};
  const slot = new Slot(holder, "__proto__", "body.");
  assert.equal(slot.absent, true);
  slot.set({ admin: true });
  assert.equal(JSON.stringify(holder), '{"__proto__":{"admin":true}}');
  assert.equal(Object.getPrototypeOf(holder), Object.prototype);
});

test("an item that is removed makes room for the next, and steps are escaped as in RFC 6901", () => {
  const body = { "a/b~": [1, 2, 3] };
  const items = new Slot({ body }, "body", "body.").at("a/b~");
  items.at(1).remove();
  assert.deepEqual(body["a/b~"], [1, 3]);
  assert.equal(items.at(0).where, "body./a~1b~0/0");
});

test("the scalars of a value stand at the places of their slots", () => {
  const leaves = leavesOf({ name: "a", "x/y": [1, { deep: null }], none: {} }, "body.");
  assert.deepEqual(
    [...leaves],
    [
      ["body./name", "a"],
      ["body./x~1y/0", "1"],
      ["body./x~1y/1/deep", "null"],
    ],
  );
});
