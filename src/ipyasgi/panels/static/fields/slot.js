// A place in a JSON value: a property of an object or an item of an array. Absent, null and empty are different.

import { kindOf } from "./values.js";

/** @import { Json } from "./values.js" */

/** @typedef {Map<string, string>} Leaves  the text of each scalar of a JSON value, by its place */

/** @param {string | number} step */
function escapeStep(step) {
  return String(step).replaceAll("~", "~0").replaceAll("/", "~1");
}

/**
 * @param {Json} value
 * @param {string} where  the place of the value
 * @returns {Leaves}
 */
export function leavesOf(value, where) {
  if (kindOf(value) !== "object" && kindOf(value) !== "array")
    return new Map([[where, typeof value === "string" ? value : JSON.stringify(value)]]);
  return new Map(Object.entries(value).flatMap(([step, one]) => [...leavesOf(one, `${where}/${escapeStep(step)}`)]));
}

export class Slot {
  /**
   * holder: the object or array; order: the names of the object's members as the form has them
   * @param {Json} holder
   * @param {string | number} key
   * @param {string} where
   * @param {string[]} order
   */
  constructor(holder, key, where, order = []) {
    this.holder = holder;
    this.key = key;
    this.where = where;
    this.order = order;
  }

  get value() {
    return Object.hasOwn(this.holder, this.key) ? this.holder[this.key] : undefined;
  }

  get absent() {
    return !Object.hasOwn(this.holder, this.key);
  }

  /**
   * Sets the value; a new property is inserted in the order of the form.
   * @param {Json} value
   */
  set(value) {
    const isNew = this.absent && !Array.isArray(this.holder);
    Object.defineProperty(this.holder, this.key, { value, writable: true, enumerable: true, configurable: true });
    if (!isNew || !this.order.length) return;
    /** @param {string} name */
    const rank = (name) => (this.order.includes(name) ? this.order.indexOf(name) : this.order.length);
    /** @type {[name: string, held: Json][]} */
    const entries = Object.entries(this.holder).sort(([one], [other]) => rank(one) - rank(other));
    for (const [name] of entries) delete this.holder[name];
    for (const [name, held] of entries) {
      Object.defineProperty(this.holder, name, { value: held, writable: true, enumerable: true, configurable: true });
    }
  }

  remove() {
    if (Array.isArray(this.holder)) this.holder.splice(Number(this.key), 1);
    else delete this.holder[this.key];
  }

  /**
   * The slot of a property or item of the present value.
   * @param {string | number} key
   * @param {string[]} order
   */
  at(key, order = []) {
    return new Slot(this.value, key, `${this.where}/${escapeStep(key)}`, order);
  }
}
