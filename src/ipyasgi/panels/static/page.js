// Helpers of all panels: elements, ids, buttons, events of the model. Text enters the page only by textContent.

import { PressGate } from "./press.js";

/**
 * A widget's model, from anywidget: its traits, and messages to and from the kernel.
 * @typedef {{
 *   get(name: string): any,
 *   set(name: string, value: unknown): void,
 *   save_changes(): void,
 *   send(content: object, callbacks?: unknown, buffers?: ArrayBuffer[]): void,
 *   on(event: string, listener: (...values: any[]) => void): void,
 *   off(event: string, listener: (...values: any[]) => void): void,
 *   widget_manager?: any,
 * }} Model
 */

/** @typedef {{ model: Model, el: HTMLElement }} View */

/** @typedef {Node | string} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {Record<string, unknown>} properties  ARIA's names, role, list and for are attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, className = "", properties = {}, ...children) {
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

let lastId = 0;

/** The element that has the focus, also in a shadow root, which marimo puts around a panel. */
export function focusedElement() {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found;
}

/** @param {string} stem */
export function freshId(stem) {
  lastId += 1;
  return `ipyasgi-${stem}-${lastId}-${Math.random().toString(36).slice(2, 8)}`;
}

/**
 * Keeps keys that are typed here from the surrounding page: JupyterLab asks for the mark, other front ends listen further up.
 * @param {HTMLElement} root
 */
export function keepKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation());
}

/**
 * A button keeps its place in the tab order while it cannot be used: focus must not be lost by pressing it.
 * @param {HTMLElement} button
 * @param {boolean} usable
 */
export function setUsable(button, usable) {
  button.setAttribute("aria-disabled", String(!usable));
}

/** @param {HTMLElement} button */
export function isUsable(button) {
  return button.getAttribute("aria-disabled") !== "true";
}

/**
 * A method in its colour.
 * @param {string} name
 */
export function makeMethod(name) {
  const method = make("span", "ipyasgi-method", { textContent: name });
  method.dataset.method = name;
  return method;
}

/**
 * A press that ends where it began is a click, although the button has moved meanwhile, as a line above it came or went:
 * the browser would send that click to what contains both places.
 * @param {HTMLElement} button
 */
function keepPress(button) {
  button.addEventListener("pointerdown", ({ button: which, pointerId }) => {
    if (which !== 0) return;
    const { left, right, top, bottom } = button.getBoundingClientRect();
    const done = new AbortController();
    /** @param {PointerEvent} event */
    const end = (event) => {
      if (event.pointerId !== pointerId) return;
      done.abort();
      const isOver = event.composedPath().includes(button); // the browser's own click follows
      const { clientX: x, clientY: y } = event;
      const isThere = left <= x && x <= right && top <= y && y <= bottom;
      if (event.type === "pointerup" && isThere && !isOver && button.isConnected) button.click();
    };
    for (const type of /** @type {const} */ (["pointerup", "pointercancel"]))
      window.addEventListener(type, end, { capture: true, signal: done.signal });
  });
}

/**
 * @param {string} label
 * @param {string} className
 * @param {(button: HTMLButtonElement) => void} onPress
 * @param {Record<string, unknown>} properties
 */
export function makeButton(label, className, onPress, properties = {}) {
  const button = make("button", `ipyasgi-button ${className}`.trim(), {
    type: "button",
    textContent: label,
    ...properties,
  });
  button.addEventListener("click", () => {
    if (isUsable(button)) onPress(button);
  });
  keepPress(button);
  return button;
}

/**
 * Handles events of the model until the returned function is called; not while a button of the panel is pressed.
 * @param {Model} model
 * @param {Record<string, (...values: any[]) => void>} handlers
 */
export function listen(model, handlers) {
  const gate = new PressGate();
  /** @type {[event: string, handler: (...values: any[]) => void][]} */
  const passed = Object.entries(handlers).map(([event, handler]) => [
    event,
    (...values) => gate.pass(() => handler(...values)),
  ]);
  for (const [event, handler] of passed) model.on(event, handler);
  return () => {
    gate.close();
    for (const [event, handler] of passed) model.off(event, handler);
  };
}

/**
 * The nearest element around the target of an event that matches a selector.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function closest(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}

/**
 * The focused element, if it is inside of another.
 * @param {HTMLElement} root
 */
export function focusedIn(root) {
  const focused = focusedElement();
  return focused instanceof HTMLElement && root.contains(focused) ? focused : null;
}

/**
 * A descendant that must exist.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function query(root, selector) {
  const found = root.querySelector(selector);
  if (found instanceof HTMLElement) return found;
  throw new Error(`no ${selector} here`);
}

/**
 * Focuses the first element inside of another that matches a selector.
 * @param {ParentNode | null | undefined} root
 * @param {string} selector
 * @param {FocusOptions} options
 */
export function focusFirst(root, selector, options = {}) {
  const found = root?.querySelector(selector);
  if (found instanceof HTMLElement) found.focus(options);
}

/**
 * @param {Element} field
 * @param {boolean} invalid
 */
export function setInvalid(field, invalid) {
  if (invalid) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/**
 * The text of an error caught by `catch`.
 * @param {unknown} error
 */
export function errorText(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {string} text */
export async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = make("textarea", "", { value: text }); // an http page of another machine has no clipboard object
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("Clipboard is blocked: select and press Ctrl+C");
}

/**
 * Copies a text. Without permission or TLS, the element that shows it is selected instead.
 * @param {string} text
 * @param {HTMLElement} element
 * @returns {Promise<string>} what was done, as text
 */
export async function copyOrSelect(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    getSelection()?.selectAllChildren(element);
    return "Selected: press Ctrl+C";
  }
}

/**
 * An address to save bytes from, as octet-stream, so that a body of the app cannot open as a page of the notebook's origin.
 * @param {BlobPart} content
 */
export function saveUrl(content) {
  return URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
}

/**
 * Saves bytes or a text as a file.
 * @param {BlobPart} content
 * @param {string} filename
 */
export function saveAs(content, filename) {
  const url = saveUrl(content);
  make("a", "", { href: url, download: filename }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
