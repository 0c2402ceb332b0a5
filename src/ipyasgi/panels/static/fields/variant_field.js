// One of several things: which one is picked by hand, or told by what stands there.

import { make } from "../page.js";
import { drawField } from "./field.js";
import { asTexts } from "./state_switch.js";
import { kindOf, resolveField, startVariant, variantOf } from "./values.js";

export function variantControl({ id, field, slot, sheet, states, redraw, describe, label, required, depth }) {
  const variants = field.variants ?? [];
  const at = slot.absent ? -1 : variantOf(slot.value, field, sheet.definitions);
  const select = make("select", "ipyasgi-input ipyasgi-variant", {
    id,
    "aria-label": `variant of ${label}`,
    "aria-describedby": describe,
  });
  if (at < 0) select.append(make("option", "", { value: "", textContent: "none of these" }));
  select.append(...variants.map(([name], number) => make("option", "", { value: String(number), textContent: name })));
  select.value = at < 0 ? "" : String(at);
  select.addEventListener("change", () => {
    const number = Number(select.value);
    slot.set(carriedOver(slot.value, field, number, sheet));
    states.show();
    redraw();
    sheet.onChange();
  });
  const row = make(
    "div",
    "ipyasgi-variant-row",
    {},
    make("label", "ipyasgi-faint", { textContent: "variant", htmlFor: id }),
    select,
  );
  if (at < 0) return [row];
  // The inner field shows the value itself; its name is said already.
  const inner = drawField(variants[at][2], slot, sheet, {
    label,
    required,
    fixed: true,
    told: field.discriminator,
    depth: depth + 1,
  });
  inner.classList.add("ipyasgi-bare");
  return [row, inner];
}

// Members that both variants have keep what was typed into them, but for the one that tells them apart.
function carriedOver(before, field, number, sheet) {
  const next = startVariant(field, number, sheet.definitions);
  const made = sheet.text ? asTexts(next) : next;
  if (kindOf(before) !== "object" || kindOf(made) !== "object") return made;
  const child = resolveField(field.variants[number][2], sheet.definitions);
  for (const [name, , member] of child.members ?? []) {
    const kind = resolveField(member, sheet.definitions).kind;
    if (name !== field.discriminator && kind !== "choice" && Object.hasOwn(before, name)) made[name] = before[name];
  }
  return made;
}
