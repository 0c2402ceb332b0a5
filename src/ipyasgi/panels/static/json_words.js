// Completes names and values of a JSON body from the fields of its operation. Does not use the DOM.

import { printJson, resolveField } from "./fields/values.js";
import { findJsonPlace } from "./json_place.js";

/** @import { Definitions, Field, Json } from "./fields/values.js" */
/** @import { Level } from "./json_place.js" */

/** @typedef {{ label: string, apply: string, detail: string, info: string, boost: number }} Word */

/** @typedef {{ from: number, to: number, options: Word[] }} Words */

const MOST_FIELDS = 40;
const MOST_WORDS = 300;
const DEEPEST = 6;

/**
 * A field and its variants; with the values of a discriminator, only those that it names.
 * @param {Field} field
 * @param {Definitions} definitions
 * @param {Map<string, string>} texts  string members of the value
 * @returns {Field[]}
 */
function alternatives(field, definitions, texts, depth = 0) {
  const one = resolveField(field, definitions);
  if (one.kind !== "variant" || depth > DEEPEST) return [one];
  const tag = one.discriminator ? texts.get(one.discriminator) : undefined;
  const named = (one.variants ?? []).filter(([, mine]) => tag !== undefined && mine === tag);
  const variants = named.length ? named : (one.variants ?? []);
  return variants.flatMap(([, , child]) => alternatives(child, definitions, texts, depth + 1)).slice(0, MOST_FIELDS);
}

/**
 * @param {Field} field
 * @param {string | number} key
 * @returns {Field[]}
 */
function inside(field, key) {
  if (typeof key === "number") {
    const item = field.prefix?.[key] ?? field.items;
    return item ? [item] : [];
  }
  const member = field.members?.find(([name]) => name === key)?.[2] ?? field.additional;
  return member ? [member] : [];
}

/**
 * @param {Field} root
 * @param {Definitions} definitions
 * @param {Level[]} levels
 */
function fieldsIn(root, definitions, levels) {
  let fields = [root];
  for (const [number, { texts }] of levels.entries()) {
    if (number) fields = fields.flatMap((field) => inside(field, levels[number - 1].key));
    fields = fields.flatMap((field) => alternatives(field, definitions, texts)).slice(0, MOST_FIELDS);
  }
  return fields;
}

/** @param {Field} field */
function kindText(field) {
  if (field.kind === "choice") return (field.choices ?? []).slice(0, 4).map(printJson).join(" | ");
  return field.format || (["any", "variant"].includes(field.kind) ? "" : field.kind);
}

/**
 * @param {Field} field
 * @returns {Json[]}
 */
function valuesOf(field) {
  const found = [...(field.choices ?? [])];
  if (field.kind === "boolean") found.push(true, false);
  if (field.default !== undefined) found.push(field.default);
  found.push(...(field.examples ?? []));
  if (field.nullable || field.kind === "null") found.push(null);
  return found;
}

/**
 * The completions at a position, null where there are none.
 * @param {string} text
 * @param {number} at
 * @param {Field} root  of the body
 * @param {Definitions} definitions
 * @returns {Words | null}
 */
export function findJsonWords(text, at, root, definitions) {
  const place = findJsonPlace(text, at);
  if (!place) return null;
  const { from, to, levels, names, hasColon } = place;
  const around = fieldsIn(root, definitions, levels);
  /** @type {Map<string, Word>} */
  const words = new Map();
  if (place.kind === "name") {
    const typed = text.slice(from, to);
    for (const [name, required, child] of around.flatMap((field) => field.members ?? [])) {
      const field = resolveField(child, definitions);
      const label = JSON.stringify(name);
      if (field.readOnly || (names.has(name) && typed !== label) || words.has(label)) continue;
      const detail = [required ? "required" : "", kindText(field)].filter(Boolean).join(" ");
      const apply = hasColon ? label : `${label}: `;
      const boost = (required ? 50 : 0) - Math.min(words.size, 49); // in the form's order, the required ones first
      words.set(label, { label, apply, detail, info: field.description ?? "", boost });
    }
  } else {
    const key = levels.at(-1)?.key ?? "";
    const fields = around.flatMap((field) => inside(field, key));
    for (const field of fields.flatMap((one) => [
      resolveField(one, definitions),
      ...alternatives(one, definitions, new Map()),
    ]))
      for (const value of valuesOf(field)) {
        const label = typeof value === "object" && value !== null ? JSON.stringify(value) : printJson(value);
        if (!words.has(label)) words.set(label, { label, apply: label, detail: "", info: "", boost: 0 });
      }
    // The tag of a variant whose member leaves it open.
    for (const tag of tagsAt(root, definitions, levels)) {
      const label = JSON.stringify(tag);
      if (!words.has(label)) words.set(label, { label, apply: label, detail: "", info: "", boost: 0 });
    }
  }
  return words.size ? { from, to, options: [...words.values()].slice(0, MOST_WORDS) } : null;
}

/**
 * The values of the discriminator, if the cursor is at it.
 * @param {Field} root
 * @param {Definitions} definitions
 * @param {Level[]} levels
 */
function tagsAt(root, definitions, levels) {
  const last = levels.at(-1);
  const outer = levels.slice(0, -1);
  const owners = outer.length
    ? fieldsIn(root, definitions, outer).flatMap((field) => inside(field, outer[outer.length - 1].key))
    : [root];
  return owners
    .map((field) => resolveField(field, definitions))
    .filter((field) => field.kind === "variant" && field.discriminator === last?.key)
    .flatMap((field) => (field.variants ?? []).map(([, tag]) => tag))
    .filter(Boolean);
}
