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
function focusFirst(root, selector, options = {}) {
  const found = root?.querySelector(selector);
  if (found instanceof HTMLElement) found.focus(options);
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
function saveUrl(content) {
  return URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
}
function saveAs(content, filename) {
  const url = saveUrl(content);
  make("a", "", { href: url, download: filename }).click();
  setTimeout(() => URL.revokeObjectURL(url), 6e4);
}

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

// export_view.js
var SHOWN_CHARS = 1e5;
var ExportView = class {
  /**
   * @param {Model} model
   * @param {{ onDismiss: () => void }} options
   */
  constructor(model, { onDismiss }) {
    this.model = model;
    this.offered = null;
    this.bytes = null;
    this.whole = "";
    this.filename = "";
    this.about = make("strong", "");
    this.status = make("span", "ipyasgi-faint", { role: "status" });
    this.text = make("pre", "ipyasgi-export-text", {
      tabIndex: 0,
      dir: "ltr",
      role: "region",
      "aria-label": "Exported text"
    });
    this.copy = makeButton("Copy", "", () => this.copyText());
    this.save = makeButton("Download", "", () => this.saveText());
    this.insert = makeButton("Insert as cell", "", () => this.insertText(), { title: "Insert into a new cell below" });
    this.el = make(
      "div",
      "ipyasgi-export",
      { role: "group", "aria-label": "Export", hidden: true },
      make(
        "div",
        "ipyasgi-history-tools",
        {},
        this.about,
        this.status,
        this.insert,
        this.copy,
        this.save,
        makeButton("Dismiss", "ipyasgi-quiet", onDismiss, { "aria-label": "Dismiss the export" })
      ),
      this.text
    );
  }
  /** @param {Exported} offered */
  async show(offered) {
    this.el.hidden = !offered.offer;
    this.offered = offered;
    this.bytes = null;
    if (!offered.offer) return;
    this.filename = offered.filename;
    this.about.textContent = offered.about;
    const isForCells = offered.filename.endsWith(".py") && offered.filename !== "locustfile.py";
    this.insert.hidden = !canOpenCell(this.model) || !isForCells;
    this.showText("Waiting for the kernel", "");
    try {
      const bytes = await fetchBody(this.model, offered.offer);
      if (this.offered !== offered) return;
      this.bytes = bytes;
      this.whole = new TextDecoder().decode(bytes);
      const isCut = this.whole.length > SHOWN_CHARS;
      this.showText(
        isCut ? "The beginning; Copy and Download include everything" : "",
        this.whole.slice(0, SHOWN_CHARS)
      );
    } catch {
      if (this.offered === offered) this.showText("The kernel no longer holds this text. Export again.", "");
    }
  }
  /**
   * @param {string} status
   * @param {string} text
   */
  showText(status, text) {
    this.status.textContent = status;
    this.text.textContent = text;
    this.text.hidden = !text;
    setUsable(this.copy, this.bytes !== null);
    setUsable(this.save, this.bytes !== null);
    setUsable(this.insert, this.bytes !== null);
  }
  async insertText() {
    this.status.textContent = await openCell(this.model, this.el, this.whole);
  }
  async copyText() {
    this.status.textContent = await copyOrSelect(this.whole, this.text);
  }
  saveText() {
    if (this.bytes === null) return;
    saveAs(this.bytes, this.filename);
    this.status.textContent = `Saved as ${this.filename}`;
  }
};

// history_rows.js
var STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
var HistoryList = class {
  /**
   * @param {{
   *   fills: boolean, onShow: (name: string) => void, onFill: (name: string) => void, onSelect: () => void,
   * }} options
   */
  constructor({ fills, onShow, onFill, onSelect }) {
    this.fills = fills;
    this.onShow = onShow;
    this.onFill = onFill;
    this.onSelect = onSelect;
    this.selected = /* @__PURE__ */ new Set();
    this.active = null;
    this.all = make("input", "", { type: "checkbox", "aria-label": "Select all shown" });
    this.all.addEventListener("change", () => {
      for (const { name } of this.boxes()) this.select(name, this.all.checked);
      this.tick();
    });
    const column = (text, name = text.toLowerCase()) => make("th", `ipyasgi-col-${name}`, { scope: "col", textContent: text });
    this.body = make("tbody", "");
    this.table = make(
      "table",
      "ipyasgi-history",
      {},
      make(
        "thead",
        "",
        {},
        make(
          "tr",
          "",
          {},
          make("th", "ipyasgi-col-select", { scope: "col" }, this.all),
          column("Name"),
          column("Sent", "at"),
          column("Request"),
          column("Outcome"),
          column("Time"),
          column("Size"),
          ...fills ? [make("td", "")] : []
        )
      ),
      this.body
    );
    this.el = make("div", "ipyasgi-history-scroll", {}, this.table);
    this.body.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("focusin", (event) => this.activate(closest(event, "tr")?.dataset.name));
    this.body.addEventListener("click", (event) => {
      const name = closest(event, "tr")?.dataset.name;
      if (name && !closest(event, "button, input") && !String(getSelection() ?? "")) this.onShow(name);
    });
  }
  boxes() {
    return [...this.body.querySelectorAll("input")].map((box) => ({ box, name: box.dataset.name ?? "" }));
  }
  /** Names that are selected and still there, newest first. */
  get names() {
    return this.boxes().map(({ name }) => name).filter((name) => this.selected.has(name));
  }
  /**
   * @param {HistoryRow[]} rows
   * @param {string} shown
   */
  show(rows, shown) {
    const focused = focusedIn(this.body);
    const [name, kind] = [focused?.closest("tr")?.dataset.name, focused?.dataset.kind];
    this.body.replaceChildren(...rows.map((row) => this.row(row, row.name === shown)));
    if (!rows.some((row) => row.name === this.active)) this.active = rows[0]?.name ?? null;
    this.activate(this.active);
    if (focused) focusFirst(this.body, `tr[data-name="${name ?? ""}"] [data-kind="${kind}"]`, { preventScroll: true });
    this.tick();
  }
  /**
   * @param {HistoryRow} row
   * @param {boolean} isShown
   */
  row(row, isShown) {
    const label = `${row.name}: ${row.method} ${row.target}, ${row.outcome}, ${row.elapsed}`;
    const box = make("input", "", {
      type: "checkbox",
      checked: this.selected.has(row.name),
      "aria-label": `Select ${row.name}`
    });
    box.dataset.name = row.name;
    box.dataset.kind = "select";
    box.addEventListener("change", () => {
      this.select(row.name, box.checked);
      this.tick();
    });
    const show = makeButton(row.name, "ipyasgi-quiet", () => this.onShow(row.name), {
      "aria-label": `Show ${label}`,
      "aria-pressed": String(isShown),
      title: "Show this exchange"
    });
    show.dataset.kind = "show";
    const outcome = make("td", "ipyasgi-col-outcome", { textContent: row.outcome });
    outcome.dataset.tone = row.tone;
    const request = make(
      "td",
      "ipyasgi-col-request",
      {},
      makeMethod(row.method),
      " ",
      make("bdi", "ipyasgi-target", { textContent: row.target, title: row.target }),
      ...row.marks.map((mark) => make("bdi", "ipyasgi-row-mark", { textContent: mark }))
    );
    const cells = [
      make("td", "ipyasgi-col-select", {}, box),
      make("th", "ipyasgi-col-name", { scope: "row" }, show),
      make("td", "ipyasgi-col-at ipyasgi-faint ipyasgi-figure", { textContent: row.at }),
      request,
      outcome,
      make("td", "ipyasgi-col-time ipyasgi-faint ipyasgi-figure", { textContent: row.elapsed }),
      make("td", "ipyasgi-col-size ipyasgi-faint ipyasgi-figure", { textContent: row.size })
    ];
    if (this.fills) {
      const fill = makeButton("Edit", "ipyasgi-quiet", () => this.onFill(row.name), {
        "aria-label": `Edit ${row.name} in the form`,
        title: `Edit ${row.name} in the form`
      });
      fill.dataset.kind = "fill";
      cells.push(make("td", "ipyasgi-col-fill", {}, fill));
    }
    const line = make("tr", "", {}, ...cells);
    line.dataset.name = row.name;
    line.dataset.shown = String(isShown);
    return line;
  }
  /**
   * @param {string} name
   * @param {boolean} isSelected
   */
  select(name, isSelected) {
    if (isSelected) this.selected.add(name);
    else this.selected.delete(name);
  }
  tick() {
    const boxes = this.boxes();
    for (const { box, name } of boxes) box.checked = this.selected.has(name);
    const count = this.names.length;
    this.all.checked = count > 0 && count === boxes.length;
    this.all.indeterminate = count > 0 && count < boxes.length;
    this.onSelect();
  }
  /** @param {string | null | undefined} name */
  activate(name) {
    if (!name) return;
    this.active = name;
    for (const row of this.body.rows) {
      const controls = row.querySelectorAll("button, input");
      for (const control of controls) control.tabIndex = row.dataset.name === name ? 0 : -1;
    }
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    const by = STEPS[event.key];
    const row = closest(event, "tr");
    if (by === void 0 || !row || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const rows = [...this.body.rows];
    const at = rows.findIndex((one) => one === row) + by;
    const next = rows[Math.max(0, Math.min(rows.length - 1, at))];
    focusFirst(next, `[data-kind="${closest(event, "[data-kind]")?.dataset.kind}"]`);
  }
};

// history_strip.js
var MOST = 8;
var HistoryStrip = class {
  /** @param {(name: string) => void} onShow */
  constructor(onShow) {
    this.onShow = onShow;
    this.el = make("div", "ipyasgi-strip", { role: "group", "aria-label": "Newest exchanges" });
  }
  /**
   * @param {HistoryRow[]} rows  newest first
   * @param {string} shown
   */
  show(rows, shown) {
    const focused = this.el.contains(focusedElement()) ? focusedElement() : null;
    const name = focused instanceof HTMLElement ? focused.dataset.name : void 0;
    const buttons = rows.slice(0, MOST).map((row) => this.draw(row, row.name === shown));
    this.el.replaceChildren(...buttons);
    buttons.find((button) => button.dataset.name === name)?.focus({ preventScroll: true });
  }
  /**
   * @param {HistoryRow} row
   * @param {boolean} isShown
   */
  draw(row, isShown) {
    const button = makeButton("", "ipyasgi-quiet ipyasgi-strip-row", () => this.onShow(row.name), {
      "aria-label": `Show ${[`${row.name}: ${row.method} ${row.target}`, row.outcome, row.elapsed, ...row.marks].join(", ")}`,
      "aria-pressed": String(isShown),
      title: [row.name, `${row.method} ${row.target}`, row.outcome, row.elapsed, ...row.marks].join("  ")
    });
    const outcome = make("span", "ipyasgi-strip-outcome", { textContent: shortOutcome(row.outcome) });
    outcome.dataset.tone = row.tone;
    button.append(
      make("span", "ipyasgi-faint", { textContent: row.restored ? `${row.name} restored` : row.name }),
      outcome,
      makeMethod(row.method),
      make("bdi", "ipyasgi-target", { textContent: row.target })
    );
    button.dataset.name = row.name;
    return button;
  }
};
var StripTools = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.doing = make("span", "ipyasgi-faint", { role: "status" });
    this.replay = makeButton("Replay", "", () => model.send({ ask: "replay", names: [model.get("shown")] }));
    this.stop = makeButton("Stop", "", () => model.send({ ask: "stop" }), { title: "Stop the replay" });
    this.compare = makeButton(
      "Diff",
      "",
      () => model.send({ ask: "compare", names: [model.get("earlier"), model.get("shown")] })
    );
    this.formats = make("div", "ipyasgi-history-tools ipyasgi-strip-formats", {
      id: freshId("formats"),
      role: "group",
      "aria-label": "Export as"
    });
    this.formats.append(
      make("span", "ipyasgi-faint", { textContent: "Export as" }),
      ...model.get("formats").map((format) => makeButton(format, "", () => this.ask(format)))
    );
    this.export = makeButton("Export", "", () => this.open(this.formats.hidden === true), {
      "aria-controls": this.formats.id
    });
    this.export.append(" ", make("span", "ipyasgi-arrow", { "aria-hidden": "true" }));
    this.formats.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.open(false);
      this.export.focus();
    });
    this.el = make(
      "div",
      "ipyasgi-buttons ipyasgi-strip-tools",
      { role: "group", "aria-label": "Shown exchange" },
      this.doing,
      this.replay,
      this.stop,
      this.compare,
      this.export
    );
    this.isFolded = true;
    this.open(false);
  }
  /** @param {boolean} isOpen */
  open(isOpen) {
    this.formats.hidden = !isOpen;
    this.export.setAttribute("aria-expanded", String(isOpen));
  }
  /** @param {string} format */
  ask(format) {
    this.model.send({ ask: "export", names: [this.model.get("shown")], format });
    this.open(false);
    this.export.focus();
  }
  show() {
    const [earlier, doing] = [this.model.get("earlier"), this.model.get("doing")];
    const rows = this.model.get("rows");
    const isSocket = rows.some(({ name, method }) => name === this.model.get("shown") && method === "WS");
    const shown = isSocket ? "" : this.model.get("shown");
    this.el.hidden = !this.isFolded || !(rows.length || doing);
    this.doing.textContent = doing;
    this.stop.hidden = !doing;
    this.replay.hidden = Boolean(doing);
    setUsable(this.replay, Boolean(shown));
    setUsable(this.compare, Boolean(earlier));
    setUsable(this.export, Boolean(shown));
    this.replay.title = shown ? `Send ${shown} again` : "Show a request to send it again";
    this.compare.title = earlier ? `Compare with ${earlier}, the one before of this operation` : "There is no earlier request of this operation to compare with";
    this.export.title = shown ? `Export ${shown}` : "Show a request to export it";
    if (!shown || !this.isFolded) this.open(false);
  }
};
function shortOutcome(outcome) {
  const closed = /^closed\b.*, (\d{4})\b/.exec(outcome);
  if (closed) return `closed ${closed[1]}`;
  const [, status, more = ""] = /^(\d{3})\b[^,]*,?(.*)$/.exec(outcome) ?? ["", outcome];
  return status + more;
}

// history_table.js
var FILTER_WAIT_MS = 200;
var HistoryPage = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.timer = void 0;
    const errorId = freshId("filter-error");
    this.filter = make("input", "ipyasgi-input ipyasgi-filter", {
      type: "text",
      dir: "ltr",
      spellcheck: false,
      autocomplete: "off",
      placeholder: "Filter: method:POST status:4xx path:/items* slow:100ms error",
      "aria-label": "Filter the history",
      "aria-describedby": errorId
    });
    this.filter.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.askFilter(), FILTER_WAIT_MS);
    });
    this.filter.addEventListener("keydown", (event) => this.filterKey(event));
    this.count = make("span", "ipyasgi-faint", { role: "status" });
    this.filterError = make("p", "ipyasgi-filter-error", { id: errorId, role: "status" });
    this.list = new HistoryList({
      fills: model.get("fills"),
      onShow: (name) => model.send({ ask: "show", name }),
      onFill: (name) => model.send({ ask: "fill", name }),
      onSelect: () => this.drawTools()
    });
    this.strip = new HistoryStrip((name) => model.send({ ask: "show", name }));
    this.shownTools = new StripTools(model);
    this.empty = make("p", "ipyasgi-faint");
    this.more = makeButton("Show more", "ipyasgi-quiet", () => model.send({ ask: "more" }));
    this.replay = makeButton("Replay", "", () => this.ask("replay"), { title: "Send the selected requests again" });
    this.stop = makeButton("Stop", "", () => model.send({ ask: "stop" }), { title: "Stop the replay" });
    this.compare = makeButton("Diff", "", () => this.ask("compare"), { title: "Compare the two selected exchanges" });
    this.format = make(
      "select",
      "ipyasgi-input",
      { "aria-label": "Export format" },
      .../** @type {string[]} */
      model.get("formats").map(
        (name) => make("option", "", { value: name, textContent: name })
      )
    );
    this.export = makeButton("Export", "", () => this.ask("export", { format: this.format.value }), {
      title: "Export the selected requests in this format"
    });
    this.chosen = make("span", "ipyasgi-faint", { role: "status" });
    this.tools = make(
      "div",
      "ipyasgi-history-tools",
      { role: "group", "aria-label": "Selected exchanges" },
      this.chosen,
      this.replay,
      this.stop,
      this.compare,
      make("span", "ipyasgi-buttons", {}, this.format, this.export)
    );
    this.texts = new ExportView(model, { onDismiss: () => this.texts.show({ about: "", filename: "" }) });
    this.result = make("strong", "", { role: "status" });
    this.dismiss = makeButton("Dismiss", "ipyasgi-quiet", () => model.send({ ask: "dismiss" }), {
      "aria-label": "Dismiss the result below"
    });
    this.resultLine = make("div", "ipyasgi-history-tools", {}, this.result, this.dismiss);
    this.heading = make("strong", "", { textContent: "History" });
    this.fold = makeButton("History", "ipyasgi-quiet ipyasgi-history-fold", () => this.setFolded(!this.isFolded), {
      title: "Filter, replay, diff and export"
    });
    this.fold.append(" ", make("span", "ipyasgi-arrow", { "aria-hidden": "true" }));
    this.rest = make("div", "ipyasgi-history-rest", {}, this.filterError, this.list.el, this.more, this.tools);
    this.el = make(
      "section",
      "ipyasgi-page ipyasgi-history-page",
      { "aria-label": "History" },
      make(
        "div",
        "ipyasgi-history-head",
        {},
        this.heading,
        this.fold,
        this.strip.el,
        this.filter,
        this.empty,
        this.count,
        this.shownTools.el
      ),
      this.shownTools.formats,
      this.rest,
      this.texts.el,
      this.resultLine
    );
    this.heading.hidden = model.get("folded");
    this.fold.hidden = !model.get("folded");
    this.setFolded(model.get("folded"));
    keepKeys(this.el);
  }
  get isFolded() {
    return this.rest.hidden;
  }
  /** @param {boolean} folded */
  setFolded(folded) {
    this.fold.setAttribute("aria-expanded", String(!folded));
    this.rest.hidden = folded;
    this.filter.hidden = folded;
    this.strip.el.hidden = !folded;
    this.shownTools.isFolded = folded;
    this.shownTools.show();
  }
  askFilter() {
    clearTimeout(this.timer);
    this.model.send({ ask: "filter", text: this.filter.value });
  }
  /** @param {KeyboardEvent} event */
  filterKey(event) {
    if (event.key === "Enter") this.askFilter();
    if (event.key === "Escape" && this.filter.value) {
      this.filter.value = "";
      this.askFilter();
    }
  }
  /**
   * Asks for something with the selected exchanges, in the order they were sent.
   * @param {string} action
   * @param {object} more
   */
  ask(action, more = {}) {
    this.model.send({ ask: action, names: this.list.names.reverse(), ...more });
  }
  drawFilter() {
    const filterError = this.model.get("filter_error");
    this.filterError.textContent = filterError;
    this.filterError.hidden = !filterError;
    this.filter.setAttribute("aria-invalid", String(Boolean(filterError)));
    if (!this.filter.matches(":focus")) this.filter.value = filterError ? this.filter.value : this.model.get("filter");
  }
  drawRows() {
    const rows = this.model.get("rows");
    const [total, matching] = [this.model.get("total"), this.model.get("matching")];
    this.list.show(rows, this.model.get("shown"));
    this.strip.show(rows, this.model.get("shown"));
    const words = matching < total ? `${matching} of ${total}` : `${total} exchange${total === 1 ? "" : "s"}`;
    if (this.count.textContent !== words) this.count.textContent = words;
    this.count.hidden = !total;
    this.empty.textContent = total ? "No matches" : "No requests yet";
    this.empty.hidden = rows.length > 0;
    this.list.el.hidden = rows.length === 0;
    this.more.hidden = rows.length >= matching;
    this.more.textContent = `Show more, ${matching - rows.length} older`;
    this.drawTools();
  }
  drawTools() {
    if (!this.tools) return;
    this.shownTools.show();
    const count = this.list.names.length;
    const doing = this.model.get("doing");
    this.chosen.textContent = doing || (count ? `${count} selected` : "Select exchanges to replay, diff or export them");
    this.chosen.dataset.tone = doing ? "busy" : "";
    this.tools.hidden = !this.model.get("rows").length && !doing;
    this.stop.hidden = !doing;
    setUsable(this.replay, count > 0 && !doing);
    setUsable(this.compare, count === 2);
    setUsable(this.export, count > 0);
  }
  drawResult() {
    const result = this.model.get("result");
    this.result.textContent = result;
    this.result.dataset.tone = this.model.get("tone");
    this.resultLine.hidden = !result;
  }
};
var history_table_default = {
  /** @param {View} view */
  render({ model, el }) {
    const page = new HistoryPage(model);
    el.append(page.el);
    const drawRows = () => page.drawRows();
    const drawFilter = () => page.drawFilter();
    const drawResult = () => page.drawResult();
    const drawExport = () => page.texts.show(model.get("export"));
    drawFilter();
    drawRows();
    drawResult();
    drawExport();
    const silence = listen(model, {
      "change:rows": drawRows,
      "change:total": drawRows,
      "change:matching": drawRows,
      "change:shown": drawRows,
      "change:earlier": () => page.drawTools(),
      "change:filter": drawFilter,
      "change:filter_error": drawFilter,
      "change:doing": () => page.drawTools(),
      "change:result": drawResult,
      "change:tone": drawResult,
      "change:export": drawExport
    });
    return () => {
      clearTimeout(page.timer);
      silence();
    };
  }
};
export {
  history_table_default as default
};
