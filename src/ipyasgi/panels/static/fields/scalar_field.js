// Text, numbers, and values without a schema: an input of one line or several.

import { freshId, make } from "../page.js";
import { defaultText } from "./field.js";
import { keptNumber, kindOf, parseJson, printJson } from "./values.js";

/** @import { FieldContext, Parts } from "./field.js" */
/** @import { Field, Json } from "./values.js" */

export const HELD = "Hidden. Type to replace.";

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** @type {Record<string, string>} */
const PLACEHOLDERS = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00",
  uuid: "00000000-0000-4000-8000-000000000000",
  email: "name@example.com",
  ipv4: "192.0.2.1",
};

/** @param {Parts} parts */
export function scalarControl({ id, field, slot, context, stateSwitch, describe, empty, label }) {
  const isText = context.text || field.kind === "string";
  const shown = empty ? "" : scalarText(slot.value, field, context);
  const long =
    shown.includes("\n") || shown.length > 200 || (field.kind === "any" && !context.text && /^[[{]/.test(shown));
  const input = make(long ? "textarea" : "input", "ipyasgi-input", {
    id,
    value: shown,
    spellcheck: false,
    autocomplete: "off",
    dir: "auto",
    "aria-describedby": describe,
    "aria-label": label,
    placeholder: slot.absent || !empty ? "" : context.text ? HELD : "null",
  });
  if (input instanceof HTMLTextAreaElement) input.rows = Math.min(shown.split("\n").length + 1, 12);
  else input.type = field.format === "password" ? "password" : "text";
  if (!input.placeholder)
    input.placeholder =
      (empty && defaultText(field)) ||
      (PLACEHOLDERS[field.format ?? ""] ?? (field.kind === "any" && !context.text ? "JSON" : ""));
  if (["integer", "number"].includes(field.kind)) input.inputMode = field.kind === "integer" ? "numeric" : "decimal";
  input.addEventListener("input", () => {
    const value = isText ? input.value : readScalar(input.value, field);
    // An empty number is omitted; empty text is an empty string.
    if (value === undefined && !Array.isArray(slot.holder)) slot.remove();
    else slot.set(value ?? "");
    stateSwitch.show();
    context.onChange();
  });
  return suggest(input, field, context);
}

/**
 * @param {Json} value
 * @param {Field} field
 * @param {FieldContext} context
 */
function scalarText(value, field, context) {
  if (value === undefined) return "";
  if (typeof value === "string" && (context.text || field.kind !== "any")) return value;
  return field.kind === "any" && kindOf(value) !== "string" ? printJson(value) : JSON.stringify(value);
}

/**
 * @param {string} text
 * @param {Field} field
 */
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

/**
 * Examples of the schema are offered while typing.
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {Field} field
 * @param {FieldContext} context
 */
function suggest(input, field, context) {
  const examples = (field.examples ?? [])
    .map((one) => scalarText(one, field, context))
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

/** @param {Parts} parts */
export function nullControl({ id, slot }) {
  if (!slot.absent && slot.value !== null) slot.set(null);
  return make("output", "ipyasgi-faint", { id, textContent: "null" });
}
