// The body's editor: a text area until the JSON editor is there, and where there is no kernel to send it. The kernel
// checks what is typed.

import { loadEditor } from "./editor_loader.js";
import { findJsonWords } from "./json_words.js";
import { focusedElement, focusedIn, freshId, make, makeButton, setInvalid } from "./page.js";

/** @import { Body } from "./body_part.js" */
/** @import { JsonEditor } from "./json_editor.js" */
/** @import { Model } from "./page.js" */

/** @typedef {{ where: string, text: string, line?: number, column?: number }} Problem  an error and its place */

const LEAST_LINES = 4;
const MOST_LINES = 18;
const PLAIN_KINDS = ["text", "file"];

export class BodyEditor {
  /** @param {{ onChange: () => void }} options */
  constructor({ onChange }) {
    this.onChange = onChange;
    /** @type {[line: number, column: number] | null} */
    this.at = null;
    /** @type {JsonEditor | null} */
    this.editor = null;
    /** @type {() => Body | undefined} */
    this.describe = () => undefined;
    /** @type {ResizeObserver | undefined} */
    this.watch = undefined;
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
    this.box = make("div", "ipyasgi-editor", {}, this.numbers, this.text);
    this.el = make("div", "ipyasgi-text-body", {}, this.box, this.problem);
    this.text.addEventListener("input", () => {
      this.size();
      this.onChange();
    });
    this.text.addEventListener("scroll", () => {
      this.numbers.scrollTop = this.text.scrollTop;
    });
    this.text.addEventListener("keydown", (event) => this.indent(event));
  }

  /**
   * Loads the JSON editor when this one is first shown.
   * @param {Model} model
   * @param {() => Body | undefined} describe  the body that is edited, for completion
   */
  connect(model, describe) {
    this.describe = describe;
    const watch = new ResizeObserver(() => {
      if (!this.el.offsetWidth) return; // not shown yet
      watch.disconnect();
      this.load(model);
    });
    watch.observe(this.el);
    this.watch = watch;
  }

  /** @param {Model} model */
  async load(model) {
    try {
      const { createJsonEditor } = await loadEditor(model);
      if (this.watch) this.turnInto(createJsonEditor);
    } catch (error) {
      console.warn("ipyasgi: the body is edited as plain text.", error);
    }
  }

  /** @param {typeof import("./json_editor.js").createJsonEditor} create */
  turnInto(create) {
    const editor = create({
      attributes: {
        "aria-label": "Request body",
        "aria-describedby": this.problemId,
        spellcheck: "false",
        dir: "ltr",
      },
      onChange: () => this.onChange(),
      complete: (text, at) => this.complete(text, at),
      root: this.box.getRootNode(),
    });
    const { value, selectionStart, selectionEnd } = this.text;
    const hadFocus = focusedElement() === this.text;
    this.editor = editor;
    editor.setText(value);
    this.configure();
    editor.mark(this.at);
    this.box.replaceChildren(editor.dom);
    if (hadFocus) editor.select(selectionStart, selectionEnd);
  }

  close() {
    this.watch?.disconnect();
    this.watch = undefined;
    this.editor?.destroy();
  }

  /** @param {string} text */
  show(text) {
    if (this.editor && this.editor.text !== text) this.editor.setText(text);
    if (!this.editor) this.text.value = text;
    this.configure();
    this.size();
  }

  get value() {
    return this.editor ? this.editor.text : this.text.value;
  }

  get isFocused() {
    return focusedIn(this.el) !== null;
  }

  configure() {
    this.editor?.configure({ isJson: !PLAIN_KINDS.includes(this.describe()?.kind ?? "json") });
  }

  /**
   * @param {string} text
   * @param {number} at
   */
  complete(text, at) {
    const body = this.describe();
    return body && !PLAIN_KINDS.includes(body.kind) ? findJsonWords(text, at, body.field, body.definitions) : null;
  }

  size() {
    if (this.editor) return;
    const lines = this.text.value.split("\n").length;
    this.text.rows = Math.min(Math.max(lines, LEAST_LINES), MOST_LINES);
    if (this.numbers.childElementCount !== lines) {
      this.numbers.replaceChildren(
        ...Array.from({ length: lines }, (_, i) => make("span", "", { textContent: i + 1 })),
      );
    }
    // Asked of the browser only where a text scrolls: it would lay out the page for it.
    if (lines > MOST_LINES) this.numbers.scrollTop = this.text.scrollTop;
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
    if (this.editor) {
      setInvalid(this.editor.content, here);
      this.editor.mark(this.at);
    }
    for (const [place, number] of [...this.numbers.children].entries()) {
      number.toggleAttribute("data-bad", here && place + 1 === checked.line);
    }
  }

  goToProblem() {
    if (!this.at) return;
    const [line, column] = this.at;
    const before = (this.value ?? "")
      .split("\n")
      .slice(0, line - 1)
      .reduce((sum, one) => sum + one.length + 1, 0);
    const from = before + column - 1;
    if (this.editor) this.editor.select(from, from + 1);
    else {
      this.text.focus();
      this.text.setSelectionRange(from, from + 1);
    }
  }
}
