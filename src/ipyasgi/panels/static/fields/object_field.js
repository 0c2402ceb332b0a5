// An object: the properties of its schema, and others if it allows them.

import { make, makeButton } from "../page.js";
import { emptyWord } from "./array_field.js";
import { drawField, fieldInside } from "./field.js";
import { resolveField, startOf } from "./values.js";

/** @import { Drawn, Parts } from "./field.js" */
/** @import { Json } from "./values.js" */

const MEMBERS_DRAWN = 300;

/**
 * @param {Parts} parts
 * @returns {Drawn}
 */
export function objectControl(parts) {
  const { field, slot, context, buttons, redraw, hiddenMember, depth, focusInside } = parts;
  const members = field.members ?? [];
  const names = members.map(([name]) => name);
  const isGiven = !slot.absent && slot.value !== null;
  const changed = () => {
    buttons.show();
    redraw();
    context.onChange();
  };
  if (!isGiven && members.length && (buttons.optional || slot.value === null))
    return { controls: includer(parts, changed) };
  if (slot.absent && !buttons.optional) slot.set({});
  /** @type {Json} */
  const value = slot.value ?? {};
  // Read-only properties are left out of a request, unless they have a value already.
  const drawn = members
    .slice(0, MEMBERS_DRAWN)
    .filter(([name, , child]) => !resolveField(child, context.definitions).readOnly || Object.hasOwn(value, name))
    .map(([name, required, child]) => {
      const box = drawField(fieldInside(child, field), slot.at(name, names), context, {
        label: name,
        required,
        depth: depth + 1,
      });
      box.hidden = name === hiddenMember;
      return box;
    });
  const others = Object.keys(value).filter((name) => !names.includes(name));
  drawn.push(
    ...others.slice(0, MEMBERS_DRAWN).map((name) => {
      const child = field.additional ?? { kind: "any" };
      return drawField(fieldInside(child, field), slot.at(name), context, {
        label: name,
        fixed: true,
        depth: depth + 1,
        onRemove: () => {
          slot.at(name).remove();
          changed();
          focusInside(-1);
        },
      });
    }),
  );
  const adders = field.additional ? [propertyAdder(parts, changed)] : [];
  if (drawn.length || depth === 0) return { controls: [], nest: [...drawn, ...adders] };
  return { controls: [...adders, make("span", "ipyasgi-faint", { textContent: emptyWord(parts) })] };
}

/**
 * The button of an object that is omitted or null.
 * @param {Parts} parts
 * @param {() => void} changed
 */
function includer(parts, changed) {
  const { id, field, slot, context, label, name, describe, focusInside } = parts;
  const include = () => {
    slot.set(startOf(field, context));
    changed();
    focusInside(0);
  };
  return [
    makeButton(`+ ${name}`, "ipyasgi-adder", include, {
      id,
      "aria-label": `Include ${label}`,
      "aria-describedby": describe,
    }),
    make("span", "ipyasgi-faint", { textContent: emptyWord(parts) }),
  ];
}

/**
 * The row that adds a property with any name.
 * @param {Parts} parts
 * @param {() => void} changed
 */
function propertyAdder({ field, slot, context, label, focusInside }, changed) {
  const name = make("input", "ipyasgi-input", {
    type: "text",
    placeholder: "Name",
    spellcheck: false,
    autocomplete: "off",
    "aria-label": `Name of a new property of ${label}`,
  });
  const add = () => {
    /** @type {Json} */
    const value = slot.value ?? {};
    if (!name.value || Object.hasOwn(value, name.value)) {
      name.focus();
      return;
    }
    if (slot.value !== value) slot.set(value);
    slot.at(name.value).set(startOf(fieldInside(field.additional ?? { kind: "any" }, field), context));
    changed();
    focusInside(-1);
  };
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    add();
  });
  return make(
    "div",
    "ipyasgi-adder-row",
    {},
    name,
    makeButton("+ property", "ipyasgi-adder", add, { "aria-label": `Add a property to ${label}` }),
  );
}
