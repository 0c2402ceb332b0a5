// Short choices in a row: one of them, as radio buttons, or several, as buttons that are pressed.

import { freshId, make, makeButton } from "../page.js";

const MOST_PILLS = 6;
const MOST_CHARS = 60;

/** @param {string[]} words */
export function fitPills(words) {
  return words.length <= MOST_PILLS && words.join("").length <= MOST_CHARS;
}

/**
 * @param {{
 *   label: string, describe: string, words: string[], chosen: number, faint?: number, onPick: (number: number) => void,
 * }} options  chosen: the number of one of the words, or -1; faint: the number of the first that sends nothing, or null
 */
export function radioPills({ label, describe, words, chosen, faint = words.length, onPick }) {
  const group = freshId("pills");
  const pills = words.map((word, number) => {
    const radio = make("input", "ipyasgi-pill-radio", { type: "radio", name: group, checked: number === chosen });
    radio.dataset.key = "pick";
    radio.addEventListener("change", () => onPick(number));
    const look = `ipyasgi-pill${number >= faint ? " ipyasgi-pill-faint" : ""}`;
    return make("label", look, {}, radio, make("span", "", { textContent: word, dir: "auto" }));
  });
  return make(
    "span",
    "ipyasgi-pills",
    { role: "radiogroup", "aria-label": label, "aria-describedby": describe },
    ...pills,
  );
}

/**
 * @param {{
 *   label: string, describe: string, words: string[], pressed: boolean[], onToggle: (number: number) => void,
 * }} options
 */
export function togglePills({ label, describe, words, pressed, onToggle }) {
  const pills = words.map((word, number) => {
    const pill = makeButton(
      word,
      "ipyasgi-pill",
      () => {
        pill.setAttribute("aria-pressed", String(pill.getAttribute("aria-pressed") !== "true"));
        onToggle(number);
      },
      { "aria-pressed": String(pressed[number]), dir: "auto" },
    );
    return pill;
  });
  return make("span", "ipyasgi-pills", { role: "group", "aria-label": label, "aria-describedby": describe }, ...pills);
}
