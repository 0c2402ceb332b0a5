// A text of any length as it was sent. Only visible lines are drawn; a very long line is wrapped.

import { make } from "./page.js";
import { visibleText } from "./text.js";
import { VirtualRows } from "./virtual_rows.js";

const LINE_CHARS = 400;

export class RawText {
  /** @param {string} label */
  constructor(label) {
    this.text = "";
    /** @type {number[]} */
    this.starts = [];
    /** @type {number[]} */
    this.numbers = [];
    this.box = make("div", "ipyasgi-text", { role: "region", tabIndex: 0, "aria-label": label });
    this.el = this.box;
    this.rows = new VirtualRows(this.box, (index) => this.drawRow(index));
  }

  close() {
    this.rows.close();
  }

  /** @param {string} text */
  show(text) {
    this.text = text;
    this.starts = [];
    this.numbers = []; // 0: the line began further up
    for (let start = 0, number = 1; start <= text.length; number += 1) {
      const found = text.indexOf("\n", start);
      const end = found < 0 ? text.length : found;
      let at = start;
      do {
        this.starts.push(at);
        this.numbers.push(at === start ? number : 0);
        at = this.cut(at, end);
      } while (at < end);
      start = end + 1;
    }
    if (text.endsWith("\n")) {
      this.starts.pop();
      this.numbers.pop();
    }
    this.box.style.setProperty("--digits", String(String(this.numbers.at(-1) || this.numbers.length).length));
    this.box.scrollTop = 0;
    this.rows.setCount(this.starts.length, { isNew: true });
  }

  /**
   * The start of the next piece of a long line, never inside a surrogate pair.
   * @param {number} at
   * @param {number} end
   */
  cut(at, end) {
    const next = at + LINE_CHARS;
    if (next >= end) return end;
    const code = this.text.charCodeAt(next);
    return code >= 0xdc00 && code < 0xe000 ? next + 1 : next;
  }

  /** @param {number} index */
  drawRow(index) {
    const next = this.starts[index + 1] ?? this.text.length;
    const piece = this.text.slice(this.starts[index], next).replace(/\r?\n$/, "");
    const number = this.numbers[index];
    const line = make("span", "ipyasgi-text-line", {
      textContent: visibleText(piece.replaceAll("\t", "  ")),
      dir: "auto",
    });
    return make(
      "div",
      "ipyasgi-text-row",
      {},
      make("span", "ipyasgi-text-number", { textContent: number || "", "aria-hidden": "true" }),
      line,
    );
  }
}
