// One field of a form: its name, how it is filled in, what may stand in it, what is wrong with it. Here the kinds meet;
// each has a file of its own.

import { freshId, make, makeButton } from "../page.js";
import { arrayControl } from "./array_field.js";
import { choiceControl } from "./choice_field.js";
import { fileControl } from "./file_field.js";
import { objectControl } from "./object_field.js";
import { nullControl, scalarControl } from "./scalar_field.js";
import { StateSwitch } from "./state_switch.js";
import { kindOf, resolveField } from "./values.js";
import { variantControl } from "./variant_field.js";

const CONTROLS = {
  array: arrayControl,
  object: objectControl,
  variant: variantControl,
  boolean: choiceControl,
  choice: choiceControl,
  file: fileControl,
  string: scalarControl,
  integer: scalarControl,
  number: scalarControl,
  any: scalarControl,
  null: nullControl,
};
const NESTED = ["array", "object", "variant"];
const DRAWN_DEPTH = 40;

// What the fields of one form share.
export class FieldSheet {
  // definitions: what refs stand for; text: values stay text as typed; onChange() after each change; files: see file_field.js
  constructor({ definitions, text = false, onChange, files = null }) {
    Object.assign(this, { definitions, text, onChange, files });
  }
}

// label: what it is called; spoken: what a screen reader calls it; required: may not be absent; fixed: is there or is
// taken away as a whole (items, the body); told: name of the member that the variant picked tells already; the control is drawn anew where the value changes its shape
export function drawField(
  given,
  slot,
  sheet,
  { label, spoken = label, required = false, fixed = false, told = "", onRemove = null, depth = 0 },
) {
  const field = resolveField(given, sheet.definitions);
  const id = freshId("field");
  const nested = NESTED.includes(field.kind) && depth < DRAWN_DEPTH;
  const name = make(
    nested ? "span" : "label",
    "ipyasgi-value-name",
    { title: field.description || label },
    ...breakable(label),
  );
  if (!nested) name.htmlFor = id;
  if (required) name.append(make("span", "ipyasgi-needed", { textContent: "*", title: "required" }));
  for (const [flag, word] of [
    ["deprecated", "deprecated"],
    ["readOnly", "read-only"],
  ]) {
    if (field[flag]) name.append(make("span", "ipyasgi-flag", { textContent: word }));
  }
  const place = make("div", "ipyasgi-value-control");
  const note = make("div", "ipyasgi-value-note", { id: `${id}-note`, role: "status", hidden: true });
  const hint = make("span", "ipyasgi-value-hint", { id: `${id}-hint`, textContent: hintOf(field) });
  const parts = {
    id,
    field,
    slot,
    sheet,
    label: spoken,
    required,
    told,
    depth,
    nested,
    describe: `${id}-hint ${id}-note`,
  };
  const states = new StateSwitch({
    field,
    slot,
    sheet,
    label: spoken,
    optional: !required && !fixed,
    onTurn: () => {
      draw();
      sheet.onChange();
    },
  });
  const draw = () => place.replaceChildren(...drawControl({ ...parts, states, redraw: draw }));
  const side = make("div", "ipyasgi-value-side", {}, hint, states.el);
  if (onRemove)
    side.append(makeButton("×", "ipyasgi-quiet", onRemove, { "aria-label": `remove ${spoken}`, title: "remove" }));
  const box = make("div", `ipyasgi-value${nested ? " ipyasgi-nested" : ""}`, {}, name, place, side, note);
  box.dataset.where = slot.where;
  box.dataset.kind = field.kind;
  draw();
  return box;
}

// A long name is broken after its underscores and dots, if it must be.
function breakable(name) {
  return name.split(/(?<=[_.-])/).flatMap((part, at) => (at ? [make("wbr"), part] : [part]));
}

function drawControl(parts) {
  const { slot, field, nested } = parts;
  const value = slot.value;
  const empty = slot.absent || (value === null && !["null", "any", "choice"].includes(field.kind));
  if (nested && empty) return slot.absent ? [] : [make("code", "ipyasgi-faint", { textContent: "null" })];
  // What cannot stand in this kind of field, put there as text, is shown as the JSON that it is.
  const odd = misfits(value, field);
  const found = (odd ? scalarControl : (CONTROLS[field.kind] ?? scalarControl))({
    ...parts,
    empty,
    field: odd ? { ...field, kind: "any" } : field,
  });
  return Array.isArray(found) ? found : [found];
}

function misfits(value, field) {
  if (value === undefined || value === null) return false;
  const kind = kindOf(value);
  if (field.kind === "array" || field.kind === "object") return kind !== field.kind;
  return ["string", "integer", "number"].includes(field.kind) && ["object", "array", "boolean"].includes(kind);
}

function hintOf(field) {
  const known = ["integer", "number"].includes(field.kind) ? field.kind : "";
  const told = (field.description ?? "").split("\n")[0];
  return [field.hint || known, told.length > 70 ? `${told.slice(0, 69)}…` : told].filter(Boolean).join(" · ");
}

// What the app takes where nothing is sent, to be seen in the empty field.
export function defaultText(field) {
  const value = field.default;
  if (value === undefined || value === null || value === "") return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length < 40 ? text : "";
}

// Puts words beside the fields they are about; what is about no field on the page comes back.
// words: [where, text, source]; a place that is not drawn is that of the nearest around it
export function markFields(root, words) {
  // The names of headers are the same in any case.
  const keyOf = (where) => (where.startsWith("header.") ? where.toLowerCase() : where);
  const boxes = new Map([...root.querySelectorAll(".ipyasgi-value")].map((box) => [keyOf(box.dataset.where), box]));
  const found = new Map();
  const left = [];
  for (const word of words) {
    let where = keyOf(word[0]);
    while (!boxes.has(where) && where.includes("/")) where = where.slice(0, where.lastIndexOf("/"));
    if (boxes.has(where)) found.set(where, [...(found.get(where) ?? []), word]);
    else left.push(word);
  }
  for (const [where, box] of boxes) markField(box, found.get(where) ?? []);
  return left;
}

function markField(box, words) {
  const note = box.querySelector(":scope > .ipyasgi-value-note");
  const said = words.map(([where, text, source]) => {
    const below = where.slice(box.dataset.where.length);
    const line = make("div", "", {}, `! ${below ? `${below} ` : ""}${text}`);
    if (source) line.append(make("span", "ipyasgi-faint", { textContent: `  ← ${source}` }));
    return line;
  });
  if (note.textContent !== said.map((line) => line.textContent).join("")) note.replaceChildren(...said);
  note.hidden = words.length === 0;
  if (words.length) box.hidden = false;
  box.toggleAttribute("data-bad", words.length > 0);
  for (const one of box.querySelectorAll(":scope > .ipyasgi-value-control > .ipyasgi-input")) {
    if (words.length) one.setAttribute("aria-invalid", "true");
    else one.removeAttribute("aria-invalid");
  }
}
