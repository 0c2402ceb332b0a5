// The method and path of the request, and the rail of the app's routes. The path is typed, or found among the routes:
// the path and the rail's own field are comboboxes that control one list. In a narrow panel the rail is an overlay, which
// the path opens.

import { make, makeButton } from "./page.js";
import { RouteList } from "./route_list.js";
import { triedText } from "./routes.js";

/** @import { Choice, Tried } from "./routes.js" */

const BLUR_MS = 200;

export class RoutePicker {
  /**
   * @param {{
   *   methods: string[], choices: Choice[], onPick: (choice: Choice) => void, onType: () => void,
   *   onEnter: () => void,
   * }} options
   *   onType: method or path were changed by hand; onEnter: send
   */
  constructor({ methods, choices, onPick, onType, onEnter }) {
    this.onPick = onPick;
    this.onType = onType;
    this.onEnter = onEnter;
    this.choices = choices;
    this.list = new RouteList({
      onPick: (choice) => this.pick(choice),
      onSendAnyway: (query) => this.sendAnyway(query),
    });
    this.method = make("select", "ipyasgi-input ipyasgi-method-field", { "aria-label": "Method" });
    this.setMethods(methods);
    this.path = makeSearch(this.list, "ipyasgi-path-field", "Search routes or type a path");
    this.filter = makeSearch(this.list, "ipyasgi-rail-filter", "Filter routes");
    this.filter.placeholder = "Filter routes  /";
    this.filter.setAttribute("aria-keyshortcuts", "/");
    this.triedLine = make("div", "ipyasgi-faint ipyasgi-rail-tried");
    this.rail = make("nav", "ipyasgi-rail", { "aria-label": "Routes" }, this.filter, this.list.el, this.triedLine);
    // For the pointer; the keyboard uses the arrow keys in the field.
    this.opener = makeButton("Routes ▾", "ipyasgi-opener", () => this.toggle(), { tabIndex: -1, title: "All routes" });
    this.el = make("div", "ipyasgi-picker", {}, this.method, this.path, this.opener);
    this.setChoices(choices);
    this.close();
    this.isFirstClick = false; // whether the press of a click has given the path the focus
    this.isMethodChosen = false; // by hand, for the present path
    this.method.addEventListener("change", () => {
      this.isMethodChosen = true;
      this.typed();
    });
    this.path.addEventListener("input", () => {
      this.open(this.path.value.trim());
      this.typed();
    });
    this.path.addEventListener("pointerdown", () => {
      this.isFirstClick = !this.path.matches(":focus");
    });
    this.path.addEventListener("click", () => {
      if (!this.isBeside) this.toggle();
      else if (this.isFirstClick) this.selectAll();
    });
    this.opener.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus in the field
    this.path.addEventListener("change", () => this.followPath() && this.typed());
    // Delayed, because closing moves the content below while it may be pressed. Skipped when the focus has returned.
    this.path.addEventListener("blur", () => setTimeout(() => this.path.matches(":focus") || this.close(), BLUR_MS));
    this.path.addEventListener("keydown", (event) => this.onKey(event));
    this.filter.addEventListener("input", () => this.close());
    this.filter.addEventListener("keydown", (event) => this.onFilterKey(event));
    /** @param {KeyboardEvent} event */
    this.onSlash = (event) => {
      if (event.key !== "/" || !isForPanelOf(event, this.rail)) return;
      event.preventDefault();
      this.focusSearch();
    };
    document.addEventListener("keydown", this.onSlash, { capture: true });
  }

  /** Ends what outlives the elements. */
  end() {
    document.removeEventListener("keydown", this.onSlash, { capture: true });
  }

  /** @param {Choice[]} choices */
  setChoices(choices) {
    this.choices = choices;
    this.list.setChoices(choices);
    this.showActive();
    this.mark();
    this.showTried();
  }

  /** @param {Tried} tried */
  setTried(tried) {
    this.list.setTried(tried);
    this.showTried();
  }

  showTried() {
    this.triedLine.textContent = triedText(this.choices, this.list.tried);
    this.triedLine.hidden = !this.triedLine.textContent;
  }

  /** Marks the route of the form in the list. */
  mark() {
    this.list.mark(`${this.method.value} ${this.path.value.trim()}`);
  }

  /** The method or the path were changed by hand. */
  typed() {
    this.mark();
    this.onType();
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
    this.mark();
  }

  get current() {
    const [method, path] = [this.method.value, this.path.value.trim()]; // read once, not for each of thousands of routes
    return this.choices.find((choice) => choice.method === method && choice.path === path);
  }

  /** Choose a method of the typed path, unless one was chosen by hand; return whether it changed. */
  followPath() {
    if (this.isMethodChosen || this.current) return false;
    const choice = this.choices.find((one) => one.path === this.path.value.trim());
    if (choice) this.setMethod(choice.method);
    return Boolean(choice);
  }

  /** Whether the rail stands beside the form, and is not an overlay. */
  get isBeside() {
    return this.filter.offsetParent !== null;
  }

  get isOpen() {
    return this.rail.dataset.open === "true";
  }

  toggle() {
    this.path.focus();
    if (this.isOpen) {
      this.close();
      return;
    }
    this.open("");
    this.selectAll();
  }

  /** As in an address bar, typing replaces the text; a second click sets the caret. */
  selectAll() {
    if (this.path.selectionStart === this.path.selectionEnd) this.path.select();
  }

  /** @param {string} query */
  open(query) {
    this.rail.dataset.open = "true";
    this.path.setAttribute("aria-expanded", "true");
    this.list.search(query);
    this.showActive();
  }

  /** Closes the overlay; a rail beside the form shows the routes of its own field again. */
  close() {
    this.rail.dataset.open = "false";
    this.path.setAttribute("aria-expanded", "false");
    this.list.search(this.filter.value.trim());
    this.showActive();
  }

  showActive() {
    for (const field of [this.path, this.filter]) {
      if (this.list.active) field.setAttribute("aria-activedescendant", this.list.active.id);
      else field.removeAttribute("aria-activedescendant");
    }
  }

  focusSearch() {
    const field = this.isBeside ? this.filter : this.path;
    field.focus();
    field.select();
  }

  /**
   * Handles the keys that both fields have; returns whether it was one.
   * @param {KeyboardEvent} event
   */
  onListKey(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.list.move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && this.list.active) this.list.press(this.list.active);
    else return false;
    event.preventDefault();
    this.showActive();
    return true;
  }

  /** @param {KeyboardEvent} event */
  onFilterKey(event) {
    if (event.ctrlKey || event.metaKey || this.onListKey(event)) return;
    if (event.key === "Escape" && this.filter.value) {
      event.preventDefault();
      this.filter.value = "";
      this.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.filter.value.trim() && this.list.first) this.pick(this.list.first);
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey) return;
    if (!this.isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) this.open("");
    if (this.isOpen && this.onListKey(event)) return;
    if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const typed = this.path.value.trim();
      const { first } = this.list;
      if (this.isOpen && first && this.isBeginning(typed, first)) this.pick(first);
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
   * @param {Choice} first
   */
  isBeginning(typed, first) {
    if (!typed.startsWith("/")) return true;
    return first.path.startsWith(typed) && !this.choices.some((choice) => choice.path === typed);
  }

  /** @param {Choice} choice */
  pick(choice) {
    this.onPick(choice); // first, so that the list is drawn while the kernel reads the operation
    this.close();
  }

  /** @param {string} query */
  sendAnyway(query) {
    this.path.value = query.startsWith("/") ? query : `/${query}`;
    this.typed();
    this.close();
    this.onEnter();
  }
}

/**
 * A field that searches the list.
 * @param {RouteList} list
 * @param {string} className
 * @param {string} label
 */
function makeSearch(list, className, label) {
  return make("input", `ipyasgi-input ${className}`, {
    type: "text",
    dir: "ltr",
    spellcheck: false,
    autocomplete: "off",
    role: "combobox",
    placeholder: label,
    "aria-label": label,
    "aria-autocomplete": "list",
    "aria-expanded": "true",
    "aria-controls": list.id,
  });
}

/**
 * Whether a key was pressed in the panel of an element, and not to type a text.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} element
 */
function isForPanelOf(event, element) {
  const [target] = event.composedPath(); // in a shadow root, `event.target` is what the document knows
  if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return false;
  const typing = target.isContentEditable || target.matches("input, textarea, select");
  const root = /** @type {ParentNode} */ (/** @type {unknown} */ (element.getRootNode()));
  const panels = [...root.querySelectorAll(".ipyasgi-panel")].filter((panel) => panel.contains(element));
  return !typing && panels.length > 0 && panels[0].contains(target);
}
