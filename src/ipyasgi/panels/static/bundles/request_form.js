// Made by tests/js/build from the files of panels/static; change those.

// fields/values.js
var START_DEPTH = 6;
var { rawJSON, isRawJSON } = (
  /** @type {{ rawJSON?: (text: string) => Json, isRawJSON?: (value: Json) => boolean }} */
  /** @type {unknown} */
  JSON
);
function keptNumber(text) {
  const value = Number(text);
  return rawJSON && String(value) !== text ? rawJSON(text) : value;
}
function parseJson(text) {
  const keep = (_key, value, context) => typeof value === "number" && context?.source !== void 0 ? keptNumber(context.source) : value;
  return JSON.parse(text, keep);
}
function printJson(value) {
  return JSON.stringify(value, null, 2);
}
function kindOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value !== "object") return typeof value;
  return isRawJSON?.(value) ? "number" : "object";
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
    const { kind, ref = "", ...own } = found;
    found = { ...definitions[ref] ?? { kind: "any" }, ...own };
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
  const [, tag, child] = (
    /** @type {NonNullable<Field["variants"]>} */
    field.variants[number]
  );
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
  const { discriminator } = field;
  if (discriminator && kindOf(value) === "object") {
    const named = variants.findIndex(([, tag]) => tag && tag === value[discriminator]);
    if (named >= 0) return named;
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
    const isAttribute = name.startsWith("aria-") || ["role", "list", "for"].includes(name);
    if (isAttribute) made.setAttribute(name, String(value));
    else Object.assign(made, { [name]: value });
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
function isUsable(button) {
  return button.getAttribute("aria-disabled") !== "true";
}
function makeButton(label, className, onPress, properties = {}) {
  const button = make("button", `ipyasgi-button ${className}`.trim(), {
    type: "button",
    textContent: label,
    ...properties
  });
  button.addEventListener("click", () => {
    if (isUsable(button)) onPress(button);
  });
  return button;
}
function listen(model, handlers) {
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  return () => {
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
}
function closest(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}
function query(root, selector) {
  const found = root.querySelector(selector);
  if (found instanceof HTMLElement) return found;
  throw new Error(`no ${selector} here`);
}
function focusFirst(root, selector, options = {}) {
  const found = root?.querySelector(selector);
  if (found instanceof HTMLElement) found.focus(options);
}
function setInvalid(field, invalid) {
  if (invalid) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}
function errorText(error) {
  return error instanceof Error ? error.message : String(error);
}
async function copyOrSelect(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    getSelection()?.selectAllChildren(element);
    return "Selected: press Ctrl+C";
  }
}

// auth_part.js
var FIELD_NAMES = { token: "Token or key", user: "User", password: "Password" };
var AuthPart = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.schemes = [];
    this.states = /* @__PURE__ */ new Map();
    this.rows = make("div", "ipyasgi-auth-rows");
    this.el = make("fieldset", "ipyasgi-part", {}, make("legend", "", { textContent: "Auth" }), this.rows);
    this.el.hidden = true;
  }
  /** @param {Scheme[]} schemes */
  describe(schemes) {
    if (sameJson(schemes, this.schemes)) return;
    this.schemes = schemes;
    this.states = /* @__PURE__ */ new Map();
    this.rows.replaceChildren(...schemes.map((scheme) => this.row(scheme)));
    this.el.hidden = schemes.length === 0;
    this.show();
  }
  /** @param {Scheme} scheme */
  row(scheme) {
    const inputs = scheme.fields.map(
      (name) => make("input", "ipyasgi-input", {
        type: name === "user" ? "text" : "password",
        placeholder: scheme.asks && name === "token" ? "Or paste a token" : FIELD_NAMES[name],
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
    const [enter, leave] = scheme.asks ? ["Sign in", "Sign out"] : ["Set", "Clear"];
    const state = make("span", "ipyasgi-auth-state", { role: "status" });
    const forget = makeButton(leave, "ipyasgi-quiet", () => this.model.send({ ask: "forget", key: scheme.key }), {
      "aria-label": `${leave} ${scheme.key}`
    });
    this.states.set(scheme.key, [state, forget]);
    const fields = inputs.length ? make(
      "div",
      "ipyasgi-auth-fields",
      {},
      ...inputs,
      makeButton(enter, "", set, { "aria-label": `${enter} ${scheme.key}` })
    ) : make("span", "ipyasgi-faint", { textContent: "Nothing to enter: part of the connection" });
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
    for (const [key, [state, forget]] of this.states) {
      const [isSet, note, tone] = auth[key] ?? [false, "", ""];
      state.textContent = note || (isSet ? "Set" : "");
      state.dataset.tone = tone || (isSet ? "good" : "");
      forget.hidden = !isSet;
    }
  }
};

// body_editor.js
var HELD_BODY = "Contains secrets, so it isn't stored in the notebook. Type to replace.";
var LEAST_LINES = 4;
var MOST_LINES = 18;
var BodyEditor = class {
  /** @param {{ onChange: () => void }} options */
  constructor({ onChange }) {
    this.held = false;
    this.at = null;
    this.numbers = make("div", "ipyasgi-line-numbers", { "aria-hidden": "true" });
    this.problemId = freshId("body-problem");
    this.text = make("textarea", "ipyasgi-input ipyasgi-body", {
      spellcheck: false,
      dir: "ltr",
      wrap: "off",
      autocomplete: "off",
      "aria-label": "Request body",
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
  /** @param {string | null} body */
  show(body) {
    this.held = body === null;
    this.text.value = body ?? "";
    this.text.placeholder = this.held ? HELD_BODY : "";
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
  /**
   * Enter keeps the indentation, and indents more after an opening bracket. Inserted as typed text, so it can be undone.
   * @param {KeyboardEvent} event
   */
  indent(event) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
    const { value, selectionStart: at } = this.text;
    const line = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
    const opens = /[[{]\s*$/.test(line);
    event.preventDefault();
    const indent = (line.match(/^[ \t]*/)?.[0] ?? "") + (opens ? "  " : "");
    document.execCommand("insertText", false, `
${indent}`);
  }
  /** @param {Problem} checked */
  mark(checked) {
    const here = checked.where === "body";
    this.problem.hidden = !here;
    this.problem.textContent = here ? checked.text : "";
    this.at = here && checked.line ? [checked.line, checked.column ?? 1] : null;
    setInvalid(this.text, here);
    for (const [place, number] of [...this.numbers.children].entries()) {
      number.toggleAttribute("data-bad", here && place + 1 === checked.line);
    }
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
var LABELS = { absent: "Omit", null: "Null", value: "Value" };
var StateSwitch = class {
  /**
   * @param {{
   *   field: Field, slot: Slot, context: FieldContext, label: string, optional: boolean, onTurn: () => void,
   * }} options
   */
  constructor({ field, slot, context, label, optional, onTurn }) {
    this.field = field;
    this.slot = slot;
    this.context = context;
    this.onTurn = onTurn;
    this.check = void 0;
    this.radios = [];
    this.kept = void 0;
    const states = [];
    if (optional) states.push("absent");
    if (field.nullable && !context.text) states.push("null");
    this.el = make("span", "ipyasgi-states");
    if (!states.length) {
      this.el.hidden = true;
      return;
    }
    if (states.length === 1 && optional) {
      const check = make("input", "", { type: "checkbox", "aria-label": `Include ${label}` });
      check.addEventListener("change", () => this.turn(check.checked ? "value" : "absent"));
      this.check = check;
      this.el.append(make("label", "ipyasgi-state", {}, check, "Include"));
    } else {
      this.el.setAttribute("role", "radiogroup");
      this.el.setAttribute("aria-label", `State of ${label}`);
      const group = freshId("state");
      this.radios = [...states, "value"].map((name) => {
        const radio = make("input", "", {
          type: "radio",
          name: group,
          value: name,
          "aria-label": `${label}: ${LABELS[name]}`
        });
        radio.addEventListener("change", () => this.turn(name));
        this.el.append(make("label", "ipyasgi-state", {}, radio, LABELS[name]));
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
    for (const radio of this.radios) radio.checked = radio.value === this.state;
  }
  /**
   * Changes the state; the value is kept for when it is wanted again.
   * @param {string} state
   */
  turn(state) {
    if (this.state === "value") this.kept = this.slot.value;
    if (state === "absent") this.slot.remove();
    else if (state === "null") this.slot.set(null);
    else this.slot.set(this.kept ?? startOf(this.field, this.context));
    this.show();
    this.onTurn();
  }
};
function startOf(field, context) {
  const value = startValue(field, context.definitions);
  return context.text ? asTexts(value) : value;
}
function asTexts(value) {
  const kind = kindOf(value);
  if (kind === "array") return value.map(asTexts);
  if (kind === "object") return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asTexts(item)]));
  return kind === "string" ? value : JSON.stringify(value);
}

// fields/array_field.js
var ITEMS_DRAWN = 100;
function arrayControl({ field, slot, context, stateSwitch, redraw, label, depth }) {
  const items = slot.value ?? [];
  const prefix = field.prefix ?? [];
  const least = Math.max(prefix.length, 0);
  const changed = () => {
    stateSwitch.show();
    redraw();
    context.onChange();
  };
  const drawn = items.slice(0, ITEMS_DRAWN).map((_, number) => {
    const child = prefix[number] ?? field.items ?? { kind: "any" };
    const remove = number < least ? null : () => {
      slot.at(number).remove();
      changed();
    };
    return drawField(child, slot.at(number), context, {
      label: `${label} ${number + 1}`,
      fixed: true,
      required: false,
      onRemove: remove,
      depth: depth + 1
    });
  });
  if (items.length > ITEMS_DRAWN)
    drawn.push(make("p", "ipyasgi-faint", { textContent: `${items.length - ITEMS_DRAWN} more: edit them as JSON` }));
  const next = prefix[items.length] ?? field.items;
  if (next && (field.maxItems === void 0 || items.length < field.maxItems)) {
    drawn.push(
      makeButton(
        "+ item",
        "ipyasgi-quiet",
        () => {
          slot.set([...items, startOf(next, context)]);
          changed();
        },
        { "aria-label": `Add an item to ${label}` }
      )
    );
  }
  return drawn;
}

// fields/choice_field.js
function choiceControl({ id, field, slot, context, stateSwitch, describe, empty, label }) {
  const plain = field.kind === "boolean" ? [true, false] : field.choices ?? [];
  const choices = context.text ? plain.map((one) => typeof one === "string" ? one : JSON.stringify(one)) : plain;
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
    stateSwitch.show();
    context.onChange();
  });
  return select;
}

// fields/file_field.js
function fileControl({ id, slot, context, stateSwitch, describe, label }) {
  const value = kindOf(slot.value) === "object" ? slot.value : {};
  const chooser = make("input", "ipyasgi-input ipyasgi-file", {
    id,
    type: "file",
    "aria-label": `File for ${label}`,
    "aria-describedby": describe
  });
  const status = make("span", "ipyasgi-faint", { role: "status", textContent: value.$file ? fileWords(value) : "" });
  const python = make("input", "ipyasgi-input ipyasgi-python-name", {
    type: "text",
    value: value.$python ?? "",
    spellcheck: false,
    autocomplete: "off",
    placeholder: "Or a Python name",
    "aria-label": `Python name for ${label}`
  });
  const put = (mark) => {
    slot.set(mark);
    stateSwitch.show();
    context.onChange();
  };
  chooser.addEventListener("change", async () => {
    const file = chooser.files?.[0];
    if (!file || !context.files) return;
    python.value = "";
    status.textContent = "Reading";
    try {
      const mark = await context.files.send(file);
      status.textContent = fileWords(mark);
      put(mark);
    } catch (error) {
      status.textContent = `Not read: ${errorText(error)}`;
    }
  });
  python.addEventListener("input", () => {
    chooser.value = "";
    status.textContent = "";
    put({ $python: python.value.trim() });
  });
  return [make("div", "ipyasgi-file-row", {}, chooser, python, status)];
}
function fileWords({ name, size }) {
  return `${name}, ${size < 1e3 ? `${size} B` : `${(size / 1e3).toFixed(1)} kB`}`;
}
var FileUpload = class {
  /** @param {Model} model */
  constructor(model, { pieceBytes = 512 * 1024, mostBytes = 64 * 1024 * 1024 } = {}) {
    this.model = model;
    this.pieceBytes = pieceBytes;
    this.mostBytes = mostBytes;
  }
  /** @param {File} file */
  async send(file) {
    if (file.size > this.mostBytes) throw new Error("Larger than 64 MB: give a Python name instead");
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
function objectControl({ field, slot, context, stateSwitch, redraw, label, hiddenMember, depth }) {
  const members = field.members ?? [];
  const names = members.map(([name]) => name);
  const value = slot.value ?? {};
  if (slot.absent) slot.set(value);
  const drawn = members.slice(0, MEMBERS_DRAWN).filter(([name, , child]) => !resolveField(child, context.definitions).readOnly || Object.hasOwn(value, name)).map(([name, required, child]) => {
    const box = drawField(child, slot.at(name, names), context, { label: name, required, depth: depth + 1 });
    box.hidden = name === hiddenMember;
    return box;
  });
  const changed = () => {
    stateSwitch.show();
    redraw();
    context.onChange();
  };
  const others = Object.keys(value).filter((name) => !names.includes(name));
  drawn.push(
    ...others.slice(0, MEMBERS_DRAWN).map((name) => {
      const child = field.additional ?? { kind: "any" };
      return drawField(child, slot.at(name), context, {
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
  if (field.additional) drawn.push(memberAdder({ label, value, slot, additional: field.additional, context, changed }));
  return drawn;
}
function memberAdder({ label, value, slot, additional, context, changed }) {
  const name = make("input", "ipyasgi-input", {
    type: "text",
    placeholder: "Name",
    spellcheck: false,
    autocomplete: "off",
    "aria-label": `Name of a new property of ${label}`
  });
  const add = () => {
    if (!name.value || Object.hasOwn(value, name.value)) {
      name.focus();
      return;
    }
    slot.at(name.value).set(startOf(additional, context));
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
    makeButton("+ property", "ipyasgi-quiet", add, { "aria-label": `Add a property to ${label}` })
  );
}

// fields/scalar_field.js
var HELD = "Hidden. Type to replace.";
var NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
var PLACEHOLDERS = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00",
  uuid: "00000000-0000-4000-8000-000000000000",
  email: "name@example.com",
  ipv4: "192.0.2.1"
};
function scalarControl({ id, field, slot, context, stateSwitch, describe, empty, label }) {
  const isText = context.text || field.kind === "string";
  const shown = empty ? "" : scalarText(slot.value, field, context);
  const long = shown.includes("\n") || shown.length > 200 || field.kind === "any" && !context.text && /^[[{]/.test(shown);
  const input = make(long ? "textarea" : "input", "ipyasgi-input", {
    id,
    value: shown,
    spellcheck: false,
    autocomplete: "off",
    dir: "auto",
    "aria-describedby": describe,
    "aria-label": label,
    placeholder: slot.absent || !empty ? "" : context.text ? HELD : "null"
  });
  if (input instanceof HTMLTextAreaElement) input.rows = Math.min(shown.split("\n").length + 1, 12);
  else input.type = field.format === "password" ? "password" : "text";
  if (!input.placeholder)
    input.placeholder = empty && defaultText(field) || (PLACEHOLDERS[field.format ?? ""] ?? (field.kind === "any" && !context.text ? "JSON" : ""));
  if (["integer", "number"].includes(field.kind)) input.inputMode = field.kind === "integer" ? "numeric" : "decimal";
  input.addEventListener("input", () => {
    const value = isText ? input.value : readScalar(input.value, field);
    if (value === void 0 && !Array.isArray(slot.holder)) slot.remove();
    else slot.set(value ?? "");
    stateSwitch.show();
    context.onChange();
  });
  return suggest(input, field, context);
}
function scalarText(value, field, context) {
  if (value === void 0) return "";
  if (typeof value === "string" && (context.text || field.kind !== "any")) return value;
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
function suggest(input, field, context) {
  const examples = (field.examples ?? []).map((one) => scalarText(one, field, context)).filter((text) => text && !text.includes("\n"));
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
function variantControl({ id, field, slot, context, stateSwitch, redraw, describe, label, required, depth }) {
  const variants = field.variants ?? [];
  const at = slot.absent ? -1 : variantOf(slot.value, field, context.definitions);
  const select = make("select", "ipyasgi-input ipyasgi-variant", {
    id,
    "aria-label": `Type of ${label}`,
    "aria-describedby": describe
  });
  if (at < 0) select.append(make("option", "", { value: "", textContent: "None of these" }));
  select.append(...variants.map(([name], number) => make("option", "", { value: String(number), textContent: name })));
  select.value = at < 0 ? "" : String(at);
  select.addEventListener("change", () => {
    const number = Number(select.value);
    slot.set(carriedOver(slot.value, field, number, context));
    stateSwitch.show();
    redraw();
    context.onChange();
  });
  const row = make(
    "div",
    "ipyasgi-variant-row",
    {},
    make("label", "ipyasgi-faint", { textContent: "Type", htmlFor: id }),
    select
  );
  if (at < 0) return [row];
  const inner = drawField(variants[at][2], slot, context, {
    label,
    required,
    fixed: true,
    hiddenMember: field.discriminator,
    depth: depth + 1
  });
  inner.classList.add("ipyasgi-bare");
  return [row, inner];
}
function carriedOver(before, field, number, context) {
  const next = startVariant(field, number, context.definitions);
  const made = context.text ? asTexts(next) : next;
  if (kindOf(before) !== "object" || kindOf(made) !== "object") return made;
  const child = resolveField(
    /** @type {NonNullable<Field["variants"]>} */
    field.variants[number][2],
    context.definitions
  );
  for (const [name, , member] of child.members ?? []) {
    const kind = resolveField(member, context.definitions).kind;
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
var FieldContext = class {
  /**
   * @param {{ definitions: Definitions, text?: boolean, onChange: () => void, files?: FileUpload | null }} options
   *   text: values stay text as typed; files: brings files to the kernel
   */
  constructor({ definitions, text = false, onChange, files = null }) {
    this.definitions = definitions;
    this.text = text;
    this.onChange = onChange;
    this.files = files;
  }
};
function drawField(given, slot, context, { label, spoken = label, required = false, fixed = false, hiddenMember = "", onRemove = null, depth = 0 }) {
  const field = resolveField(given, context.definitions);
  const id = freshId("field");
  const nested = NESTED.includes(field.kind) && depth < DRAWN_DEPTH;
  const name = make(
    nested ? "span" : "label",
    "ipyasgi-value-name",
    { title: field.description || label },
    ...breakable(label)
  );
  if (name instanceof HTMLLabelElement) name.htmlFor = id;
  if (required) name.append(make("span", "ipyasgi-needed", { textContent: "*", title: "Required" }));
  const flags = [field.deprecated && "deprecated", field.readOnly && "read-only"].filter(Boolean);
  name.append(...flags.map((word) => make("span", "ipyasgi-flag", { textContent: word })));
  const place = make("div", "ipyasgi-value-control");
  const note = make("div", "ipyasgi-value-note", { id: `${id}-note`, role: "status", hidden: true });
  const hint = make("span", "ipyasgi-value-hint", { id: `${id}-hint`, textContent: hintOf(field) });
  const parts = {
    id,
    field,
    slot,
    context,
    label: spoken,
    required,
    hiddenMember,
    depth,
    nested,
    describe: `${id}-hint ${id}-note`
  };
  const stateSwitch = new StateSwitch({
    field,
    slot,
    context,
    label: spoken,
    optional: !required && !fixed,
    onTurn: () => {
      draw();
      context.onChange();
    }
  });
  const draw = () => place.replaceChildren(...drawControl({ ...parts, stateSwitch, redraw: draw }));
  const side = make("div", "ipyasgi-value-side", {}, hint, stateSwitch.el);
  if (onRemove)
    side.append(makeButton("×", "ipyasgi-quiet", onRemove, { "aria-label": `Remove ${spoken}`, title: "Remove" }));
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
  const about = (field.description ?? "").split("\n")[0];
  return [field.hint || known, about.length > 70 ? `${about.slice(0, 69)}…` : about].filter(Boolean).join(" · ");
}
function defaultText(field) {
  const value = field.default;
  if (value === void 0 || value === null || value === "") return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length < 40 ? text : "";
}
function markFields(root, errors) {
  const found = root.querySelectorAll(".ipyasgi-value");
  const boxes = new Map([...found].map((box) => [keyOf(box.dataset.where ?? ""), box]));
  const errorsOf = /* @__PURE__ */ new Map();
  const left = [];
  for (const error of errors) {
    const where = nearestPlace(error[0], boxes);
    if (where === null) left.push(error);
    else errorsOf.set(where, [...errorsOf.get(where) ?? [], error]);
  }
  for (const [where, box] of boxes) markField(box, errorsOf.get(where) ?? []);
  return left;
}
function keyOf(where) {
  return where.startsWith("header.") ? where.toLowerCase() : where;
}
function nearestPlace(place, known) {
  let where = keyOf(place);
  while (!known.has(where) && where.includes("/")) where = where.slice(0, where.lastIndexOf("/"));
  return known.has(where) ? where : null;
}
function markField(box, errors) {
  const note = query(box, ":scope > .ipyasgi-value-note");
  const lines = errors.map(([where, text, source]) => {
    const below = where.slice(box.dataset.where?.length);
    const line = make("div", "", {}, `! ${below ? `${below} ` : ""}${text}`);
    if (source) line.append(make("span", "ipyasgi-faint", { textContent: `  ← ${source}` }));
    return line;
  });
  if (note.textContent !== lines.map((line) => line.textContent).join("")) note.replaceChildren(...lines);
  note.hidden = errors.length === 0;
  if (errors.length) box.hidden = false;
  box.toggleAttribute("data-bad", errors.length > 0);
  for (const control of box.querySelectorAll(":scope > .ipyasgi-value-control > .ipyasgi-input")) {
    setInvalid(control, errors.length > 0);
  }
}

// fields/slot.js
function escapeStep(step) {
  return String(step).replaceAll("~", "~0").replaceAll("/", "~1");
}
var Slot = class _Slot {
  /**
   * holder: the object or array; order: the names of the object's members as the form has them
   * @param {Json} holder
   * @param {string | number} key
   * @param {string} where
   * @param {string[]} order
   */
  constructor(holder, key, where, order = []) {
    this.holder = holder;
    this.key = key;
    this.where = where;
    this.order = order;
  }
  get value() {
    return Object.hasOwn(this.holder, this.key) ? this.holder[this.key] : void 0;
  }
  get absent() {
    return !Object.hasOwn(this.holder, this.key);
  }
  /**
   * Sets the value; a new property is inserted in the order of the form.
   * @param {Json} value
   */
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
    if (Array.isArray(this.holder)) this.holder.splice(Number(this.key), 1);
    else delete this.holder[this.key];
  }
  /**
   * The slot of a property or item of the present value.
   * @param {string | number} key
   * @param {string[]} order
   */
  at(key, order = []) {
    return new _Slot(this.value, key, `${this.where}/${escapeStep(key)}`, order);
  }
};

// tabs.js
var Tabs = class {
  /**
   * @param {{ label: string, names: [name: string, title: string][], onPick: (name: string) => void }} options
   */
  constructor({ label, names, onPick }) {
    this.onPick = onPick;
    this.current = "";
    this.el = make("div", "ipyasgi-tabs", { role: "tablist", "aria-label": label });
    this.buttons = new Map(
      names.map(([name, title]) => {
        const button = make("button", "ipyasgi-tab", { type: "button", role: "tab", textContent: title });
        button.addEventListener("click", () => this.pick(name));
        return [name, button];
      })
    );
    this.el.append(...this.buttons.values());
    this.el.addEventListener("keydown", (event) => this.onKey(event));
  }
  /** @param {string} current */
  show(current) {
    this.current = current;
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-selected", String(name === current));
      button.tabIndex = name === current ? 0 : -1;
    }
  }
  /** @param {string} name */
  pick(name) {
    this.show(name);
    this.onPick(name);
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const names = [...this.buttons.keys()];
    const next = names[(names.indexOf(this.current) + by + names.length) % names.length];
    this.pick(next);
    this.buttons.get(next)?.focus();
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
var STRUCTURED = ["json", "form", "multipart"];
var BodyPart = class {
  /** @param {{ onChange: () => void, files: FileUpload }} options */
  constructor({ onChange, files }) {
    this.onChange = onChange;
    this.files = files;
    this.known = [];
    this.media = "";
    this.mode = "text";
    this.start = "";
    this.onDraw = () => {
    };
    this.editor = new BodyEditor({ onChange });
    this.type = make("select", "ipyasgi-input ipyasgi-media", { "aria-label": "Body type" });
    this.type.addEventListener("change", () => this.pickType(this.type.value));
    this.example = make("select", "ipyasgi-input", { "aria-label": "Example" });
    this.example.addEventListener("change", () => this.put(this.current?.examples[Number(this.example.value)]?.[1]));
    this.reset = makeButton(
      "Reset",
      "ipyasgi-quiet",
      () => {
        this.show(this.start, this.media);
        onChange();
      },
      { title: "Reset to example" }
    );
    this.tabs = new Tabs({
      label: "Body",
      names: [
        ["form", "Form"],
        ["text", "JSON"]
      ],
      onPick: (name) => this.turn(name)
    });
    this.form = make("div", "ipyasgi-body-form", { role: "group", "aria-label": "Body as a form" });
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
  /**
   * @param {Body[]} bodies
   * @param {string} start  the untouched text
   */
  describe(bodies, start) {
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
  /**
   * @param {string | null} text
   * @param {string} media
   */
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
      make("option", "", { value: "", textContent: "Examples" }),
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
    if (mode === "form" && now) this.drawForm(now);
    else this.form.replaceChildren();
  }
  /** @param {Body} now */
  drawForm(now) {
    const text = this.editor.value ?? "";
    const holder = {};
    try {
      if (text.trim()) holder.body = parseJson(text);
    } catch {
      this.form.replaceChildren(make("p", "ipyasgi-faint", { textContent: "Fix the JSON to return to the form." }));
      return;
    }
    const context = new FieldContext({
      definitions: now.definitions,
      files: this.files,
      onChange: () => {
        this.editor.show(Object.hasOwn(holder, "body") ? printJson(holder.body) : "");
        this.onChange();
      }
    });
    const slot = new Slot(holder, "body", "body.");
    const root = drawField(now.field, slot, context, {
      label: "body",
      required: now.free || kindOf(holder.body) !== "undefined"
    });
    root.classList.add("ipyasgi-bare", "ipyasgi-root");
    this.form.replaceChildren(root);
  }
  /** @param {string} name */
  turn(name) {
    this.mode = name;
    this.draw();
    this.onDraw();
  }
  /** @param {string} media */
  pickType(media) {
    const before = this.current;
    this.media = media;
    const isCarried = [before, this.current].every((body) => body && STRUCTURED.includes(body.kind));
    if (!isCarried || !this.editor.value?.trim()) this.editor.show(this.startText());
    this.draw();
    this.onChange();
  }
  startText() {
    const body = this.current;
    if (!body || body.kind === "text" || body.kind === "json" && body.free) return "";
    return printJson(startValue(body.field, body.definitions));
  }
  /** @param {Json} value */
  put(value) {
    if (value === void 0 || !this.current) return;
    this.editor.show(typeof value === "string" && this.current.kind === "text" ? value : printJson(value));
    this.draw();
    this.onChange();
  }
};

// code_part.js
var INSERT = "notebook:insert-cell-below";
var CodePart = class {
  /**
   * @param {{ kinds: [name: string, title: string][], onPick: () => void }} options
   */
  constructor({ kinds, onPick }) {
    this.timer = void 0;
    this.tabs = new Tabs({ label: "Request as code", names: kinds, onPick });
    this.tabs.show(kinds[0][0]);
    this.text = make("pre", "ipyasgi-code", { tabIndex: 0, dir: "ltr", "aria-label": "Request as code" });
    this.copy = makeButton("Copy", "ipyasgi-quiet", () => this.copyCode(), { "aria-label": "Copy the code" });
    this.insert = makeButton("Insert as cell", "ipyasgi-quiet", () => this.insertCell(), {
      title: "Insert into a new cell below"
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
  /** @param {CheckedForm} checked */
  show(checked) {
    const isMine = !checked.code_kind || checked.code_kind === this.current;
    this.el.hidden = !checked.code && !checked.missing;
    this.text.textContent = checked.code || checked.text;
    this.text.dataset.ready = String(Boolean(checked.code) && isMine);
    setUsable(this.copy, Boolean(checked.code));
    setUsable(this.insert, Boolean(checked.code));
    this.insert.hidden = !this.lab() || this.current === "curl";
  }
  /** The application, which JupyterLab and Notebook expose to widgets only with `expose_app_in_browser`. */
  lab() {
    const { jupyterapp: app } = (
      /** @type {any} */
      globalThis
    );
    return app?.commands?.hasCommand?.(INSERT) ? app : null;
  }
  async insertCell() {
    const lab = this.lab();
    if (!lab) return;
    try {
      await lab.commands.execute(INSERT);
      await lab.commands.execute("notebook:replace-selection", { text: this.text.textContent });
      this.flash(this.insert, "Inserted", "Insert as cell");
    } catch (error) {
      this.flash(this.insert, `Not inserted: ${errorText(error)}`, "Insert as cell");
    }
  }
  async copyCode() {
    this.flash(this.copy, await copyOrSelect(this.text.textContent ?? "", this.text), "Copy");
  }
  /**
   * @param {HTMLButtonElement} button
   * @param {string} text
   * @param {string} usual
   */
  flash(button, text, usual) {
    clearTimeout(this.timer);
    button.textContent = text;
    this.timer = setTimeout(() => {
      button.textContent = usual;
    }, 2e3);
  }
  close() {
    clearTimeout(this.timer);
  }
};

// pair_rows.js
function copyPairs(pairs) {
  return pairs.map(([name, value]) => [name, value]);
}
var PairRows = class {
  /**
   * @param {{ title: string, noun: string, fixed?: boolean, onChange: () => void }} options
   *   title: of all rows; noun: for one of them; fixed: rows cannot be added
   */
  constructor({ title, noun, fixed = false, onChange }) {
    this.noun = noun;
    this.fixed = fixed;
    this.onChange = onChange;
    this.pairs = [];
    this.known = [];
    this.values = {};
    this.typed = make("div", "ipyasgi-typed");
    this.rows = make("div", "ipyasgi-pairs");
    const add = makeButton(
      `+ ${noun}`,
      "ipyasgi-quiet",
      () => {
        this.pairs.push(["", ""]);
        this.draw();
        focusFirst(this.rows.lastElementChild, "input");
        this.onChange();
      },
      { "aria-label": `Add a ${noun}` }
    );
    this.el = make("fieldset", "ipyasgi-part", {}, make("legend", "", { textContent: title }), this.typed, this.rows);
    if (!fixed) this.el.append(add);
  }
  /** @param {Pair[]} pairs */
  show(pairs) {
    this.pairs = copyPairs(pairs);
    this.draw();
  }
  /**
   * @param {Parameter[]} known
   * @param {Record<string, Json>} values  by key, only those that are sent
   */
  showKnown(known, values) {
    this.known = known;
    this.values = { ...values };
    this.typed.replaceChildren(
      ...known.map((one) => {
        const context = new FieldContext({
          definitions: one.definitions ?? {},
          text: one.text,
          onChange: this.onChange
        });
        const field = {
          ...one.field,
          deprecated: one.deprecated || one.field.deprecated,
          description: one.description || one.field.description
        };
        return drawField(field, new Slot(this.values, one.key, one.key), context, {
          label: one.name,
          spoken: `${this.noun} ${one.name}`,
          required: one.required
        });
      })
    );
    this.hide();
  }
  get value() {
    return copyPairs(this.pairs);
  }
  /**
   * The values of the known parameters that are sent, by key.
   * @returns {[key: string, value: Json][]}
   */
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
  /**
   * @param {Pair} pair
   * @param {number} number
   */
  row(pair, number) {
    const [name, value] = pair;
    const field = make("input", "ipyasgi-input", {
      type: "text",
      value: value ?? "",
      spellcheck: false,
      autocomplete: "off",
      placeholder: value === null ? HELD : "",
      "aria-label": `Value of ${this.noun} ${number + 1}`
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
      placeholder: "Name",
      "aria-label": `Name of ${this.noun} ${number + 1}`
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
        const next = this.rows.children[number];
        if (next) focusFirst(next, "input");
        else focusFirst(this.el, "button");
        this.onChange();
      },
      { "aria-label": `Remove ${this.noun} ${number + 1}`, title: "Remove" }
    );
    return make("div", "ipyasgi-pair", {}, nameField, field, remove);
  }
  /**
   * Marks the row with a number as wrong.
   * @param {string} number
   * @param {string} text
   */
  mark(number, text) {
    [...this.rows.children].forEach((row, at) => {
      const bad = number !== "" && String(at) === number;
      for (const field of row.querySelectorAll("input")) {
        field.toggleAttribute("data-bad", bad);
        field.title = bad ? text : "";
        setInvalid(field, bad);
      }
    });
  }
};

// routes.js
var PATH_PARAMETER = /\{([^{}:]+)(?::[^{}]*)?\}/g;
function searchText(choice) {
  return [choice.method, choice.path, choice.name, choice.handler, choice.description, ...choice.tags ?? []].join(" ").toLowerCase();
}
function findRoutes(choices, query2) {
  const words = query2.toLowerCase().split(/\s+/).filter(Boolean);
  const found = choices.filter((choice) => words.every((word) => searchText(choice).includes(word)));
  const first = (choice) => words.length && choice.path.toLowerCase().startsWith(words[0]) ? 0 : 1;
  return found.sort((one, other) => first(one) - first(other));
}
function findPathParameters(path) {
  return [...new Set([...path.split("?")[0].matchAll(PATH_PARAMETER)].map((match) => match[1]))];
}

// route_picker.js
var ROUTES_DRAWN = 200;
var RoutePicker = class {
  /**
   * @param {{
   *   methods: string[], choices: Choice[], onPick: (choice: Choice) => void, onType: () => void,
   *   onEnter: () => void,
   * }} options
   *   onType: method or path were changed by hand; onEnter: send
   */
  constructor({ methods, choices, onPick, onType, onEnter }) {
    this.choices = choices;
    this.onPick = onPick;
    this.onEnter = onEnter;
    this.active = -1;
    this.found = [];
    this.listId = freshId("routes");
    this.method = make("select", "ipyasgi-input ipyasgi-method-field", { "aria-label": "Method" });
    this.setMethods(methods);
    this.path = make("input", "ipyasgi-input ipyasgi-path-field", {
      type: "text",
      dir: "ltr",
      spellcheck: false,
      autocomplete: "off",
      role: "combobox",
      placeholder: "Search routes or type a path",
      "aria-label": "Search routes or type a path",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.listId
    });
    this.list = make("ul", "ipyasgi-routes", {
      id: this.listId,
      role: "listbox",
      "aria-label": "Routes",
      hidden: true
    });
    this.opener = makeButton("▾", "ipyasgi-quiet ipyasgi-opener", () => this.toggle(), {
      tabIndex: -1,
      "aria-label": "All routes",
      title: "All routes"
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
    this.path.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const row = closest(event, "[role=option]");
      if (row) this.pick(this.found[Number(row.dataset.number)]);
    });
  }
  /** @param {string[]} methods */
  setMethods(methods) {
    const held = this.method.value;
    this.method.replaceChildren(...methods.map((name) => make("option", "", { value: name, textContent: name })));
    if (held) this.setMethod(held);
  }
  /** @param {string} name */
  setMethod(name) {
    if (![...this.method.options].some((option) => option.value === name)) {
      this.method.append(make("option", "", { value: name, textContent: name }));
    }
    this.method.value = name;
  }
  /** @param {{ method: string, path: string }} draft */
  show(draft) {
    this.setMethod(draft.method);
    this.isMethodChosen = false;
    if (this.path.value !== draft.path) this.path.value = draft.path;
    this.path.title = draft.path;
  }
  get current() {
    return this.choices.find((choice) => choice.method === this.method.value && choice.path === this.path.value.trim());
  }
  /** Choose a method of the typed path, unless one was chosen by hand; return whether it changed. */
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
  /** @param {string} query */
  open(query2) {
    this.found = findRoutes(this.choices, query2);
    this.active = -1;
    this.list.replaceChildren(...this.found.slice(0, ROUTES_DRAWN).map((choice, i) => this.row(choice, i)));
    if (this.found.length > ROUTES_DRAWN) {
      this.list.append(
        make("li", "ipyasgi-faint", { textContent: `${this.found.length - ROUTES_DRAWN} more: type to search` })
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
  /**
   * @param {Choice} choice
   * @param {number} number
   */
  row(choice, number) {
    const row = make(
      "li",
      "ipyasgi-route",
      { id: `${this.listId}-${number}`, role: "option", "aria-selected": "false" },
      make("span", "ipyasgi-method", { textContent: choice.method }),
      make("span", "ipyasgi-route-path", { textContent: choice.path, dir: "ltr" }),
      make("span", "ipyasgi-faint ipyasgi-route-name", { textContent: choice.name || choice.handler })
    );
    row.dataset.number = String(number);
    row.dataset.method = choice.method;
    row.title = [choice.handler, choice.source, choice.description].filter(Boolean).join("\n");
    return row;
  }
  /** @param {number} by */
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
  /** @param {KeyboardEvent} event */
  onKey(event) {
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
  /** If the typed path needs another method, choose that first; the next Enter sends. */
  enter() {
    this.close();
    const other = this.followPath() ? this.current : void 0;
    if (other) this.onPick(other);
    else this.onEnter();
  }
  /**
   * Whether Enter picks the route found, for words or the beginning of a route's path. Any other path is sent as typed.
   * @param {string} typed
   */
  isBeginning(typed) {
    if (!typed.startsWith("/")) return true;
    return this.found[0].path.startsWith(typed) && !this.choices.some((choice) => choice.path === typed);
  }
  /** @param {Choice} choice */
  pick(choice) {
    this.close();
    this.onPick(choice);
  }
};

// text.js
function elapsedText(ms) {
  if (ms < 6e4) return `${(ms / 1e3).toFixed(1)} s`;
  return `${Math.floor(ms / 6e4)} min ${Math.floor(ms % 6e4 / 1e3)} s`;
}

// send_bar.js
var HEARD_MS = 300;
var SendBar = class {
  /** @param {{ onSend: () => void, onCancel: () => void, onShowResponse: () => void }} options */
  constructor({ onSend, onCancel, onShowResponse }) {
    this.send = makeButton("Send", "ipyasgi-primary", onSend, {
      title: "Send (Ctrl+Enter)",
      "aria-keyshortcuts": "Control+Enter"
    });
    this.cancel = makeButton("Cancel", "", onCancel, { title: "Cancel the running request" });
    this.status = make("span", "ipyasgi-run-text", { role: "status" });
    this.clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
    this.buttons = make("div", "ipyasgi-buttons", {}, this.send, this.cancel);
    this.showResponse = makeButton("Show response ↓", "ipyasgi-quiet", onShowResponse, {
      hidden: true,
      "aria-label": "Show the response"
    });
    this.line = make("div", "ipyasgi-run", {}, this.status, this.clock, this.showResponse);
    setUsable(this.cancel, false);
    this.offered = true;
    this.patience = void 0;
    this.timer = void 0;
  }
  /**
   * Shows the state that the kernel sends, also in reply to Send.
   * @param {Run} run
   */
  show(run) {
    clearTimeout(this.patience);
    this.status.textContent = run.text;
    this.status.dataset.tone = run.tone;
    this.line.dataset.busy = String(run.busy);
    this.line.dataset.beside = String(run.beside);
    this.showResponse.hidden = !run.beside;
    setUsable(this.cancel, run.busy);
    this.count(run.busy ? performance.now() - run.elapsed_ms : null);
  }
  /**
   * Hides the buttons for a WebSocket, whose console has its own.
   * @param {boolean} offered
   */
  offer(offered) {
    this.offered = offered;
    this.buttons.hidden = !offered;
  }
  /** Remove a message about a form that has changed since. */
  forget() {
    if (this.line.dataset.busy === "true") return;
    this.status.textContent = "";
    this.showResponse.hidden = true;
  }
  /** Shown from the press until the kernel replies. */
  pressed() {
    this.status.textContent = "Waiting for the kernel";
    this.status.dataset.tone = "";
    this.line.dataset.busy = "true";
    this.line.dataset.beside = "true";
    this.showResponse.hidden = true;
    this.count(performance.now());
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      this.line.dataset.beside = "false";
    }, HEARD_MS);
  }
  /** @param {number | null} sinceMs */
  count(sinceMs) {
    clearInterval(this.timer);
    this.clock.textContent = "";
    if (sinceMs === null) return;
    const draw = () => {
      this.clock.textContent = elapsedText(performance.now() - sinceMs);
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
function hasHeldValues(draft) {
  return draft.body === null || [...draft.query, ...draft.known].some(([, value]) => value === null);
}
var FormPage = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.fill = 0;
    this.seq = 0;
    this.untouched = false;
    this.generation = void 0;
    this.key = void 0;
    this.held = { known: {}, paths: {}, body: "", media: "" };
    this.visited = /* @__PURE__ */ new Map();
    this.operations = /* @__PURE__ */ new Map();
    this.operation = null;
    this.errors = [];
    this.timer = void 0;
    const changed = () => this.changed();
    const send = () => this.send();
    this.picker = new RoutePicker({
      methods: this.methods(),
      choices: model.get("choices"),
      onPick: (choice) => this.chooseRoute(choice),
      onType: () => this.onPathTyped(),
      onEnter: send
    });
    this.bar = new SendBar({
      onSend: send,
      onCancel: () => model.send({ ask: "cancel" }),
      onShowResponse: () => this.showResponse()
    });
    this.about = make("p", "ipyasgi-about ipyasgi-faint");
    this.pathRows = new PairRows({ title: "Path", noun: "path value", fixed: true, onChange: changed });
    this.query = new PairRows({ title: "Query", noun: "query parameter", onChange: changed });
    this.headers = new PairRows({ title: "Headers", noun: "header", onChange: changed });
    this.cookies = new PairRows({ title: "Cookies", noun: "cookie", fixed: true, onChange: changed });
    this.body = new BodyPart({ onChange: changed, files: new FileUpload(model) });
    this.body.onDraw = () => this.showChecked();
    this.auth = new AuthPart(model);
    this.otherErrors = make("ul", "ipyasgi-other-errors", { "aria-label": "Other errors" });
    this.code = new CodePart({ kinds: model.get("code_kinds"), onPick: () => this.changed() });
    const line = make("div", "ipyasgi-request-line", {}, this.picker.el, this.bar.buttons);
    this.el = make(
      "section",
      "ipyasgi-page ipyasgi-form",
      { "aria-label": "Request" },
      line,
      this.picker.list,
      this.about,
      this.bar.line,
      this.otherErrors,
      this.pathRows.el,
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
    this.el.addEventListener("input", (event) => this.forgetErrors(closest(event, ".ipyasgi-value")?.dataset.where));
    keepKeys(this.el);
    this.receive(model.get("operation_form"));
    this.takeDraft(model.get("draft"));
    this.showChecked();
    this.bar.show(model.get("run"));
  }
  methods() {
    const choices = this.model.get("choices");
    const sockets = choices.some((choice) => choice.method === "WS");
    return [...this.model.get("methods"), ...sockets ? ["WS"] : []];
  }
  /**
   * Shows the draft of the kernel: the first one, and each that it fills in later.
   * @param {PageDraft} draft
   */
  takeDraft(draft) {
    this.fill = draft.fill;
    this.seq = draft.seq;
    this.untouched = false;
    this.showDraft(draft);
  }
  /** @param {Draft} draft */
  showDraft(draft) {
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
  /**
   * Gives the form the fields of the operation with the present method and path.
   * @param {string} key
   */
  turnTo(key) {
    if (key === this.key) return;
    const before = this.key === void 0 ? this.held : this.values();
    this.key = key;
    const known = this.operations.get(key);
    if (known === void 0 && this.picker.current) this.model.send({ ask: "operation_form", key });
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
  /** @returns {[name: string, value: Json][]} */
  pathValues() {
    return this.pathRows.known.map(({ key }) => [key.slice("path.".length), this.pathRows.values[key] ?? ""]);
  }
  /**
   * @param {Operation | null} operation
   * @param {Values} values
   */
  draw(operation, { known, paths, body, media }) {
    this.operation = operation;
    const all = operation?.parameters ?? [];
    const path = findPathParameters(this.picker.path.value).map(
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
    this.pathRows.showKnown(pathKnown, Object.fromEntries(path.map(({ name, key }) => [key, paths[name] ?? ""])));
    const parts = [
      [this.query, "query"],
      [this.headers, "header"],
      [this.cookies, "cookie"]
    ];
    for (const [part, place] of parts) {
      const here = all.filter((one) => one.place === place);
      part.showKnown(
        here,
        Object.fromEntries(here.filter(({ key }) => key in known).map(({ key }) => [key, known[key]]))
      );
    }
    this.auth.describe(operation?.auth ?? []);
    this.body.describe(operation?.bodies ?? [], operation?.start?.body ?? "");
    this.body.show(body, media);
    this.showAbout();
  }
  /**
   * Takes the description of an operation; an untouched form is filled from it.
   * @param {Operation} operation
   */
  receive(operation) {
    if (!operation?.key) return;
    if (operation.generation !== this.generation) this.operations.clear();
    this.generation = operation.generation;
    if (operation.generation === 0) return;
    this.operations.set(operation.key, operation);
    if (operation.key !== this.key) {
      if (this.key && this.picker.current && !this.operations.has(this.key))
        this.model.send({ ask: "operation_form", key: this.key });
      return;
    }
    if (!operation.parameters) return;
    if (this.untouched) {
      this.showUntouched(operation);
    } else {
      this.draw(operation, this.values());
      this.showChecked();
    }
  }
  /** @param {Operation} operation */
  showUntouched(operation) {
    const { known, path_values: paths, body, media } = operation.start;
    this.draw(operation, { known: Object.fromEntries(known), paths: Object.fromEntries(paths), body, media });
    this.changed({ byHand: false });
  }
  showAbout() {
    const choice = this.picker.current;
    const isSocket = this.picker.method.value === "WS";
    const words = choice ? [this.operation?.summary || choice.name || choice.handler, choice.handler, choice.source, choice.description] : [];
    const about = [...new Set(words.filter(Boolean))].join("  ·  ");
    this.about.replaceChildren(isSocket ? "WebSocket endpoint. Connect to start, or run the code below." : about);
    if (this.operation?.deprecated)
      this.about.prepend(make("span", "ipyasgi-flag", { textContent: "deprecated" }), " ");
    this.about.hidden = !this.about.textContent;
    for (const part of [this.query, this.headers]) part.el.hidden = isSocket;
    const bodiless = this.operation ? this.operation.bodies.length === 0 : NO_BODY.includes(this.picker.method.value);
    this.body.el.hidden = isSocket || bodiless && this.body.value === "";
    this.bar.offer(!isSocket);
  }
  /** @param {Choice} choice */
  chooseRoute(choice) {
    this.openRoute(choice);
    const fields = this.el.querySelectorAll(
      "fieldset :is(.ipyasgi-value, .ipyasgi-pair, .ipyasgi-editor) .ipyasgi-input"
    );
    const first = [...fields].find((field) => field.offsetParent);
    (first ?? (this.bar.offered ? this.bar.send : this.picker.path)).focus();
  }
  /** A typed path is that of a route, or else keeps what is in the form. */
  onPathTyped() {
    const choice = this.picker.current;
    if (choice && this.typedKey() !== this.key) {
      this.openRoute(choice);
      return;
    }
    this.keepVisited();
    this.turnTo(this.typedKey());
    this.changed();
  }
  keepVisited() {
    const left = this.draft();
    if (hasHeldValues(left))
      this.visited.delete(this.key ?? "");
    else if (!this.untouched) this.visited.set(this.key ?? "", left);
  }
  /**
   * Opens the form of a route, as it was left or else untouched.
   * @param {Choice} choice
   */
  openRoute(choice) {
    this.keepVisited();
    const known = this.visited.get(`${choice.method} ${choice.path}`);
    this.errors = [];
    this.bar.forget();
    this.showDraft({
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
    if (this.untouched && this.operation) this.showUntouched(this.operation);
    else this.changed({ byHand: false });
  }
  knownValues() {
    return [...this.query.knownValue, ...this.headers.knownValue, ...this.cookies.knownValue];
  }
  /** @returns {PageDraft} */
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
    this.el.dataset.checked = "false";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.model.send({ ask: "draft", draft: this.draft() }), SETTLE_MS);
  }
  /** Sends the draft too, so that the request is what the page shows. */
  send() {
    if (!this.bar.offered) return;
    this.picker.close();
    clearTimeout(this.timer);
    this.bar.pressed();
    this.model.send({ ask: "send", draft: this.draft() });
  }
  showResponse() {
    const response = this.el.closest(".ipyasgi-split")?.querySelector(".ipyasgi-response");
    response?.scrollIntoView({ block: "nearest" });
    focusFirst(response, "[role=tab][tabindex='0']", { preventScroll: true });
  }
  /** Ignores the check of an older draft. */
  showChecked() {
    const checked = this.model.get("checked");
    if (checked.fill !== this.fill || checked.seq !== this.seq) return;
    this.el.dataset.checked = "true";
    const refused = this.model.get("run").refused;
    const shown = checked.missing && !refused ? { where: "", text: "", line: 0 } : checked;
    const keyOf2 = (part) => shown.where.startsWith(`${part}.`) ? shown.where.slice(part.length + 1) : "";
    this.query.mark(keyOf2("query"), shown.text);
    this.headers.mark(keyOf2("headers"), shown.text);
    this.body.editor.mark(shown);
    this.picker.path.toggleAttribute("data-bad", shown.where === "path");
    const problem = shown.where ? [[shown.where.replace(/^path_values\./, "path."), shown.text]] : [];
    const named = new Set(this.errors.map(([where]) => where));
    const hints = (checked.hints ?? []).filter(
      ([where]) => !named.has(where) && !problem.some(([other]) => other === where)
    );
    const left = markFields(this.el, [...problem, ...this.errors, ...hints]);
    this.showOtherErrors(left.filter((error) => error !== problem[0]));
    this.code.show(checked);
    if (refused && !checked.text) this.bar.forget();
  }
  /**
   * Shows errors that belong to none of the fields: of a body shown as text, or of rows without a description.
   * @param {FieldError[]} errors
   */
  showOtherErrors(errors) {
    this.otherErrors.replaceChildren(
      ...errors.map(
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
    this.otherErrors.hidden = errors.length === 0;
  }
  /** @param {string | undefined} where */
  forgetErrors(where) {
    const kept = this.errors.filter(
      ([other]) => where !== void 0 && other !== where && !other.startsWith(`${where}/`)
    );
    if (kept.length === this.errors.length) return;
    this.errors = kept;
  }
  listen() {
    return listen(this.model, {
      "change:draft": () => {
        if (this.model.get("draft").fill > this.fill) this.takeDraft(this.model.get("draft"));
        this.showChecked();
      },
      "change:checked": () => this.showChecked(),
      "change:operation_form": () => this.receive(this.model.get("operation_form")),
      "change:auth": () => this.auth.show(),
      "change:run": () => {
        this.bar.show(this.model.get("run"));
        this.errors = this.model.get("run").errors;
        this.showChecked();
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
  /** @param {View} view */
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
