import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonIndex, NONE } from "../../src/ipyasgi/panels/static/json_index.js";
import {
  cellOf,
  cellText,
  columnsOf,
  firstRecords,
  isRecords,
  pythonPath,
  rowsOf,
  sortRows,
} from "../../src/ipyasgi/panels/static/json_records.js";

function read(value) {
  const index = new JsonIndex(typeof value === "string" ? value : JSON.stringify(value));
  for (const _ of index.scan());
  return index;
}

test("records are found where they are, those nearest to the top first", () => {
  const index = read({ pages: [1, 2], deep: { rows: [{ a: 1 }] }, items: [{ a: 1 }, { b: [{ c: 1 }] }] });
  const found = firstRecords(index);
  assert.equal(index.pointer(found), "/items");
  assert.equal(pythonPath(index, found), '["items"]');
  const inner = rowsOf(index, 0).length && [...Array(index.size).keys()].filter((node) => isRecords(index, node));
  assert.deepEqual(
    inner.map((node) => pythonPath(index, node)),
    ['["deep"]["rows"]', '["items"]', '["items"][1]["b"]'],
  );
  assert.equal(pythonPath(read([{ a: 1 }]), 0), "");
  for (const other of [[], [1, { a: 1 }], [{}], { a: 1 }, "[]"]) assert.equal(firstRecords(read(other)), NONE);
});

test("columns are the fields in order, and a missing one is an empty cell", () => {
  const index = read([
    { a: "x", b: null },
    { c: [1, 2], a: 'quo"te' },
  ]);
  const rows = rowsOf(index, 0);
  assert.deepEqual(columnsOf(index, rows), ["a", "b", "c"]);
  const texts = rows.map((row) => ["a", "b", "c"].map((name) => cellText(index, cellOf(index, row, name), 100)));
  assert.deepEqual(texts, [
    ["x", "null", ""],
    ['quo"te', "", "[1,2]"],
  ]);
  assert.equal(cellText(read(["x".repeat(50)]), 1, 10).length < 20, true);
});

test("numbers are sorted as numbers, before texts, and what is missing comes last in both directions", () => {
  const index = read('[{"n": 10}, {"n": "b"}, {"n": 9}, {}, {"n": null}, {"n": "a"}, {"n": 10}]');
  const rows = rowsOf(index, 0);
  const order = (direction) => sortRows(index, rows, "n", direction).map((row) => rows.indexOf(row));
  assert.deepEqual(order(1), [2, 0, 6, 5, 1, 3, 4]);
  assert.deepEqual(order(-1), [1, 5, 0, 6, 2, 3, 4]);
});

test("a name cannot leave its quotes in Python", () => {
  const name = 'a"]; import os\n#\u2028\\';
  const index = read({ [name]: [{ a: 1 }] });
  assert.equal(pythonPath(index, firstRecords(index)), `[${JSON.stringify(name)}]`);
});
