// The request as code for several tools: to read, to copy, and in a notebook to insert as a cell.

import { canOpenCell, openCell } from "./new_cell.js";
import { copyOrSelect, make, makeButton, setUsable } from "./page.js";
import { Tabs } from "./tabs.js";

/** @import { FieldError } from "./fields/field.js" */
/** @import { Model } from "./page.js" */

/**
 * @typedef {{ fill: number, seq: number, where: string, text: string, line?: number, column?: number, missing?: boolean,
 *   code: string, code_kind?: string, hints?: FieldError[], replaced?: [where: string, text: string][],
 *   secret?: string[] }} CheckedForm  as the kernel checked a draft; replaced: fields sent in place of a credential;
 *   secret: rows whose names are those of secrets
 */

export class CodePart {
  /**
   * @param {Model} model
   * @param {{ kinds: [name: string, title: string][], onPick: () => void }} options
   */
  constructor(model, { kinds, onPick }) {
    this.model = model;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.tabs = new Tabs({ label: "Request as code", names: kinds, onPick });
    this.tabs.show(kinds[0][0]);
    this.text = make("pre", "ipyasgi-code", { tabIndex: 0, dir: "ltr", "aria-label": "Request as code" });
    this.copy = makeButton("Copy", "ipyasgi-quiet", () => this.copyCode(), { "aria-label": "Copy the code" });
    this.insert = makeButton("Insert as cell", "ipyasgi-quiet", () => this.insertCell(), {
      title: "Insert into a new cell below",
    });
    this.buttons = make("div", "ipyasgi-buttons", {}, this.insert, this.copy);
    this.el = make(
      "div",
      "ipyasgi-code-part",
      {},
      make("div", "ipyasgi-code-head", {}, this.tabs.el, this.buttons),
      this.text,
    );
  }

  get current() {
    return this.tabs.current;
  }

  /** @param {CheckedForm} checked */
  show(checked) {
    const isMine = !checked.code_kind || checked.code_kind === this.current;
    const reason = checked.missing ? checked.text : "Fix the form to see the request as code."; // shown at its field
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
    }, 2000);
  }

  close() {
    clearTimeout(this.timer);
  }
}
