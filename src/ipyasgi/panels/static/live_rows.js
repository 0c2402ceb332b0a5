// Live rows: a list that grows at the end, of which only the visible rows are drawn. Text enters only by textContent.

import { closest } from "./page.js";
import { countText, momentText, sizeText } from "./text.js";

/** @import { Row, RowStream } from "./stream.js" */

const ROW_PX = 20;
const SPARE_ROWS = 6;

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 */
function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/**
 * @param {RowStream} stream
 * @param {number} number
 */
function drawRow(stream, number) {
  const row = stream.rows.get(number);
  const line = element("div", "ipyasgi-log-row");
  if (row === undefined) {
    const words = stream.isMissing(number) ? "… requested again" : "… dropped: too many at once";
    line.dataset.kind = "absent";
    line.append(element("span", "ipyasgi-log-text", words));
    return line;
  }
  line.dataset.kind = row.kind;
  const text = element("span", "ipyasgi-log-text", row.text);
  text.dir = "auto";
  line.append(
    element("span", "ipyasgi-log-at", row.at_ms === undefined ? "" : momentText(row.at_ms)),
    element("span", "ipyasgi-log-kind", row.label ?? row.kind),
    text,
  );
  if (row.bytes !== undefined) line.append(element("span", "ipyasgi-log-size", sizeText(row.bytes)));
  return line;
}

/**
 * The rows to draw, counted from the first shown: those in view, and some around them.
 * @param {{ length: number, scrollPx: number, visibleRows: number }} view
 */
export function rowsInView({ length, scrollPx, visibleRows }) {
  const from = Math.max(0, Math.floor(scrollPx / ROW_PX) - SPARE_ROWS);
  return { from, to: Math.min(length, from + visibleRows + 2 * SPARE_ROWS) };
}

/**
 * The number of rows, and of those that are not shown.
 * @param {{ all: number, shown: number, missing: number, dropped: number, noun: string }} counts
 */
export function rowsSummary({ all, shown, missing, dropped, noun }) {
  const notes = [countText(all, noun)];
  if (all > shown) notes.push(`older ones dropped: ${(all - shown).toLocaleString("en")}`);
  if (missing) notes.push(`${missing} on the way`);
  if (dropped) notes.push(`${dropped} dropped`);
  return notes.join(" · ");
}

/**
 * Draws a stream of rows into an element until the returned function is called.
 * @param {HTMLElement} el
 * @param {RowStream} stream
 * @param {{
 *   title: string, visibleRows: number, first: () => number, onPick: (row: Row | undefined) => void, noun?: string,
 *   room?: (length: number) => number,
 * }} options  first: number of the first row to show, where earlier ones are of something else; onPick: a row was
 *   pressed, or chosen by arrow keys; room: for how many rows there is room
 */
export function renderRows(el, stream, options) {
  const { title: titleText, visibleRows, first: firstWanted, onPick, noun = "row", room = () => visibleRows } = options;
  const root = element("section", "ipyasgi-log");
  const head = element("header", "ipyasgi-log-head");
  const title = element("span", "ipyasgi-log-title", titleText);
  const count = element("span", "ipyasgi-log-count");
  const newest = element("button", "ipyasgi-log-newest", "Jump to latest");
  newest.type = "button";
  head.append(title, count, newest);
  const scroll = element("div", "ipyasgi-log-scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "log");
  scroll.setAttribute("aria-live", "off"); // hundreds a second cannot be announced
  scroll.setAttribute("aria-label", titleText);
  const space = element("div", "ipyasgi-log-space");
  const drawn = element("div", "ipyasgi-log-window");
  space.append(drawn);
  scroll.append(space);
  root.append(head, scroll);
  // Arrow keys scroll here and must not move the notebook's selection.
  root.dataset.lmSuppressShortcuts = "true";
  el.append(root);

  let following = true;
  let frame = 0;
  let picked = 0;
  const firstRow = () => Math.max(stream.first, firstWanted());
  let base = firstRow();
  const draw = () => {
    frame = 0;
    const start = firstRow();
    const length = Math.max(stream.last - start + 1, 0);
    space.style.height = `${length * ROW_PX}px`;
    scroll.style.height = `${room(length) * ROW_PX}px`;
    root.hidden = !room(length);
    // The visible rows keep their position while older rows are removed at the top.
    scroll.scrollTop = following ? scroll.scrollHeight : scroll.scrollTop - (start - base) * ROW_PX;
    base = start;
    const { from, to } = rowsInView({ length, scrollPx: scroll.scrollTop, visibleRows });
    const lines = [];
    for (let place = from; place < to; place += 1) {
      const line = drawRow(stream, start + place);
      line.dataset.number = String(start + place);
      if (start + place === picked) line.dataset.picked = "true";
      lines.push(line);
    }
    drawn.style.transform = `translateY(${from * ROW_PX}px)`;
    drawn.replaceChildren(...lines);
    count.textContent = rowsSummary({
      all: Math.max(stream.last - firstWanted() + 1, 0),
      shown: length,
      missing: stream.missingCount,
      dropped: stream.dropped,
      noun,
    });
    root.dataset.rows = String(stream.last);
    root.dataset.missing = String(stream.missingCount);
    newest.hidden = following;
  };
  const redraw = () => {
    frame ||= requestAnimationFrame(draw);
  };
  scroll.addEventListener("scroll", () => {
    following = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - ROW_PX;
    redraw();
  });
  /** @param {number} number */
  const pick = (number) => {
    if (number < firstRow() || number > stream.last) return;
    picked = number;
    const at = (number - firstRow()) * ROW_PX;
    if (at < scroll.scrollTop) scroll.scrollTop = at;
    if (at + ROW_PX > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = at + ROW_PX - scroll.clientHeight;
    onPick(stream.rows.get(number));
    redraw();
  };
  // Not click: incoming rows replace the pressed element before the button is released.
  scroll.addEventListener("pointerdown", (event) => {
    const line = closest(event, ".ipyasgi-log-row");
    if (line) pick(Number(line.dataset.number));
  });
  scroll.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    following = false;
    pick(picked < firstRow() ? stream.last : picked + step);
  });
  newest.addEventListener("click", () => {
    following = true;
    redraw();
  });
  stream.watchers.add(redraw);
  redraw();
  return () => {
    stream.watchers.delete(redraw);
    cancelAnimationFrame(frame);
  };
}
