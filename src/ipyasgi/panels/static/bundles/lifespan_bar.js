// Made by tests/js/build from the files of panels/static; change those.

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
function makeButton(label, className, onPress, properties = {}) {
  const button = make("button", `ipyasgi-button ${className}`.trim(), {
    type: "button",
    textContent: label,
    ...properties
  });
  button.addEventListener("click", () => {
    if (isUsable(button)) onPress(button);
  });
  return button;
}
function listen(model, handlers) {
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  return () => {
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
}

// lifespan_bar.js
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
    const name = make("strong", "ipyasgi-title");
    const status = make("span", "ipyasgi-status", { role: "status" });
    const note = make("span", "ipyasgi-faint ipyasgi-note");
    const buttons = Object.entries(ACTIONS).map(([action, title]) => {
      const button = makeButton(LABELS[action], `ipyasgi-act-${action}`, () => model.send({ ask: "act", action }), {
        title
      });
      button.dataset.action = action;
      return button;
    });
    const group = make("div", "ipyasgi-buttons", { role: "group", "aria-label": "Lifespan" }, ...buttons);
    const root = make(
      "section",
      "ipyasgi-page ipyasgi-bar",
      {},
      name,
      make("span", "ipyasgi-faint", { textContent: "lifespan" }),
      status,
      note,
      group
    );
    keepKeys(root);
    el.append(root);
    const draw = () => {
      name.textContent = model.get("title");
      status.textContent = `● ${model.get("status")}`;
      status.dataset.tone = model.get("tone");
      note.textContent = model.get("acting") ? `${model.get("acting")} …` : model.get("note");
      root.setAttribute("aria-label", `Lifespan of ${model.get("title")}`);
      for (const button of buttons) setUsable(button, model.get("actions").includes(button.dataset.action));
    };
    draw();
    const names = ["title", "status", "tone", "note", "actions", "acting"];
    return listen(model, Object.fromEntries(names.map((name2) => [`change:${name2}`, draw])));
  }
};
export {
  lifespan_bar_default as default
};
