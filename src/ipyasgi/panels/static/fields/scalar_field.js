// Text, numbers, and what no schema describes: one line to type in, or several where the text has several.

import { freshId, make } from "../page.js";
import { defaultText } from "./field.js";
import { keptNumber, kindOf, parseJson, printJson } from "./values.js";

export const HELD = "kept in the kernel; type to replace it";

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const PLACEHOLDERS = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00",
  uuid: "00000000-0000-4000-8000-000000000000",
  email: "name@example.com",
  ipv4: "192.0.2.1",
};

export function scalarControl({ id, field, slot, sheet, states, describe, empty, label }) {
  const isText = sheet.text || field.kind === "string";
  const shown = empty ? "" : scalarText(slot.value, field, sheet);
  const long =
    shown.includes("\n") || shown.length > 200 || (field.kind === "any" && !sheet.text && /^[[{]/.test(shown));
  const input = make(long ? "textarea" : "input", "ipyasgi-input", {
    id,
    value: shown,
    spellcheck: false,
    autocomplete: "off",
    dir: "auto",
    "aria-describedby": describe,
    "aria-label": label,
    placeholder: slot.absent || !empty ? "" : sheet.text ? HELD : "null",
  });
  if (long) input.rows = Math.min(shown.split("\n").length + 1, 12);
  else input.type = field.format === "password" ? "password" : "text";
  if (!input.placeholder)
    input.placeholder =
      (empty && defaultText(field)) ||
      (PLACEHOLDERS[field.format] ?? (field.kind === "any" && !sheet.text ? "JSON" : ""));
  if (["integer", "number"].includes(field.kind)) input.inputMode = field.kind === "integer" ? "numeric" : "decimal";
  input.addEventListener("input", () => {
    const value = isText ? input.value : readScalar(input.value, field);
    // A number that is empty is none; text that is empty is an empty text.
    if (value === undefined && !Array.isArray(slot.holder)) slot.remove();
    else slot.set(value ?? "");
    states.show();
    sheet.onChange();
  });
  return suggest(input, field, sheet);
}

function scalarText(value, field, sheet) {
  if (value === undefined) return "";
  if (typeof value === "string" && (sheet.text || field.kind !== "any")) return value;
  return field.kind === "any" && kindOf(value) !== "string" ? printJson(value) : JSON.stringify(value);
}

function readScalar(text, field) {
  if (field.kind === "any") {
    if (!text.trim()) return undefined;
    try {
      return parseJson(text);
    } catch {
      return text;
    }
  }
  if (!text.trim()) return undefined;
  return NUMBER.test(text.trim()) ? keptNumber(text.trim()) : text;
}

// Examples of the schema are offered while typing.
function suggest(input, field, sheet) {
  const examples = (field.examples ?? [])
    .map((one) => scalarText(one, field, sheet))
    .filter((text) => text && !text.includes("\n"));
  if (!examples.length || input.tagName !== "INPUT" || input.type === "password") return input;
  const list = make(
    "datalist",
    "",
    { id: freshId("examples") },
    ...examples.map((text) => make("option", "", { value: text })),
  );
  input.setAttribute("list", list.id);
  return [input, list];
}

export function nullControl({ id, slot }) {
  if (!slot.absent && slot.value !== null) slot.set(null);
  return make("output", "ipyasgi-faint", { id, textContent: "null" });
}
