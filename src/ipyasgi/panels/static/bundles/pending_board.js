// Made by tests/js/build from the files of panels/static; change those.

// page.js
function make(tag, className = "", properties = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("aria-") || name === "role" || name === "list" || name === "for")
      made.setAttribute(name, value);
    else made[name] = value;
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
function makeButton(label, className, onPress, properties = {}) {
  const button = make("button", `ipyasgi-button ${className}`.trim(), {
    type: "button",
    textContent: label,
    ...properties
  });
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") onPress(button);
  });
  return button;
}
function listen(model, handlers) {
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  return () => {
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
}
function timeText(ms) {
  return ms < 6e4 ? `${(ms / 1e3).toFixed(1)} s` : `${Math.floor(ms / 6e4)} min ${Math.floor(ms % 6e4 / 1e3)} s`;
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
    { title: "disconnect this request" }
  );
  const line = make("li", "ipyasgi-pending", {}, spinner, method, target, state, progress, clock, name, cancel);
  let sinceMs = 0;
  let running = true;
  return {
    line,
    tick() {
      if (running) clock.textContent = timeText(performance.now() - sinceMs);
    },
    show(row) {
      running = !row.done;
      sinceMs = performance.now() - row.elapsed_ms;
      line.dataset.busy = String(running);
      method.textContent = row.method;
      target.textContent = row.target;
      target.title = row.target;
      state.textContent = row.state;
      state.title = row.state;
      state.dataset.tone = row.tone;
      progress.textContent = row.progress;
      name.textContent = row.name;
      clock.textContent = row.done ? row.elapsed : timeText(row.elapsed_ms);
      cancel.hidden = row.done;
      cancel.setAttribute("aria-label", `cancel ${row.method} ${row.target}`);
      setUsable(cancel, running && row.state !== "cancelling");
      return running;
    }
  };
}
var pending_board_default = {
  render({ model, el }) {
    const lines = model.get("rows").map((_, index) => pendingLine(model, index));
    const root = make(
      "section",
      "ipyasgi-page",
      { "aria-label": "requests under way" },
      make("ul", "ipyasgi-pendings", {}, ...lines.map((one) => one.line))
    );
    keepKeys(root);
    el.append(root);
    let timer = 0;
    const draw = () => {
      const running = model.get("rows").map((row, index) => lines[index].show(row)).some(Boolean);
      if (running && !timer) timer = setInterval(() => lines.forEach((one) => one.tick()), 100);
      if (!running) {
        clearInterval(timer);
        timer = 0;
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
