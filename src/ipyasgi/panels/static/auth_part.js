// Who asks: what is typed here goes to the kernel once and is not kept on the page; the page knows only that it is set.

import { sameJson } from "./fields/values.js";
import { make, makeButton } from "./page.js";

/** @import { Model } from "./page.js" */

/**
 * @typedef {{
 *   key: string, kind: string, description: string, asks: boolean, fields: ("token" | "user" | "password")[],
 * }} Scheme  asks: the app gives the token itself, once it knows user and password
 */

const FIELD_NAMES = { token: "token or key", user: "user", password: "password" };

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
        placeholder: scheme.asks && name === "token" ? "or a token" : FIELD_NAMES[name],
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
    const state = make("span", "ipyasgi-auth-state", { role: "status" });
    const forget = makeButton("forget", "ipyasgi-quiet", () => this.model.send({ ask: "forget", key: scheme.key }), {
      "aria-label": `forget ${scheme.key}`,
    });
    this.states.set(scheme.key, [state, forget]);
    const words = scheme.asks ? "sign in" : "set";
    const fields = inputs.length
      ? make(
          "div",
          "ipyasgi-auth-fields",
          {},
          ...inputs,
          makeButton(words, "", set, { "aria-label": `${words} ${scheme.key}` }),
        )
      : make("span", "ipyasgi-faint", { textContent: "nothing to type: it is part of the connection" });
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
      const [isSet, note] = auth[key] ?? [false, ""];
      state.textContent = [isSet ? "set ✓" : "", note].filter(Boolean).join("  ");
      state.dataset.tone = isSet ? "good" : note ? "busy" : "";
      forget.hidden = !isSet;
    }
  }
}
