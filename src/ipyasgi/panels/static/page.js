// What the panels' modules share, joined before each of them. Text enters the page by textContent alone.

export function make(tag, className = "", properties = {}, ...children) {
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

let lastId = 0;
export function freshId(stem) {
  lastId += 1;
  return `ipyasgi-${stem}-${lastId}-${Math.random().toString(36).slice(2, 8)}`;
}

// Typing here is nobody else's business: JupyterLab asks for the mark, other front ends listen further up.
export function keepKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation());
}

// A button keeps its place in the tab order while it cannot be used: focus must not be lost by pressing it.
export function setUsable(button, usable) {
  button.setAttribute("aria-disabled", String(!usable));
}

export function makeButton(label, className, onPress, properties = {}) {
  const button = make("button", `ipyasgi-button ${className}`.trim(), {
    type: "button",
    textContent: label,
    ...properties,
  });
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") onPress(button);
  });
  return button;
}

// Calls back on the model's events until the returned function is called.
export function listen(model, handlers) {
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  return () => {
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
}

export function timeText(ms) {
  return ms < 60000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60000)} min ${Math.floor((ms % 60000) / 1000)} s`;
}
