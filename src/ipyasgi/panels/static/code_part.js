// The request as code, in the words of several tools: to be read, copied, and in a notebook put into a cell of its own.

import { make, makeButton, setUsable } from "./page.js";
import { Tabs } from "./tabs.js";

const CODE_KINDS = [
  ["magic", "%asgi"],
  ["python", "Python"],
  ["httpx", "httpx"],
  ["curl", "cURL"],
  ["pytest", "pytest"],
];
const INSERT = "notebook:insert-cell-below";

export class CodePart {
  // onPick() when another kind is wanted
  constructor({ onPick }) {
    this.tabs = new Tabs({ label: "the same request as code", names: CODE_KINDS, onPick });
    this.tabs.show("magic");
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

  show(verdict) {
    const isMine = !verdict.code_kind || verdict.code_kind === this.current;
    this.el.hidden = !verdict.code && !verdict.missing; // the problem is told where it is
    this.text.textContent = verdict.code || verdict.text;
    this.text.dataset.ready = String(Boolean(verdict.code) && isMine);
    setUsable(this.copy, Boolean(verdict.code));
    setUsable(this.insert, Boolean(verdict.code));
    this.insert.hidden = !this.lab() || this.current === "curl";
  }

  // JupyterLab and Notebook show themselves to widgets only where they were started with `expose_app_in_browser`.
  lab() {
    const app = globalThis.jupyterapp;
    return app?.commands?.hasCommand?.(INSERT) ? app : null;
  }

  async insertCell() {
    try {
      await this.lab().commands.execute(INSERT);
      await this.lab().commands.execute("notebook:replace-selection", { text: this.text.textContent });
      this.say(this.insert, "inserted", "insert as cell");
    } catch (error) {
      this.say(this.insert, `not inserted: ${error.message}`, "insert as cell");
    }
  }

  async copyCode() {
    try {
      await navigator.clipboard.writeText(this.text.textContent);
      this.say(this.copy, "copied", "copy");
    } catch {
      getSelection().selectAllChildren(this.text);
      this.say(this.copy, "selected: press Ctrl+C", "copy");
    }
  }

  say(button, words, usual) {
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
