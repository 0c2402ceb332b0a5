// One of several variants: chosen by the user, or found from the present value.

import { make } from "../page.js";
import { drawField } from "./field.js";
import { asTexts } from "./state_switch.js";
import { kindOf, resolveField, startVariant, variantOf } from "./values.js";

/** @import { FieldContext, Parts } from "./field.js" */
/** @import { Field, Json } from "./values.js" */

/** @param {Parts} parts */
export function variantControl({ id, field, slot, context, stateSwitch, redraw, describe, label, required, depth }) {
  const variants = field.variants ?? [];
  const at = slot.absent ? -1 : variantOf(slot.value, field, context.definitions);
  const select = make("select", "ipyasgi-input ipyasgi-variant", {
    id,
    "aria-label": `Type of ${label}`,
    "aria-describedby": describe,
  });
  if (at < 0) select.append(make("option", "", { value: "", textContent: "None of these" }));
  select.append(...variants.map(([name], number) => make("option", "", { value: String(number), textContent: name })));
  select.value = at < 0 ? "" : String(at);
  select.addEventListener("change", () => {
    const number = Number(select.value);
    slot.set(carriedOver(slot.value, field, number, context));
    stateSwitch.show();
    redraw();
    context.onChange();
  });
  const row = make(
    "div",
    "ipyasgi-variant-row",
    {},
    make("label", "ipyasgi-faint", { textContent: "Type", htmlFor: id }),
    select,
  );
  if (at < 0) return [row];
  // The inner field shows the value; its name is shown already.
  const inner = drawField(variants[at][2], slot, context, {
    label,
    required,
    fixed: true,
    hiddenMember: field.discriminator,
    depth: depth + 1,
  });
  inner.classList.add("ipyasgi-bare");
  return [row, inner];
}

/**
 * Properties of both variants keep their values, except the discriminator.
 * @param {Json} before
 * @param {Field} field
 * @param {number} number
 * @param {FieldContext} context
 * @returns {Json}
 */
function carriedOver(before, field, number, context) {
  const next = startVariant(field, number, context.definitions);
  const made = context.text ? asTexts(next) : next;
  if (kindOf(before) !== "object" || kindOf(made) !== "object") return made;
  const child = resolveField(
    /** @type {NonNullable<Field["variants"]>} */ (field.variants)[number][2],
    context.definitions,
  );
  for (const [name, , member] of child.members ?? []) {
    const kind = resolveField(member, context.definitions).kind;
    if (name !== field.discriminator && kind !== "choice" && Object.hasOwn(before, name)) made[name] = before[name];
  }
  return made;
}
