// One row of a name and a value that the app's document does not describe. The kernel knows which names are those of
// secrets: their values are shown as dots, with an eye.

import { HELD, makeEye } from "./fields/secret_field.js";
import { make, makeButton } from "./page.js";

/** @import { Pair } from "./pair_rows.js" */

export class PairRow {
  /**
   * @param {Pair} pair
   * @param {{
   *   label: string, isSecret: (name: string) => boolean | undefined, onChange: () => void, onRemove: () => void,
   * }} options  label: for a screen reader; isSecret: undefined for a name that the kernel has not seen
   */
  constructor(pair, { label, isSecret, onChange, onRemove }) {
    this.pair = pair;
    this.isSecret = isSecret;
    this.hides = false;
    const [name, value] = pair;
    /** @type {(properties: Record<string, unknown>) => HTMLInputElement} */
    const makeInput = (properties) =>
      make("input", "ipyasgi-input", { type: "text", spellcheck: false, autocomplete: "off", ...properties });
    this.value = makeInput({
      value: value ?? "",
      placeholder: value === null ? HELD : "",
      "aria-label": `Value of ${label}`,
    });
    this.value.addEventListener("input", () => {
      pair[1] = this.value.value;
      onChange();
    });
    this.name = makeInput({ value: name, placeholder: "Name", "aria-label": `Name of ${label}` });
    this.name.addEventListener("input", () => {
      pair[0] = this.name.value;
      this.showName();
      onChange();
    });
    this.eye = makeEye(this.value, label);
    this.said = make("div", "ipyasgi-pair-note", { role: "status", dir: "auto" });
    this.el = make(
      "div",
      "ipyasgi-pair",
      {},
      this.name,
      make("span", "ipyasgi-pair-value ipyasgi-box", {}, this.value, this.eye),
      makeButton("×", "ipyasgi-quiet", onRemove, { "aria-label": `Remove ${label}`, title: "Remove" }),
      this.said,
    );
    this.showName();
    this.note("");
  }

  /** Hides or shows the value by its name; while a name is typed that is not known yet, it stays as it is. */
  showName() {
    const hides = this.isSecret(this.pair[0]) ?? (this.hides || this.pair[1] === null);
    this.eye.hidden = !hides;
    if (hides === this.hides) return;
    this.hides = hides;
    this.value.type = hides ? "password" : "text";
    this.value.autocomplete = hides ? "new-password" : "off"; // the browser neither fills it in nor asks to save it
    this.eye.setAttribute("aria-pressed", "false");
  }

  /** @param {string} text */
  note(text) {
    if (this.said.textContent !== text) this.said.textContent = text;
    this.said.hidden = !text;
  }
}
