// The request as code for several tools: to read, to copy, and in a notebook to insert as a cell.

import { copyOrSelect, errorText, make, makeButton, setUsable } from "./page.js";
import { Tabs } from "./tabs.js";

/** @import { FieldError } from "./fields/field.js" */

/**
 * @typedef {{ commands: { hasCommand(name: string): boolean, execute(name: string, values?: object): Promise<unknown> } }} Lab
 */

/**
 * @typedef {{ fill: number, seq: number, where: string, text: string, line?: number, column?: number, missing?: boolean,
 *   code: string, code_kind?: string, hints?: FieldError[] }} CheckedForm  as the kernel checked a draft
 */

const INSERT = "notebook:insert-cell-below";

export class CodePart {
  /**
   * @param {{ kinds: [name: string, title: string][], onPick: () => void }} options
   */
  constructor({ kinds, onPick }) {
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
    this.el.hidden = !checked.code && !checked.missing; // an error is shown at its field
    this.text.textContent = checked.code || checked.text;
    this.text.dataset.ready = String(Boolean(checked.code) && isMine);
    setUsable(this.copy, Boolean(checked.code));
    setUsable(this.insert, Boolean(checked.code));
    this.insert.hidden = !this.lab() || this.current === "curl";
  }

  /** The application, which JupyterLab and Notebook expose to widgets only with `expose_app_in_browser`. */
  lab() {
    /** @type {{ jupyterapp?: Lab }} */
    const { jupyterapp: app } = /** @type {any} */ (globalThis);
    return app?.commands?.hasCommand?.(INSERT) ? app : null;
  }

  async insertCell() {
    const lab = this.lab();
    if (!lab) return;
    try {
      await lab.commands.execute(INSERT);
      await lab.commands.execute("notebook:replace-selection", { text: this.text.textContent });
      this.flash(this.insert, "Inserted", "Insert as cell");
    } catch (error) {
      this.flash(this.insert, `Not inserted: ${errorText(error)}`, "Insert as cell");
    }
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
