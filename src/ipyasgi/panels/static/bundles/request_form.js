// Made by tests/js/build from the files of panels/static; change those.

// fields/values.js
var START_DEPTH = 6;
function keptNumber(text) {
  const value = Number(text);
  return JSON.rawJSON && String(value) !== text ? JSON.rawJSON(text) : value;
}
function parseJson(text) {
  return JSON.parse(
    text,
    (_key, value, context) => typeof value === "number" && context?.source !== void 0 ? keptNumber(context.source) : value
  );
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
  return value === void 0 ? void 0 : parseJson(JSON.stringify(value));
}
function resolveField(field, definitions) {
  let found = field;
  for (let hops = 0; found.kind === "ref" && hops < 20; hops += 1) {
    const { kind, ref, ...told } = found;
    found = { ...definitions[ref] ?? { kind: "any" }, ...told };
  }
  return found.kind === "ref" ? { kind: "any" } : found;
}
function startValue(field, definitions, depth = 0) {
  const one = resolveField(field, definitions);
  if (one.default !== void 0 && one.default !== null) return copyJson(one.default);
  if (one.examples?.length) return copyJson(one.examples[0]);
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
      const needed = depth > START_DEPTH ? [] : (one.members ?? []).filter(([, required, child]) => required && !child.readOnly);
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
function startVariant(field, number, definitions, depth = 0) {
  const [, tag, child] = field.variants[number];
  const value = startValue(child, definitions, depth + 1);
  return field.discriminator && tag && kindOf(value) === "object" ? { ...value, [field.discriminator]: tag } : value;
}
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
        ...(one.variants ?? []).map(([, , child]) => child.kind === "variant" ? 0 : fitOf(value, child, definitions))
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

// page.js
function make(tag, className = "", properties = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("aria-") || name === "role" || name === "list" || name === "for")
      made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}
var lastId = 0;
function freshId(stem) {
  lastId += 1;
  return `ipyasgi-${stem}-${lastId}-${Math.random().toString(36).slice(2, 8)}`;
}
function keepKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation());
}
function setUsable(button, usable) {
  button.setAttribute("aria-disabled", String(!usable));
}
function makeButton(label, className, onPress, properties = {}) {
  const button = make("button", `ipyasgi-button ${className}`.trim(), {
    type: "button",
    textContent: label,
    ...properties
  });
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") onPress(button);
  });
  return button;
}
function listen(model, handlers) {
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  return () => {
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
}
function timeText(ms) {
  return ms < 6e4 ? `${(ms / 1e3).toFixed(1)} s` : `${Math.floor(ms / 6e4)} min ${Math.floor(ms % 6e4 / 1e3)} s`;
}

// auth_part.js
var FIELD_NAMES = { token: "token or key", user: "user", password: "password" };
var AuthPart = class {
  constructor(model) {
    this.model = model;
    this.schemes = [];
    this.rows = make("div", "ipyasgi-auth-rows");
    this.el = make("fieldset", "ipyasgi-part", {}, make("legend", "", { textContent: "Auth" }), this.rows);
    this.el.hidden = true;
  }
  describe(schemes) {
    if (sameJson(schemes, this.schemes)) return;
    this.schemes = schemes;
    this.states = /* @__PURE__ */ new Map();
    this.rows.replaceChildren(...schemes.map((scheme) => this.row(scheme)));
    this.el.hidden = schemes.length === 0;
    this.show();
  }
  row(scheme) {
    const inputs = scheme.fields.map(
      (name) => make("input", "ipyasgi-input", {
        type: name === "user" ? "text" : "password",
        placeholder: scheme.asks && name === "token" ? "or a token" : FIELD_NAMES[name],
        autocomplete: "off",
        spellcheck: false,
        "aria-label": `${FIELD_NAMES[name]} for ${scheme.key}`,
        name
      })
    );
    const set = () => {
      if (inputs.every((one) => one.value === "")) return;
      const values = Object.fromEntries(inputs.map((one) => [one.name, one.value]));
      this.model.send({ ask: "credential", key: scheme.key, values });
      for (const one of inputs) if (one.type === "password") one.value = "";
    };
    for (const one of inputs) {
      one.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        set();
      });
    }
    const state = make("span", "ipyasgi-auth-state", { role: "status" });
    const forget = makeButton("forget", "ipyasgi-quiet", () => this.model.send({ ask: "forget", key: scheme.key }), {
      "aria-label": `forget ${scheme.key}`
    });
    this.states.set(scheme.key, [state, forget]);
    const words = scheme.asks ? "sign in" : "set";
    const fields = inputs.length ? make(
      "div",
      "ipyasgi-auth-fields",
      {},
      ...inputs,
      makeButton(words, "", set, { "aria-label": `${words} ${scheme.key}` })
    ) : make("span", "ipyasgi-faint", { textContent: "nothing to type: it is part of the connection" });
    return make(
      "div",
      "ipyasgi-auth",
      {},
      make(
        "div",
        "ipyasgi-auth-head",
        {},
        make("span", "ipyasgi-value-name", { textContent: scheme.key, title: scheme.description }),
        make("span", "ipyasgi-faint", { textContent: scheme.kind }),
        state,
        forget
      ),
      fields
    );
  }
  show() {
    const auth = this.model.get("auth");
    for (const [key, [state, forget]] of this.states ?? []) {
      const [isSet, said] = auth[key] ?? [false, ""];
      state.textContent = [isSet ? "set ✓" : "", said].filter(Boolean).join("  ");
      state.dataset.tone = isSet ? "good" : said ? "busy" : "";
      forget.hidden = !isSet;
    }
  }
};

// body_editor.js
var LEAST_LINES = 4;
var MOST_LINES = 18;
var BodyEditor = class {
  constructor({ onChange }) {
    this.held = false;
    this.numbers = make("div", "ipyasgi-line-numbers", { "aria-hidden": "true" });
    this.problemId = freshId("body-problem");
    this.text = make("textarea", "ipyasgi-input ipyasgi-body", {
      spellcheck: false,
      dir: "ltr",
      wrap: "off",
      autocomplete: "off",
      "aria-label": "request body",
      "aria-describedby": this.problemId
    });
    this.problem = makeButton("", "ipyasgi-body-problem", () => this.goToProblem(), {
      id: this.problemId,
      hidden: true
    });
    this.el = make(
      "div",
      "ipyasgi-text-body",
      {},
      make("div", "ipyasgi-editor", {}, this.numbers, this.text),
      this.problem
    );
    this.text.addEventListener("input", () => {
      this.held = false;
      this.size();
      onChange();
    });
    this.text.addEventListener("scroll", () => {
      this.numbers.scrollTop = this.text.scrollTop;
    });
    this.text.addEventListener("keydown", (event) => this.indent(event));
  }
  show(body) {
    this.held = body === null;
    this.text.value = body ?? "";
    this.text.placeholder = this.held ? "this body holds secrets and is kept in the kernel; type to replace it" : "";
    this.size();
  }
  get value() {
    return this.held ? null : this.text.value;
  }
  size() {
    const lines = this.text.value.split("\n").length;
    this.text.rows = Math.min(Math.max(lines, LEAST_LINES), MOST_LINES);
    if (this.numbers.childElementCount !== lines) {
      this.numbers.replaceChildren(
        ...Array.from({ length: lines }, (_, i) => make("span", "", { textContent: i + 1 }))
      );
    }
    this.numbers.scrollTop = this.text.scrollTop;
  }
  // Enter keeps the indentation, and goes further in after an opening bracket; as typed text, so that it can be undone.
  indent(event) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
    const { value, selectionStart: at } = this.text;
    const line = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
    const opens = /[[{]\s*$/.test(line);
    event.preventDefault();
    const indent = line.match(/^[ \t]*/)[0] + (opens ? "  " : "");
    document.execCommand("insertText", false, `
${indent}`);
  }
  mark(verdict) {
    const here = verdict.where === "body";
    this.problem.hidden = !here;
    this.problem.textContent = here ? verdict.text : "";
    this.at = here && verdict.line ? [verdict.line, verdict.column] : null;
    if (here) this.text.setAttribute("aria-invalid", "true");
    else this.text.removeAttribute("aria-invalid");
    [...this.numbers.children].forEach(
      (number, i) => number.toggleAttribute("data-bad", here && i + 1 === verdict.line)
    );
  }
  goToProblem() {
    if (!this.at) return;
    const [line, column] = this.at;
    const before = this.text.value.split("\n").slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    this.text.focus();
    this.text.setSelectionRange(before + column - 1, before + column);
  }
};

// fields/state_switch.js
var StateSwitch = class {
  // onTurn() after it was turned by hand
  constructor({ field, slot, sheet, label, optional, onTurn }) {
    Object.assign(this, { field, slot, sheet, onTurn, group: freshId("state") });
    const states = [];
    if (optional) states.push("absent");
    if (field.nullable && !sheet.text) states.push("null");
    this.el = make("span", "ipyasgi-states");
    if (!states.length) {
      this.el.hidden = true;
      return;
    }
    if (states.length === 1 && optional) {
      this.check = make("input", "", { type: "checkbox", "aria-label": `send ${label}` });
      this.check.addEventListener("change", () => this.turn(this.check.checked ? "value" : "absent"));
      this.el.append(make("label", "ipyasgi-state", {}, this.check, "send"));
    } else {
      this.el.setAttribute("role", "radiogroup");
      this.el.setAttribute("aria-label", `state of ${label}`);
      this.radios = [...states, "value"].map((name) => {
        const radio = make("input", "", {
          type: "radio",
          name: this.group,
          value: name,
          "aria-label": `${label} ${name}`
        });
        radio.addEventListener("change", () => this.turn(name));
        this.el.append(make("label", "ipyasgi-state", {}, radio, name));
        return radio;
      });
    }
    this.show();
  }
  get state() {
    if (this.slot.absent) return "absent";
    return this.slot.value === null && this.field.nullable ? "null" : "value";
  }
  show() {
    if (this.check) this.check.checked = !this.slot.absent;
    for (const radio of this.radios ?? []) radio.checked = radio.value === this.state;
  }
  // What was there is kept for when it is wanted again.
  turn(state) {
    if (this.state === "value") this.kept = this.slot.value;
    if (state === "absent") this.slot.remove();
    else if (state === "null") this.slot.set(null);
    else this.slot.set(this.kept ?? startOf(this.field, this.sheet));
    this.show();
    this.onTurn();
  }
};
function startOf(field, sheet) {
  const value = startValue(field, sheet.definitions);
  return sheet.text ? asTexts(value) : value;
}
function asTexts(value) {
  const kind = kindOf(value);
  if (kind === "array") return value.map(asTexts);
  if (kind === "object") return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asTexts(item)]));
  return kind === "string" ? value : JSON.stringify(value);
}

// fields/array_field.js
var ITEMS_DRAWN = 100;
function arrayControl({ field, slot, sheet, states, redraw, label, depth }) {
  const items = slot.value ?? [];
  const prefix = field.prefix ?? [];
  const least = Math.max(prefix.length, 0);
  const changed = () => {
    states.show();
    redraw();
    sheet.onChange();
  };
  const drawn = items.slice(0, ITEMS_DRAWN).map((_, number) => {
    const child = prefix[number] ?? field.items ?? { kind: "any" };
    const remove = number < least ? null : () => {
      slot.at(number).remove();
      changed();
    };
    return drawField(child, slot.at(number), sheet, {
      label: `${label} ${number + 1}`,
      fixed: true,
      required: false,
      onRemove: remove,
      depth: depth + 1
    });
  });
  if (items.length > ITEMS_DRAWN)
    drawn.push(make("p", "ipyasgi-faint", { textContent: `${items.length - ITEMS_DRAWN} more: see them as JSON` }));
  const next = prefix[items.length] ?? field.items;
  if (next && (field.maxItems === void 0 || items.length < field.maxItems)) {
    drawn.push(
      makeButton(
        "+ item",
        "ipyasgi-quiet",
        () => {
          slot.set([...items, startOf(next, sheet)]);
          changed();
        },
        { "aria-label": `add an item to ${label}` }
      )
    );
  }
  return drawn;
}

// fields/choice_field.js
function choiceControl({ id, field, slot, sheet, states, describe, empty, label }) {
  const plain = field.kind === "boolean" ? [true, false] : field.choices ?? [];
  const choices = sheet.text ? plain.map((one) => typeof one === "string" ? one : JSON.stringify(one)) : plain;
  const select = make("select", "ipyasgi-input", { id, "aria-describedby": describe, "aria-label": label });
  const value = slot.value;
  const foreign = !slot.absent && !choices.some((one) => sameJson(one, value)) && !(value === null && field.nullable);
  const words = (one) => typeof one === "string" ? one || '""' : JSON.stringify(one);
  if (slot.absent || empty && !choices.includes(null))
    select.append(
      make("option", "", {
        value: "",
        textContent: slot.absent ? defaultText(field) && `${defaultText(field)} (default)` : "null"
      })
    );
  if (foreign) select.append(make("option", "", { value: "", textContent: words(value) }));
  select.append(
    ...choices.map((one, number) => make("option", "", { value: String(number), textContent: words(one) }))
  );
  const at = slot.absent ? -1 : choices.findIndex((one) => sameJson(one, value));
  select.value = at < 0 ? "" : String(at);
  select.addEventListener("change", () => {
    if (select.value === "") return;
    slot.set(copyJson(choices[Number(select.value)]));
    states.show();
    sheet.onChange();
  });
  return select;
}

// fields/file_field.js
function fileControl({ id, slot, sheet, states, describe, label }) {
  const value = kindOf(slot.value) === "object" ? slot.value : {};
  const chooser = make("input", "ipyasgi-input ipyasgi-file", {
    id,
    type: "file",
    "aria-label": `file for ${label}`,
    "aria-describedby": describe
  });
  const told = make("span", "ipyasgi-faint", { role: "status", textContent: value.$file ? fileWords(value) : "" });
  const python = make("input", "ipyasgi-input ipyasgi-python-name", {
    type: "text",
    value: value.$python ?? "",
    spellcheck: false,
    autocomplete: "off",
    placeholder: "or a Python name",
    "aria-label": `Python name for ${label}`
  });
  const put = (mark) => {
    slot.set(mark);
    states.show();
    sheet.onChange();
  };
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (!file) return;
    python.value = "";
    told.textContent = "reading";
    try {
      const mark = await sheet.files.keep(file);
      told.textContent = fileWords(mark);
      put(mark);
    } catch (error) {
      told.textContent = `not read: ${error.message}`;
    }
  });
  python.addEventListener("input", () => {
    chooser.value = "";
    told.textContent = "";
    put({ $python: python.value.trim() });
  });
  return [make("div", "ipyasgi-file-row", {}, chooser, python, told)];
}
function fileWords({ name, size }) {
  return `${name}, ${size < 1e3 ? `${size} B` : `${(size / 1e3).toFixed(1)} kB`}`;
}
var FileShelf = class {
  constructor(model, { pieceBytes = 512 * 1024, mostBytes = 64 * 1024 * 1024 } = {}) {
    Object.assign(this, { model, pieceBytes, mostBytes });
  }
  async keep(file) {
    if (file.size > this.mostBytes) throw new Error("more than 64 MB: give a Python name instead");
    const bytes = await file.arrayBuffer();
    const id = freshId("file");
    const count = Math.max(1, Math.ceil(bytes.byteLength / this.pieceBytes));
    for (let index = 0; index < count; index += 1) {
      const piece = bytes.slice(index * this.pieceBytes, (index + 1) * this.pieceBytes);
      this.model.send({ ask: "file", id, index, count, name: file.name, type: file.type }, void 0, [piece]);
    }
    return { $file: id, name: file.name, size: bytes.byteLength };
  }
};

// fields/object_field.js
var MEMBERS_DRAWN = 300;
function objectControl({ field, slot, sheet, states, redraw, label, told, depth }) {
  const members = field.members ?? [];
  const names = members.map(([name]) => name);
  const value = slot.value ?? {};
  if (slot.absent) slot.set(value);
  const drawn = members.slice(0, MEMBERS_DRAWN).filter(([name, , child]) => !resolveField(child, sheet.definitions).readOnly || Object.hasOwn(value, name)).map(([name, required, child]) => {
    const box = drawField(child, slot.at(name, names), sheet, { label: name, required, depth: depth + 1 });
    box.hidden = name === told;
    return box;
  });
  const changed = () => {
    states.show();
    redraw();
    sheet.onChange();
  };
  const others = Object.keys(value).filter((name) => !names.includes(name));
  drawn.push(
    ...others.slice(0, MEMBERS_DRAWN).map((name) => {
      const child = field.additional ?? { kind: "any" };
      return drawField(child, slot.at(name), sheet, {
        label: name,
        fixed: true,
        depth: depth + 1,
        onRemove: () => {
          slot.at(name).remove();
          changed();
        }
      });
    })
  );
  if (field.additional) drawn.push(memberAdder({ label, value, slot, field, sheet, changed }));
  return drawn;
}
function memberAdder({ label, value, slot, field, sheet, changed }) {
  const name = make("input", "ipyasgi-input", {
    type: "text",
    placeholder: "name",
    spellcheck: false,
    autocomplete: "off",
    "aria-label": `name of a new member of ${label}`
  });
  const add = () => {
    if (!name.value || Object.hasOwn(value, name.value)) {
      name.focus();
      return;
    }
    slot.at(name.value).set(startOf(field.additional, sheet));
    changed();
  };
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    add();
  });
  return make(
    "div",
    "ipyasgi-adder",
    {},
    name,
    makeButton("+ member", "ipyasgi-quiet", add, { "aria-label": `add a member to ${label}` })
  );
}

// fields/scalar_field.js
var HELD = "kept in the kernel; type to replace it";
var NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
var PLACEHOLDERS = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00",
  uuid: "00000000-0000-4000-8000-000000000000",
  email: "name@example.com",
  ipv4: "192.0.2.1"
};
function scalarControl({ id, field, slot, sheet, states, describe, empty, label }) {
  const isText = sheet.text || field.kind === "string";
  const shown = empty ? "" : scalarText(slot.value, field, sheet);
  const long = shown.includes("\n") || shown.length > 200 || field.kind === "any" && !sheet.text && /^[[{]/.test(shown);
  const input = make(long ? "textarea" : "input", "ipyasgi-input", {
    id,
    value: shown,
    spellcheck: false,
    autocomplete: "off",
    dir: "auto",
    "aria-describedby": describe,
    "aria-label": label,
    placeholder: slot.absent || !empty ? "" : sheet.text ? HELD : "null"
  });
  if (long) input.rows = Math.min(shown.split("\n").length + 1, 12);
  else input.type = field.format === "password" ? "password" : "text";
  if (!input.placeholder)
    input.placeholder = empty && defaultText(field) || (PLACEHOLDERS[field.format] ?? (field.kind === "any" && !sheet.text ? "JSON" : ""));
  if (["integer", "number"].includes(field.kind)) input.inputMode = field.kind === "integer" ? "numeric" : "decimal";
  input.addEventListener("input", () => {
    const value = isText ? input.value : readScalar(input.value, field);
    if (value === void 0 && !Array.isArray(slot.holder)) slot.remove();
    else slot.set(value ?? "");
    states.show();
    sheet.onChange();
  });
  return suggest(input, field, sheet);
}
function scalarText(value, field, sheet) {
  if (value === void 0) return "";
  if (typeof value === "string" && (sheet.text || field.kind !== "any")) return value;
  return field.kind === "any" && kindOf(value) !== "string" ? printJson(value) : JSON.stringify(value);
}
function readScalar(text, field) {
  if (field.kind === "any") {
    if (!text.trim()) return void 0;
    try {
      return parseJson(text);
    } catch {
      return text;
    }
  }
  if (!text.trim()) return void 0;
  return NUMBER.test(text.trim()) ? keptNumber(text.trim()) : text;
}
function suggest(input, field, sheet) {
  const examples = (field.examples ?? []).map((one) => scalarText(one, field, sheet)).filter((text) => text && !text.includes("\n"));
  if (!examples.length || input.tagName !== "INPUT" || input.type === "password") return input;
  const list = make(
    "datalist",
    "",
    { id: freshId("examples") },
    ...examples.map((text) => make("option", "", { value: text }))
  );
  input.setAttribute("list", list.id);
  return [input, list];
}
function nullControl({ id, slot }) {
  if (!slot.absent && slot.value !== null) slot.set(null);
  return make("output", "ipyasgi-faint", { id, textContent: "null" });
}

// fields/variant_field.js
function variantControl({ id, field, slot, sheet, states, redraw, describe, label, required, depth }) {
  const variants = field.variants ?? [];
  const at = slot.absent ? -1 : variantOf(slot.value, field, sheet.definitions);
  const select = make("select", "ipyasgi-input ipyasgi-variant", {
    id,
    "aria-label": `variant of ${label}`,
    "aria-describedby": describe
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
    select
  );
  if (at < 0) return [row];
  const inner = drawField(variants[at][2], slot, sheet, {
    label,
    required,
    fixed: true,
    told: field.discriminator,
    depth: depth + 1
  });
  inner.classList.add("ipyasgi-bare");
  return [row, inner];
}
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

// fields/field.js
var CONTROLS = {
  array: arrayControl,
  object: objectControl,
  variant: variantControl,
  boolean: choiceControl,
  choice: choiceControl,
  file: fileControl,
  string: scalarControl,
  integer: scalarControl,
  number: scalarControl,
  any: scalarControl,
  null: nullControl
};
var NESTED = ["array", "object", "variant"];
var DRAWN_DEPTH = 40;
var FieldSheet = class {
  // definitions: what refs stand for; text: values stay text as typed; onChange() after each change; files: see file_field.js
  constructor({ definitions, text = false, onChange, files = null }) {
    Object.assign(this, { definitions, text, onChange, files });
  }
};
function drawField(given, slot, sheet, { label, spoken = label, required = false, fixed = false, told = "", onRemove = null, depth = 0 }) {
  const field = resolveField(given, sheet.definitions);
  const id = freshId("field");
  const nested = NESTED.includes(field.kind) && depth < DRAWN_DEPTH;
  const name = make(
    nested ? "span" : "label",
    "ipyasgi-value-name",
    { title: field.description || label },
    ...breakable(label)
  );
  if (!nested) name.htmlFor = id;
  if (required) name.append(make("span", "ipyasgi-needed", { textContent: "*", title: "required" }));
  for (const [flag, word] of [
    ["deprecated", "deprecated"],
    ["readOnly", "read-only"]
  ]) {
    if (field[flag]) name.append(make("span", "ipyasgi-flag", { textContent: word }));
  }
  const place = make("div", "ipyasgi-value-control");
  const note = make("div", "ipyasgi-value-note", { id: `${id}-note`, role: "status", hidden: true });
  const hint = make("span", "ipyasgi-value-hint", { id: `${id}-hint`, textContent: hintOf(field) });
  const parts = {
    id,
    field,
    slot,
    sheet,
    label: spoken,
    required,
    told,
    depth,
    nested,
    describe: `${id}-hint ${id}-note`
  };
  const states = new StateSwitch({
    field,
    slot,
    sheet,
    label: spoken,
    optional: !required && !fixed,
    onTurn: () => {
      draw();
      sheet.onChange();
    }
  });
  const draw = () => place.replaceChildren(...drawControl({ ...parts, states, redraw: draw }));
  const side = make("div", "ipyasgi-value-side", {}, hint, states.el);
  if (onRemove)
    side.append(makeButton("×", "ipyasgi-quiet", onRemove, { "aria-label": `remove ${spoken}`, title: "remove" }));
  const box = make("div", `ipyasgi-value${nested ? " ipyasgi-nested" : ""}`, {}, name, place, side, note);
  box.dataset.where = slot.where;
  box.dataset.kind = field.kind;
  draw();
  return box;
}
function breakable(name) {
  return name.split(/(?<=[_.-])/).flatMap((part, at) => at ? [make("wbr"), part] : [part]);
}
function drawControl(parts) {
  const { slot, field, nested } = parts;
  const value = slot.value;
  const empty = slot.absent || value === null && !["null", "any", "choice"].includes(field.kind);
  if (nested && empty) return slot.absent ? [] : [make("code", "ipyasgi-faint", { textContent: "null" })];
  const odd = misfits(value, field);
  const found = (odd ? scalarControl : CONTROLS[field.kind] ?? scalarControl)({
    ...parts,
    empty,
    field: odd ? { ...field, kind: "any" } : field
  });
  return Array.isArray(found) ? found : [found];
}
function misfits(value, field) {
  if (value === void 0 || value === null) return false;
  const kind = kindOf(value);
  if (field.kind === "array" || field.kind === "object") return kind !== field.kind;
  return ["string", "integer", "number"].includes(field.kind) && ["object", "array", "boolean"].includes(kind);
}
function hintOf(field) {
  const known = ["integer", "number"].includes(field.kind) ? field.kind : "";
  const told = (field.description ?? "").split("\n")[0];
  return [field.hint || known, told.length > 70 ? `${told.slice(0, 69)}…` : told].filter(Boolean).join(" · ");
}
function defaultText(field) {
  const value = field.default;
  if (value === void 0 || value === null || value === "") return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length < 40 ? text : "";
}
function markFields(root, words) {
  const keyOf = (where) => where.startsWith("header.") ? where.toLowerCase() : where;
  const boxes = new Map([...root.querySelectorAll(".ipyasgi-value")].map((box) => [keyOf(box.dataset.where), box]));
  const found = /* @__PURE__ */ new Map();
  const left = [];
  for (const word of words) {
    let where = keyOf(word[0]);
    while (!boxes.has(where) && where.includes("/")) where = where.slice(0, where.lastIndexOf("/"));
    if (boxes.has(where)) found.set(where, [...found.get(where) ?? [], word]);
    else left.push(word);
  }
  for (const [where, box] of boxes) markField(box, found.get(where) ?? []);
  return left;
}
function markField(box, words) {
  const note = box.querySelector(":scope > .ipyasgi-value-note");
  const said = words.map(([where, text, source]) => {
    const below = where.slice(box.dataset.where.length);
    const line = make("div", "", {}, `! ${below ? `${below} ` : ""}${text}`);
    if (source) line.append(make("span", "ipyasgi-faint", { textContent: `  ← ${source}` }));
    return line;
  });
  if (note.textContent !== said.map((line) => line.textContent).join("")) note.replaceChildren(...said);
  note.hidden = words.length === 0;
  if (words.length) box.hidden = false;
  box.toggleAttribute("data-bad", words.length > 0);
  for (const one of box.querySelectorAll(":scope > .ipyasgi-value-control > .ipyasgi-input")) {
    if (words.length) one.setAttribute("aria-invalid", "true");
    else one.removeAttribute("aria-invalid");
  }
}

// fields/slot.js
function escapeStep(step) {
  return String(step).replaceAll("~", "~0").replaceAll("/", "~1");
}
var Slot = class _Slot {
  // holder: the object or array; order: the names of the object's members as the form has them
  constructor(holder, key, where, order = []) {
    Object.assign(this, { holder, key, where, order });
  }
  get value() {
    return Object.hasOwn(this.holder, this.key) ? this.holder[this.key] : void 0;
  }
  get absent() {
    return !Object.hasOwn(this.holder, this.key);
  }
  // A member that comes takes its place in the form's order, so that the text reads like the form.
  set(value) {
    const isNew = this.absent && !Array.isArray(this.holder);
    Object.defineProperty(this.holder, this.key, { value, writable: true, enumerable: true, configurable: true });
    if (!isNew || !this.order.length) return;
    const rank = (name) => this.order.includes(name) ? this.order.indexOf(name) : this.order.length;
    const entries = Object.entries(this.holder).sort(([one], [other]) => rank(one) - rank(other));
    for (const [name] of entries) delete this.holder[name];
    for (const [name, held] of entries) {
      Object.defineProperty(this.holder, name, { value: held, writable: true, enumerable: true, configurable: true });
    }
  }
  remove() {
    if (Array.isArray(this.holder)) this.holder.splice(this.key, 1);
    else delete this.holder[this.key];
  }
  // The slot of a member or an item of the value that stands here.
  at(key, order = []) {
    return new _Slot(this.value, key, `${this.where}/${escapeStep(key)}`, order);
  }
};

// tabs.js
var Tabs = class {
  // names: [name, words]; onPick(name)
  constructor({ label, names, onPick }) {
    this.onPick = onPick;
    this.el = make("div", "ipyasgi-tabs", { role: "tablist", "aria-label": label });
    this.buttons = new Map(
      names.map(([name, words]) => {
        const button = make("button", "ipyasgi-tab", { type: "button", role: "tab", textContent: words });
        button.addEventListener("click", () => this.pick(name));
        return [name, button];
      })
    );
    this.el.append(...this.buttons.values());
    this.el.addEventListener("keydown", (event) => this.key(event));
  }
  show(current) {
    this.current = current;
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-selected", String(name === current));
      button.tabIndex = name === current ? 0 : -1;
    }
  }
  pick(name) {
    this.show(name);
    this.onPick(name);
  }
  key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const names = [...this.buttons.keys()];
    const next = names[(names.indexOf(this.current) + by + names.length) % names.length];
    this.pick(next);
    this.buttons.get(next).focus();
  }
};

// body_part.js
var FREE_BODIES = [
  ["application/json", "json", { kind: "any" }],
  ["application/x-www-form-urlencoded", "form", { kind: "object", additional: { kind: "string" } }],
  [
    "multipart/form-data",
    "multipart",
    {
      kind: "object",
      additional: {
        kind: "variant",
        variants: [
          ["text", "", { kind: "string" }],
          ["file", "", { kind: "file" }]
        ]
      }
    }
  ],
  ["text/plain", "text", { kind: "string" }],
  ["application/octet-stream", "file", { kind: "file" }]
];
var BodyPart = class {
  constructor({ onChange, files }) {
    Object.assign(this, { onChange, files, bodies: [], media: "", mode: "text" });
    this.editor = new BodyEditor({ onChange });
    this.type = make("select", "ipyasgi-input ipyasgi-media", { "aria-label": "type of the body" });
    this.type.addEventListener("change", () => this.pickType(this.type.value));
    this.example = make("select", "ipyasgi-input", { "aria-label": "example" });
    this.example.addEventListener("change", () => this.put(this.current?.examples[Number(this.example.value)]?.[1]));
    this.reset = makeButton(
      "reset",
      "ipyasgi-quiet",
      () => {
        this.show(this.start ?? "", this.media);
        onChange();
      },
      { title: "back to the untouched body" }
    );
    this.tabs = new Tabs({
      label: "the body",
      names: [
        ["form", "Form"],
        ["text", "JSON"]
      ],
      onPick: (name) => this.turn(name)
    });
    this.form = make("div", "ipyasgi-body-form", { role: "group", "aria-label": "body as a form" });
    const head = make("div", "ipyasgi-body-head", {}, this.tabs.el, this.type, this.example, this.reset);
    this.el = make(
      "fieldset",
      "ipyasgi-part",
      {},
      make("legend", "", { textContent: "Body" }),
      head,
      this.form,
      this.editor.el
    );
    this.describe([], "");
  }
  // bodies: as sheet_page.py writes them; start: the untouched text
  describe(bodies, start) {
    this.bodies = bodies;
    this.start = start;
    const free = FREE_BODIES.map(([media, kind, field]) => ({
      media,
      kind,
      field,
      definitions: {},
      examples: [],
      free: true
    }));
    this.known = bodies.length ? bodies : free;
    this.type.replaceChildren(
      ...this.known.map((one) => make("option", "", { value: one.media, textContent: one.media }))
    );
    this.mode = bodies.length && bodies[0].field.kind !== "any" ? "form" : "text";
  }
  get current() {
    return this.known.find((one) => one.media === this.media) ?? this.known.find((one) => one.kind === "json");
  }
  get value() {
    return this.editor.value;
  }
  show(text, media = "") {
    this.media = media;
    this.editor.show(text);
    this.draw();
  }
  draw() {
    const now = this.current;
    const kind = now?.kind ?? "json";
    this.type.value = now?.media ?? "";
    this.type.hidden = this.known.length < 2;
    const examples = now?.examples ?? [];
    this.example.hidden = examples.length === 0;
    this.example.replaceChildren(
      make("option", "", { value: "", textContent: "examples" }),
      ...examples.map(([name], number) => make("option", "", { value: String(number), textContent: name }))
    );
    this.reset.hidden = !this.start;
    const onlyForm = kind === "file";
    const onlyText = !now || kind === "text" || this.editor.held || kind === "json" && now.field.kind === "any";
    const mode = onlyText ? "text" : onlyForm ? "form" : this.mode;
    this.tabs.el.hidden = onlyText || onlyForm;
    this.tabs.show(mode);
    this.editor.el.hidden = mode !== "text";
    this.form.hidden = mode !== "form";
    if (mode === "form") this.drawForm(now);
    else this.form.replaceChildren();
  }
  drawForm(now) {
    const text = this.editor.value ?? "";
    const holder = {};
    try {
      if (text.trim()) holder.body = parseJson(text);
    } catch {
      this.form.replaceChildren(
        make("p", "ipyasgi-faint", { textContent: "The text is not JSON: mend it, and the form comes back." })
      );
      return;
    }
    const sheet = new FieldSheet({
      definitions: now.definitions,
      files: this.files,
      onChange: () => {
        this.editor.show(Object.hasOwn(holder, "body") ? printJson(holder.body) : "");
        this.onChange();
      }
    });
    const slot = new Slot(holder, "body", "body.");
    const root = drawField(now.field, slot, sheet, {
      label: "body",
      required: this.required || now.free || kindOf(holder.body) !== "undefined"
    });
    root.classList.add("ipyasgi-bare", "ipyasgi-root");
    this.form.replaceChildren(root);
  }
  turn(name) {
    this.mode = name;
    this.draw();
    this.onDraw?.();
  }
  pickType(media) {
    const before = this.current?.kind;
    this.media = media;
    const { kind } = this.current;
    const carried = ["json", "form", "multipart"].includes(before) && ["json", "form", "multipart"].includes(kind);
    if (!carried || !this.editor.value?.trim()) this.editor.show(this.startOf(kind));
    this.draw();
    this.onChange();
  }
  startOf(kind) {
    if (kind === "text") return "";
    const value = startValue(this.current.field, this.current.definitions);
    return kind === "json" && this.current.free ? "" : printJson(value);
  }
  put(value) {
    if (value === void 0 || !this.current) return;
    this.editor.show(typeof value === "string" && this.current.kind === "text" ? value : printJson(value));
    this.draw();
    this.onChange();
  }
};

// code_part.js
var CODE_KINDS = [
  ["magic", "%asgi"],
  ["python", "Python"],
  ["httpx", "httpx"],
  ["curl", "cURL"],
  ["pytest", "pytest"]
];
var INSERT = "notebook:insert-cell-below";
var CodePart = class {
  // onPick() when another kind is wanted
  constructor({ onPick }) {
    this.tabs = new Tabs({ label: "the same request as code", names: CODE_KINDS, onPick });
    this.tabs.show("magic");
    this.text = make("pre", "ipyasgi-code", { tabIndex: 0, dir: "ltr", "aria-label": "the same request as code" });
    this.copy = makeButton("copy", "ipyasgi-quiet", () => this.copyCode(), { "aria-label": "copy the code" });
    this.insert = makeButton("insert as cell", "ipyasgi-quiet", () => this.insertCell(), {
      title: "put it into a new cell below"
    });
    this.buttons = make("div", "ipyasgi-buttons", {}, this.insert, this.copy);
    this.el = make(
      "div",
      "ipyasgi-code-part",
      {},
      make("div", "ipyasgi-code-head", {}, this.tabs.el, this.buttons),
      this.text
    );
  }
  get current() {
    return this.tabs.current;
  }
  show(verdict) {
    const isMine = !verdict.code_kind || verdict.code_kind === this.current;
    this.el.hidden = !verdict.code && !verdict.missing;
    this.text.textContent = verdict.code || verdict.text;
    this.text.dataset.ready = String(Boolean(verdict.code) && isMine);
    setUsable(this.copy, Boolean(verdict.code));
    setUsable(this.insert, Boolean(verdict.code));
    this.insert.hidden = !this.lab() || this.current === "curl";
  }
  // JupyterLab and Notebook show themselves to widgets only where they were started with `expose_app_in_browser`.
  lab() {
    const app = globalThis.jupyterapp;
    return app?.commands?.hasCommand?.(INSERT) ? app : null;
  }
  async insertCell() {
    try {
      await this.lab().commands.execute(INSERT);
      await this.lab().commands.execute("notebook:replace-selection", { text: this.text.textContent });
      this.say(this.insert, "inserted", "insert as cell");
    } catch (error) {
      this.say(this.insert, `not inserted: ${error.message}`, "insert as cell");
    }
  }
  async copyCode() {
    try {
      await navigator.clipboard.writeText(this.text.textContent);
      this.say(this.copy, "copied", "copy");
    } catch {
      getSelection().selectAllChildren(this.text);
      this.say(this.copy, "selected: press Ctrl+C", "copy");
    }
  }
  say(button, words, usual) {
    clearTimeout(this.timer);
    button.textContent = words;
    this.timer = setTimeout(() => {
      button.textContent = usual;
    }, 2e3);
  }
  close() {
    clearTimeout(this.timer);
  }
};

// pair_rows.js
var PairRows = class {
  // title: what the rows are; noun: what one is called; fixed: no rows can be added; onChange() after each change
  constructor({ title, noun, fixed = false, onChange }) {
    Object.assign(this, { noun, fixed, onChange, pairs: [], known: [], values: {} });
    this.typed = make("div", "ipyasgi-typed");
    this.rows = make("div", "ipyasgi-pairs");
    const add = makeButton(
      `+ ${noun}`,
      "ipyasgi-quiet",
      () => {
        this.pairs.push(["", ""]);
        this.draw();
        this.rows.lastElementChild.querySelector("input").focus();
        this.onChange();
      },
      { "aria-label": `add a ${noun}` }
    );
    this.el = make("fieldset", "ipyasgi-part", {}, make("legend", "", { textContent: title }), this.typed, this.rows);
    if (!fixed) this.el.append(add);
  }
  show(pairs) {
    this.pairs = pairs.map((pair) => [...pair]);
    this.draw();
  }
  // known: parameters as sheet_page.py writes them; values: by key, only what is sent
  showKnown(known, values) {
    this.known = known;
    this.values = { ...values };
    this.typed.replaceChildren(
      ...known.map((one) => {
        const sheet = new FieldSheet({ definitions: one.definitions ?? {}, text: one.text, onChange: this.onChange });
        const field = {
          ...one.field,
          deprecated: one.deprecated || one.field.deprecated,
          description: one.description || one.field.description
        };
        return drawField(field, new Slot(this.values, one.key, one.key), sheet, {
          label: one.name,
          spoken: `${this.noun} ${one.name}`,
          required: one.required
        });
      })
    );
    this.hide();
  }
  get value() {
    return this.pairs.map((pair) => [...pair]);
  }
  // What is sent of the known ones, by key.
  get knownValue() {
    return this.known.filter((one) => Object.hasOwn(this.values, one.key)).map((one) => [one.key, this.values[one.key]]);
  }
  draw() {
    this.rows.replaceChildren(...this.pairs.map((pair, number) => this.row(pair, number)));
    this.hide();
  }
  hide() {
    this.el.hidden = this.fixed && this.known.length === 0;
  }
  row(pair, number) {
    const [name, value] = pair;
    const field = make("input", "ipyasgi-input", {
      type: "text",
      value: value ?? "",
      spellcheck: false,
      autocomplete: "off",
      placeholder: value === null ? HELD : "",
      "aria-label": `value of ${this.noun} ${number + 1}`
    });
    field.addEventListener("input", () => {
      pair[1] = field.value;
      this.onChange();
    });
    const nameField = make("input", "ipyasgi-input", {
      type: "text",
      value: name,
      spellcheck: false,
      autocomplete: "off",
      placeholder: "name",
      "aria-label": `name of ${this.noun} ${number + 1}`
    });
    nameField.addEventListener("input", () => {
      pair[0] = nameField.value;
      this.onChange();
    });
    const remove = makeButton(
      "×",
      "ipyasgi-quiet",
      () => {
        this.pairs.splice(this.pairs.indexOf(pair), 1);
        this.draw();
        (this.rows.children[number]?.querySelector("input") ?? this.el.querySelector("button")).focus();
        this.onChange();
      },
      { "aria-label": `remove ${this.noun} ${number + 1}`, title: "remove" }
    );
    return make("div", "ipyasgi-pair", {}, nameField, field, remove);
  }
  // Marks the row of a number.
  mark(number, text) {
    [...this.rows.children].forEach((row, at) => {
      const bad = number !== "" && String(at) === number;
      for (const field of row.querySelectorAll("input")) {
        field.toggleAttribute("data-bad", bad);
        field.title = bad ? text : "";
        if (bad) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
    });
  }
};

// route_picker.js
var ROUTES_DRAWN = 200;
function searchText(choice) {
  return [choice.method, choice.path, choice.name, choice.handler, choice.says, ...choice.tags ?? []].join(" ").toLowerCase();
}
function findRoutes(choices, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = choices.filter((choice) => words.every((word) => searchText(choice).includes(word)));
  const first = (choice) => words.length && choice.path.toLowerCase().startsWith(words[0]) ? 0 : 1;
  return found.map((choice, i) => [first(choice), i, choice]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , choice]) => choice);
}
var RoutePicker = class {
  // onPick(choice) when a route is chosen, onType() when method or path is changed by hand, onEnter() to send
  constructor({ methods, choices, onPick, onType, onEnter }) {
    Object.assign(this, { choices, onPick, onEnter });
    this.active = -1;
    this.found = [];
    this.listId = freshId("routes");
    this.method = make("select", "ipyasgi-input ipyasgi-method-field", { "aria-label": "method" });
    this.setMethods(methods);
    this.path = make("input", "ipyasgi-input ipyasgi-path-field", {
      type: "text",
      dir: "ltr",
      spellcheck: false,
      autocomplete: "off",
      role: "combobox",
      placeholder: "search path, name, handler, tag",
      "aria-label": "path, or words to find a route by",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.listId
    });
    this.list = make("ul", "ipyasgi-routes", {
      id: this.listId,
      role: "listbox",
      "aria-label": "routes",
      hidden: true
    });
    this.opener = makeButton("▾", "ipyasgi-quiet ipyasgi-opener", () => this.toggle(), {
      tabIndex: -1,
      "aria-label": "all routes",
      title: "all routes"
    });
    this.el = make(
      "div",
      "ipyasgi-picker",
      {},
      this.method,
      make("div", "ipyasgi-path-box", {}, this.path, this.opener)
    );
    this.isMethodChosen = false;
    this.method.addEventListener("change", () => {
      this.isMethodChosen = true;
      onType();
    });
    this.path.addEventListener("input", () => {
      this.open(this.path.value.trim());
      onType();
    });
    this.path.addEventListener("click", () => this.toggle());
    this.opener.addEventListener("pointerdown", (event) => event.preventDefault());
    this.path.addEventListener("change", () => this.followPath() && onType());
    this.path.addEventListener("blur", () => setTimeout(() => this.path.matches(":focus") || this.close(), 200));
    this.path.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.pick(this.found[Number(row.dataset.number)]);
    });
  }
  setMethods(methods) {
    const held = this.method.value;
    this.method.replaceChildren(...methods.map((name) => make("option", "", { value: name, textContent: name })));
    if (held) this.setMethod(held);
  }
  setMethod(name) {
    if (![...this.method.options].some((option) => option.value === name)) {
      this.method.append(make("option", "", { value: name, textContent: name }));
    }
    this.method.value = name;
  }
  show(draft) {
    this.setMethod(draft.method);
    this.isMethodChosen = false;
    if (this.path.value !== draft.path) this.path.value = draft.path;
    this.path.title = draft.path;
  }
  get current() {
    return this.choices.find((choice) => choice.method === this.method.value && choice.path === this.path.value.trim());
  }
  // A path typed to its end is answered by the methods it has, unless another was chosen for it.
  followPath() {
    if (this.isMethodChosen || this.current) return false;
    const choice = this.choices.find((one) => one.path === this.path.value.trim());
    if (choice) this.setMethod(choice.method);
    return Boolean(choice);
  }
  toggle() {
    this.path.focus();
    if (!this.list.hidden) {
      this.close();
      return;
    }
    this.open("");
    if (this.path.selectionStart === this.path.selectionEnd) this.path.select();
  }
  open(query) {
    this.found = findRoutes(this.choices, query);
    this.active = -1;
    this.list.replaceChildren(...this.found.slice(0, ROUTES_DRAWN).map((choice, i) => this.row(choice, i)));
    if (this.found.length > ROUTES_DRAWN) {
      this.list.append(
        make("li", "ipyasgi-faint", { textContent: `${this.found.length - ROUTES_DRAWN} more: type to find` })
      );
    }
    this.list.hidden = this.found.length === 0;
    this.path.setAttribute("aria-expanded", String(!this.list.hidden));
    this.path.removeAttribute("aria-activedescendant");
  }
  close() {
    this.list.hidden = true;
    this.active = -1;
    this.path.setAttribute("aria-expanded", "false");
    this.path.removeAttribute("aria-activedescendant");
  }
  row(choice, number) {
    const row = make(
      "li",
      "ipyasgi-route",
      { id: `${this.listId}-${number}`, role: "option", "aria-selected": "false" },
      make("span", "ipyasgi-method", { textContent: choice.method }),
      make("span", "ipyasgi-route-path", { textContent: choice.path, dir: "ltr" }),
      make("span", "ipyasgi-faint ipyasgi-route-name", { textContent: choice.name || choice.handler })
    );
    row.dataset.number = number;
    row.dataset.method = choice.method;
    row.title = [choice.handler, choice.source, choice.says].filter(Boolean).join("\n");
    return row;
  }
  move(by) {
    const rows = this.list.querySelectorAll("[role=option]");
    if (!rows.length) return;
    rows[this.active]?.setAttribute("aria-selected", "false");
    this.active = (this.active + by + rows.length + (this.active < 0 && by < 0 ? 1 : 0)) % rows.length;
    const row = rows[this.active];
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.path.setAttribute("aria-activedescendant", row.id);
  }
  key(event) {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.open("");
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const typed = this.path.value.trim();
      if (!this.list.hidden && (this.active >= 0 || this.isBeginning(typed)))
        this.pick(this.found[Math.max(this.active, 0)]);
      else if (typed.startsWith("/")) this.enter();
    }
  }
  // A path of another method than the one that stands there is turned to first, and sent by the next Enter.
  enter() {
    this.close();
    const isOther = this.followPath();
    if (isOther) this.onPick(this.current);
    else this.onEnter();
  }
  // Words, or the first piece of a route's path: Enter takes what is found. Any other path is sent as it stands.
  isBeginning(typed) {
    if (!typed.startsWith("/")) return true;
    return this.found[0].path.startsWith(typed) && !this.choices.some((choice) => choice.path === typed);
  }
  pick(choice) {
    this.close();
    this.onPick(choice);
  }
};

// send_bar.js
var HEARD_MS = 300;
var SendBar = class {
  constructor({ onSend, onCancel, onSee }) {
    this.send = makeButton("Send", "ipyasgi-primary", onSend, {
      title: "send (Ctrl+Enter)",
      "aria-keyshortcuts": "Control+Enter"
    });
    this.cancel = makeButton("Cancel", "", onCancel, { title: "disconnect the request under way" });
    this.words = make("span", "ipyasgi-run-text", { role: "status" });
    this.clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
    this.buttons = make("div", "ipyasgi-buttons", {}, this.send, this.cancel);
    this.see = makeButton("see it ↓", "ipyasgi-quiet", onSee, { hidden: true, "aria-label": "go to the response" });
    this.line = make("div", "ipyasgi-run", {}, this.words, this.clock, this.see);
    setUsable(this.cancel, false);
  }
  // What the kernel says; it also answers a press of Send.
  show(run) {
    clearTimeout(this.patience);
    this.words.textContent = run.text;
    this.words.dataset.tone = run.tone;
    this.line.dataset.busy = String(run.busy);
    this.line.dataset.beside = String(run.beside);
    this.see.hidden = !run.beside;
    setUsable(this.cancel, run.busy);
    this.count(run.busy ? performance.now() - run.elapsed_ms : null);
  }
  // A WebSocket is not sent; its console has buttons of its own.
  offer(offered) {
    this.offered = offered;
    this.buttons.hidden = !offered;
  }
  // What is said is about a form that is no more: it was mended, or is another's.
  forget() {
    if (this.line.dataset.busy === "true") return;
    this.words.textContent = "";
    this.see.hidden = true;
  }
  // From the press until the kernel has heard of it.
  pressed() {
    this.words.textContent = "waiting for the kernel";
    this.words.dataset.tone = "";
    this.line.dataset.busy = "true";
    this.line.dataset.beside = "true";
    this.see.hidden = true;
    this.count(performance.now());
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      this.line.dataset.beside = "false";
    }, HEARD_MS);
  }
  count(sinceMs) {
    clearInterval(this.timer);
    this.clock.textContent = "";
    if (sinceMs === null) return;
    const draw = () => {
      this.clock.textContent = timeText(performance.now() - sinceMs);
    };
    this.timer = setInterval(draw, 100);
  }
  close() {
    clearTimeout(this.patience);
    clearInterval(this.timer);
  }
};

// request_form.js
var SETTLE_MS = 120;
var NO_BODY = ["GET", "HEAD", "OPTIONS", "TRACE", "WS"];
var PLACE = /\{([^{}:]+)(?::[^{}]*)?\}/g;
function placesOf(path) {
  return [...new Set([...path.split("?")[0].matchAll(PLACE)].map((match) => match[1]))];
}
function holdsNull(draft) {
  return draft.body === null || [...draft.query, ...draft.known].some(([, value]) => value === null);
}
var FormPage = class {
  constructor(model) {
    this.model = model;
    this.visited = /* @__PURE__ */ new Map();
    this.sheets = /* @__PURE__ */ new Map();
    this.sheet = null;
    this.complaints = [];
    this.timer = void 0;
    const changed = () => this.changed();
    const send = () => this.send();
    this.picker = new RoutePicker({
      methods: this.methods(),
      choices: model.get("choices"),
      onPick: (choice) => this.choose(choice),
      onType: () => this.typed(),
      onEnter: send
    });
    this.bar = new SendBar({
      onSend: send,
      onCancel: () => model.send({ ask: "cancel" }),
      onSee: () => this.seeAnswer()
    });
    this.about = make("p", "ipyasgi-about ipyasgi-faint");
    this.places = new PairRows({ title: "Path", noun: "path value", fixed: true, onChange: changed });
    this.query = new PairRows({ title: "Query", noun: "query parameter", onChange: changed });
    this.headers = new PairRows({ title: "Headers", noun: "header", onChange: changed });
    this.cookies = new PairRows({ title: "Cookies", noun: "cookie", fixed: true, onChange: changed });
    this.body = new BodyPart({ onChange: changed, files: new FileShelf(model) });
    this.body.onDraw = () => this.judge();
    this.auth = new AuthPart(model);
    this.said = make("ul", "ipyasgi-said", { "aria-label": "what else is wrong" });
    this.code = new CodePart({ onPick: () => this.changed() });
    const line = make("div", "ipyasgi-request-line", {}, this.picker.el, this.bar.buttons);
    this.el = make(
      "section",
      "ipyasgi-page ipyasgi-form",
      { "aria-label": "request" },
      line,
      this.picker.list,
      this.about,
      this.bar.line,
      this.said,
      this.places.el,
      this.query.el,
      this.headers.el,
      this.cookies.el,
      this.auth.el,
      this.body.el,
      this.code.el
    );
    this.el.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.send();
    });
    this.el.addEventListener(
      "input",
      (event) => this.forgetComplaints(event.target.closest(".ipyasgi-value")?.dataset.where)
    );
    keepKeys(this.el);
    this.learn(model.get("sheet"));
    this.adopt(model.get("draft"));
    this.judge();
    this.bar.show(model.get("run"));
  }
  methods() {
    const sockets = this.model.get("choices").some((choice) => choice.method === "WS");
    return [...this.model.get("methods"), ...sockets ? ["WS"] : []];
  }
  // What the kernel put into the form: at first, and whenever it fills it.
  adopt(draft) {
    this.fill = draft.fill;
    this.seq = draft.seq;
    this.untouched = false;
    this.put(draft);
  }
  put(draft) {
    this.picker.show(draft);
    this.query.show(draft.query);
    this.headers.show(draft.headers);
    this.held = {
      known: Object.fromEntries(draft.known ?? []),
      paths: Object.fromEntries(draft.path_values ?? []),
      body: draft.body,
      media: draft.media
    };
    this.key = void 0;
    this.turnTo(this.typedKey());
  }
  typedKey() {
    return `${this.picker.method.value} ${this.picker.path.value.trim()}`;
  }
  // The form takes the shape of the operation that method and path name now.
  turnTo(key) {
    if (key === this.key) return;
    const before = this.key === void 0 ? this.held : this.values();
    this.key = key;
    const known = this.sheets.get(key);
    if (known === void 0 && this.picker.current) this.model.send({ ask: "sheet", key });
    this.draw(known?.parameters ? known : null, before);
  }
  values() {
    return {
      known: Object.fromEntries(this.knownValues()),
      paths: Object.fromEntries(this.pathValues()),
      body: this.body.value,
      media: this.body.media
    };
  }
  pathValues() {
    return this.places.known.map(({ key }) => [key.slice("path.".length), this.places.values[key] ?? ""]);
  }
  draw(sheet, { known, paths, body, media }) {
    this.sheet = sheet;
    const all = sheet?.parameters ?? [];
    const path = placesOf(this.picker.path.value).map(
      (name) => all.find((one) => one.place === "path" && one.name === name) ?? {
        name,
        key: `path.${name}`,
        place: "path",
        required: true,
        text: true,
        field: { kind: "string" }
      }
    );
    const pathKnown = path.map((one) => ({ ...one, required: true }));
    this.places.showKnown(pathKnown, Object.fromEntries(path.map(({ name, key }) => [key, paths[name] ?? ""])));
    for (const [part, place] of [
      [this.query, "query"],
      [this.headers, "header"],
      [this.cookies, "cookie"]
    ]) {
      const here = all.filter((one) => one.place === place);
      part.showKnown(
        here,
        Object.fromEntries(here.filter(({ key }) => key in known).map(({ key }) => [key, known[key]]))
      );
    }
    this.auth.describe(sheet?.auth ?? []);
    this.body.describe(sheet?.bodies ?? [], sheet?.start?.body ?? "", sheet?.body_required);
    this.body.show(body, media);
    this.showAbout();
  }
  // A sheet that comes for a form nobody has touched brings the untouched form.
  learn(sheet) {
    if (!sheet?.key) return;
    if (sheet.generation !== this.generation) this.sheets.clear();
    this.generation = sheet.generation;
    if (sheet.generation === 0) return;
    this.sheets.set(sheet.key, sheet);
    if (sheet.key !== this.key) {
      if (this.key && this.picker.current && !this.sheets.has(this.key))
        this.model.send({ ask: "sheet", key: this.key });
      return;
    }
    if (!sheet.parameters) return;
    if (this.untouched) {
      this.start(sheet);
    } else {
      this.draw(sheet, this.values());
      this.judge();
    }
  }
  start(sheet) {
    const { known, path_values: paths, body, media } = sheet.start;
    this.draw(sheet, { known: Object.fromEntries(known), paths: Object.fromEntries(paths), body, media });
    this.changed({ byHand: false });
  }
  showAbout() {
    const choice = this.picker.current;
    const isSocket = this.picker.method.value === "WS";
    const words = choice ? [this.sheet?.summary || choice.name || choice.handler, choice.handler, choice.source, choice.says] : [];
    const told = [...new Set(words.filter(Boolean))].join("  ·  ");
    this.about.replaceChildren(
      isSocket ? "A WebSocket route: Connect opens it. The code below does the same from a cell." : told
    );
    if (this.sheet?.deprecated) this.about.prepend(make("span", "ipyasgi-flag", { textContent: "deprecated" }), " ");
    this.about.hidden = !this.about.textContent;
    for (const part of [this.query, this.headers]) part.el.hidden = isSocket;
    const bodiless = this.sheet ? this.sheet.bodies.length === 0 : NO_BODY.includes(this.picker.method.value);
    this.body.el.hidden = isSocket || bodiless && this.body.value === "";
    this.bar.offer(!isSocket);
  }
  choose(choice) {
    this.enter(choice);
    const fields = this.el.querySelectorAll(
      "fieldset :is(.ipyasgi-value, .ipyasgi-pair, .ipyasgi-editor) .ipyasgi-input"
    );
    const first = [...fields].find((field) => field.offsetParent);
    (first ?? (this.bar.offered ? this.bar.send : this.picker.path)).focus();
  }
  // A path that is typed is that of a route, or one of its own, to which what is in the form goes along.
  typed() {
    const choice = this.picker.current;
    if (choice && this.typedKey() !== this.key) {
      this.enter(choice);
      return;
    }
    this.keepVisited();
    this.turnTo(this.typedKey());
    this.changed();
  }
  keepVisited() {
    const left = this.draft();
    if (holdsNull(left))
      this.visited.delete(this.key);
    else if (!this.untouched) this.visited.set(this.key, left);
  }
  // The form of a route: as it was left, else untouched.
  enter(choice) {
    this.keepVisited();
    const known = this.visited.get(`${choice.method} ${choice.path}`);
    this.complaints = [];
    this.bar.forget();
    this.put({
      path_values: [],
      query: [],
      known: [],
      media: "",
      body: choice.body,
      ...known,
      method: choice.method,
      path: choice.path,
      headers: this.headers.value
    });
    this.untouched = !known;
    if (this.untouched && this.sheet) this.start(this.sheet);
    else this.changed({ byHand: false });
  }
  knownValues() {
    return [...this.query.knownValue, ...this.headers.knownValue, ...this.cookies.knownValue];
  }
  draft() {
    return {
      fill: this.fill,
      seq: this.seq,
      method: this.picker.method.value,
      path: this.picker.path.value.trim(),
      path_values: this.pathValues(),
      query: this.query.value,
      headers: this.headers.value,
      known: this.knownValues(),
      body: this.body.value,
      media: this.body.media,
      code: this.code.current
    };
  }
  changed({ byHand = true } = {}) {
    if (byHand) this.untouched = false;
    this.seq += 1;
    this.showAbout();
    this.el.dataset.judged = "false";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.model.send({ ask: "draft", draft: this.draft() }), SETTLE_MS);
  }
  // The draft goes along: what is sent is what is on the page, whatever the kernel has heard of it so far.
  send() {
    if (!this.bar.offered) return;
    this.picker.close();
    clearTimeout(this.timer);
    this.bar.pressed();
    this.model.send({ ask: "send", draft: this.draft() });
  }
  seeAnswer() {
    const answer = this.el.closest(".ipyasgi-split")?.querySelector(".ipyasgi-response");
    answer?.scrollIntoView({ block: "nearest" });
    answer?.querySelector("[role=tab][tabindex='0']")?.focus({ preventScroll: true });
  }
  // A verdict on an older draft says nothing about this one.
  judge() {
    const verdict = this.model.get("verdict");
    if (verdict.fill !== this.fill || verdict.seq !== this.seq) return;
    this.el.dataset.judged = "true";
    const refused = this.model.get("run").refused;
    const shown = verdict.missing && !refused ? { where: "", text: "", line: 0 } : verdict;
    const keyOf = (part) => shown.where.startsWith(`${part}.`) ? shown.where.slice(part.length + 1) : "";
    this.query.mark(keyOf("query"), shown.text);
    this.headers.mark(keyOf("headers"), shown.text);
    this.body.editor.mark(shown);
    this.picker.path.toggleAttribute("data-bad", shown.where === "path");
    const problem = shown.where ? [[shown.where.replace(/^path_values\./, "path."), shown.text]] : [];
    const said = new Set(this.complaints.map(([where]) => where));
    const advice = (verdict.advice ?? []).filter(
      ([where]) => !said.has(where) && !problem.some(([other]) => other === where)
    );
    const left = markFields(this.el, [...problem, ...this.complaints, ...advice]);
    this.tell(left.filter((word) => word !== problem[0]));
    this.code.show(verdict);
    if (refused && !verdict.text) this.bar.forget();
  }
  // What is about no field that is on the page: of a body shown as text, of rows without a description.
  tell(words) {
    this.said.replaceChildren(
      ...words.map(
        ([where, text, source]) => make(
          "li",
          "",
          {},
          make("code", "", { textContent: where.replace(/^body\.\/?/, "body ").trim() }),
          ` ${text}`,
          make("span", "ipyasgi-faint", { textContent: source ? `  ← ${source}` : "" })
        )
      )
    );
    this.said.hidden = words.length === 0;
  }
  forgetComplaints(where) {
    const kept = this.complaints.filter(
      ([other]) => where !== void 0 && other !== where && !other.startsWith(`${where}/`)
    );
    if (kept.length === this.complaints.length) return;
    this.complaints = kept;
  }
  listen() {
    return listen(this.model, {
      "change:draft": () => {
        if (this.model.get("draft").fill > this.fill) this.adopt(this.model.get("draft"));
        this.judge();
      },
      "change:verdict": () => this.judge(),
      "change:sheet": () => this.learn(this.model.get("sheet")),
      "change:auth": () => this.auth.show(),
      "change:run": () => {
        this.bar.show(this.model.get("run"));
        this.complaints = this.model.get("run").complaints;
        this.judge();
      },
      "change:choices": () => {
        this.picker.choices = this.model.get("choices");
        this.picker.setMethods(this.methods());
        this.showAbout();
      }
    });
  }
  close() {
    clearTimeout(this.timer);
    this.bar.close();
    this.code.close();
  }
};
var request_form_default = {
  render({ model, el }) {
    const page = new FormPage(model);
    el.append(page.el);
    const stop = page.listen();
    return () => {
      stop();
      page.close();
    };
  }
};
export {
  request_form_default as default
};
