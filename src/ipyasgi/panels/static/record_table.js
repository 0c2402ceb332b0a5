// An array of objects as a table that can be sorted. Only visible rows are drawn.

import { NONE, NUMBER } from "./json_index.js";
import { cellOf, cellText, columnsOf, MOST_COLUMNS, MOST_ROWS, rowsOf, sortRows } from "./json_records.js";
import { make, makeButton } from "./page.js";
import { countText, visibleText } from "./text.js";
import { VirtualRows } from "./virtual_rows.js";

/** @import { JsonIndex } from "./json_index.js" */
/** @import { Child } from "./page.js" */

const CELL_CHARS = 120;
const [NARROWEST, WIDEST] = [4, 36]; // characters of a column
const SAMPLED = 100;

/** @typedef {{ name: string, chars: number, isNumber: boolean, button: HTMLButtonElement, head: HTMLElement }} Column */

export class RecordTable {
  /** @param {Child[]} tools  what stands beside the title */
  constructor(tools) {
    /** @type {JsonIndex | null} */
    this.index = null;
    /** @type {number[]} */
    this.unsorted = [];
    /** @type {number[]} */
    this.order = [];
    /** @type {Column[]} */
    this.columns = [];
    this.sortedBy = "";
    /** @type {1 | -1} */
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
    const cells = this.unsorted.slice(0, SAMPLED).map((row) => cellOf(index, row, name));
    const longest = Math.max(...cells.map((cell) => cellText(index, cell, WIDEST).length), name.length + 2);
    const there = cells.filter((cell) => cell !== NONE && index.value(cell, 5) !== "null");
    const isNumber = there.length > 0 && there.every((cell) => index.kinds[cell] === NUMBER);
    const button = makeButton(visibleText(name), "ipyasgi-record-sort", () => this.sort(name), {
      title: `Sort by ${visibleText(name)}`,
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
    // Up, down, and as sent.
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
    const index = /** @type {JsonIndex} */ (this.index);
    const cell = cellOf(index, row, column.name);
    const text = visibleText(cellText(index, cell, CELL_CHARS));
    const made = make("span", "", { role: "cell", textContent: text, title: text, dir: "auto" });
    made.style.width = `calc(${column.chars}ch + 16px)`;
    if (cell === NONE || text === "null") made.dataset.kind = "none";
    else if (column.isNumber) made.dataset.kind = "number";
    return made;
  }
}
