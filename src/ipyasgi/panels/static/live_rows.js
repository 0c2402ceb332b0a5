// Live rows: a list that grows at the end, drawn only where it is looked at. Text enters by textContent alone.
// A row is {at_ms, kind: "receive" | "send" | "info" | "error", text, label?, bytes?, message?, whole?}.

const ROW_PX = 20;
const OVERSCAN = 6;

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function momentText(ms) {
  return ms < 10000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function rowElement(stream, number) {
  const row = stream.rows.get(number);
  const line = element("div", "ipyasgi-log-row");
  if (row === undefined) {
    const lost = stream.missing.some(([a, b]) => a <= number && number <= b);
    line.dataset.kind = "absent";
    line.append(element("span", "ipyasgi-log-text", lost ? "… asked for again" : "… dropped: too many at once"));
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

// first(): number of the first row to show, where earlier ones are of
// something else; onPick(row, number): a row was pressed, or chosen by arrow keys; room(length): for how many rows there is room.
export function renderLog(el, stream, options) {
  const { title: titleText, visibleRows, first: firstWanted, onPick, noun = "row", room = () => visibleRows } = options;
  const root = element("section", "ipyasgi-log");
  const head = element("header", "ipyasgi-log-head");
  const title = element("span", "ipyasgi-log-title", titleText);
  const count = element("span", "ipyasgi-log-count");
  const newest = element("button", "ipyasgi-log-newest", "newest ↓");
  newest.type = "button";
  head.append(title, count, newest);
  const scroll = element("div", "ipyasgi-log-scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "log");
  scroll.setAttribute("aria-live", "off"); // hundreds a second cannot be read aloud
  scroll.setAttribute("aria-label", titleText);
  const space = element("div", "ipyasgi-log-space");
  const shown = element("div", "ipyasgi-log-window");
  space.append(shown);
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
    // What the reader looks at stays where it is while older rows leave at the top.
    scroll.scrollTop = following ? scroll.scrollHeight : scroll.scrollTop - (start - base) * ROW_PX;
    base = start;
    const top = Math.max(0, Math.floor(scroll.scrollTop / ROW_PX) - OVERSCAN);
    const end = Math.min(length, top + visibleRows + 2 * OVERSCAN);
    const lines = [];
    for (let i = top; i < end; i += 1) {
      const line = rowElement(stream, start + i);
      line.dataset.number = start + i;
      if (start + i === picked) line.dataset.picked = "true";
      lines.push(line);
    }
    shown.style.transform = `translateY(${top * ROW_PX}px)`;
    shown.replaceChildren(...lines);
    const all = Math.max(stream.last - firstWanted() + 1, 0);
    const notes = [`${all.toLocaleString("en")} ${noun}${all === 1 ? "" : "s"}`];
    if (all > length) notes.push(`older ones dropped: ${(all - length).toLocaleString("en")}`);
    if (stream.missingCount) notes.push(`${stream.missingCount} on the way`);
    if (stream.dropped) notes.push(`${stream.dropped} dropped`);
    count.textContent = notes.join(" · ");
    root.dataset.rows = stream.last;
    root.dataset.missing = stream.missingCount;
    newest.hidden = following;
  };
  const redraw = () => {
    frame ||= requestAnimationFrame(draw);
  };
  scroll.addEventListener("scroll", () => {
    following = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - ROW_PX;
    redraw();
  });
  const pick = (number) => {
    if (number < firstRow() || number > stream.last) return;
    picked = number;
    const at = (number - firstRow()) * ROW_PX;
    if (at < scroll.scrollTop) scroll.scrollTop = at;
    if (at + ROW_PX > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = at + ROW_PX - scroll.clientHeight;
    onPick(stream.rows.get(number), number);
    redraw();
  };
  if (onPick) {
    // Not click: while rows come in, the one that was pressed is made anew before the button is let go.
    scroll.addEventListener("pointerdown", (event) => {
      const line = event.target.closest(".ipyasgi-log-row");
      if (line && !event.target.closest("button, a")) pick(Number(line.dataset.number));
    });
    scroll.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      following = false;
      pick(picked < firstRow() ? stream.last : picked + step);
    });
  }
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
