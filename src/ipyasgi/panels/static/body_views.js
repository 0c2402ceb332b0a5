// One body and its views: the rows of a stream, a tree, a text; it is fetched in pieces, copied, saved as a file.

import { NONE } from "./json_index.js";
import { firstRecords, isRecords, pythonPath } from "./json_records.js";
import { JsonTree } from "./json_tree.js";
import { renderRows } from "./live_rows.js";
import { canOpenCell, openCell } from "./new_cell.js";
import { copyText, errorText, make, makeButton, saveAs } from "./page.js";
import { RawText } from "./raw_text.js";
import { RecordTable } from "./record_table.js";
import { fetchBody } from "./stream.js";
import { sizeText, visibleText } from "./text.js";
import { askValue } from "./unmask.js";

/** @import { Model } from "./page.js" */
/** @import { Offer, Row, RowStream } from "./stream.js" */

/**
 * @typedef {{
 *   turn: number, views: string[], label: string, notes: string[], text: string | null, offer: Offer | null,
 *   is_text: boolean, masked: boolean, reasons: Record<string, string>, filename: string,
 * }} Body  turn: counts the bodies; before the first, the rest is missing; reasons: why values are masked, by name
 */

const FETCHED_BYTES = 16e6; // a larger one is fetched on request
const VISIBLE_ROWS = 16;
/** @type {Record<string, string>} */
const TITLES = { rows: "Rows", tree: "Tree", table: "Table", drawn: "Table", text: "Text" };

export class BodyViews {
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
    /** @type {number | null} */
    this.turn = null;
    this.view = "";
    this.preferred = "";
    /** @type {string | null} */
    this.text = null;
    /** @type {Uint8Array<ArrayBuffer> | null} */
    this.bytes = null;
    /** @type {Promise<Uint8Array<ArrayBuffer>> | null} */
    this.fetching = null;
    /** @type {Set<string>} */
    this.filled = new Set();
    /** @type {HTMLButtonElement[]} */
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
      reasonOf: (name) => model.get("body").reasons?.[name] ?? "of its name",
    });
    this.tabulated = NONE; // the array of objects that the table shows
    this.frame = makeButton(canOpenCell(model) ? "→ DataFrame" : "Copy as DataFrame", "ipyasgi-quiet", () =>
      this.openFrame(),
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
      make("div", "ipyasgi-buttons", {}, this.copyIt, this.saveIt),
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
      this.detail,
    );
    this.endRows = renderRows(this.rowsBox, stream, {
      title: "Received",
      visibleRows: VISIBLE_ROWS,
      first: () => model.get("live").rows_from ?? 1,
      onPick: (row) => this.showRow(row),
      // A running stream gets the full height from its first row on; an ended one, as much as it needs.
      room: (length) => Math.min(VISIBLE_ROWS, model.get("live").busy ? length * VISIBLE_ROWS : Math.max(length, 2)),
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
    /** @type {Partial<Body>} */
    const body = this.model.get("body");
    if (body.turn === this.turn) return;
    this.turn = body.turn ?? null;
    this.text = null;
    this.bytes = null;
    this.fetching = null;
    this.filled = new Set();
    const views = body.views ?? [];
    this.label.textContent = body.label ?? "";
    this.label.title = body.label ?? "";
    this.status.textContent = "";
    this.detail.hidden = true;
    this.notes.replaceChildren(
      ...(body.notes ?? []).map((note) => make("p", "ipyasgi-body-note", { textContent: note, dir: "auto" })),
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
    this.look(views.includes(this.preferred) ? this.preferred : (views[0] ?? ""));
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
    const source = `import pandas as pd\n\n${code}\ndf = pd.DataFrame(${name}.json()${pythonPath(this.tree.index, this.tabulated)})\ndf`;
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
    /** @type {string[]} */
    const views = this.model.get("body").views;
    this.showChoices(views.flatMap((name) => (name === "tree" ? ["tree", "table"] : [name])));
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
        },
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
}

/**
 * The places of a value in the arrays and objects on the way to it.
 * @param {import("./json_index.js").JsonIndex} index
 * @param {number} node
 */
function placesOf(index, node) {
  const places = [];
  for (let at = node; index.parents[at] !== NONE; at = index.parents[at]) places.push(index.places[at]);
  return places.reverse();
}

/**
 * A short JSON text, indented; any other text unchanged.
 * @param {string} text
 */
function prettyJson(text) {
  try {
    return visibleText(JSON.stringify(JSON.parse(text), null, 2)).replaceAll("␊", "\n");
  } catch {
    return visibleText(text);
  }
}
