// The app's state, its changes since they were marked as seen, and the exchanges that made them.

import { changeTable } from "./change_list.js";
import { focusedIn, focusFirst, keepKeys, listen, make, makeButton, setUsable } from "./page.js";
import { StateForest } from "./state_tree.js";
import { countText } from "./text.js";

/** @import { Change } from "./change_list.js" */
/** @import { Model, View } from "./page.js" */

/** @typedef {{ name: string, description: string, at: string, changes: Change[], more: number }} Entry */

class Inspector {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Map<string, HTMLDetailsElement>} */
    this.folds = new Map();
    this.summary = make("span", "ipyasgi-news", { role: "status" });
    this.markSeen = makeButton("Mark seen", "", () => model.send({ ask: "seen" }), {
      title: "Mark as seen: show changes from here",
    });
    this.reveal = makeButton("Show in tree", "ipyasgi-quiet", () => this.forest.reveal(), {
      title: "Expand the tree to show the changes",
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
        this.markSeen,
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
          this.entries,
        ),
      ),
    );
    keepKeys(this.el);
  }

  drawChanges() {
    const changes = this.model.get("changes");
    const count = changes.length + this.model.get("more");
    const since = this.model.get("since");
    const words = count ? `${countText(count, "change")} since ${since}` : `No changes since ${since}`;
    if (this.summary.textContent !== words) this.summary.textContent = words; // setting it again would have it read aloud again
    this.summary.dataset.tone = count ? "busy" : "";
    setUsable(this.markSeen, count > 0);
    setUsable(this.reveal, count > 0);
    this.changes.hidden = !count;
    this.changes.replaceChildren(changeTable(changes, this.model.get("more"), "Changes since you marked them as seen"));
  }

  drawEntries() {
    /** @type {Entry[]} */
    const entries = this.model.get("changed_by");
    const focused = focusedIn(this.entries)?.dataset.focus;
    const before = this.folds;
    this.folds = new Map();
    this.none.hidden = entries.some((entry) => entry.name);
    this.entries.replaceChildren(
      ...entries.map((entry, place) => {
        const id = entry.name || `step ${entries.length - place}`;
        return this.entry(entry, id, before.get(id)?.open ?? false);
      }),
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
        textContent: [entry.at, countText(entry.changes.length + entry.more, "change")].filter(Boolean).join(" · "),
      }),
    );
    summary.dataset.focus = `fold ${id}`;
    const fold = make(
      "details",
      "",
      { open: isOpen },
      summary,
      changeTable(entry.changes, entry.more, `Changed by ${entry.name || entry.description}`),
    );
    this.folds.set(id, fold);
    if (!entry.name || !this.model.get("opens")) return make("li", "", {}, fold);
    const show = makeButton("Open", "ipyasgi-quiet", () => this.model.send({ ask: "show", name: entry.name }), {
      "aria-label": `Open ${entry.name}`,
    });
    show.dataset.focus = `show ${id}`;
    return make("li", "", {}, fold, show);
  }
}

export default {
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
      "change:changed_by": () => page.drawEntries(),
    });
  },
};
