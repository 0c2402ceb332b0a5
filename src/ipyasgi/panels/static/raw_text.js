// A text of any length as it was sent. Only visible lines are drawn; a very long line is wrapped. Its masks have eyes.

import { make } from "./page.js";
import { visibleText } from "./text.js";
import { MASK, makeEye } from "./unmask.js";
import { VirtualRows } from "./virtual_rows.js";

const LINE_CHARS = 400;

export class RawText {
  /**
   * @param {string} label
   * @param {(place: number, count: number) => Promise<string>} onReveal  the value of a mask, by its number in the text
   */
  constructor(label, onReveal = async () => "") {
    this.onReveal = onReveal;
    this.text = "";
    /** @type {number[]} */
    this.masks = []; // where they start
    /** @type {Map<number, string>} */
    this.revealed = new Map(); // the values that are shown, by the number of the mask
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

  /**
   * @param {string} text
   * @param {{ isMasked?: boolean }} options  isMasked: its masks are those of the kernel, all of them
   */
  show(text, { isMasked = false } = {}) {
    this.text = text;
    this.revealed.clear();
    this.masks = [];
    for (let at = isMasked ? text.indexOf(MASK) : -1; at >= 0; at = text.indexOf(MASK, at + MASK.length)) {
      this.masks.push(at);
    }
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
   * The start of the next piece of a long line, never inside a surrogate pair or a mask.
   * @param {number} at
   * @param {number} end
   */
  cut(at, end) {
    const next = at + LINE_CHARS;
    if (next >= end) return end;
    const mask = this.text.slice(next - MASK.length + 1, next + MASK.length - 1).indexOf(MASK);
    if (mask >= 0) return next + mask + 1;
    const code = this.text.charCodeAt(next);
    return code >= 0xdc00 && code < 0xe000 ? next + 1 : next;
  }

  /** @param {number} index */
  drawRow(index) {
    const next = this.starts[index + 1] ?? this.text.length;
    const piece = this.text.slice(this.starts[index], next).replace(/\r?\n$/, "");
    const number = this.numbers[index];
    const line = make("span", "ipyasgi-text-line", { dir: "auto" }, ...this.drawLine(this.starts[index], piece));
    return make(
      "div",
      "ipyasgi-text-row",
      {},
      make("span", "ipyasgi-text-number", { textContent: number || "", "aria-hidden": "true" }),
      line,
    );
  }

  /**
   * A piece of the text, with an eye at each of its masks.
   * @param {number} start
   * @param {string} piece
   */
  drawLine(start, piece) {
    const end = start + piece.length;
    let [at, place] = [start, firstFrom(this.masks, start)];
    /** @type {(Node | string)[]} */
    const drawn = [];
    const write = (/** @type {number} */ to) => drawn.push(visibleText(this.text.slice(at, to).replaceAll("\t", "  ")));
    for (; this.masks[place] < end; place += 1) {
      write(this.masks[place]);
      drawn.push(this.drawMask(place));
      at = this.masks[place] + MASK.length;
    }
    write(end);
    return drawn;
  }

  /** @param {number} place */
  drawMask(place) {
    const holder = make("span", "ipyasgi-unmasked", { textContent: MASK });
    makeEye(() => this.onReveal(place, this.masks.length), `masked value ${place + 1}`, holder, {
      value: this.revealed.get(place),
      onTurn: (value) => {
        if (value === undefined) this.revealed.delete(place);
        else this.revealed.set(place, value);
        if (!holder.isConnected) this.rows.redraw(); // its row was drawn anew before the value came
      },
    });
    return holder;
  }
}

/**
 * The place of the first number that is not below another, in a sorted list.
 * @param {number[]} sorted
 * @param {number} least
 */
function firstFrom(sorted, least) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
