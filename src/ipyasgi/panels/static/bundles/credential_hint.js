// Made by tests/js/build from the files of panels/static; change those.

// credentials_text.js
function spanText(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} days`;
}
function expiryText(expiresAtS, nowS) {
  if (expiresAtS === null) return "";
  const left = expiresAtS - nowS;
  return left > 0 ? `expires in ${spanText(left)}` : `expired ${spanText(-left)} ago`;
}

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

// credentials_chip.js
var OPEN = "ipyasgi-open";
function findAround(inside, selector) {
  let panel = inside.closest(".ipyasgi-panel");
  while (panel) {
    const found = panel.querySelector(selector);
    if (found instanceof HTMLElement) return found;
    panel = panel.parentElement?.closest(".ipyasgi-panel") ?? null;
  }
  return null;
}
function openCredentials(inside, keys) {
  findAround(inside, ".ipyasgi-credentials-chip")?.dispatchEvent(new CustomEvent(OPEN, { detail: keys }));
}

// credential_hint.js
function hintText({ kind, name, keys, sent, expires_at_s: expiresAtS }) {
  if (kind === "token") return `${name} contains an access token.`;
  if (!sent) return `This operation needs credentials: ${keys.join(" or ")}.`;
  const expiry = expiryText(expiresAtS ?? null, Date.now() / 1e3);
  return expiry.startsWith("expired") ? `The token ${expiry}.` : "The app rejected the credentials.";
}
var credential_hint_default = {
  /** @param {View} view */
  render({ model, el }) {
    const text = make("span", "", { dir: "auto" });
    const buttons = make("span", "ipyasgi-buttons");
    const line = make("div", "ipyasgi-hint-line", { role: "status" }, text, buttons);
    const root = make("div", "ipyasgi-page ipyasgi-credential-hint", {}, line);
    keepKeys(root);
    el.append(root);
    const draw = () => {
      const hint = model.get("hint");
      root.hidden = !hint.kind;
      if (!hint.kind) return;
      text.textContent = hintText(hint);
      buttons.replaceChildren(
        ...hint.kind === "token" ? hint.keys.map(
          (key) => makeButton(
            hint.keys.length > 1 ? `Use as credentials for ${key}` : "Use as credentials",
            "ipyasgi-quiet",
            () => model.send({ ask: "use_token", name: hint.name, key })
          )
        ) : [
          makeButton(
            hint.sent ? "Sign in again" : "Sign in",
            "ipyasgi-quiet",
            () => openCredentials(root, hint.keys)
          )
        ]
      );
    };
    draw();
    return listen(model, { "change:hint": draw });
  }
};
export {
  credential_hint_default as default
};
