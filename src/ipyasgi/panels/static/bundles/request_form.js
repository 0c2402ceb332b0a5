// Made by tests/js/build from the files of panels/static; change those.

// press.js
var PRESSED = "button, summary, label, tr, [role=option], [type=checkbox], [type=radio]";
var PressGate = class {
  constructor() {
    this.watch = new AbortController();
    this.press = null;
    this.waiting = [];
    const { signal } = this.watch;
    const options = { capture: true, signal };
    window.addEventListener("pointerdown", (event) => event.button === 0 && this.begin(event, "pointerup"), options);
    window.addEventListener("keydown", (event) => event.key === " " && this.begin(event, "keyup"), options);
  }
  /**
   * @param {Event} event
   * @param {string} end  the type of the event before the click
   */
  begin(event, end) {
    const [target] = event.composedPath();
    if (!(target instanceof Element) || !target.closest(PRESSED)?.closest(".ipyasgi-page")) return;
    this.press?.abort();
    const press = new AbortController();
    this.press = press;
    const done = () => {
      press.abort();
      setTimeout(() => this.press === press && this.open());
    };
    for (const type of [end, "pointercancel", "blur"])
      window.addEventListener(type, done, { capture: true, signal: press.signal });
    window.addEventListener("pointermove", ({ buttons }) => end === "pointerup" && !buttons && done(), {
      capture: true,
      signal: press.signal
    });
  }
  open() {
    this.press = null;
    for (const handle of this.waiting.splice(0)) handle();
  }
  /**
   * Calls a function, at once or after the press.
   * @param {() => void} handle
   */
  pass(handle) {
    if (this.press) this.waiting.push(handle);
    else handle();
  }
  close() {
    this.watch.abort();
    this.press?.abort();
    this.waiting = [];
  }
};

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
function focusedElement() {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found;
}
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
function makeMethod(name) {
  const method = make("span", "ipyasgi-method", { textContent: name });
  method.dataset.method = name;
  return method;
}
function keepPress(button) {
  button.addEventListener("pointerdown", ({ button: which, pointerId }) => {
    if (which !== 0) return;
    const { left, right, top, bottom } = button.getBoundingClientRect();
    const done = new AbortController();
    const end = (event) => {
      if (event.pointerId !== pointerId) return;
      done.abort();
      const isOver = event.composedPath().includes(button);
      const { clientX: x, clientY: y } = event;
      const isThere = left <= x && x <= right && top <= y && y <= bottom;
      if (event.type === "pointerup" && isThere && !isOver && button.isConnected) button.click();
    };
    for (
      const type of
      /** @type {const} */
      ["pointerup", "pointercancel"]
    )
      window.addEventListener(type, end, { capture: true, signal: done.signal });
  });
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
  keepPress(button);
  return button;
}
function listen(model, handlers) {
  const gate = new PressGate();
  const passed = Object.entries(handlers).map(([event, handler]) => [
    event,
    (...values) => gate.pass(() => handler(...values))
  ]);
  for (const [event, handler] of passed) model.on(event, handler);
  return () => {
    gate.close();
    for (const [event, handler] of passed) model.off(event, handler);
  };
}
function closest(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}
function focusedIn(root) {
  const focused = focusedElement();
  return focused instanceof HTMLElement && root.contains(focused) ? focused : null;
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
async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = make("textarea", "", { value: text });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("Clipboard is blocked: select and press Ctrl+C");
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

// awaited_form.js
var PATIENCE_MS = 300;
var TOUCHES = ["pointerdown", "keydown", "focusin"];
var AwaitedForm = class {
  /**
   * @param {{ onLate: (isStill: boolean) => void }} options
   *   onLate: the description takes its time, so the form is shown without; isStill: whether the user has done nothing
   */
  constructor({ onLate }) {
    this.onLate = onLate;
    this.key = "";
    this.focused = null;
    this.isTouched = false;
    this.watch = new AbortController();
    this.timer = void 0;
  }
  /** @param {string} key  of the route */
  begin(key) {
    this.end();
    this.key = key;
    this.watchUser();
    this.timer = setTimeout(() => {
      this.timer = void 0;
      const { isStill } = this;
      this.onLate(isStill);
      if (isStill) this.watchUser();
    }, PATIENCE_MS);
  }
  watchUser() {
    this.watch.abort();
    this.watch = new AbortController();
    this.isTouched = false;
    this.focused = focusedElement();
    const touched = () => {
      this.isTouched = true;
    };
    for (const type of TOUCHES) window.addEventListener(type, touched, { capture: true, signal: this.watch.signal });
  }
  end() {
    this.watch.abort();
    clearTimeout(this.timer);
    this.timer = void 0;
    this.key = "";
    this.focused = null;
  }
  /** Whether the description may come at any moment. */
  get isNear() {
    return this.timer !== void 0;
  }
  /**
   * Whether the user has done nothing meanwhile, so that the focus may move. The element that had it may have been
   * replaced, as a text by its editor, or hidden, as Cancel.
   */
  get isStill() {
    if (this.isTouched) return false;
    const active = focusedElement();
    return active === this.focused || active === document.body || !this.focused?.isConnected;
  }
  /**
   * Ends the wait for the form of a route; returns whether it is to have the focus.
   * @param {string} key
   */
  take(key) {
    if (key !== this.key) return false;
    const { isStill } = this;
    this.end();
    return isStill;
  }
};

// new_cell.js
var FRAMES = 30;
function notebookOf(model) {
  const document2 = model.widget_manager?.context?.model;
  const shared = document2?.sharedModel;
  return document2?.readOnly || typeof shared?.insertCell !== "function" ? null : shared;
}
function canOpenCell(model) {
  return notebookOf(model) !== null;
}
async function openCell(model, element, source) {
  const notebook = notebookOf(model);
  if (notebook !== null) {
    const place = placeOf(element) ?? notebook.cells.length - 1;
    notebook.insertCell(place + 1, { cell_type: "code", source, metadata: {}, outputs: [], execution_count: null });
    focusCell(element, place + 1);
    return "Inserted below";
  }
  try {
    await copyText(source);
    return "Copied: paste it into a cell";
  } catch (error) {
    return errorText(error);
  }
}
function placeOf(element) {
  const cell = element.closest(".jp-Cell");
  const cells = cellsOf(element);
  if (!cell || !cells.includes(cell)) return null;
  const listed = Number.parseInt(cell.dataset.windowedListIndex ?? "", 10);
  return Number.isNaN(listed) ? cells.indexOf(cell) : listed;
}
function cellsOf(element) {
  return [...element.closest(".jp-Notebook")?.querySelectorAll(".jp-Cell") ?? []].filter(
    (cell) => cell instanceof HTMLElement
  );
}
async function focusCell(element, place) {
  for (let frame = 0; frame < FRAMES; frame += 1) {
    await new Promise(requestAnimationFrame);
    const cells = cellsOf(element);
    const cell = cells.find((one) => one.dataset.windowedListIndex === String(place)) ?? cells[place];
    const editor = cell?.querySelector(".cm-content");
    if (!(editor instanceof HTMLElement)) continue;
    cell.scrollIntoView({ block: "nearest" });
    editor.focus();
    return;
  }
}

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
  /**
   * @param {string} name
   * @param {string} title
   */
  setTitle(name, title) {
    const button = this.buttons.get(name);
    if (button) button.textContent = title;
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

// code_part.js
var CodePart = class {
  /**
   * @param {Model} model
   * @param {{ kinds: [name: string, title: string][], onPick: () => void }} options
   */
  constructor(model, { kinds, onPick }) {
    this.model = model;
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
    const reason = checked.missing ? checked.text : "Fix the form to see the request as code.";
    this.text.textContent = checked.code || reason;
    this.text.dataset.ready = String(Boolean(checked.code) && isMine);
    setUsable(this.copy, Boolean(checked.code));
    setUsable(this.insert, Boolean(checked.code));
    this.insert.hidden = !canOpenCell(this.model) || this.current === "curl";
  }
  async insertCell() {
    const done = await openCell(this.model, this.el, this.text.textContent ?? "");
    this.flash(this.insert, done, "Insert as cell");
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

// credentials_text.js
function spanText(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} days`;
}
function expiryText(expiresAtS, nowS) {
  if (expiresAtS === null) return "";
  const left = expiresAtS - nowS;
  return left > 0 ? `expires in ${spanText(left)}` : `expired ${spanText(-left)} ago`;
}
function isExpired(scheme, nowS) {
  return scheme.set && scheme.expires_at_s !== null && scheme.expires_at_s <= nowS;
}
function chipText(schemes, nowS) {
  if (schemes.some((one) => one.tone === "busy")) return { name: "Signing in", note: "", tone: "busy" };
  const set = schemes.filter((one) => one.set);
  const first = set.find((one) => one.user) ?? set[0];
  if (!first) return { name: "Not signed in", note: "", tone: "" };
  const others = set.length > 1 ? `+ ${set.length - 1}` : "";
  const note = [others, expiryText(first.expires_at_s, nowS)].filter(Boolean).join(", ");
  return { name: first.user || first.key, note, tone: isExpired(first, nowS) ? "bad" : "good" };
}
function stateText(scheme, nowS) {
  if (scheme.note) return scheme.note;
  if (!scheme.set) return "";
  const expiry = expiryText(scheme.expires_at_s, nowS);
  if (isExpired(scheme, nowS)) return `The token ${expiry}`;
  const who = scheme.user ? `Signed in as ${scheme.user}` : "Set";
  return expiry ? `${who}, ${expiry}` : who;
}

// markdown.js
var LINK = /^(https?:\/\/|mailto:)/i;
function spanElement([text, styles, href]) {
  let made = text;
  if (styles.includes("c")) made = make("code", "", {}, made);
  if (styles.includes("i")) made = make("em", "", {}, made);
  if (styles.includes("b")) made = make("strong", "", {}, made);
  if (LINK.test(href)) made = make("a", "", { href, title: href, target: "_blank", rel: "noopener noreferrer" }, made);
  return made;
}
function spanElements(spans) {
  return spans.map(spanElement);
}
function blockElement(block) {
  const spans = spanElements(block.spans ?? []);
  switch (block.kind) {
    case "heading":
      return make("p", "ipyasgi-md-heading", {}, make("strong", "", {}, ...spans));
    case "code":
      return make("pre", "", { textContent: block.code ?? "", dir: "ltr", tabIndex: 0 });
    case "list": {
      const items = (block.parts ?? []).map((part) => make("li", "", {}, ...blockElements(part)));
      return block.start === void 0 ? make("ul", "", {}, ...items) : make("ol", "", { start: block.start }, ...items);
    }
    case "quote":
      return make("blockquote", "", {}, ...(block.parts ?? []).flatMap(blockElements));
    case "table": {
      const [head = [], ...rows] = block.rows ?? [];
      const cells = head.map((cell) => make("th", "", { scope: "col" }, ...spanElements(cell)));
      const body = rows.map(
        (row) => make("tr", "", {}, ...row.map((cell) => make("td", "", {}, ...spanElements(cell))))
      );
      return make("table", "", {}, make("thead", "", {}, make("tr", "", {}, ...cells)), make("tbody", "", {}, ...body));
    }
    default:
      return make("p", "", {}, ...spans);
  }
}
function blockElements(blocks) {
  return blocks.map(blockElement);
}
function lengthOf(blocks) {
  const inSpans = (spans) => spans.reduce((sum, [text]) => sum + text.length, 0);
  return blocks.reduce(
    (sum, block) => sum + 60 + // a block takes a line at least
    inSpans(block.spans ?? []) + (block.code ?? "").length + (block.parts ?? []).reduce((inner, part) => inner + lengthOf(part), 0) + (block.rows ?? []).flat().reduce((inner, cell) => inner + inSpans(cell), 0),
    0
  );
}

// credentials_chip.js
var FIELD_NAMES = { token: "Token or key", user: "Name", password: "Password" };
var TICK_MS = 5e3;
var OPEN = "ipyasgi-open";
function findAround(inside2, selector) {
  let panel = inside2.closest(".ipyasgi-panel");
  while (panel) {
    const found = panel.querySelector(selector);
    if (found instanceof HTMLElement) return found;
    panel = panel.parentElement?.closest(".ipyasgi-panel") ?? null;
  }
  return null;
}
var CredentialsChip = class {
  /**
   * @param {Model} model
   * @param {{ onSignedIn: () => void }} options  called when the part has closed after a sign-in
   */
  constructor(model, { onSignedIn }) {
    this.model = model;
    this.onSignedIn = onSignedIn;
    this.waitsFor = "";
    this.rows = /* @__PURE__ */ new Map();
    this.dot = make("span", "ipyasgi-dot", { "aria-hidden": "true" });
    this.name = make("bdi", "ipyasgi-chip-name");
    this.note = make("span", "ipyasgi-faint");
    const id = freshId("credentials");
    this.chip = makeButton("", "ipyasgi-chip ipyasgi-credentials-chip", () => this.toggle(), {
      "aria-expanded": "false",
      "aria-controls": id
    });
    this.chip.addEventListener(OPEN, (event) => {
      if (event instanceof CustomEvent) this.open(event.detail);
    });
    const arrow = make("span", "", { textContent: "▾", "aria-hidden": "true" });
    this.chip.append(this.dot, this.name, arrow, this.note);
    this.el = make("span", "ipyasgi-credentials-place", {}, this.chip);
    this.list = make("div", "ipyasgi-scheme-rows");
    this.part = make(
      "section",
      "ipyasgi-credentials-part",
      { id, role: "group", "aria-label": "Credentials", hidden: true },
      make(
        "div",
        "ipyasgi-credentials-head",
        {},
        make("strong", "", { textContent: "Credentials" }),
        make("span", "ipyasgi-faint", {
          textContent: "For all operations. Kept in the kernel, not in the notebook.",
          dir: "auto"
        }),
        makeButton("Close", "ipyasgi-quiet", () => this.shut())
      ),
      this.list
    );
    this.part.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.shut();
    });
    this.attached = new ResizeObserver(([home]) => this.moveToPlace(home.target));
    this.timer = setInterval(() => this.draw(), TICK_MS);
    this.show();
  }
  /**
   * Puts the chip at the end of an element, or into the place that a panel around it has for it.
   * @param {HTMLElement} home
   */
  settle(home) {
    home.append(this.el);
    this.attached.disconnect();
    this.attached.observe(home);
  }
  /** @param {Element} home */
  moveToPlace(home) {
    const place = findAround(home, ".ipyasgi-credentials");
    if (place && !place.contains(this.el)) place.append(this.el);
  }
  /** @returns {Scheme[]} */
  get schemes() {
    return this.model.get("auth").schemes ?? [];
  }
  /**
   * Whether a valid credential is set for one of these schemes.
   * @param {string[]} keys
   */
  covers(keys) {
    const nowS = Date.now() / 1e3;
    return this.schemes.some((one) => keys.includes(one.key) && one.set && !isExpired(one, nowS));
  }
  show() {
    const keys = this.schemes.map((one) => one.key);
    if (keys.join("\n") !== [...this.rows.keys()].join("\n")) {
      this.rows = new Map(
        this.schemes.map((one) => [one.key, new SchemeRow(one, (values) => this.send(one.key, values))])
      );
      this.list.replaceChildren(...[...this.rows.values()].map((row) => row.el));
    }
    this.draw();
    const last = this.schemes.find((one) => one.key === this.waitsFor);
    if (!last || last.tone === "busy") return;
    const wasIn = focusedIn(this.part);
    if (last.tone === "bad") {
      this.waitsFor = "";
      if (wasIn) this.rows.get(last.key)?.focus();
    } else if (last.set) {
      this.waitsFor = "";
      this.shut();
      if (wasIn) this.onSignedIn();
    }
  }
  /** Shows the times too, which pass without the kernel. */
  draw() {
    const nowS = Date.now() / 1e3;
    const { name, note, tone } = chipText(this.schemes, nowS);
    this.el.hidden = this.schemes.length === 0;
    this.name.textContent = name;
    this.note.textContent = note;
    this.dot.dataset.tone = tone;
    this.note.dataset.tone = tone === "bad" ? "bad" : "";
    this.chip.setAttribute("aria-label", `Credentials: ${[name, note].filter(Boolean).join(", ")}`);
    for (const scheme of this.schemes) this.rows.get(scheme.key)?.draw(scheme, nowS);
  }
  /**
   * @param {string} key
   * @param {Record<string, string> | null} values  null removes the credential
   */
  send(key, values) {
    if (values === null) {
      this.model.send({ ask: "forget", key });
      return;
    }
    this.waitsFor = key;
    this.model.send({ ask: "credential", key, values });
  }
  toggle() {
    if (this.part.hidden) this.open([]);
    else this.shut();
  }
  /**
   * Shows the part, with the focus where a credential is missing.
   * @param {string[]} keys  of the schemes that an operation needs
   */
  open(keys) {
    this.part.hidden = false;
    this.chip.setAttribute("aria-expanded", "true");
    const nowS = Date.now() / 1e3;
    const needed = this.schemes.filter((one) => keys.includes(one.key));
    const next = needed.find((one) => !one.set) ?? needed[0] ?? this.schemes.find((one) => isExpired(one, nowS)) ?? (this.schemes.some((one) => one.set) ? void 0 : this.schemes[0]);
    if (next) this.rows.get(next.key)?.focus();
    else focusFirst(this.list, "button:not([hidden])");
  }
  shut() {
    const wasIn = focusedIn(this.part);
    for (const row of this.rows.values()) row.isOpen = false;
    this.part.hidden = true;
    this.chip.setAttribute("aria-expanded", "false");
    if (wasIn) this.chip.focus();
  }
  close() {
    clearInterval(this.timer);
    this.attached.disconnect();
    this.el.remove();
  }
};
var SchemeRow = class {
  /**
   * @param {Scheme} scheme
   * @param {(values: Record<string, string> | null) => void} onSend
   */
  constructor(scheme, onSend) {
    this.scheme = scheme;
    this.onSend = onSend;
    this.isOpen = false;
    const { key } = scheme;
    this.state = make("span", "ipyasgi-scheme-state", { role: "status" });
    this.change = makeButton("Change", "ipyasgi-quiet", () => this.open(), { "aria-label": `Change ${key}` });
    this.forget = makeButton("Sign out", "ipyasgi-quiet", () => this.onSend(null), { "aria-label": `Sign out ${key}` });
    const [enter, ways] = scheme.asks ? ["Sign in", [scheme.fields, ["token"]]] : ["Use", [scheme.fields]];
    this.fields = make(
      "div",
      "ipyasgi-scheme-fields",
      {},
      ...ways.filter((names) => names.length).map((names, at) => this.way(
        /** @type {Scheme["fields"]} */
        names,
        at ? "Use token" : String(enter)
      ))
    );
    if (!scheme.fields.length)
      this.fields.append(make("span", "ipyasgi-faint", { textContent: "Part of the connection: nothing to enter." }));
    this.el = make(
      "div",
      "ipyasgi-scheme",
      {},
      make(
        "div",
        "ipyasgi-scheme-head",
        {},
        make("bdi", "ipyasgi-scheme-name", { textContent: key }),
        make("span", "ipyasgi-faint", { textContent: scheme.kind }),
        this.state,
        this.change,
        this.forget
      ),
      make("div", "ipyasgi-md ipyasgi-faint", { dir: "auto" }, ...blockElements(scheme.blocks)),
      this.fields
    );
  }
  /**
   * The fields and the button of one way to sign in.
   * @param {Scheme["fields"]} names
   * @param {string} enter
   */
  way(names, enter) {
    const { key } = this.scheme;
    const inputs = names.map(
      (name) => make("input", "ipyasgi-input", {
        type: name === "user" ? "text" : "password",
        placeholder: enter === "Use token" ? "Or paste a token" : FIELD_NAMES[name],
        autocomplete: "off",
        spellcheck: false,
        dir: "auto",
        "aria-label": `${FIELD_NAMES[name]} for ${key}`,
        name
      })
    );
    const send = () => {
      const empty = inputs.find((one) => one.value === "");
      if (empty) {
        empty.focus();
        return;
      }
      this.isOpen = false;
      this.onSend(Object.fromEntries(inputs.map((one) => [one.name, one.value])));
      for (const one of inputs) if (one.type === "password") one.value = "";
    };
    for (const one of inputs) {
      one.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        send();
      });
    }
    const button = makeButton(enter, "", send, { "aria-label": `${enter} ${key}` });
    return make("div", "ipyasgi-scheme-way", {}, ...inputs, button);
  }
  /**
   * @param {Scheme} scheme
   * @param {number} nowS
   */
  draw(scheme, nowS) {
    this.scheme = scheme;
    const expired = isExpired(scheme, nowS);
    const left = focusedIn(this.forget) && !scheme.set;
    const isUsed = scheme.set && !expired && scheme.tone !== "bad";
    this.state.textContent = stateText(scheme, nowS);
    this.state.dataset.tone = scheme.tone || (expired ? "bad" : scheme.set ? "good" : "");
    this.change.hidden = !isUsed || this.isOpen;
    this.forget.hidden = !scheme.set;
    this.forget.textContent = scheme.asks || scheme.user ? "Sign out" : "Remove";
    this.fields.hidden = isUsed && !this.isOpen;
    const user = this.fields.querySelector("[name=user]");
    if (expired && user instanceof HTMLInputElement && !user.value) user.value = scheme.user;
    if (left) this.focus();
  }
  open() {
    this.isOpen = true;
    this.draw(this.scheme, Date.now() / 1e3);
    this.focus();
  }
  focus() {
    const inputs = [...this.fields.querySelectorAll("input")];
    (inputs.find((one) => one.value === "") ?? inputs[0] ?? this.forget).focus();
  }
};

// stream.js
var FIRST_WAIT_MS = 1e3;
var LONGEST_WAIT_MS = 3e4;
var PIECES_AHEAD = 3;
function fetchBody(model, offer, { onProgress = () => {
}, patienceMs = 12e4 } = {}) {
  const { key, size_bytes: size, piece_bytes: pieceBytes } = offer;
  const count = Math.ceil(size / pieceBytes);
  const whole = new Uint8Array(size);
  const have = /* @__PURE__ */ new Set();
  const waiting = /* @__PURE__ */ new Set();
  return new Promise((resolve, reject) => {
    let progressAt = performance.now();
    let wait = FIRST_WAIT_MS;
    let timer;
    const end = () => {
      clearTimeout(timer);
      model.off("msg:custom", listener);
    };
    const fail = (reason) => {
      end();
      reject(new Error(reason));
    };
    const ask = () => {
      if (performance.now() - progressAt > patienceMs) {
        fail("The kernel did not respond. It may be busy; try again.");
        return;
      }
      waiting.clear();
      askAhead();
      timer = setTimeout(ask, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
    const askAhead = () => {
      for (let index = 0; index < count && waiting.size < PIECES_AHEAD; index += 1) {
        if (have.has(index) || waiting.has(index)) continue;
        waiting.add(index);
        model.send({ paint: "fetch", key, index });
      }
    };
    const listener = (message, buffers) => {
      if (message.key !== key) return;
      if (message.paint === "gone") fail("The kernel no longer holds this body. Send the request again.");
      if (message.paint !== "piece" || have.has(message.index)) return;
      whole.set(bytesOf(buffers[0]), message.index * pieceBytes);
      have.add(message.index);
      waiting.delete(message.index);
      onProgress(Math.min(have.size * pieceBytes, size), size);
      progressAt = performance.now();
      wait = FIRST_WAIT_MS;
      clearTimeout(timer);
      if (have.size >= count) {
        end();
        resolve(whole);
        return;
      }
      askAhead();
      timer = setTimeout(ask, wait);
    };
    model.on("msg:custom", listener);
    if (count === 0) {
      end();
      resolve(whole);
    } else ask();
  });
}
function bytesOf(buffer) {
  if (!ArrayBuffer.isView(buffer)) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

// asked_text.js
var PATIENCE_MS2 = 1e4;
var lastId2 = Math.floor(Math.random() * 1e9);
async function askText(model, trait, message) {
  lastId2 += 1;
  const id = lastId2;
  const found = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      model.off(`change:${trait}`, listener);
      reject(new Error("The kernel did not respond. It may be busy; try again."));
    }, PATIENCE_MS2);
    const listener = () => {
      const answer = model.get(trait);
      if (answer.id !== id) return;
      clearTimeout(timer);
      model.off(`change:${trait}`, listener);
      resolve(answer);
    };
    model.on(`change:${trait}`, listener);
    model.send({ ...message, id });
  });
  if (!found.offer) throw new Error(found.error ?? "There is no such value");
  return new TextDecoder().decode(await fetchBody(model, found.offer, { patienceMs: PATIENCE_MS2 }));
}

// source_link.js
async function openPlace(model, place) {
  const [, path, line] = /^(.*):(\d+)$/s.exec(place) ?? ["", place, "1"];
  const { resolver, linkHandler } = model.widget_manager?.rendermime ?? {};
  const found = await Promise.resolve(resolver?.resolvePath?.(path)).catch(() => null);
  if (found?.scope === "server" && linkHandler) {
    const link = make("a");
    linkHandler.handleLink(link, found.path, `#line=${Number(line) - 1}`);
    link.click();
    return "";
  }
  try {
    await copyText(place);
    return "Path copied";
  } catch (error) {
    return errorText(error);
  }
}
var SourceLink = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.key = "";
    this.button = makeButton("", "ipyasgi-quiet ipyasgi-source", () => this.open(), {
      title: "Open the file at this line, or copy its path"
    });
    this.text = make("span");
    this.status = make("span", "ipyasgi-faint", { role: "status" });
    this.el = make("span", "", {}, this.text, this.button, this.status);
  }
  /**
   * @param {string} source  such as shop/api.py:42, or of a cell cell:3
   * @param {string} key  of the operation
   */
  show(source, key) {
    this.key = key;
    const isFile = Boolean(source) && !source.startsWith("cell:");
    this.text.textContent = isFile ? "" : source;
    this.button.textContent = source;
    this.button.hidden = !isFile;
    this.status.textContent = "";
  }
  async open() {
    const { key } = this;
    let said = "";
    try {
      said = await openPlace(this.model, await askText(this.model, "place", { ask: "place", key }));
    } catch (error) {
      said = errorText(error);
    }
    if (key === this.key) this.status.textContent = said;
  }
};

// docs_part.js
var LONG = 500;
var MOST_STATUSES = 6;
var DocsPart = class {
  /**
   * @param {Model} model
   * @param {{ code: CodePart, onLock: (keys: string[]) => void }} options
   *   onLock: the lock of an operation that needs these schemes was pressed
   */
  constructor(model, { code, onLock }) {
    this.code = code;
    this.shown = "";
    this.shownReplies = void 0;
    this.repliesKey = "";
    this.schemes = [];
    this.needs = "";
    this.isWhole = false;
    this.title = make("h3", "ipyasgi-docs-title");
    this.flag = make("span", "ipyasgi-flag", { textContent: "deprecated" });
    this.lock = makeButton("", "ipyasgi-quiet ipyasgi-lock", () => onLock(this.schemes));
    this.handler = make("span");
    this.source = new SourceLink(model);
    const place = make("span", "ipyasgi-faint ipyasgi-docs-place", { dir: "ltr" }, this.handler, this.source.el);
    this.tabs = new Tabs({
      label: "About this operation",
      names: [
        ["docs", "Docs"],
        ["code", "Code"]
      ],
      onPick: () => this.turn()
    });
    this.blocks = make("div", "ipyasgi-md", { dir: "auto" });
    this.more = makeButton("Show more", "ipyasgi-quiet", () => {
      this.isWhole = !this.isWhole;
      this.clip();
    });
    this.replies = make("div", "ipyasgi-replies");
    const panels = [this.blocks, this.more, this.replies];
    this.panels = {
      docs: make("div", "ipyasgi-docs-panel", { role: "tabpanel", id: freshId("docs") }, ...panels),
      code: make("div", "ipyasgi-docs-panel", { role: "tabpanel", id: freshId("code") }, code.el)
    };
    for (const [name, button] of this.tabs.buttons) {
      const panel = this.panels[
        /** @type {"docs" | "code"} */
        name
      ];
      button.id = freshId("docs-tab");
      button.setAttribute("aria-controls", panel.id);
      panel.setAttribute("aria-labelledby", button.id);
    }
    this.el = make(
      "div",
      "ipyasgi-docs",
      {},
      make(
        "div",
        "ipyasgi-docs-head",
        {},
        make("div", "ipyasgi-docs-name", {}, this.title, this.flag, this.lock, place),
        this.tabs.el
      ),
      this.panels.docs,
      this.panels.code
    );
    this.tabs.show("docs");
    this.turn();
  }
  turn() {
    this.panels.docs.hidden = this.tabs.current !== "docs";
    this.panels.code.hidden = this.tabs.current !== "code";
  }
  /**
   * @param {Docs | undefined} docs  undefined until the kernel has sent them
   * @param {Choice | undefined} choice  the route; undefined for a path that is none
   * @param {{ deprecated: boolean, isSocket: boolean }} about
   */
  show(docs, choice, { deprecated, isSocket }) {
    const shown = JSON.stringify([docs, choice, deprecated]);
    if (shown === this.shown) return;
    this.shown = shown;
    const title = docs?.title || choice?.description?.replace(/\.$/, "") || choice?.name || choice?.handler || "";
    this.title.textContent = title || (isSocket ? "WebSocket" : "Not a route of the app");
    this.title.dir = "auto";
    this.flag.hidden = !deprecated;
    const handler = docs?.handler ?? choice?.handler ?? "";
    this.handler.textContent = handler && handler !== title ? `${handler}  ` : "";
    this.source.show(docs?.source ?? choice?.source ?? "", choice ? `${choice.method} ${choice.path}` : "");
    this.schemes = docs?.schemes ?? [];
    this.lock.hidden = this.schemes.length === 0;
    this.needs = docs?.needs ?? "";
    this.blocks.replaceChildren(...blockElements(docs?.blocks ?? []));
    this.isLong = lengthOf(docs?.blocks ?? []) > LONG;
    this.isWhole = false;
    this.clip();
  }
  /**
   * What the kernel sends later of the same operation leaves the fold open, and the focus on it.
   * @param {Reply[]} replies
   * @param {string} key  of their operation
   */
  showReplies(replies, key) {
    if (replies === this.shownReplies) return;
    this.shownReplies = replies;
    const before = this.replies.querySelector("details");
    const hadFocus = focusedIn(this.replies) !== null;
    const fold = replies.length ? repliesFold(replies) : null;
    this.replies.replaceChildren(...fold ? [fold] : []);
    if (fold && key === this.repliesKey) {
      fold.open = before?.open ?? false;
      if (hadFocus) focusFirst(fold, "summary", { preventScroll: true });
    }
    this.repliesKey = key;
  }
  /**
   * Shows on the lock whether the credentials that the operation needs are set.
   * @param {boolean} isMet
   */
  markLock(isMet) {
    this.lock.title = `${isMet ? "Sent with" : "Needs"} credentials: ${this.needs}`;
    this.lock.setAttribute("aria-label", this.lock.title);
    this.lock.dataset.met = String(isMet);
  }
  clip() {
    this.blocks.classList.toggle("ipyasgi-clipped", Boolean(this.isLong) && !this.isWhole);
    this.more.hidden = !this.isLong;
    this.more.textContent = this.isWhole ? "Show less" : "Show more";
    this.more.setAttribute("aria-expanded", String(this.isWhole));
  }
};
function nameOf(reply) {
  const first = reply.media?.[0];
  return first ? first.name || first.type || first.media : "";
}
function toneOf(status) {
  if (status.startsWith("2")) return "good";
  return /^[45]/.test(status) ? "bad" : "";
}
function repliesFold(replies) {
  const words = replies.slice(0, MOST_STATUSES).flatMap((reply, at) => {
    const status = make("span", "ipyasgi-figure", { textContent: reply.status });
    status.dataset.tone = toneOf(reply.status);
    const name = toneOf(reply.status) === "good" ? nameOf(reply) : "";
    const made = [at ? " · " : " ", status];
    return name ? [...made, ` ${name}`] : made;
  });
  if (replies.length > MOST_STATUSES) words.push(` · ${replies.length - MOST_STATUSES} more`);
  return make(
    "details",
    "ipyasgi-returns",
    {},
    make("summary", "", {}, "Returns", ...words),
    ...replies.map((reply, at) => replyElement(reply, at === 0))
  );
}
function isPlain({ media: [first, ...others] = [] }) {
  return !others.length && !(first?.parts.length || first?.example);
}
function replyElement(reply, open) {
  const status = make("strong", "ipyasgi-figure", { textContent: reply.status });
  status.dataset.tone = toneOf(reply.status);
  const [first, ...others] = reply.blocks;
  const { media = [] } = reply;
  const [spans, rest] = first?.kind === "paragraph" ? [first.spans ?? [], others] : [[], reply.blocks];
  const summary = make(
    "summary",
    "",
    {},
    status,
    " ",
    make("bdi", "", {}, ...spanElements(spans)),
    make("span", "ipyasgi-faint", { textContent: reply.media ? `  ${nameOf(reply) || "No body"}` : "" })
  );
  const body = [
    ...rest.length ? [make("div", "ipyasgi-md", { dir: "auto" }, ...blockElements(rest))] : [],
    ...isPlain(reply) ? [] : media.map((one) => outlineElement(one, media.length > 1))
  ];
  if (!body.length) return make("p", "ipyasgi-reply ipyasgi-reply-empty", {}, ...summary.childNodes);
  return make("details", "ipyasgi-reply", { open }, summary, ...body);
}
function outlineElement(outline, named) {
  const rows = outline.parts.map(
    ([name, required, type, note]) => make(
      "div",
      "ipyasgi-outline-row",
      {},
      make("bdi", "ipyasgi-outline-name", { textContent: name, title: name }),
      make("span", "ipyasgi-faint", { textContent: required ? type : `${type}, optional` }),
      make("span", "", { textContent: note, dir: "auto", hidden: !note })
    )
  );
  const more = outline.more ? [make("div", "ipyasgi-faint", { textContent: `${outline.more} more` })] : [];
  const about = [outline.media, named && outline.name || outline.type].filter(Boolean).join("  ");
  const example = outline.example ? [
    make(
      "details",
      "ipyasgi-example",
      { open: true },
      make("summary", "", { textContent: "Example" }),
      make("pre", "ipyasgi-sample", {
        textContent: outline.example,
        tabIndex: 0,
        dir: "ltr",
        "aria-label": "Example"
      })
    )
  ] : [];
  return make(
    "div",
    "ipyasgi-outline",
    {},
    make("div", "ipyasgi-outline-parts", {}, make("div", "ipyasgi-faint", { textContent: about }), ...rows, ...more),
    ...example
  );
}

// fields/field_focus.js
var CONTROLS = ".ipyasgi-input, .ipyasgi-adder, [type=radio]:checked, [type=file], button";
var FieldFocus = class {
  /** @param {HTMLElement} form  the element with all fields, before they are drawn anew */
  constructor(form) {
    this.form = form;
    const focused = focusedIn(form);
    this.element = focused?.closest(".ipyasgi-picker") ? null : focused;
    const box = this.element?.closest(".ipyasgi-value");
    this.where = box instanceof HTMLElement ? box.dataset.where : void 0;
    this.label = this.element?.getAttribute("aria-label");
    this.typed = isText(this.element) ? this.element.value : "";
    this.selected = isText(this.element) ? [this.element.selectionStart, this.element.selectionEnd] : [0, 0];
  }
  /** Whether the element that had the focus is gone, or hidden. */
  get isLost() {
    return this.element !== null && !(this.element.isConnected && this.element.offsetParent);
  }
  /** Focuses the same control of the same field, and returns whether there is one. A value that came meanwhile is selected. */
  restore() {
    const boxes = [...this.form.querySelectorAll(".ipyasgi-value")];
    const box = boxes.find((one) => one instanceof HTMLElement && one.dataset.where === this.where);
    const controls = [...box?.querySelectorAll(CONTROLS) ?? []].filter(isShown);
    const control = controls.find((one) => one.getAttribute("aria-label") === this.label) ?? controls[0];
    if (!control) return false;
    control.focus();
    if (isText(control)) {
      if (control.value === this.typed) control.setSelectionRange(...this.selected);
      else control.select();
    }
    return true;
  }
};
function isShown(element) {
  return element instanceof HTMLElement && element.offsetParent !== null;
}
function isText(element) {
  const isLine = element instanceof HTMLInputElement && ["text", "password"].includes(element.type);
  return isLine || element instanceof HTMLTextAreaElement;
}

// fields/values.js
var START_DEPTH = 6;
var NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
var MARK = /•••\d*/gu;
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
function isHeld(value, isText2 = false) {
  return isText2 && value === null ? true : typeof value === "string" && /^•••\d*$/u.test(value);
}
function marksOf(text) {
  return [...new Set(text.match(MARK) ?? [])];
}
function withoutMarks(text) {
  return text.replace(MARK, "");
}
function scalarText(value, field, isText2) {
  if (value === void 0) return "";
  if (typeof value === "string" && (isText2 || field.kind !== "any")) return value;
  return field.kind === "any" && kindOf(value) !== "string" ? printJson(value) : JSON.stringify(value);
}
function readScalar(text, field) {
  if (["string", "choice"].includes(field.kind)) return text;
  if (!text.trim()) return void 0;
  if (field.kind === "any") {
    try {
      return parseJson(text);
    } catch {
      return text;
    }
  }
  return NUMBER.test(text.trim()) ? keptNumber(text.trim()) : text;
}
function wordOf(value) {
  return typeof value === "string" ? value || '""' : JSON.stringify(value);
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
  if (one.secret && !["array", "object", "variant", "boolean"].includes(one.kind)) return "";
  if (one.default !== void 0 && one.default !== null) return copyJson(one.default);
  if (one.examples?.length) return copyJson(one.examples[0]);
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
function startOf(field, { definitions, text }) {
  const value = startValue(field, definitions);
  return text ? asTexts(value) : value;
}
function asTexts(value) {
  const kind = kindOf(value);
  if (kind === "array") return value.map(asTexts);
  if (kind === "object") return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asTexts(item)]));
  return kind === "string" ? value : JSON.stringify(value);
}

// fields/file_field.js
var OR_DROP = "or drop it here";
function fileControl({ id, slot, context, buttons, describe, label }) {
  const value = kindOf(slot.value) === "object" ? slot.value : {};
  const chooser = make("input", "ipyasgi-file", {
    id,
    type: "file",
    "aria-label": `File for ${label}`,
    "aria-describedby": describe
  });
  const button = make("span", "ipyasgi-button ipyasgi-file-button", {}, "Choose file", chooser);
  const status = make("span", "ipyasgi-faint ipyasgi-file-name", { role: "status" });
  status.textContent = value.$file ? fileWords(value) : OR_DROP;
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
    buttons.show();
    context.onChange();
  };
  const send = async (file) => {
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
  };
  chooser.addEventListener("change", () => send(chooser.files?.[0]));
  python.addEventListener("input", () => {
    chooser.value = "";
    status.textContent = OR_DROP;
    put({ $python: python.value.trim() });
  });
  const row = make("div", "ipyasgi-file-row", {}, button, status, python);
  row.addEventListener("dragover", (event) => {
    event.preventDefault();
    row.toggleAttribute("data-over", true);
  });
  row.addEventListener("dragleave", () => row.removeAttribute("data-over"));
  row.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    row.removeAttribute("data-over");
    send(event.dataTransfer?.files[0]);
  });
  return { controls: [row], isBox: true };
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

// editor_loader.js
var INTERFACE = 1;
var PATIENCE_MS3 = 6e4;
function loadEditor(model) {
  const page = (
    /** @type {Record<symbol, Promise<EditorModule> | undefined>} */
    /** @type {unknown} */
    globalThis
  );
  const key = /* @__PURE__ */ Symbol.for(`ipyasgi.json_editor.${INTERFACE}`);
  const known = page[key];
  if (known) return known;
  const loading = fetchEditor(model);
  page[key] = loading;
  loading.catch(() => {
    page[key] = void 0;
  });
  return loading;
}
async function fetchEditor(model) {
  const code = await fetchBody(model, await askForOffer(model), { patienceMs: PATIENCE_MS3 });
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}
function askForOffer(model) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      model.off("change:editor", take);
    };
    const take = () => {
      end();
      resolve(model.get("editor"));
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error("The kernel did not send the editor"));
    }, PATIENCE_MS3);
    model.on("change:editor", take);
    model.send({ ask: "editor" });
  });
}

// json_place.js
var TOKEN = /\s+|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|[{}[\],:]|[^\s"{}[\],:]+/y;
var MOST_TOKENS_AFTER = 5e3;
function stringOf(token) {
  try {
    return (
      /** @type {string} */
      JSON.parse(token.length > 1 && token.endsWith('"') ? token : `${token}"`)
    );
  } catch {
    return token.slice(1);
  }
}
function* tokensFrom(text, start) {
  let from = start;
  while (from < text.length) {
    TOKEN.lastIndex = from;
    const token = TOKEN.exec(text)?.[0] ?? text[from];
    const to = from + token.length;
    yield { token, from, to };
    from = to;
  }
}
function findJsonPlace(text, at) {
  const levels = [];
  let from = at;
  let to = at;
  for (const one of tokensFrom(text, 0)) {
    if (one.from >= at) break;
    const { token } = one;
    const isSpace = !token.trim();
    const isSign = /^[{}[\],:]$/.test(token);
    const isWhole = token.startsWith('"') && token.length > 1 && token.endsWith('"') && one.to === at;
    if (!isSpace && !isSign && one.to >= at && !isWhole) {
      from = one.from;
      to = token.startsWith('"') && !text.slice(at, one.to).endsWith('"') ? at : one.to;
      break;
    }
    if (isSpace) continue;
    const level2 = levels.at(-1);
    if (token === "{" || token === "[") {
      const isObject = token === "{";
      if (level2 && level2.awaits !== "value") return null;
      levels.push({
        isObject,
        key: isObject ? "" : 0,
        texts: /* @__PURE__ */ new Map(),
        seen: /* @__PURE__ */ new Set(),
        awaits: isObject ? "name" : "value"
      });
    } else if (token === "}" || token === "]") {
      levels.pop();
      const outer = levels.at(-1);
      if (outer) outer.awaits = "comma";
    } else if (level2 && token === ",") {
      level2.awaits = level2.isObject ? "name" : "value";
      if (!level2.isObject) level2.key = Number(level2.key) + 1;
    } else if (level2 && token === ":") {
      level2.awaits = "value";
    } else if (level2?.awaits === "name") {
      level2.key = token.startsWith('"') ? stringOf(token) : token;
      level2.seen.add(level2.key);
      level2.awaits = "colon";
    } else if (level2) {
      if (token.startsWith('"')) level2.texts.set(String(level2.key), stringOf(token));
      level2.awaits = "comma";
    }
  }
  const level = levels.at(-1);
  if (!level || level.awaits !== "name" && level.awaits !== "value") return null;
  const after = namesAfter(text, to);
  return {
    kind: level.awaits,
    from,
    to,
    levels,
    names: level.isObject ? /* @__PURE__ */ new Set([...level.seen, ...after.names]) : /* @__PURE__ */ new Set(),
    hasColon: after.hasColon
  };
}
function namesAfter(text, start) {
  const names = [];
  let depth = 0;
  let count = 0;
  let last = "";
  let hasColon = false;
  for (const { token } of tokensFrom(text, start)) {
    count += 1;
    if (count > MOST_TOKENS_AFTER) break;
    if (!token.trim()) continue;
    if (token === ":" && !last) hasColon = true;
    if (token === ":" && depth === 0 && last.startsWith('"')) names.push(stringOf(last));
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    if (depth < 0) break;
    last = token;
  }
  return { names, hasColon };
}

// json_words.js
var MOST_FIELDS = 40;
var MOST_WORDS = 300;
var DEEPEST = 6;
function alternatives(field, definitions, texts, depth = 0) {
  const one = resolveField(field, definitions);
  if (one.kind !== "variant" || depth > DEEPEST) return [one];
  const tag = one.discriminator ? texts.get(one.discriminator) : void 0;
  const named = (one.variants ?? []).filter(([, mine]) => tag !== void 0 && mine === tag);
  const variants = named.length ? named : one.variants ?? [];
  return variants.flatMap(([, , child]) => alternatives(child, definitions, texts, depth + 1)).slice(0, MOST_FIELDS);
}
function inside(field, key) {
  if (typeof key === "number") {
    const item = field.prefix?.[key] ?? field.items;
    return item ? [item] : [];
  }
  const member = field.members?.find(([name]) => name === key)?.[2] ?? field.additional;
  return member ? [member] : [];
}
function fieldsIn(root, definitions, levels) {
  let fields = [root];
  for (const [number, { texts }] of levels.entries()) {
    if (number) fields = fields.flatMap((field) => inside(field, levels[number - 1].key));
    fields = fields.flatMap((field) => alternatives(field, definitions, texts)).slice(0, MOST_FIELDS);
  }
  return fields;
}
function kindText(field) {
  if (field.kind === "choice") return (field.choices ?? []).slice(0, 4).map(printJson).join(" | ");
  return field.format || (["any", "variant"].includes(field.kind) ? "" : field.kind);
}
function valuesOf(field) {
  const found = [...field.choices ?? []];
  if (field.kind === "boolean") found.push(true, false);
  if (field.default !== void 0) found.push(field.default);
  found.push(...field.examples ?? []);
  if (field.nullable || field.kind === "null") found.push(null);
  return found;
}
function findJsonWords(text, at, root, definitions) {
  const place = findJsonPlace(text, at);
  if (!place) return null;
  const { from, to, levels, names, hasColon } = place;
  const around = fieldsIn(root, definitions, levels);
  const words = /* @__PURE__ */ new Map();
  if (place.kind === "name") {
    const typed = text.slice(from, to);
    for (const [name, required, child] of around.flatMap((field) => field.members ?? [])) {
      const field = resolveField(child, definitions);
      const label = JSON.stringify(name);
      if (field.readOnly || names.has(name) && typed !== label || words.has(label)) continue;
      const detail = [required ? "required" : "", kindText(field)].filter(Boolean).join(" ");
      const apply = hasColon ? label : `${label}: `;
      const boost = (required ? 50 : 0) - Math.min(words.size, 49);
      words.set(label, { label, apply, detail, info: field.description ?? "", boost });
    }
  } else {
    const key = levels.at(-1)?.key ?? "";
    const fields = around.flatMap((field) => inside(field, key));
    for (const field of fields.flatMap((one) => [
      resolveField(one, definitions),
      ...alternatives(one, definitions, /* @__PURE__ */ new Map())
    ]))
      for (const value of valuesOf(field)) {
        const label = typeof value === "object" && value !== null ? JSON.stringify(value) : printJson(value);
        if (!words.has(label)) words.set(label, { label, apply: label, detail: "", info: "", boost: 0 });
      }
    for (const tag of tagsAt(root, definitions, levels)) {
      const label = JSON.stringify(tag);
      if (!words.has(label)) words.set(label, { label, apply: label, detail: "", info: "", boost: 0 });
    }
  }
  return words.size ? { from, to, options: [...words.values()].slice(0, MOST_WORDS) } : null;
}
function tagsAt(root, definitions, levels) {
  const last = levels.at(-1);
  const outer = levels.slice(0, -1);
  const owners = outer.length ? fieldsIn(root, definitions, outer).flatMap((field) => inside(field, outer[outer.length - 1].key)) : [root];
  return owners.map((field) => resolveField(field, definitions)).filter((field) => field.kind === "variant" && field.discriminator === last?.key).flatMap((field) => (field.variants ?? []).map(([, tag]) => tag)).filter(Boolean);
}

// body_editor.js
var LEAST_LINES = 4;
var MOST_LINES = 18;
var PLAIN_KINDS = ["text", "file"];
var BodyEditor = class {
  /** @param {{ onChange: () => void }} options */
  constructor({ onChange }) {
    this.onChange = onChange;
    this.at = null;
    this.editor = null;
    this.describe = () => void 0;
    this.watch = void 0;
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
    this.box = make("div", "ipyasgi-editor", {}, this.numbers, this.text);
    this.el = make("div", "ipyasgi-text-body", {}, this.box, this.problem);
    this.text.addEventListener("input", () => {
      this.size();
      this.onChange();
    });
    this.text.addEventListener("scroll", () => {
      this.numbers.scrollTop = this.text.scrollTop;
    });
    this.text.addEventListener("keydown", (event) => this.indent(event));
  }
  /**
   * Loads the JSON editor when this one is first shown.
   * @param {Model} model
   * @param {() => Body | undefined} describe  the body that is edited, for completion
   */
  connect(model, describe) {
    this.describe = describe;
    const watch = new ResizeObserver(() => {
      if (!this.el.offsetWidth) return;
      watch.disconnect();
      this.load(model);
    });
    watch.observe(this.el);
    this.watch = watch;
  }
  /** @param {Model} model */
  async load(model) {
    try {
      const { createJsonEditor } = await loadEditor(model);
      if (this.watch) this.turnInto(createJsonEditor);
    } catch (error) {
      console.warn("ipyasgi: the body is edited as plain text.", error);
    }
  }
  /** @param {typeof import("./json_editor.js").createJsonEditor} create */
  turnInto(create) {
    const editor = create({
      attributes: {
        "aria-label": "Request body",
        "aria-describedby": this.problemId,
        spellcheck: "false",
        dir: "ltr"
      },
      onChange: () => this.onChange(),
      complete: (text, at) => this.complete(text, at),
      root: this.box.getRootNode()
    });
    const { value, selectionStart, selectionEnd } = this.text;
    const hadFocus = focusedElement() === this.text;
    this.editor = editor;
    editor.setText(value);
    this.configure();
    editor.mark(this.at);
    this.box.replaceChildren(editor.dom);
    if (hadFocus) editor.select(selectionStart, selectionEnd);
  }
  close() {
    this.watch?.disconnect();
    this.watch = void 0;
    this.editor?.destroy();
  }
  /** @param {string} text */
  show(text) {
    if (this.editor && this.editor.text !== text) this.editor.setText(text);
    if (!this.editor) this.text.value = text;
    this.configure();
    this.size();
  }
  get value() {
    return this.editor ? this.editor.text : this.text.value;
  }
  get isFocused() {
    return focusedIn(this.el) !== null;
  }
  configure() {
    this.editor?.configure({ isJson: !PLAIN_KINDS.includes(this.describe()?.kind ?? "json") });
  }
  /**
   * @param {string} text
   * @param {number} at
   */
  complete(text, at) {
    const body = this.describe();
    return body && !PLAIN_KINDS.includes(body.kind) ? findJsonWords(text, at, body.field, body.definitions) : null;
  }
  size() {
    if (this.editor) return;
    const lines = this.text.value.split("\n").length;
    this.text.rows = Math.min(Math.max(lines, LEAST_LINES), MOST_LINES);
    if (this.numbers.childElementCount !== lines) {
      this.numbers.replaceChildren(
        ...Array.from({ length: lines }, (_, i) => make("span", "", { textContent: i + 1 }))
      );
    }
    if (lines > MOST_LINES) this.numbers.scrollTop = this.text.scrollTop;
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
    if (this.editor) {
      setInvalid(this.editor.content, here);
      this.editor.mark(this.at);
    }
    for (const [place, number] of [...this.numbers.children].entries()) {
      number.toggleAttribute("data-bad", here && place + 1 === checked.line);
    }
  }
  goToProblem() {
    if (!this.at) return;
    const [line, column] = this.at;
    const before = (this.value ?? "").split("\n").slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const from = before + column - 1;
    if (this.editor) this.editor.select(from, from + 1);
    else {
      this.text.focus();
      this.text.setSelectionRange(from, from + 1);
    }
  }
};

// fields/pills.js
var MOST_PILLS = 6;
var MOST_CHARS = 60;
function fitPills(words) {
  return words.length <= MOST_PILLS && words.join("").length <= MOST_CHARS;
}
function radioPills({ label, describe, words, chosen, faint = words.length, onPick }) {
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
    ...pills
  );
}
function togglePills({ label, describe, words, pressed, onToggle }) {
  const pills = words.map((word, number) => {
    const pill = makeButton(
      word,
      "ipyasgi-pill",
      () => {
        pill.setAttribute("aria-pressed", String(pill.getAttribute("aria-pressed") !== "true"));
        onToggle(number);
      },
      { "aria-pressed": String(pressed[number]), dir: "auto" }
    );
    return pill;
  });
  return make("span", "ipyasgi-pills", { role: "group", "aria-label": label, "aria-describedby": describe }, ...pills);
}

// fields/scalar_field.js
var PLACEHOLDERS = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00",
  uuid: "00000000-0000-4000-8000-000000000000",
  email: "name@example.com",
  ipv4: "192.0.2.1"
};
function scalarControl(parts) {
  const { id, field, slot, context, buttons, describe, label } = parts;
  const isText2 = context.text || field.kind === "string";
  const shown = slot.absent || slot.value === null ? "" : scalarText(slot.value, field, context.text);
  const long = shown.includes("\n") || shown.length > 200 || field.kind === "any" && !context.text && /^[[{]/.test(shown);
  const input = make(long ? "textarea" : "input", "ipyasgi-input", {
    id,
    value: shown,
    spellcheck: false,
    autocomplete: "off",
    dir: "auto",
    "aria-describedby": describe,
    "aria-label": label
  });
  if (input instanceof HTMLTextAreaElement) input.rows = Math.min(shown.split("\n").length + 1, 12);
  else input.type = "text";
  if (["integer", "number"].includes(field.kind)) input.inputMode = field.kind === "integer" ? "numeric" : "decimal";
  const sampled = sampleMark();
  sampled.hidden = !shown || context.sample.get(slot.where) !== shown;
  const show = () => {
    input.placeholder = placeholderOf(parts);
    buttons.show();
  };
  input.addEventListener("input", () => {
    sampled.hidden = true;
    const isGone = isText2 ? field.kind !== "string" && !input.value.trim() : readScalar(input.value, field) === void 0;
    if (isGone && buttons.optional) slot.remove();
    else if (isGone && !Array.isArray(slot.holder) && !isText2) slot.remove();
    else slot.set((isText2 ? input.value : readScalar(input.value, field)) ?? "");
    show();
    context.onChange();
  });
  show();
  return { controls: [...suggest(input, field, context), sampled], isBox: true };
}
function sampleMark() {
  return make("span", "ipyasgi-sampled", {
    textContent: "sample",
    title: "Made up from the app's document; it is sent as it is"
  });
}
function placeholderOf({ field, slot, context, buttons }) {
  if (slot.absent && defaultText(field)) return `${defaultText(field)} (default)`;
  if (slot.absent && buttons.optional) return "not sent";
  if (slot.value === null) return "null";
  if (buttons.optional && slot.value === "") return "empty text";
  return PLACEHOLDERS[field.format ?? ""] ?? (field.kind === "any" && !context.text ? "JSON" : "");
}
function suggest(input, field, context) {
  const examples = (field.examples ?? []).map((one) => scalarText(one, field, context.text)).filter((text) => text && !text.includes("\n"));
  if (!examples.length || input.tagName !== "INPUT") return [input];
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
  return { controls: [make("output", "ipyasgi-faint", { id, textContent: slot.absent ? "not sent" : "null" })] };
}

// fields/chip_field.js
var MOST_CHIPS = 200;
var LONGEST = 200;
var MOST_OFFERED = 200;
function areChips(field, value, definitions) {
  if (field.kind !== "array" || field.prefix?.length || !field.items || field.secret) return false;
  const items = resolveField(field.items, definitions);
  if (!["string", "integer", "number", "choice"].includes(items.kind) || items.secret) return false;
  const present = value ?? [];
  return present.length <= MOST_CHIPS && present.every((one) => isShort(one));
}
function isShort(one) {
  if (kindOf(one) === "string") return one.length <= LONGEST && !one.includes("\n");
  return ["number", "boolean"].includes(kindOf(one));
}
function chipControl(parts) {
  const { field, slot, context } = parts;
  const items = resolveField(
    /** @type {Field} */
    field.items,
    context.definitions
  );
  const value = slot.value ?? [];
  const choices = (items.choices ?? []).map((one) => context.text ? scalarText(one, items, context.text) : one);
  const areToggles = items.kind === "choice" && fitPills(choices.map(wordOf)) && value.every((one, at) => holds(choices, one) && !holds(value.slice(0, at), one));
  return areToggles ? toggleControl(parts, choices) : inputControl(parts, items);
}
function holds(values, one) {
  return values.some((other) => sameJson(one, other));
}
function putItems({ slot, context, buttons }, items) {
  if (context.text && !items.length) slot.remove();
  else slot.set(items);
  buttons.show();
  context.onChange();
}
function toggleControl(parts, choices) {
  const { id, slot, label, describe } = parts;
  const state = make("span", "ipyasgi-faint ipyasgi-list-state", { textContent: emptyWord(parts) });
  const pills = togglePills({
    label,
    describe,
    words: choices.map(wordOf),
    pressed: choices.map((one) => holds(slot.value ?? [], one)),
    onToggle: (number) => {
      const before = slot.value ?? [];
      const isIn = holds(before, choices[number]);
      const after = isIn ? before.filter((one) => !sameJson(one, choices[number])) : [...before, choices[number]];
      putItems(parts, after);
      state.textContent = emptyWord(parts);
    }
  });
  pills.id = id;
  return { controls: [pills, state] };
}
function emptyWord({ slot, field, buttons }) {
  if (slot.value === null) return "null";
  if (slot.absent) return defaultText(field) ? `${defaultText(field)} (default)` : buttons.optional ? "not sent" : "";
  return slot.value.length ? "" : "empty list";
}
function inputControl(parts, items) {
  const { id, slot, context, label, describe } = parts;
  const chips = make("span", "ipyasgi-entries", { role: "list", "aria-label": `Items of ${label}` });
  const input = make("input", "ipyasgi-input", {
    id,
    type: "text",
    spellcheck: false,
    autocomplete: "off",
    dir: "auto",
    title: "Enter or a comma adds an item, Backspace removes the last one",
    "aria-label": `Add to ${label}`,
    "aria-describedby": describe
  });
  if (["integer", "number"].includes(items.kind)) input.inputMode = items.kind === "integer" ? "numeric" : "decimal";
  const present = () => slot.value ?? [];
  const put = (after) => {
    putItems(parts, after);
    show();
  };
  const removeAt = (number) => {
    put(present().filter((_, at) => at !== number));
    const next = chips.children[Math.min(number, chips.children.length - 1)];
    if (next) focusFirst(next, "button");
    else input.focus();
  };
  const sampled = sampleMark();
  const isSample = () => {
    const texts = present().map((one) => scalarText(one, items, context.text));
    const made = [...context.sample].filter(([where]) => where.startsWith(`${slot.where}/`)).map(([, text]) => text);
    return texts.length > 0 && sameJson(texts, made);
  };
  const show = () => {
    sampled.hidden = !isSample();
    input.placeholder = present().length ? "add" : emptyWord(parts);
    chips.hidden = !present().length;
    chips.replaceChildren(...present().map((one, number) => chip(one, items, context, label, () => removeAt(number))));
  };
  const add = (text) => {
    const words = text.split(/[,\n\t]/).map((word) => word.trim());
    const added = words.filter(Boolean).map((word) => context.text ? word : readScalar(word, items));
    input.value = "";
    if (added.length) put([...present(), ...added]);
  };
  input.addEventListener("input", () => {
    if (/[,\n\t]/.test(input.value)) add(input.value);
  });
  input.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\n\t]/.test(pasted.trim())) return;
    event.preventDefault();
    add(`${input.value}${pasted}`);
  });
  input.addEventListener("blur", () => add(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && input.value.trim()) {
      if (!event.ctrlKey && !event.metaKey) event.preventDefault();
      add(input.value);
    } else if (event.key === "Backspace" && !input.value && present().length) {
      event.preventDefault();
      put(present().slice(0, -1));
    }
  });
  show();
  return { controls: [chips, input, ...offered(input, items, context), sampled], isBox: true };
}
function chip(value, items, context, label, onRemove) {
  const text = scalarText(value, items, context.text);
  const remove = makeButton("×", "ipyasgi-mini", onRemove, {
    "aria-label": `Remove ${text} from ${label}`,
    title: "Remove"
  });
  remove.addEventListener("keydown", (event) => {
    if (!["Delete", "Backspace"].includes(event.key)) return;
    event.preventDefault();
    onRemove();
  });
  const shown = make("span", "ipyasgi-entry-text", { textContent: text || '""', dir: "auto" });
  return make("span", "ipyasgi-entry", { role: "listitem" }, shown, remove);
}
function offered(input, items, context) {
  const texts = [...items.choices ?? [], ...items.examples ?? []].slice(0, MOST_OFFERED).map((one) => scalarText(one, items, context.text));
  if (!texts.length) return [];
  const options = texts.map((text) => make("option", "", { value: text }));
  const list = make("datalist", "", { id: freshId("items") }, ...options);
  input.setAttribute("list", list.id);
  return [list];
}

// fields/array_field.js
var ITEMS_DRAWN = 100;
function arrayControl(parts) {
  const { field, slot, context, buttons, redraw, label, depth, focusInside } = parts;
  if (areChips(field, slot.value, context.definitions)) return chipControl(parts);
  const items = slot.value ?? [];
  const prefix = field.prefix ?? [];
  const changed = () => {
    buttons.show();
    redraw();
    context.onChange();
  };
  const cards = items.slice(0, ITEMS_DRAWN).map(
    (_, number) => drawField(fieldInside(prefix[number] ?? field.items ?? { kind: "any" }, field), slot.at(number), context, {
      label: `${label} ${number + 1}`,
      fixed: true,
      onRemove: number < prefix.length ? null : () => {
        slot.at(number).remove();
        changed();
        focusInside(number);
      },
      depth: depth + 1
    })
  );
  if (items.length > ITEMS_DRAWN)
    cards.push(make("p", "ipyasgi-faint", { textContent: `${items.length - ITEMS_DRAWN} more: edit them as JSON` }));
  const next = prefix[items.length] ?? field.items;
  const canGrow = next && (field.maxItems === void 0 || items.length < field.maxItems);
  const add = () => {
    slot.set([...items, startOf(fieldInside(next ?? { kind: "any" }, field), context)]);
    changed();
    focusInside(-1);
  };
  const adders = canGrow ? [makeButton("+ item", "ipyasgi-adder", add, { "aria-label": `Add an item to ${label}` })] : [];
  const state = make("span", "ipyasgi-faint", { textContent: emptyWord2(parts) });
  return items.length ? { controls: [], nest: [...cards, ...adders] } : { controls: [...adders, state] };
}
function emptyWord2({ slot, buttons }) {
  if (slot.value === null) return "null";
  if (slot.absent) return buttons.optional ? "not sent" : "";
  return "empty";
}

// fields/choice_field.js
function choiceControl({ id, field, slot, context, buttons, redraw, describe, label }) {
  const plain = field.kind === "boolean" ? [true, false] : field.choices ?? [];
  const values = context.text ? plain.map((one) => typeof one === "string" ? one : JSON.stringify(one)) : [...plain];
  const value = slot.value;
  const isForeign = !slot.absent && value !== null && !values.some((one) => sameJson(one, value));
  if (isForeign) values.push(value);
  const words = values.map(wordOf);
  const faint = values.length;
  if ((buttons.nullable || value === null && !slot.absent) && !values.includes(null)) {
    values.push(null);
    words.push("null");
  }
  if (buttons.optional) {
    values.push(void 0);
    words.push(defaultText(field) ? `not sent (default ${defaultText(field)})` : "not sent");
  }
  const chosen = slot.absent ? values.indexOf(void 0) : values.findIndex((one) => sameJson(one, value));
  const pick = (number) => {
    if (values[number] === void 0) slot.remove();
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

// fields/object_field.js
var MEMBERS_DRAWN = 300;
function objectControl(parts) {
  const { field, slot, context, buttons, redraw, hiddenMember, depth, focusInside } = parts;
  const members = field.members ?? [];
  const names = members.map(([name]) => name);
  const isGiven = !slot.absent && slot.value !== null;
  const changed = () => {
    buttons.show();
    redraw();
    context.onChange();
  };
  if (!isGiven && members.length && (buttons.optional || slot.value === null))
    return { controls: includer(parts, changed) };
  if (slot.absent && !buttons.optional) slot.set({});
  const value = slot.value ?? {};
  const drawn = members.slice(0, MEMBERS_DRAWN).filter(([name, , child]) => !resolveField(child, context.definitions).readOnly || Object.hasOwn(value, name)).map(([name, required, child]) => {
    const box = drawField(fieldInside(child, field), slot.at(name, names), context, {
      label: name,
      required,
      depth: depth + 1
    });
    box.hidden = name === hiddenMember;
    return box;
  });
  const others = Object.keys(value).filter((name) => !names.includes(name));
  drawn.push(
    ...others.slice(0, MEMBERS_DRAWN).map((name) => {
      const child = field.additional ?? { kind: "any" };
      return drawField(fieldInside(child, field), slot.at(name), context, {
        label: name,
        fixed: true,
        depth: depth + 1,
        onRemove: () => {
          slot.at(name).remove();
          changed();
          focusInside(-1);
        }
      });
    })
  );
  const adders = field.additional ? [propertyAdder(parts, changed)] : [];
  if (drawn.length || depth === 0) return { controls: [], nest: [...drawn, ...adders] };
  return { controls: [...adders, make("span", "ipyasgi-faint", { textContent: emptyWord2(parts) })] };
}
function includer(parts, changed) {
  const { id, field, slot, context, label, name, describe, focusInside } = parts;
  const include = () => {
    slot.set(startOf(field, context));
    changed();
    focusInside(0);
  };
  return [
    makeButton(`+ ${name}`, "ipyasgi-adder", include, {
      id,
      "aria-label": `Include ${label}`,
      "aria-describedby": describe
    }),
    make("span", "ipyasgi-faint", { textContent: emptyWord2(parts) })
  ];
}
function propertyAdder({ field, slot, context, label, focusInside }, changed) {
  const name = make("input", "ipyasgi-input", {
    type: "text",
    placeholder: "Name",
    spellcheck: false,
    autocomplete: "off",
    "aria-label": `Name of a new property of ${label}`
  });
  const add = () => {
    const value = slot.value ?? {};
    if (!name.value || Object.hasOwn(value, name.value)) {
      name.focus();
      return;
    }
    if (slot.value !== value) slot.set(value);
    slot.at(name.value).set(startOf(fieldInside(field.additional ?? { kind: "any" }, field), context));
    changed();
    focusInside(-1);
  };
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    add();
  });
  return make(
    "div",
    "ipyasgi-adder-row",
    {},
    name,
    makeButton("+ property", "ipyasgi-adder", add, { "aria-label": `Add a property to ${label}` })
  );
}

// fields/omit_buttons.js
var OmitButtons = class {
  /**
   * @param {{
   *   field: Field, slot: Slot, context: FieldContext, label: string, optional: boolean, onTurn: () => void,
   * }} options  optional: can be omitted; onTurn: called after a button was pressed
   */
  constructor({ field, slot, context, label, optional, onTurn }) {
    this.field = field;
    this.slot = slot;
    this.context = context;
    this.onTurn = onTurn;
    this.optional = optional;
    this.nullable = Boolean(field.nullable) && !context.text;
    this.kept = void 0;
    this.null = makeButton("null", "ipyasgi-mini ipyasgi-null", () => this.toggleNull(), {
      "aria-label": `Send null for ${label}`,
      title: "Send null"
    });
    this.omit = makeButton("×", "ipyasgi-mini", () => this.remove(), {
      "aria-label": `Do not send ${label}`,
      title: "Do not send"
    });
    this.el = make("span", "ipyasgi-field-buttons");
    this.show();
  }
  get isNull() {
    return this.slot.value === null;
  }
  show() {
    this.null.setAttribute("aria-pressed", String(this.isNull));
    const offered2 = this.nullable ? [this.null] : [];
    if (this.optional && !this.slot.absent) offered2.push(this.omit);
    if (offered2.length !== this.el.children.length) this.el.replaceChildren(...offered2);
    this.el.hidden = !offered2.length;
  }
  toggleNull() {
    if (!this.isNull) {
      this.kept = this.slot.value;
      this.slot.set(null);
    } else if (this.kept === void 0 && this.optional) this.slot.remove();
    else this.slot.set(this.kept ?? startOf(this.field, this.context));
    this.onTurn();
  }
  remove() {
    this.slot.remove();
    this.onTurn();
  }
};

// fields/secret_field.js
var HELD = "Saved in the kernel";
function makeEye(input, label) {
  const eye = makeButton(
    "",
    "ipyasgi-mini ipyasgi-eye",
    () => {
      const isShown2 = input.type === "text";
      input.type = isShown2 ? "password" : "text";
      eye.setAttribute("aria-pressed", String(!isShown2));
    },
    { "aria-label": `Show ${label}`, title: "Show", "aria-pressed": "false" }
  );
  return eye;
}
function secretControl({ id, field, slot, context, buttons, describe, label }) {
  const held = isHeld(slot.value, context.text);
  const empty = slot.absent || slot.value === null || held;
  const input = make("input", "ipyasgi-input", {
    id,
    type: "password",
    value: empty ? "" : String(slot.value),
    spellcheck: false,
    autocomplete: "new-password",
    // the browser neither fills it in nor asks to save it
    dir: "auto",
    "aria-describedby": describe,
    "aria-label": label
  });
  const eye = makeEye(input, label);
  const show = () => {
    const word = slot.absent ? buttons.optional ? "not sent" : "" : slot.value === null ? "null" : "";
    input.placeholder = isHeld(slot.value, context.text) ? `${HELD}, not in the notebook` : word;
    setUsable(eye, input.value !== "");
  };
  input.addEventListener("input", () => {
    const value = context.text || !["integer", "number"].includes(field.kind) ? input.value : readScalar(input.value, field);
    slot.set(value ?? "");
    buttons.show();
    show();
    context.onChange();
  });
  show();
  return { controls: [input, eye], isBox: true };
}
function heldControl({ id, field, slot, context, redraw, label }) {
  const replace = makeButton(
    "Replace",
    "ipyasgi-quiet",
    () => {
      slot.set(startOf(field, context));
      redraw();
      context.onChange();
    },
    { "aria-label": `Replace ${label}` }
  );
  return { controls: [make("output", "ipyasgi-faint", { id, textContent: HELD }), replace] };
}

// fields/variant_field.js
function variantControl(parts) {
  const { field, slot, context, buttons, redraw, label, required, depth } = parts;
  const variants = field.variants ?? [];
  const isGiven = !slot.absent && slot.value !== null;
  const at = isGiven ? variantOf(slot.value, field, context.definitions) : -1;
  const picker = variantPicker(parts, at, (number) => {
    slot.set(carriedOver(slot.value, field, number, context));
    buttons.show();
    redraw();
    context.onChange();
  });
  const state = make("span", "ipyasgi-faint", { textContent: stateWord(parts, at) });
  if (at < 0) return { controls: [picker, state] };
  const inner = drawField(fieldInside(variants[at][2], field), slot, context, {
    label,
    required,
    fixed: true,
    hiddenMember: field.discriminator,
    depth: depth + 1
  });
  inner.classList.add("ipyasgi-bare");
  const isNested = ["object", "array", "variant"].includes(resolveField(variants[at][2], context.definitions).kind);
  return isNested ? { controls: [picker], nest: [inner] } : { controls: [picker, inner] };
}
function stateWord({ slot, buttons }, at) {
  if (slot.value === null) return "null";
  if (slot.absent) return buttons.optional ? "not sent" : "";
  return at < 0 ? "none of these" : "";
}
function variantPicker({ id, field, describe, label }, at, onPick) {
  const names = (field.variants ?? []).map(([name]) => name);
  if (fitPills(names)) {
    const pills = radioPills({ label: `Type of ${label}`, describe, words: names, chosen: at, onPick });
    pills.id = id;
    return pills;
  }
  const select = make("select", "ipyasgi-input ipyasgi-variant", {
    id,
    "aria-label": `Type of ${label}`,
    "aria-describedby": describe
  });
  select.dataset.key = "pick";
  if (at < 0) select.append(make("option", "", { value: "", textContent: "Choose a type" }));
  select.append(...names.map((name, number) => make("option", "", { value: String(number), textContent: name })));
  select.value = at < 0 ? "" : String(at);
  select.addEventListener("change", () => {
    if (select.value !== "") onPick(Number(select.value));
  });
  return select;
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
var CONTROLS2 = {
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
var SECRET = ["string", "integer", "number", "any"];
var DRAWN_DEPTH = 40;
var LONGEST_HINT = 400;
var FieldContext = class {
  /**
   * @param {{
   *   definitions: Definitions, text?: boolean, sample?: Leaves, onChange: () => void, files?: FileUpload | null,
   * }} options  text: values stay text as typed; sample: what the untouched form has; files: brings files to the kernel
   */
  constructor({ definitions, text = false, sample = /* @__PURE__ */ new Map(), onChange, files = null }) {
    this.definitions = definitions;
    this.text = text;
    this.sample = sample;
    this.onChange = onChange;
    this.files = files;
  }
};
function drawField(given, slot, context, { label, spoken = label, required = false, fixed = false, hiddenMember = "", onRemove = null, depth = 0 }) {
  const field = resolveField(given, context.definitions);
  const id = freshId("field");
  const title = make(
    "label",
    "ipyasgi-value-name",
    { title: field.description || label, for: id },
    ...breakable(label)
  );
  if (required) title.append(make("span", "ipyasgi-needed", { textContent: "*", title: "Required" }));
  const flags = [field.deprecated && "deprecated", field.readOnly && "read-only"].filter(Boolean);
  title.append(...flags.map((word) => make("span", "ipyasgi-flag", { textContent: word })));
  const place = make("div", "ipyasgi-value-control");
  const nest = make("div", "ipyasgi-nest");
  const hint = make("div", "ipyasgi-value-hint", {
    id: `${id}-hint`,
    title: field.description ?? "",
    dir: "auto",
    textContent: hintOf(field, context)
  });
  hint.hidden = !hint.textContent;
  const note = make("div", "ipyasgi-value-note", { id: `${id}-note`, role: "status", hidden: true });
  const draw = () => {
    const key = focusedIn(place)?.dataset.key;
    const { controls, nest: inner = [], isBox = false, hasStates = false } = controlOf(parts);
    const ends = hasStates ? [] : [buttons.el];
    if (onRemove) ends.push(removeButton(spoken, onRemove));
    place.className = isBox ? "ipyasgi-value-control ipyasgi-box" : "ipyasgi-value-control";
    place.replaceChildren(...controls, ...ends);
    nest.replaceChildren(...inner);
    nest.hidden = !inner.length;
    buttons.show();
    place.toggleAttribute("data-bare", !controls.length);
    place.hidden = !controls.length && !onRemove && buttons.el.hidden;
    if (key) focusAgain(place, key);
  };
  const buttons = new OmitButtons({
    field,
    slot,
    context,
    label: spoken,
    optional: !required && !fixed,
    onTurn: () => {
      draw();
      context.onChange();
      focusControl(place);
    }
  });
  const parts = {
    id,
    field,
    slot,
    context,
    buttons,
    redraw: draw,
    name: label,
    label: spoken,
    required,
    hiddenMember,
    depth,
    describe: `${id}-hint ${id}-note`,
    focusInside: (number) => focusControl([...nest.children].filter((one) => one.matches(".ipyasgi-value")).at(number) ?? box)
  };
  const box = make("div", "ipyasgi-value", {}, title, place, hint, note, nest);
  box.dataset.where = slot.where;
  box.dataset.kind = field.kind;
  for (const kind of ["input", "focusout"])
    place.addEventListener(kind, () => box.toggleAttribute("data-touched", true), { once: true });
  draw();
  return box;
}
function removeButton(label, onRemove) {
  return makeButton("×", "ipyasgi-mini", onRemove, { "aria-label": `Remove ${label}`, title: "Remove" });
}
function focusAgain(place, key) {
  const found = place.querySelector(`[data-key="${key}"]:checked`) ?? place.querySelector(`select[data-key="${key}"]`);
  if (found instanceof HTMLElement) found.focus();
}
function focusControl(place) {
  const found = place.querySelector(".ipyasgi-input, .ipyasgi-adder, button.ipyasgi-pill, [type=radio], [type=file]");
  if (found instanceof HTMLElement) found.focus();
}
function fieldInside(child, field) {
  return field.secret ? { ...child, secret: true } : child;
}
function breakable(name) {
  return name.split(/(?<=[_.-])/).flatMap((part, at) => at ? [make("wbr"), part] : [part]);
}
function controlOf(parts) {
  const { slot, field, context, depth } = parts;
  const isNested = NESTED.includes(field.kind);
  if (isHeld(slot.value, context.text)) return isNested ? heldControl(parts) : secretControl(parts);
  if (field.secret && SECRET.includes(field.kind)) return secretControl(parts);
  const isOdd = misfits(slot.value, field) || isNested && depth >= DRAWN_DEPTH;
  if (isOdd) return scalarControl({ ...parts, field: { ...field, kind: "any" } });
  return (CONTROLS2[field.kind] ?? scalarControl)(parts);
}
function misfits(value, field) {
  if (value === void 0 || value === null) return false;
  const kind = kindOf(value);
  if (field.kind === "array" || field.kind === "object") return kind !== field.kind;
  return ["string", "integer", "number"].includes(field.kind) && ["object", "array", "boolean"].includes(kind);
}
function hintOf(field, context) {
  const kind = field.hint || (["integer", "number"].includes(field.kind) ? field.kind : "");
  const isText2 = field.kind === "string" && field.nullable && !context.text;
  const kinds = isText2 ? `${kind || "string"} or null` : kind;
  return [kinds, plainLine(field.description ?? "")].filter(Boolean).join(" · ");
}
function plainLine(text) {
  const line = text.split("\n", 1)[0].slice(0, LONGEST_HINT);
  return line.replace(/`|\*\*/g, "").replace(/\[([^[\]]*)\]\([^()]*\)/g, "$1");
}
function defaultText(field) {
  const value = field.default;
  if (value === void 0 || value === null || ['""', "[]", "{}"].includes(JSON.stringify(value))) return "";
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
function noteFields(root, notes) {
  const found = root.querySelectorAll(".ipyasgi-value");
  for (const box of found) {
    const hint = query(box, ":scope > .ipyasgi-value-hint");
    hint.dataset.hint ??= hint.textContent ?? "";
    const [, text = ""] = notes.find(([where]) => keyOf(where) === keyOf(box.dataset.where ?? "")) ?? [];
    hint.textContent = [text, hint.dataset.hint].filter(Boolean).join(" · ");
    hint.hidden = !hint.textContent;
  }
}
function keyOf(where) {
  return where.startsWith("header.") ? where.toLowerCase() : where;
}
function nearestPlace(place, known) {
  let where = keyOf(place);
  while (!known.has(where) && where.includes("/")) where = where.slice(0, where.lastIndexOf("/"));
  return known.has(where) ? where : null;
}
function markField(box, found) {
  const input = box.querySelector(":scope > .ipyasgi-box > .ipyasgi-input");
  const isFresh = input instanceof HTMLInputElement && input.value === "" && !box.hasAttribute("data-touched");
  const errors = isFresh ? found.filter(([, , source]) => source !== "") : found;
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

// fields/form_text.js
function isScalar(value) {
  return ["string", "number", "boolean"].includes(kindOf(value));
}
function isFlatForm(value) {
  if (kindOf(value) !== "object") return false;
  return Object.values(value).every((one) => isScalar(one) || Array.isArray(one) && one.every(isScalar));
}
function escapeText(text) {
  return text.replace(/[%&=+#\u0000-\u001f\u007f]/g, (sign) => encodeURIComponent(sign)).replaceAll(" ", "+");
}
function printForm(value) {
  const pairs = [];
  for (const [name, one] of Object.entries(value)) for (const item of [one].flat()) pairs.push([name, item]);
  return pairs.map(([name, one]) => `${escapeText(name)}=${escapeText(wordOf2(one))}`).join("&");
}
function wordOf2(one) {
  return typeof one === "string" ? one : JSON.stringify(one);
}
function readForm(text, lists) {
  if (!/^[^{["\s]/.test(text.trim()) || !text.includes("=")) return null;
  const found = /* @__PURE__ */ new Map();
  for (const [name, one] of new URLSearchParams(text.trim().replace(/\s*\n\s*/g, "&")))
    found.set(name, [...found.get(name) ?? [], one]);
  return Object.fromEntries(
    [...found].map(([name, all]) => [name, all.length > 1 || lists.includes(name) ? all : all[0]])
  );
}

// fields/slot.js
function escapeStep(step) {
  return String(step).replaceAll("~", "~0").replaceAll("/", "~1");
}
function leavesOf(value, where) {
  if (kindOf(value) !== "object" && kindOf(value) !== "array")
    return /* @__PURE__ */ new Map([[where, typeof value === "string" ? value : JSON.stringify(value)]]);
  return new Map(Object.entries(value).flatMap(([step, one]) => [...leavesOf(one, `${where}/${escapeStep(step)}`)]));
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
    this.marks = /* @__PURE__ */ new Set();
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
  /** The text of the body; of a form the JSON of its fields, however it is typed. */
  get value() {
    const text = this.editor.value ?? "";
    const fields = this.current?.kind === "form" ? readForm(text, this.listNames()) : null;
    return fields === null ? text : printJson(fields);
  }
  /** The names of the fields that are lists. */
  listNames() {
    const { field = { kind: "any" }, definitions = {} } = this.current ?? {};
    const members = resolveField(field, definitions).members ?? [];
    return members.filter(([, , one]) => resolveField(one, definitions).kind === "array").map(([name]) => name);
  }
  /**
   * @param {string} text
   * @param {string} media
   */
  show(text, media = "") {
    this.media = media;
    for (const mark of marksOf(text)) this.marks.add(mark);
    this.write(text);
    this.draw();
  }
  /**
   * Puts a body into the editor; a form as it is sent, if that is possible.
   * @param {string} text
   */
  write(text) {
    const value = this.current?.kind === "form" ? tryJson(text) : void 0;
    this.editor.show(isFlatForm(value) ? printForm(value) : text);
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
    const onlyText = !now || kind === "text" || kind === "json" && now.field.kind === "any";
    const mode = onlyText ? "text" : onlyForm ? "form" : this.mode;
    this.tabs.el.hidden = onlyText || onlyForm;
    this.tabs.setTitle("text", kind === "form" ? "Text" : "JSON");
    this.tabs.show(mode);
    this.editor.el.hidden = mode !== "text";
    this.form.hidden = mode !== "form";
    if (mode === "form" && now) this.drawForm(now);
    else this.form.replaceChildren();
  }
  /** @param {Body} now */
  drawForm(now) {
    const text = this.value;
    const holder = {};
    try {
      if (text.trim()) holder.body = parseJson(text);
    } catch {
      this.form.replaceChildren(make("p", "ipyasgi-faint", { textContent: "Fix the JSON to return to the form." }));
      return;
    }
    const isText2 = now.kind === "form" && isFlatForm(holder.body ?? {});
    if (isText2 && holder.body) holder.body = asTexts(holder.body);
    const context = new FieldContext({
      definitions: now.definitions,
      text: isText2,
      sample: leavesOf(tryJson(this.start) ?? {}, "body."),
      files: this.files,
      onChange: () => {
        this.write(Object.hasOwn(holder, "body") ? printJson(holder.body) : "");
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
    const [before, text] = [this.current, this.value];
    this.media = media;
    const isCarried = [before, this.current].every((body) => body && STRUCTURED.includes(body.kind));
    this.write(isCarried && text.trim() ? text : this.startText());
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
    this.write(typeof value === "string" && this.current.kind === "text" ? value : printJson(value));
    this.draw();
    this.onChange();
  }
};
function tryJson(text) {
  try {
    return parseJson(text);
  } catch {
    return void 0;
  }
}

// pair_row.js
var PairRow = class {
  /**
   * @param {Pair} pair
   * @param {{
   *   label: string, isSecret: (name: string) => boolean | undefined, onChange: () => void, onRemove: () => void,
   * }} options  label: for a screen reader; isSecret: undefined for a name that the kernel has not seen
   */
  constructor(pair, { label, isSecret, onChange, onRemove }) {
    this.pair = pair;
    this.isSecret = isSecret;
    this.hides = false;
    const [name, value] = pair;
    const makeInput = (properties) => make("input", "ipyasgi-input", { type: "text", spellcheck: false, autocomplete: "off", ...properties });
    this.value = makeInput({
      value: value ?? "",
      placeholder: value === null ? HELD : "",
      "aria-label": `Value of ${label}`
    });
    this.value.addEventListener("input", () => {
      pair[1] = this.value.value;
      onChange();
    });
    this.name = makeInput({ value: name, placeholder: "Name", "aria-label": `Name of ${label}` });
    this.name.addEventListener("input", () => {
      pair[0] = this.name.value;
      this.showName();
      onChange();
    });
    this.eye = makeEye(this.value, label);
    this.said = make("div", "ipyasgi-pair-note", { role: "status", dir: "auto" });
    this.el = make(
      "div",
      "ipyasgi-pair",
      {},
      this.name,
      make("span", "ipyasgi-pair-value ipyasgi-box", {}, this.value, this.eye),
      makeButton("×", "ipyasgi-quiet", onRemove, { "aria-label": `Remove ${label}`, title: "Remove" }),
      this.said
    );
    this.showName();
    this.note("");
  }
  /** Hides or shows the value by its name; while a name is typed that is not known yet, it stays as it is. */
  showName() {
    const hides = this.isSecret(this.pair[0]) ?? (this.hides || this.pair[1] === null);
    this.eye.hidden = !hides;
    if (hides === this.hides) return;
    this.hides = hides;
    this.value.type = hides ? "password" : "text";
    this.value.autocomplete = hides ? "new-password" : "off";
    this.eye.setAttribute("aria-pressed", "false");
  }
  /** @param {string} text */
  note(text) {
    if (this.said.textContent !== text) this.said.textContent = text;
    this.said.hidden = !text;
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
    this.drawn = [];
    this.secrets = /* @__PURE__ */ new Map();
    this.typed = make("div", "ipyasgi-typed");
    this.rows = make("div", "ipyasgi-pairs");
    const add = makeButton(
      `+ ${noun[0].toUpperCase()}${noun.slice(1)}`,
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
   * @param {Record<string, Json>} sample  by key, those of the untouched form
   */
  showKnown(known, values, sample = {}) {
    this.known = known;
    this.values = { ...values };
    this.typed.replaceChildren(
      ...known.map((one) => {
        const context = new FieldContext({
          definitions: one.definitions ?? {},
          text: one.text,
          sample: leavesOf(sample[one.key] ?? {}, one.key),
          onChange: this.onChange
        });
        const field = {
          ...one.field,
          deprecated: one.deprecated || one.field.deprecated,
          description: one.description || one.field.description,
          secret: one.secret
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
    this.drawn = this.pairs.map((pair, number) => this.row(pair, number));
    this.rows.replaceChildren(...this.drawn.map((row) => row.el));
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
    return new PairRow(pair, {
      label: `${this.noun} ${number + 1}`,
      isSecret: (name) => this.secrets.get(name),
      onChange: this.onChange,
      onRemove: () => {
        this.pairs.splice(this.pairs.indexOf(pair), 1);
        this.draw();
        const next = this.rows.children[number];
        if (next) focusFirst(next, "input");
        else focusFirst(this.el, "button");
        this.onChange();
      }
    });
  }
  /**
   * Shows what the kernel says of the rows: whose names are those of secrets, and what their values do.
   * @param {string} part  such as headers
   * @param {string[]} secret  addresses such as headers.0
   * @param {[where: string, text: string][]} notes
   */
  describe(part, secret, notes) {
    for (const [number, row] of this.drawn.entries()) {
      const where = `${part}.${number}`;
      this.secrets.set(row.pair[0], secret.includes(where));
      row.showName();
      row.note(notes.find(([other]) => other === where)?.[1] ?? "");
    }
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
var OWN_FOLD = "own";
var FOLDED_FROM = 60;
var PATH_PARAMETER = /\{([^{}:]+)(?::[^{}]*)?\}/g;
function searchText({ method, path, name, handler, description, tags }) {
  return [method, path, name, handler, description, ...tags ?? []].filter(Boolean).join(" ").toLowerCase();
}
function findRoutes(choices, query2) {
  const words = query2.toLowerCase().split(/\s+/).filter(Boolean);
  const found = choices.filter((choice) => {
    const text = searchText(choice);
    return words.every((word) => text.includes(word));
  });
  const first = (choice) => words.length && choice.path.toLowerCase().startsWith(words[0]) ? 0 : 1;
  return found.sort((one, other) => first(one) - first(other));
}
function foldOf(choice) {
  return choice.own ? OWN_FOLD : `tag ${choice.tags?.[0] ?? ""}`;
}
function listRoutes(choices, query2, open) {
  if (query2) {
    const words = findRoutes(choices, query2);
    const found = words.length ? words : choices.filter((choice) => takesPath(choice.path, query2));
    return found.length ? found.map(routeRow) : [{ kind: "none", query: query2 }];
  }
  const own = choices.filter((choice) => choice.own);
  if (own.length === choices.length) return choices.map(routeRow);
  const groups = /* @__PURE__ */ new Map([["", []]]);
  for (const choice of choices) {
    if (choice.own) continue;
    const tag = choice.tags?.[0] ?? "";
    const group = groups.get(tag);
    if (group) group.push(choice);
    else groups.set(tag, [choice]);
  }
  const rows = [];
  const addFold = (title, key, group, count) => {
    const isOpen = open.has(key);
    rows.push({ kind: "fold", title, key, count, isOpen }, ...isOpen ? group.map(routeRow) : []);
  };
  for (const [tag, group] of groups) {
    if (tag && choices.length >= FOLDED_FROM) addFold(tag, foldOf(group[0]), group, group.length);
    else if (group.length) rows.push(...tag ? [tagRow(tag)] : [], ...group.map(routeRow));
  }
  const frameworks = [...new Set(own.map((choice) => choice.own))].sort().join(" and ");
  if (own.length) addFold(`${own.length} of ${frameworks}'s own`, OWN_FOLD, own, 0);
  return rows;
}
function routeRow(choice) {
  return { kind: "route", choice };
}
function tagRow(title) {
  return { kind: "tag", title };
}
function takesPath(template, path) {
  const wanted = template.split("/");
  const parts = path.split("?")[0].split("/");
  const last = wanted.findIndex((part) => /\{[^{}]*:path\}/.test(part));
  if (last < 0 ? parts.length !== wanted.length : parts.length <= last) return false;
  return (last < 0 ? wanted : wanted.slice(0, last)).every((part, number) => {
    const [open, close] = [part.indexOf("{"), part.lastIndexOf("}")];
    if (open < 0 || close < open) return part === parts[number];
    const [head, tail] = [part.slice(0, open), part.slice(close + 1)];
    const text = parts[number];
    return text.length > head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
  });
}
function keyOf2(choice) {
  return `${choice.method} ${choice.path}`;
}
function triedText(choices, tried) {
  const own = choices.filter((choice) => !choice.own);
  const count = own.filter((choice) => tried[keyOf2(choice)]).length;
  return count ? `${count} of ${own.length} tried` : "";
}
function splitPath(path) {
  const cut = path.lastIndexOf("/", path.length - 2);
  return cut > 0 ? [path.slice(0, cut), path.slice(cut)] : ["", path];
}
function findPathParameters(path) {
  return [...new Set([...path.split("?")[0].matchAll(PATH_PARAMETER)].map((match) => match[1]))];
}

// form_fields.js
function pathParameters(path, described, secrets) {
  return findPathParameters(path).map((name) => ({
    ...described.find((one) => one.place === "path" && one.name === name) ?? {
      name,
      key: `path.${name}`,
      place: "path",
      text: true,
      field: { kind: "string" },
      secret: secrets.includes(name)
    },
    required: true
  }));
}
var FormFields = class {
  /** @param {{ onChange: () => void, files: FileUpload }} options */
  constructor({ onChange, files }) {
    this.path = new PairRows({ title: "Path", noun: "path value", fixed: true, onChange });
    this.query = new PairRows({ title: "Query", noun: "query parameter", onChange });
    this.headers = new PairRows({ title: "Headers", noun: "header", onChange });
    this.cookies = new PairRows({ title: "Cookies", noun: "cookie", fixed: true, onChange });
    this.body = new BodyPart({ onChange, files });
    this.otherErrors = make("ul", "ipyasgi-other-errors", { "aria-label": "Other errors" });
    const pairs = make("div", "ipyasgi-pair-parts", {}, this.query.el, this.headers.el);
    this.els = [this.otherErrors, this.path.el, pairs, this.cookies.el, this.body.el];
  }
  /** @returns {[name: string, value: Json][]} */
  get pathValues() {
    const { known, values } = this.path;
    return known.map(({ key }) => [key.slice("path.".length), Object.hasOwn(values, key) ? values[key] : ""]);
  }
  /**
   * The values of described parameters other than those of the path.
   * @returns {[key: string, value: Json][]}
   */
  get knownValues() {
    return [...this.query.knownValue, ...this.headers.knownValue, ...this.cookies.knownValue];
  }
  /**
   * @param {Operation | null} operation
   * @param {Values} values
   * @param {string} path
   * @param {string[]} secrets  the names in the path whose values are secret
   */
  draw(operation, { known, paths, body, media }, path, secrets) {
    const all = operation?.parameters ?? [];
    const start = operation?.start;
    const typed = (name) => Object.hasOwn(paths, name) ? paths[name] : "";
    const inPath = pathParameters(path, all, secrets);
    this.path.showKnown(
      inPath,
      Object.fromEntries(inPath.map(({ name, key }) => [key, typed(name)])),
      Object.fromEntries((start?.path_values ?? []).map(([name, value]) => [`path.${name}`, value]))
    );
    const sample = Object.fromEntries(start?.known ?? []);
    const parts = [
      [this.query, "query"],
      [this.headers, "header"],
      [this.cookies, "cookie"]
    ];
    for (const [part, place] of parts) {
      const here = all.filter((one) => one.place === place);
      part.showKnown(
        here,
        Object.fromEntries(here.filter(({ key }) => key in known).map(({ key }) => [key, known[key]])),
        sample
      );
    }
    this.body.describe(operation?.bodies ?? [], start?.body ?? "");
    this.body.show(body, media);
  }
  /**
   * Shows the errors and notes of the kernel's check and the app's errors, each at its field.
   * @param {HTMLElement} form  the element with all fields
   * @param {CheckedForm} checked
   * @param {{ isAsked: boolean, errors: FieldError[] }} options  isAsked: whether the user has tried to send it, so that a
   *   missing value is an error; errors: of the app, about the values that were sent
   * @returns {string} the place of the error that is shown, or an empty text
   */
  mark(form, checked, { isAsked, errors }) {
    const shown = checked.missing && !isAsked ? { where: "", text: "", line: 0 } : checked;
    const keyOf3 = (part) => shown.where.startsWith(`${part}.`) ? shown.where.slice(part.length + 1) : "";
    for (const [part, rows] of Object.entries({ query: this.query, headers: this.headers })) {
      rows.mark(keyOf3(part), shown.text);
      rows.describe(part, checked.secret ?? [], checked.replaced ?? []);
    }
    this.body.editor.mark(shown);
    const problem = shown.where ? [[shown.where.replace(/^path_values\./, "path."), shown.text]] : [];
    const named = new Set(errors.map(([where]) => where));
    const hints = (checked.hints ?? []).filter(([where]) => !named.has(where) && !problem.some(([other]) => other === where)).map(([where, text]) => [where, text, ""]);
    noteFields(form, checked.replaced ?? []);
    const left = markFields(form, [...problem, ...errors, ...hints]);
    this.showOtherErrors(left.filter((error) => error !== problem[0]));
    return shown.where;
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
};

// operations.js
var Operations = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.generation = 0;
    this.known = /* @__PURE__ */ new Map();
    this.repliesByKey = /* @__PURE__ */ new Map();
  }
  /** @param {string} key */
  get(key) {
    return this.known.get(key);
  }
  /** @param {string} key */
  has(key) {
    return this.known.has(key);
  }
  /**
   * Requests an operation that is not known. Before the document is read there are none; then that of the kernel's form
   * comes by itself.
   * @param {string} key
   */
  ask(key) {
    if (this.generation && !this.known.has(key)) this.model.send({ ask: "operation_form", key });
  }
  /**
   * Takes an operation, and returns whether the document is read.
   * @param {Operation} operation
   */
  take(operation) {
    if (operation.generation !== this.generation) {
      this.known.clear();
      this.repliesByKey.clear();
    }
    this.generation = operation.generation;
    if (this.generation) this.known.set(operation.key, operation);
    return this.generation > 0;
  }
  /**
   * Requests the responses of an operation, once it is drawn: they take the kernel longer than its fields.
   * @param {Operation} operation
   */
  askReplies({ key, docs }) {
    if (!docs?.responses.length || this.repliesByKey.has(key)) return;
    this.repliesByKey.set(key, docs.responses);
    this.model.send({ ask: "responses", key });
  }
  /**
   * Takes the responses of an operation, and returns its key, nothing for those of an older document.
   * @param {{ key?: string, generation?: number, responses?: Reply[] }} answer
   */
  takeReplies({ key, generation, responses }) {
    if (!key || !responses || generation !== this.generation) return void 0;
    this.repliesByKey.set(key, responses);
    return key;
  }
  /**
   * The responses of an operation, perhaps only their statuses.
   * @param {string} key
   */
  replies(key) {
    return this.repliesByKey.get(key) ?? this.known.get(key)?.docs?.responses ?? [];
  }
};

// route_list.js
var PORTION = 100;
var NEAR_END_PX = 200;
var LONG_PATH = 26;
var RouteList = class {
  /**
   * @param {{ onPick: (choice: Choice) => void, onSendAnyway: (query: string) => void }} options
   *   onSendAnyway: a path that no route has is to be sent
   */
  constructor({ onPick, onSendAnyway }) {
    this.onPick = onPick;
    this.onSendAnyway = onSendAnyway;
    this.choices = [];
    this.tried = {};
    this.isAnyTried = false;
    this.query = "";
    this.open = /* @__PURE__ */ new Set();
    this.rows = [];
    this.drawn = 0;
    this.current = "";
    this.active = void 0;
    this.group = void 0;
    this.id = freshId("routes");
    this.el = make("div", "ipyasgi-routes", { id: this.id, role: "listbox", "aria-label": "Routes" });
    this.el.addEventListener("pointerdown", (event) => event.preventDefault());
    this.el.addEventListener("click", (event) => this.press(closest(event, "[role=option]")));
    this.el.addEventListener("scroll", () => {
      const { scrollTop, clientHeight, scrollHeight } = this.el;
      if (scrollTop + clientHeight > scrollHeight - NEAR_END_PX) this.drawMore();
    });
  }
  /** @param {Choice[]} choices */
  setChoices(choices) {
    const active = this.active?.dataset.key;
    this.choices = choices;
    this.openFoldOf(this.current);
    this.redraw();
    if (active) this.activate(this.options().find((row) => row.dataset.key === active));
  }
  /**
   * Marks the routes that were tried, and the others once there is one.
   * @param {Tried} tried
   */
  setTried(tried) {
    this.tried = tried;
    this.isAnyTried = Object.keys(tried).length > 0;
    for (const option of this.options()) {
      const row = this.rows[Number(option.dataset.number)];
      if (row?.kind === "route") this.label(option, row.choice);
    }
  }
  /** @param {string} query */
  search(query2) {
    if (query2 === this.query) {
      this.activate(void 0);
      return;
    }
    this.query = query2;
    this.redraw();
    this.el.scrollTop = 0;
    if (!query2) this.showCurrent();
  }
  /**
   * Marks the route in the form.
   * @param {string} key
   */
  mark(key) {
    if (key === this.current) return;
    this.current = key;
    if (this.openFoldOf(key) && !this.query) this.redraw();
    else for (const row of this.options()) this.markRow(row);
    this.showCurrent();
  }
  /** Scrolls to the route in the form, and draws the list so far, if it is there. */
  showCurrent() {
    const number = this.rows.findIndex((row) => isRoute(row, this.current));
    while (this.drawn <= number && this.drawMore()) ;
    if (number >= 0) this.reveal(this.currentRow());
  }
  /** @param {string} key */
  openFoldOf(key) {
    const choice = this.choices.find((one) => keyOf2(one) === key);
    if (!choice || this.open.has(foldOf(choice))) return false;
    this.open.add(foldOf(choice));
    return true;
  }
  redraw() {
    this.rows = listRoutes(this.choices, this.query, this.open);
    this.drawn = 0;
    this.active = void 0;
    this.group = void 0;
    this.el.replaceChildren();
    this.drawMore();
  }
  /** Draws the next rows; returns whether there were any. */
  drawMore() {
    const rows = this.rows.slice(this.drawn, this.drawn + PORTION);
    for (const row of rows) {
      const drawn = this.draw(row, this.drawn);
      this.drawn += 1;
      if (row.kind === "tag") this.group = this.addGroup(row.title);
      if (row.kind === "fold") this.group = void 0;
      (this.group ?? this.el).append(drawn);
      if (row.kind === "fold" && row.isOpen) this.group = this.addGroup(row.title);
    }
    return rows.length > 0;
  }
  /** @param {string} title */
  addGroup(title) {
    const group = make("div", "", { role: "group", "aria-label": title });
    this.el.append(group);
    return group;
  }
  /**
   * @param {RouteRow} row
   * @param {number} number
   */
  draw(row, number) {
    if (row.kind === "tag") return make("div", "ipyasgi-tag", { textContent: row.title, "aria-hidden": "true" });
    const option = make("div", `ipyasgi-route ipyasgi-route-${row.kind}`, {
      id: `${this.id}-${number}`,
      role: "option",
      "aria-selected": "false"
    });
    option.dataset.number = String(number);
    if (row.kind === "route") this.drawRoute(option, row.choice);
    else if (row.kind === "none") option.append(noneText(row.query));
    else {
      option.dataset.open = String(row.isOpen);
      option.dataset.fold = row.key;
      option.append(
        make("span", "ipyasgi-fold-title", { textContent: row.title }),
        make("span", "ipyasgi-faint ipyasgi-figure", { textContent: row.count ? String(row.count) : "" })
      );
      option.setAttribute("aria-label", `${row.title}, ${row.isOpen ? "expanded" : "collapsed"}`);
    }
    return option;
  }
  /**
   * @param {HTMLElement} option
   * @param {Choice} choice
   */
  drawRoute(option, choice) {
    const [head, tail] = splitPath(choice.path);
    const method = makeMethod(choice.method);
    const path = make(
      "span",
      "ipyasgi-route-path",
      { dir: "ltr" },
      make("span", "ipyasgi-route-head", { textContent: head }),
      make("span", "ipyasgi-route-tail", { textContent: tail })
    );
    option.append(
      method,
      path,
      make("span", "ipyasgi-faint ipyasgi-route-name", {
        textContent: choice.description || choice.name || choice.handler || "",
        dir: "auto"
      })
    );
    if (choice.deprecated) option.dataset.deprecated = "true";
    if (choice.lock) option.append(make("span", "ipyasgi-lock", { "aria-hidden": "true" }));
    option.append(make("span", "ipyasgi-route-tried", { "aria-hidden": "true" }));
    option.dataset.long = String(Boolean(choice.description) && choice.path.length > LONG_PATH);
    option.dataset.key = keyOf2(choice);
    this.label(option, choice);
    this.markRow(option);
  }
  /**
   * @param {HTMLElement} option
   * @param {Choice} choice
   */
  label(option, choice) {
    const key = keyOf2(choice);
    const isMarked = !choice.own && this.isAnyTried;
    const tried = this.tried[key] ?? (isMarked ? ["not tried yet"] : []);
    const marks = [choice.deprecated ? "deprecated" : "", choice.lock ? "takes credentials" : "", ...tried];
    option.setAttribute("aria-label", [key, choice.description, ...marks].filter(Boolean).join(", "));
    option.title = [key, choice.description, choice.handler, choice.source, ...marks].filter(Boolean).join("\n");
    option.dataset.tried = this.tried[key] ? "yes" : isMarked ? "no" : "";
  }
  /** @param {HTMLElement} row */
  markRow(row) {
    if (row.dataset.key && row.dataset.key === this.current) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  /** @returns {HTMLElement[]} */
  options() {
    return [...this.el.querySelectorAll("[role=option]")].filter((row) => row instanceof HTMLElement);
  }
  /** @returns {HTMLElement | null} */
  currentRow() {
    return this.el.querySelector("[aria-current=true]");
  }
  /** @param {HTMLElement | undefined} row */
  activate(row) {
    this.active?.setAttribute("aria-selected", "false");
    this.active = row;
    row?.setAttribute("aria-selected", "true");
    this.reveal(row);
  }
  /**
   * Makes another row the active one, from the last to the first.
   * @param {number} by
   */
  move(by) {
    let rows = this.options();
    const at = this.active ? rows.indexOf(this.active) : -1;
    if (at + by >= rows.length && this.drawMore()) rows = this.options();
    if (!rows.length) return;
    const to = at < 0 ? by > 0 ? 0 : rows.length - 1 : (at + by + rows.length) % rows.length;
    this.activate(rows[to]);
  }
  /**
   * Scrolls the list, and not the notebook.
   * @param {HTMLElement | null | undefined} row
   */
  reveal(row) {
    if (!row) return;
    const [list, place] = [this.el.getBoundingClientRect(), row.getBoundingClientRect()];
    if (place.top < list.top) this.el.scrollTop -= list.top - place.top;
    else if (place.bottom > list.bottom) this.el.scrollTop += place.bottom - list.bottom;
  }
  /** The first route of the list. */
  get first() {
    const row = this.rows.find((one) => one.kind === "route");
    return row?.kind === "route" ? row.choice : void 0;
  }
  /** @param {HTMLElement | null | undefined} option */
  press(option) {
    const row = option ? this.rows[Number(option.dataset.number)] : void 0;
    if (row?.kind === "route") this.onPick(row.choice);
    else if (row?.kind === "none") this.onSendAnyway(row.query);
    else if (row?.kind === "fold") this.toggle(row.key);
  }
  /** @param {string} key */
  toggle(key) {
    if (!this.open.delete(key)) this.open.add(key);
    const { scrollTop } = this.el;
    this.redraw();
    const number = this.rows.findIndex((row) => row.kind === "fold" && row.key === key);
    while (this.drawn <= number && this.drawMore()) ;
    this.el.scrollTop = scrollTop;
    this.activate(this.options().find((row) => row.dataset.number === String(number)));
  }
};
function isRoute(row, key) {
  return row.kind === "route" && keyOf2(row.choice) === key;
}
function noneText(query2) {
  return make(
    "span",
    "",
    {},
    "No route matches ",
    make("bdi", "ipyasgi-none-query", { textContent: `'${query2}'` }),
    ": ",
    make("span", "ipyasgi-send-anyway", { textContent: "send it anyway" })
  );
}

// route_picker.js
var BLUR_MS = 200;
var RoutePicker = class {
  /**
   * @param {{
   *   methods: string[], choices: Choice[], onPick: (choice: Choice) => void, onType: () => void,
   *   onEnter: () => void,
   * }} options
   *   onType: method or path were changed by hand; onEnter: send
   */
  constructor({ methods, choices, onPick, onType, onEnter }) {
    this.onPick = onPick;
    this.onType = onType;
    this.onEnter = onEnter;
    this.choices = choices;
    this.list = new RouteList({
      onPick: (choice) => this.pick(choice),
      onSendAnyway: (query2) => this.sendAnyway(query2)
    });
    this.method = make("select", "ipyasgi-input ipyasgi-method-field", { "aria-label": "Method" });
    this.setMethods(methods);
    this.path = makeSearch(this.list, "ipyasgi-path-field", "Search routes or type a path");
    this.filter = makeSearch(this.list, "ipyasgi-rail-filter", "Filter routes");
    this.filter.placeholder = "Filter routes  /";
    this.filter.setAttribute("aria-keyshortcuts", "/");
    this.triedLine = make("div", "ipyasgi-faint ipyasgi-rail-tried");
    this.rail = make("nav", "ipyasgi-rail", { "aria-label": "Routes" }, this.filter, this.list.el, this.triedLine);
    this.opener = makeButton("Routes ▾", "ipyasgi-opener", () => this.toggle(), { tabIndex: -1, title: "All routes" });
    this.el = make("div", "ipyasgi-picker", {}, this.method, this.path, this.opener);
    this.setChoices(choices);
    this.close();
    this.isFirstClick = false;
    this.isMethodChosen = false;
    this.method.addEventListener("change", () => {
      this.isMethodChosen = true;
      this.typed();
    });
    this.path.addEventListener("input", () => {
      this.open(this.path.value.trim());
      this.typed();
    });
    this.path.addEventListener("pointerdown", () => {
      this.isFirstClick = !this.path.matches(":focus");
    });
    this.path.addEventListener("click", () => {
      if (!this.isBeside) this.toggle();
      else if (this.isFirstClick) this.selectAll();
    });
    this.opener.addEventListener("pointerdown", (event) => event.preventDefault());
    this.path.addEventListener("change", () => this.followPath() && this.typed());
    this.path.addEventListener("blur", () => setTimeout(() => this.path.matches(":focus") || this.close(), BLUR_MS));
    this.path.addEventListener("keydown", (event) => this.onKey(event));
    this.filter.addEventListener("input", () => this.close());
    this.filter.addEventListener("keydown", (event) => this.onFilterKey(event));
    this.onSlash = (event) => {
      if (event.key !== "/" || !isForPanelOf(event, this.rail)) return;
      event.preventDefault();
      this.focusSearch();
    };
    document.addEventListener("keydown", this.onSlash, { capture: true });
  }
  /** Ends what outlives the elements. */
  end() {
    document.removeEventListener("keydown", this.onSlash, { capture: true });
  }
  /** @param {Choice[]} choices */
  setChoices(choices) {
    this.choices = choices;
    this.list.setChoices(choices);
    this.showActive();
    this.mark();
    this.showTried();
  }
  /** @param {Tried} tried */
  setTried(tried) {
    this.list.setTried(tried);
    this.showTried();
  }
  showTried() {
    this.triedLine.textContent = triedText(this.choices, this.list.tried);
    this.triedLine.hidden = !this.triedLine.textContent;
  }
  /** Marks the route of the form in the list. */
  mark() {
    this.list.mark(`${this.method.value} ${this.path.value.trim()}`);
  }
  /** The method or the path were changed by hand. */
  typed() {
    this.mark();
    this.onType();
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
    this.mark();
  }
  get current() {
    const [method, path] = [this.method.value, this.path.value.trim()];
    return this.choices.find((choice) => choice.method === method && choice.path === path);
  }
  /** Choose a method of the typed path, unless one was chosen by hand; return whether it changed. */
  followPath() {
    if (this.isMethodChosen || this.current) return false;
    const choice = this.choices.find((one) => one.path === this.path.value.trim());
    if (choice) this.setMethod(choice.method);
    return Boolean(choice);
  }
  /** Whether the rail stands beside the form, and is not an overlay. */
  get isBeside() {
    return this.filter.offsetParent !== null;
  }
  get isOpen() {
    return this.rail.dataset.open === "true";
  }
  toggle() {
    this.path.focus();
    if (this.isOpen) {
      this.close();
      return;
    }
    this.open("");
    this.selectAll();
  }
  /** As in an address bar, typing replaces the text; a second click sets the caret. */
  selectAll() {
    if (this.path.selectionStart === this.path.selectionEnd) this.path.select();
  }
  /** @param {string} query */
  open(query2) {
    this.rail.dataset.open = "true";
    this.path.setAttribute("aria-expanded", "true");
    this.list.search(query2);
    this.showActive();
  }
  /** Closes the overlay; a rail beside the form shows the routes of its own field again. */
  close() {
    this.rail.dataset.open = "false";
    this.path.setAttribute("aria-expanded", "false");
    this.list.search(this.filter.value.trim());
    this.showActive();
  }
  showActive() {
    for (const field of [this.path, this.filter]) {
      if (this.list.active) field.setAttribute("aria-activedescendant", this.list.active.id);
      else field.removeAttribute("aria-activedescendant");
    }
  }
  focusSearch() {
    const field = this.isBeside ? this.filter : this.path;
    field.focus();
    field.select();
  }
  /**
   * Handles the keys that both fields have; returns whether it was one.
   * @param {KeyboardEvent} event
   */
  onListKey(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.list.move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && this.list.active) this.list.press(this.list.active);
    else return false;
    event.preventDefault();
    this.showActive();
    return true;
  }
  /** @param {KeyboardEvent} event */
  onFilterKey(event) {
    if (event.ctrlKey || event.metaKey || this.onListKey(event)) return;
    if (event.key === "Escape" && this.filter.value) {
      event.preventDefault();
      this.filter.value = "";
      this.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.filter.value.trim() && this.list.first) this.pick(this.list.first);
    }
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey) return;
    if (!this.isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) this.open("");
    if (this.isOpen && this.onListKey(event)) return;
    if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const typed = this.path.value.trim();
      const { first } = this.list;
      if (this.isOpen && first && this.isBeginning(typed, first)) this.pick(first);
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
   * @param {Choice} first
   */
  isBeginning(typed, first) {
    if (!typed.startsWith("/")) return true;
    return first.path.startsWith(typed) && !this.choices.some((choice) => choice.path === typed);
  }
  /** @param {Choice} choice */
  pick(choice) {
    this.onPick(choice);
    this.close();
  }
  /** @param {string} query */
  sendAnyway(query2) {
    this.path.value = query2.startsWith("/") ? query2 : `/${query2}`;
    this.typed();
    this.close();
    this.onEnter();
  }
};
function makeSearch(list, className, label) {
  return make("input", `ipyasgi-input ${className}`, {
    type: "text",
    dir: "ltr",
    spellcheck: false,
    autocomplete: "off",
    role: "combobox",
    placeholder: label,
    "aria-label": label,
    "aria-autocomplete": "list",
    "aria-expanded": "true",
    "aria-controls": list.id
  });
}
function isForPanelOf(event, element) {
  const [target] = event.composedPath();
  if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return false;
  const typing = target.isContentEditable || target.matches("input, textarea, select");
  const root = (
    /** @type {ParentNode} */
    /** @type {unknown} */
    element.getRootNode()
  );
  const panels = [...root.querySelectorAll(".ipyasgi-panel")].filter((panel) => panel.contains(element));
  return !typing && panels.length > 0 && panels[0].contains(target);
}

// text.js
function elapsedText(ms) {
  if (ms < 6e4) return `${(ms / 1e3).toFixed(1)} s`;
  return `${Math.floor(ms / 6e4)} min ${Math.floor(ms % 6e4 / 1e3)} s`;
}

// send_bar.js
var HEARD_MS = 300;
var LONG_MS = 3e3;
var SendBar = class {
  /** @param {{ onSend: () => void, onCancel: () => void }} options */
  constructor({ onSend, onCancel }) {
    this.send = makeButton("Send", "ipyasgi-primary", onSend, {
      title: "Send (Ctrl+Enter)",
      "aria-keyshortcuts": "Control+Enter"
    });
    this.cancel = makeButton("Cancel", "", onCancel, { title: "Cancel the running request" });
    this.status = make("span", "ipyasgi-run-text", { role: "status" });
    this.clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
    this.buttons = make("div", "ipyasgi-buttons", {}, this.send, this.cancel);
    this.line = make("div", "ipyasgi-run", {}, this.status, this.clock);
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
    setUsable(this.cancel, run.busy);
    this.send.classList.toggle("ipyasgi-primary", !run.busy);
    this.cancel.classList.toggle("ipyasgi-primary", run.busy);
    this.count(run.busy ? performance.now() - run.elapsed_ms : null);
  }
  get isBusy() {
    return this.line.dataset.busy === "true";
  }
  /**
   * Hides the buttons for a WebSocket, whose console has its own.
   * @param {boolean} offered
   */
  offer(offered2) {
    this.offered = offered2;
    this.buttons.hidden = !offered2;
  }
  /** Remove a message about a form that has changed since. */
  forget() {
    if (this.isBusy) return;
    this.status.textContent = "";
  }
  /** Shown from the press until the kernel replies. */
  pressed() {
    this.status.textContent = "Waiting for the kernel";
    this.status.dataset.tone = "";
    this.line.dataset.busy = "true";
    this.line.dataset.beside = "true";
    this.count(performance.now());
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      this.line.dataset.beside = "false";
      this.patience = setTimeout(() => {
        this.status.textContent = "No reply yet: the kernel is busy or gone";
      }, LONG_MS - HEARD_MS);
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
  return [...draft.query, ...draft.known, ...draft.path_values].some(([, value]) => value === null);
}
var FormPage = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.fill = 0;
    this.seq = 0;
    this.untouched = false;
    this.choicesTurn = model.get("choices_turn");
    this.key = void 0;
    this.held = { known: {}, paths: {}, body: "", media: "" };
    this.headersBefore = void 0;
    this.visited = /* @__PURE__ */ new Map();
    this.operations = new Operations(model);
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
      onCancel: () => model.send({ ask: "cancel" })
    });
    this.fields = new FormFields({ onChange: changed, files: new FileUpload(model) });
    this.fields.body.onDraw = () => this.showChecked();
    this.credentials = new CredentialsChip(model, { onSignedIn: () => this.bar.send.focus() });
    this.fields.body.editor.connect(model, () => this.fields.body.current);
    this.awaited = new AwaitedForm({
      onLate: (isStill) => {
        this.showAbout();
        if (isStill) this.focusForm();
      }
    });
    this.code = new CodePart(model, { kinds: model.get("code_kinds"), onPick: () => this.changed() });
    this.docs = new DocsPart(model, { code: this.code, onLock: (keys) => this.credentials.open(keys) });
    const line = make("div", "ipyasgi-request-line", {}, this.picker.el);
    const sendLine = make("div", "ipyasgi-send-line", {}, this.bar.buttons, this.bar.line);
    this.credentials.settle(line);
    this.el = make(
      "section",
      "ipyasgi-page ipyasgi-form",
      { "aria-label": "Request" },
      line,
      this.credentials.part,
      this.docs.el,
      ...this.fields.els,
      sendLine
    );
    this.frame = make("div", "ipyasgi-page ipyasgi-frame", {}, this.picker.rail, this.el);
    this.el.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.send();
    });
    this.el.addEventListener("change", () => {
      if (!this.bar.offered) this.flush();
    });
    this.el.addEventListener("input", (event) => this.forgetErrors(closest(event, ".ipyasgi-value")?.dataset.where));
    keepKeys(this.frame);
    this.picker.setTried(model.get("tried"));
    this.receive(model.get("operation_form"));
    this.operations.takeReplies(model.get("responses"));
    this.takeDraft(model.get("draft"));
    this.showChecked();
    this.bar.show(model.get("run"));
  }
  methods() {
    const choices = this.model.get("choices");
    const sockets = choices.some((choice) => choice.method === "WS");
    return [...this.model.get("methods"), ...sockets ? ["WS"] : []];
  }
  /** Whether the kernel has filled the form, and `takeDraft` is still to come: traits of one message change in any order. */
  hasNewDraft() {
    return this.model.get("draft").fill > this.fill;
  }
  /**
   * Shows the draft of the kernel: the first one, and each that it fills in later.
   * @param {PageDraft} draft
   */
  takeDraft(draft) {
    this.fill = draft.fill;
    this.seq = draft.seq;
    this.untouched = false;
    for (const [key, left] of this.visited) this.visited.set(key, { ...left, body: withoutMarks(left.body) });
    this.fields.body.marks.clear();
    if (!draft.edited) this.headersBefore = void 0;
    else this.headersBefore ??= this.fields.headers.value;
    this.showDraft(draft);
  }
  /** @param {Draft} draft */
  showDraft(draft) {
    this.picker.show(draft);
    this.fields.query.show(draft.query);
    this.fields.headers.show(draft.headers);
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
    this.held = before;
    const known = this.operations.get(key);
    if (this.picker.current) this.operations.ask(key);
    this.draw(known?.parameters ? known : null, before);
  }
  values() {
    return {
      known: Object.fromEntries(this.knownValues()),
      paths: Object.fromEntries(this.fields.pathValues),
      body: this.fields.body.value,
      media: this.fields.body.media
    };
  }
  /**
   * @param {Operation | null} operation
   * @param {Values} values
   */
  draw(operation, values) {
    const focus = new FieldFocus(this.el);
    const isText2 = !this.untouched && this.fields.body.editor.isFocused;
    this.operation = operation;
    this.fields.draw(operation, values, this.picker.path.value, this.picker.current?.secrets ?? []);
    if (isText2) this.fields.body.turn("text");
    this.showAbout();
    if (focus.isLost && !focus.restore()) this.focusForm();
    if (operation) this.operations.askReplies(operation);
  }
  /**
   * Takes the description of an operation; an untouched form is filled from it.
   * @param {Operation} operation
   */
  receive(operation) {
    if (!operation?.key || !this.operations.take(operation)) return;
    if (operation === this.operation || this.hasNewDraft()) return;
    if (operation.key !== this.key) {
      if (this.key && this.picker.current) this.operations.ask(this.key);
      return;
    }
    const isAwaited = this.awaited.take(operation.key);
    if (!operation.parameters) {
      this.showAbout();
    } else if (this.untouched) {
      this.showUntouched(operation);
    } else {
      this.draw(operation, this.values());
      this.showChecked();
    }
    if (isAwaited) this.focusForm();
  }
  /** @param {Operation} operation */
  showUntouched(operation) {
    const { known, path_values: paths, body, media } = operation.start;
    this.draw(operation, { known: Object.fromEntries(known), paths: Object.fromEntries(paths), body, media });
    this.changed({ byHand: false });
  }
  showAbout() {
    const isSocket = this.picker.method.value === "WS";
    const deprecated = Boolean(this.operation?.deprecated);
    const key = this.typedKey();
    const docs = this.operations.get(key)?.docs;
    this.docs.show(docs, this.picker.current, { deprecated, isSocket });
    this.docs.showReplies(this.operations.replies(key), key);
    this.docs.markLock(this.credentials.covers(this.docs.schemes));
    this.fields.headers.el.hidden = isSocket;
    const bodiless = this.operation ? this.operation.bodies.length === 0 : NO_BODY.includes(this.picker.method.value);
    this.fields.body.el.hidden = isSocket || this.awaited.isNear || bodiless && this.fields.body.value === "";
    this.bar.offer(!isSocket);
  }
  /** @param {Choice} choice */
  chooseRoute(choice) {
    const key = `${choice.method} ${choice.path}`;
    const isKnown = this.operations.has(key);
    if (isKnown) this.awaited.end();
    else this.awaited.begin(key);
    this.openRoute(choice);
    if (isKnown) this.focusForm();
  }
  /** Focuses the first field and selects its value, so that what is typed takes the place of a sample. */
  focusForm() {
    const fields = this.el.querySelectorAll(
      "fieldset :is(.ipyasgi-value, .ipyasgi-pair, .ipyasgi-editor) :is(.ipyasgi-input, .cm-content)"
    );
    const first = [...fields].find((field) => field.offsetParent);
    (first ?? (this.bar.offered ? this.bar.send : this.picker.path)).focus();
    if (first instanceof HTMLInputElement || first instanceof HTMLTextAreaElement) first.select();
  }
  /** A typed path is that of a route, or else keeps what is in the form. */
  onPathTyped() {
    const choice = this.picker.current;
    this.awaited.end();
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
      body: choice.body ?? "",
      ...known,
      method: choice.method,
      path: choice.path,
      headers: this.headersBefore ?? this.fields.headers.value
    });
    this.headersBefore = void 0;
    this.untouched = !known;
    if (this.untouched && this.operation) this.showUntouched(this.operation);
    else this.changed({ byHand: false });
  }
  /** @returns {[key: string, value: Json][]} */
  knownValues() {
    if (!this.operation && this.picker.current) return Object.entries(this.held.known);
    return this.fields.knownValues;
  }
  /** @returns {PageDraft} */
  draft() {
    return {
      fill: this.fill,
      seq: this.seq,
      method: this.picker.method.value,
      path: this.picker.path.value.trim(),
      path_values: this.fields.pathValues,
      query: this.fields.query.value,
      headers: this.fields.headers.value,
      known: this.knownValues(),
      body: this.fields.body.value,
      media: this.fields.body.media,
      marks: [...this.fields.body.marks],
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
    if (!this.bar.offered) {
      this.connect();
      return;
    }
    this.picker.close();
    clearTimeout(this.timer);
    this.bar.pressed();
    this.model.send({ ask: "send", draft: this.draft() });
  }
  /** Sends the draft at once, so that the console connects to the address that the form shows. */
  flush() {
    clearTimeout(this.timer);
    this.model.send({ ask: "draft", draft: this.draft() });
  }
  connect() {
    this.flush();
    const button = this.frame.closest(".ipyasgi-split")?.querySelector(".ipyasgi-connect");
    button?.click();
  }
  /** Scrolls to a response that stands below the form. */
  revealResponse() {
    const response = this.frame.closest(".ipyasgi-split")?.querySelector(".ipyasgi-beside");
    if (!response || response.getBoundingClientRect().top < this.frame.getBoundingClientRect().bottom) return;
    response.scrollIntoView({ block: "nearest" });
  }
  /** Ignores the check of an older draft. */
  showChecked() {
    const checked = this.model.get("checked");
    if (checked.fill !== this.fill || checked.seq !== this.seq) return;
    this.el.dataset.checked = "true";
    const refused = this.model.get("run").refused;
    const where = this.fields.mark(this.el, checked, { isAsked: refused, errors: this.errors });
    this.picker.path.toggleAttribute("data-bad", where === "path");
    this.code.show(checked);
    if (refused && !checked.text) this.bar.forget();
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
        if (this.hasNewDraft()) {
          this.receive(this.model.get("operation_form"));
          this.takeDraft(this.model.get("draft"));
        }
        this.showChecked();
      },
      "change:checked": () => this.showChecked(),
      "change:operation_form": () => this.receive(this.model.get("operation_form")),
      "change:responses": () => {
        if (this.operations.takeReplies(this.model.get("responses")) === this.key) this.showAbout();
      },
      "change:auth": () => {
        this.credentials.show();
        this.showAbout();
      },
      "change:run": () => {
        if (this.bar.isBusy && this.model.get("run").beside) this.revealResponse();
        this.bar.show(this.model.get("run"));
        this.errors = this.model.get("run").errors;
        this.showChecked();
      },
      "change:choices_turn": () => this.checkChoices(),
      "change:tried": () => this.picker.setTried(this.model.get("tried")),
      "change:choices": () => {
        this.choicesTurn = this.model.get("choices_turn");
        this.picker.setChoices(this.model.get("choices"));
        this.picker.setMethods(this.methods());
        this.showAbout();
      }
    });
  }
  /** Asks for routes that are lost. After the traits of one message, which change in any order. */
  checkChoices() {
    queueMicrotask(() => {
      if (this.choicesTurn !== this.model.get("choices_turn")) this.model.send({ ask: "choices" });
    });
  }
  close() {
    clearTimeout(this.timer);
    this.awaited.end();
    this.picker.end();
    this.bar.close();
    this.fields.body.editor.close();
    this.code.close();
    this.credentials.close();
  }
};
var request_form_default = {
  /** @param {View} view */
  render({ model, el }) {
    const page = new FormPage(model);
    el.append(page.frame);
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
