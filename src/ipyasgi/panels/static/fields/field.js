// One field of a form: its name, control, hint and errors. Each kind of control has its own module.

import { freshId, make, makeButton, query, setInvalid } from "../page.js";
import { arrayControl } from "./array_field.js";
import { choiceControl } from "./choice_field.js";
import { fileControl } from "./file_field.js";
import { objectControl } from "./object_field.js";
import { nullControl, scalarControl } from "./scalar_field.js";
import { StateSwitch } from "./state_switch.js";
import { kindOf, resolveField } from "./values.js";
import { variantControl } from "./variant_field.js";

/** @import { Child } from "../page.js" */
/** @import { FileUpload } from "./file_field.js" */
/** @import { Slot } from "./slot.js" */
/** @import { Definitions, Field, Json } from "./values.js" */

/** @type {Record<string, (parts: Parts) => HTMLElement | HTMLElement[]>} */
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

// Shared by the fields of one form.
export class FieldContext {
  /**
   * @param {{ definitions: Definitions, text?: boolean, onChange: () => void, files?: FileUpload | null }} options
   *   text: values stay text as typed; files: brings files to the kernel
   */
  constructor({ definitions, text = false, onChange, files = null }) {
    this.definitions = definitions;
    this.text = text;
    this.onChange = onChange;
    this.files = files;
  }
}

/**
 * The input of a control.
 * @typedef {{
 *   id: string, field: Field, slot: Slot, context: FieldContext, stateSwitch: StateSwitch, redraw: () => void,
 *   label: string, required: boolean, hiddenMember: string, depth: number, nested: boolean, describe: string,
 *   empty: boolean,
 * }} Parts  redraw: called when the value changes its kind; describe: ids of the describing elements
 */

/** @typedef {[where: string, text: string, source?: string]} FieldError */

/**
 * @param {Field} given
 * @param {Slot} slot
 * @param {FieldContext} context
 * @param {{
 *   label: string, spoken?: string, required?: boolean, fixed?: boolean, hiddenMember?: string,
 *   onRemove?: (() => void) | null, depth?: number,
 * }} options  label: its name; spoken: its name for a screen reader; required: cannot be omitted; fixed: can only be
 *   removed as a whole (items, the body); hiddenMember: the property that the chosen variant determines
 */
export function drawField(
  given,
  slot,
  context,
  { label, spoken = label, required = false, fixed = false, hiddenMember = "", onRemove = null, depth = 0 },
) {
  const field = resolveField(given, context.definitions);
  const id = freshId("field");
  const nested = NESTED.includes(field.kind) && depth < DRAWN_DEPTH;
  const name = make(
    nested ? "span" : "label",
    "ipyasgi-value-name",
    { title: field.description || label },
    ...breakable(label),
  );
  if (name instanceof HTMLLabelElement) name.htmlFor = id;
  if (required) name.append(make("span", "ipyasgi-needed", { textContent: "*", title: "Required" }));
  const flags = [field.deprecated && "deprecated", field.readOnly && "read-only"].filter(Boolean);
  name.append(...flags.map((word) => make("span", "ipyasgi-flag", { textContent: word })));
  const place = make("div", "ipyasgi-value-control");
  const note = make("div", "ipyasgi-value-note", { id: `${id}-note`, role: "status", hidden: true });
  const hint = make("span", "ipyasgi-value-hint", { id: `${id}-hint`, textContent: hintOf(field) });
  const parts = {
    id,
    field,
    slot,
    context,
    label: spoken,
    required,
    hiddenMember,
    depth,
    nested,
    describe: `${id}-hint ${id}-note`,
  };
  const stateSwitch = new StateSwitch({
    field,
    slot,
    context,
    label: spoken,
    optional: !required && !fixed,
    onTurn: () => {
      draw();
      context.onChange();
    },
  });
  const draw = () => place.replaceChildren(...drawControl({ ...parts, stateSwitch, redraw: draw }));
  const side = make("div", "ipyasgi-value-side", {}, hint, stateSwitch.el);
  if (onRemove)
    side.append(makeButton("×", "ipyasgi-quiet", onRemove, { "aria-label": `Remove ${spoken}`, title: "Remove" }));
  const box = make("div", `ipyasgi-value${nested ? " ipyasgi-nested" : ""}`, {}, name, place, side, note);
  box.dataset.where = slot.where;
  box.dataset.kind = field.kind;
  draw();
  return box;
}

/**
 * A long name may be broken after underscores and dots.
 * @param {string} name
 * @returns {Child[]}
 */
function breakable(name) {
  return name.split(/(?<=[_.-])/).flatMap((part, at) => (at ? [make("wbr"), part] : [part]));
}

/** @param {Omit<Parts, "empty">} parts */
function drawControl(parts) {
  const { slot, field, nested } = parts;
  const value = slot.value;
  const empty = slot.absent || (value === null && !["null", "any", "choice"].includes(field.kind));
  if (nested && empty) return slot.absent ? [] : [make("code", "ipyasgi-faint", { textContent: "null" })];
  // A value that this kind of field cannot show is shown as JSON.
  const odd = misfits(value, field);
  const found = (odd ? scalarControl : (CONTROLS[field.kind] ?? scalarControl))({
    ...parts,
    empty,
    field: odd ? { ...field, kind: "any" } : field,
  });
  return Array.isArray(found) ? found : [found];
}

/**
 * @param {Json} value
 * @param {Field} field
 */
function misfits(value, field) {
  if (value === undefined || value === null) return false;
  const kind = kindOf(value);
  if (field.kind === "array" || field.kind === "object") return kind !== field.kind;
  return ["string", "integer", "number"].includes(field.kind) && ["object", "array", "boolean"].includes(kind);
}

/** @param {Field} field */
function hintOf(field) {
  const known = ["integer", "number"].includes(field.kind) ? field.kind : "";
  const about = (field.description ?? "").split("\n")[0];
  return [field.hint || known, about.length > 70 ? `${about.slice(0, 69)}…` : about].filter(Boolean).join(" · ");
}

/**
 * The default value of the app, shown in the empty field.
 * @param {Field} field
 */
export function defaultText(field) {
  const value = field.default;
  if (value === undefined || value === null || value === "") return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length < 40 ? text : "";
}

/**
 * Shows errors beside their fields and returns the others. An error in a part that is not drawn is shown at the nearest
 * field around it.
 * @param {HTMLElement} root
 * @param {FieldError[]} errors
 */
export function markFields(root, errors) {
  /** @type {NodeListOf<HTMLElement>} */
  const found = root.querySelectorAll(".ipyasgi-value");
  const boxes = new Map([...found].map((box) => [keyOf(box.dataset.where ?? ""), box]));
  /** @type {Map<string, FieldError[]>} */
  const errorsOf = new Map();
  /** @type {FieldError[]} */
  const left = [];
  for (const error of errors) {
    const where = nearestPlace(error[0], boxes);
    if (where === null) left.push(error);
    else errorsOf.set(where, [...(errorsOf.get(where) ?? []), error]);
  }
  for (const [where, box] of boxes) markField(box, errorsOf.get(where) ?? []);
  return left;
}

/**
 * Header names are case-insensitive.
 * @param {string} where
 */
function keyOf(where) {
  return where.startsWith("header.") ? where.toLowerCase() : where;
}

/**
 * @param {string} place  such as body./items/0/name
 * @param {{ has(place: string): boolean }} known
 * @returns {string | null}
 */
export function nearestPlace(place, known) {
  let where = keyOf(place);
  while (!known.has(where) && where.includes("/")) where = where.slice(0, where.lastIndexOf("/"));
  return known.has(where) ? where : null;
}

/**
 * @param {HTMLElement} box
 * @param {FieldError[]} errors
 */
function markField(box, errors) {
  const note = query(box, ":scope > .ipyasgi-value-note");
  const lines = errors.map(([where, text, source]) => {
    const below = where.slice(box.dataset.where?.length);
    const line = make("div", "", {}, `! ${below ? `${below} ` : ""}${text}`);
    if (source) line.append(make("span", "ipyasgi-faint", { textContent: `  ← ${source}` }));
    return line;
  });
  if (note.textContent !== lines.map((line) => line.textContent).join("")) note.replaceChildren(...lines);
  note.hidden = errors.length === 0;
  if (errors.length) box.hidden = false;
  box.toggleAttribute("data-bad", errors.length > 0);
  for (const control of box.querySelectorAll(":scope > .ipyasgi-value-control > .ipyasgi-input")) {
    setInvalid(control, errors.length > 0);
  }
}
