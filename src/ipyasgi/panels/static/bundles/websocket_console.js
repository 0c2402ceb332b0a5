// Made by tests/js/build from the files of panels/static; change those.

// live_rows.js
var ROW_PX = 20;
var OVERSCAN = 6;
function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
function sizeText(bytes) {
  if (bytes < 1e3) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
function momentText(ms) {
  return ms < 1e4 ? `${ms.toFixed(1)} ms` : `${(ms / 1e3).toFixed(2)} s`;
}
function rowElement(stream, number) {
  const row = stream.rows.get(number);
  const line = element("div", "ipyasgi-log-row");
  if (row === void 0) {
    const lost = stream.missing.some(([a, b]) => a <= number && number <= b);
    line.dataset.kind = "absent";
    line.append(element("span", "ipyasgi-log-text", lost ? "… asked for again" : "… dropped: too many at once"));
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
function renderLog(el, stream, options) {
  const { title: titleText, visibleRows, first: firstWanted, onPick, noun = "row", room = () => visibleRows } = options;
  const root = element("section", "ipyasgi-log");
  const head = element("header", "ipyasgi-log-head");
  const title = element("span", "ipyasgi-log-title", titleText);
  const count = element("span", "ipyasgi-log-count");
  const newest = element("button", "ipyasgi-log-newest", "newest ↓");
  newest.type = "button";
  head.append(title, count, newest);
  const scroll = element("div", "ipyasgi-log-scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "log");
  scroll.setAttribute("aria-live", "off");
  scroll.setAttribute("aria-label", titleText);
  const space = element("div", "ipyasgi-log-space");
  const shown = element("div", "ipyasgi-log-window");
  space.append(shown);
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
    const top = Math.max(0, Math.floor(scroll.scrollTop / ROW_PX) - OVERSCAN);
    const end = Math.min(length, top + visibleRows + 2 * OVERSCAN);
    const lines = [];
    for (let i = top; i < end; i += 1) {
      const line = rowElement(stream, start + i);
      line.dataset.number = start + i;
      if (start + i === picked) line.dataset.picked = "true";
      lines.push(line);
    }
    shown.style.transform = `translateY(${top * ROW_PX}px)`;
    shown.replaceChildren(...lines);
    const all = Math.max(stream.last - firstWanted() + 1, 0);
    const notes = [`${all.toLocaleString("en")} ${noun}${all === 1 ? "" : "s"}`];
    if (all > length) notes.push(`older ones dropped: ${(all - length).toLocaleString("en")}`);
    if (stream.missingCount) notes.push(`${stream.missingCount} on the way`);
    if (stream.dropped) notes.push(`${stream.dropped} dropped`);
    count.textContent = notes.join(" · ");
    root.dataset.rows = stream.last;
    root.dataset.missing = stream.missingCount;
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
    onPick(stream.rows.get(number), number);
    redraw();
  };
  if (onPick) {
    scroll.addEventListener("pointerdown", (event) => {
      const line = event.target.closest(".ipyasgi-log-row");
      if (line && !event.target.closest("button, a")) pick(Number(line.dataset.number));
    });
    scroll.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step === void 0) return;
      event.preventDefault();
      following = false;
      pick(picked < firstRow() ? stream.last : picked + step);
    });
  }
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

// stream.js
var FIRST_WAIT_MS = 1e3;
var LONGEST_WAIT_MS = 3e4;
var RANGES_PER_ASK = 4;
var PIECES_AHEAD = 3;
var RowStream = class {
  // rows: Map of number -> row, the newest `keep`; last: newest number known; dropped: rows the kernel never sent
  constructor(model, keep) {
    this.model = model;
    this.keep = keep;
    this.rows = /* @__PURE__ */ new Map();
    this.missing = [];
    this.last = 0;
    this.oldest = 1;
    this.dropped = 0;
    this.heard = false;
    this.watchers = /* @__PURE__ */ new Set();
    this.listener = (message) => this.receive(message);
    model.on("msg:custom", this.listener);
    this.ask();
  }
  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.listener);
  }
  // Number of the first row to show: older ones are past `keep`.
  get first() {
    return Math.max(1, this.last - this.keep + 1);
  }
  get missingCount() {
    return this.missing.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  }
  receive(message) {
    if (message.paint === "rows") {
      const to = message.first + message.rows.length - 1;
      this.expect(message.first - 1);
      message.rows.forEach((row, i) => this.rows.set(message.first + i, row));
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
    for (const watch of this.watchers) watch();
  }
  expect(upTo) {
    if (upTo <= this.last) return;
    this.missing.push([this.last + 1, upTo]);
    this.last = upTo;
  }
  found(from, to) {
    const before = this.missingCount;
    this.missing = this.missing.flatMap(([a, b]) => [
      [a, Math.min(b, from - 1)],
      [Math.max(a, to + 1), b]
    ]).filter(([a, b]) => a <= b);
    if (this.missingCount < before) this.attempts = 0;
  }
  // What is past `keep`, or no longer held by the kernel, is neither kept nor asked for.
  trim() {
    const floor = Math.max(this.first, this.oldest);
    this.missing = this.missing.map(([a, b]) => [Math.max(a, floor), b]).filter(([a, b]) => a <= b);
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
  // An answer may be lost like any message, or wait for the running cell: ask again, less and less often.
  ask() {
    const ranges = this.heard ? this.missing.slice(0, RANGES_PER_ASK) : [[1, 0]];
    for (const [first, last] of ranges) this.model.send({ paint: "ask", first, last });
    this.attempts = (this.attempts ?? 0) + 1;
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
    const end = (settle, value) => {
      clearTimeout(timer);
      model.off("msg:custom", listener);
      settle(value);
    };
    const ask = () => {
      if (performance.now() - progressAt > patienceMs) {
        end(reject, new Error("the kernel did not answer; it may be busy, try again"));
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
      if (message.paint === "gone") end(reject, new Error("this body is no longer held by the kernel"));
      if (message.paint !== "piece" || have.has(message.index)) return;
      const view = buffers[0];
      whole.set(new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength), message.index * pieceBytes);
      have.add(message.index);
      waiting.delete(message.index);
      onProgress(Math.min(have.size * pieceBytes, size), size);
      progressAt = performance.now();
      wait = FIRST_WAIT_MS;
      clearTimeout(timer);
      if (have.size >= count) {
        end(resolve, whole);
        return;
      }
      askAhead();
      timer = setTimeout(ask, wait);
    };
    model.on("msg:custom", listener);
    if (count === 0) end(resolve, whole);
    else ask();
  });
}

// virtual_rows.js
var ROW_PX2 = 20;
var SPARE_ROWS = 8;
var TALL_PX = 340;
var TALLEST_PX = 8e6;
var VirtualRows = class {
  // box: the element that scrolls; drawRow(index): the element of one row
  constructor(box, drawRow) {
    Object.assign(this, { box, drawRow, count: 0, frame: 0 });
    box.classList.add("ipyasgi-list");
    this.space = make("div", "ipyasgi-list-space", { role: "presentation" });
    this.window = make("div", "ipyasgi-list-window", { role: "presentation" });
    this.space.append(this.window);
    box.append(this.space);
    this.redraw = () => {
      this.frame ||= requestAnimationFrame(() => this.draw());
    };
    box.addEventListener("scroll", this.redraw);
    this.tall = TALL_PX;
    this.watches = [new ResizeObserver(this.redraw), new IntersectionObserver(this.redraw)];
    for (const watch of this.watches) watch.observe(box);
  }
  close() {
    for (const watch of this.watches) watch.disconnect();
    cancelAnimationFrame(this.frame);
  }
  // Of the same list the box only grows, so that what is below does not jump while parts are folded.
  setCount(count, { isNew = false } = {}) {
    this.count = count;
    const px = Math.min(Math.max(count, 3) * ROW_PX2 + 16, TALL_PX);
    this.grown = isNew ? px : Math.max(this.grown ?? 0, px);
    this.box.style.height = `${this.grown}px`;
    this.space.style.height = `${this.spaceHeight}px`;
    this.redraw();
  }
  get height() {
    this.tall = this.box.clientHeight || this.tall;
    return this.tall;
  }
  get spaceHeight() {
    return Math.min(this.count * ROW_PX2, TALLEST_PX);
  }
  // How many rows one pixel of scrolling is worth, and back.
  get rowsPerPx() {
    const room = this.spaceHeight - this.height;
    return this.count * ROW_PX2 <= TALLEST_PX || room <= 0 ? 1 / ROW_PX2 : (this.count - this.page) / room;
  }
  get page() {
    return this.height / ROW_PX2;
  }
  get top() {
    return this.box.scrollTop * this.rowsPerPx;
  }
  reveal(index) {
    const { top, page } = this;
    if (index >= top && index + 1 <= top + page) return;
    const wanted = index < top && index > top - page ? index : index - Math.max(Math.floor(page / 3), 0);
    this.box.scrollTop = Math.max(wanted, 0) / this.rowsPerPx;
    this.redraw();
  }
  draw() {
    this.frame = 0;
    const { top } = this;
    const from = Math.max(0, Math.floor(top) - SPARE_ROWS);
    const to = Math.min(this.count, Math.ceil(top + this.page) + SPARE_ROWS);
    const rows = [];
    for (let index = from; index < to; index += 1) rows.push(this.drawRow(index));
    this.window.style.transform = `translateY(${this.box.scrollTop - (top - from) * ROW_PX2}px)`;
    this.window.replaceChildren(...rows);
  }
};
var UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
function seen(text) {
  return text.replace(UNSEEN, (found) => {
    const code = found.charCodeAt(0);
    if (code < 32) return String.fromCharCode(9216 + code);
    return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

// raw_text.js
var LINE_CHARS = 400;
var RawText = class {
  constructor(label) {
    this.text = "";
    this.starts = [];
    this.numbers = [];
    this.box = make("div", "ipyasgi-text", { role: "region", tabIndex: 0, "aria-label": label });
    this.el = this.box;
    this.rows = new VirtualRows(this.box, (index) => this.drawRow(index));
  }
  close() {
    this.rows.close();
  }
  show(text) {
    this.text = text;
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
    this.box.style.setProperty("--digits", String(this.numbers.at(-1) || this.numbers.length).length);
    this.box.scrollTop = 0;
    this.rows.setCount(this.starts.length, { isNew: true });
  }
  // Where the next piece of a long line begins: not between the halves of a character.
  cut(at, end) {
    const next = at + LINE_CHARS;
    if (next >= end) return end;
    const code = this.text.charCodeAt(next);
    return code >= 56320 && code < 57344 ? next + 1 : next;
  }
  drawRow(index) {
    const next = this.starts[index + 1] ?? this.text.length;
    const piece = this.text.slice(this.starts[index], next).replace(/\r?\n$/, "");
    const number = this.numbers[index];
    const line = make("span", "ipyasgi-text-line", { textContent: seen(piece.replaceAll("	", "  ")), dir: "auto" });
    return make(
      "div",
      "ipyasgi-text-row",
      {},
      make("span", "ipyasgi-text-number", { textContent: number || "", "aria-hidden": "true" }),
      line
    );
  }
};

// websocket_message.js
var MessageDetail = class {
  constructor(model) {
    Object.assign(this, { model, number: 0 });
    this.title = make("strong");
    this.says = make("span", "ipyasgi-faint", { role: "status" });
    this.load = makeButton("load all of it", "ipyasgi-quiet", () => {
      this.says.textContent = "waiting for the kernel";
      this.load.hidden = true;
      model.send({ ask: "load", number: this.number });
    });
    this.saving = make("span");
    this.text = new RawText("the chosen message");
    this.el = make(
      "div",
      "ipyasgi-message",
      { hidden: true },
      make(
        "div",
        "ipyasgi-body-tools",
        {},
        this.title,
        this.says,
        this.load,
        this.saving,
        makeButton("close", "ipyasgi-quiet", () => {
          this.el.hidden = true;
        })
      ),
      this.text.el
    );
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
  show(row) {
    if (!row) return;
    this.forget();
    this.el.hidden = false;
    this.number = row.message ?? 0;
    this.title.textContent = `${row.label ?? row.kind} at ${momentText(row.at_ms)}`;
    this.says.textContent = row.bytes === void 0 ? "" : sizeText(row.bytes);
    this.load.hidden = row.whole !== false;
    this.text.show(laidOut(row.text));
  }
  async take(loaded) {
    if (!loaded.number || loaded.number !== this.number) return;
    if (!loaded.offer) {
      this.says.textContent = loaded.gone;
      return;
    }
    try {
      const bytes = await fetchBody(this.model, loaded.offer, {
        onProgress: (have, all) => {
          this.says.textContent = `${sizeText(have)} of ${sizeText(all)}`;
        }
      });
      if (loaded.number !== this.number) return;
      this.says.textContent = sizeText(bytes.byteLength);
      if (loaded.is_text) this.text.show(laidOut(new TextDecoder().decode(bytes)));
      this.forget();
      this.url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
      this.saving.append(
        make("a", "ipyasgi-save", { href: this.url, download: `message-${loaded.number}`, textContent: "save" })
      );
    } catch (error) {
      this.says.textContent = error.message;
      this.load.hidden = false;
    }
  }
};
function laidOut(text) {
  if (text.length > 1e6 || !/^\s*[{[]/.test(text) || /\d{16}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// websocket_console.js
var VISIBLE_ROWS = 14;
var KEPT_ROWS = 6e3;
var KINDS = { text: "text", json: "JSON", hex: "bytes, hex", base64: "bytes, base64" };
var HINTS = { text: "say something", json: '{"say": "something"}', hex: "68 65 6c 6c 6f", base64: "aGVsbG8=" };
function labelled(label, field) {
  return make("label", "ipyasgi-field", {}, make("span", "ipyasgi-faint", { textContent: label }), field);
}
var ConnectBar = class {
  constructor(model) {
    Object.assign(this, { model });
    const id = freshId("sockets");
    this.routes = make("datalist", "", { id });
    this.path = make("input", "ipyasgi-input ipyasgi-socket-path", {
      type: "text",
      list: id,
      value: model.get("path"),
      "aria-label": "path of the WebSocket",
      spellcheck: false,
      autocomplete: "off"
    });
    this.connect = makeButton("Connect", "ipyasgi-primary", () => this.ask());
    this.leave = makeButton("Disconnect", "", () => {
      this.pressed("closing");
      model.send({ ask: "disconnect", code: Math.trunc(Number(this.code.value)) || 1e3, reason: this.reason.value });
    });
    this.headers = make("textarea", "ipyasgi-input", {
      rows: 2,
      placeholder: "X-Token: abc",
      "aria-label": "headers of the handshake",
      spellcheck: false
    });
    this.subprotocols = make("input", "ipyasgi-input", {
      type: "text",
      placeholder: "chat, json",
      "aria-label": "subprotocols",
      spellcheck: false
    });
    this.code = make("input", "ipyasgi-input", {
      type: "number",
      value: 1e3,
      min: 1e3,
      max: 4999,
      "aria-label": "close code"
    });
    this.reason = make("input", "ipyasgi-input", { type: "text", "aria-label": "close reason" });
    this.words = make("span", "ipyasgi-run-text", { role: "status" });
    this.clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
    this.run = make("div", "ipyasgi-run", {}, this.words, this.clock);
    const more = make(
      "details",
      "ipyasgi-socket-more",
      {},
      make("summary", "", { textContent: "headers, subprotocols, close code" }),
      make(
        "div",
        "ipyasgi-fields",
        {},
        labelled("headers, one a line", this.headers),
        labelled("subprotocols", this.subprotocols),
        labelled("close code", this.code),
        labelled("reason", this.reason)
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
        make("span", "ipyasgi-method", { textContent: "WS" }),
        this.path,
        this.routes,
        this.connect,
        this.leave
      ),
      more,
      this.run
    );
    this.path.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.connect.getAttribute("aria-disabled") !== "true") this.ask();
    });
  }
  ask() {
    this.pressed("waiting for the kernel");
    this.model.send({
      ask: "connect",
      path: this.path.value,
      headers: this.headers.value,
      subprotocols: this.subprotocols.value
    });
    setTimeout(() => this.show(), 3e3);
  }
  pressed(words) {
    this.words.textContent = words;
    this.run.dataset.busy = "true";
  }
  show() {
    const talk = this.model.get("talk");
    const isOver = talk.status === "idle" || talk.status === "ended";
    this.words.textContent = talk.text;
    this.words.dataset.tone = talk.tone;
    this.run.dataset.busy = String(talk.status === "connecting" || talk.status === "closing");
    this.connect.textContent = talk.status === "ended" ? "Connect again" : "Connect";
    setUsable(this.connect, isOver);
    setUsable(this.leave, !isOver && talk.status !== "closing");
    clearInterval(this.timer);
    this.clock.textContent = "";
    if (isOver) return;
    const since = performance.now() - talk.elapsed_ms;
    const draw = () => {
      this.clock.textContent = timeText(performance.now() - since);
    };
    draw();
    this.timer = setInterval(draw, 200);
  }
  showPaths() {
    this.routes.replaceChildren(...this.model.get("paths").map((path) => make("option", "", { value: path })));
  }
  showPath() {
    if (document.activeElement !== this.path) this.path.value = this.model.get("path");
  }
  close() {
    clearInterval(this.timer);
  }
};
var SayBar = class {
  constructor(model) {
    Object.assign(this, { model, said: [], at: 0 });
    this.kind = make(
      "select",
      "ipyasgi-input",
      { "aria-label": "kind of message" },
      ...Object.entries(KINDS).map(([value, label]) => make("option", "", { value, textContent: label }))
    );
    this.text = make("textarea", "ipyasgi-input ipyasgi-say", {
      rows: 2,
      "aria-label": "message",
      spellcheck: false,
      dir: "auto"
    });
    this.send = makeButton("Send", "ipyasgi-primary", () => this.say(), {
      title: "send (Ctrl+Enter)",
      "aria-keyshortcuts": "Control+Enter"
    });
    this.el = make("div", "ipyasgi-say-line", {}, this.kind, this.text, this.send);
    this.kind.addEventListener("change", () => this.hint());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.hint();
  }
  hint() {
    this.text.placeholder = HINTS[this.kind.value];
  }
  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.say();
    } else if (event.key === "ArrowUp" && !this.text.value && this.said.length) {
      event.preventDefault();
      this.text.value = this.said.at(-1);
    }
  }
  say() {
    if (this.send.getAttribute("aria-disabled") === "true") return;
    const { value } = this.text;
    this.model.send({ ask: "send", kind: this.kind.value, text: value });
    if (value) this.said = [...this.said.slice(-49), value];
    this.text.value = "";
    this.text.focus();
  }
  show(talk) {
    setUsable(this.send, talk.status === "open" || talk.status === "connecting");
  }
};
function renderConsole(model, el, stream) {
  const connect = new ConnectBar(model);
  const say = new SayBar(model);
  const detail = new MessageDetail(model);
  const log = make("div", "ipyasgi-socket-log");
  const root = make("section", "ipyasgi-page", { "aria-label": "WebSocket" }, connect.el, log, detail.el, say.el);
  keepKeys(root);
  el.append(root);
  const endLog = renderLog(log, stream, {
    title: "messages",
    noun: "message",
    visibleRows: VISIBLE_ROWS,
    first: () => model.get("talk").rows_from ?? 1,
    onPick: (row) => detail.show(row)
  });
  let turn = null;
  const draw = () => {
    const talk = model.get("talk");
    if (turn !== null && turn !== talk.turn) detail.el.hidden = true;
    turn = talk.turn;
    connect.show();
    say.show(talk);
    for (const redraw of stream.watchers) redraw();
  };
  connect.showPaths();
  draw();
  const silence = listen(model, {
    "change:talk": draw,
    "change:paths": () => connect.showPaths(),
    "change:path": () => connect.showPath(),
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
    initialize({ model }) {
      stream = new RowStream(model, KEPT_ROWS);
      return () => stream.close();
    },
    render({ model, el }) {
      return renderConsole(model, el, stream);
    }
  };
};
export {
  websocket_console_default as default
};
