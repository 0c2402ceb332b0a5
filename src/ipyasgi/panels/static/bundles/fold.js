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
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  return () => {
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
}

// fold.js
var SHUT = "ipyasgi-shut";
var fold_default = {
  /** @param {View} view */
  render({ model, el }) {
    const button = makeButton(
      "",
      "ipyasgi-quiet ipyasgi-fold-button",
      () => {
        const isShut = Boolean(el.parentElement?.classList.toggle(SHUT));
        button.setAttribute("aria-expanded", String(!isShut));
      },
      { "aria-expanded": "false" }
    );
    const root = make("div", "ipyasgi-page ipyasgi-fold", {}, button);
    keepKeys(root);
    el.append(root);
    const draw = () => {
      button.textContent = model.get("title");
    };
    draw();
    return listen(model, { "change:title": draw });
  }
};
export {
  fold_default as default
};
