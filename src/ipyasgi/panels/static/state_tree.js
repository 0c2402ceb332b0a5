// The app's state as a tree. A row keeps its element while its value changes, so that it stays expanded and focused.
// Collapsed rows are not drawn.

import { focusedIn, make } from "./page.js";

/**
 * @typedef {{
 *   path: string, key: string, about: string, text: string, mark: string, missing: string, nodes: StateNode[],
 * }} StateNode
 */

class TreeRow {
  /** @param {string} path */
  constructor(path, isOpen = false) {
    this.path = path;
    /** @type {StateNode | undefined} */
    this.node = undefined;
    /** @type {Map<string, TreeRow>} */
    this.rows = new Map();
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
      this.node.nodes.map((node) => [node.path, this.rows.get(node.path) ?? new TreeRow(node.path)]),
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
}

/**
 * @param {StateNode} node
 * @returns {boolean}
 */
function marksInside(node) {
  return node.nodes.some((inner) => inner.mark || marksInside(inner));
}

export class StateForest {
  constructor() {
    /** @type {Map<string, TreeRow>} */
    this.rows = new Map();
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
}
