// The front end's side of a comm queue (panels/comm_queue.py holds the table of messages): rows in order,
// with gaps detected and requested again, and bodies fetched piece by piece. Does not use the DOM.

/** @import { Model } from "./page.js" */

/**
 * @typedef {{
 *   at_ms?: number, kind: "receive" | "send" | "info" | "error", text: string, label?: string, bytes?: number,
 *   message?: number, whole?: boolean,
 * }} Row  message: its number in the kernel; whole: whether the text is all of it
 */

/** @typedef {{ key: number, size_bytes: number, piece_bytes: number }} Offer  names a body that can be fetched */

/** @typedef {[first: number, last: number]} Range */

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
const RANGES_PER_ASK = 4;
const PIECES_AHEAD = 3;

export class RowStream {
  /**
   * @param {Model} model
   * @param {number} keep  how many rows, the newest
   */
  constructor(model, keep) {
    this.model = model;
    this.keep = keep;
    /** @type {Map<number, Row>} */
    this.rows = new Map();
    /** @type {Range[]} */
    this.missing = [];
    this.last = 0; // the newest number known
    this.oldest = 1; // what the kernel still holds
    this.dropped = 0; // rows the kernel never sent
    this.heard = false;
    this.attempts = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Set<() => void>} */
    this.watchers = new Set();
    /** @param {any} message */
    this.listener = (message) => this.receive(message);
    model.on("msg:custom", this.listener);
    this.ask();
  }

  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.listener);
  }

  /** Number of the first row to show: older ones are past `keep`. */
  get first() {
    return Math.max(1, this.last - this.keep + 1);
  }

  get missingCount() {
    return this.missing.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  }

  /** @param {number} number */
  isMissing(number) {
    return this.missing.some(([from, to]) => from <= number && number <= to);
  }

  notify() {
    for (const watch of this.watchers) watch();
  }

  /** @param {{ paint: string, first: number, last: number, rows: Row[], oldest: number, dropped: number }} message */
  receive(message) {
    if (message.paint === "rows") {
      const to = message.first + message.rows.length - 1;
      this.expect(message.first - 1);
      for (const [place, row] of message.rows.entries()) this.rows.set(message.first + place, row);
      this.last = Math.max(this.last, to);
      this.found(message.first, to);
    } else if (message.paint === "tail") {
      this.expect(message.last);
    } else {
      return;
    }
    this.heard = true;
    this.dropped = message.dropped;
    this.oldest = message.oldest;
    this.trim();
    this.schedule();
    this.notify();
  }

  /** @param {number} upTo */
  expect(upTo) {
    if (upTo <= this.last) return;
    this.missing.push([this.last + 1, upTo]);
    this.last = upTo;
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  found(from, to) {
    const before = this.missingCount;
    /** @type {(range: Range) => Range[]} */
    const split = ([a, b]) => [
      [a, Math.min(b, from - 1)],
      [Math.max(a, to + 1), b],
    ];
    this.missing = this.missing.flatMap(split).filter(([a, b]) => a <= b);
    if (this.missingCount < before) this.attempts = 0;
  }

  /** Drops rows beyond `keep`, and does not request those that the kernel no longer holds. */
  trim() {
    const floor = Math.max(this.first, this.oldest);
    /** @type {(range: Range) => Range} */
    const cut = ([a, b]) => [Math.max(a, floor), b];
    this.missing = this.missing.map(cut).filter(([a, b]) => a <= b);
    for (const number of this.rows.keys()) {
      if (this.rows.size <= this.keep && number >= this.first) break;
      if (number < this.first) this.rows.delete(number);
    }
  }

  schedule() {
    if (!this.missing.length) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.attempts = 0;
    } else if (this.timer === undefined) {
      this.ask();
    }
  }

  /** Requests the missing rows. A reply may be lost or wait for the running cell, so this is repeated with growing pauses. */
  ask() {
    /** @type {Range[]} */
    const ranges = this.heard ? this.missing.slice(0, RANGES_PER_ASK) : [[1, 0]];
    for (const [first, last] of ranges) this.model.send({ paint: "ask", first, last });
    this.attempts += 1;
    clearTimeout(this.timer);
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (this.attempts - 1), LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.ask(), wait);
  }
}

/**
 * Fetches the body of an offer; rejects if the kernel no longer holds it or does not reply.
 * @param {Model} model
 * @param {Offer} offer
 * @param {{ onProgress?: (have: number, all: number) => void, patienceMs?: number }} options
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export function fetchBody(model, offer, { onProgress = () => {}, patienceMs = 120000 } = {}) {
  const { key, size_bytes: size, piece_bytes: pieceBytes } = offer;
  const count = Math.ceil(size / pieceBytes);
  const whole = new Uint8Array(size);
  const have = new Set();
  const waiting = new Set();
  return new Promise((resolve, reject) => {
    let progressAt = performance.now();
    let wait = FIRST_WAIT_MS;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const end = () => {
      clearTimeout(timer);
      model.off("msg:custom", listener);
    };
    /** @param {string} reason */
    const fail = (reason) => {
      end();
      reject(new Error(reason));
    };
    const ask = () => {
      if (performance.now() - progressAt > patienceMs) {
        fail("The kernel did not respond. It may be busy; try again.");
        return;
      }
      waiting.clear();
      askAhead();
      timer = setTimeout(ask, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
    // Several at once, so that the kernel does not wait for the page between two pieces.
    const askAhead = () => {
      for (let index = 0; index < count && waiting.size < PIECES_AHEAD; index += 1) {
        if (have.has(index) || waiting.has(index)) continue;
        waiting.add(index);
        model.send({ paint: "fetch", key, index });
      }
    };
    /**
     * @param {{ paint: string, key: number, index: number }} message
     * @param {(DataView | ArrayBuffer)[]} buffers
     */
    const listener = (message, buffers) => {
      if (message.key !== key) return;
      if (message.paint === "gone") fail("The kernel no longer holds this body. Send the request again.");
      if (message.paint !== "piece" || have.has(message.index)) return;
      whole.set(bytesOf(buffers[0]), message.index * pieceBytes);
      have.add(message.index);
      waiting.delete(message.index);
      onProgress(Math.min(have.size * pieceBytes, size), size);
      progressAt = performance.now();
      wait = FIRST_WAIT_MS;
      clearTimeout(timer);
      if (have.size >= count) {
        end();
        resolve(whole);
        return;
      }
      askAhead();
      timer = setTimeout(ask, wait);
    };
    model.on("msg:custom", listener);
    if (count === 0) {
      end();
      resolve(whole);
    } else ask();
  });
}

/** @param {DataView | ArrayBuffer} buffer */
function bytesOf(buffer) {
  if (!ArrayBuffer.isView(buffer)) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
