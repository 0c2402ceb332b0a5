// The request as code, in the words of several tools: to be read, copied, and in a notebook put into a cell of its own.

import { copyOrSelect, errorText, make, makeButton, setUsable } from "./page.js";
import { Tabs } from "./tabs.js";

/** @import { FieldError } from "./fields/field.js" */

/**
 * @typedef {{ commands: { hasCommand(name: string): boolean, execute(name: string, values?: object): Promise<unknown> } }} Lab
 */

/**
 * @typedef {{ fill: number, seq: number, where: string, text: string, line?: number, column?: number, missing?: boolean,
 *   code: string, code_kind?: string, advice?: FieldError[] }} Verdict  of the kernel, about a draft
 */

const INSERT = "notebook:insert-cell-below";

export class CodePart {
  /**
   * @param {{ kinds: [name: string, words: string][], onPick: () => void }} options
   */
  constructor({ kinds, onPick }) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.tabs = new Tabs({ label: "the same request as code", names: kinds, onPick });
    this.tabs.show(kinds[0][0]);
    this.text = make("pre", "ipyasgi-code", { tabIndex: 0, dir: "ltr", "aria-label": "the same request as code" });
    this.copy = makeButton("copy", "ipyasgi-quiet", () => this.copyCode(), { "aria-label": "copy the code" });
    this.insert = makeButton("insert as cell", "ipyasgi-quiet", () => this.insertCell(), {
      title: "put it into a new cell below",
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

  /** @param {Verdict} verdict */
  show(verdict) {
    const isMine = !verdict.code_kind || verdict.code_kind === this.current;
    this.el.hidden = !verdict.code && !verdict.missing; // the error stands where it is
    this.text.textContent = verdict.code || verdict.text;
    this.text.dataset.ready = String(Boolean(verdict.code) && isMine);
    setUsable(this.copy, Boolean(verdict.code));
    setUsable(this.insert, Boolean(verdict.code));
    this.insert.hidden = !this.lab() || this.current === "curl";
  }

  /** JupyterLab and Notebook show themselves to widgets only where they were started with `expose_app_in_browser`. */
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
      this.flash(this.insert, "inserted", "insert as cell");
    } catch (error) {
      this.flash(this.insert, `not inserted: ${errorText(error)}`, "insert as cell");
    }
  }

  async copyCode() {
    this.flash(this.copy, await copyOrSelect(this.text.textContent ?? "", this.text), "copy");
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} words
   * @param {string} usual
   */
  flash(button, words, usual) {
    clearTimeout(this.timer);
    button.textContent = words;
    this.timer = setTimeout(() => {
      button.textContent = usual;
    }, 2000);
  }

  close() {
    clearTimeout(this.timer);
  }
}
