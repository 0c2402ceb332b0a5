// A list of texts or numbers: each item is a chip. Enter or a comma adds what is typed, Backspace removes the last item.

import { focusFirst, freshId, make, makeButton } from "../page.js";
import { defaultText } from "./field.js";
import { fitPills, togglePills } from "./pills.js";
import { sampleMark } from "./scalar_field.js";
import { kindOf, readScalar, resolveField, sameJson, scalarText, wordOf } from "./values.js";

/** @import { Drawn, FieldContext, Parts } from "./field.js" */
/** @import { Definitions, Field, Json } from "./values.js" */

const MOST_CHIPS = 200;
const LONGEST = 200;
const MOST_OFFERED = 200;

/**
 * Whether chips can show each item of a list.
 * @param {Field} field
 * @param {Json} value
 * @param {Definitions} definitions
 */
export function areChips(field, value, definitions) {
  if (field.kind !== "array" || field.prefix?.length || !field.items || field.secret) return false;
  const items = resolveField(field.items, definitions);
  if (!["string", "integer", "number", "choice"].includes(items.kind) || items.secret) return false;
  /** @type {Json[]} */
  const present = value ?? [];
  return present.length <= MOST_CHIPS && present.every((one) => isShort(one));
}

/** @param {Json} one */
function isShort(one) {
  if (kindOf(one) === "string") return one.length <= LONGEST && !one.includes("\n");
  return ["number", "boolean"].includes(kindOf(one));
}

/**
 * @param {Parts} parts
 * @returns {Drawn}
 */
export function chipControl(parts) {
  const { field, slot, context } = parts;
  const items = resolveField(/** @type {Field} */ (field.items), context.definitions);
  /** @type {Json[]} */
  const value = slot.value ?? [];
  const choices = (items.choices ?? []).map((one) => (context.text ? scalarText(one, items, context.text) : one));
  const areToggles =
    items.kind === "choice" &&
    fitPills(choices.map(wordOf)) &&
    value.every((one, at) => holds(choices, one) && !holds(value.slice(0, at), one));
  return areToggles ? toggleControl(parts, choices) : inputControl(parts, items);
}

/**
 * @param {Json[]} values
 * @param {Json} one
 */
function holds(values, one) {
  return values.some((other) => sameJson(one, other));
}

/**
 * Puts a list into the slot; an empty list of a parameter is omitted.
 * @param {Parts} parts
 * @param {Json[]} items
 */
function putItems({ slot, context, buttons }, items) {
  if (context.text && !items.length) slot.remove();
  else slot.set(items);
  buttons.show();
  context.onChange();
}

/**
 * @param {Parts} parts
 * @param {Json[]} choices
 * @returns {Drawn}
 */
function toggleControl(parts, choices) {
  const { id, slot, label, describe } = parts;
  const state = make("span", "ipyasgi-faint ipyasgi-list-state", { textContent: emptyWord(parts) });
  const pills = togglePills({
    label,
    describe,
    words: choices.map(wordOf),
    pressed: choices.map((one) => holds(slot.value ?? [], one)),
    onToggle: (number) => {
      /** @type {Json[]} */
      const before = slot.value ?? [];
      const isIn = holds(before, choices[number]);
      const after = isIn ? before.filter((one) => !sameJson(one, choices[number])) : [...before, choices[number]];
      putItems(parts, after);
      state.textContent = emptyWord(parts);
    },
  });
  pills.id = id;
  return { controls: [pills, state] };
}

/**
 * How a list without items differs: omitted, null or empty.
 * @param {Parts} parts
 */
function emptyWord({ slot, field, buttons }) {
  if (slot.value === null) return "null";
  if (slot.absent) return defaultText(field) ? `${defaultText(field)} (default)` : buttons.optional ? "not sent" : "";
  return slot.value.length ? "" : "empty list";
}

/**
 * @param {Parts} parts
 * @param {Field} items
 * @returns {Drawn}
 */
function inputControl(parts, items) {
  const { id, slot, context, label, describe } = parts;
  const chips = make("span", "ipyasgi-entries", { role: "list", "aria-label": `Items of ${label}` });
  const input = make("input", "ipyasgi-input", {
    id,
    type: "text",
    spellcheck: false,
    autocomplete: "off",
    dir: "auto",
    title: "Enter or a comma adds an item, Backspace removes the last one",
    "aria-label": `Add to ${label}`,
    "aria-describedby": describe,
  });
  if (["integer", "number"].includes(items.kind)) input.inputMode = items.kind === "integer" ? "numeric" : "decimal";
  /** @returns {Json[]} */
  const present = () => slot.value ?? [];
  /** @param {Json[]} after */
  const put = (after) => {
    putItems(parts, after);
    show();
  };
  /** @param {number} number */
  const removeAt = (number) => {
    put(present().filter((_, at) => at !== number));
    const next = chips.children[Math.min(number, chips.children.length - 1)];
    if (next) focusFirst(next, "button");
    else input.focus();
  };
  const sampled = sampleMark();
  const isSample = () => {
    const texts = present().map((one) => scalarText(one, items, context.text));
    const made = [...context.sample].filter(([where]) => where.startsWith(`${slot.where}/`)).map(([, text]) => text);
    return texts.length > 0 && sameJson(texts, made);
  };
  const show = () => {
    sampled.hidden = !isSample();
    input.placeholder = present().length ? "add" : emptyWord(parts);
    chips.hidden = !present().length;
    chips.replaceChildren(...present().map((one, number) => chip(one, items, context, label, () => removeAt(number))));
  };
  /** @param {string} text */
  const add = (text) => {
    const words = text.split(/[,\n\t]/).map((word) => word.trim());
    const added = words.filter(Boolean).map((word) => (context.text ? word : readScalar(word, items)));
    input.value = "";
    if (added.length) put([...present(), ...added]);
  };
  input.addEventListener("input", () => {
    if (/[,\n\t]/.test(input.value)) add(input.value);
  });
  input.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\n\t]/.test(pasted.trim())) return; // an input would join the lines
    event.preventDefault();
    add(`${input.value}${pasted}`);
  });
  input.addEventListener("blur", () => add(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && input.value.trim()) {
      if (!event.ctrlKey && !event.metaKey) event.preventDefault();
      add(input.value); // Ctrl+Enter sends it too
    } else if (event.key === "Backspace" && !input.value && present().length) {
      event.preventDefault();
      put(present().slice(0, -1));
    }
  });
  show();
  return { controls: [chips, input, ...offered(input, items, context), sampled], isBox: true };
}

/**
 * @param {Json} value
 * @param {Field} items
 * @param {FieldContext} context
 * @param {string} label
 * @param {() => void} onRemove
 */
function chip(value, items, context, label, onRemove) {
  const text = scalarText(value, items, context.text);
  const remove = makeButton("×", "ipyasgi-mini", onRemove, {
    "aria-label": `Remove ${text} from ${label}`,
    title: "Remove",
  });
  remove.addEventListener("keydown", (event) => {
    if (!["Delete", "Backspace"].includes(event.key)) return;
    event.preventDefault();
    onRemove();
  });
  const shown = make("span", "ipyasgi-entry-text", { textContent: text || '""', dir: "auto" });
  return make("span", "ipyasgi-entry", { role: "listitem" }, shown, remove);
}

/**
 * The choices or examples of the items, offered while typing.
 * @param {HTMLInputElement} input
 * @param {Field} items
 * @param {FieldContext} context
 */
function offered(input, items, context) {
  const texts = [...(items.choices ?? []), ...(items.examples ?? [])]
    .slice(0, MOST_OFFERED)
    .map((one) => scalarText(one, items, context.text));
  if (!texts.length) return [];
  const options = texts.map((text) => make("option", "", { value: text }));
  const list = make("datalist", "", { id: freshId("items") }, ...options);
  input.setAttribute("list", list.id);
  return [list];
}
