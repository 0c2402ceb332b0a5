// One of several variants: chosen by the user, or found from the present value.

import { make } from "../page.js";
import { drawField, fieldInside } from "./field.js";
import { fitPills, radioPills } from "./pills.js";
import { asTexts, kindOf, resolveField, startVariant, variantOf } from "./values.js";

/** @import { Drawn, FieldContext, Parts } from "./field.js" */
/** @import { Field, Json } from "./values.js" */

/**
 * @param {Parts} parts
 * @returns {Drawn}
 */
export function variantControl(parts) {
  const { field, slot, context, buttons, redraw, label, required, depth } = parts;
  const variants = field.variants ?? [];
  const isGiven = !slot.absent && slot.value !== null;
  const at = isGiven ? variantOf(slot.value, field, context.definitions) : -1;
  const picker = variantPicker(parts, at, (number) => {
    slot.set(carriedOver(slot.value, field, number, context));
    buttons.show();
    redraw();
    context.onChange();
  });
  const state = make("span", "ipyasgi-faint", { textContent: stateWord(parts, at) });
  if (at < 0) return { controls: [picker, state] };
  // The inner field shows the value; its name is shown already.
  const inner = drawField(fieldInside(variants[at][2], field), slot, context, {
    label,
    required,
    fixed: true,
    hiddenMember: field.discriminator,
    depth: depth + 1,
  });
  inner.classList.add("ipyasgi-bare");
  const isNested = ["object", "array", "variant"].includes(resolveField(variants[at][2], context.definitions).kind);
  return isNested ? { controls: [picker], nest: [inner] } : { controls: [picker, inner] };
}

/**
 * @param {Parts} parts
 * @param {number} at
 */
function stateWord({ slot, buttons }, at) {
  if (slot.value === null) return "null";
  if (slot.absent) return buttons.optional ? "not sent" : "";
  return at < 0 ? "none of these" : "";
}

/**
 * @param {Parts} parts
 * @param {number} at
 * @param {(number: number) => void} onPick
 */
function variantPicker({ id, field, describe, label }, at, onPick) {
  const names = (field.variants ?? []).map(([name]) => name);
  if (fitPills(names)) {
    const pills = radioPills({ label: `Type of ${label}`, describe, words: names, chosen: at, onPick });
    pills.id = id;
    return pills;
  }
  const select = make("select", "ipyasgi-input ipyasgi-variant", {
    id,
    "aria-label": `Type of ${label}`,
    "aria-describedby": describe,
  });
  select.dataset.key = "pick";
  if (at < 0) select.append(make("option", "", { value: "", textContent: "Choose a type" }));
  select.append(...names.map((name, number) => make("option", "", { value: String(number), textContent: name })));
  select.value = at < 0 ? "" : String(at);
  select.addEventListener("change", () => {
    if (select.value !== "") onPick(Number(select.value));
  });
  return select;
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
