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
var lastId = 0;
function freshId(stem) {
  lastId += 1;
  return `ipyasgi-${stem}-${lastId}-${Math.random().toString(36).slice(2, 8)}`;
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

// lifespan_bar.js
var SHUT = "ipyasgi-shut";
var LABELS = { start: "Start", step: "Step", stop: "Stop", restart: "Restart" };
var ACTIONS = {
  start: "Start the app: lifespan.startup",
  step: "Advance one lifespan message",
  stop: "Shut the app down: lifespan.shutdown",
  restart: "Shut the app down and start it again"
};
var lifespan_bar_default = {
  /** @param {View} view */
  render({ model, el }) {
    const title = make("strong", "ipyasgi-title");
    const version = make("span", "ipyasgi-faint");
    const name = make("span", "ipyasgi-faint ipyasgi-app-name");
    const status = make("span", "");
    const took = make("span", "ipyasgi-faint ipyasgi-figure");
    const announced = make("span", "ipyasgi-hidden-text", { role: "status" });
    const note = make("span", "ipyasgi-faint ipyasgi-note");
    const groupId = freshId("lifespan");
    const chip = makeButton("", "ipyasgi-chip ipyasgi-status", () => fold(!isFolded()), {
      title: "Lifespan: start, step, stop and restart the app",
      "aria-controls": groupId
    });
    const [dot, arrow] = ["ipyasgi-dot", "ipyasgi-arrow"].map((name2) => make("span", name2, { "aria-hidden": "true" }));
    chip.append(dot, status, " ", took, arrow);
    const buttons = Object.entries(ACTIONS).map(([action, title2]) => {
      const button = makeButton(LABELS[action], `ipyasgi-act-${action}`, () => model.send({ ask: "act", action }), {
        title: title2
      });
      button.dataset.action = action;
      return button;
    });
    const group = make(
      "div",
      "ipyasgi-buttons ipyasgi-lifespan-buttons",
      { role: "group", "aria-label": "Lifespan", id: groupId },
      ...buttons
    );
    const root = make(
      "section",
      "ipyasgi-page ipyasgi-bar",
      { "aria-label": "App" },
      make("span", "ipyasgi-app", {}, title, version, name),
      chip,
      announced,
      note,
      make("div", "ipyasgi-credentials"),
      group
    );
    const isFolded = () => chip.getAttribute("aria-expanded") === "false";
    const fold = (folded) => {
      chip.setAttribute("aria-expanded", String(!folded));
      group.hidden = folded;
      el.parentElement?.classList.toggle(SHUT, folded);
    };
    fold(model.get("folded"));
    keepKeys(root);
    el.append(root);
    let tone = model.get("tone");
    const draw = () => {
      title.textContent = model.get("title");
      version.textContent = model.get("version");
      name.textContent = model.get("name");
      status.textContent = model.get("status");
      took.textContent = model.get("took");
      if (announced.textContent !== model.get("status")) announced.textContent = model.get("status");
      chip.dataset.tone = model.get("tone");
      note.textContent = model.get("acting") ? `${model.get("acting")} …` : model.get("note");
      for (const button of buttons) setUsable(button, model.get("actions").includes(button.dataset.action));
      if (model.get("tone") === "bad" && tone !== "bad") fold(false);
      tone = model.get("tone");
    };
    draw();
    const names = ["title", "version", "name", "status", "took", "tone", "note", "actions", "acting"];
    return listen(model, Object.fromEntries(names.map((name2) => [`change:${name2}`, draw])));
  }
};
export {
  lifespan_bar_default as default
};
