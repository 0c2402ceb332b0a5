// The small buttons in a field: × leaves it out, null sends null. Any other value is typed or chosen.

import { make, makeButton } from "../page.js";
import { startOf } from "./values.js";

/** @import { FieldContext } from "./field.js" */
/** @import { Slot } from "./slot.js" */
/** @import { Field, Json } from "./values.js" */

export class OmitButtons {
  /**
   * @param {{
   *   field: Field, slot: Slot, context: FieldContext, label: string, optional: boolean, onTurn: () => void,
   * }} options  optional: can be omitted; onTurn: called after a button was pressed
   */
  constructor({ field, slot, context, label, optional, onTurn }) {
    this.field = field;
    this.slot = slot;
    this.context = context;
    this.onTurn = onTurn;
    this.optional = optional;
    this.nullable = Boolean(field.nullable) && !context.text;
    /** @type {Json} */
    this.kept = undefined; // the last value, while null is sent
    this.null = makeButton("null", "ipyasgi-mini ipyasgi-null", () => this.toggleNull(), {
      "aria-label": `Send null for ${label}`,
      title: "Send null",
    });
    this.omit = makeButton("×", "ipyasgi-mini", () => this.remove(), {
      "aria-label": `Do not send ${label}`,
      title: "Do not send",
    });
    this.el = make("span", "ipyasgi-field-buttons");
    this.show();
  }

  get isNull() {
    return this.slot.value === null;
  }

  show() {
    this.null.setAttribute("aria-pressed", String(this.isNull));
    const offered = this.nullable ? [this.null] : [];
    if (this.optional && !this.slot.absent) offered.push(this.omit);
    if (offered.length !== this.el.children.length) this.el.replaceChildren(...offered); // focus stays where it can
    this.el.hidden = !offered.length;
  }

  toggleNull() {
    if (!this.isNull) {
      this.kept = this.slot.value;
      this.slot.set(null);
    } else if (this.kept === undefined && this.optional) this.slot.remove();
    else this.slot.set(this.kept ?? startOf(this.field, this.context));
    this.onTurn();
  }

  remove() {
    this.slot.remove();
    this.onTurn();
  }
}
