// One of a few values: an enumeration, a constant, true or false.

import { make } from "../page.js";
import { defaultText } from "./field.js";
import { copyJson, sameJson } from "./values.js";

/** @import { Parts } from "./field.js" */
/** @import { Json } from "./values.js" */

/** @param {Parts} parts */
export function choiceControl({ id, field, slot, context, stateSwitch, describe, empty, label }) {
  const plain = field.kind === "boolean" ? [true, false] : (field.choices ?? []);
  const choices = context.text ? plain.map((one) => (typeof one === "string" ? one : JSON.stringify(one))) : plain;
  const select = make("select", "ipyasgi-input", { id, "aria-describedby": describe, "aria-label": label });
  const value = slot.value;
  const foreign = !slot.absent && !choices.some((one) => sameJson(one, value)) && !(value === null && field.nullable);
  /** @param {Json} one */
  const words = (one) => (typeof one === "string" ? one || '""' : JSON.stringify(one));
  if (slot.absent || (empty && !choices.includes(null)))
    select.append(
      make("option", "", {
        value: "",
        textContent: slot.absent ? defaultText(field) && `${defaultText(field)} (default)` : "null",
      }),
    );
  if (foreign) select.append(make("option", "", { value: "", textContent: words(value) }));
  select.append(
    ...choices.map((one, number) => make("option", "", { value: String(number), textContent: words(one) })),
  );
  const at = slot.absent ? -1 : choices.findIndex((one) => sameJson(one, value));
  select.value = at < 0 ? "" : String(at);
  select.addEventListener("change", () => {
    if (select.value === "") return;
    slot.set(copyJson(choices[Number(select.value)]));
    stateSwitch.show();
    context.onChange();
  });
  return select;
}
