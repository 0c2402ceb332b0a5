// A urlencoded form as text, a=1&b=2, and as the JSON of its fields. Does not use the DOM.

import { kindOf } from "./values.js";

/** @import { Json } from "./values.js" */

/**
 * @param {Json} value
 * @returns {boolean}
 */
function isScalar(value) {
  return ["string", "number", "boolean"].includes(kindOf(value));
}

/**
 * Whether each field of a form is a text, or several of the same name.
 * @param {Json} value
 */
export function isFlatForm(value) {
  if (kindOf(value) !== "object") return false;
  return Object.values(value).every((one) => isScalar(one) || (Array.isArray(one) && one.every(isScalar)));
}

/**
 * Letters of all scripts stay readable; the kernel encodes them.
 * @param {string} text
 */
function escapeText(text) {
  return text.replace(/[%&=+#\u0000-\u001f\u007f]/g, (sign) => encodeURIComponent(sign)).replaceAll(" ", "+");
}

/**
 * The text of a flat form.
 * @param {Json} value
 */
export function printForm(value) {
  /** @type {[name: string, value: Json][]} */
  const pairs = [];
  for (const [name, one] of Object.entries(value)) for (const item of [one].flat()) pairs.push([name, item]);
  return pairs.map(([name, one]) => `${escapeText(name)}=${escapeText(wordOf(one))}`).join("&");
}

/** @param {Json} one */
function wordOf(one) {
  return typeof one === "string" ? one : JSON.stringify(one);
}

/**
 * The fields of a text such as a=1&b=2, null for any other text. Several values of one name are a list.
 * @param {string} text
 * @param {string[]} lists  names whose value is a list even if there is one
 * @returns {Json}
 */
export function readForm(text, lists) {
  if (!/^[^{["\s]/.test(text.trim()) || !text.includes("=")) return null;
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const [name, one] of new URLSearchParams(text.trim().replace(/\s*\n\s*/g, "&")))
    found.set(name, [...(found.get(name) ?? []), one]);
  return Object.fromEntries(
    [...found].map(([name, all]) => [name, all.length > 1 || lists.includes(name) ? all : all[0]]),
  );
}
