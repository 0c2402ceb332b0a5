import assert from "node:assert/strict";
import { test } from "node:test";
import { chipText, expiryText, stateText } from "../../src/ipyasgi/panels/static/credentials_text.js";

const NOW = 1_800_000_000;

function scheme(changes = {}) {
  const none = { set: false, user: "", expires_at_s: null, note: "", tone: "" };
  return { key: "login", kind: "OAuth2", blocks: [], fields: [], asks: true, ...none, ...changes };
}

test("a time is said in one unit, before and after", () => {
  const said = [30, 60 * 12 + 59, 3600 * 3, 86400 * 30, 0, -1, -150].map((left) => expiryText(NOW + left, NOW));
  assert.deepEqual(said, [
    "expires in 30 s",
    "expires in 12 min",
    "expires in 3 h",
    "expires in 30 days",
    "expired 0 s ago",
    "expired 1 s ago",
    "expired 2 min ago",
  ]);
  assert.equal(expiryText(null, NOW), "");
});

test("the chip names the user, and is not green once the token has expired", () => {
  assert.deepEqual(chipText([scheme()], NOW), { name: "Not signed in", note: "", tone: "" });
  const ann = { set: true, user: "ann" };
  assert.deepEqual(chipText([scheme({ ...ann, expires_at_s: NOW + 720 })], NOW), {
    name: "ann",
    note: "expires in 12 min",
    tone: "good",
  });
  assert.deepEqual(chipText([scheme({ ...ann, expires_at_s: NOW - 120 })], NOW), {
    name: "ann",
    note: "expired 2 min ago",
    tone: "bad",
  });
  assert.deepEqual(chipText([scheme({ set: true, key: "key" }), scheme(ann)], NOW), {
    name: "ann",
    note: "+ 1",
    tone: "good",
  });
  assert.equal(chipText([scheme({ tone: "busy" })], NOW).name, "Signing in");
});

test("the last message comes before the state", () => {
  assert.equal(stateText(scheme({ set: true, user: "ann", note: "Sign-in failed: no" }), NOW), "Sign-in failed: no");
  assert.equal(stateText(scheme({ set: true, user: "ann" }), NOW), "Signed in as ann");
  assert.equal(stateText(scheme({ set: true }), NOW), "Set");
  assert.equal(stateText(scheme(), NOW), "");
  assert.equal(stateText(scheme({ set: true, user: "ann", expires_at_s: NOW - 5 }), NOW), "The token expired 5 s ago");
});
