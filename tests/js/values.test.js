import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asTexts,
  copyJson,
  isHeld,
  kindOf,
  marksOf,
  parseJson,
  printJson,
  readScalar,
  resolveField,
  sameJson,
  startValue,
  startVariant,
  variantOf,
  withoutMarks,
} from "../../src/ipyasgi/panels/static/fields/values.js";

test("numbers that a double cannot hold stay as they were typed", () => {
  const text = '{"a": 1.0, "b": 12345678901234567890, "c": 1e2, "d": 2}';
  assert.equal(JSON.stringify(parseJson(text)), '{"a":1.0,"b":12345678901234567890,"c":1e2,"d":2}');
  assert.equal(kindOf(parseJson("1.0")), "number");
  assert.equal(printJson(copyJson(parseJson(text))), printJson(parseJson(text)));
  assert.equal(sameJson(parseJson("1.0"), parseJson("1")), false);
});

test("each kind of JSON value has its name", () => {
  const values = [null, [], {}, "", 0, true, undefined];
  assert.deepEqual(values.map(kindOf), ["null", "array", "object", "string", "number", "boolean", "undefined"]);
});

test("a ref is what it stands for, with what is written beside it, and a circle of refs is anything", () => {
  const definitions = { A: { kind: "ref", ref: "B", description: "of A" }, B: { kind: "integer", hint: "of B" } };
  assert.deepEqual(resolveField({ kind: "ref", ref: "A", nullable: true }, definitions), {
    kind: "integer",
    hint: "of B",
    description: "of A",
    nullable: true,
  });
  assert.deepEqual(resolveField({ kind: "ref", ref: "C" }, { C: { kind: "ref", ref: "C" } }), { kind: "any" });
  assert.deepEqual(resolveField({ kind: "ref", ref: "gone" }, {}), { kind: "any" });
});

test("a new value is as little as the schema allows: defaults, examples, required members, least items", () => {
  const field = {
    kind: "object",
    members: [
      ["name", true, { kind: "string", examples: ["Ada"] }],
      ["age", false, { kind: "integer" }],
      ["id", true, { kind: "integer", readOnly: true }],
      ["tags", true, { kind: "array", minItems: 2, items: { kind: "choice", choices: ["x", "y"] } }],
      ["on", true, { kind: "boolean", default: true }],
    ],
  };
  assert.deepEqual(startValue(field, {}), { name: "Ada", tags: ["x", "x"], on: true });
});

test("a schema that holds itself ends", () => {
  const list = { List: { kind: "array", minItems: 1, items: { kind: "ref", ref: "List" } } };
  assert.ok(JSON.stringify(startValue(list.List, list)).length < 40);
  const definitions = { Node: { kind: "object", members: [["next", true, { kind: "ref", ref: "Node" }]] } };
  let [depth, value] = [0, startValue({ kind: "ref", ref: "Node" }, definitions)];
  while (value.next) [depth, value] = [depth + 1, value.next];
  assert.ok(depth > 0 && depth < 10);
});

test("a default is copied, not shared", () => {
  const field = { kind: "array", default: [1] };
  startValue(field, {}).push(2);
  assert.deepEqual(field.default, [1]);
});

const ANIMAL = {
  kind: "variant",
  discriminator: "type",
  variants: [
    ["Cat", "cat", { kind: "object", members: [["lives", true, { kind: "integer" }]] }],
    ["Dog", "dog", { kind: "object", members: [["tricks", true, { kind: "array" }]] }],
  ],
};

test("a variant starts with its discriminator set", () => {
  assert.deepEqual(startVariant(ANIMAL, 1, {}), { tricks: [], type: "dog" });
});

test("a constant in a member decides which variant a value is", () => {
  const shapes = ["circle", "square"].map((name) => [
    name,
    "",
    {
      kind: "object",
      members: [
        ["shape", true, { kind: "choice", choices: [name] }],
        ["size", false, { kind: "integer" }],
      ],
    },
  ]);
  const found = ["circle", "square"].map((shape) => variantOf({ shape, size: 1 }, { variants: shapes }, {}));
  assert.deepEqual(found, [0, 1]);
});

test("which variant a value is: by its discriminator, else by what fits best", () => {
  assert.equal(variantOf({ type: "dog", lives: 9 }, ANIMAL, {}), 1);
  assert.equal(variantOf({ tricks: [] }, { ...ANIMAL, discriminator: undefined }, {}), 1);
  const mixed = {
    kind: "variant",
    variants: [
      ["n", "", { kind: "integer" }],
      ["s", "", { kind: "string" }],
    ],
  };
  assert.deepEqual(
    [parseJson("1"), "x", true, parseJson("1.5")].map((value) => variantOf(value, mixed, {})),
    [0, 1, -1, -1],
  );
});

test("no secret is invented, and a number starts within its bounds", () => {
  const members = [
    ["password", true, { kind: "string", secret: true, examples: ["hunter2"], default: "x" }],
    ["pin", true, { kind: "integer", secret: true, default: 1234 }],
    ["keys", true, { kind: "object", secret: true, members: [["id", true, { kind: "string", examples: ["a"] }]] }],
    ["weight", true, { kind: "number", smallest: 0.5 }],
  ];
  assert.deepEqual(startValue({ kind: "object", members }, {}), {
    password: "",
    pin: "",
    keys: { id: "a" },
    weight: 0.5,
  });
});

test("a mark stands for a secret that only the kernel has", () => {
  assert.deepEqual(
    ["•••", "•••2", "••••", "x•••", "", null, 3].map((value) => isHeld(value)),
    [true, true, false, false, false, false, false],
  );
  assert.equal(isHeld(null, true), true);
  const text = '{"password": "•••", "again": "•••", "url": "http://ann:•••2@x"}';
  assert.deepEqual(marksOf(text), ["•••", "•••2"]);
  assert.equal(withoutMarks(text), '{"password": "", "again": "", "url": "http://ann:@x"}');
});

test("what is typed is a number where it is one, and otherwise stays as it is", () => {
  const read = (text, kind) => readScalar(text, { kind });
  assert.deepEqual(
    [read("7", "integer"), read(" ", "number"), read("x", "number"), read("7", "string"), read("[1]", "any")],
    [7, undefined, "x", "7", [1]],
  );
  assert.deepEqual(asTexts({ a: 1, b: [true, "x"] }), { a: "1", b: ["true", "x"] });
});
