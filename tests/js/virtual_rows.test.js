import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsPerPx, rowsToDraw, scrollToShow, spacePx } from "../../src/ipyasgi/panels/static/virtual_rows.js";

const HEIGHT = { heightPx: 340 }; // 17 rows

test("a short list is scrolled row by row", () => {
  assert.equal(spacePx(1000), 20_000);
  assert.equal(rowsPerPx({ count: 1000, ...HEIGHT }), 1 / 20);
  assert.deepEqual(rowsToDraw({ count: 1000, scrollPx: 2000, ...HEIGHT }), { from: 92, to: 125, shiftPx: 1840 });
});

test("the box of ten million rows stays below what browsers lay out, and its end shows the last row", () => {
  const count = 10_000_000;
  assert.equal(spacePx(count), 8e6);
  const { from, to, shiftPx } = rowsToDraw({ count, scrollPx: 8e6 - 340, ...HEIGHT });
  assert.equal(to, count);
  assert.ok(to - from < 40);
  // The last row ends where the box ends.
  assert.ok(Math.abs(shiftPx + (count - from) * 20 - 8e6) < 1);
});

for (const count of [5, 1000, 10_000_000]) {
  test(`of ${count} rows any can be brought into view`, () => {
    for (const index of [0, 4, Math.floor(count / 3), count - 1]) {
      const scroll = { count, ...HEIGHT, scrollPx: spacePx(count) / 2 };
      const scrollPx = scrollToShow(index, scroll) ?? scroll.scrollPx;
      const top = Math.min(scrollPx, Math.max(spacePx(count) - 340, 0)) * rowsPerPx(scroll);
      assert.ok(index > top - 1 && index < top + 17.001, `${index} is not in ${top}…`);
    }
  });
}

test("a row that is in view moves nothing, and one just above comes to the top", () => {
  const scroll = { count: 1000, scrollPx: 2000, ...HEIGHT };
  assert.equal(scrollToShow(105, scroll), undefined);
  assert.equal(scrollToShow(99, scroll), 99 * 20);
  assert.equal(scrollToShow(500, scroll), (500 - 5) * 20);
});
