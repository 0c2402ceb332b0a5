// The address of a WebSocket: a path with fields for its parameters, or, beside a form, the form's address as text.

import { focusedElement, freshId, make } from "./page.js";
import { findPathParameters } from "./routes.js";

/** @import { Model } from "./page.js" */

/** @typedef {{ place: string, name: string, type: string, required: boolean, secret: boolean }} Parameter */

/** @typedef {{ path: string, parameters: Parameter[] }} SocketRoute */

export class SocketAddress {
  /**
   * @param {Model} model
   * @param {{ onEnter: () => void }} options
   */
  constructor(model, { onEnter }) {
    this.model = model;
    this.isGiven = model.get("addressed") === true;
    /** @type {Map<string, HTMLInputElement>} */
    this.fields = new Map();
    const id = freshId("sockets");
    this.routes = make("datalist", "", { id });
    this.input = make("input", "ipyasgi-input ipyasgi-socket-path", {
      type: "text",
      list: id,
      "aria-label": "WebSocket path",
      spellcheck: false,
      autocomplete: "off",
      hidden: this.isGiven,
    });
    this.text = make("code", "ipyasgi-socket-path", { hidden: !this.isGiven });
    this.parameters = make("div", "ipyasgi-fields ipyasgi-socket-parameters", {
      role: "group",
      "aria-label": "Parameters",
    });
    this.input.addEventListener("input", () => this.showParameters());
    for (const part of [this.input, this.parameters])
      part.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        onEnter();
      });
    this.showRoutes();
    this.showPath();
  }

  get path() {
    return this.isGiven ? this.model.get("path") : this.input.value;
  }

  /** The typed values of the parameters, by keys such as `path.room`. */
  get values() {
    return Object.fromEntries([...this.fields].map(([key, field]) => [key, field.value]));
  }

  showRoutes() {
    /** @type {SocketRoute[]} */
    const routes = this.model.get("routes");
    this.routes.replaceChildren(...routes.map(({ path }) => make("option", "", { value: path })));
    this.showParameters();
  }

  showPath() {
    const path = this.model.get("path");
    this.text.textContent = path;
    this.text.title = path;
    if (focusedElement() === this.input) return;
    this.input.value = path;
    this.showParameters();
  }

  /** Draws a field for each parameter of the path and of its route; typed values stay. */
  showParameters() {
    const parameters = this.isGiven ? [] : this.wanted();
    const before = this.fields;
    this.fields = new Map();
    const labels = parameters.map(({ place, name, type, required, secret }) => {
      const key = `${place}.${name}`;
      const field = make("input", "ipyasgi-input", {
        type: secret ? "password" : "text",
        value: before.get(key)?.value ?? "",
        placeholder: type,
        "aria-label": name,
        "aria-required": required,
        spellcheck: false,
        autocomplete: "off",
      });
      this.fields.set(key, field);
      const star = make("span", "ipyasgi-required", { textContent: required ? "*" : "", "aria-hidden": "true" });
      const words = make("span", "ipyasgi-field-name", {}, name, star);
      return make("label", "ipyasgi-field", {}, words, field);
    });
    this.parameters.hidden = !parameters.length;
    if ([...before.keys()].join() !== [...this.fields.keys()].join()) this.parameters.replaceChildren(...labels);
    else this.fields = before;
  }

  /** @returns {Parameter[]} */
  wanted() {
    /** @type {SocketRoute[]} */
    const routes = this.model.get("routes");
    const path = this.input.value.trim();
    const known = routes.find((route) => route.path === path)?.parameters ?? [];
    const inPath = findPathParameters(path).map(
      (name) =>
        known.find((one) => one.place === "path" && one.name === name) ?? {
          place: "path",
          name,
          type: "",
          required: true,
          secret: false,
        },
    );
    return [...inPath, ...known.filter((one) => one.place === "query")];
  }
}
