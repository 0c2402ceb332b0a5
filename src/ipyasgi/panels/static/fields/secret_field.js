// A secret: shown as dots, with an eye to show what is typed. Only the kernel keeps it; after a reload the page has a
// mark for it.

import { make, makeButton, setUsable } from "../page.js";
import { isHeld, readScalar, startOf } from "./values.js";

/** @import { Drawn, Parts } from "./field.js" */

export const HELD = "Saved in the kernel";

/**
 * A button that shows what an input has, and hides it again.
 * @param {HTMLInputElement} input
 * @param {string} label
 */
export function makeEye(input, label) {
  const eye = makeButton(
    "",
    "ipyasgi-mini ipyasgi-eye",
    () => {
      const isShown = input.type === "text";
      input.type = isShown ? "password" : "text";
      eye.setAttribute("aria-pressed", String(!isShown));
    },
    { "aria-label": `Show ${label}`, title: "Show", "aria-pressed": "false" },
  );
  return eye;
}

/**
 * @param {Parts} parts
 * @returns {Drawn}
 */
export function secretControl({ id, field, slot, context, buttons, describe, label }) {
  const held = isHeld(slot.value, context.text);
  const empty = slot.absent || slot.value === null || held;
  const input = make("input", "ipyasgi-input", {
    id,
    type: "password",
    value: empty ? "" : String(slot.value),
    spellcheck: false,
    autocomplete: "new-password", // the browser neither fills it in nor asks to save it
    dir: "auto",
    "aria-describedby": describe,
    "aria-label": label,
  });
  const eye = makeEye(input, label);
  const show = () => {
    const word = slot.absent ? (buttons.optional ? "not sent" : "") : slot.value === null ? "null" : "";
    input.placeholder = isHeld(slot.value, context.text) ? `${HELD}, not in the notebook` : word;
    setUsable(eye, input.value !== "");
  };
  input.addEventListener("input", () => {
    const value =
      context.text || !["integer", "number"].includes(field.kind) ? input.value : readScalar(input.value, field);
    slot.set(value ?? "");
    buttons.show();
    show();
    context.onChange();
  });
  show();
  return { controls: [input, eye], isBox: true };
}

/**
 * A list or an object that is secret as a whole.
 * @param {Parts} parts
 * @returns {Drawn}
 */
export function heldControl({ id, field, slot, context, redraw, label }) {
  const replace = makeButton(
    "Replace",
    "ipyasgi-quiet",
    () => {
      slot.set(startOf(field, context));
      redraw();
      context.onChange();
    },
    { "aria-label": `Replace ${label}` },
  );
  return { controls: [make("output", "ipyasgi-faint", { id, textContent: HELD }), replace] };
}
