// The live log: a list that grows at the end, drawn only where it is looked at. Text enters by textContent alone.
// Joined after stream.js, which gives RowStream and fetchBody.
// A row is {at_ms, kind: "receive" | "send" | "info" | "error", text, body?: a BodyOffer}.

const ROW_PX = 20;
const OVERSCAN = 6;

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// Loading a body makes a link of the button. octet-stream: a page of the app must not open as one of the notebook's.
function bodyControl(model, offer, loaded) {
  if (loaded.has(offer.key)) return loaded.get(offer.key);
  const button = element("button", "ipyasgi-log-load", `load ${sizeText(offer.size_bytes)}`);
  button.type = "button";
  loaded.set(offer.key, button);
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = "waiting for the kernel";
    try {
      const body = await fetchBody(model, offer, {
        onProgress: (have, all) => { button.textContent = `${sizeText(have)} of ${sizeText(all)}`; },
      });
      const link = element("a", "ipyasgi-log-load", `save ${sizeText(body.byteLength)}`);
      link.href = URL.createObjectURL(new Blob([body], { type: "application/octet-stream" }));
      link.download = `body-${offer.key}`;
      loaded.set(offer.key, link);
      button.replaceWith(link);
    } catch (error) {
      button.disabled = false;
      button.textContent = `load again: ${error.message}`;
    }
  });
  return button;
}

function rowElement(model, stream, number, loaded) {
  const row = stream.rows.get(number);
  const line = element("div", "ipyasgi-log-row");
  if (row === undefined) {
    const lost = stream.missing.some(([a, b]) => a <= number && number <= b);
    line.dataset.kind = "absent";
    line.append(element("span", "ipyasgi-log-text", lost ? "… asked for again" : "… dropped: too many at once"));
    return line;
  }
  line.dataset.kind = row.kind;
  line.append(
    element("span", "ipyasgi-log-at", row.at_ms === undefined ? "" : `${row.at_ms.toFixed(1)} ms`),
    element("span", "ipyasgi-log-kind", row.kind),
    element("span", "ipyasgi-log-text", row.text),
  );
  if (row.body) line.append(bodyControl(model, row.body, loaded));
  return line;
}

function renderLog(model, el, stream) {
  const loaded = new Map();
  const root = element("section", "ipyasgi-log");
  const head = element("header", "ipyasgi-log-head");
  const title = element("span", "ipyasgi-log-title", model.get("title"));
  const count = element("span", "ipyasgi-log-count");
  const newest = element("button", "ipyasgi-log-newest", "newest ↓");
  newest.type = "button";
  head.append(title, count, newest);
  const scroll = element("div", "ipyasgi-log-scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "log");
  scroll.setAttribute("aria-live", "off"); // hundreds a second cannot be read aloud
  scroll.setAttribute("aria-label", model.get("title"));
  scroll.style.height = `${model.get("visible_rows") * ROW_PX}px`;
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
  let base = stream.first;
  const draw = () => {
    frame = 0;
    const length = stream.last - stream.first + 1;
    space.style.height = `${length * ROW_PX}px`;
    // What the reader looks at stays where it is while older rows leave at the top.
    scroll.scrollTop = following ? scroll.scrollHeight : scroll.scrollTop - (stream.first - base) * ROW_PX;
    base = stream.first;
    const top = Math.max(0, Math.floor(scroll.scrollTop / ROW_PX) - OVERSCAN);
    const end = Math.min(length, top + model.get("visible_rows") + 2 * OVERSCAN);
    const lines = [];
    for (let i = top; i < end; i += 1) lines.push(rowElement(model, stream, stream.first + i, loaded));
    shown.style.transform = `translateY(${top * ROW_PX}px)`;
    shown.replaceChildren(...lines);
    const notes = [`${stream.last.toLocaleString("en")} rows`];
    if (stream.missingCount) notes.push(`${stream.missingCount} on the way`);
    if (stream.dropped) notes.push(`${stream.dropped} dropped`);
    count.textContent = notes.join(" · ");
    root.dataset.rows = stream.last;
    root.dataset.missing = stream.missingCount;
    newest.hidden = following;
  };
  const redraw = () => { frame ||= requestAnimationFrame(draw); };
  scroll.addEventListener("scroll", () => {
    following = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - ROW_PX;
    redraw();
  });
  newest.addEventListener("click", () => { following = true; redraw(); });
  stream.watchers.add(redraw);
  redraw();
  return () => {
    stream.watchers.delete(redraw);
    cancelAnimationFrame(frame);
    for (const control of loaded.values()) if (control.href) URL.revokeObjectURL(control.href);
  };
}

// A function, so that each widget has a stream of its own, shared by all its views.
export default () => {
  let stream;
  return {
    initialize({ model }) {
      stream = new RowStream(model, model.get("keep_rows"));
      return () => stream.close();
    },
    render({ model, el }) {
      return renderLog(model, el, stream);
    },
  };
};
