import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countText,
  elapsedText,
  indentJson,
  momentText,
  sizeText,
  visibleText,
} from "../../src/ipyasgi/panels/static/text.js";

test("sizes and times have the unit that suits them", () => {
  assert.deepEqual([999, 1000, 5_000_000].map(sizeText), ["999 B", "1.0 kB", "5.0 MB"]);
  assert.deepEqual([0, 9999.94, 12_345].map(momentText), ["0.0 ms", "9999.9 ms", "12.35 s"]);
  assert.deepEqual([59_900, 60_000, 125_000].map(elapsedText), ["59.9 s", "1 min 0 s", "2 min 5 s"]);
  assert.deepEqual([countText(1, "change"), countText(1200, "change")], ["1 change", "1,200 changes"]);
});

test("characters that would act are seen instead: controls, and what turns the text round", () => {
  assert.equal(visibleText("a\u0000b\n\u202ec\u200b é😀"), "a␀b␊[U+202E]c[U+200B] é😀");
});

test("JSON is laid out, but not where that would change a number, and other text stays as it is", () => {
  assert.equal(indentJson('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}');
  for (const text of ['{"a":12345678901234567890}', "plain", '{"a":', '"x"', `[${" ".repeat(1_000_000)}]`]) {
    assert.equal(indentJson(text), text);
  }
});
