// Made by tests/js/build from the files of panels/static; change those.

// press.js
var PRESSED = "button, summary, label, tr, [role=option], [type=checkbox], [type=radio]";
var PressGate = class {
  constructor() {
    this.watch = new AbortController();
    this.press = null;
    this.waiting = [];
    const { signal } = this.watch;
    const options = { capture: true, signal };
    window.addEventListener("pointerdown", (event) => event.button === 0 && this.begin(event, "pointerup"), options);
    window.addEventListener("keydown", (event) => event.key === " " && this.begin(event, "keyup"), options);
  }
  /**
   * @param {Event} event
   * @param {string} end  the type of the event before the click
   */
  begin(event, end) {
    const [target] = event.composedPath();
    if (!(target instanceof Element) || !target.closest(PRESSED)?.closest(".ipyasgi-page")) return;
    this.press?.abort();
    const press = new AbortController();
    this.press = press;
    const done = () => {
      press.abort();
      setTimeout(() => this.press === press && this.open());
    };
    for (const type of [end, "pointercancel", "blur"])
      window.addEventListener(type, done, { capture: true, signal: press.signal });
    window.addEventListener("pointermove", ({ buttons }) => end === "pointerup" && !buttons && done(), {
      capture: true,
      signal: press.signal
    });
  }
  open() {
    this.press = null;
    for (const handle of this.waiting.splice(0)) handle();
  }
  /**
   * Calls a function, at once or after the press.
   * @param {() => void} handle
   */
  pass(handle) {
    if (this.press) this.waiting.push(handle);
    else handle();
  }
  close() {
    this.watch.abort();
    this.press?.abort();
    this.waiting = [];
  }
};

// page.js
function make(tag, className = "", properties = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(properties)) {
    const isAttribute = name.startsWith("aria-") || ["role", "list", "for"].includes(name);
    if (isAttribute) made.setAttribute(name, String(value));
    else Object.assign(made, { [name]: value });
  }
  made.append(...children);
  return made;
}
function focusedElement() {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found;
}
function keepKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation());
}
function setUsable(button, usable) {
  button.setAttribute("aria-disabled", String(!usable));
}
function isUsable(button) {
  return button.getAttribute("aria-disabled") !== "true";
}
function keepPress(button) {
  button.addEventListener("pointerdown", ({ button: which, pointerId }) => {
    if (which !== 0) return;
    const { left, right, top, bottom } = button.getBoundingClientRect();
    const done = new AbortController();
    const end = (event) => {
      if (event.pointerId !== pointerId) return;
      done.abort();
      const isOver = event.composedPath().includes(button);
      const { clientX: x, clientY: y } = event;
      const isThere = left <= x && x <= right && top <= y && y <= bottom;
      if (event.type === "pointerup" && isThere && !isOver && button.isConnected) button.click();
    };
    for (
      const type of
      /** @type {const} */
      ["pointerup", "pointercancel"]
    )
      window.addEventListener(type, end, { capture: true, signal: done.signal });
  });
}
function makeButton(label, className, onPress, properties = {}) {
  const button = make("button", `ipyasgi-button ${className}`.trim(), {
    type: "button",
    textContent: label,
    ...properties
  });
  button.addEventListener("click", () => {
    if (isUsable(button)) onPress(button);
  });
  keepPress(button);
  return button;
}
function listen(model, handlers) {
  const gate = new PressGate();
  const passed = Object.entries(handlers).map(([event, handler]) => [
    event,
    (...values) => gate.pass(() => handler(...values))
  ]);
  for (const [event, handler] of passed) model.on(event, handler);
  return () => {
    gate.close();
    for (const [event, handler] of passed) model.off(event, handler);
  };
}
function focusedIn(root) {
  const focused = focusedElement();
  return focused instanceof HTMLElement && root.contains(focused) ? focused : null;
}
function focusFirst(root, selector, options = {}) {
  const found = root?.querySelector(selector);
  if (found instanceof HTMLElement) found.focus(options);
}

// change_list.js
function changeWords(change) {
  const value = (text, tag = "bdi") => make(tag, "ipyasgi-value", { textContent: text });
  const word = (text) => make("span", "ipyasgi-faint", { textContent: text });
  if (change.kind === "added") return [word("new "), value(change.after)];
  if (change.kind === "removed") return [word("removed, was "), value(change.before, "del")];
  if (change.before !== change.after) return [value(change.before), word(" → "), value(change.after)];
  return change.kind === "mutated" ? [word("changed inside")] : [word("replaced (new "), value(change.after), word(")")];
}
function changeTable(changes, more, label) {
  const rows = changes.map(
    (change) => make(
      "tr",
      "",
      {},
      make("th", "ipyasgi-path", { scope: "row", dir: "ltr", textContent: change.path }),
      make("td", "", {}, ...changeWords(change))
    )
  );
  if (more) rows.push(make("tr", "", {}, make("td", "ipyasgi-faint", { colSpan: 2, textContent: `… ${more} more` })));
  return make("table", "ipyasgi-changes", { "aria-label": label }, make("tbody", "", {}, ...rows));
}

// state_tree.js
var TreeRow = class _TreeRow {
  /** @param {string} path */
  constructor(path, isOpen = false) {
    this.path = path;
    this.node = void 0;
    this.rows = /* @__PURE__ */ new Map();
    this.key = make("bdi", "ipyasgi-key");
    this.about = make("span", "ipyasgi-faint");
    this.text = make("bdi", "ipyasgi-value");
    this.mark = make("span", "ipyasgi-mark");
    this.list = make("ul", "ipyasgi-tree");
    this.missing = make("li", "ipyasgi-faint");
    this.summary = make("summary");
    this.fold = make("details", "", { open: isOpen }, this.summary, this.list);
    this.leaf = make("div", "ipyasgi-leaf");
    this.el = make("li", "");
    this.fold.addEventListener("toggle", () => this.showInside());
  }
  /** @param {StateNode} node */
  show(node) {
    this.node = node;
    this.key.textContent = node.key;
    this.about.textContent = node.about;
    this.text.textContent = node.text;
    this.text.title = node.text;
    this.mark.textContent = node.mark === "mutated" ? "changed" : node.mark;
    this.mark.hidden = !node.mark;
    this.el.dataset.mark = node.mark || (marksInside(node) ? "inside" : "");
    const holds = node.nodes.length > 0;
    const place = holds ? this.summary : this.leaf;
    if (this.text.parentNode !== place) {
      place.replaceChildren(this.key, this.text, this.about, this.mark);
      this.el.replaceChildren(holds ? this.fold : this.leaf);
    }
    if (holds) this.showInside();
  }
  showInside() {
    if (!this.fold.open || !this.node) return;
    const before = [...this.rows.keys()].join("\n");
    const kept = new Map(
      this.node.nodes.map((node) => [node.path, this.rows.get(node.path) ?? new _TreeRow(node.path)])
    );
    for (const node of this.node.nodes) kept.get(node.path)?.show(node);
    this.rows = kept;
    this.missing.textContent = `… ${this.node.missing}`;
    this.missing.hidden = !this.node.missing;
    if ([...kept.keys()].join("\n") === before && this.list.childNodes.length) return;
    const focused = focusedIn(this.list);
    this.list.replaceChildren(...[...kept.values()].map((row) => row.el), this.missing);
    if (focused?.isConnected) focused.focus({ preventScroll: true });
  }
  /** Expands the tree down to each change. */
  reveal() {
    if (!this.node || !marksInside(this.node)) return;
    this.fold.open = true;
    this.showInside();
    for (const row of this.rows.values()) row.reveal();
  }
};
function marksInside(node) {
  return node.nodes.some((inner) => inner.mark || marksInside(inner));
}
var StateForest = class {
  constructor() {
    this.rows = /* @__PURE__ */ new Map();
    this.list = make("ul", "ipyasgi-tree ipyasgi-forest", { "aria-label": "State" });
  }
  /** @param {StateNode[]} trees */
  show(trees) {
    const before = [...this.rows.keys()].join("\n");
    this.rows = new Map(trees.map((tree) => [tree.path, this.rows.get(tree.path) ?? new TreeRow(tree.path, true)]));
    for (const tree of trees) this.rows.get(tree.path)?.show(tree);
    if ([...this.rows.keys()].join("\n") !== before)
      this.list.replaceChildren(...[...this.rows.values()].map((row) => row.el));
  }
  reveal() {
    for (const row of this.rows.values()) row.reveal();
  }
};

// text.js
function countText(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

// state_inspector.js
var Inspector = class {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.folds = /* @__PURE__ */ new Map();
    this.summary = make("span", "ipyasgi-news", { role: "status" });
    this.markSeen = makeButton("Mark seen", "", () => model.send({ ask: "seen" }), {
      title: "Mark as seen: show changes from here"
    });
    this.reveal = makeButton("Show in tree", "ipyasgi-quiet", () => this.forest.reveal(), {
      title: "Expand the tree to show the changes"
    });
    this.forest = new StateForest();
    this.changes = make("div", "ipyasgi-since");
    this.entries = make("ol", "ipyasgi-changed-by", { "aria-label": "Changes by exchange, newest first" });
    this.none = make("p", "ipyasgi-faint", { textContent: "No exchange has changed the state yet" });
    this.el = make(
      "section",
      "ipyasgi-page ipyasgi-inspector",
      { "aria-label": "State" },
      make(
        "div",
        "ipyasgi-inspector-head",
        {},
        make("strong", "", { textContent: "State" }),
        this.summary,
        this.reveal,
        this.markSeen
      ),
      this.changes,
      make(
        "div",
        "ipyasgi-inspector-body",
        {},
        make("div", "ipyasgi-inspector-part", {}, this.forest.list),
        make(
          "div",
          "ipyasgi-inspector-part",
          {},
          make("strong", "", { textContent: "Changed by" }),
          this.none,
          this.entries
        )
      )
    );
    keepKeys(this.el);
  }
  drawChanges() {
    const changes = this.model.get("changes");
    const count = changes.length + this.model.get("more");
    const since = this.model.get("since");
    const words = count ? `${countText(count, "change")} since ${since}` : `No changes since ${since}`;
    if (this.summary.textContent !== words) this.summary.textContent = words;
    this.summary.dataset.tone = count ? "busy" : "";
    setUsable(this.markSeen, count > 0);
    setUsable(this.reveal, count > 0);
    this.changes.hidden = !count;
    this.changes.replaceChildren(changeTable(changes, this.model.get("more"), "Changes since you marked them as seen"));
  }
  drawEntries() {
    const entries = this.model.get("changed_by");
    const focused = focusedIn(this.entries)?.dataset.focus;
    const before = this.folds;
    this.folds = /* @__PURE__ */ new Map();
    this.none.hidden = entries.some((entry) => entry.name);
    this.entries.replaceChildren(
      ...entries.map((entry, place) => {
        const id = entry.name || `step ${entries.length - place}`;
        return this.entry(entry, id, before.get(id)?.open ?? false);
      })
    );
    if (focused) focusFirst(this.entries, `[data-focus="${CSS.escape(focused)}"]`);
  }
  /**
   * @param {Entry} entry
   * @param {string} id
   * @param {boolean} isOpen
   */
  entry(entry, id, isOpen) {
    const summary = make(
      "summary",
      "",
      {},
      make("b", "", { textContent: entry.name || "lifespan" }),
      " ",
      make("bdi", "ipyasgi-value", { textContent: entry.description }),
      " ",
      make("span", "ipyasgi-faint", {
        textContent: [entry.at, countText(entry.changes.length + entry.more, "change")].filter(Boolean).join(" · ")
      })
    );
    summary.dataset.focus = `fold ${id}`;
    const fold = make(
      "details",
      "",
      { open: isOpen },
      summary,
      changeTable(entry.changes, entry.more, `Changed by ${entry.name || entry.description}`)
    );
    this.folds.set(id, fold);
    if (!entry.name || !this.model.get("opens")) return make("li", "", {}, fold);
    const show = makeButton("Open", "ipyasgi-quiet", () => this.model.send({ ask: "show", name: entry.name }), {
      "aria-label": `Open ${entry.name}`
    });
    show.dataset.focus = `show ${id}`;
    return make("li", "", {}, fold, show);
  }
};
var state_inspector_default = {
  /** @param {View} view */
  render({ model, el }) {
    const page = new Inspector(model);
    el.append(page.el);
    const drawTrees = () => page.forest.show(model.get("trees"));
    const drawChanges = () => page.drawChanges();
    drawTrees();
    drawChanges();
    page.drawEntries();
    return listen(model, {
      "change:trees": drawTrees,
      "change:changes": drawChanges,
      "change:more": drawChanges,
      "change:since": drawChanges,
      "change:changed_by": () => page.drawEntries()
    });
  }
};
export {
  state_inspector_default as default
};
