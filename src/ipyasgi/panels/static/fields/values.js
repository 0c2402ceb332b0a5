// JSON values and their fields: parsing, printing, initial values, finding a variant. Does not use the DOM.
// A field is that of openapi/fields.py, as the kernel writes it for the page.

/** @typedef {any} Json  a value of JSON, with numbers that JavaScript cannot hold as `JSON.rawJSON` */

/**
 * @typedef {{
 *   kind: string, ref?: string, nullable?: boolean, default?: Json, examples?: Json[], choices?: Json[], prefix?: Field[],
 *   items?: Field, minItems?: number, maxItems?: number, members?: [name: string, required: boolean, field: Field][],
 *   additional?: Field, variants?: [name: string, tag: string, field: Field][], discriminator?: string,
 *   description?: string, hint?: string, format?: string, deprecated?: boolean, readOnly?: boolean, secret?: boolean,
 *   smallest?: number,
 * }} Field  secret: only the kernel keeps its value; smallest: the number nearest to zero that is allowed
 */

/** @typedef {Record<string, Field>} Definitions  the fields that refs refer to */

const START_DEPTH = 6;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const MARK = /•••\d*/gu;

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
 * Whether a value is only in the kernel: the mark of a secret, or null in a parameter, which has no null.
 * @param {Json} value
 * @param {boolean} isText
 */
export function isHeld(value, isText = false) {
  return isText && value === null ? true : typeof value === "string" && /^•••\d*$/u.test(value);
}

/**
 * The marks of secrets in a text.
 * @param {string} text
 * @returns {string[]}
 */
export function marksOf(text) {
  return [...new Set(text.match(MARK) ?? [])];
}

/**
 * A text with nothing in place of the marks.
 * @param {string} text
 */
export function withoutMarks(text) {
  return text.replace(MARK, "");
}

/**
 * The text of a value, as it is typed.
 * @param {Json} value
 * @param {Field} field
 * @param {boolean} isText  whether every value is text, as in a parameter
 */
export function scalarText(value, field, isText) {
  if (value === undefined) return "";
  if (typeof value === "string" && (isText || field.kind !== "any")) return value;
  return field.kind === "any" && kindOf(value) !== "string" ? printJson(value) : JSON.stringify(value);
}

/**
 * The value of a typed text; undefined for an empty number.
 * @param {string} text
 * @param {Field} field
 * @returns {Json}
 */
export function readScalar(text, field) {
  if (["string", "choice"].includes(field.kind)) return text;
  if (!text.trim()) return undefined;
  if (field.kind === "any") {
    try {
      return parseJson(text);
    } catch {
      return text;
    }
  }
  return NUMBER.test(text.trim()) ? keptNumber(text.trim()) : text;
}

/**
 * A value in a choice.
 * @param {Json} value
 */
export function wordOf(value) {
  return typeof value === "string" ? value || '""' : JSON.stringify(value);
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
  if (one.secret && !["array", "object", "variant", "boolean"].includes(one.kind)) return "";
  if (one.default !== undefined && one.default !== null) return copyJson(one.default);
  if (one.examples?.length) return copyJson(one.examples[0]);
  /** @param {Field} child */
  const inner = (child) => startValue(child, definitions, depth + 1);
  switch (one.kind) {
    case "choice":
      return copyJson(one.choices?.[0] ?? null);
    case "integer":
    case "number":
      return one.smallest ?? 0;
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

/**
 * The value of a field that is no longer omitted.
 * @param {Field} field
 * @param {{ definitions: Definitions, text: boolean }} context
 * @returns {Json}
 */
export function startOf(field, { definitions, text }) {
  const value = startValue(field, definitions);
  return text ? asTexts(value) : value;
}

/**
 * Values of a parameter are text as typed, including numbers.
 * @param {Json} value
 * @returns {Json}
 */
export function asTexts(value) {
  const kind = kindOf(value);
  if (kind === "array") return value.map(asTexts);
  if (kind === "object") return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asTexts(item)]));
  return kind === "string" ? value : JSON.stringify(value);
}
