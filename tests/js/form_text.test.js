import assert from "node:assert/strict";
import { test } from "node:test";
import { isFlatForm, printForm, readForm } from "../../src/ipyasgi/panels/static/fields/form_text.js";

test("a form is written as it is sent, readable, and read again", () => {
  const fields = { name: "Zoë & co", sum: "1+1=2 100%", tags: ["a", "b c"], empty: "", line: "a\nb" };
  const text = printForm(fields);
  assert.equal(text, "name=Zoë+%26+co&sum=1%2B1%3D2+100%25&tags=a&tags=b+c&empty=&line=a%0Ab");
  assert.deepEqual(readForm(text, ["tags"]), fields);
  assert.equal(printForm({ age: 18, on: true }), "age=18&on=true");
});

test("a name is a list where the form says so, or where it comes twice", () => {
  assert.deepEqual(readForm("a=1&b=2&b=3", ["a"]), { a: ["1"], b: ["2", "3"] });
  assert.deepEqual(readForm(" a=1\n b=2 ", []), { a: "1", b: "2" });
  assert.deepEqual(readForm("password=•••", []), { password: "•••" });
});

test("JSON, and text without a name, is no form", () => {
  for (const text of ["", '{"a": "b=c"}', "[1]", '"a=b"', "hello"]) assert.equal(readForm(text, []), null);
});

test("only texts and lists of texts can be written", () => {
  assert.equal(isFlatForm({ a: "1", b: [1, true], c: 2 }), true);
  for (const value of [{ a: null }, { a: { b: 1 } }, { a: [[1]] }, [1], "a", null, undefined])
    assert.equal(isFlatForm(value), false);
});
