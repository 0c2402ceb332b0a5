// A list of objects, lists or files: a card for each item. Its first items may have fields of their own, all others
// share one. Lists of texts and numbers are chips.

import { make, makeButton } from "../page.js";
import { areChips, chipControl } from "./chip_field.js";
import { drawField, fieldInside } from "./field.js";
import { startOf } from "./values.js";

/** @import { Drawn, Parts } from "./field.js" */
/** @import { Json } from "./values.js" */

const ITEMS_DRAWN = 100;

/**
 * @param {Parts} parts
 * @returns {Drawn}
 */
export function arrayControl(parts) {
  const { field, slot, context, buttons, redraw, label, depth, focusInside } = parts;
  if (areChips(field, slot.value, context.definitions)) return chipControl(parts);
  /** @type {Json[]} */
  const items = slot.value ?? [];
  const prefix = field.prefix ?? [];
  const changed = () => {
    buttons.show();
    redraw();
    context.onChange();
  };
  const cards = items.slice(0, ITEMS_DRAWN).map((_, number) =>
    drawField(fieldInside(prefix[number] ?? field.items ?? { kind: "any" }, field), slot.at(number), context, {
      label: `${label} ${number + 1}`,
      fixed: true,
      onRemove:
        number < prefix.length
          ? null
          : () => {
              slot.at(number).remove();
              changed();
              focusInside(number);
            },
      depth: depth + 1,
    }),
  );
  if (items.length > ITEMS_DRAWN)
    cards.push(make("p", "ipyasgi-faint", { textContent: `${items.length - ITEMS_DRAWN} more: edit them as JSON` }));
  const next = prefix[items.length] ?? field.items;
  const canGrow = next && (field.maxItems === undefined || items.length < field.maxItems);
  const add = () => {
    slot.set([...items, startOf(fieldInside(next ?? { kind: "any" }, field), context)]);
    changed();
    focusInside(-1);
  };
  const adders = canGrow
    ? [makeButton("+ item", "ipyasgi-adder", add, { "aria-label": `Add an item to ${label}` })]
    : [];
  const state = make("span", "ipyasgi-faint", { textContent: emptyWord(parts) });
  return items.length ? { controls: [], nest: [...cards, ...adders] } : { controls: [...adders, state] };
}

/**
 * How a list or an object without content differs: omitted, null or empty.
 * @param {Parts} parts
 */
export function emptyWord({ slot, buttons }) {
  if (slot.value === null) return "null";
  if (slot.absent) return buttons.optional ? "not sent" : "";
  return "empty";
}
