// Rows of a name and a value: path values, whose names the path gives, and query and header rows, which come and go.
// A value of null is one that the kernel holds and the page must not know.

const HELD = "kept in the kernel; type to replace it";

class PairRows {
  // title: what the rows are; fixed: names are given; onChange() after each change
  constructor({ title, noun, fixed = false, onChange }) {
    Object.assign(this, { noun, fixed, onChange, pairs: [] });
    this.rows = make("div", "ipyasgi-pairs");
    const add = makeButton(`+ ${noun}`, "ipyasgi-quiet", () => {
      this.pairs.push(["", ""]);
      this.draw();
      this.rows.lastElementChild.querySelector("input").focus();
      this.onChange();
    }, { "aria-label": `add a ${noun}` });
    this.el = make("fieldset", "ipyasgi-part", {}, make("legend", "", { textContent: title }), this.rows);
    if (!fixed) this.el.append(add);
  }

  show(pairs) {
    this.pairs = pairs.map((pair) => [...pair]);
    this.draw();
  }

  get value() {
    return this.pairs.map((pair) => [...pair]);
  }

  draw() {
    this.rows.replaceChildren(...this.pairs.map((pair, number) => this.row(pair, number)));
    this.el.hidden = this.fixed && this.pairs.length === 0;
  }

  row(pair, number) {
    const [name, value] = pair;
    const field = make("input", "ipyasgi-input", {
      type: "text", value: value ?? "", spellcheck: false, autocomplete: "off", placeholder: value === null ? HELD : "",
      "aria-label": this.fixed ? `${this.noun} ${name}` : `value of ${this.noun} ${number + 1}`,
    });
    field.addEventListener("input", () => {
      pair[1] = field.value;
      this.onChange();
    });
    if (this.fixed) {
      return make("label", "ipyasgi-pair", {}, make("span", "ipyasgi-pair-name", { textContent: name, title: name }), field);
    }
    const nameField = make("input", "ipyasgi-input", {
      type: "text", value: name, spellcheck: false, autocomplete: "off", placeholder: "name",
      "aria-label": `name of ${this.noun} ${number + 1}`,
    });
    nameField.addEventListener("input", () => {
      pair[0] = nameField.value;
      this.onChange();
    });
    const remove = makeButton("×", "ipyasgi-quiet", () => {
      this.pairs.splice(this.pairs.indexOf(pair), 1);
      this.draw();
      (this.rows.children[number]?.querySelector("input") ?? this.el.querySelector("button")).focus();
      this.onChange();
    }, { "aria-label": `remove ${this.noun} ${number + 1}`, title: "remove" });
    return make("div", "ipyasgi-pair", {}, nameField, field, remove);
  }

  // Marks the row of a number, or of a name where names are given.
  mark(key, text) {
    [...this.rows.children].forEach((row, number) => {
      const bad = key !== "" && (this.fixed ? this.pairs[number][0] : String(number)) === key;
      for (const field of row.querySelectorAll("input")) {
        field.toggleAttribute("data-bad", bad);
        field.title = bad ? text : "";
        if (bad) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
    });
  }
}
