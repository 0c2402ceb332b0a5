// Credentials: they are sent to the kernel once and not kept on the page, which only knows whether one is set.

import { sameJson } from "./fields/values.js";
import { make, makeButton } from "./page.js";

/** @import { Model } from "./page.js" */

/**
 * @typedef {{
 *   key: string, kind: string, description: string, asks: boolean, fields: ("token" | "user" | "password")[],
 * }} Scheme  asks: the app itself issues the token, for user and password
 */

const FIELD_NAMES = { token: "Token or key", user: "User", password: "Password" };

export class AuthPart {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Scheme[]} */
    this.schemes = [];
    /** @type {Map<string, [state: HTMLElement, forget: HTMLElement]>} */
    this.states = new Map();
    this.rows = make("div", "ipyasgi-auth-rows");
    this.el = make("fieldset", "ipyasgi-part", {}, make("legend", "", { textContent: "Auth" }), this.rows);
    this.el.hidden = true;
  }

  /** @param {Scheme[]} schemes */
  describe(schemes) {
    if (sameJson(schemes, this.schemes)) return;
    this.schemes = schemes;
    this.states = new Map();
    this.rows.replaceChildren(...schemes.map((scheme) => this.row(scheme)));
    this.el.hidden = schemes.length === 0;
    this.show();
  }

  /** @param {Scheme} scheme */
  row(scheme) {
    const inputs = scheme.fields.map((name) =>
      make("input", "ipyasgi-input", {
        type: name === "user" ? "text" : "password",
        placeholder: scheme.asks && name === "token" ? "Or paste a token" : FIELD_NAMES[name],
        autocomplete: "off",
        spellcheck: false,
        "aria-label": `${FIELD_NAMES[name]} for ${scheme.key}`,
        name,
      }),
    );
    const set = () => {
      if (inputs.every((one) => one.value === "")) return;
      const values = Object.fromEntries(inputs.map((one) => [one.name, one.value]));
      this.model.send({ ask: "credential", key: scheme.key, values });
      for (const one of inputs) if (one.type === "password") one.value = "";
    };
    for (const one of inputs) {
      one.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        set();
      });
    }
    const [enter, leave] = scheme.asks ? ["Sign in", "Sign out"] : ["Set", "Clear"];
    const state = make("span", "ipyasgi-auth-state", { role: "status" });
    const forget = makeButton(leave, "ipyasgi-quiet", () => this.model.send({ ask: "forget", key: scheme.key }), {
      "aria-label": `${leave} ${scheme.key}`,
    });
    this.states.set(scheme.key, [state, forget]);
    const fields = inputs.length
      ? make(
          "div",
          "ipyasgi-auth-fields",
          {},
          ...inputs,
          makeButton(enter, "", set, { "aria-label": `${enter} ${scheme.key}` }),
        )
      : make("span", "ipyasgi-faint", { textContent: "Nothing to enter: part of the connection" });
    return make(
      "div",
      "ipyasgi-auth",
      {},
      make(
        "div",
        "ipyasgi-auth-head",
        {},
        make("span", "ipyasgi-value-name", { textContent: scheme.key, title: scheme.description }),
        make("span", "ipyasgi-faint", { textContent: scheme.kind }),
        state,
        forget,
      ),
      fields,
    );
  }

  show() {
    const auth = this.model.get("auth");
    for (const [key, [state, forget]] of this.states) {
      const [isSet, note, tone] = auth[key] ?? [false, "", ""];
      state.textContent = note || (isSet ? "Set" : "");
      state.dataset.tone = tone || (isSet ? "good" : "");
      forget.hidden = !isSet;
    }
  }
}
