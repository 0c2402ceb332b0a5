// The operations that the page knows from the app's document: each is requested when its form is opened, and kept until
// the kernel has read the document again.

/** @import { Body } from "./body_part.js" */
/** @import { Docs, Reply } from "./docs_part.js" */
/** @import { Json } from "./fields/values.js" */
/** @import { Model } from "./page.js" */
/** @import { Parameter } from "./pair_rows.js" */

/**
 * @typedef {{
 *   key: string, generation: number, summary?: string, deprecated?: boolean, parameters?: Parameter[], bodies: Body[],
 *   docs?: Docs, start: {
 *     known: [key: string, value: Json][], path_values: [name: string, value: Json][], body: string, media: string,
 *   },
 * }} Operation  as the app's document describes it; key: its method and path; start: the untouched form; generation: counts
 *   the documents read
 */

export class Operations {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.generation = 0; // of the document; 0 before the first one is read
    /** @type {Map<string, Operation>} */
    this.known = new Map();
    /** @type {Map<string, Reply[]>} */
    this.repliesByKey = new Map();
  }

  /** @param {string} key */
  get(key) {
    return this.known.get(key);
  }

  /** @param {string} key */
  has(key) {
    return this.known.has(key);
  }

  /**
   * Requests an operation that is not known. Before the document is read there are none; then that of the kernel's form
   * comes by itself.
   * @param {string} key
   */
  ask(key) {
    if (this.generation && !this.known.has(key)) this.model.send({ ask: "operation_form", key });
  }

  /**
   * Takes an operation, and returns whether the document is read.
   * @param {Operation} operation
   */
  take(operation) {
    if (operation.generation !== this.generation) {
      this.known.clear();
      this.repliesByKey.clear();
    }
    this.generation = operation.generation;
    if (this.generation) this.known.set(operation.key, operation);
    return this.generation > 0;
  }

  /**
   * Requests the responses of an operation, once it is drawn: they take the kernel longer than its fields.
   * @param {Operation} operation
   */
  askReplies({ key, docs }) {
    if (!docs?.responses.length || this.repliesByKey.has(key)) return;
    this.repliesByKey.set(key, docs.responses); // only their statuses
    this.model.send({ ask: "responses", key });
  }

  /**
   * Takes the responses of an operation, and returns its key, nothing for those of an older document.
   * @param {{ key?: string, generation?: number, responses?: Reply[] }} answer
   */
  takeReplies({ key, generation, responses }) {
    if (!key || !responses || generation !== this.generation) return undefined;
    this.repliesByKey.set(key, responses);
    return key;
  }

  /**
   * The responses of an operation, perhaps only their statuses.
   * @param {string} key
   */
  replies(key) {
    return this.repliesByKey.get(key) ?? this.known.get(key)?.docs?.responses ?? [];
  }
}
