// Whether a value is absent, null, or there. Nothing to see where it must be there.

import { freshId, make } from "../page.js";
import { kindOf, startValue } from "./values.js";

export class StateSwitch {
  // onTurn() after it was turned by hand
  constructor({ field, slot, sheet, label, optional, onTurn }) {
    Object.assign(this, { field, slot, sheet, onTurn, group: freshId("state") });
    const states = [];
    if (optional) states.push("absent");
    if (field.nullable && !sheet.text) states.push("null");
    this.el = make("span", "ipyasgi-states");
    if (!states.length) {
      this.el.hidden = true;
      return;
    }
    if (states.length === 1 && optional) {
      this.check = make("input", "", { type: "checkbox", "aria-label": `send ${label}` });
      this.check.addEventListener("change", () => this.turn(this.check.checked ? "value" : "absent"));
      this.el.append(make("label", "ipyasgi-state", {}, this.check, "send"));
    } else {
      this.el.setAttribute("role", "radiogroup");
      this.el.setAttribute("aria-label", `state of ${label}`);
      this.radios = [...states, "value"].map((name) => {
        const radio = make("input", "", {
          type: "radio",
          name: this.group,
          value: name,
          "aria-label": `${label} ${name}`,
        });
        radio.addEventListener("change", () => this.turn(name));
        this.el.append(make("label", "ipyasgi-state", {}, radio, name));
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
    for (const radio of this.radios ?? []) radio.checked = radio.value === this.state;
  }

  // What was there is kept for when it is wanted again.
  turn(state) {
    if (this.state === "value") this.kept = this.slot.value;
    if (state === "absent") this.slot.remove();
    else if (state === "null") this.slot.set(null);
    else this.slot.set(this.kept ?? startOf(this.field, this.sheet));
    this.show();
    this.onTurn();
  }
}

export function startOf(field, sheet) {
  const value = startValue(field, sheet.definitions);
  return sheet.text ? asTexts(value) : value;
}

// A parameter's values are what is typed, so numbers in them are text as well.
export function asTexts(value) {
  const kind = kindOf(value);
  if (kind === "array") return value.map(asTexts);
  if (kind === "object") return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asTexts(item)]));
  return kind === "string" ? value : JSON.stringify(value);
}
