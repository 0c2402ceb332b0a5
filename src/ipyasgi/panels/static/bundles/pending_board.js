// Made by tests/js/build from the files of panels/static; change those.

// press.js
var PRESSED = "button, summary, label, tr, [role=option], [type=checkbox], [type=radio]";
var PressGate = class {
  constructor() {
    this.watch = new AbortController();
    this.press = null;
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
    const [target] = event.composedPath();
    if (!(target instanceof Element) || !target.closest(PRESSED)?.closest(".ipyasgi-page")) return;
    this.press?.abort();
    const press = new AbortController();
    this.press = press;
    const done = () => {
      press.abort();
      setTimeout(() => this.press === press && this.open());
    };
    for (const type of [end, "pointercancel", "blur"])
      window.addEventListener(type, done, { capture: true, signal: press.signal });
    window.addEventListener("pointermove", ({ buttons }) => end === "pointerup" && !buttons && done(), {
      capture: true,
      signal: press.signal
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
};

// page.js
function make(tag, className = "", properties = {}, ...children) {
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
function keepKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation());
}
function setUsable(button, usable) {
  button.setAttribute("aria-disabled", String(!usable));
}
function isUsable(button) {
  return button.getAttribute("aria-disabled") !== "true";
}
function keepPress(button) {
  button.addEventListener("pointerdown", ({ button: which, pointerId }) => {
    if (which !== 0) return;
    const { left, right, top, bottom } = button.getBoundingClientRect();
    const done = new AbortController();
    const end = (event) => {
      if (event.pointerId !== pointerId) return;
      done.abort();
      const isOver = event.composedPath().includes(button);
      const { clientX: x, clientY: y } = event;
      const isThere = left <= x && x <= right && top <= y && y <= bottom;
      if (event.type === "pointerup" && isThere && !isOver && button.isConnected) button.click();
    };
    for (
      const type of
      /** @type {const} */
      ["pointerup", "pointercancel"]
    )
      window.addEventListener(type, end, { capture: true, signal: done.signal });
  });
}
function makeButton(label, className, onPress, properties = {}) {
  const button = make("button", `ipyasgi-button ${className}`.trim(), {
    type: "button",
    textContent: label,
    ...properties
  });
  button.addEventListener("click", () => {
    if (isUsable(button)) onPress(button);
  });
  keepPress(button);
  return button;
}
function listen(model, handlers) {
  const gate = new PressGate();
  const passed = Object.entries(handlers).map(([event, handler]) => [
    event,
    (...values) => gate.pass(() => handler(...values))
  ]);
  for (const [event, handler] of passed) model.on(event, handler);
  return () => {
    gate.close();
    for (const [event, handler] of passed) model.off(event, handler);
  };
}

// text.js
function elapsedText(ms) {
  if (ms < 6e4) return `${(ms / 1e3).toFixed(1)} s`;
  return `${Math.floor(ms / 6e4)} min ${Math.floor(ms % 6e4 / 1e3)} s`;
}

// pending_board.js
function pendingLine(model, index) {
  const spinner = make("span", "ipyasgi-spinner", { "aria-hidden": "true" });
  const method = make("span", "ipyasgi-method");
  const target = make("span", "ipyasgi-pending-target");
  const state = make("span", "ipyasgi-pending-state", { role: "status" });
  const progress = make("span", "ipyasgi-faint ipyasgi-figure");
  const clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
  const name = make("span", "ipyasgi-faint");
  const cancel = makeButton(
    "Cancel",
    "ipyasgi-quiet",
    () => {
      setUsable(cancel, false);
      model.send({ ask: "cancel", row: index });
    },
    { title: "Cancel it" }
  );
  const line = make("li", "ipyasgi-pending", {}, spinner, method, target, state, progress, clock, name, cancel);
  let sinceMs = 0;
  let running = true;
  return {
    line,
    tick() {
      if (running) clock.textContent = elapsedText(performance.now() - sinceMs);
    },
    /** @param {Pending} row */
    show(row) {
      running = !row.done;
      sinceMs = performance.now() - row.elapsed_ms;
      line.dataset.busy = String(running);
      method.textContent = row.method;
      method.dataset.method = row.method;
      target.textContent = row.target;
      target.title = row.target;
      state.textContent = row.state;
      state.title = row.state;
      state.dataset.tone = row.tone;
      progress.textContent = row.progress;
      name.textContent = row.name;
      clock.textContent = row.done ? row.elapsed : elapsedText(row.elapsed_ms);
      cancel.hidden = row.done;
      cancel.setAttribute("aria-label", `Cancel ${row.method} ${row.target}`);
      setUsable(cancel, running && row.state !== "cancelling");
      return running;
    }
  };
}
var pending_board_default = {
  /** @param {View} view */
  render({ model, el }) {
    const pending = model.get("rows");
    const lines = pending.map((_, index) => pendingLine(model, index));
    const root = make(
      "section",
      "ipyasgi-page",
      { "aria-label": "Running requests" },
      make("ul", "ipyasgi-pendings", {}, ...lines.map((one) => one.line))
    );
    keepKeys(root);
    el.append(root);
    let timer;
    const tick = () => {
      for (const line of lines) line.tick();
    };
    const draw = () => {
      const rows = model.get("rows");
      const running = rows.map((row, index) => lines[index].show(row)).some(Boolean);
      if (running && !timer) timer = setInterval(tick, 100);
      if (!running) {
        clearInterval(timer);
        timer = void 0;
      }
    };
    draw();
    const silence = listen(model, { "change:rows": draw });
    return () => {
      clearInterval(timer);
      silence();
    };
  }
};
export {
  pending_board_default as default
};
