// The parameters of the path, query, headers or cookies: a field for each that the app's document describes, and rows
// of name and value for others. A value of null is a secret that only the kernel has.

import { drawField, FieldContext } from "./fields/field.js";
import { leavesOf, Slot } from "./fields/slot.js";
import { focusFirst, make, makeButton, setInvalid } from "./page.js";
import { PairRow } from "./pair_row.js";

/** @import { Definitions, Field, Json } from "./fields/values.js" */

/** @typedef {[name: string, value: string | null]} Pair */

/**
 * @typedef {{
 *   name: string, key: string, place: string, required: boolean, text: boolean, field: Field, definitions?: Definitions,
 *   deprecated?: boolean, description?: string, secret?: boolean,
 * }} Parameter  as the kernel writes it
 */

/**
 * @param {Pair[]} pairs
 * @returns {Pair[]}
 */
function copyPairs(pairs) {
  return pairs.map(([name, value]) => [name, value]);
}

export class PairRows {
  /**
   * @param {{ title: string, noun: string, fixed?: boolean, onChange: () => void }} options
   *   title: of all rows; noun: for one of them; fixed: rows cannot be added
   */
  constructor({ title, noun, fixed = false, onChange }) {
    this.noun = noun;
    this.fixed = fixed;
    this.onChange = onChange;
    /** @type {Pair[]} */
    this.pairs = [];
    /** @type {Parameter[]} */
    this.known = [];
    /** @type {Record<string, Json>} */
    this.values = {};
    /** @type {PairRow[]} */
    this.drawn = [];
    /** @type {Map<string, boolean>} */
    this.secrets = new Map(); // whether a name is that of a secret, as far as the kernel has said
    this.typed = make("div", "ipyasgi-typed");
    this.rows = make("div", "ipyasgi-pairs");
    const add = makeButton(
      `+ ${noun[0].toUpperCase()}${noun.slice(1)}`,
      "ipyasgi-quiet",
      () => {
        this.pairs.push(["", ""]);
        this.draw();
        focusFirst(this.rows.lastElementChild, "input");
        this.onChange();
      },
      { "aria-label": `Add a ${noun}` },
    );
    this.el = make("fieldset", "ipyasgi-part", {}, make("legend", "", { textContent: title }), this.typed, this.rows);
    if (!fixed) this.el.append(add);
  }

  /** @param {Pair[]} pairs */
  show(pairs) {
    this.pairs = copyPairs(pairs);
    this.draw();
  }

  /**
   * @param {Parameter[]} known
   * @param {Record<string, Json>} values  by key, only those that are sent
   * @param {Record<string, Json>} sample  by key, those of the untouched form
   */
  showKnown(known, values, sample = {}) {
    this.known = known;
    this.values = { ...values };
    this.typed.replaceChildren(
      ...known.map((one) => {
        const context = new FieldContext({
          definitions: one.definitions ?? {},
          text: one.text,
          sample: leavesOf(sample[one.key] ?? {}, one.key),
          onChange: this.onChange,
        });
        const field = {
          ...one.field,
          deprecated: one.deprecated || one.field.deprecated,
          description: one.description || one.field.description,
          secret: one.secret,
        };
        return drawField(field, new Slot(this.values, one.key, one.key), context, {
          label: one.name,
          spoken: `${this.noun} ${one.name}`,
          required: one.required,
        });
      }),
    );
    this.hide();
  }

  get value() {
    return copyPairs(this.pairs);
  }

  /**
   * The values of the known parameters that are sent, by key.
   * @returns {[key: string, value: Json][]}
   */
  get knownValue() {
    return this.known
      .filter((one) => Object.hasOwn(this.values, one.key))
      .map((one) => [one.key, this.values[one.key]]);
  }

  draw() {
    this.drawn = this.pairs.map((pair, number) => this.row(pair, number));
    this.rows.replaceChildren(...this.drawn.map((row) => row.el));
    this.hide();
  }

  hide() {
    this.el.hidden = this.fixed && this.known.length === 0;
  }

  /**
   * @param {Pair} pair
   * @param {number} number
   */
  row(pair, number) {
    return new PairRow(pair, {
      label: `${this.noun} ${number + 1}`,
      isSecret: (name) => this.secrets.get(name),
      onChange: this.onChange,
      onRemove: () => {
        this.pairs.splice(this.pairs.indexOf(pair), 1);
        this.draw();
        const next = this.rows.children[number];
        if (next) focusFirst(next, "input");
        else focusFirst(this.el, "button");
        this.onChange();
      },
    });
  }

  /**
   * Shows what the kernel says of the rows: whose names are those of secrets, and what their values do.
   * @param {string} part  such as headers
   * @param {string[]} secret  addresses such as headers.0
   * @param {[where: string, text: string][]} notes
   */
  describe(part, secret, notes) {
    for (const [number, row] of this.drawn.entries()) {
      const where = `${part}.${number}`;
      this.secrets.set(row.pair[0], secret.includes(where));
      row.showName();
      row.note(notes.find(([other]) => other === where)?.[1] ?? "");
    }
  }

  /**
   * Marks the row with a number as wrong.
   * @param {string} number
   * @param {string} text
   */
  mark(number, text) {
    [...this.rows.children].forEach((row, at) => {
      const bad = number !== "" && String(at) === number;
      for (const field of row.querySelectorAll("input")) {
        field.toggleAttribute("data-bad", bad);
        field.title = bad ? text : "";
        setInvalid(field, bad);
      }
    });
  }
}
