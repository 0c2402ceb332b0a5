import assert from "node:assert/strict";
import { test } from "node:test";
import { findJsonPlace } from "../../src/ipyasgi/panels/static/json_place.js";
import { findJsonWords } from "../../src/ipyasgi/panels/static/json_words.js";

const DEFINITIONS = {
  Cat: {
    kind: "object",
    members: [
      ["kind", true, { kind: "string" }],
      ["lives", true, { kind: "integer", default: 9 }],
    ],
  },
  Dog: { kind: "object", members: [["breed", false, { kind: "string", nullable: true }]] },
};
const PET = {
  kind: "object",
  members: [
    ["name", true, { kind: "string", description: "What it is called" }],
    ["id", false, { kind: "integer", readOnly: true }],
    ["size", false, { kind: "choice", choices: ["small", "large"] }],
    ["tags", false, { kind: "array", items: { kind: "choice", choices: ["shy", "vip"] } }],
    [
      "details",
      false,
      {
        kind: "variant",
        discriminator: "kind",
        variants: [
          ["cat", "cat", { kind: "ref", ref: "Cat" }],
          ["dog", "dog", { kind: "ref", ref: "Dog" }],
        ],
      },
    ],
    ["notes", false, { kind: "object", additional: { kind: "boolean" } }],
  ],
};

/** The words at the bar in a text. */
function wordsAt(marked, field = PET) {
  const at = marked.indexOf("|");
  const found = findJsonWords(marked.replace("|", ""), at, field, DEFINITIONS);
  return found?.options.map((one) => one.apply) ?? null;
}

/** The token at the bar in a text. */
function tokenAt(marked) {
  const at = marked.indexOf("|");
  const text = marked.replace("|", "");
  const place = findJsonPlace(text, at);
  return place && [place.kind, text.slice(place.from, place.to)];
}

test("the names of an object, without those that it has before and after the cursor, and those that are only read", () => {
  assert.deepEqual(wordsAt('{"name": "Miso", "|", "size": 1, "notes": {"tags": 1}}'), ['"tags": ', '"details": ']);
  assert.deepEqual(wordsAt('{"na|": 1}'), ['"name"', '"size"', '"tags"', '"details"', '"notes"']);
  assert.deepEqual(wordsAt("{|}")[0], '"name": ');
});

test("a word tells what it is", () => {
  const [name, size] = findJsonWords("{}", 1, PET, {}).options;
  assert.deepEqual([name.detail, name.info, name.boost], ["required string", "What it is called", 50]);
  assert.equal(size.detail, '"small" | "large"');
});

test("the values of a choice, a boolean, a nullable field and a default", () => {
  assert.deepEqual(wordsAt('{"size": |'), ['"small"', '"large"']);
  assert.deepEqual(wordsAt('{"size": "sm|"}'), ['"small"', '"large"']);
  assert.deepEqual(wordsAt('{"tags": ["shy", "|"]}'), ['"shy"', '"vip"']);
  assert.deepEqual(wordsAt('{"notes": {"any": |}}'), ["true", "false"]);
  assert.deepEqual(wordsAt('{"details": {"kind": "cat", "lives": |}}'), ["9"]);
  assert.deepEqual(wordsAt('{"details": {"breed": |}}'), ["null"]);
});

test("a discriminator's tags, and then only the members of the variant that it names", () => {
  assert.deepEqual(wordsAt('{"details": {"kind": |}}'), ['"cat"', '"dog"']);
  assert.deepEqual(wordsAt('{"details": {"kind": "dog", "|"}}'), ['"breed": ']);
  assert.deepEqual(wordsAt('{"details": {"|"}}'), ['"kind": ', '"lives": ', '"breed": ']);
});

test("the token at the cursor, also one that is not closed", () => {
  assert.deepEqual(tokenAt('{"na|'), ["name", '"na']);
  assert.deepEqual(tokenAt('{"na|,\n"b": 1}'), ["name", '"na']);
  assert.deepEqual(tokenAt('{"na|me": 1}'), ["name", '"name"']);
  assert.deepEqual(tokenAt("{na|me: 1}"), ["name", "name"]);
  assert.deepEqual(tokenAt("[1, tr|]"), ["value", "tr"]);
  assert.deepEqual(tokenAt('{"a\\"b|": 1}'), ["name", '"a\\"b"']);
});

test("nothing where neither a name nor a value can be", () => {
  for (const text of ["|", '{"a"|}', '{"a" |}', '{"a": 1 |}', '"a|"', "{}|", '{"a": {} |}', '{"a" {|'])
    assert.equal(wordsAt(text), null, text);
  assert.equal(wordsAt('{"name": "|"}'), null);
});

test("a field that refers to itself and hostile names do no harm", () => {
  const definitions = { Loop: { kind: "variant", variants: [["", "", { kind: "ref", ref: "Loop" }]] } };
  assert.equal(findJsonWords('{"', 2, { kind: "ref", ref: "Loop" }, definitions), null);
  const field = { kind: "object", members: [["__proto__", true, { kind: "boolean" }]] };
  assert.deepEqual(wordsAt('{"__proto__": |}', field), ["true", "false"]);
});

test("a body of a megabyte is read once, not once for each value", { timeout: 60_000 }, () => {
  const text = `{"tags": [${'"shy", '.repeat(140_000)}"|"]}`;
  assert.deepEqual(wordsAt(text), ['"shy"', '"vip"']);
  const open = `{"a": "${"\\".repeat(1_000_000)}`;
  assert.equal(findJsonPlace(open, open.length)?.kind, "value");
});
