// Send, Cancel, and a line about the running request. The page counts the seconds itself: the kernel may be busy, or
// gone, which the page does not learn.

import { make, makeButton, setUsable } from "./page.js";
import { elapsedText } from "./text.js";

/**
 * @typedef {{ text: string, tone: string, busy: boolean, beside: boolean, elapsed_ms: number }} Run  the progress of sending;
 *   beside: the response viewer shows it
 */

const HEARD_MS = 300;
const LONG_MS = 3000;

export class SendBar {
  /** @param {{ onSend: () => void, onCancel: () => void }} options */
  constructor({ onSend, onCancel }) {
    this.send = makeButton("Send", "ipyasgi-primary", onSend, {
      title: "Send (Ctrl+Enter)",
      "aria-keyshortcuts": "Control+Enter",
    });
    this.cancel = makeButton("Cancel", "", onCancel, { title: "Cancel the running request" });
    this.status = make("span", "ipyasgi-run-text", { role: "status" });
    this.clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
    this.buttons = make("div", "ipyasgi-buttons", {}, this.send, this.cancel);
    this.line = make("div", "ipyasgi-run", {}, this.status, this.clock);
    setUsable(this.cancel, false);
    this.offered = true;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.patience = undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
  }

  /**
   * Shows the state that the kernel sends, also in reply to Send.
   * @param {Run} run
   */
  show(run) {
    clearTimeout(this.patience);
    this.status.textContent = run.text;
    this.status.dataset.tone = run.tone;
    this.line.dataset.busy = String(run.busy);
    this.line.dataset.beside = String(run.beside);
    setUsable(this.cancel, run.busy);
    this.send.classList.toggle("ipyasgi-primary", !run.busy);
    this.cancel.classList.toggle("ipyasgi-primary", run.busy);
    this.count(run.busy ? performance.now() - run.elapsed_ms : null);
  }

  get isBusy() {
    return this.line.dataset.busy === "true";
  }

  /**
   * Hides the buttons for a WebSocket, whose console has its own.
   * @param {boolean} offered
   */
  offer(offered) {
    this.offered = offered;
    this.buttons.hidden = !offered;
  }

  /** Remove a message about a form that has changed since. */
  forget() {
    if (this.isBusy) return;
    this.status.textContent = "";
  }

  /** Shown from the press until the kernel replies. */
  pressed() {
    this.status.textContent = "Waiting for the kernel";
    this.status.dataset.tone = "";
    this.line.dataset.busy = "true";
    this.line.dataset.beside = "true";
    this.count(performance.now());
    clearTimeout(this.patience); // most replies come before this could be read
    this.patience = setTimeout(() => {
      this.line.dataset.beside = "false";
      this.patience = setTimeout(() => {
        this.status.textContent = "No reply yet: the kernel is busy or gone";
      }, LONG_MS - HEARD_MS);
    }, HEARD_MS);
  }

  /** @param {number | null} sinceMs */
  count(sinceMs) {
    clearInterval(this.timer);
    this.clock.textContent = "";
    if (sinceMs === null) return;
    const draw = () => {
      this.clock.textContent = elapsedText(performance.now() - sinceMs);
    };
    this.timer = setInterval(draw, 100);
  }

  close() {
    clearTimeout(this.patience);
    clearInterval(this.timer);
  }
}
