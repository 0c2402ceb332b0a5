// The credentials of the app: a chip that names them, and a part below it with a row for each security scheme. What is
// entered is sent to the kernel once and not kept on the page.

import { chipText, isExpired, stateText } from "./credentials_text.js";
import { blockElements } from "./markdown.js";
import { focusedIn, focusFirst, freshId, make, makeButton } from "./page.js";

/** @import { Scheme } from "./credentials_text.js" */
/** @import { Model } from "./page.js" */

const FIELD_NAMES = { token: "Token or key", user: "Name", password: "Password" };
const TICK_MS = 5000;
const OPEN = "ipyasgi-open";

/**
 * An element in the panel around another, or in a panel around that.
 * @param {Element} inside
 * @param {string} selector
 */
function findAround(inside, selector) {
  let panel = inside.closest(".ipyasgi-panel");
  while (panel) {
    const found = panel.querySelector(selector);
    if (found instanceof HTMLElement) return found;
    panel = panel.parentElement?.closest(".ipyasgi-panel") ?? null;
  }
  return null;
}

/**
 * Opens the credentials of the panel around an element.
 * @param {Element} inside
 * @param {string[]} keys  of the schemes that are needed
 */
export function openCredentials(inside, keys) {
  findAround(inside, ".ipyasgi-credentials-chip")?.dispatchEvent(new CustomEvent(OPEN, { detail: keys }));
}

export class CredentialsChip {
  /**
   * @param {Model} model
   * @param {{ onSignedIn: () => void }} options  called when the part has closed after a sign-in
   */
  constructor(model, { onSignedIn }) {
    this.model = model;
    this.onSignedIn = onSignedIn;
    this.waitsFor = ""; // the scheme of the last sign-in
    /** @type {Map<string, SchemeRow>} */
    this.rows = new Map();
    this.dot = make("span", "ipyasgi-dot", { "aria-hidden": "true" });
    this.name = make("bdi", "ipyasgi-chip-name");
    this.note = make("span", "ipyasgi-faint");
    const id = freshId("credentials");
    this.chip = makeButton("", "ipyasgi-chip ipyasgi-credentials-chip", () => this.toggle(), {
      "aria-expanded": "false",
      "aria-controls": id,
    });
    this.chip.addEventListener(OPEN, (event) => {
      if (event instanceof CustomEvent) this.open(event.detail);
    });
    const arrow = make("span", "", { textContent: "▾", "aria-hidden": "true" });
    this.chip.append(this.dot, this.name, arrow, this.note);
    this.el = make("span", "ipyasgi-credentials-place", {}, this.chip);
    this.list = make("div", "ipyasgi-scheme-rows");
    this.part = make(
      "section",
      "ipyasgi-credentials-part",
      { id, role: "group", "aria-label": "Credentials", hidden: true },
      make(
        "div",
        "ipyasgi-credentials-head",
        {},
        make("strong", "", { textContent: "Credentials" }),
        make("span", "ipyasgi-faint", {
          textContent: "For all operations. Kept in the kernel, not in the notebook.",
          dir: "auto",
        }),
        makeButton("Close", "ipyasgi-quiet", () => this.shut()),
      ),
      this.list,
    );
    this.part.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.shut();
    });
    this.attached = new ResizeObserver(([home]) => this.moveToPlace(home.target));
    this.timer = setInterval(() => this.draw(), TICK_MS);
    this.show();
  }

  /**
   * Puts the chip at the end of an element, or into the place that a panel around it has for it.
   * @param {HTMLElement} home
   */
  settle(home) {
    home.append(this.el);
    this.attached.disconnect();
    this.attached.observe(home); // it has a size once it is part of the page
  }

  /** @param {Element} home */
  moveToPlace(home) {
    const place = findAround(home, ".ipyasgi-credentials");
    if (place && !place.contains(this.el)) place.append(this.el);
  }

  /** @returns {Scheme[]} */
  get schemes() {
    return this.model.get("auth").schemes ?? [];
  }

  /**
   * Whether a valid credential is set for one of these schemes.
   * @param {string[]} keys
   */
  covers(keys) {
    const nowS = Date.now() / 1000;
    return this.schemes.some((one) => keys.includes(one.key) && one.set && !isExpired(one, nowS));
  }

  show() {
    const keys = this.schemes.map((one) => one.key);
    if (keys.join("\n") !== [...this.rows.keys()].join("\n")) {
      this.rows = new Map(
        this.schemes.map((one) => [one.key, new SchemeRow(one, (values) => this.send(one.key, values))]),
      );
      this.list.replaceChildren(...[...this.rows.values()].map((row) => row.el));
    }
    this.draw();
    const last = this.schemes.find((one) => one.key === this.waitsFor);
    if (!last || last.tone === "busy") return;
    const wasIn = focusedIn(this.part);
    if (last.tone === "bad") {
      this.waitsFor = "";
      if (wasIn) this.rows.get(last.key)?.focus();
    } else if (last.set) {
      this.waitsFor = "";
      this.shut();
      if (wasIn) this.onSignedIn();
    }
  }

  /** Shows the times too, which pass without the kernel. */
  draw() {
    const nowS = Date.now() / 1000;
    const { name, note, tone } = chipText(this.schemes, nowS);
    this.el.hidden = this.schemes.length === 0;
    this.name.textContent = name;
    this.note.textContent = note;
    this.dot.dataset.tone = tone;
    this.note.dataset.tone = tone === "bad" ? "bad" : "";
    this.chip.setAttribute("aria-label", `Credentials: ${[name, note].filter(Boolean).join(", ")}`);
    for (const scheme of this.schemes) this.rows.get(scheme.key)?.draw(scheme, nowS);
  }

  /**
   * @param {string} key
   * @param {Record<string, string> | null} values  null removes the credential
   */
  send(key, values) {
    if (values === null) {
      this.model.send({ ask: "forget", key });
      return;
    }
    this.waitsFor = key;
    this.model.send({ ask: "credential", key, values });
  }

  toggle() {
    if (this.part.hidden) this.open([]);
    else this.shut();
  }

  /**
   * Shows the part, with the focus where a credential is missing.
   * @param {string[]} keys  of the schemes that an operation needs
   */
  open(keys) {
    this.part.hidden = false;
    this.chip.setAttribute("aria-expanded", "true");
    const nowS = Date.now() / 1000;
    const needed = this.schemes.filter((one) => keys.includes(one.key));
    const next =
      needed.find((one) => !one.set) ??
      needed[0] ??
      this.schemes.find((one) => isExpired(one, nowS)) ??
      (this.schemes.some((one) => one.set) ? undefined : this.schemes[0]);
    if (next) this.rows.get(next.key)?.focus();
    else focusFirst(this.list, "button:not([hidden])");
  }

  shut() {
    const wasIn = focusedIn(this.part);
    for (const row of this.rows.values()) row.isOpen = false;
    this.part.hidden = true;
    this.chip.setAttribute("aria-expanded", "false");
    if (wasIn) this.chip.focus();
  }

  close() {
    clearInterval(this.timer);
    this.attached.disconnect();
    this.el.remove();
  }
}

// One scheme: what is set, and the fields to set it. Those of a credential that is valid are shown on request.
class SchemeRow {
  /**
   * @param {Scheme} scheme
   * @param {(values: Record<string, string> | null) => void} onSend
   */
  constructor(scheme, onSend) {
    this.scheme = scheme;
    this.onSend = onSend;
    this.isOpen = false;
    const { key } = scheme;
    this.state = make("span", "ipyasgi-scheme-state", { role: "status" });
    this.change = makeButton("Change", "ipyasgi-quiet", () => this.open(), { "aria-label": `Change ${key}` });
    this.forget = makeButton("Sign out", "ipyasgi-quiet", () => this.onSend(null), { "aria-label": `Sign out ${key}` });
    const [enter, ways] = scheme.asks ? ["Sign in", [scheme.fields, ["token"]]] : ["Use", [scheme.fields]];
    this.fields = make(
      "div",
      "ipyasgi-scheme-fields",
      {},
      ...ways
        .filter((names) => names.length)
        .map((names, at) => this.way(/** @type {Scheme["fields"]} */ (names), at ? "Use token" : String(enter))),
    );
    if (!scheme.fields.length)
      this.fields.append(make("span", "ipyasgi-faint", { textContent: "Part of the connection: nothing to enter." }));
    this.el = make(
      "div",
      "ipyasgi-scheme",
      {},
      make(
        "div",
        "ipyasgi-scheme-head",
        {},
        make("bdi", "ipyasgi-scheme-name", { textContent: key }),
        make("span", "ipyasgi-faint", { textContent: scheme.kind }),
        this.state,
        this.change,
        this.forget,
      ),
      make("div", "ipyasgi-md ipyasgi-faint", { dir: "auto" }, ...blockElements(scheme.blocks)),
      this.fields,
    );
  }

  /**
   * The fields and the button of one way to sign in.
   * @param {Scheme["fields"]} names
   * @param {string} enter
   */
  way(names, enter) {
    const { key } = this.scheme;
    const inputs = names.map((name) =>
      make("input", "ipyasgi-input", {
        type: name === "user" ? "text" : "password",
        placeholder: enter === "Use token" ? "Or paste a token" : FIELD_NAMES[name],
        autocomplete: "off",
        spellcheck: false,
        dir: "auto",
        "aria-label": `${FIELD_NAMES[name]} for ${key}`,
        name,
      }),
    );
    const send = () => {
      const empty = inputs.find((one) => one.value === "");
      if (empty) {
        empty.focus();
        return;
      }
      this.isOpen = false;
      this.onSend(Object.fromEntries(inputs.map((one) => [one.name, one.value])));
      for (const one of inputs) if (one.type === "password") one.value = "";
    };
    for (const one of inputs) {
      one.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        send();
      });
    }
    const button = makeButton(enter, "", send, { "aria-label": `${enter} ${key}` });
    return make("div", "ipyasgi-scheme-way", {}, ...inputs, button);
  }

  /**
   * @param {Scheme} scheme
   * @param {number} nowS
   */
  draw(scheme, nowS) {
    this.scheme = scheme;
    const expired = isExpired(scheme, nowS);
    const left = focusedIn(this.forget) && !scheme.set; // its button disappears
    const isUsed = scheme.set && !expired && scheme.tone !== "bad";
    this.state.textContent = stateText(scheme, nowS);
    this.state.dataset.tone = scheme.tone || (expired ? "bad" : scheme.set ? "good" : "");
    this.change.hidden = !isUsed || this.isOpen;
    this.forget.hidden = !scheme.set;
    this.forget.textContent = scheme.asks || scheme.user ? "Sign out" : "Remove";
    this.fields.hidden = isUsed && !this.isOpen;
    const user = this.fields.querySelector("[name=user]");
    if (expired && user instanceof HTMLInputElement && !user.value) user.value = scheme.user;
    if (left) this.focus();
  }

  open() {
    this.isOpen = true;
    this.draw(this.scheme, Date.now() / 1000);
    this.focus();
  }

  focus() {
    const inputs = [...this.fields.querySelectorAll("input")];
    (inputs.find((one) => one.value === "") ?? inputs[0] ?? this.forget).focus();
  }
}
