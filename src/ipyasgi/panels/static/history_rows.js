// The rows of the history. One is in the tab order, and arrow keys reach the others; each can be shown, edited, selected.

import { closest, focusedIn, focusFirst, make, makeButton, makeMethod } from "./page.js";

/**
 * @typedef {{
 *   name: string, method: string, target: string, outcome: string, tone: string, at: string, elapsed: string,
 *   size: string, marks: string[], restored?: boolean,
 * }} HistoryRow  restored: from a file
 */

/** @type {Record<string, number>} */
const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

export class HistoryList {
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
    /** @type {Set<string>} */
    this.selected = new Set();
    /** @type {string | null} */
    this.active = null;
    this.all = make("input", "", { type: "checkbox", "aria-label": "Select all shown" });
    this.all.addEventListener("change", () => {
      for (const { name } of this.boxes()) this.select(name, this.all.checked);
      this.tick();
    });
    /** @type {(text: string, name?: string) => HTMLElement} */
    const column = (text, name = text.toLowerCase()) =>
      make("th", `ipyasgi-col-${name}`, { scope: "col", textContent: text });
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
          ...(fills ? [make("td", "")] : []),
        ),
      ),
      this.body,
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
    return this.boxes()
      .map(({ name }) => name)
      .filter((name) => this.selected.has(name));
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
      "aria-label": `Select ${row.name}`,
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
      title: "Show this exchange",
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
      ...row.marks.map((mark) => make("bdi", "ipyasgi-row-mark", { textContent: mark })),
    );
    const cells = [
      make("td", "ipyasgi-col-select", {}, box),
      make("th", "ipyasgi-col-name", { scope: "row" }, show),
      make("td", "ipyasgi-col-at ipyasgi-faint ipyasgi-figure", { textContent: row.at }),
      request,
      outcome,
      make("td", "ipyasgi-col-time ipyasgi-faint ipyasgi-figure", { textContent: row.elapsed }),
      make("td", "ipyasgi-col-size ipyasgi-faint ipyasgi-figure", { textContent: row.size }),
    ];
    if (this.fills) {
      const fill = makeButton("Edit", "ipyasgi-quiet", () => this.onFill(row.name), {
        "aria-label": `Edit ${row.name} in the form`,
        title: `Edit ${row.name} in the form`,
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
      /** @type {NodeListOf<HTMLElement>} */
      const controls = row.querySelectorAll("button, input");
      for (const control of controls) control.tabIndex = row.dataset.name === name ? 0 : -1;
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const by = STEPS[event.key];
    const row = closest(event, "tr");
    if (by === undefined || !row || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const rows = [...this.body.rows];
    const at = rows.findIndex((one) => one === row) + by;
    const next = rows[Math.max(0, Math.min(rows.length - 1, at))];
    focusFirst(next, `[data-kind="${closest(event, "[data-kind]")?.dataset.kind}"]`);
  }
}
