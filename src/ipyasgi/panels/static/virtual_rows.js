// A list of any length of which only the visible rows are drawn, by a function of the caller.

import { make } from "./page.js";

const ROW_PX = 20;
const SPARE_ROWS = 8;
const TALL_PX = 340;
// Browsers cannot lay out a box of about 17 million pixels, so a longer list is scrolled to scale.
const TALLEST_PX = 8e6;

/**
 * The position of rows in a scrolling box. Does not use the DOM.
 * @typedef {{ count: number, heightPx: number, scrollPx: number }} Scroll  of the rows, the box, and how far it is scrolled
 */

/** @param {number} count */
export function spacePx(count) {
  return Math.min(count * ROW_PX, TALLEST_PX);
}

/**
 * The number of rows for one pixel of scrolling.
 * @param {{ count: number, heightPx: number }} scroll
 */
export function rowsPerPx({ count, heightPx }) {
  const roomPx = spacePx(count) - heightPx;
  return count * ROW_PX <= TALLEST_PX || roomPx <= 0 ? 1 / ROW_PX : (count - heightPx / ROW_PX) / roomPx;
}

/**
 * The rows to draw, those in view and some around them, and their offset.
 * @param {Scroll} scroll
 */
export function rowsToDraw({ count, heightPx, scrollPx }) {
  const top = scrollPx * rowsPerPx({ count, heightPx });
  const from = Math.max(0, Math.floor(top) - SPARE_ROWS);
  const to = Math.min(count, Math.ceil(top + heightPx / ROW_PX) + SPARE_ROWS);
  return { from, to, shiftPx: scrollPx - (top - from) * ROW_PX };
}

/**
 * The scroll position that shows a row; undefined if it is visible.
 * @param {number} index
 * @param {Scroll} scroll
 */
export function scrollToShow(index, { count, heightPx, scrollPx }) {
  const perPx = rowsPerPx({ count, heightPx });
  const [top, page] = [scrollPx * perPx, heightPx / ROW_PX];
  if (index >= top && index + 1 <= top + page) return undefined;
  const wanted = index < top && index > top - page ? index : index - Math.max(Math.floor(page / 3), 0);
  return Math.max(wanted, 0) / perPx;
}

export class VirtualRows {
  /**
   * @param {HTMLElement} box  the element that scrolls
   * @param {(index: number) => HTMLElement} drawRow
   */
  constructor(box, drawRow) {
    this.box = box;
    this.drawRow = drawRow;
    this.count = 0;
    this.frame = 0;
    this.grownPx = 0;
    box.classList.add("ipyasgi-list");
    this.space = make("div", "ipyasgi-list-space", { role: "presentation" });
    this.window = make("div", "ipyasgi-list-window", { role: "presentation" });
    this.space.append(this.window);
    box.append(this.space);
    this.redraw = () => {
      this.frame ||= requestAnimationFrame(() => this.draw());
    };
    box.addEventListener("scroll", this.redraw);
    this.isPressed = false;
    this.window.addEventListener("pointerdown", (event) => this.keepPress(event));
    // A notebook detaches and reattaches outputs: in between the box has no size and loses its scroll position.
    this.lastHeightPx = TALL_PX;
    this.observers = [new ResizeObserver(this.redraw), new IntersectionObserver(this.redraw)];
    for (const observer of this.observers) observer.observe(box);
  }

  /**
   * The rows stay until a press of one of them or of a button has ended: what is drawn anew meanwhile gets no click. While
   * text is selected they do not.
   * @param {PointerEvent} event
   */
  keepPress({ target }) {
    if (!(target instanceof Element) || !target.closest("button, [role=treeitem]")) return;
    this.isPressed = true;
    const done = new AbortController();
    const end = () => {
      done.abort();
      setTimeout(() => {
        this.isPressed = false;
        this.redraw();
      }); // the click comes first
    };
    for (const type of ["pointerup", "pointercancel"])
      window.addEventListener(type, end, { capture: true, signal: done.signal });
  }

  close() {
    for (const observer of this.observers) observer.disconnect();
    cancelAnimationFrame(this.frame);
  }

  /**
   * For the same list the box only grows, so that content below does not jump when parts are collapsed.
   * @param {number} count
   */
  setCount(count, { isNew = false } = {}) {
    this.count = count;
    const px = Math.min(Math.max(count, 3) * ROW_PX + 16, TALL_PX);
    this.grownPx = isNew ? px : Math.max(this.grownPx, px);
    this.box.style.height = `${this.grownPx}px`;
    this.space.style.height = `${spacePx(count)}px`;
    this.redraw();
  }

  /** @returns {Scroll} */
  get scroll() {
    this.lastHeightPx = this.box.clientHeight || this.lastHeightPx;
    return { count: this.count, heightPx: this.lastHeightPx, scrollPx: this.box.scrollTop };
  }

  /** How many rows are in view. */
  get page() {
    return this.scroll.heightPx / ROW_PX;
  }

  /** @param {number} index */
  reveal(index) {
    const scrollPx = scrollToShow(index, this.scroll);
    if (scrollPx === undefined) return;
    this.box.scrollTop = scrollPx;
    this.redraw();
  }

  draw() {
    this.frame = 0;
    if (this.isPressed) return;
    const { from, to, shiftPx } = rowsToDraw(this.scroll);
    const rows = [];
    for (let index = from; index < to; index += 1) rows.push(this.drawRow(index));
    this.window.style.transform = `translateY(${shiftPx}px)`;
    this.window.replaceChildren(...rows);
    // Set with the rows, because it may name only one that is there: the selected row may be scrolled out of view.
    const active = rows.find((row) => row.getAttribute("aria-selected") === "true");
    if (active) this.box.setAttribute("aria-activedescendant", active.id);
    else this.box.removeAttribute("aria-activedescendant");
  }
}
