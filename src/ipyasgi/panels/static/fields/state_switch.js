// Whether a value is omitted, null, or given. Hidden for a required value.

import { freshId, make } from "../page.js";
import { kindOf, startValue } from "./values.js";

/** @import { FieldContext } from "./field.js" */
/** @import { Slot } from "./slot.js" */
/** @import { Field, Json } from "./values.js" */

/** @type {Record<string, string>} */
const LABELS = { absent: "Omit", null: "Null", value: "Value" };

export class StateSwitch {
  /**
   * @param {{
   *   field: Field, slot: Slot, context: FieldContext, label: string, optional: boolean, onTurn: () => void,
   * }} options
   */
  constructor({ field, slot, context, label, optional, onTurn }) {
    this.field = field;
    this.slot = slot;
    this.context = context;
    this.onTurn = onTurn;
    /** @type {HTMLInputElement | undefined} */
    this.check = undefined;
    /** @type {HTMLInputElement[]} */
    this.radios = [];
    /** @type {Json} */
    this.kept = undefined; // the last value, while it is omitted or null
    const states = [];
    if (optional) states.push("absent");
    if (field.nullable && !context.text) states.push("null");
    this.el = make("span", "ipyasgi-states");
    if (!states.length) {
      this.el.hidden = true;
      return;
    }
    if (states.length === 1 && optional) {
      const check = make("input", "", { type: "checkbox", "aria-label": `Include ${label}` });
      check.addEventListener("change", () => this.turn(check.checked ? "value" : "absent"));
      this.check = check;
      this.el.append(make("label", "ipyasgi-state", {}, check, "Include"));
    } else {
      this.el.setAttribute("role", "radiogroup");
      this.el.setAttribute("aria-label", `State of ${label}`);
      const group = freshId("state");
      this.radios = [...states, "value"].map((name) => {
        const radio = make("input", "", {
          type: "radio",
          name: group,
          value: name,
          "aria-label": `${label}: ${LABELS[name]}`,
        });
        radio.addEventListener("change", () => this.turn(name));
        this.el.append(make("label", "ipyasgi-state", {}, radio, LABELS[name]));
        return radio;
      });
    }
    this.show();
  }

  get state() {
    if (this.slot.absent) return "absent";
    return this.slot.value === null && this.field.nullable ? "null" : "value";
  }

  show() {
    if (this.check) this.check.checked = !this.slot.absent;
    for (const radio of this.radios) radio.checked = radio.value === this.state;
  }

  /**
   * Changes the state; the value is kept for when it is wanted again.
   * @param {string} state
   */
  turn(state) {
    if (this.state === "value") this.kept = this.slot.value;
    if (state === "absent") this.slot.remove();
    else if (state === "null") this.slot.set(null);
    else this.slot.set(this.kept ?? startOf(this.field, this.context));
    this.show();
    this.onTurn();
  }
}

/**
 * @param {Field} field
 * @param {FieldContext} context
 * @returns {Json}
 */
export function startOf(field, context) {
  const value = startValue(field, context.definitions);
  return context.text ? asTexts(value) : value;
}

/**
 * Values of a parameter are text as typed, including numbers.
 * @param {Json} value
 * @returns {Json}
 */
export function asTexts(value) {
  const kind = kindOf(value);
  if (kind === "array") return value.map(asTexts);
  if (kind === "object") return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asTexts(item)]));
  return kind === "string" ? value : JSON.stringify(value);
}
