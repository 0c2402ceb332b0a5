// The form of a route that was chosen, whose description the kernel still has to send. For a moment the form shows only
// what is certain and the focus stays where it is, so that the page is laid out once, not for each half of the form.

import { focusedElement } from "./page.js";

const PATIENCE_MS = 300;
const TOUCHES = ["pointerdown", "keydown", "focusin"];

export class AwaitedForm {
  /**
   * @param {{ onLate: (isStill: boolean) => void }} options
   *   onLate: the description takes its time, so the form is shown without; isStill: whether the user has done nothing
   */
  constructor({ onLate }) {
    this.onLate = onLate;
    this.key = "";
    /** @type {Element | null} */
    this.focused = null;
    this.isTouched = false; // by a key or the pointer, or the focus has left and come back
    this.watch = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {string} key  of the route */
  begin(key) {
    this.end();
    this.key = key;
    this.watchUser();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const { isStill } = this;
      this.onLate(isStill);
      if (isStill) this.watchUser(); // the form may have taken the focus
    }, PATIENCE_MS);
  }

  watchUser() {
    this.watch.abort();
    this.watch = new AbortController();
    this.isTouched = false;
    this.focused = focusedElement();
    const touched = () => {
      this.isTouched = true;
    };
    for (const type of TOUCHES) window.addEventListener(type, touched, { capture: true, signal: this.watch.signal });
  }

  end() {
    this.watch.abort();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.key = "";
    this.focused = null;
  }

  /** Whether the description may come at any moment. */
  get isNear() {
    return this.timer !== undefined;
  }

  /**
   * Whether the user has done nothing meanwhile, so that the focus may move. The element that had it may have been
   * replaced, as a text by its editor, or hidden, as Cancel.
   */
  get isStill() {
    if (this.isTouched) return false;
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
