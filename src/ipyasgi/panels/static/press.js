// A press of a button in a panel, from its beginning to the click. An element that is drawn anew in between gets no click,
// so what the kernel says waits until then.

const PRESSED = "button, summary, label, tr, [role=option], [type=checkbox], [type=radio]";

export class PressGate {
  constructor() {
    this.watch = new AbortController();
    /** @type {AbortController | null} */
    this.press = null;
    /** @type {(() => void)[]} */
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
    const [target] = event.composedPath(); // in a shadow root, `event.target` is what the document knows
    if (!(target instanceof Element) || !target.closest(PRESSED)?.closest(".ipyasgi-page")) return;
    this.press?.abort();
    const press = new AbortController();
    this.press = press;
    const done = () => {
      press.abort();
      setTimeout(() => this.press === press && this.open()); // the click comes first
    };
    for (const type of [end, "pointercancel", "blur"])
      window.addEventListener(type, done, { capture: true, signal: press.signal });
    // Where the release was not heard, as outside of the window.
    window.addEventListener("pointermove", ({ buttons }) => end === "pointerup" && !buttons && done(), {
      capture: true,
      signal: press.signal,
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
}
