// A list. Its first items may have fields of their own, all others share one; items can be added and removed.

import { make, makeButton } from "../page.js";
import { drawField } from "./field.js";
import { startOf } from "./state_switch.js";

/** @import { Parts } from "./field.js" */
/** @import { Json } from "./values.js" */

const ITEMS_DRAWN = 100;

/** @param {Parts} parts */
export function arrayControl({ field, slot, context, stateSwitch, redraw, label, depth }) {
  /** @type {Json[]} */
  const items = slot.value ?? [];
  const prefix = field.prefix ?? [];
  const least = Math.max(prefix.length, 0);
  const changed = () => {
    stateSwitch.show();
    redraw();
    context.onChange();
  };
  /** @type {HTMLElement[]} */
  const drawn = items.slice(0, ITEMS_DRAWN).map((_, number) => {
    const child = prefix[number] ?? field.items ?? { kind: "any" };
    const remove =
      number < least
        ? null
        : () => {
            slot.at(number).remove();
            changed();
          };
    return drawField(child, slot.at(number), context, {
      label: `${label} ${number + 1}`,
      fixed: true,
      required: false,
      onRemove: remove,
      depth: depth + 1,
    });
  });
  if (items.length > ITEMS_DRAWN)
    drawn.push(make("p", "ipyasgi-faint", { textContent: `${items.length - ITEMS_DRAWN} more: edit them as JSON` }));
  const next = prefix[items.length] ?? field.items;
  if (next && (field.maxItems === undefined || items.length < field.maxItems)) {
    drawn.push(
      makeButton(
        "+ item",
        "ipyasgi-quiet",
        () => {
          slot.set([...items, startOf(next, context)]);
          changed();
        },
        { "aria-label": `Add an item to ${label}` },
      ),
    );
  }
  return drawn;
}
