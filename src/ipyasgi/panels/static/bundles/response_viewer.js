// Made by tests/js/build from the files of panels/static; change those.

// json_index.js
var [OBJECT, ARRAY, STRING, NUMBER, WORD] = [1, 2, 3, 4, 5];
var NONE = -1;
var SLICE_NODES = 2e3;
var SLICE_MS = 12;
var MOST_FINDS = 1e4;
var [BRACE, BRACKET, QUOTE, COMMA, COLON, BACKSLASH] = [...'{[",:\\'].map((one) => one.charCodeAt(0));
var WORD_END = /[^-+.\w]/g;
var NUMBER_START = /^-?\d/;
var COLUMNS = (
  /** @type {const} */
  ["keys", "starts", "ends", "parents", "afters", "places", "counts", "levels"]
);
var WORDS = /* @__PURE__ */ new Set(["true", "false", "null", "NaN", "Infinity", "-Infinity"]);
var JsonIndex = class _JsonIndex {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.size = 0;
    this.capacity = 1024;
    this.kinds = new Uint8Array(this.capacity);
    this.keys = new Int32Array(this.capacity);
    this.starts = new Int32Array(this.capacity);
    this.ends = new Int32Array(this.capacity);
    this.parents = new Int32Array(this.capacity);
    this.afters = new Int32Array(this.capacity);
    this.places = new Int32Array(this.capacity);
    this.counts = new Int32Array(this.capacity);
    this.levels = new Int32Array(this.capacity);
  }
  /**
   * Reads the whole text, giving the page a turn between slices; rejects where it is not JSON.
   * @param {string} text
   * @param {() => boolean} isWanted
   */
  static async read(text, isWanted = () => true) {
    const index = new _JsonIndex(text);
    let beganMs = performance.now();
    for (const _ of index.scan()) {
      if (performance.now() - beganMs < SLICE_MS) continue;
      await new Promise((resolve) => {
        setTimeout(resolve);
      });
      if (!isWanted()) return null;
      beganMs = performance.now();
    }
    return index;
  }
  *scan() {
    const { text } = this;
    let at = this.skipBlanks(0);
    let parent = NONE;
    for (let turn = 1; ; turn += 1) {
      if (turn % SLICE_NODES === 0) yield;
      let key = NONE;
      if (parent !== NONE && this.kinds[parent] === OBJECT) {
        key = at;
        at = this.skipBlanks(this.stringEnd(at));
        if (text.charCodeAt(at) !== COLON) throw this.errorAt(at);
        at = this.skipBlanks(at + 1);
      }
      const node = this.begin(parent, key, at);
      const first = text.charCodeAt(at);
      if (first === BRACE || first === BRACKET) {
        this.kinds[node] = first === BRACE ? OBJECT : ARRAY;
        at = this.skipBlanks(at + 1);
        if (text.charCodeAt(at) !== this.closingCode(node)) {
          parent = node;
          continue;
        }
        at += 1;
        this.end(node, at);
      } else {
        at = first === QUOTE ? this.stringEnd(at) : this.wordEnd(node, at);
        if (first === QUOTE) this.kinds[node] = STRING;
        this.end(node, at);
      }
      for (; ; ) {
        at = this.skipBlanks(at);
        if (parent === NONE) {
          if (at < text.length) throw this.errorAt(at);
          return;
        }
        const next = text.charCodeAt(at);
        if (next === COMMA) {
          at = this.skipBlanks(at + 1);
          break;
        }
        if (next !== this.closingCode(parent)) throw this.errorAt(at);
        at += 1;
        this.end(parent, at);
        parent = this.parents[parent];
      }
    }
  }
  /** @param {number} node */
  closingCode(node) {
    return (this.kinds[node] === OBJECT ? BRACE : BRACKET) + 2;
  }
  /** @param {number} at */
  skipBlanks(at) {
    for (; ; ) {
      const code = this.text.charCodeAt(at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
      at += 1;
    }
  }
  /**
   * @param {number} at
   * @returns {number}
   */
  stringEnd(at) {
    const { text } = this;
    if (text.charCodeAt(at) !== QUOTE) throw this.errorAt(at);
    for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
      let before = end - 1;
      while (text.charCodeAt(before) === BACKSLASH) before -= 1;
      if ((end - before) % 2) return end + 1;
    }
    throw this.errorAt(text.length);
  }
  /**
   * @param {number} node
   * @param {number} at
   */
  wordEnd(node, at) {
    WORD_END.lastIndex = at;
    const end = WORD_END.exec(this.text)?.index ?? this.text.length;
    const word = this.text.slice(at, end);
    const isNumber = NUMBER_START.test(word);
    if (!isNumber && !WORDS.has(word)) throw this.errorAt(at);
    this.kinds[node] = isNumber ? NUMBER : WORD;
    return end;
  }
  /** @param {number} at */
  errorAt(at) {
    return new Error(at < this.text.length ? `not JSON at character ${at + 1}` : "the JSON ends too early");
  }
  /**
   * @param {number} parent
   * @param {number} key
   * @param {number} start
   */
  begin(parent, key, start) {
    if (this.size === this.capacity) this.grow();
    const node = this.size;
    this.size += 1;
    this.keys[node] = key;
    this.starts[node] = start;
    this.parents[node] = parent;
    this.levels[node] = parent === NONE ? 1 : this.levels[parent] + 1;
    if (parent !== NONE) {
      this.places[node] = this.counts[parent];
      this.counts[parent] += 1;
    }
    return node;
  }
  /**
   * @param {number} node
   * @param {number} end
   */
  end(node, end) {
    this.ends[node] = end;
    this.afters[node] = this.size;
  }
  grow() {
    this.capacity *= 2;
    const kinds = new Uint8Array(this.capacity);
    kinds.set(this.kinds);
    this.kinds = kinds;
    for (const name of COLUMNS) {
      const longer = new Int32Array(this.capacity);
      longer.set(this[name]);
      this[name] = longer;
    }
  }
  /** @param {number} node */
  isContainer(node) {
    return this.kinds[node] <= ARRAY;
  }
  /**
   * The name of a value in an object; null in an array and at the top.
   * @param {number} node
   * @returns {string | null}
   */
  key(node) {
    const at = this.keys[node];
    return at === NONE ? null : this.decodeString(this.text.slice(at, this.stringEnd(at)));
  }
  /**
   * The text of a value for display: of a string its characters in quotes, of others the text as sent.
   * @param {number} node
   * @param {number} limit
   */
  value(node, limit = Infinity) {
    const { starts, ends } = this;
    const raw = this.text.slice(starts[node], Math.min(ends[node], starts[node] + limit));
    if (this.kinds[node] !== STRING) return raw;
    const whole = ends[node] - starts[node] <= limit;
    return `"${whole ? this.decodeString(raw) : this.decodeString(`${raw.replace(/\\[^\\]{0,5}$/, "")}"`)}"`;
  }
  /**
   * @param {string} raw
   * @returns {string}
   */
  decodeString(raw) {
    try {
      return JSON.parse(raw);
    } catch {
      return raw.slice(1, -1);
    }
  }
  /**
   * RFC 6901
   * @param {number} node
   */
  pointer(node) {
    const parts = [];
    for (let at = node; this.parents[at] !== NONE; at = this.parents[at]) {
      parts.push((this.key(at) ?? String(this.places[at])).replaceAll("~", "~0").replaceAll("/", "~1"));
    }
    return parts.reverse().map((part) => `/${part}`).join("");
  }
  /**
   * The values whose name or own text contains the query, case-insensitively; at most ten thousand.
   * @param {string} query
   */
  find(query) {
    const found = [];
    if (!query) return found;
    const pattern = new RegExp([...query].map(patternOf).join(""), "gi");
    for (let match = pattern.exec(this.text); match && found.length < MOST_FINDS; match = pattern.exec(this.text)) {
      const node = this.nodeAt(match.index);
      if (node !== found.at(-1) && this.isInside(node, match.index, pattern.lastIndex)) found.push(node);
    }
    return found;
  }
  /**
   * @param {number} node
   * @param {number} from
   * @param {number} to
   */
  isInside(node, from, to) {
    const key = this.keys[node];
    if (key !== NONE && from > key && to < this.stringEnd(key)) return true;
    return !this.isContainer(node) && from >= this.starts[node] && to <= this.ends[node];
  }
  /**
   * The last value that begins at this place or before; names count as the beginning.
   * @param {number} place
   */
  nodeAt(place) {
    let [low, high] = [0, this.size - 1];
    while (low < high) {
      const middle = low + high + 1 >> 1;
      const begins = this.keys[middle] === NONE ? this.starts[middle] : this.keys[middle];
      if (begins <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
};
function patternOf(character) {
  const plain = character.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  if (character === '"' || character === "\\") return `\\\\${plain}`;
  if (character <= "~") return plain;
  const escapes = [character, character.toLowerCase(), character.toUpperCase()].map(
    (form) => [...Array(form.length).keys()].map((at) => `\\\\u${form.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")
  );
  return `(?:${[plain, ...new Set(escapes)].join("|")})`;
}

// json_records.js
var MOST_ROWS = 1e4;
var MOST_COLUMNS = 60;
var SAMPLED = 200;
var MOST_CHECKED = 2e4;
function isRecords(index, node) {
  if (index.kinds[node] !== ARRAY || !index.counts[node]) return false;
  return rowsOf(index, node, 20).every((row) => index.kinds[row] === OBJECT && index.counts[row] > 0);
}
function firstRecords(index) {
  let found = NONE;
  for (let node = 0; node < Math.min(index.size, MOST_CHECKED); node += 1) {
    if (found !== NONE && index.levels[node] >= index.levels[found]) continue;
    if (isRecords(index, node)) found = node;
  }
  return found;
}
function rowsOf(index, node, most = MOST_ROWS) {
  const rows = [];
  for (let row = node + 1; row < index.afters[node] && rows.length < most; row = index.afters[row]) rows.push(row);
  return rows;
}
function columnsOf(index, rows) {
  const names = /* @__PURE__ */ new Set();
  for (const row of rows.slice(0, SAMPLED)) {
    if (index.kinds[row] !== OBJECT) continue;
    for (let cell = row + 1; cell < index.afters[row]; cell = index.afters[cell]) {
      names.add(index.key(cell) ?? "");
      if (names.size >= MOST_COLUMNS) return [...names];
    }
  }
  return [...names];
}
function cellOf(index, row, name) {
  if (index.kinds[row] !== OBJECT) return NONE;
  for (let cell = row + 1; cell < index.afters[row]; cell = index.afters[cell]) {
    if (index.key(cell) === name) return cell;
  }
  return NONE;
}
function cellText(index, cell, limit) {
  if (cell === NONE) return "";
  const text = index.value(cell, limit);
  const shown = index.kinds[cell] === STRING ? text.slice(1, -1) : text;
  return index.ends[cell] - index.starts[cell] > limit ? `${shown}…` : shown;
}
function sortRows(index, rows, name, direction) {
  const keyed = rows.map((row) => {
    const cell = cellOf(index, row, name);
    const text = cellText(index, cell, 200);
    const isNumber = cell !== NONE && index.kinds[cell] === NUMBER;
    return { row, isMissing: cell === NONE || text === "null", number: isNumber ? Number(text) : Number.NaN, text };
  });
  keyed.sort((a, b) => {
    if (a.isMissing || b.isMissing) return Number(a.isMissing) - Number(b.isMissing);
    const [first, second] = [Number.isNaN(a.number), Number.isNaN(b.number)];
    if (first !== second) return direction * (Number(first) - Number(second));
    if (!first) return direction * (a.number - b.number);
    return direction * (a.text < b.text ? -1 : Number(a.text > b.text));
  });
  return keyed.map((one) => one.row);
}
function pythonPath(index, node) {
  const steps = [];
  for (let at = node; index.parents[at] !== NONE; at = index.parents[at]) {
    const key = index.key(at);
    steps.push(`[${key === null ? index.places[at] : JSON.stringify(key)}]`);
  }
  return steps.reverse().join("");
}

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
function saveUrl(content) {
  return URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
}
function saveAs(content, filename) {
  const url = saveUrl(content);
  make("a", "", { href: url, download: filename }).click();
  setTimeout(() => URL.revokeObjectURL(url), 6e4);
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

// virtual_rows.js
var ROW_PX = 20;
var SPARE_ROWS = 8;
var TALL_PX = 340;
var TALLEST_PX = 8e6;
function spacePx(count) {
  return Math.min(count * ROW_PX, TALLEST_PX);
}
function rowsPerPx({ count, heightPx }) {
  const roomPx = spacePx(count) - heightPx;
  return count * ROW_PX <= TALLEST_PX || roomPx <= 0 ? 1 / ROW_PX : (count - heightPx / ROW_PX) / roomPx;
}
function rowsToDraw({ count, heightPx, scrollPx }) {
  const top = scrollPx * rowsPerPx({ count, heightPx });
  const from = Math.max(0, Math.floor(top) - SPARE_ROWS);
  const to = Math.min(count, Math.ceil(top + heightPx / ROW_PX) + SPARE_ROWS);
  return { from, to, shiftPx: scrollPx - (top - from) * ROW_PX };
}
function scrollToShow(index, { count, heightPx, scrollPx }) {
  const perPx = rowsPerPx({ count, heightPx });
  const [top, page] = [scrollPx * perPx, heightPx / ROW_PX];
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
    const px = Math.min(Math.max(count, 3) * ROW_PX + 16, TALL_PX);
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
    return this.scroll.heightPx / ROW_PX;
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

// json_tree.js
var FIRST_ROWS = 60;
var VALUE_CHARS = 500;
var INDENT_LEVELS = 30;
var NOTHING = new JsonIndex("");
var MASKED = '"•••"';
var JsonTree = class {
  /**
   * @param {string} label  its name for screen readers
   * @param {TreeActs} acts
   */
  constructor(label, acts) {
    this.acts = acts;
    this.revealed = /* @__PURE__ */ new Map();
    this.id = freshId("tree");
    this.index = NOTHING;
    this.open = new Uint8Array(0);
    this.shown = new Int32Array(0);
    this.length = 0;
    this.chosen = 0;
    this.finds = [];
    this.currentFind = -1;
    this.reading = null;
    this.timer = void 0;
    this.find = make("input", "ipyasgi-input ipyasgi-find", {
      type: "search",
      placeholder: "Find",
      "aria-label": "Find in the tree",
      autocomplete: "off",
      spellcheck: false
    });
    this.count = make("span", "ipyasgi-faint ipyasgi-figure ipyasgi-finds", { role: "status" });
    this.status = make("span", "ipyasgi-faint", { role: "status" });
    this.path = make("output", "ipyasgi-tree-path", { "aria-label": "Path of the selected value" });
    const button = (text, label2, act) => makeButton(text, "ipyasgi-quiet", act, { "aria-label": label2, title: label2 });
    this.steps = [button("↑", "Previous match", () => this.step(-1)), button("↓", "Next match", () => this.step(1))];
    const tools = make(
      "div",
      "ipyasgi-tree-tools",
      {},
      make("span", "ipyasgi-tree-finding", {}, this.find, ...this.steps, this.count),
      button("Expand all", "Expand all", () => this.foldAll(false)),
      button("Collapse all", "Collapse all", () => this.foldAll(true))
    );
    this.reveal = button(
      "Show value",
      "Show the selected value, in this page only",
      () => this.toggleSecret(this.chosen)
    );
    this.tabulate = button("Table", "Show the selected list as a table", () => acts.onTable(this.chosen));
    const foot = make(
      "div",
      "ipyasgi-tree-foot",
      {},
      this.path,
      this.reveal,
      this.tabulate,
      button("Copy path", "Copy the JSON pointer of the selected value", () => this.copy(this.pointer(), "Path")),
      button("Copy value", "Copy the selected value", () => this.copy(this.chosenText(), "Value")),
      this.status
    );
    this.box = make("div", "ipyasgi-tree", { role: "tree", tabIndex: 0, "aria-label": label });
    this.el = make("div", "ipyasgi-tree-box", {}, tools, this.box, foot);
    this.rows = new VirtualRows(this.box, (place) => this.drawRow(place));
    this.box.addEventListener("click", (event) => this.onClick(event));
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.find.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), 120);
    });
    this.find.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.step(event.shiftKey ? -1 : 1);
    });
    this.clear();
  }
  close() {
    clearTimeout(this.timer);
    this.reading = null;
    this.rows.close();
  }
  clear() {
    this.index = NOTHING;
    this.length = 0;
    this.chosen = 0;
    this.finds = [];
    this.currentFind = -1;
    this.find.value = "";
    this.status.textContent = "";
    this.revealed.clear();
    this.reveal.hidden = true;
    this.tabulate.hidden = true;
    this.rows.setCount(0, { isNew: true });
    this.showFindCount();
  }
  /**
   * Shows a text; rejects where it is not JSON. Of two calls the later wins.
   * @param {string} text
   */
  async show(text) {
    const turn = {};
    this.reading = turn;
    this.clear();
    const index = await JsonIndex.read(text, () => this.reading === turn);
    if (index === null) return;
    this.index = index;
    this.open = new Uint8Array(index.size);
    this.shown = new Int32Array(index.size);
    this.openFirst();
    this.layOut();
    this.choose(0);
  }
  /** Expands from the top, level by level, until about a screen of rows is shown. */
  openFirst() {
    let room = FIRST_ROWS;
    let level = [0];
    while (level.length && room > 0) {
      const below = [];
      for (const node of level) {
        const count = this.index.counts[node];
        if (!this.index.isContainer(node) || count > room && node !== 0) continue;
        this.open[node] = 1;
        room -= count;
        if (room <= 0) break;
        for (let child = node + 1; child < this.index.afters[node]; child = this.index.afters[child]) below.push(child);
      }
      level = below;
    }
  }
  layOut() {
    const { index, open, shown } = this;
    let length = 0;
    for (let node = 0; node < index.size; ) {
      shown[length] = node;
      length += 1;
      node = open[node] ? node + 1 : index.afters[node];
    }
    this.length = length;
    this.rows.setCount(length);
  }
  /** @param {boolean} fold */
  foldAll(fold) {
    if (!this.index.size) return;
    this.open.fill(0);
    if (!fold)
      this.index.kinds.subarray(0, this.index.size).forEach((kind, node) => {
        this.open[node] = kind <= ARRAY ? 1 : 0;
      });
    this.layOut();
    this.choose(fold ? 0 : this.chosen);
  }
  /**
   * @param {number} node
   * @param {boolean} isOpen
   */
  setOpen(node, isOpen) {
    if (!this.index.isContainer(node) || Boolean(this.open[node]) === isOpen) return;
    this.open[node] = isOpen ? 1 : 0;
    this.layOut();
  }
  /**
   * The row of a value, -1 if it is collapsed. Rows are in the order of the values.
   * @param {number} node
   */
  placeOf(node) {
    let [low, high] = [0, this.length - 1];
    while (low <= high) {
      const middle = low + high >> 1;
      if (this.shown[middle] === node) return middle;
      if (this.shown[middle] < node) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
  /** @param {number} node */
  choose(node) {
    let folded = false;
    for (let up = this.index.parents[node]; up !== NONE; up = this.index.parents[up]) {
      folded ||= !this.open[up];
      this.open[up] = 1;
    }
    if (folded) this.layOut();
    this.chosen = node;
    this.path.textContent = visibleText(this.pointer()) || "(root)";
    this.path.title = this.path.textContent;
    this.drawActs();
    this.rows.reveal(this.placeOf(node));
    this.rows.redraw();
  }
  /** @param {MouseEvent} event */
  onClick(event) {
    const row = closest(event, "[role=treeitem]");
    if (!row || !this.index.size || String(document.getSelection() ?? "")) return;
    const node = Number(row.dataset.node);
    this.choose(node);
    const act = closest(event, "[data-act]")?.dataset.act;
    if (act === "table") this.acts.onTable(node);
    if (act === "reveal") this.toggleSecret(node);
    if (act) return;
    this.setOpen(node, !this.open[node]);
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.index.size || event.ctrlKey || event.metaKey || event.altKey) return;
    const { chosen, open, index } = this;
    const isOpen = Boolean(open[chosen]);
    const place = this.placeOf(chosen);
    const at = (to) => this.choose(this.shown[Math.min(Math.max(to, 0), this.length - 1)]);
    const page = Math.max(Math.floor(this.rows.page) - 1, 1);
    const acts = {
      ArrowDown: () => at(place + 1),
      ArrowUp: () => at(place - 1),
      PageDown: () => at(place + page),
      PageUp: () => at(place - page),
      Home: () => at(0),
      End: () => at(this.length - 1),
      ArrowRight: () => isOpen && index.counts[chosen] ? this.choose(chosen + 1) : this.setOpen(chosen, true),
      ArrowLeft: () => isOpen ? this.setOpen(chosen, false) : this.choose(Math.max(index.parents[chosen], 0)),
      Enter: () => this.setOpen(chosen, !isOpen),
      " ": () => this.setOpen(chosen, !isOpen)
    };
    if (!Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
    this.rows.redraw();
  }
  search() {
    this.finds = this.index.find(this.find.value);
    this.currentFind = -1;
    if (this.finds.length) this.step(1);
    else this.rows.redraw();
    this.showFindCount();
  }
  /** @param {number} by */
  step(by) {
    const { length } = this.finds;
    if (!length) return;
    this.currentFind = this.currentFind < 0 && by < 0 ? length - 1 : (this.currentFind + by + length) % length;
    this.choose(this.finds[this.currentFind]);
    this.showFindCount();
  }
  showFindCount() {
    const { length } = this.finds;
    const most = length >= MOST_FINDS ? "+" : "";
    const none = this.find.value ? "No matches" : "";
    this.count.textContent = length ? `${this.currentFind + 1} of ${length.toLocaleString("en")}${most}` : none;
    for (const step of this.steps) setUsable(step, length > 0);
  }
  /** What can be done with the selected value: rows are drawn anew, so their own buttons are not in the tab order. */
  drawActs() {
    const isSecret = this.isSecret(this.chosen);
    this.reveal.hidden = !isSecret;
    this.reveal.textContent = this.revealed.has(this.chosen) ? "Hide value" : "Show value";
    this.tabulate.hidden = !isRecords(this.index, this.chosen);
  }
  /** @param {number} node */
  isSecret(node) {
    const { index } = this;
    return index.kinds[node] === STRING && index.text.startsWith(MASKED, index.starts[node]);
  }
  /**
   * Shows a masked value until it is pressed again, another body comes, or the page is loaded again.
   * @param {number} node
   */
  async toggleSecret(node) {
    const { index } = this;
    if (this.revealed.has(node)) this.revealed.delete(node);
    else {
      try {
        const text = await this.acts.onReveal(node);
        if (index !== this.index) return;
        this.revealed.set(node, text);
        this.status.textContent = "";
      } catch (error) {
        this.status.textContent = errorText(error);
      }
    }
    this.drawActs();
    this.rows.redraw();
  }
  pointer() {
    return this.index.size ? this.index.pointer(this.chosen) : "";
  }
  /** The text of the selected value; of a string its characters. */
  chosenText() {
    if (!this.index.size) return "";
    const shown = this.revealed.get(this.chosen);
    if (shown !== void 0) return shown.startsWith('"') ? this.index.decodeString(shown) : shown;
    const raw = this.index.text.slice(this.index.starts[this.chosen], this.index.ends[this.chosen]);
    return this.index.kinds[this.chosen] === STRING ? this.index.decodeString(raw) : raw;
  }
  /**
   * @param {string} text
   * @param {string} subject
   */
  async copy(text, subject) {
    try {
      await copyText(text);
      this.status.textContent = `${subject} copied`;
    } catch (error) {
      this.status.textContent = errorText(error);
    }
  }
  /** @param {number} place */
  drawRow(place) {
    const { index } = this;
    const node = this.shown[place];
    const kind = index.kinds[node];
    const isContainer = kind <= ARRAY;
    const parent = index.parents[node];
    const row = make("div", "ipyasgi-tree-row", {
      role: "treeitem",
      id: `${this.id}-${node}`,
      "aria-level": index.levels[node],
      "aria-setsize": parent === NONE ? 1 : index.counts[parent],
      "aria-posinset": index.places[node] + 1,
      "aria-selected": String(node === this.chosen)
    });
    row.dataset.node = String(node);
    row.style.paddingInlineStart = `${Math.min(index.levels[node] - 1, INDENT_LEVELS) * 16 + 4}px`;
    if (isContainer) row.setAttribute("aria-expanded", String(Boolean(this.open[node])));
    if (node === this.finds[this.currentFind]) row.dataset.found = "true";
    row.append(
      make("span", "ipyasgi-twist", {
        "aria-hidden": "true",
        textContent: isContainer && index.counts[node] ? this.open[node] ? "▾" : "▸" : ""
      })
    );
    const key = index.key(node);
    const name = key === null && parent !== NONE ? String(index.places[node]) : key;
    if (name !== null) {
      const shownKey = make("bdi", key === null ? "ipyasgi-tree-place" : "ipyasgi-tree-key", {
        textContent: visibleText(name)
      });
      row.append(shownKey, make("span", "ipyasgi-faint", { textContent: ": " }));
    }
    row.append(this.drawValue(node, kind, isContainer));
    return row;
  }
  /**
   * @param {number} node
   * @param {number} kind
   * @param {boolean} isContainer
   */
  drawValue(node, kind, isContainer) {
    const { index } = this;
    if (isContainer) {
      const count = index.counts[node].toLocaleString("en");
      const about = make("span", "ipyasgi-faint", { textContent: kind === OBJECT ? `{ ${count} }` : `[ ${count} ]` });
      return isRecords(index, node) ? make("span", "", {}, about, this.drawAct("table", "Table", "Show as a table")) : about;
    }
    if (this.isSecret(node)) return this.drawSecret(node);
    const length = index.ends[node] - index.starts[node];
    const value = make("bdi", "ipyasgi-tree-value", { textContent: visibleText(index.value(node, VALUE_CHARS)) });
    value.dataset.kind = kind === STRING ? "string" : kind === NUMBER ? "number" : "word";
    if (length <= VALUE_CHARS) return value;
    const more = `… ${(length - VALUE_CHARS).toLocaleString("en")} more characters`;
    return make("span", "", {}, value, make("span", "ipyasgi-faint", { textContent: ` ${more}` }));
  }
  /** @param {number} node */
  drawSecret(node) {
    const text = this.revealed.get(node);
    const isShown = text !== void 0;
    const value = make("bdi", "ipyasgi-tree-value", {
      textContent: isShown ? visibleText(text.slice(0, VALUE_CHARS)) : "•••"
    });
    value.dataset.kind = isShown ? "string" : "secret";
    const why = this.acts.reasonOf(this.index.key(node) ?? "");
    const eye = this.drawAct("reveal", "", isShown ? "Hide" : `Masked because ${why}. Show it in this page only.`);
    eye.classList.add("ipyasgi-eye");
    eye.setAttribute("aria-label", isShown ? "Hide the value" : "Show the value");
    eye.setAttribute("aria-pressed", String(isShown));
    return make("span", "", {}, eye, value);
  }
  /**
   * @param {string} act
   * @param {string} text
   * @param {string} title
   */
  drawAct(act, text, title) {
    const button = make("button", "ipyasgi-tree-act", { type: "button", tabIndex: -1, textContent: text, title });
    button.dataset.act = act;
    return button;
  }
};

// live_rows.js
var ROW_PX2 = 20;
var SPARE_ROWS2 = 6;
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
  const from = Math.max(0, Math.floor(scrollPx / ROW_PX2) - SPARE_ROWS2);
  return { from, to: Math.min(length, from + visibleRows + 2 * SPARE_ROWS2) };
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
    space.style.height = `${length * ROW_PX2}px`;
    scroll.style.height = `${room(length) * ROW_PX2}px`;
    root.hidden = !room(length);
    scroll.scrollTop = following ? scroll.scrollHeight : scroll.scrollTop - (start - base) * ROW_PX2;
    base = start;
    const { from, to } = rowsInView({ length, scrollPx: scroll.scrollTop, visibleRows });
    const lines = [];
    for (let place = from; place < to; place += 1) {
      const line = drawRow(stream, start + place);
      line.dataset.number = String(start + place);
      if (start + place === picked) line.dataset.picked = "true";
      lines.push(line);
    }
    drawn.style.transform = `translateY(${from * ROW_PX2}px)`;
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
    following = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - ROW_PX2;
    redraw();
  });
  const pick = (number) => {
    if (number < firstRow() || number > stream.last) return;
    picked = number;
    const at = (number - firstRow()) * ROW_PX2;
    if (at < scroll.scrollTop) scroll.scrollTop = at;
    if (at + ROW_PX2 > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = at + ROW_PX2 - scroll.clientHeight;
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
async function openCell(model, element2, source) {
  const notebook = notebookOf(model);
  if (notebook !== null) {
    const place = placeOf(element2) ?? notebook.cells.length - 1;
    notebook.insertCell(place + 1, { cell_type: "code", source, metadata: {}, outputs: [], execution_count: null });
    focusCell(element2, place + 1);
    return "Inserted below";
  }
  try {
    await copyText(source);
    return "Copied: paste it into a cell";
  } catch (error) {
    return errorText(error);
  }
}
function placeOf(element2) {
  const cell = element2.closest(".jp-Cell");
  const cells = cellsOf(element2);
  if (!cell || !cells.includes(cell)) return null;
  const listed = Number.parseInt(cell.dataset.windowedListIndex ?? "", 10);
  return Number.isNaN(listed) ? cells.indexOf(cell) : listed;
}
function cellsOf(element2) {
  return [...element2.closest(".jp-Notebook")?.querySelectorAll(".jp-Cell") ?? []].filter(
    (cell) => cell instanceof HTMLElement
  );
}
async function focusCell(element2, place) {
  for (let frame = 0; frame < FRAMES; frame += 1) {
    await new Promise(requestAnimationFrame);
    const cells = cellsOf(element2);
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

// asked_text.js
var PATIENCE_MS = 1e4;
var lastId2 = Math.floor(Math.random() * 1e9);
async function askText(model, trait, message) {
  lastId2 += 1;
  const id = lastId2;
  const found = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      model.off(`change:${trait}`, listener);
      reject(new Error("The kernel did not respond. It may be busy; try again."));
    }, PATIENCE_MS);
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
  return new TextDecoder().decode(await fetchBody(model, found.offer, { patienceMs: PATIENCE_MS }));
}

// unmask.js
var MASK = "•••";
var SHOWN_CHARS = 2e3;
function askValue(model, part, places) {
  return askText(model, "revealed", { ask: "reveal", turn: model.get("body").turn, of: part, places });
}
function addEyes(model, sections) {
  const find = (selector) => [...sections.querySelectorAll(selector)].filter((one) => one instanceof HTMLElement);
  const tab = (part) => `.i-tab[data-tab="${part}"]`;
  for (const part of ["headers", "request"]) addToRows(model, find(`${tab(part)} > .i-pairs tr`), part);
  addToRows(model, find(`${tab("cookies")} > table > tbody > tr`), "cookies");
  addToTexts(model, find(`${tab("request")} > p > code`).slice(0, 1), "target");
  for (const [name, part] of [
    ["request", "sent"],
    ["body", "text"]
  ]) {
    addToTexts(model, find(`${tab(name)} pre`), part);
    addToForm(model, find(`${tab(name)} table[data-form] > tbody > tr`), part);
  }
}
function addToRows(model, rows, part) {
  for (const [place, row] of rows.entries()) {
    const [name, cell] = row.children;
    if (!(cell instanceof HTMLElement) || !isMasked(cell)) continue;
    makeEye(() => askValue(model, part, [place]), `the value of ${name.textContent}`, cell);
  }
}
function addToForm(model, rows, part) {
  const masked = rows.filter((row) => row.textContent?.includes(MASK));
  for (const [place, row] of masked.entries()) {
    const [name, cell] = row.children;
    if (!(cell instanceof HTMLElement) || !isMasked(cell)) continue;
    makeEye(() => askValue(model, part, [place, 1]), `the value of ${name.textContent}`, cell);
  }
}
function addToTexts(model, texts, part) {
  if (texts.some((text) => text.querySelector(".ipyasgi-unmasked") || / more$/.test(text.textContent ?? ""))) return;
  let place = 0;
  for (const text of texts) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    for (const node of nodes) {
      const [first, ...others] = (node.textContent ?? "").split(MASK);
      if (!others.length) continue;
      const pieces = others.flatMap((after) => {
        const holder = make("span", "ipyasgi-unmasked", { textContent: MASK });
        const number = place;
        makeEye(() => askValue(model, part, [number]), `masked value ${number + 1}`, holder);
        place += 1;
        return [holder, after];
      });
      if (node.parentNode) node.parentNode.replaceChild(fragmentOf([first, ...pieces]), node);
    }
  }
}
function fragmentOf(pieces) {
  const made = document.createDocumentFragment();
  made.append(...pieces);
  return made;
}
function isMasked(cell) {
  return Boolean(cell.textContent?.includes(MASK)) && !cell.querySelector("button");
}
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
  show(text, { isMasked: isMasked2 = false } = {}) {
    this.text = text;
    this.revealed.clear();
    this.masks = [];
    for (let at = isMasked2 ? text.indexOf(MASK) : -1; at >= 0; at = text.indexOf(MASK, at + MASK.length)) {
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

// record_table.js
var CELL_CHARS = 120;
var [NARROWEST, WIDEST] = [4, 36];
var SAMPLED2 = 100;
var RecordTable = class {
  /** @param {Child[]} tools  what stands beside the title */
  constructor(tools) {
    this.index = null;
    this.unsorted = [];
    this.order = [];
    this.columns = [];
    this.sortedBy = "";
    this.direction = 1;
    this.title = make("span", "ipyasgi-records-title", { role: "status" });
    this.names = make("div", "ipyasgi-records-names", { role: "rowgroup" });
    this.box = make("div", "ipyasgi-records-rows", { role: "rowgroup", tabIndex: 0 });
    this.table = make("div", "ipyasgi-records", { role: "table" }, this.names, this.box);
    const head = make("div", "ipyasgi-records-head", {}, this.title, ...tools);
    this.el = make("div", "", { hidden: true }, head, this.table);
    this.rows = new VirtualRows(this.box, (place) => this.drawRow(place));
    this.resized = new ResizeObserver(() => this.markMore());
    this.resized.observe(this.box);
    this.box.addEventListener("scroll", () => {
      this.names.scrollLeft = this.box.scrollLeft;
      this.markMore();
    });
  }
  close() {
    this.resized.disconnect();
    this.rows.close();
  }
  /** Says whether there is more to the right. */
  markMore() {
    const { scrollLeft, clientWidth, scrollWidth } = this.names;
    this.table.toggleAttribute("data-more", Math.abs(scrollLeft) + clientWidth < scrollWidth - 1);
  }
  /**
   * @param {JsonIndex} index
   * @param {number} node  an array of objects
   * @param {string} path  where it is, for its title
   */
  show(index, node, path) {
    this.index = index;
    this.unsorted = rowsOf(index, node);
    this.order = this.unsorted;
    this.sortedBy = "";
    this.columns = columnsOf(index, this.unsorted).map((name) => this.makeColumn(index, name));
    const all = index.counts[node];
    const notes = [countText(all, "row")];
    if (all > MOST_ROWS) notes.push(`the first ${MOST_ROWS.toLocaleString("en")} are shown`);
    notes.push(countText(this.columns.length, "column"));
    if (this.columns.length >= MOST_COLUMNS) notes.push(`the first ${MOST_COLUMNS} columns are shown`);
    const place = make("code", "", { textContent: visibleText(path) || "(root)" });
    this.title.replaceChildren(place, make("span", "ipyasgi-faint", { textContent: ` · ${notes.join(" · ")}` }));
    this.table.setAttribute("aria-label", `Records of ${visibleText(path) || "the body"}`);
    this.table.setAttribute("aria-rowcount", String(all + 1));
    this.table.style.setProperty("--digits", String(String(this.unsorted.length).length));
    const number = make("span", "ipyasgi-record-number", { role: "columnheader", "aria-label": "Number" });
    const heads = this.columns.map((column) => column.head);
    this.names.replaceChildren(make("div", "ipyasgi-record", { role: "row", "aria-rowindex": 1 }, number, ...heads));
    this.box.scrollTop = 0;
    this.box.scrollLeft = 0;
    this.rows.setCount(this.order.length, { isNew: true });
    this.markMore();
  }
  /**
   * @param {JsonIndex} index
   * @param {string} name
   * @returns {Column}
   */
  makeColumn(index, name) {
    const cells = this.unsorted.slice(0, SAMPLED2).map((row) => cellOf(index, row, name));
    const longest = Math.max(...cells.map((cell) => cellText(index, cell, WIDEST).length), name.length + 2);
    const there = cells.filter((cell) => cell !== NONE && index.value(cell, 5) !== "null");
    const isNumber = there.length > 0 && there.every((cell) => index.kinds[cell] === NUMBER);
    const button = makeButton(visibleText(name), "ipyasgi-record-sort", () => this.sort(name), {
      title: `Sort by ${visibleText(name)}`
    });
    const head = make("span", "", { role: "columnheader", "aria-sort": "none" }, button);
    if (isNumber) head.dataset.kind = "number";
    const chars = Math.min(Math.max(longest, NARROWEST), WIDEST);
    head.style.width = `calc(${chars}ch + 16px)`;
    return { name, chars, isNumber, button, head };
  }
  /** @param {string} name */
  sort(name) {
    if (this.index === null) return;
    if (this.sortedBy !== name) [this.sortedBy, this.direction] = [name, 1];
    else if (this.direction === 1) this.direction = -1;
    else this.sortedBy = "";
    this.order = this.sortedBy ? sortRows(this.index, this.unsorted, name, this.direction) : this.unsorted;
    for (const column of this.columns) {
      const isSorted = column.name === this.sortedBy;
      const [word, arrow] = this.direction === 1 ? ["ascending", " ▲"] : ["descending", " ▼"];
      column.head.setAttribute("aria-sort", isSorted ? word : "none");
      column.button.textContent = visibleText(column.name) + (isSorted ? arrow : "");
    }
    this.rows.redraw();
  }
  /** @param {number} place */
  drawRow(place) {
    const row = this.order[place];
    const number = make("span", "ipyasgi-record-number", { role: "rowheader", textContent: String(place + 1) });
    const cells = this.columns.map((column) => this.drawCell(row, column));
    return make("div", "ipyasgi-record", { role: "row", "aria-rowindex": place + 2 }, number, ...cells);
  }
  /**
   * @param {number} row
   * @param {Column} column
   */
  drawCell(row, column) {
    const index = (
      /** @type {JsonIndex} */
      this.index
    );
    const cell = cellOf(index, row, column.name);
    const text = visibleText(cellText(index, cell, CELL_CHARS));
    const made = make("span", "", { role: "cell", textContent: text, title: text, dir: "auto" });
    made.style.width = `calc(${column.chars}ch + 16px)`;
    if (cell === NONE || text === "null") made.dataset.kind = "none";
    else if (column.isNumber) made.dataset.kind = "number";
    return made;
  }
};

// body_views.js
var FETCHED_BYTES = 16e6;
var VISIBLE_ROWS = 16;
var TITLES = { rows: "Rows", tree: "Tree", table: "Table", drawn: "Table", text: "Text" };
var BodyViews = class {
  /**
   * onView: another view was chosen; the view "drawn" is outside of this element
   * @param {Model} model
   * @param {RowStream} stream
   * @param {(name: string) => void} onView
   * @param {(places: number[]) => Promise<string>} onReveal
   */
  constructor(model, stream, onView, onReveal) {
    this.model = model;
    this.stream = stream;
    this.onView = onView;
    this.turn = null;
    this.view = "";
    this.preferred = "";
    this.text = null;
    this.bytes = null;
    this.fetching = null;
    this.filled = /* @__PURE__ */ new Set();
    this.choiceButtons = [];
    this.choices = make("div", "ipyasgi-choices", { role: "group", "aria-label": "Body view" });
    this.label = make("span", "ipyasgi-faint ipyasgi-body-label");
    this.status = make("span", "ipyasgi-faint", { role: "status" });
    this.copyIt = makeButton("Copy", "ipyasgi-quiet", () => this.copy(), { title: "Copy the body as text" });
    this.saveIt = makeButton("Save", "ipyasgi-quiet", () => this.save());
    this.load = makeButton("Load", "", () => this.fetch());
    this.notes = make("div", "ipyasgi-body-notes");
    this.tree = new JsonTree("Response body", {
      onTable: (node) => this.showTable(node),
      onReveal: (node) => onReveal(placesOf(this.tree.index, node)),
      reasonOf: (name) => model.get("body").reasons?.[name] ?? "of its name"
    });
    this.tabulated = NONE;
    this.frame = makeButton(
      canOpenCell(model) ? "→ DataFrame" : "Copy as DataFrame",
      "ipyasgi-quiet",
      () => this.openFrame()
    );
    this.frame.title = `${canOpenCell(model) ? "Put" : "Copy"} code that makes a pandas DataFrame of these records`;
    this.table = new RecordTable([this.frame]);
    this.raw = new RawText("Response body as text", (place, count) => askValue(model, "raw", [place, count]));
    this.rowsBox = make("div", "ipyasgi-body-rows");
    this.detail = make("pre", "ipyasgi-row-detail", { tabIndex: 0, hidden: true, dir: "auto" });
    const tools = make(
      "div",
      "ipyasgi-body-tools",
      {},
      this.choices,
      this.label,
      this.status,
      this.load,
      make("div", "ipyasgi-buttons", {}, this.copyIt, this.saveIt)
    );
    this.tools = tools;
    this.el = make(
      "div",
      "",
      {},
      tools,
      this.notes,
      this.tree.el,
      this.table.el,
      this.raw.el,
      this.rowsBox,
      this.detail
    );
    this.endRows = renderRows(this.rowsBox, stream, {
      title: "Received",
      visibleRows: VISIBLE_ROWS,
      first: () => model.get("live").rows_from ?? 1,
      onPick: (row) => this.showRow(row),
      // A running stream gets the full height from its first row on; an ended one, as much as it needs.
      room: (length) => Math.min(VISIBLE_ROWS, model.get("live").busy ? length * VISIBLE_ROWS : Math.max(length, 2))
    });
    this.show();
  }
  close() {
    this.turn = null;
    this.tree.close();
    this.table.close();
    this.raw.close();
    this.endRows();
  }
  show() {
    const body = this.model.get("body");
    if (body.turn === this.turn) return;
    this.turn = body.turn ?? null;
    this.text = null;
    this.bytes = null;
    this.fetching = null;
    this.filled = /* @__PURE__ */ new Set();
    const views = body.views ?? [];
    this.label.textContent = body.label ?? "";
    this.label.title = body.label ?? "";
    this.status.textContent = "";
    this.detail.hidden = true;
    this.notes.replaceChildren(
      ...(body.notes ?? []).map((note) => make("p", "ipyasgi-body-note", { textContent: note, dir: "auto" }))
    );
    this.tabulated = NONE;
    this.showChoices(views);
    this.copyIt.hidden = !body.is_text || !views.includes("text");
    this.saveIt.hidden = !body.offer && !body.text;
    this.saveIt.textContent = body.masked ? "Save, masked" : "Save";
    this.saveIt.title = `Save as ${body.filename}${body.masked ? "; secrets are masked" : ""}`;
    this.tools.hidden = !body.label && [this.choices, this.copyIt, this.saveIt].every((one) => one.hidden);
    this.load.hidden = true;
    this.stream.notify();
    if (typeof body.text === "string") this.text = body.text;
    else if (body.offer && body.is_text) {
      if (body.offer.size_bytes <= FETCHED_BYTES) this.fetch();
      else {
        this.load.textContent = `Load ${sizeText(body.offer.size_bytes)}`;
        this.load.hidden = false;
      }
    }
    this.look(views.includes(this.preferred) ? this.preferred : views[0] ?? "");
  }
  /**
   * Shows a button for each view. Those that are there stay: one may be pressed, or have the focus.
   * @param {string[]} views
   */
  showChoices(views) {
    this.choices.hidden = views.length < 2;
    const before = this.choiceButtons;
    this.choiceButtons = views.map((name) => before.find(({ dataset }) => dataset.view === name) ?? this.choice(name));
    for (const choice of before) if (!this.choiceButtons.includes(choice)) choice.remove();
    for (const [at, choice] of this.choiceButtons.entries()) {
      const there = this.choices.children[at] ?? null;
      if (there !== choice) this.choices.insertBefore(choice, there);
    }
  }
  /** @param {string} name */
  choice(name) {
    const choice = makeButton(TITLES[name], "ipyasgi-choice", () => {
      this.preferred = name;
      this.look(name);
    });
    choice.dataset.view = name;
    return choice;
  }
  /**
   * Shows an array of objects as a table.
   * @param {number} node
   */
  showTable(node) {
    if (!isRecords(this.tree.index, node)) return;
    this.tabulated = node;
    this.filled.delete("table");
    this.look("table");
    this.choiceButtons.find((choice) => choice.dataset.view === "table")?.focus();
  }
  async openFrame() {
    const { code, name } = this.model.get("head");
    const source = `import pandas as pd

${code}
df = pd.DataFrame(${name}.json()${pythonPath(this.tree.index, this.tabulated)})
df`;
    this.status.textContent = await openCell(this.model, this.el, source);
  }
  /** @param {string} name */
  look(name) {
    this.view = name;
    for (const choice of this.choiceButtons) choice.setAttribute("aria-pressed", String(choice.dataset.view === name));
    this.tree.el.hidden = name !== "tree" || this.text === null;
    this.table.el.hidden = name !== "table" || this.text === null;
    this.raw.el.hidden = name !== "text" || this.text === null;
    this.rowsBox.hidden = name !== "rows";
    this.detail.hidden ||= name !== "rows";
    this.fill();
    this.onView(name);
  }
  /** Fills a view when it is first shown. */
  async fill() {
    const { view, turn, text } = this;
    if (text === null || this.filled.has(view)) return;
    this.filled.add(view);
    if (view === "text") this.raw.show(text, { isMasked: this.model.get("body").masked });
    if (view === "table") this.table.show(this.tree.index, this.tabulated, this.tree.index.pointer(this.tabulated));
    if (view !== "tree") return;
    const beganMs = performance.now();
    try {
      await this.tree.show(text);
      if (turn !== this.turn) return;
      this.offerTable();
    } catch (error) {
      if (turn !== this.turn) return;
      this.status.textContent = errorText(error);
      this.look("text");
    }
    this.el.dataset.treeMs = String(Math.round(performance.now() - beganMs));
  }
  /** Offers a table once the tree has been read and contains an array of objects. */
  offerTable() {
    this.tabulated = firstRecords(this.tree.index);
    if (this.tabulated === NONE) return;
    const views = this.model.get("body").views;
    this.showChoices(views.flatMap((name) => name === "tree" ? ["tree", "table"] : [name]));
    this.look(this.preferred === "table" ? "table" : this.view);
  }
  async fetch() {
    const { turn } = this;
    const { offer, is_text: isText } = this.model.get("body");
    this.load.hidden = true;
    this.status.textContent = "Waiting for the kernel";
    try {
      this.fetching ??= fetchBody(this.model, offer, {
        onProgress: (have, all) => {
          if (turn === this.turn) this.status.textContent = `${sizeText(have)} of ${sizeText(all)}`;
        }
      });
      const bytes = await this.fetching;
      if (turn !== this.turn) return;
      this.bytes = bytes;
      this.el.dataset.fetchedAt = String(performance.now());
      if (isText) this.text = new TextDecoder().decode(bytes);
      this.status.textContent = "";
      this.look(this.view);
    } catch (error) {
      if (turn !== this.turn) return;
      this.fetching = null;
      this.status.textContent = errorText(error);
      this.load.textContent = "Load again";
      this.load.hidden = false;
    }
  }
  async copy() {
    const { turn } = this;
    if (this.text === null) await this.fetch();
    if (turn !== this.turn || this.text === null) return;
    try {
      await copyText(this.text);
      this.status.textContent = "Copied";
    } catch (error) {
      this.status.textContent = errorText(error);
    }
  }
  async save() {
    const { turn } = this;
    const { filename } = this.model.get("body");
    if (this.text === null && this.bytes === null) await this.fetch();
    const content = this.bytes ?? this.text;
    if (turn !== this.turn || content === null) return;
    saveAs(content, filename);
    this.status.textContent = `Saved as ${filename}`;
  }
  /** @param {Row | undefined} row */
  showRow(row) {
    this.detail.hidden = !row;
    if (row) this.detail.textContent = prettyJson(row.text);
  }
};
function placesOf(index, node) {
  const places = [];
  for (let at = node; index.parents[at] !== NONE; at = index.parents[at]) places.push(index.places[at]);
  return places.reverse();
}
function prettyJson(text) {
  try {
    return visibleText(JSON.stringify(JSON.parse(text), null, 2)).replaceAll("␊", "\n");
  } catch {
    return visibleText(text);
  }
}

// response_viewer.js
var ResponseTabs = class {
  /**
   * @param {string} id
   * @param {(name: string) => void} onTab
   */
  constructor(id, onTab) {
    this.id = id;
    this.onTab = onTab;
    this.buttons = [];
    this.wanted = "";
    this.shown = "";
    this.name = "body";
    this.el = make("div", "ipyasgi-tabs", { role: "tablist", "aria-label": "Parts of the response" });
    this.el.addEventListener("keydown", (event) => this.onKey(event));
  }
  /**
   * An exception opens by itself, once for each exchange; otherwise the tab that was chosen last stays open.
   * @param {Tab[]} tabs
   * @param {string} open
   * @param {string} exchange  its name
   */
  show(tabs, open, exchange) {
    if (open === "exception" && exchange !== this.shown) this.wanted = open;
    else if (open !== "exception" && this.wanted === "exception") this.wanted = "";
    this.shown = exchange;
    const focused = this.el.contains(focusedElement());
    this.buttons = tabs.map((tab) => {
      const button = makeButton(
        tab.title,
        "ipyasgi-tab",
        () => {
          this.wanted = tab.name;
          this.choose(tab.name);
        },
        {
          role: "tab",
          id: `${this.id}-${tab.name}`,
          title: tab.about
        }
      );
      button.dataset.tab = tab.name;
      if (tab.mark) {
        button.prepend(make("span", "ipyasgi-tab-mark", { textContent: tab.mark, "aria-hidden": "true" }), " ");
      }
      if (tab.about && tab.about.length < 4 && tab.name !== "request") {
        button.append(make("span", "ipyasgi-faint", { textContent: ` ${tab.about}` }));
      }
      button.hidden = !tab.some;
      return button;
    });
    this.el.replaceChildren(...this.buttons);
    const has = (name) => tabs.some((tab) => tab.name === name && tab.some);
    this.choose([this.wanted, open, "body"].find(has) ?? tabs.find((tab) => tab.some)?.name ?? "body");
    if (focused) this.button(this.name)?.focus();
  }
  /** @param {string} name */
  button(name) {
    return this.buttons.find((one) => one.dataset.tab === name);
  }
  /** @param {string} name */
  choose(name) {
    this.name = name;
    for (const button of this.buttons) {
      const isChosen = button.dataset.tab === name;
      button.setAttribute("aria-selected", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    }
    this.onTab(name);
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    const usable = this.buttons.filter((one) => !one.hidden);
    const at = usable.findIndex((one) => one === focusedElement());
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: usable.length - 1 }[event.key];
    if (to === void 0 || !usable.length) return;
    event.preventDefault();
    const next = usable[(to + usable.length) % usable.length];
    this.wanted = next.dataset.tab ?? "";
    this.choose(this.wanted);
    next.focus();
  }
};
var LiveStrip = class {
  /** @param {Model} model */
  constructor(model) {
    this.turn = 0;
    this.timer = void 0;
    this.request = make("span", "ipyasgi-live-request");
    this.status = make("span", "", { role: "status" });
    this.clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
    this.cancel = makeButton(
      "Cancel",
      "",
      () => {
        setUsable(this.cancel, false);
        model.send({ ask: "cancel" });
      },
      { title: "Cancel this request" }
    );
    this.el = make(
      "div",
      "ipyasgi-live",
      { hidden: true },
      make("span", "ipyasgi-spinner", { "aria-hidden": "true" }),
      this.request,
      this.status,
      this.clock,
      this.cancel
    );
  }
  /** @param {Live} live */
  show(live) {
    this.el.hidden = !live.busy;
    this.request.textContent = `${live.method} ${live.target}`;
    this.status.textContent = live.text;
    this.cancel.hidden = !live.cancel;
    if (live.turn !== this.turn) setUsable(this.cancel, true);
    this.turn = live.turn;
    clearInterval(this.timer);
    if (!live.busy) return;
    const since = performance.now() - live.elapsed_ms;
    const draw = () => {
      this.clock.textContent = elapsedText(performance.now() - since);
    };
    draw();
    this.timer = setInterval(draw, 100);
  }
  close() {
    clearInterval(this.timer);
  }
};
function summaryLine(head, follows) {
  if (!head.method) {
    const next = follows ? "The next exchange is shown here." : "Press Send or Ctrl+Enter.";
    return [make("span", "ipyasgi-faint", { textContent: `No response yet. ${next}` })];
  }
  const outcome = make("strong", "ipyasgi-outcome", { textContent: head.outcome });
  outcome.dataset.tone = head.tone;
  const target = make("bdi", "ipyasgi-target", { textContent: head.target, title: head.target });
  return [
    outcome,
    make("strong", "ipyasgi-figure", { textContent: head.elapsed, title: "Time to the complete response" }),
    ...[head.background, head.size].filter(Boolean).map((text) => make("span", "ipyasgi-faint ipyasgi-figure", { textContent: text })),
    make("span", "ipyasgi-sent-line ipyasgi-faint", {}, head.name, " ", head.method, " ", target),
    ...head.marks.map((mark) => make("bdi", "ipyasgi-mark", { textContent: mark, title: mark }))
  ];
}
function exceptionTools(model) {
  const status = make("span", "ipyasgi-faint", { role: "status" });
  const debug = makeButton(
    canOpenCell(model) ? "Debug in a new cell" : "Copy code to debug",
    "",
    async () => {
      const { code, name } = model.get("head");
      const source = `import pdb

${code}
pdb.post_mortem(${name}.app_exception.__traceback__)`;
      status.textContent = await openCell(model, el, source);
    },
    { title: "pdb, in the frame that raised, with its local variables" }
  );
  const copy = makeButton("Copy traceback", "", async () => {
    try {
      await copyText(model.get("exception").text);
      status.textContent = "Copied";
    } catch (error) {
      status.textContent = errorText(error);
    }
  });
  const el = make("div", "ipyasgi-exception-tools", { hidden: true }, debug, copy, status);
  const show = (isOpen) => {
    const { text, can_debug: canDebug } = model.get("exception");
    el.hidden = !isOpen || !text;
    debug.hidden = !canDebug;
    status.textContent = "";
  };
  return { el, show };
}
function renderResponse(model, el, stream) {
  const id = freshId("response");
  const summary = make("div", "ipyasgi-summary", { role: "status" });
  const notes = make("div", "ipyasgi-body-notes");
  const pin = makeButton("Pin", "ipyasgi-quiet", () => model.send({ ask: "pin", on: !model.get("pinned") }), {
    title: "Pin this response"
  });
  const strip = new LiveStrip(model);
  const syncPanel = () => {
    const panel = el.closest(".ipyasgi-response");
    if (!panel) return;
    const { name } = tabs;
    panel.dataset.tab = name === "body" && views?.view !== "drawn" ? "" : name;
    panel.dataset.stale = String(model.get("stale"));
    const sections = panel.querySelector(".ipyasgi-sections");
    const outside = Boolean(panel.dataset.tab);
    if (sections) {
      if (sections !== watched) {
        watched = sections;
        drawn.observe(sections, { childList: true, subtree: true });
        addEyes(model, sections);
      }
      sections.id = `${id}-sections`;
      sections.setAttribute("role", "tabpanel");
      sections.tabIndex = 0;
      sections.setAttribute("aria-labelledby", `${id}-${name}`);
      sections.hidden = !outside;
    }
    for (const button of tabs.buttons)
      button.setAttribute("aria-controls", button.dataset.tab === "body" ? bodyBox.id : `${id}-sections`);
  };
  let watched = null;
  const drawn = new MutationObserver(() => {
    if (watched) addEyes(model, watched);
  });
  const raised = exceptionTools(model);
  const bodyBox = make("div", "ipyasgi-body-box", {
    role: "tabpanel",
    id: `${id}-body-box`,
    "aria-labelledby": `${id}-body`
  });
  let views;
  const tabs = new ResponseTabs(id, (name) => {
    bodyBox.hidden = name !== "body";
    raised.show(name === "exception");
    syncPanel();
  });
  const bodyViews = new BodyViews(
    model,
    stream,
    () => syncPanel(),
    (places) => askValue(model, "body", places)
  );
  views = bodyViews;
  bodyBox.append(bodyViews.el);
  const root = make(
    "section",
    "ipyasgi-page ipyasgi-response-page",
    { "aria-label": "Response" },
    make("div", "ipyasgi-head", {}, summary, pin),
    notes,
    strip.el,
    tabs.el,
    raised.el,
    bodyBox
  );
  keepKeys(root);
  el.append(root);
  const drawEmpty = () => {
    const isEmpty = !model.get("head").method;
    tabs.el.hidden = isEmpty;
    summary.hidden = isEmpty && model.get("live").busy;
  };
  const drawHead = () => {
    const head = model.get("head");
    summary.replaceChildren(...summaryLine(head, typeof model.get("pinned") === "boolean"));
    drawEmpty();
    notes.replaceChildren(
      ...(head.notes ?? []).map((note) => make("p", "ipyasgi-body-note", { textContent: note, dir: "auto" }))
    );
  };
  const drawTabs = () => {
    const head = model.get("head");
    tabs.show(model.get("tabs"), head.open ?? "body", head.name);
  };
  const drawPin = () => {
    const pinned = model.get("pinned");
    pin.hidden = pinned === null || pinned === void 0;
    pin.setAttribute("aria-pressed", String(Boolean(pinned)));
    pin.textContent = pinned ? "Pinned" : "Pin";
  };
  const drawLive = () => {
    const live = model.get("live");
    strip.show(live);
    drawEmpty();
    if (live.busy && !tabs.button("body")?.matches('[aria-selected="true"]')) tabs.choose("body");
    stream.notify();
  };
  const attached = new ResizeObserver(syncPanel);
  attached.observe(root);
  drawHead();
  drawTabs();
  drawPin();
  strip.show(model.get("live"));
  const silence = listen(model, {
    "change:head": () => {
      drawHead();
      drawTabs();
    },
    "change:tabs": drawTabs,
    "change:exception": drawTabs,
    "change:pinned": drawPin,
    "change:live": drawLive,
    "change:body": () => {
      bodyViews.show();
      syncPanel();
    },
    "change:stale": syncPanel
  });
  return () => {
    silence();
    attached.disconnect();
    drawn.disconnect();
    strip.close();
    bodyViews.close();
  };
}
var response_viewer_default = () => {
  let stream;
  return {
    /** @param {View} view */
    initialize({ model }) {
      stream = new RowStream(model, 5e3);
      return () => stream.close();
    },
    /** @param {View} view */
    render({ model, el }) {
      return renderResponse(model, el, stream);
    }
  };
};
export {
  response_viewer_default as default
};
