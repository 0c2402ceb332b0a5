import assert from "node:assert/strict";
import { test } from "node:test";
import { shortOutcome } from "../../src/ipyasgi/panels/static/history_strip.js";

test("an outcome is short: its status, and what is unusual about it", () => {
  assert.equal(shortOutcome("200 OK"), "200");
  assert.equal(shortOutcome("422 Unprocessable Content"), "422");
  assert.equal(shortOutcome("200 OK, cut off"), "200 cut off");
  assert.equal(shortOutcome("ZeroDivisionError"), "ZeroDivisionError");
  assert.equal(shortOutcome("299"), "299");
  assert.equal(shortOutcome("closed by the client, 1000"), "closed 1000");
});
