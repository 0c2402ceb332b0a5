// The list of routes: by tag, or those that match a query. The focus stays in the field that controls the list, after
// the ARIA authoring practices of the combobox. Rows are drawn in portions: some apps have thousands of routes.

import { closest, freshId, make, makeMethod } from "./page.js";
import { foldOf, keyOf, listRoutes, splitPath } from "./routes.js";

/** @import { Choice, RouteRow, Tried } from "./routes.js" */

const PORTION = 100;
const NEAR_END_PX = 200;
const LONG_PATH = 26; // characters: the rail has no room for more, so it shows the summary

export class RouteList {
  /**
   * @param {{ onPick: (choice: Choice) => void, onSendAnyway: (query: string) => void }} options
   *   onSendAnyway: a path that no route has is to be sent
   */
  constructor({ onPick, onSendAnyway }) {
    this.onPick = onPick;
    this.onSendAnyway = onSendAnyway;
    /** @type {Choice[]} */
    this.choices = [];
    /** @type {Tried} */
    this.tried = {};
    this.isAnyTried = false;
    this.query = "";
    /** @type {Set<string>} */
    this.open = new Set(); // keys of the expanded folds
    /** @type {RouteRow[]} */
    this.rows = [];
    this.drawn = 0;
    this.current = ""; // the key of the route in the form
    /** @type {HTMLElement | undefined} */
    this.active = undefined;
    /** @type {HTMLElement | undefined} */
    this.group = undefined;
    this.id = freshId("routes");
    this.el = make("div", "ipyasgi-routes", { id: this.id, role: "listbox", "aria-label": "Routes" });
    this.el.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.el.addEventListener("click", (event) => this.press(closest(event, "[role=option]")));
    this.el.addEventListener("scroll", () => {
      const { scrollTop, clientHeight, scrollHeight } = this.el;
      if (scrollTop + clientHeight > scrollHeight - NEAR_END_PX) this.drawMore();
    });
  }

  /** @param {Choice[]} choices */
  setChoices(choices) {
    const active = this.active?.dataset.key;
    this.choices = choices;
    this.openFoldOf(this.current);
    this.redraw();
    if (active) this.activate(this.options().find((row) => row.dataset.key === active));
  }

  /**
   * Marks the routes that were tried, and the others once there is one.
   * @param {Tried} tried
   */
  setTried(tried) {
    this.tried = tried;
    this.isAnyTried = Object.keys(tried).length > 0;
    for (const option of this.options()) {
      const row = this.rows[Number(option.dataset.number)];
      if (row?.kind === "route") this.label(option, row.choice);
    }
  }

  /** @param {string} query */
  search(query) {
    if (query === this.query) {
      this.activate(undefined);
      return;
    }
    this.query = query;
    this.redraw();
    this.el.scrollTop = 0;
    if (!query) this.showCurrent();
  }

  /**
   * Marks the route in the form.
   * @param {string} key
   */
  mark(key) {
    if (key === this.current) return;
    this.current = key;
    if (this.openFoldOf(key) && !this.query) this.redraw();
    else for (const row of this.options()) this.markRow(row);
    this.showCurrent();
  }

  /** Scrolls to the route in the form, and draws the list so far, if it is there. */
  showCurrent() {
    const number = this.rows.findIndex((row) => isRoute(row, this.current));
    while (this.drawn <= number && this.drawMore());
    if (number >= 0) this.reveal(this.currentRow());
  }

  /** @param {string} key */
  openFoldOf(key) {
    const choice = this.choices.find((one) => keyOf(one) === key);
    if (!choice || this.open.has(foldOf(choice))) return false;
    this.open.add(foldOf(choice));
    return true;
  }

  redraw() {
    this.rows = listRoutes(this.choices, this.query, this.open);
    this.drawn = 0;
    this.active = undefined;
    this.group = undefined;
    this.el.replaceChildren();
    this.drawMore();
  }

  /** Draws the next rows; returns whether there were any. */
  drawMore() {
    const rows = this.rows.slice(this.drawn, this.drawn + PORTION);
    for (const row of rows) {
      const drawn = this.draw(row, this.drawn);
      this.drawn += 1;
      if (row.kind === "tag") this.group = this.addGroup(row.title);
      if (row.kind === "fold") this.group = undefined;
      (this.group ?? this.el).append(drawn);
      if (row.kind === "fold" && row.isOpen) this.group = this.addGroup(row.title);
    }
    return rows.length > 0;
  }

  /** @param {string} title */
  addGroup(title) {
    const group = make("div", "", { role: "group", "aria-label": title });
    this.el.append(group);
    return group;
  }

  /**
   * @param {RouteRow} row
   * @param {number} number
   */
  draw(row, number) {
    if (row.kind === "tag") return make("div", "ipyasgi-tag", { textContent: row.title, "aria-hidden": "true" });
    const option = make("div", `ipyasgi-route ipyasgi-route-${row.kind}`, {
      id: `${this.id}-${number}`,
      role: "option",
      "aria-selected": "false",
    });
    option.dataset.number = String(number);
    if (row.kind === "route") this.drawRoute(option, row.choice);
    else if (row.kind === "none") option.append(noneText(row.query));
    else {
      option.dataset.open = String(row.isOpen);
      option.dataset.fold = row.key;
      option.append(
        make("span", "ipyasgi-fold-title", { textContent: row.title }),
        make("span", "ipyasgi-faint ipyasgi-figure", { textContent: row.count ? String(row.count) : "" }),
      );
      option.setAttribute("aria-label", `${row.title}, ${row.isOpen ? "expanded" : "collapsed"}`);
    }
    return option;
  }

  /**
   * @param {HTMLElement} option
   * @param {Choice} choice
   */
  drawRoute(option, choice) {
    const [head, tail] = splitPath(choice.path);
    const method = makeMethod(choice.method);
    const path = make(
      "span",
      "ipyasgi-route-path",
      { dir: "ltr" },
      make("span", "ipyasgi-route-head", { textContent: head }),
      make("span", "ipyasgi-route-tail", { textContent: tail }),
    );
    option.append(
      method,
      path,
      make("span", "ipyasgi-faint ipyasgi-route-name", {
        textContent: choice.description || choice.name || choice.handler || "",
        dir: "auto",
      }),
    );
    if (choice.deprecated) option.dataset.deprecated = "true";
    if (choice.lock) option.append(make("span", "ipyasgi-lock", { "aria-hidden": "true" }));
    option.append(make("span", "ipyasgi-route-tried", { "aria-hidden": "true" }));
    option.dataset.long = String(Boolean(choice.description) && choice.path.length > LONG_PATH);
    option.dataset.key = keyOf(choice);
    this.label(option, choice);
    this.markRow(option);
  }

  /**
   * @param {HTMLElement} option
   * @param {Choice} choice
   */
  label(option, choice) {
    const key = keyOf(choice);
    const isMarked = !choice.own && this.isAnyTried;
    const tried = this.tried[key] ?? (isMarked ? ["not tried yet"] : []);
    const marks = [choice.deprecated ? "deprecated" : "", choice.lock ? "takes credentials" : "", ...tried];
    option.setAttribute("aria-label", [key, choice.description, ...marks].filter(Boolean).join(", "));
    option.title = [key, choice.description, choice.handler, choice.source, ...marks].filter(Boolean).join("\n");
    option.dataset.tried = this.tried[key] ? "yes" : isMarked ? "no" : "";
  }

  /** @param {HTMLElement} row */
  markRow(row) {
    if (row.dataset.key && row.dataset.key === this.current) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }

  /** @returns {HTMLElement[]} */
  options() {
    return [...this.el.querySelectorAll("[role=option]")].filter((row) => row instanceof HTMLElement);
  }

  /** @returns {HTMLElement | null} */
  currentRow() {
    return this.el.querySelector("[aria-current=true]");
  }

  /** @param {HTMLElement | undefined} row */
  activate(row) {
    this.active?.setAttribute("aria-selected", "false");
    this.active = row;
    row?.setAttribute("aria-selected", "true");
    this.reveal(row);
  }

  /**
   * Makes another row the active one, from the last to the first.
   * @param {number} by
   */
  move(by) {
    let rows = this.options();
    const at = this.active ? rows.indexOf(this.active) : -1;
    if (at + by >= rows.length && this.drawMore()) rows = this.options();
    if (!rows.length) return;
    const to = at < 0 ? (by > 0 ? 0 : rows.length - 1) : (at + by + rows.length) % rows.length;
    this.activate(rows[to]);
  }

  /**
   * Scrolls the list, and not the notebook.
   * @param {HTMLElement | null | undefined} row
   */
  reveal(row) {
    if (!row) return;
    const [list, place] = [this.el.getBoundingClientRect(), row.getBoundingClientRect()];
    if (place.top < list.top) this.el.scrollTop -= list.top - place.top;
    else if (place.bottom > list.bottom) this.el.scrollTop += place.bottom - list.bottom;
  }

  /** The first route of the list. */
  get first() {
    const row = this.rows.find((one) => one.kind === "route");
    return row?.kind === "route" ? row.choice : undefined;
  }

  /** @param {HTMLElement | null | undefined} option */
  press(option) {
    const row = option ? this.rows[Number(option.dataset.number)] : undefined;
    if (row?.kind === "route") this.onPick(row.choice);
    else if (row?.kind === "none") this.onSendAnyway(row.query);
    else if (row?.kind === "fold") this.toggle(row.key);
  }

  /** @param {string} key */
  toggle(key) {
    if (!this.open.delete(key)) this.open.add(key);
    const { scrollTop } = this.el;
    this.redraw();
    const number = this.rows.findIndex((row) => row.kind === "fold" && row.key === key);
    while (this.drawn <= number && this.drawMore());
    this.el.scrollTop = scrollTop;
    this.activate(this.options().find((row) => row.dataset.number === String(number)));
  }
}

/**
 * @param {RouteRow} row
 * @param {string} key
 */
function isRoute(row, key) {
  return row.kind === "route" && keyOf(row.choice) === key;
}

/** @param {string} query */
function noneText(query) {
  return make(
    "span",
    "",
    {},
    "No route matches ",
    make("bdi", "ipyasgi-none-query", { textContent: `'${query}'` }),
    ": ",
    make("span", "ipyasgi-send-anyway", { textContent: "send it anyway" }),
  );
}
