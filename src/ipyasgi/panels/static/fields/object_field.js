// An object: the properties of its schema, and others if it allows them.

import { make, makeButton } from "../page.js";
import { drawField } from "./field.js";
import { startOf } from "./state_switch.js";
import { resolveField } from "./values.js";

/** @import { FieldContext, Parts } from "./field.js" */
/** @import { Slot } from "./slot.js" */
/** @import { Field, Json } from "./values.js" */

const MEMBERS_DRAWN = 300;

/** @param {Parts} parts */
export function objectControl({ field, slot, context, stateSwitch, redraw, label, hiddenMember, depth }) {
  const members = field.members ?? [];
  const names = members.map(([name]) => name);
  const value = slot.value ?? {};
  if (slot.absent) slot.set(value);
  // Read-only properties are left out of a request, unless they have a value already.
  const drawn = members
    .slice(0, MEMBERS_DRAWN)
    .filter(([name, , child]) => !resolveField(child, context.definitions).readOnly || Object.hasOwn(value, name))
    .map(([name, required, child]) => {
      const box = drawField(child, slot.at(name, names), context, { label: name, required, depth: depth + 1 });
      box.hidden = name === hiddenMember;
      return box;
    });
  const changed = () => {
    stateSwitch.show();
    redraw();
    context.onChange();
  };
  const others = Object.keys(value).filter((name) => !names.includes(name));
  drawn.push(
    ...others.slice(0, MEMBERS_DRAWN).map((name) => {
      const child = field.additional ?? { kind: "any" };
      return drawField(child, slot.at(name), context, {
        label: name,
        fixed: true,
        depth: depth + 1,
        onRemove: () => {
          slot.at(name).remove();
          changed();
        },
      });
    }),
  );
  if (field.additional) drawn.push(memberAdder({ label, value, slot, additional: field.additional, context, changed }));
  return drawn;
}

/**
 * @param {{
 *   label: string, value: Json, slot: Slot, additional: Field, context: FieldContext, changed: () => void,
 * }} options
 */
function memberAdder({ label, value, slot, additional, context, changed }) {
  const name = make("input", "ipyasgi-input", {
    type: "text",
    placeholder: "Name",
    spellcheck: false,
    autocomplete: "off",
    "aria-label": `Name of a new property of ${label}`,
  });
  const add = () => {
    if (!name.value || Object.hasOwn(value, name.value)) {
      name.focus();
      return;
    }
    slot.at(name.value).set(startOf(additional, context));
    changed();
  };
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    add();
  });
  return make(
    "div",
    "ipyasgi-adder",
    {},
    name,
    makeButton("+ property", "ipyasgi-quiet", add, { "aria-label": `Add a property to ${label}` }),
  );
}
