// An exported text: to read, copy and save. It is fetched from the kernel, and never saved with the widget's state.

import { canOpenCell, openCell } from "./new_cell.js";
import { copyOrSelect, make, makeButton, saveAs, setUsable } from "./page.js";
import { fetchBody } from "./stream.js";

/** @import { Model } from "./page.js" */
/** @import { Offer } from "./stream.js" */

/** @typedef {{ offer?: Offer, about: string, filename: string }} Exported */

const SHOWN_CHARS = 100000;

export class ExportView {
  /**
   * @param {Model} model
   * @param {{ onDismiss: () => void }} options
   */
  constructor(model, { onDismiss }) {
    this.model = model;
    /** @type {Exported | null} */
    this.offered = null;
    /** @type {Uint8Array<ArrayBuffer> | null} */
    this.bytes = null;
    this.whole = "";
    this.filename = "";
    this.about = make("strong", "");
    this.status = make("span", "ipyasgi-faint", { role: "status" });
    this.text = make("pre", "ipyasgi-export-text", {
      tabIndex: 0,
      dir: "ltr",
      role: "region",
      "aria-label": "Exported text",
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
        makeButton("Dismiss", "ipyasgi-quiet", onDismiss, { "aria-label": "Dismiss the export" }),
      ),
      this.text,
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
    // Locust patches the threads of the process that imports it, which in a cell would be the kernel's.
    const isForCells = offered.filename.endsWith(".py") && offered.filename !== "locustfile.py";
    this.insert.hidden = !canOpenCell(this.model) || !isForCells;
    this.showText("Waiting for the kernel", "");
    try {
      const bytes = await fetchBody(this.model, offered.offer);
      if (this.offered !== offered) return; // another one was exported meanwhile
      this.bytes = bytes;
      this.whole = new TextDecoder().decode(bytes);
      const isCut = this.whole.length > SHOWN_CHARS;
      this.showText(
        isCut ? "The beginning; Copy and Download include everything" : "",
        this.whole.slice(0, SHOWN_CHARS),
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
}
