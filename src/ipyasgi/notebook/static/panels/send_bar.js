// Send, Cancel, and the line that says how it goes. The page counts the seconds itself: the kernel may be busy.

class SendBar {
  constructor({ onSend, onCancel }) {
    this.send = makeButton("Send", "ipyasgi-primary", onSend, { title: "send (Ctrl+Enter)", "aria-keyshortcuts": "Control+Enter" });
    this.cancel = makeButton("Cancel", "", onCancel, { title: "disconnect the request under way" });
    this.words = make("span", "ipyasgi-run-text", { role: "status" });
    this.clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
    this.buttons = make("div", "ipyasgi-buttons", {}, this.send, this.cancel);
    this.line = make("div", "ipyasgi-run", {}, this.words, this.clock);
    setUsable(this.cancel, false);
  }

  // What the kernel says; it also answers a press of Send.
  show(run) {
    this.words.textContent = run.text;
    this.words.dataset.tone = run.tone;
    this.line.dataset.busy = String(run.busy);
    setUsable(this.cancel, run.busy);
    this.count(run.busy ? performance.now() - run.elapsed_ms : null);
  }

  // What kept the form from being sent has been mended.
  forget() {
    if (this.line.dataset.busy !== "true") this.words.textContent = "";
  }

  // From the press until the kernel has heard of it.
  pressed() {
    this.words.textContent = "waiting for the kernel";
    this.words.dataset.tone = "";
    this.line.dataset.busy = "true";
    this.count(performance.now());
  }

  count(sinceMs) {
    clearInterval(this.timer);
    this.clock.textContent = "";
    if (sinceMs === null) return;
    const draw = () => { this.clock.textContent = timeText(performance.now() - sinceMs); };
    this.timer = setInterval(draw, 100);
  }

  close() {
    clearInterval(this.timer);
  }
}
