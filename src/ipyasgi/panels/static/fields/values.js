// JSON values and their fields: parsing, printing, initial values, finding a variant. Does not use the DOM.
// A field is that of openapi/fields.py, as the kernel writes it for the page.

/** @typedef {any} Json  a value of JSON, with numbers that JavaScript cannot hold as `JSON.rawJSON` */

/**
 * @typedef {{
 *   kind: string, ref?: string, nullable?: boolean, default?: Json, examples?: Json[], choices?: Json[], prefix?: Field[],
 *   items?: Field, minItems?: number, maxItems?: number, members?: [name: string, required: boolean, field: Field][],
 *   additional?: Field, variants?: [name: string, tag: string, field: Field][], discriminator?: string,
 *   description?: string, hint?: string, format?: string, deprecated?: boolean, readOnly?: boolean,
 * }} Field
 */

/** @typedef {Record<string, Field>} Definitions  the fields that refs refer to */

const START_DEPTH = 6;

// In browsers since 2024, but missing in TypeScript's types.
const { rawJSON, isRawJSON } =
  /** @type {{ rawJSON?: (text: string) => Json, isRawJSON?: (value: Json) => boolean }} */ (
    /** @type {unknown} */ (JSON)
  );

/**
 * Numbers whose text has more than a double keeps (1.0, 12345678901234567890) stay as they were typed, where the
 * browser can do that.
 * @param {string} text
 * @returns {Json}
 */
export function keptNumber(text) {
  const value = Number(text);
  return rawJSON && String(value) !== text ? rawJSON(text) : value;
}

/**
 * @param {string} text
 * @returns {Json}
 */
export function parseJson(text) {
  /** @type {(key: string, value: Json, context?: { source?: string }) => Json} */
  const keep = (_key, value, context) =>
    typeof value === "number" && context?.source !== undefined ? keptNumber(context.source) : value;
  return JSON.parse(text, keep);
}

/** @param {Json} value */
export function printJson(value) {
  return JSON.stringify(value, null, 2);
}

/** @param {Json} value */
export function kindOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value !== "object") return typeof value;
  return isRawJSON?.(value) ? "number" : "object";
}

/**
 * @param {Json} one
 * @param {Json} other
 */
export function sameJson(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * @param {Json} value
 * @returns {Json}
 */
export function copyJson(value) {
  return value === undefined ? undefined : parseJson(JSON.stringify(value));
}

/**
 * A field with its ref resolved, and the keywords beside the ref.
 * @param {Field} field
 * @param {Definitions} definitions
 * @returns {Field}
 */
export function resolveField(field, definitions) {
  let found = field;
  for (let hops = 0; found.kind === "ref" && hops < 20; hops += 1) {
    const { kind, ref = "", ...own } = found;
    found = { ...(definitions[ref] ?? { kind: "any" }), ...own };
  }
  return found.kind === "ref" ? { kind: "any" } : found;
}

/**
 * The minimal initial value of a field that was omitted.
 * @param {Field} field
 * @param {Definitions} definitions
 * @returns {Json}
 */
export function startValue(field, definitions, depth = 0) {
  const one = resolveField(field, definitions);
  if (one.default !== undefined && one.default !== null) return copyJson(one.default);
  if (one.examples?.length) return copyJson(one.examples[0]);
  /** @param {Field} child */
  const inner = (child) => startValue(child, definitions, depth + 1);
  switch (one.kind) {
    case "choice":
      return copyJson(one.choices?.[0] ?? null);
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    case "null":
      return null;
    case "array": {
      if (depth > START_DEPTH) return [];
      const first = (one.prefix ?? []).map(inner);
      while (one.items && first.length < Math.min(one.minItems ?? 0, 20)) first.push(inner(one.items));
      return first;
    }
    case "object": {
      const needed =
        depth > START_DEPTH ? [] : (one.members ?? []).filter(([, required, child]) => required && !child.readOnly);
      return Object.fromEntries(needed.map(([name, , child]) => [name, inner(child)]));
    }
    case "variant":
      return one.variants?.length && depth <= START_DEPTH ? startVariant(one, 0, definitions, depth) : null;
    case "file":
      return { $python: "" };
    default:
      return "";
  }
}

/**
 * The discriminator's member names the variant, also where the variant itself leaves it open.
 * @param {Field} field
 * @param {number} number
 * @param {Definitions} definitions
 */
export function startVariant(field, number, definitions, depth = 0) {
  const [, tag, child] = /** @type {NonNullable<Field["variants"]>} */ (field.variants)[number];
  const value = startValue(child, definitions, depth + 1);
  return field.discriminator && tag && kindOf(value) === "object" ? { ...value, [field.discriminator]: tag } : value;
}

/**
 * How well a value fits a field, looking no deeper than needed; -1 where it does not.
 * @param {Json} value
 * @param {Field} field
 * @param {Definitions} definitions
 * @returns {number}
 */
function fitOf(value, field, definitions) {
  const one = resolveField(field, definitions);
  const kind = kindOf(value);
  switch (one.kind) {
    case "any":
      return 0;
    case "choice":
      return one.choices?.some((choice) => sameJson(choice, value)) ? 3 : -1;
    case "integer":
      return kind === "number" && /^-?\d+$/.test(JSON.stringify(value)) ? 2 : -1;
    case "file":
      return kind === "object" && ("$file" in value || "$python" in value) ? 3 : -1;
    case "variant":
      return Math.max(
        -1,
        ...(one.variants ?? []).map(([, , child]) => (child.kind === "variant" ? 0 : fitOf(value, child, definitions))),
      );
    case "object": {
      if (kind !== "object") return -1;
      let score = 1;
      for (const [name, required, child] of one.members ?? []) {
        if (!Object.hasOwn(value, name)) score -= required ? 0.5 : 0;
        else {
          const member = resolveField(child, definitions);
          if (member.kind === "choice") score += fitOf(value[name], member, definitions) < 0 ? -5 : 5;
          else score += 1;
        }
      }
      return Math.max(score, 0.1);
    }
    default:
      return one.kind === kind ? 1 : -1;
  }
}

/**
 * The number of the variant that a value is, -1 where it is none.
 * @param {Json} value
 * @param {Field} field
 * @param {Definitions} definitions
 * @returns {number}
 */
export function variantOf(value, field, definitions) {
  const variants = field.variants ?? [];
  const { discriminator } = field;
  if (discriminator && kindOf(value) === "object") {
    const named = variants.findIndex(([, tag]) => tag && tag === value[discriminator]);
    if (named >= 0) return named;
  }
  const scores = variants.map(([, , child]) => fitOf(value, child, definitions));
  const best = Math.max(...scores);
  return best < 0 ? -1 : scores.indexOf(best);
}
