// Text, numbers, and values without a schema: an input of one line or several.

import { freshId, make } from "../page.js";
import { defaultText } from "./field.js";
import { readScalar, scalarText } from "./values.js";

/** @import { Drawn, FieldContext, Parts } from "./field.js" */
/** @import { Field } from "./values.js" */

/** @type {Record<string, string>} */
const PLACEHOLDERS = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00",
  uuid: "00000000-0000-4000-8000-000000000000",
  email: "name@example.com",
  ipv4: "192.0.2.1",
};

/**
 * @param {Parts} parts
 * @returns {Drawn}
 */
export function scalarControl(parts) {
  const { id, field, slot, context, buttons, describe, label } = parts;
  const isText = context.text || field.kind === "string";
  const shown = slot.absent || slot.value === null ? "" : scalarText(slot.value, field, context.text);
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
  });
  if (input instanceof HTMLTextAreaElement) input.rows = Math.min(shown.split("\n").length + 1, 12);
  else input.type = "text";
  if (["integer", "number"].includes(field.kind)) input.inputMode = field.kind === "integer" ? "numeric" : "decimal";
  const sampled = sampleMark();
  sampled.hidden = !shown || context.sample.get(slot.where) !== shown;
  const show = () => {
    input.placeholder = placeholderOf(parts);
    buttons.show();
  };
  input.addEventListener("input", () => {
    sampled.hidden = true;
    // An empty number is omitted; empty text is an empty string.
    const isGone = isText
      ? field.kind !== "string" && !input.value.trim()
      : readScalar(input.value, field) === undefined;
    if (isGone && buttons.optional) slot.remove();
    else if (isGone && !Array.isArray(slot.holder) && !isText) slot.remove();
    else slot.set((isText ? input.value : readScalar(input.value, field)) ?? "");
    show();
    context.onChange();
  });
  show();
  return { controls: [...suggest(input, field, context), sampled], isBox: true };
}

/** The word beside a value that was made up. */
export function sampleMark() {
  return make("span", "ipyasgi-sampled", {
    textContent: "sample",
    title: "Made up from the app's document; it is sent as it is",
  });
}

/**
 * What an empty input means: omitted, null or an empty text, otherwise an example of what to type.
 * @param {Parts} parts
 */
function placeholderOf({ field, slot, context, buttons }) {
  if (slot.absent && defaultText(field)) return `${defaultText(field)} (default)`;
  if (slot.absent && buttons.optional) return "not sent";
  if (slot.value === null) return "null";
  if (buttons.optional && slot.value === "") return "empty text";
  return PLACEHOLDERS[field.format ?? ""] ?? (field.kind === "any" && !context.text ? "JSON" : "");
}

/**
 * Examples of the schema are offered while typing.
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {Field} field
 * @param {FieldContext} context
 */
function suggest(input, field, context) {
  const examples = (field.examples ?? [])
    .map((one) => scalarText(one, field, context.text))
    .filter((text) => text && !text.includes("\n"));
  if (!examples.length || input.tagName !== "INPUT") return [input];
  const list = make(
    "datalist",
    "",
    { id: freshId("examples") },
    ...examples.map((text) => make("option", "", { value: text })),
  );
  input.setAttribute("list", list.id);
  return [input, list];
}

/**
 * @param {Parts} parts
 * @returns {Drawn}
 */
export function nullControl({ id, slot }) {
  if (!slot.absent && slot.value !== null) slot.set(null);
  return { controls: [make("output", "ipyasgi-faint", { id, textContent: slot.absent ? "not sent" : "null" })] };
}
