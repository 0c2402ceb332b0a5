// The front end's side of a comm queue (panels/comm_queue.py holds the table of messages): rows in order,
// with gaps noticed and asked for again, and bodies fetched piece by piece. Knows no DOM.

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
const RANGES_PER_ASK = 4;
const PIECES_AHEAD = 3;

export class RowStream {
  // rows: Map of number -> row, the newest `keep`; last: newest number known; dropped: rows the kernel never sent
  constructor(model, keep) {
    this.model = model;
    this.keep = keep;
    this.rows = new Map();
    this.missing = [];
    this.last = 0;
    this.oldest = 1;
    this.dropped = 0;
    this.heard = false;
    this.watchers = new Set();
    this.listener = (message) => this.receive(message);
    model.on("msg:custom", this.listener);
    this.ask();
  }

  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.listener);
  }

  // Number of the first row to show: older ones are past `keep`.
  get first() {
    return Math.max(1, this.last - this.keep + 1);
  }

  get missingCount() {
    return this.missing.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  }

  receive(message) {
    if (message.paint === "rows") {
      const to = message.first + message.rows.length - 1;
      this.expect(message.first - 1);
      message.rows.forEach((row, i) => this.rows.set(message.first + i, row));
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
    for (const watch of this.watchers) watch();
  }

  expect(upTo) {
    if (upTo <= this.last) return;
    this.missing.push([this.last + 1, upTo]);
    this.last = upTo;
  }

  found(from, to) {
    const before = this.missingCount;
    this.missing = this.missing
      .flatMap(([a, b]) => [
        [a, Math.min(b, from - 1)],
        [Math.max(a, to + 1), b],
      ])
      .filter(([a, b]) => a <= b);
    if (this.missingCount < before) this.attempts = 0;
  }

  // What is past `keep`, or no longer held by the kernel, is neither kept nor asked for.
  trim() {
    const floor = Math.max(this.first, this.oldest);
    this.missing = this.missing.map(([a, b]) => [Math.max(a, floor), b]).filter(([a, b]) => a <= b);
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

  // An answer may be lost like any message, or wait for the running cell: ask again, less and less often.
  ask() {
    const ranges = this.heard ? this.missing.slice(0, RANGES_PER_ASK) : [[1, 0]];
    for (const [first, last] of ranges) this.model.send({ paint: "ask", first, last });
    this.attempts = (this.attempts ?? 0) + 1;
    clearTimeout(this.timer);
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (this.attempts - 1), LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.ask(), wait);
  }
}

// Fetches what a BodyOffer names; resolves with a Uint8Array, rejects when it is gone or nothing came for long.
export function fetchBody(model, offer, { onProgress = () => {}, patienceMs = 120000 } = {}) {
  const { key, size_bytes: size, piece_bytes: pieceBytes } = offer;
  const count = Math.ceil(size / pieceBytes);
  const whole = new Uint8Array(size);
  const have = new Set();
  const waiting = new Set();
  return new Promise((resolve, reject) => {
    let progressAt = performance.now();
    let wait = FIRST_WAIT_MS;
    let timer;
    const end = (settle, value) => {
      clearTimeout(timer);
      model.off("msg:custom", listener);
      settle(value);
    };
    const ask = () => {
      if (performance.now() - progressAt > patienceMs) {
        end(reject, new Error("the kernel did not answer; it may be busy, try again"));
        return;
      }
      waiting.clear();
      askAhead();
      timer = setTimeout(ask, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
    // Several at once, so that the kernel need not wait for the page between two pieces.
    const askAhead = () => {
      for (let index = 0; index < count && waiting.size < PIECES_AHEAD; index += 1) {
        if (have.has(index) || waiting.has(index)) continue;
        waiting.add(index);
        model.send({ paint: "fetch", key, index });
      }
    };
    const listener = (message, buffers) => {
      if (message.key !== key) return;
      if (message.paint === "gone") end(reject, new Error("this body is no longer held by the kernel"));
      if (message.paint !== "piece" || have.has(message.index)) return;
      const view = buffers[0];
      whole.set(new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength), message.index * pieceBytes);
      have.add(message.index);
      waiting.delete(message.index);
      onProgress(Math.min(have.size * pieceBytes, size), size);
      progressAt = performance.now();
      wait = FIRST_WAIT_MS;
      clearTimeout(timer);
      if (have.size >= count) {
        end(resolve, whole);
        return;
      }
      askAhead();
      timer = setTimeout(ask, wait);
    };
    model.on("msg:custom", listener);
    if (count === 0) end(resolve, whole);
    else ask();
  });
}
