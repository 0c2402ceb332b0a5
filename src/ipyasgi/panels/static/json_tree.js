// JSON as a tree to expand, search and navigate by arrow keys. Only visible rows are drawn.

import { ARRAY, JsonIndex, MOST_FINDS, NONE, NUMBER, OBJECT, STRING } from "./json_index.js";
import { isRecords } from "./json_records.js";
import { closest, copyText, errorText, freshId, make, makeButton, setUsable } from "./page.js";
import { visibleText } from "./text.js";
import { VirtualRows } from "./virtual_rows.js";

const FIRST_ROWS = 60;
const VALUE_CHARS = 500;
const INDENT_LEVELS = 30;
const NOTHING = new JsonIndex("");
const MASKED = '"•••"';

/**
 * @typedef {{
 *   onTable: (node: number) => void, onReveal: (node: number) => Promise<string>, reasonOf: (name: string) => string,
 * }} TreeActs  onTable: an array of objects is to be shown as a table; onReveal: gives the text of a masked value
 */

export class JsonTree {
  /**
   * @param {string} label  its name for screen readers
   * @param {TreeActs} acts
   */
  constructor(label, acts) {
    this.acts = acts;
    /** @type {Map<number, string>} */
    this.revealed = new Map(); // in this page only
    this.id = freshId("tree");
    this.index = NOTHING;
    this.open = new Uint8Array(0); // 1: unfolded
    this.shown = new Int32Array(0); // the values that have a row, in order
    this.length = 0; // how many these are
    this.chosen = 0;
    /** @type {number[]} */
    this.finds = [];
    this.currentFind = -1;
    /** @type {object | null} */
    this.reading = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.find = make("input", "ipyasgi-input ipyasgi-find", {
      type: "search",
      placeholder: "Find",
      "aria-label": "Find in the tree",
      autocomplete: "off",
      spellcheck: false,
    });
    this.count = make("span", "ipyasgi-faint ipyasgi-figure ipyasgi-finds", { role: "status" });
    this.status = make("span", "ipyasgi-faint", { role: "status" });
    this.path = make("output", "ipyasgi-tree-path", { "aria-label": "Path of the selected value" });
    /** @type {(text: string, label: string, act: () => void) => HTMLButtonElement} */
    const button = (text, label, act) => makeButton(text, "ipyasgi-quiet", act, { "aria-label": label, title: label });
    this.steps = [button("↑", "Previous match", () => this.step(-1)), button("↓", "Next match", () => this.step(1))];
    const tools = make(
      "div",
      "ipyasgi-tree-tools",
      {},
      make("span", "ipyasgi-tree-finding", {}, this.find, ...this.steps, this.count),
      button("Expand all", "Expand all", () => this.foldAll(false)),
      button("Collapse all", "Collapse all", () => this.foldAll(true)),
    );
    this.reveal = button("Show value", "Show the selected value, in this page only", () =>
      this.toggleSecret(this.chosen),
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
      this.status,
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
        if (!this.index.isContainer(node) || (count > room && node !== 0)) continue;
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
      const middle = (low + high) >> 1;
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
    if (!row || !this.index.size || String(document.getSelection() ?? "")) return; // a text is being selected
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
    /** @param {number} to */
    const at = (to) => this.choose(this.shown[Math.min(Math.max(to, 0), this.length - 1)]);
    const page = Math.max(Math.floor(this.rows.page) - 1, 1);
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowDown: () => at(place + 1),
      ArrowUp: () => at(place - 1),
      PageDown: () => at(place + page),
      PageUp: () => at(place - page),
      Home: () => at(0),
      End: () => at(this.length - 1),
      ArrowRight: () => (isOpen && index.counts[chosen] ? this.choose(chosen + 1) : this.setOpen(chosen, true)),
      ArrowLeft: () => (isOpen ? this.setOpen(chosen, false) : this.choose(Math.max(index.parents[chosen], 0))),
      Enter: () => this.setOpen(chosen, !isOpen),
      " ": () => this.setOpen(chosen, !isOpen),
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
    if (shown !== undefined) return shown.startsWith('"') ? this.index.decodeString(shown) : shown;
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
      "aria-selected": String(node === this.chosen),
    });
    row.dataset.node = String(node);
    row.style.paddingInlineStart = `${Math.min(index.levels[node] - 1, INDENT_LEVELS) * 16 + 4}px`;
    if (isContainer) row.setAttribute("aria-expanded", String(Boolean(this.open[node])));
    if (node === this.finds[this.currentFind]) row.dataset.found = "true";
    row.append(
      make("span", "ipyasgi-twist", {
        "aria-hidden": "true",
        textContent: isContainer && index.counts[node] ? (this.open[node] ? "▾" : "▸") : "",
      }),
    );
    const key = index.key(node);
    const name = key === null && parent !== NONE ? String(index.places[node]) : key;
    if (name !== null) {
      const shownKey = make("bdi", key === null ? "ipyasgi-tree-place" : "ipyasgi-tree-key", {
        textContent: visibleText(name),
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
      return isRecords(index, node)
        ? make("span", "", {}, about, this.drawAct("table", "Table", "Show as a table"))
        : about;
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
    const isShown = text !== undefined;
    const value = make("bdi", "ipyasgi-tree-value", {
      textContent: isShown ? visibleText(text.slice(0, VALUE_CHARS)) : "•••",
    });
    value.dataset.kind = isShown ? "string" : "secret";
    const why = this.acts.reasonOf(this.index.key(node) ?? "");
    const eye = this.drawAct("reveal", "", isShown ? "Hide" : `Masked because ${why}. Show it in this page only.`);
    eye.classList.add("ipyasgi-eye");
    eye.setAttribute("aria-label", isShown ? "Hide the value" : "Show the value");
    eye.setAttribute("aria-pressed", String(isShown));
    return make("span", "", {}, eye, value); // the eye first: it stays where it was pressed
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
}
