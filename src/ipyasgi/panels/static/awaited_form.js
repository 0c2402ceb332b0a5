// The form of a route that was chosen, whose description the kernel still has to send. For a moment the form shows only
// what is certain and the focus stays where it is, so that the page is laid out once, not for each half of the form.

import { focusedElement } from "./page.js";

const PATIENCE_MS = 300;

export class AwaitedForm {
  /**
   * @param {{ onLate: (isStill: boolean) => void }} options
   *   onLate: the description takes its time, so the form is shown without; isStill: whether the focus has not moved
   */
  constructor({ onLate }) {
    this.onLate = onLate;
    this.key = "";
    /** @type {Element | null} */
    this.focused = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {string} key  of the route */
  begin(key) {
    this.end();
    this.key = key;
    this.focused = focusedElement();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.onLate(this.isStill);
      this.focused = focusedElement();
    }, PATIENCE_MS);
  }

  end() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.key = "";
    this.focused = null;
  }

  /** Whether the description may come at any moment. */
  get isNear() {
    return this.timer !== undefined;
  }

  /** Whether the focus is nowhere else. Its element may have been replaced, as a text by its editor, or hidden, as Cancel. */
  get isStill() {
    const active = focusedElement();
    return active === this.focused || active === document.body || !this.focused?.isConnected;
  }

  /**
   * Ends the wait for the form of a route; returns whether it is to have the focus.
   * @param {string} key
   */
  take(key) {
    if (key !== this.key) return false;
    const { isStill } = this;
    this.end();
    return isStill;
  }
}
