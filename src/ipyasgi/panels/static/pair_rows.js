// The parameters of one place, path, query, headers or cookies: those the app's document knows, each a field, and rows
// of a name and a value, which come and go. A value of null is one that the kernel holds and the page must not know.

import { HELD } from "./fields/scalar_field.js";
import { FieldSheet, drawField } from "./fields/field.js";
import { Slot } from "./fields/slot.js";
import { make, makeButton } from "./page.js";

export class PairRows {
  // title: what the rows are; noun: what one is called; fixed: no rows can be added; onChange() after each change
  constructor({ title, noun, fixed = false, onChange }) {
    Object.assign(this, { noun, fixed, onChange, pairs: [], known: [], values: {} });
    this.typed = make("div", "ipyasgi-typed");
    this.rows = make("div", "ipyasgi-pairs");
    const add = makeButton(
      `+ ${noun}`,
      "ipyasgi-quiet",
      () => {
        this.pairs.push(["", ""]);
        this.draw();
        this.rows.lastElementChild.querySelector("input").focus();
        this.onChange();
      },
      { "aria-label": `add a ${noun}` },
    );
    this.el = make("fieldset", "ipyasgi-part", {}, make("legend", "", { textContent: title }), this.typed, this.rows);
    if (!fixed) this.el.append(add);
  }

  show(pairs) {
    this.pairs = pairs.map((pair) => [...pair]);
    this.draw();
  }

  // known: parameters as sheet_page.py writes them; values: by key, only what is sent
  showKnown(known, values) {
    this.known = known;
    this.values = { ...values };
    this.typed.replaceChildren(
      ...known.map((one) => {
        const sheet = new FieldSheet({ definitions: one.definitions ?? {}, text: one.text, onChange: this.onChange });
        const field = {
          ...one.field,
          deprecated: one.deprecated || one.field.deprecated,
          description: one.description || one.field.description,
        };
        return drawField(field, new Slot(this.values, one.key, one.key), sheet, {
          label: one.name,
          spoken: `${this.noun} ${one.name}`,
          required: one.required,
        });
      }),
    );
    this.hide();
  }

  get value() {
    return this.pairs.map((pair) => [...pair]);
  }

  // What is sent of the known ones, by key.
  get knownValue() {
    return this.known
      .filter((one) => Object.hasOwn(this.values, one.key))
      .map((one) => [one.key, this.values[one.key]]);
  }

  draw() {
    this.rows.replaceChildren(...this.pairs.map((pair, number) => this.row(pair, number)));
    this.hide();
  }

  hide() {
    this.el.hidden = this.fixed && this.known.length === 0;
  }

  row(pair, number) {
    const [name, value] = pair;
    const field = make("input", "ipyasgi-input", {
      type: "text",
      value: value ?? "",
      spellcheck: false,
      autocomplete: "off",
      placeholder: value === null ? HELD : "",
      "aria-label": `value of ${this.noun} ${number + 1}`,
    });
    field.addEventListener("input", () => {
      pair[1] = field.value;
      this.onChange();
    });
    const nameField = make("input", "ipyasgi-input", {
      type: "text",
      value: name,
      spellcheck: false,
      autocomplete: "off",
      placeholder: "name",
      "aria-label": `name of ${this.noun} ${number + 1}`,
    });
    nameField.addEventListener("input", () => {
      pair[0] = nameField.value;
      this.onChange();
    });
    const remove = makeButton(
      "×",
      "ipyasgi-quiet",
      () => {
        this.pairs.splice(this.pairs.indexOf(pair), 1);
        this.draw();
        (this.rows.children[number]?.querySelector("input") ?? this.el.querySelector("button")).focus();
        this.onChange();
      },
      { "aria-label": `remove ${this.noun} ${number + 1}`, title: "remove" },
    );
    return make("div", "ipyasgi-pair", {}, nameField, field, remove);
  }

  // Marks the row of a number.
  mark(number, text) {
    [...this.rows.children].forEach((row, at) => {
      const bad = number !== "" && String(at) === number;
      for (const field of row.querySelectorAll("input")) {
        field.toggleAttribute("data-bad", bad);
        field.title = bad ? text : "";
        if (bad) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
    });
  }
}
