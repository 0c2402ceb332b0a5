// The body's editor: a textarea with line numbers. The kernel checks what is typed.

import { freshId, make, makeButton, setInvalid } from "./page.js";

/** @typedef {{ where: string, text: string, line?: number, column?: number }} Problem  an error and its place */

const HELD_BODY = "Contains secrets, so it isn't stored in the notebook. Type to replace.";
const LEAST_LINES = 4;
const MOST_LINES = 18;

export class BodyEditor {
  /** @param {{ onChange: () => void }} options */
  constructor({ onChange }) {
    this.held = false; // only the kernel has the body, which is secret
    /** @type {[line: number, column: number] | null} */
    this.at = null;
    this.numbers = make("div", "ipyasgi-line-numbers", { "aria-hidden": "true" });
    this.problemId = freshId("body-problem");
    this.text = make("textarea", "ipyasgi-input ipyasgi-body", {
      spellcheck: false,
      dir: "ltr",
      wrap: "off",
      autocomplete: "off",
      "aria-label": "Request body",
      "aria-describedby": this.problemId,
    });
    this.problem = makeButton("", "ipyasgi-body-problem", () => this.goToProblem(), {
      id: this.problemId,
      hidden: true,
    });
    this.el = make(
      "div",
      "ipyasgi-text-body",
      {},
      make("div", "ipyasgi-editor", {}, this.numbers, this.text),
      this.problem,
    );
    this.text.addEventListener("input", () => {
      this.held = false;
      this.size();
      onChange();
    });
    this.text.addEventListener("scroll", () => {
      this.numbers.scrollTop = this.text.scrollTop;
    });
    this.text.addEventListener("keydown", (event) => this.indent(event));
  }

  /** @param {string | null} body */
  show(body) {
    this.held = body === null;
    this.text.value = body ?? "";
    this.text.placeholder = this.held ? HELD_BODY : "";
    this.size();
  }

  get value() {
    return this.held ? null : this.text.value;
  }

  size() {
    const lines = this.text.value.split("\n").length;
    this.text.rows = Math.min(Math.max(lines, LEAST_LINES), MOST_LINES);
    if (this.numbers.childElementCount !== lines) {
      this.numbers.replaceChildren(
        ...Array.from({ length: lines }, (_, i) => make("span", "", { textContent: i + 1 })),
      );
    }
    this.numbers.scrollTop = this.text.scrollTop;
  }

  /**
   * Enter keeps the indentation, and indents more after an opening bracket. Inserted as typed text, so it can be undone.
   * @param {KeyboardEvent} event
   */
  indent(event) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
    const { value, selectionStart: at } = this.text;
    const line = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
    const opens = /[[{]\s*$/.test(line);
    event.preventDefault();
    const indent = (line.match(/^[ \t]*/)?.[0] ?? "") + (opens ? "  " : "");
    document.execCommand("insertText", false, `\n${indent}`);
  }

  /** @param {Problem} checked */
  mark(checked) {
    const here = checked.where === "body";
    this.problem.hidden = !here;
    this.problem.textContent = here ? checked.text : "";
    this.at = here && checked.line ? [checked.line, checked.column ?? 1] : null;
    setInvalid(this.text, here);
    for (const [place, number] of [...this.numbers.children].entries()) {
      number.toggleAttribute("data-bad", here && place + 1 === checked.line);
    }
  }

  goToProblem() {
    if (!this.at) return;
    const [line, column] = this.at;
    const before = this.text.value
      .split("\n")
      .slice(0, line - 1)
      .reduce((sum, one) => sum + one.length + 1, 0);
    this.text.focus();
    this.text.setSelectionRange(before + column - 1, before + column);
  }
}
