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
function setInvalid(field, invalid) {
  if (invalid) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}
function errorText(error) {
  return error instanceof Error ? error.message : String(error);
}
function saveUrl(content) {
  return URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
}

// text.js
function sizeText(bytes) {
  if (bytes < 1e3) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
function momentText(ms) {
  return ms < 1e4 ? `${ms.toFixed(1)} ms` : `${(ms / 1e3).toFixed(2)} s`;
}
function elapsedText(ms) {
  if (ms < 6e4) return `${(ms / 1e3).toFixed(1)} s`;
  return `${Math.floor(ms / 6e4)} min ${Math.floor(ms % 6e4 / 1e3)} s`;
}
function countText(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
var ACTING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
function visibleText(text) {
  return text.replace(ACTING, (found) => {
    const code = found.charCodeAt(0);
    if (code < 32) return String.fromCharCode(9216 + code);
    return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}
function indentJson(text) {
  if (text.length > 1e6 || !/^\s*[{[]/.test(text) || /\d{16}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// live_rows.js
var ROW_PX = 20;
var SPARE_ROWS = 6;
function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
function drawRow(stream, number) {
  const row = stream.rows.get(number);
  const line = element("div", "ipyasgi-log-row");
  if (row === void 0) {
    const words = stream.isMissing(number) ? "… requested again" : "… dropped: too many at once";
    line.dataset.kind = "absent";
    line.append(element("span", "ipyasgi-log-text", words));
    return line;
  }
  line.dataset.kind = row.kind;
  const text = element("span", "ipyasgi-log-text", row.text);
  text.dir = "auto";
  line.append(
    element("span", "ipyasgi-log-at", row.at_ms === void 0 ? "" : momentText(row.at_ms)),
    element("span", "ipyasgi-log-kind", row.label ?? row.kind),
    text
  );
  if (row.bytes !== void 0) line.append(element("span", "ipyasgi-log-size", sizeText(row.bytes)));
  return line;
}
function rowsInView({ length, scrollPx, visibleRows }) {
  const from = Math.max(0, Math.floor(scrollPx / ROW_PX) - SPARE_ROWS);
  return { from, to: Math.min(length, from + visibleRows + 2 * SPARE_ROWS) };
}
function rowsSummary({ all, shown, missing, dropped, noun }) {
  const notes = [countText(all, noun)];
  if (all > shown) notes.push(`older ones dropped: ${(all - shown).toLocaleString("en")}`);
  if (missing) notes.push(`${missing} on the way`);
  if (dropped) notes.push(`${dropped} dropped`);
  return notes.join(" · ");
}
function renderRows(el, stream, options) {
  const { title: titleText, visibleRows, first: firstWanted, onPick, noun = "row", room = () => visibleRows } = options;
  const root = element("section", "ipyasgi-log");
  const head = element("header", "ipyasgi-log-head");
  const title = element("span", "ipyasgi-log-title", titleText);
  const count = element("span", "ipyasgi-log-count");
  const newest = element("button", "ipyasgi-log-newest", "Jump to latest");
  newest.type = "button";
  head.append(title, count, newest);
  const scroll = element("div", "ipyasgi-log-scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "log");
  scroll.setAttribute("aria-live", "off");
  scroll.setAttribute("aria-label", titleText);
  const space = element("div", "ipyasgi-log-space");
  const drawn = element("div", "ipyasgi-log-window");
  space.append(drawn);
  scroll.append(space);
  root.append(head, scroll);
  root.dataset.lmSuppressShortcuts = "true";
  el.append(root);
  let following = true;
  let frame = 0;
  let picked = 0;
  const firstRow = () => Math.max(stream.first, firstWanted());
  let base = firstRow();
  const draw = () => {
    frame = 0;
    const start = firstRow();
    const length = Math.max(stream.last - start + 1, 0);
    space.style.height = `${length * ROW_PX}px`;
    scroll.style.height = `${room(length) * ROW_PX}px`;
    root.hidden = !room(length);
    scroll.scrollTop = following ? scroll.scrollHeight : scroll.scrollTop - (start - base) * ROW_PX;
    base = start;
    const { from, to } = rowsInView({ length, scrollPx: scroll.scrollTop, visibleRows });
    const lines = [];
    for (let place = from; place < to; place += 1) {
      const line = drawRow(stream, start + place);
      line.dataset.number = String(start + place);
      if (start + place === picked) line.dataset.picked = "true";
      lines.push(line);
    }
    drawn.style.transform = `translateY(${from * ROW_PX}px)`;
    drawn.replaceChildren(...lines);
    count.textContent = rowsSummary({
      all: Math.max(stream.last - firstWanted() + 1, 0),
      shown: length,
      missing: stream.missingCount,
      dropped: stream.dropped,
      noun
    });
    root.dataset.rows = String(stream.last);
    root.dataset.missing = String(stream.missingCount);
    newest.hidden = following;
  };
  const redraw = () => {
    frame ||= requestAnimationFrame(draw);
  };
  scroll.addEventListener("scroll", () => {
    following = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - ROW_PX;
    redraw();
  });
  const pick = (number) => {
    if (number < firstRow() || number > stream.last) return;
    picked = number;
    const at = (number - firstRow()) * ROW_PX;
    if (at < scroll.scrollTop) scroll.scrollTop = at;
    if (at + ROW_PX > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = at + ROW_PX - scroll.clientHeight;
    onPick(stream.rows.get(number));
    redraw();
  };
  scroll.addEventListener("pointerdown", (event) => {
    const line = closest(event, ".ipyasgi-log-row");
    if (line) pick(Number(line.dataset.number));
  });
  scroll.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === void 0) return;
    event.preventDefault();
    following = false;
    pick(picked < firstRow() ? stream.last : picked + step);
  });
  newest.addEventListener("click", () => {
    following = true;
    redraw();
  });
  stream.watchers.add(redraw);
  redraw();
  return () => {
    stream.watchers.delete(redraw);
    cancelAnimationFrame(frame);
  };
}

// stream.js
var FIRST_WAIT_MS = 1e3;
var LONGEST_WAIT_MS = 3e4;
var RANGES_PER_ASK = 4;
var PIECES_AHEAD = 3;
var RowStream = class {
  /**
   * @param {Model} model
   * @param {number} keep  how many rows, the newest
   */
  constructor(model, keep) {
    this.model = model;
    this.keep = keep;
    this.rows = /* @__PURE__ */ new Map();
    this.missing = [];
    this.last = 0;
    this.oldest = 1;
    this.dropped = 0;
    this.heard = false;
    this.attempts = 0;
    this.timer = void 0;
    this.watchers = /* @__PURE__ */ new Set();
    this.listener = (message) => this.receive(message);
    model.on("msg:custom", this.listener);
    this.ask();
  }
  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.listener);
  }
  /** Number of the first row to show: older ones are past `keep`. */
  get first() {
    return Math.max(1, this.last - this.keep + 1);
  }
  get missingCount() {
    return this.missing.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  }
  /** @param {number} number */
  isMissing(number) {
    return this.missing.some(([from, to]) => from <= number && number <= to);
  }
  notify() {
    for (const watch of this.watchers) watch();
  }
  /** @param {{ paint: string, first: number, last: number, rows: Row[], oldest: number, dropped: number }} message */
  receive(message) {
    if (message.paint === "rows") {
      const to = message.first + message.rows.length - 1;
      this.expect(message.first - 1);
      for (const [place, row] of message.rows.entries()) this.rows.set(message.first + place, row);
      this.last = Math.max(this.last, to);
      this.found(message.first, to);
    } else if (message.paint === "tail") {
      this.expect(message.last);
    } else {
      return;
    }
    this.heard = true;
    this.dropped = message.dropped;
    this.oldest = message.oldest;
    this.trim();
    this.schedule();
    this.notify();
  }
  /** @param {number} upTo */
  expect(upTo) {
    if (upTo <= this.last) return;
    this.missing.push([this.last + 1, upTo]);
    this.last = upTo;
  }
  /**
   * @param {number} from
   * @param {number} to
   */
  found(from, to) {
    const before = this.missingCount;
    const split = ([a, b]) => [
      [a, Math.min(b, from - 1)],
      [Math.max(a, to + 1), b]
    ];
    this.missing = this.missing.flatMap(split).filter(([a, b]) => a <= b);
    if (this.missingCount < before) this.attempts = 0;
  }
  /** Drops rows beyond `keep`, and does not request those that the kernel no longer holds. */
  trim() {
    const floor = Math.max(this.first, this.oldest);
    const cut = ([a, b]) => [Math.max(a, floor), b];
    this.missing = this.missing.map(cut).filter(([a, b]) => a <= b);
    for (const number of this.rows.keys()) {
      if (this.rows.size <= this.keep && number >= this.first) break;
      if (number < this.first) this.rows.delete(number);
    }
  }
  schedule() {
    if (!this.missing.length) {
      clearTimeout(this.timer);
      this.timer = void 0;
      this.attempts = 0;
    } else if (this.timer === void 0) {
      this.ask();
    }
  }
  /** Requests the missing rows. A reply may be lost or wait for the running cell, so this is repeated with growing pauses. */
  ask() {
    const ranges = this.heard ? this.missing.slice(0, RANGES_PER_ASK) : [[1, 0]];
    for (const [first, last] of ranges) this.model.send({ paint: "ask", first, last });
    this.attempts += 1;
    clearTimeout(this.timer);
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (this.attempts - 1), LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.ask(), wait);
  }
};
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

// routes.js
var PATH_PARAMETER = /\{([^{}:]+)(?::[^{}]*)?\}/g;
function findPathParameters(path) {
  return [...new Set([...path.split("?")[0].matchAll(PATH_PARAMETER)].map((match) => match[1]))];
}

// websocket_address.js
var SocketAddress = class {
  /**
   * @param {Model} model
   * @param {{ onEnter: () => void }} options
   */
  constructor(model, { onEnter }) {
    this.model = model;
    this.isGiven = model.get("addressed") === true;
    this.fields = /* @__PURE__ */ new Map();
    const id = freshId("sockets");
    this.routes = make("datalist", "", { id });
    this.input = make("input", "ipyasgi-input ipyasgi-socket-path", {
      type: "text",
      list: id,
      "aria-label": "WebSocket path",
      spellcheck: false,
      autocomplete: "off",
      hidden: this.isGiven
    });
    this.text = make("code", "ipyasgi-socket-path", { hidden: !this.isGiven });
    this.parameters = make("div", "ipyasgi-fields ipyasgi-socket-parameters", {
      role: "group",
      "aria-label": "Parameters"
    });
    this.input.addEventListener("input", () => this.showParameters());
    for (const part of [this.input, this.parameters])
      part.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        onEnter();
      });
    this.showRoutes();
    this.showPath();
  }
  get path() {
    return this.isGiven ? this.model.get("path") : this.input.value;
  }
  /** The typed values of the parameters, by keys such as `path.room`. */
  get values() {
    return Object.fromEntries([...this.fields].map(([key, field]) => [key, field.value]));
  }
  showRoutes() {
    const routes = this.model.get("routes");
    this.routes.replaceChildren(...routes.map(({ path }) => make("option", "", { value: path })));
    this.showParameters();
  }
  showPath() {
    const path = this.model.get("path");
    this.text.textContent = path;
    this.text.title = path;
    if (focusedElement() === this.input) return;
    this.input.value = path;
    this.showParameters();
  }
  /** Draws a field for each parameter of the path and of its route; typed values stay. */
  showParameters() {
    const parameters = this.isGiven ? [] : this.wanted();
    const before = this.fields;
    this.fields = /* @__PURE__ */ new Map();
    const labels = parameters.map(({ place, name, type, required, secret }) => {
      const key = `${place}.${name}`;
      const field = make("input", "ipyasgi-input", {
        type: secret ? "password" : "text",
        value: before.get(key)?.value ?? "",
        placeholder: type,
        "aria-label": name,
        "aria-required": required,
        spellcheck: false,
        autocomplete: "off"
      });
      this.fields.set(key, field);
      const star = make("span", "ipyasgi-required", { textContent: required ? "*" : "", "aria-hidden": "true" });
      const words = make("span", "ipyasgi-field-name", {}, name, star);
      return make("label", "ipyasgi-field", {}, words, field);
    });
    this.parameters.hidden = !parameters.length;
    if ([...before.keys()].join() !== [...this.fields.keys()].join()) this.parameters.replaceChildren(...labels);
    else this.fields = before;
  }
  /** @returns {Parameter[]} */
  wanted() {
    const routes = this.model.get("routes");
    const path = this.input.value.trim();
    const known = routes.find((route) => route.path === path)?.parameters ?? [];
    const inPath = findPathParameters(path).map(
      (name) => known.find((one) => one.place === "path" && one.name === name) ?? {
        place: "path",
        name,
        type: "",
        required: true,
        secret: false
      }
    );
    return [...inPath, ...known.filter((one) => one.place === "query")];
  }
};

// asked_text.js
var lastId2 = Math.floor(Math.random() * 1e9);

// unmask.js
var MASK = "•••";
var SHOWN_CHARS = 2e3;
function makeEye(ask, what, holder, { value, onTurn = () => {
} } = {}) {
  const masked = holder.textContent ?? "";
  let isShown = value !== void 0;
  const eye = make("button", "ipyasgi-tree-act ipyasgi-eye", {
    type: "button",
    title: "Masked as a secret. Show it in this page only.",
    "aria-label": `Show ${what}`,
    "aria-pressed": String(isShown)
  });
  eye.addEventListener("click", async (event) => {
    event.preventDefault();
    let text = masked;
    try {
      if (!isShown) text = visibleText((await ask()).slice(0, SHOWN_CHARS));
      isShown = !isShown;
      onTurn(isShown ? text : void 0);
    } catch (error) {
      eye.title = errorText(error);
    }
    eye.setAttribute("aria-pressed", String(isShown));
    holder.replaceChildren(text, eye);
    eye.focus();
  });
  holder.replaceChildren(value ?? masked, eye);
}

// virtual_rows.js
var ROW_PX2 = 20;
var SPARE_ROWS2 = 8;
var TALL_PX = 340;
var TALLEST_PX = 8e6;
function spacePx(count) {
  return Math.min(count * ROW_PX2, TALLEST_PX);
}
function rowsPerPx({ count, heightPx }) {
  const roomPx = spacePx(count) - heightPx;
  return count * ROW_PX2 <= TALLEST_PX || roomPx <= 0 ? 1 / ROW_PX2 : (count - heightPx / ROW_PX2) / roomPx;
}
function rowsToDraw({ count, heightPx, scrollPx }) {
  const top = scrollPx * rowsPerPx({ count, heightPx });
  const from = Math.max(0, Math.floor(top) - SPARE_ROWS2);
  const to = Math.min(count, Math.ceil(top + heightPx / ROW_PX2) + SPARE_ROWS2);
  return { from, to, shiftPx: scrollPx - (top - from) * ROW_PX2 };
}
function scrollToShow(index, { count, heightPx, scrollPx }) {
  const perPx = rowsPerPx({ count, heightPx });
  const [top, page] = [scrollPx * perPx, heightPx / ROW_PX2];
  if (index >= top && index + 1 <= top + page) return void 0;
  const wanted = index < top && index > top - page ? index : index - Math.max(Math.floor(page / 3), 0);
  return Math.max(wanted, 0) / perPx;
}
var VirtualRows = class {
  /**
   * @param {HTMLElement} box  the element that scrolls
   * @param {(index: number) => HTMLElement} drawRow
   */
  constructor(box, drawRow2) {
    this.box = box;
    this.drawRow = drawRow2;
    this.count = 0;
    this.frame = 0;
    this.grownPx = 0;
    box.classList.add("ipyasgi-list");
    this.space = make("div", "ipyasgi-list-space", { role: "presentation" });
    this.window = make("div", "ipyasgi-list-window", { role: "presentation" });
    this.space.append(this.window);
    box.append(this.space);
    this.redraw = () => {
      this.frame ||= requestAnimationFrame(() => this.draw());
    };
    box.addEventListener("scroll", this.redraw);
    this.isPressed = false;
    this.window.addEventListener("pointerdown", (event) => this.keepPress(event));
    this.lastHeightPx = TALL_PX;
    this.observers = [new ResizeObserver(this.redraw), new IntersectionObserver(this.redraw)];
    for (const observer of this.observers) observer.observe(box);
  }
  /**
   * The rows stay until a press of one of them or of a button has ended: what is drawn anew meanwhile gets no click. While
   * text is selected they do not.
   * @param {PointerEvent} event
   */
  keepPress({ target }) {
    if (!(target instanceof Element) || !target.closest("button, [role=treeitem]")) return;
    this.isPressed = true;
    const done = new AbortController();
    const end = () => {
      done.abort();
      setTimeout(() => {
        this.isPressed = false;
        this.redraw();
      });
    };
    for (const type of ["pointerup", "pointercancel"])
      window.addEventListener(type, end, { capture: true, signal: done.signal });
  }
  close() {
    for (const observer of this.observers) observer.disconnect();
    cancelAnimationFrame(this.frame);
  }
  /**
   * For the same list the box only grows, so that content below does not jump when parts are collapsed.
   * @param {number} count
   */
  setCount(count, { isNew = false } = {}) {
    this.count = count;
    const px = Math.min(Math.max(count, 3) * ROW_PX2 + 16, TALL_PX);
    this.grownPx = isNew ? px : Math.max(this.grownPx, px);
    this.box.style.height = `${this.grownPx}px`;
    this.space.style.height = `${spacePx(count)}px`;
    this.redraw();
  }
  /** @returns {Scroll} */
  get scroll() {
    this.lastHeightPx = this.box.clientHeight || this.lastHeightPx;
    return { count: this.count, heightPx: this.lastHeightPx, scrollPx: this.box.scrollTop };
  }
  /** How many rows are in view. */
  get page() {
    return this.scroll.heightPx / ROW_PX2;
  }
  /** @param {number} index */
  reveal(index) {
    const scrollPx = scrollToShow(index, this.scroll);
    if (scrollPx === void 0) return;
    this.box.scrollTop = scrollPx;
    this.redraw();
  }
  draw() {
    this.frame = 0;
    if (this.isPressed) return;
    const { from, to, shiftPx } = rowsToDraw(this.scroll);
    const rows = [];
    for (let index = from; index < to; index += 1) rows.push(this.drawRow(index));
    this.window.style.transform = `translateY(${shiftPx}px)`;
    this.window.replaceChildren(...rows);
    const active = rows.find((row) => row.getAttribute("aria-selected") === "true");
    if (active) this.box.setAttribute("aria-activedescendant", active.id);
    else this.box.removeAttribute("aria-activedescendant");
  }
};

// raw_text.js
var LINE_CHARS = 400;
var RawText = class {
  /**
   * @param {string} label
   * @param {(place: number, count: number) => Promise<string>} onReveal  the value of a mask, by its number in the text
   */
  constructor(label, onReveal = async () => "") {
    this.onReveal = onReveal;
    this.text = "";
    this.masks = [];
    this.revealed = /* @__PURE__ */ new Map();
    this.starts = [];
    this.numbers = [];
    this.box = make("div", "ipyasgi-text", { role: "region", tabIndex: 0, "aria-label": label });
    this.el = this.box;
    this.rows = new VirtualRows(this.box, (index) => this.drawRow(index));
  }
  close() {
    this.rows.close();
  }
  /**
   * @param {string} text
   * @param {{ isMasked?: boolean }} options  isMasked: its masks are those of the kernel, all of them
   */
  show(text, { isMasked = false } = {}) {
    this.text = text;
    this.revealed.clear();
    this.masks = [];
    for (let at = isMasked ? text.indexOf(MASK) : -1; at >= 0; at = text.indexOf(MASK, at + MASK.length)) {
      this.masks.push(at);
    }
    this.starts = [];
    this.numbers = [];
    for (let start = 0, number = 1; start <= text.length; number += 1) {
      const found = text.indexOf("\n", start);
      const end = found < 0 ? text.length : found;
      let at = start;
      do {
        this.starts.push(at);
        this.numbers.push(at === start ? number : 0);
        at = this.cut(at, end);
      } while (at < end);
      start = end + 1;
    }
    if (text.endsWith("\n")) {
      this.starts.pop();
      this.numbers.pop();
    }
    this.box.style.setProperty("--digits", String(String(this.numbers.at(-1) || this.numbers.length).length));
    this.box.scrollTop = 0;
    this.rows.setCount(this.starts.length, { isNew: true });
  }
  /**
   * The start of the next piece of a long line, never inside a surrogate pair or a mask.
   * @param {number} at
   * @param {number} end
   */
  cut(at, end) {
    const next = at + LINE_CHARS;
    if (next >= end) return end;
    const mask = this.text.slice(next - MASK.length + 1, next + MASK.length - 1).indexOf(MASK);
    if (mask >= 0) return next + mask + 1;
    const code = this.text.charCodeAt(next);
    return code >= 56320 && code < 57344 ? next + 1 : next;
  }
  /** @param {number} index */
  drawRow(index) {
    const next = this.starts[index + 1] ?? this.text.length;
    const piece = this.text.slice(this.starts[index], next).replace(/\r?\n$/, "");
    const number = this.numbers[index];
    const line = make("span", "ipyasgi-text-line", { dir: "auto" }, ...this.drawLine(this.starts[index], piece));
    return make(
      "div",
      "ipyasgi-text-row",
      {},
      make("span", "ipyasgi-text-number", { textContent: number || "", "aria-hidden": "true" }),
      line
    );
  }
  /**
   * A piece of the text, with an eye at each of its masks.
   * @param {number} start
   * @param {string} piece
   */
  drawLine(start, piece) {
    const end = start + piece.length;
    let [at, place] = [start, firstFrom(this.masks, start)];
    const drawn = [];
    const write = (to) => drawn.push(visibleText(this.text.slice(at, to).replaceAll("	", "  ")));
    for (; this.masks[place] < end; place += 1) {
      write(this.masks[place]);
      drawn.push(this.drawMask(place));
      at = this.masks[place] + MASK.length;
    }
    write(end);
    return drawn;
  }
  /** @param {number} place */
  drawMask(place) {
    const holder = make("span", "ipyasgi-unmasked", { textContent: MASK });
    makeEye(() => this.onReveal(place, this.masks.length), `masked value ${place + 1}`, holder, {
      value: this.revealed.get(place),
      onTurn: (value) => {
        if (value === void 0) this.revealed.delete(place);
        else this.revealed.set(place, value);
        if (!holder.isConnected) this.rows.redraw();
      }
    });
    return holder;
  }
};
function firstFrom(sorted, least) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = low + high >> 1;
    if (sorted[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

// websocket_message.js
var LOADED_AT_ONCE_BYTES = 64 * 1024;
var MessageDetail = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.number = 0;
    this.url = "";
    this.title = make("strong");
    this.status = make("span", "ipyasgi-faint", { role: "status" });
    this.load = makeButton("Load all", "ipyasgi-quiet", () => this.ask());
    this.saving = make("span");
    this.text = new RawText("Selected message");
    this.el = make(
      "div",
      "ipyasgi-message",
      { hidden: true },
      make(
        "div",
        "ipyasgi-body-tools",
        {},
        this.title,
        this.status,
        this.load,
        this.saving,
        makeButton("Close", "ipyasgi-quiet", () => {
          this.el.hidden = true;
        })
      ),
      this.text.el
    );
  }
  ask() {
    this.status.textContent = "Waiting for the kernel";
    this.load.hidden = true;
    this.model.send({ ask: "load", number: this.number });
  }
  close() {
    this.number = 0;
    this.text.close();
    this.forget();
  }
  forget() {
    URL.revokeObjectURL(this.url);
    this.saving.replaceChildren();
  }
  /** @param {Row | undefined} row */
  show(row) {
    if (!row) return;
    this.forget();
    this.el.hidden = false;
    this.number = row.message ?? 0;
    this.title.textContent = `${row.label ?? row.kind} at ${momentText(row.at_ms ?? 0)}`;
    this.status.textContent = row.bytes === void 0 ? "" : sizeText(row.bytes);
    this.load.hidden = row.whole !== false;
    this.text.show(indentJson(row.text));
    if (row.whole === false && (row.bytes ?? Infinity) <= LOADED_AT_ONCE_BYTES) this.ask();
  }
  /** @param {Loaded} loaded */
  async take(loaded) {
    if (!loaded.number || loaded.number !== this.number) return;
    if (!loaded.offer) {
      this.status.textContent = loaded.gone ?? "";
      return;
    }
    try {
      const bytes = await fetchBody(this.model, loaded.offer, {
        onProgress: (have, all) => {
          this.status.textContent = `${sizeText(have)} of ${sizeText(all)}`;
        }
      });
      if (loaded.number !== this.number) return;
      this.status.textContent = sizeText(bytes.byteLength);
      if (loaded.is_text) this.text.show(indentJson(new TextDecoder().decode(bytes)));
      this.forget();
      this.url = saveUrl(bytes);
      this.saving.append(
        make("a", "ipyasgi-save", { href: this.url, download: `message-${loaded.number}`, textContent: "Save" })
      );
    } catch (error) {
      this.status.textContent = errorText(error);
      this.load.hidden = false;
    }
  }
};

// websocket_console.js
var VISIBLE_ROWS = 14;
var LEAST_ROWS = 4;
var MOST_LINES = 8;
var KEPT_ROWS = 6e3;
var KINDS = { text: "Text", json: "JSON", hex: "Bytes, hex", base64: "Bytes, base64" };
var PLACEHOLDERS = { text: "Message", json: '{"message": "hello"}', hex: "68 65 6c 6c 6f", base64: "aGVsbG8=" };
function labelled(label, field) {
  return make("label", "ipyasgi-field", {}, make("span", "ipyasgi-faint", { textContent: label }), field);
}
var ConnectBar = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.timer = void 0;
    this.connect = makeButton("Connect", "ipyasgi-primary ipyasgi-connect", () => this.ask());
    this.address = new SocketAddress(model, { onEnter: () => this.connect.click() });
    this.disconnect = makeButton("Disconnect", "", () => {
      this.pressed("Closing");
      model.send({ ask: "disconnect", code: Math.trunc(Number(this.code.value)) || 1e3, reason: this.reason.value });
    });
    this.headers = make("textarea", "ipyasgi-input", {
      rows: 2,
      placeholder: "X-Token: abc",
      "aria-label": "Handshake headers",
      spellcheck: false
    });
    this.subprotocols = make("input", "ipyasgi-input", {
      type: "text",
      placeholder: "chat, json",
      "aria-label": "Subprotocols",
      spellcheck: false
    });
    this.code = make("input", "ipyasgi-input", {
      type: "number",
      value: 1e3,
      min: 1e3,
      max: 4999,
      "aria-label": "Close code"
    });
    this.reason = make("input", "ipyasgi-input", { type: "text", "aria-label": "Close reason" });
    this.status = make("span", "ipyasgi-run-text", { role: "status" });
    this.clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
    this.run = make("div", "ipyasgi-run", {}, this.status, this.clock);
    const more = make(
      "details",
      "ipyasgi-socket-more",
      {},
      make("summary", "", { textContent: "Headers, subprotocols, close code" }),
      make(
        "div",
        "ipyasgi-fields",
        {},
        labelled("Headers, one per line", this.headers),
        labelled("Subprotocols", this.subprotocols),
        labelled("Close code", this.code),
        labelled("Reason", this.reason)
      )
    );
    this.el = make(
      "div",
      "",
      {},
      make(
        "div",
        "ipyasgi-socket-line",
        {},
        makeMethod("WS"),
        this.address.input,
        this.address.text,
        this.address.routes,
        this.connect,
        this.disconnect
      ),
      this.address.parameters,
      more,
      this.run
    );
  }
  ask() {
    this.pressed("Waiting for the kernel");
    this.model.send({
      ask: "connect",
      path: this.address.path,
      values: this.address.values,
      headers: this.headers.value,
      subprotocols: this.subprotocols.value
    });
    setTimeout(() => this.show(), 3e3);
  }
  /** @param {string} text */
  pressed(text) {
    this.status.textContent = text;
    this.run.dataset.busy = "true";
  }
  show() {
    const session = this.model.get("session");
    const isOver = session.status === "idle" || session.status === "ended";
    this.status.textContent = session.text;
    this.status.dataset.tone = session.tone;
    this.run.dataset.busy = String(session.status === "connecting" || session.status === "closing");
    this.connect.textContent = session.status === "ended" ? "Connect again" : "Connect";
    setUsable(this.connect, isOver);
    setUsable(this.disconnect, !isOver && session.status !== "closing");
    clearInterval(this.timer);
    this.clock.textContent = "";
    if (isOver) return;
    const since = performance.now() - session.elapsed_ms;
    const draw = () => {
      this.clock.textContent = elapsedText(performance.now() - since);
    };
    draw();
    this.timer = setInterval(draw, 200);
  }
  close() {
    clearInterval(this.timer);
  }
};
var MessageBar = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.sent = [];
    this.kind = make(
      "select",
      "ipyasgi-input",
      { "aria-label": "Message type" },
      ...Object.entries(KINDS).map(([value, label]) => make("option", "", { value, textContent: label }))
    );
    const hintId = freshId("say-hint");
    this.text = make("textarea", "ipyasgi-input ipyasgi-say", {
      rows: 1,
      "aria-label": "Message",
      "aria-describedby": hintId,
      spellcheck: false,
      dir: "auto"
    });
    this.send = makeButton("Send", "ipyasgi-primary", () => this.submit(), {
      title: "Send (Enter)",
      "aria-keyshortcuts": "Enter"
    });
    this.hint = make("div", "ipyasgi-say-hint ipyasgi-faint", { id: hintId, role: "status" });
    const line = make("div", "ipyasgi-say-line", {}, this.kind, this.text, this.send);
    this.el = make("div", "ipyasgi-say-box", {}, line, this.hint);
    this.kind.addEventListener("change", () => this.showKind());
    this.text.addEventListener("keydown", (event) => this.onKey(event));
    this.text.addEventListener("input", () => this.showHint());
    this.takeKind();
  }
  /** Takes the kind of the address, unless a message is being written. */
  takeKind() {
    if (this.text.value) return;
    this.kind.value = this.model.get("kind");
    this.showKind();
  }
  showKind() {
    this.text.placeholder = PLACEHOLDERS[this.kind.value];
    this.showHint();
  }
  showHint(problem = "") {
    this.text.rows = Math.min(this.text.value.split("\n").length, MOST_LINES);
    setInvalid(this.text, problem !== "");
    this.hint.dataset.tone = problem ? "bad" : "";
    this.hint.textContent = problem || "Enter sends, Shift+Enter starts a new line";
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && !this.text.value && this.sent.length) {
      event.preventDefault();
      this.text.value = this.sent.at(-1) ?? "";
      this.showHint();
    }
  }
  submit() {
    if (this.send.getAttribute("aria-disabled") === "true") return;
    const { value } = this.text;
    this.text.focus();
    if (this.kind.value === "json") {
      try {
        JSON.parse(value);
      } catch (error) {
        this.showHint(`Not JSON: ${errorText(error)}`);
        return;
      }
    }
    this.model.send({ ask: "send", kind: this.kind.value, text: value });
    if (value) this.sent = [...this.sent.slice(-49), value];
    this.text.value = "";
    this.showHint();
  }
  /** @param {{ status: string }} session */
  show(session) {
    this.el.hidden = session.status === "idle";
    setUsable(this.send, session.status === "open" || session.status === "connecting");
  }
};
function renderConsole(model, el, stream) {
  const connect = new ConnectBar(model);
  const messages = new MessageBar(model);
  const detail = new MessageDetail(model);
  const log = make("div", "ipyasgi-socket-log");
  const root = make("section", "ipyasgi-page", { "aria-label": "WebSocket" }, connect.el, log, detail.el, messages.el);
  keepKeys(root);
  el.append(root);
  const endLog = renderRows(log, stream, {
    title: "Messages",
    noun: "line",
    visibleRows: VISIBLE_ROWS,
    room: (length) => length ? Math.min(Math.max(length, LEAST_ROWS), VISIBLE_ROWS) : 0,
    first: () => model.get("session").rows_from ?? 1,
    onPick: (row) => detail.show(row)
  });
  let turn = null;
  const draw = () => {
    const session = model.get("session");
    if (turn !== null && turn !== session.turn) detail.el.hidden = true;
    turn = session.turn;
    connect.show();
    messages.show(session);
    stream.notify();
  };
  draw();
  const silence = listen(model, {
    "change:session": draw,
    "change:routes": () => connect.address.showRoutes(),
    "change:path": () => connect.address.showPath(),
    "change:kind": () => messages.takeKind(),
    "change:loaded": () => detail.take(model.get("loaded"))
  });
  return () => {
    silence();
    connect.close();
    detail.close();
    endLog();
  };
}
var websocket_console_default = () => {
  let stream;
  return {
    /** @param {View} view */
    initialize({ model }) {
      stream = new RowStream(model, KEPT_ROWS);
      return () => stream.close();
    },
    /** @param {View} view */
    render({ model, el }) {
      return renderConsole(model, el, stream);
    }
  };
};
export {
  websocket_console_default as default
};
