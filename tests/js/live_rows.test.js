import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsInView, rowsSummary } from "../../src/ipyasgi/panels/static/live_rows.js";

test("the rows in view are drawn, and six on either side", () => {
  assert.deepEqual(rowsInView({ length: 3, scrollPx: 0, visibleRows: 10 }), { from: 0, to: 3 });
  assert.deepEqual(rowsInView({ length: 5000, scrollPx: 0, visibleRows: 10 }), { from: 0, to: 22 });
  assert.deepEqual(rowsInView({ length: 5000, scrollPx: 2010, visibleRows: 10 }), { from: 94, to: 116 });
  assert.deepEqual(rowsInView({ length: 5000, scrollPx: 4990 * 20, visibleRows: 10 }), { from: 4984, to: 5000 });
});

test("the summary counts what there is, and says what became of the rest", () => {
  const none = { missing: 0, dropped: 0, noun: "message" };
  assert.equal(rowsSummary({ all: 1, shown: 1, ...none }), "1 message");
  assert.equal(
    rowsSummary({ all: 6000, shown: 5000, missing: 2, dropped: 3, noun: "row" }),
    "6,000 rows · older ones dropped: 1,000 · 2 on the way · 3 dropped",
  );
});
