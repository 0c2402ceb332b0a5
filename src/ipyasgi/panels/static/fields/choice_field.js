// One of a few values: an enumeration, a constant, true or false. That it is omitted, or null, is a choice too.

import { make } from "../page.js";
import { defaultText } from "./field.js";
import { fitPills, radioPills } from "./pills.js";
import { copyJson, sameJson, wordOf } from "./values.js";

/** @import { Drawn, Parts } from "./field.js" */
/** @import { Json } from "./values.js" */

/**
 * @param {Parts} parts
 * @returns {Drawn}
 */
export function choiceControl({ id, field, slot, context, buttons, redraw, describe, label }) {
  const plain = field.kind === "boolean" ? [true, false] : (field.choices ?? []);
  /** @type {Json[]} */
  const values = context.text ? plain.map((one) => (typeof one === "string" ? one : JSON.stringify(one))) : [...plain];
  const value = slot.value;
  const isForeign = !slot.absent && value !== null && !values.some((one) => sameJson(one, value));
  if (isForeign) values.push(value);
  const words = values.map(wordOf);
  const faint = values.length;
  if ((buttons.nullable || (value === null && !slot.absent)) && !values.includes(null)) {
    values.push(null);
    words.push("null");
  }
  if (buttons.optional) {
    values.push(undefined);
    words.push(defaultText(field) ? `not sent (default ${defaultText(field)})` : "not sent");
  }
  const chosen = slot.absent ? values.indexOf(undefined) : values.findIndex((one) => sameJson(one, value));
  /** @param {number} number */
  const pick = (number) => {
    if (values[number] === undefined) slot.remove();
    else slot.set(copyJson(values[number]));
    if (isForeign) redraw();
    context.onChange();
  };
  if (fitPills(words)) {
    const pills = radioPills({ label, describe, words, chosen, faint, onPick: pick });
    pills.id = id;
    return { controls: [pills], hasStates: true };
  }
  const select = make("select", "ipyasgi-input", { id, "aria-describedby": describe, "aria-label": label });
  if (chosen < 0) select.append(make("option", "", { value: "", textContent: "" }));
  select.append(...words.map((word, number) => make("option", "", { value: String(number), textContent: word })));
  select.value = chosen < 0 ? "" : String(chosen);
  select.addEventListener("change", () => {
    if (select.value !== "") pick(Number(select.value));
  });
  return { controls: [select], isBox: true, hasStates: true };
}
