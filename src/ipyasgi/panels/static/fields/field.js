// One field of a form: its name, control, hint and errors. Each kind of control has its own module.

import { focusedIn, freshId, make, makeButton, query, setInvalid } from "../page.js";
import { arrayControl } from "./array_field.js";
import { choiceControl } from "./choice_field.js";
import { fileControl } from "./file_field.js";
import { objectControl } from "./object_field.js";
import { OmitButtons } from "./omit_buttons.js";
import { nullControl, scalarControl } from "./scalar_field.js";
import { heldControl, secretControl } from "./secret_field.js";
import { isHeld, kindOf, resolveField } from "./values.js";
import { variantControl } from "./variant_field.js";

/** @import { Child } from "../page.js" */
/** @import { FileUpload } from "./file_field.js" */
/** @import { Leaves, Slot } from "./slot.js" */
/** @import { Definitions, Field, Json } from "./values.js" */

/** @type {Record<string, (parts: Parts) => Drawn>} */
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
const SECRET = ["string", "integer", "number", "any"];
const DRAWN_DEPTH = 40;
const LONGEST_HINT = 400;

/**
 * What a control draws.
 * @typedef {{ controls: HTMLElement[], nest?: HTMLElement[], isBox?: boolean, hasStates?: boolean }} Drawn
 *   controls: beside the name; nest: the fields inside, below; isBox: the controls have a common border; hasStates: null and
 *   omitted are among the choices
 */

// Shared by the fields of one form.
export class FieldContext {
  /**
   * @param {{
   *   definitions: Definitions, text?: boolean, sample?: Leaves, onChange: () => void, files?: FileUpload | null,
   * }} options  text: values stay text as typed; sample: what the untouched form has; files: brings files to the kernel
   */
  constructor({ definitions, text = false, sample = new Map(), onChange, files = null }) {
    this.definitions = definitions;
    this.text = text;
    this.sample = sample;
    this.onChange = onChange;
    this.files = files;
  }
}

/**
 * The input of a control.
 * @typedef {{
 *   id: string, field: Field, slot: Slot, context: FieldContext, buttons: OmitButtons, redraw: () => void, name: string,
 *   label: string, required: boolean, hiddenMember: string, depth: number, describe: string,
 *   focusInside: (number: number) => void,
 * }} Parts  redraw: called when the value changes its kind; name: the shown one; label: the one for a screen reader;
 *   describe: ids of the describing elements; focusInside: focuses one of the fields inside, the last one by -1
 */

/**
 * @typedef {[where: string, text: string, source?: string]} FieldError  source: who found it; empty for a hint, which is not
 *   shown at an empty field before it is touched
 */

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
  const title = make(
    "label",
    "ipyasgi-value-name",
    { title: field.description || label, for: id },
    ...breakable(label),
  );
  if (required) title.append(make("span", "ipyasgi-needed", { textContent: "*", title: "Required" }));
  const flags = [field.deprecated && "deprecated", field.readOnly && "read-only"].filter(Boolean);
  title.append(...flags.map((word) => make("span", "ipyasgi-flag", { textContent: word })));
  const place = make("div", "ipyasgi-value-control");
  const nest = make("div", "ipyasgi-nest");
  const hint = make("div", "ipyasgi-value-hint", {
    id: `${id}-hint`,
    title: field.description ?? "",
    dir: "auto",
    textContent: hintOf(field, context),
  });
  hint.hidden = !hint.textContent;
  const note = make("div", "ipyasgi-value-note", { id: `${id}-note`, role: "status", hidden: true });
  const draw = () => {
    const key = focusedIn(place)?.dataset.key;
    const { controls, nest: inner = [], isBox = false, hasStates = false } = controlOf(parts);
    const ends = hasStates ? [] : [buttons.el];
    if (onRemove) ends.push(removeButton(spoken, onRemove));
    place.className = isBox ? "ipyasgi-value-control ipyasgi-box" : "ipyasgi-value-control";
    place.replaceChildren(...controls, ...ends);
    nest.replaceChildren(...inner);
    nest.hidden = !inner.length;
    buttons.show();
    place.toggleAttribute("data-bare", !controls.length);
    place.hidden = !controls.length && !onRemove && buttons.el.hidden;
    if (key) focusAgain(place, key);
  };
  const buttons = new OmitButtons({
    field,
    slot,
    context,
    label: spoken,
    optional: !required && !fixed,
    onTurn: () => {
      draw();
      context.onChange();
      focusControl(place);
    },
  });
  /** @type {Parts} */
  const parts = {
    id,
    field,
    slot,
    context,
    buttons,
    redraw: draw,
    name: label,
    label: spoken,
    required,
    hiddenMember,
    depth,
    describe: `${id}-hint ${id}-note`,
    focusInside: (number) =>
      focusControl([...nest.children].filter((one) => one.matches(".ipyasgi-value")).at(number) ?? box),
  };
  const box = make("div", "ipyasgi-value", {}, title, place, hint, note, nest);
  box.dataset.where = slot.where;
  box.dataset.kind = field.kind;
  for (const kind of ["input", "focusout"])
    place.addEventListener(kind, () => box.toggleAttribute("data-touched", true), { once: true });
  draw();
  return box;
}

/**
 * @param {string} label
 * @param {() => void} onRemove
 */
function removeButton(label, onRemove) {
  return makeButton("×", "ipyasgi-mini", onRemove, { "aria-label": `Remove ${label}`, title: "Remove" });
}

/**
 * Radio buttons are drawn again while one of them has the focus.
 * @param {HTMLElement} place
 * @param {string} key
 */
function focusAgain(place, key) {
  const found = place.querySelector(`[data-key="${key}"]:checked`) ?? place.querySelector(`select[data-key="${key}"]`);
  if (found instanceof HTMLElement) found.focus();
}

/**
 * The button that was pressed may be gone.
 * @param {Element} place
 */
function focusControl(place) {
  const found = place.querySelector(".ipyasgi-input, .ipyasgi-adder, button.ipyasgi-pill, [type=radio], [type=file]");
  if (found instanceof HTMLElement) found.focus();
}

/**
 * A field inside of another; what is inside of a secret is secret.
 * @param {Field} child
 * @param {Field} field
 * @returns {Field}
 */
export function fieldInside(child, field) {
  return field.secret ? { ...child, secret: true } : child;
}

/**
 * A long name may be broken after underscores and dots.
 * @param {string} name
 * @returns {Child[]}
 */
function breakable(name) {
  return name.split(/(?<=[_.-])/).flatMap((part, at) => (at ? [make("wbr"), part] : [part]));
}

/** @param {Parts} parts */
function controlOf(parts) {
  const { slot, field, context, depth } = parts;
  const isNested = NESTED.includes(field.kind);
  if (isHeld(slot.value, context.text)) return isNested ? heldControl(parts) : secretControl(parts);
  if (field.secret && SECRET.includes(field.kind)) return secretControl(parts);
  // A value that this kind of field cannot show is shown as JSON.
  const isOdd = misfits(slot.value, field) || (isNested && depth >= DRAWN_DEPTH);
  if (isOdd) return scalarControl({ ...parts, field: { ...field, kind: "any" } });
  return (CONTROLS[field.kind] ?? scalarControl)(parts);
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

/**
 * @param {Field} field
 * @param {FieldContext} context
 */
function hintOf(field, context) {
  const kind = field.hint || (["integer", "number"].includes(field.kind) ? field.kind : "");
  const isText = field.kind === "string" && field.nullable && !context.text;
  const kinds = isText ? `${kind || "string"} or null` : kind;
  return [kinds, plainLine(field.description ?? "")].filter(Boolean).join(" · ");
}

/**
 * The first line of a description, without the signs of Markdown.
 * @param {string} text
 */
function plainLine(text) {
  const line = text.split("\n", 1)[0].slice(0, LONGEST_HINT);
  return line.replace(/`|\*\*/g, "").replace(/\[([^[\]]*)\]\([^()]*\)/g, "$1");
}

/**
 * The default value of the app, shown in the empty field.
 * @param {Field} field
 */
export function defaultText(field) {
  const value = field.default;
  if (value === undefined || value === null || ['""', "[]", "{}"].includes(JSON.stringify(value))) return "";
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
 * Adds to the hints of fields what there is to say about their values.
 * @param {HTMLElement} root
 * @param {[where: string, text: string][]} notes
 */
export function noteFields(root, notes) {
  /** @type {NodeListOf<HTMLElement>} */
  const found = root.querySelectorAll(".ipyasgi-value");
  for (const box of found) {
    const hint = query(box, ":scope > .ipyasgi-value-hint");
    hint.dataset.hint ??= hint.textContent ?? "";
    const [, text = ""] = notes.find(([where]) => keyOf(where) === keyOf(box.dataset.where ?? "")) ?? [];
    hint.textContent = [text, hint.dataset.hint].filter(Boolean).join(" · ");
    hint.hidden = !hint.textContent;
  }
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
 * @param {FieldError[]} found
 */
function markField(box, found) {
  const input = box.querySelector(":scope > .ipyasgi-box > .ipyasgi-input");
  const isFresh = input instanceof HTMLInputElement && input.value === "" && !box.hasAttribute("data-touched");
  const errors = isFresh ? found.filter(([, , source]) => source !== "") : found;
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
