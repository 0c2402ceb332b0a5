// JSON values and the fields that describe them: reading, printing, starting, telling variants apart. Knows no DOM.
// A field is what openapi/fields.py says, as sheet_page.py writes it.

const START_DEPTH = 6;

// Numbers whose text says more than a double keeps (1.0, 12345678901234567890) stay as they were typed, where the
// browser can do that.
function keptNumber(text) {
  const value = Number(text);
  return JSON.rawJSON && String(value) !== text ? JSON.rawJSON(text) : value;
}

function parseJson(text) {
  return JSON.parse(text, (_key, value, context) =>
    typeof value === "number" && context?.source !== undefined ? keptNumber(context.source) : value);
}

function printJson(value) {
  return JSON.stringify(value, null, 2);
}

function kindOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value !== "object") return typeof value;
  return JSON.isRawJSON?.(value) ? "number" : "object";
}

function sameJson(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

function copyJson(value) {
  return value === undefined ? undefined : parseJson(JSON.stringify(value));
}

// A field with what stands for it and what is said at its place put together.
function resolveField(field, definitions) {
  let found = field;
  for (let hops = 0; found.kind === "ref" && hops < 20; hops += 1) {
    const { kind, ref, ...told } = found;
    found = { ...(definitions[ref] ?? { kind: "any" }), ...told };
  }
  return found.kind === "ref" ? { kind: "any" } : found;
}

// What stands in a field that was absent: as little as will do.
function startValue(field, definitions, depth = 0) {
  const one = resolveField(field, definitions);
  if (one.default !== undefined && one.default !== null) return copyJson(one.default);
  if (one.examples?.length) return copyJson(one.examples[0]);
  const inner = (child) => startValue(child, definitions, depth + 1);
  switch (one.kind) {
    case "choice": return copyJson(one.choices?.[0] ?? null);
    case "integer": case "number": return 0;
    case "boolean": return false;
    case "null": return null;
    case "array": {
      if (depth > START_DEPTH) return [];
      const first = (one.prefix ?? []).map(inner);
      while (one.items && first.length < Math.min(one.minItems ?? 0, 20)) first.push(inner(one.items));
      return first;
    }
    case "object": {
      const needed = depth > START_DEPTH ? [] : (one.members ?? []).filter(([, required, child]) => required && !child.readOnly);
      return Object.fromEntries(needed.map(([name, , child]) => [name, inner(child)]));
    }
    case "variant": return one.variants?.length && depth <= START_DEPTH ? startVariant(one, 0, definitions, depth) : null;
    case "file": return { $python: "" };
    default: return "";
  }
}

// The discriminator's member says which variant it is, also where the variant itself leaves it open.
function startVariant(field, number, definitions, depth = 0) {
  const [, tag, child] = field.variants[number];
  const value = startValue(child, definitions, depth + 1);
  return field.discriminator && tag && kindOf(value) === "object" ? { ...value, [field.discriminator]: tag } : value;
}

// How well a value fits a field, looking no deeper than needed; -1 where it does not.
function fitOf(value, field, definitions) {
  const one = resolveField(field, definitions);
  const kind = kindOf(value);
  switch (one.kind) {
    case "any": return 0;
    case "choice": return one.choices?.some((choice) => sameJson(choice, value)) ? 3 : -1;
    case "integer": return kind === "number" && /^-?\d+$/.test(JSON.stringify(value)) ? 2 : -1;
    case "file": return kind === "object" && ("$file" in value || "$python" in value) ? 3 : -1;
    case "variant": return Math.max(-1, ...(one.variants ?? []).map(([, , child]) => (child.kind === "variant" ? 0 : fitOf(value, child, definitions))));
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
    default: return one.kind === kind ? 1 : -1;
  }
}

// The number of the variant that a value is, -1 where it is none.
function variantOf(value, field, definitions) {
  const variants = field.variants ?? [];
  if (field.discriminator && kindOf(value) === "object") {
    const said = variants.findIndex(([, tag]) => tag && tag === value[field.discriminator]);
    if (said >= 0) return said;
  }
  const scores = variants.map(([, , child]) => fitOf(value, child, definitions));
  const best = Math.max(...scores);
  return best < 0 ? -1 : scores.indexOf(best);
}
