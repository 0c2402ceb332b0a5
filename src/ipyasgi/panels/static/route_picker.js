// The method and path of the request. The path is typed, or found among the app's routes.
// A combobox with a list, after the ARIA authoring practices: the focus stays in the field. The list is
// part of the layout below the line: a floating one would be cut off at the edge of an output or of its frame.

import { closest, freshId, make, makeButton } from "./page.js";
import { findRoutes } from "./routes.js";

/** @import { Choice } from "./routes.js" */

const ROUTES_DRAWN = 200;

export class RoutePicker {
  /**
   * @param {{
   *   methods: string[], choices: Choice[], onPick: (choice: Choice) => void, onType: () => void,
   *   onEnter: () => void,
   * }} options
   *   onType: method or path were changed by hand; onEnter: send
   */
  constructor({ methods, choices, onPick, onType, onEnter }) {
    this.choices = choices;
    this.onPick = onPick;
    this.onEnter = onEnter;
    this.active = -1;
    /** @type {Choice[]} */
    this.found = [];
    this.listId = freshId("routes");
    this.method = make("select", "ipyasgi-input ipyasgi-method-field", { "aria-label": "Method" });
    this.setMethods(methods);
    this.path = make("input", "ipyasgi-input ipyasgi-path-field", {
      type: "text",
      dir: "ltr",
      spellcheck: false,
      autocomplete: "off",
      role: "combobox",
      placeholder: "Search routes or type a path",
      "aria-label": "Search routes or type a path",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.listId,
    });
    this.list = make("ul", "ipyasgi-routes", {
      id: this.listId,
      role: "listbox",
      "aria-label": "Routes",
      hidden: true,
    });
    // For the pointer; the keyboard uses the arrow keys in the field.
    this.opener = makeButton("▾", "ipyasgi-quiet ipyasgi-opener", () => this.toggle(), {
      tabIndex: -1,
      "aria-label": "All routes",
      title: "All routes",
    });
    this.el = make(
      "div",
      "ipyasgi-picker",
      {},
      this.method,
      make("div", "ipyasgi-path-box", {}, this.path, this.opener),
    );
    this.isMethodChosen = false; // by hand, for the present path
    this.method.addEventListener("change", () => {
      this.isMethodChosen = true;
      onType();
    });
    this.path.addEventListener("input", () => {
      this.open(this.path.value.trim());
      onType();
    });
    this.path.addEventListener("click", () => this.toggle());
    this.opener.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus in the field
    this.path.addEventListener("change", () => this.followPath() && onType());
    // Delayed, because closing moves the content below while it may be pressed. Skipped when the focus has returned.
    this.path.addEventListener("blur", () => setTimeout(() => this.path.matches(":focus") || this.close(), 200));
    this.path.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => {
      const row = closest(event, "[role=option]");
      if (row) this.pick(this.found[Number(row.dataset.number)]);
    });
  }

  /** @param {string[]} methods */
  setMethods(methods) {
    const held = this.method.value;
    this.method.replaceChildren(...methods.map((name) => make("option", "", { value: name, textContent: name })));
    if (held) this.setMethod(held);
  }

  /** @param {string} name */
  setMethod(name) {
    if (![...this.method.options].some((option) => option.value === name)) {
      this.method.append(make("option", "", { value: name, textContent: name }));
    }
    this.method.value = name;
  }

  /** @param {{ method: string, path: string }} draft */
  show(draft) {
    this.setMethod(draft.method);
    this.isMethodChosen = false;
    if (this.path.value !== draft.path) this.path.value = draft.path; // otherwise the caret keeps its position
    this.path.title = draft.path;
  }

  get current() {
    return this.choices.find((choice) => choice.method === this.method.value && choice.path === this.path.value.trim());
  }

  /** Choose a method of the typed path, unless one was chosen by hand; return whether it changed. */
  followPath() {
    if (this.isMethodChosen || this.current) return false;
    const choice = this.choices.find((one) => one.path === this.path.value.trim());
    if (choice) this.setMethod(choice.method);
    return Boolean(choice);
  }

  toggle() {
    this.path.focus();
    if (!this.list.hidden) {
      this.close();
      return;
    }
    this.open("");
    // As in an address bar, typing replaces the text; a second click sets the caret.
    if (this.path.selectionStart === this.path.selectionEnd) this.path.select();
  }

  /** @param {string} query */
  open(query) {
    this.found = findRoutes(this.choices, query);
    this.active = -1;
    this.list.replaceChildren(...this.found.slice(0, ROUTES_DRAWN).map((choice, i) => this.row(choice, i)));
    if (this.found.length > ROUTES_DRAWN) {
      this.list.append(
        make("li", "ipyasgi-faint", { textContent: `${this.found.length - ROUTES_DRAWN} more: type to search` }),
      );
    }
    this.list.hidden = this.found.length === 0;
    this.path.setAttribute("aria-expanded", String(!this.list.hidden));
    this.path.removeAttribute("aria-activedescendant");
  }

  close() {
    this.list.hidden = true;
    this.active = -1;
    this.path.setAttribute("aria-expanded", "false");
    this.path.removeAttribute("aria-activedescendant");
  }

  /**
   * @param {Choice} choice
   * @param {number} number
   */
  row(choice, number) {
    const row = make(
      "li",
      "ipyasgi-route",
      { id: `${this.listId}-${number}`, role: "option", "aria-selected": "false" },
      make("span", "ipyasgi-method", { textContent: choice.method }),
      make("span", "ipyasgi-route-path", { textContent: choice.path, dir: "ltr" }),
      make("span", "ipyasgi-faint ipyasgi-route-name", { textContent: choice.name || choice.handler }),
    );
    row.dataset.number = String(number);
    row.dataset.method = choice.method;
    row.title = [choice.handler, choice.source, choice.description].filter(Boolean).join("\n");
    return row;
  }

  /** @param {number} by */
  move(by) {
    const rows = this.list.querySelectorAll("[role=option]");
    if (!rows.length) return;
    rows[this.active]?.setAttribute("aria-selected", "false");
    this.active = (this.active + by + rows.length + (this.active < 0 && by < 0 ? 1 : 0)) % rows.length;
    const row = rows[this.active];
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.path.setAttribute("aria-activedescendant", row.id);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.open("");
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const typed = this.path.value.trim();
      if (!this.list.hidden && (this.active >= 0 || this.isBeginning(typed)))
        this.pick(this.found[Math.max(this.active, 0)]);
      else if (typed.startsWith("/")) this.enter();
    }
  }

  /** If the typed path needs another method, choose that first; the next Enter sends. */
  enter() {
    this.close();
    const other = this.followPath() ? this.current : undefined;
    if (other) this.onPick(other);
    else this.onEnter();
  }

  /**
   * Whether Enter picks the route found, for words or the beginning of a route's path. Any other path is sent as typed.
   * @param {string} typed
   */
  isBeginning(typed) {
    if (!typed.startsWith("/")) return true;
    return this.found[0].path.startsWith(typed) && !this.choices.some((choice) => choice.path === typed);
  }

  /** @param {Choice} choice */
  pick(choice) {
    this.close();
    this.onPick(choice);
  }
}
