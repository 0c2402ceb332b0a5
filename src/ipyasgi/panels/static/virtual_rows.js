// A list of any length of which only the rows that are looked at are made. Knows nothing of what a row is.

import { make } from "./page.js";

const ROW_PX = 20;
const SPARE_ROWS = 8;
const TALL_PX = 340;
// Browsers cannot lay out a box of some seventeen million pixels: a longer list is scrolled to scale.
const TALLEST_PX = 8e6;

export class VirtualRows {
  // box: the element that scrolls; drawRow(index): the element of one row
  constructor(box, drawRow) {
    Object.assign(this, { box, drawRow, count: 0, frame: 0 });
    box.classList.add("ipyasgi-list");
    this.space = make("div", "ipyasgi-list-space", { role: "presentation" });
    this.window = make("div", "ipyasgi-list-window", { role: "presentation" });
    this.space.append(this.window);
    box.append(this.space);
    this.redraw = () => {
      this.frame ||= requestAnimationFrame(() => this.draw());
    };
    box.addEventListener("scroll", this.redraw);
    // A notebook takes outputs off the page and puts them back: then there is no size, and where it was is forgotten.
    this.tall = TALL_PX;
    this.watches = [new ResizeObserver(this.redraw), new IntersectionObserver(this.redraw)];
    for (const watch of this.watches) watch.observe(box);
  }

  close() {
    for (const watch of this.watches) watch.disconnect();
    cancelAnimationFrame(this.frame);
  }

  // Of the same list the box only grows, so that what is below does not jump while parts are folded.
  setCount(count, { isNew = false } = {}) {
    this.count = count;
    const px = Math.min(Math.max(count, 3) * ROW_PX + 16, TALL_PX);
    this.grown = isNew ? px : Math.max(this.grown ?? 0, px);
    this.box.style.height = `${this.grown}px`;
    this.space.style.height = `${this.spaceHeight}px`;
    this.redraw();
  }

  get height() {
    this.tall = this.box.clientHeight || this.tall;
    return this.tall;
  }

  get spaceHeight() {
    return Math.min(this.count * ROW_PX, TALLEST_PX);
  }

  // How many rows one pixel of scrolling is worth, and back.
  get rowsPerPx() {
    const room = this.spaceHeight - this.height;
    return this.count * ROW_PX <= TALLEST_PX || room <= 0 ? 1 / ROW_PX : (this.count - this.page) / room;
  }

  get page() {
    return this.height / ROW_PX;
  }

  get top() {
    return this.box.scrollTop * this.rowsPerPx;
  }

  reveal(index) {
    const { top, page } = this;
    if (index >= top && index + 1 <= top + page) return;
    const wanted = index < top && index > top - page ? index : index - Math.max(Math.floor(page / 3), 0);
    this.box.scrollTop = Math.max(wanted, 0) / this.rowsPerPx;
    this.redraw();
  }

  draw() {
    this.frame = 0;
    const { top } = this;
    const from = Math.max(0, Math.floor(top) - SPARE_ROWS);
    const to = Math.min(this.count, Math.ceil(top + this.page) + SPARE_ROWS);
    const rows = [];
    for (let index = from; index < to; index += 1) rows.push(this.drawRow(index));
    this.window.style.transform = `translateY(${this.box.scrollTop - (top - from) * ROW_PX}px)`;
    this.window.replaceChildren(...rows);
  }
}

// Characters that would act instead of being seen: controls, and what turns the reading direction round.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function seen(text) {
  return text.replace(UNSEEN, (found) => {
    const code = found.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

export async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = make("textarea", "", { value: text }); // an http page of another machine has no clipboard object
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("the browser does not let this page copy");
}
