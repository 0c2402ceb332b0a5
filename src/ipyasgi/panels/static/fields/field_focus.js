// Who types in a field keeps the focus there although the form is drawn anew, as its description comes. Without it the next
// key would go to the notebook, which takes it for a shortcut.

import { focusedIn } from "../page.js";

const CONTROLS = ".ipyasgi-input, .ipyasgi-adder, [type=radio]:checked, [type=file], button";

export class FieldFocus {
  /** @param {HTMLElement} form  the element with all fields, before they are drawn anew */
  constructor(form) {
    this.form = form;
    const focused = focusedIn(form);
    this.element = focused?.closest(".ipyasgi-picker") ? null : focused;
    const box = this.element?.closest(".ipyasgi-value");
    this.where = box instanceof HTMLElement ? box.dataset.where : undefined;
    this.label = this.element?.getAttribute("aria-label");
    this.typed = isText(this.element) ? this.element.value : "";
    /** @type {[number | null, number | null]} */
    this.selected = isText(this.element) ? [this.element.selectionStart, this.element.selectionEnd] : [0, 0];
  }

  /** Whether the element that had the focus is gone, or hidden. */
  get isLost() {
    return this.element !== null && !(this.element.isConnected && this.element.offsetParent);
  }

  /** Focuses the same control of the same field, and returns whether there is one. A value that came meanwhile is selected. */
  restore() {
    const boxes = [...this.form.querySelectorAll(".ipyasgi-value")];
    const box = boxes.find((one) => one instanceof HTMLElement && one.dataset.where === this.where);
    const controls = [...(box?.querySelectorAll(CONTROLS) ?? [])].filter(isShown);
    const control = controls.find((one) => one.getAttribute("aria-label") === this.label) ?? controls[0];
    if (!control) return false;
    control.focus();
    if (isText(control)) {
      if (control.value === this.typed) control.setSelectionRange(...this.selected);
      else control.select();
    }
    return true;
  }
}

/**
 * @param {Element} element
 * @returns {element is HTMLElement}
 */
function isShown(element) {
  return element instanceof HTMLElement && element.offsetParent !== null;
}

/**
 * @param {Element | null} element
 * @returns {element is HTMLInputElement | HTMLTextAreaElement}
 */
function isText(element) {
  const isLine = element instanceof HTMLInputElement && ["text", "password"].includes(element.type);
  return isLine || element instanceof HTMLTextAreaElement;
}
