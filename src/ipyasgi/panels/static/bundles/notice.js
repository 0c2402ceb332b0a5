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

// notice.js
var notice_default = {
  /** @param {View} view */
  render({ model, el }) {
    const text = make("span", "ipyasgi-notice-text");
    const detail = make("pre", "ipyasgi-notice-detail");
    const more = make("details", "", {}, make("summary", "", { textContent: "Traceback" }), detail);
    const dismiss = makeButton("Dismiss", "ipyasgi-quiet", () => {
      model.set("text", "");
      model.save_changes();
    });
    const box = make("div", "ipyasgi-notice", {}, make("div", "ipyasgi-notice-line", {}, text, dismiss), more);
    const root = make("div", "ipyasgi-page", { role: "alert" }, box);
    keepKeys(root);
    el.append(root);
    const draw = () => {
      text.textContent = model.get("text");
      detail.textContent = model.get("detail");
      more.hidden = !model.get("detail");
      root.hidden = !model.get("text");
    };
    draw();
    return listen(model, { "change:text": draw, "change:detail": draw });
  }
};
export {
  notice_default as default
};
