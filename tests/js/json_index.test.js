import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonIndex, MOST_FINDS } from "../../src/ipyasgi/panels/static/json_index.js";

function read(text) {
  const index = new JsonIndex(text);
  for (const _ of index.scan());
  return index;
}

function makeRandom(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % below;
  };
}

function valueAt(value, pointer) {
  const parts = pointer.split("/").slice(1);
  return parts.reduce((found, part) => found[part.replaceAll("~1", "/").replaceAll("~0", "~")], value);
}

test("every value of random documents is found where its pointer says", () => {
  const random = makeRandom(7);
  const leaves = [1.5, -3e9, 'a"b\\', "é\u2028😀", true, null, "", {}, []];
  const make = (deep) => {
    const kind = deep > 0 ? random(4) : 0;
    if (kind < 2) return leaves[random(leaves.length)];
    const items = Array.from({ length: random(4) }, () => make(deep - 1));
    return kind === 2 ? items : Object.fromEntries(items.map((item, number) => [`k~/"${number}`, item]));
  };
  for (let round = 0; round < 1000; round += 1) {
    const value = make(6);
    const text = JSON.stringify(value, null, round % 3);
    const index = read(text);
    for (let node = 0; node < index.size; node += 1) {
      const found = JSON.parse(text.slice(index.starts[node], index.ends[node]));
      assert.deepEqual(valueAt(value, index.pointer(node)), found, text);
    }
  }
});

const BROKEN = ["", "{", "[1,]", '{"a"}', "[1 2]", "nul", '"abc', "{a:1}", "[1}", "1 2", '{"a":1,}'];
for (const text of BROKEN) {
  test(`${JSON.stringify(text)} is an error that names the place`, () => {
    assert.throws(() => read(text), /^Error: (not JSON at character \d+|the JSON ends too early)$/);
  });
}

test("depth costs nothing", () => {
  const index = read("[".repeat(100_000) + "]".repeat(100_000));
  assert.equal(index.size, 100_000);
  assert.equal(index.levels[99_999], 100_000);
});

test("numbers and repeated names stay as they were sent, and names are decoded", () => {
  const index = read(String.raw`{"a": 1.10, "a": 12345678901234567890, "x\u00e9": NaN}`);
  const values = [1, 2, 3].map((node) => [index.key(node), index.value(node)]);
  assert.deepEqual(values, [
    ["a", "1.10"],
    ["a", "12345678901234567890"],
    ["xé", "NaN"],
  ]);
});

test("words are found in any case and however JSON writes them, but not in punctuation", () => {
  const index = read(String.raw`{"a": 1.10, "a": 12345678901234567890, "x\u00e9": NaN}`);
  assert.deepEqual(
    ["XÉ", "45678", "nan", '":'].map((words) => index.find(words)),
    [[3], [2], [3], []],
  );
});

test("pointers are escaped as in RFC 6901", () => {
  assert.equal(read('{"a~1/b": [0, {"": 1}]}').pointer(4), "/a~01~1b/1/");
});

test("a search ends at its most finds", () => {
  const index = read(`[${Array(MOST_FINDS + 50).fill('"x"')}]`);
  assert.equal(index.find("x").length, MOST_FINDS);
});

test("a long string is cut without half an escape", () => {
  const index = read(String.raw`"abc\u00e9def"`);
  assert.equal(index.value(0, 7), '"abc"');
  assert.equal(index.value(0), '"abcédef"');
});

test("each container knows its values: how many, at which places, where the next begins", () => {
  const index = read('{"a": [1, 2, {}], "b": 3}');
  assert.deepEqual([...index.counts.slice(0, index.size)], [2, 3, 0, 0, 0, 0]);
  assert.deepEqual([...index.places.slice(0, index.size)], [0, 0, 0, 1, 2, 1]);
  assert.deepEqual([...index.afters.slice(0, index.size)], [6, 5, 3, 4, 5, 6]);
});

test("reading in slices gives up once it is no longer wanted", async () => {
  const text = `[${Array(400_000).fill("1")}]`;
  assert.equal(await JsonIndex.read(text, () => false), null);
  assert.equal((await JsonIndex.read(text)).size, 400_001);
});
