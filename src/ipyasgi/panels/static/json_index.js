// A flat index of the values of a JSON text, in order: where each begins and ends, its parent, its number of children.
// Does not use the DOM. The text is not parsed into objects, so numbers and repeated names stay as sent, and any
// depth is possible. It is read in slices, so that megabytes do not block the page.

export const [OBJECT, ARRAY, STRING, NUMBER, WORD] = [1, 2, 3, 4, 5];
export const NONE = -1;
const SLICE_NODES = 2000;
const SLICE_MS = 12;
export const MOST_FINDS = 10000;
const [BRACE, BRACKET, QUOTE, COMMA, COLON, BACKSLASH] = [...'{[",:\\'].map((one) => one.charCodeAt(0));
const WORD_END = /[^-+.\w]/g;
const NUMBER_START = /^-?\d/;
const COLUMNS = /** @type {const} */ (["keys", "starts", "ends", "parents", "afters", "places", "counts", "levels"]);
const WORDS = new Set(["true", "false", "null", "NaN", "Infinity", "-Infinity"]);

export class JsonIndex {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.size = 0;
    this.capacity = 1024;
    this.kinds = new Uint8Array(this.capacity);
    this.keys = new Int32Array(this.capacity); // where the name begins
    this.starts = new Int32Array(this.capacity); // the value: from here
    this.ends = new Int32Array(this.capacity); // to here
    this.parents = new Int32Array(this.capacity);
    this.afters = new Int32Array(this.capacity); // the next value that is not inside this one
    this.places = new Int32Array(this.capacity); // its place in its container
    this.counts = new Int32Array(this.capacity); // how many values are directly inside
    this.levels = new Int32Array(this.capacity); // from 1
  }

  /**
   * Reads the whole text, giving the page a turn between slices; rejects where it is not JSON.
   * @param {string} text
   * @param {() => boolean} isWanted
   */
  static async read(text, isWanted = () => true) {
    const index = new JsonIndex(text);
    let beganMs = performance.now();
    for (const _ of index.scan()) {
      if (performance.now() - beganMs < SLICE_MS) continue;
      await new Promise((resolve) => {
        setTimeout(resolve);
      });
      if (!isWanted()) return null;
      beganMs = performance.now();
    }
    return index;
  }

  *scan() {
    const { text } = this;
    let at = this.skipBlanks(0);
    let parent = NONE;
    for (let turn = 1; ; turn += 1) {
      if (turn % SLICE_NODES === 0) yield;
      let key = NONE;
      if (parent !== NONE && this.kinds[parent] === OBJECT) {
        key = at;
        at = this.skipBlanks(this.stringEnd(at));
        if (text.charCodeAt(at) !== COLON) throw this.errorAt(at);
        at = this.skipBlanks(at + 1);
      }
      const node = this.begin(parent, key, at);
      const first = text.charCodeAt(at);
      if (first === BRACE || first === BRACKET) {
        this.kinds[node] = first === BRACE ? OBJECT : ARRAY;
        at = this.skipBlanks(at + 1);
        if (text.charCodeAt(at) !== this.closingCode(node)) {
          parent = node;
          continue;
        }
        at += 1;
        this.end(node, at);
      } else {
        at = first === QUOTE ? this.stringEnd(at) : this.wordEnd(node, at);
        if (first === QUOTE) this.kinds[node] = STRING;
        this.end(node, at);
      }
      for (;;) {
        at = this.skipBlanks(at);
        if (parent === NONE) {
          if (at < text.length) throw this.errorAt(at);
          return;
        }
        const next = text.charCodeAt(at);
        if (next === COMMA) {
          at = this.skipBlanks(at + 1);
          break;
        }
        if (next !== this.closingCode(parent)) throw this.errorAt(at);
        at += 1;
        this.end(parent, at);
        parent = this.parents[parent];
      }
    }
  }

  /** @param {number} node */
  closingCode(node) {
    return (this.kinds[node] === OBJECT ? BRACE : BRACKET) + 2; // so they stand in ASCII
  }

  /** @param {number} at */
  skipBlanks(at) {
    for (;;) {
      const code = this.text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
      at += 1;
    }
  }

  /**
   * @param {number} at
   * @returns {number}
   */
  stringEnd(at) {
    const { text } = this;
    if (text.charCodeAt(at) !== QUOTE) throw this.errorAt(at);
    for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
      let before = end - 1;
      while (text.charCodeAt(before) === BACKSLASH) before -= 1;
      if ((end - before) % 2) return end + 1;
    }
    throw this.errorAt(text.length);
  }

  /**
   * @param {number} node
   * @param {number} at
   */
  wordEnd(node, at) {
    WORD_END.lastIndex = at;
    const end = WORD_END.exec(this.text)?.index ?? this.text.length;
    const word = this.text.slice(at, end);
    const isNumber = NUMBER_START.test(word);
    if (!isNumber && !WORDS.has(word)) throw this.errorAt(at);
    this.kinds[node] = isNumber ? NUMBER : WORD;
    return end;
  }

  /** @param {number} at */
  errorAt(at) {
    return new Error(at < this.text.length ? `not JSON at character ${at + 1}` : "the JSON ends too early");
  }

  /**
   * @param {number} parent
   * @param {number} key
   * @param {number} start
   */
  begin(parent, key, start) {
    if (this.size === this.capacity) this.grow();
    const node = this.size;
    this.size += 1;
    this.keys[node] = key;
    this.starts[node] = start;
    this.parents[node] = parent;
    this.levels[node] = parent === NONE ? 1 : this.levels[parent] + 1;
    if (parent !== NONE) {
      this.places[node] = this.counts[parent];
      this.counts[parent] += 1;
    }
    return node;
  }

  /**
   * @param {number} node
   * @param {number} end
   */
  end(node, end) {
    this.ends[node] = end;
    this.afters[node] = this.size;
  }

  grow() {
    this.capacity *= 2;
    const kinds = new Uint8Array(this.capacity);
    kinds.set(this.kinds);
    this.kinds = kinds;
    for (const name of COLUMNS) {
      const longer = new Int32Array(this.capacity);
      longer.set(this[name]);
      this[name] = longer;
    }
  }

  /** @param {number} node */
  isContainer(node) {
    return this.kinds[node] <= ARRAY;
  }

  /**
   * The name of a value in an object; null in an array and at the top.
   * @param {number} node
   * @returns {string | null}
   */
  key(node) {
    const at = this.keys[node];
    return at === NONE ? null : this.decodeString(this.text.slice(at, this.stringEnd(at)));
  }

  /**
   * The text of a value for display: of a string its characters in quotes, of others the text as sent.
   * @param {number} node
   * @param {number} limit
   */
  value(node, limit = Infinity) {
    const { starts, ends } = this;
    const raw = this.text.slice(starts[node], Math.min(ends[node], starts[node] + limit));
    if (this.kinds[node] !== STRING) return raw;
    const whole = ends[node] - starts[node] <= limit;
    return `"${whole ? this.decodeString(raw) : this.decodeString(`${raw.replace(/\\[^\\]{0,5}$/, "")}"`)}"`;
  }

  /**
   * @param {string} raw
   * @returns {string}
   */
  decodeString(raw) {
    try {
      return JSON.parse(raw);
    } catch {
      return raw.slice(1, -1); // an escape that JSON does not know, or one cut in half
    }
  }

  /**
   * RFC 6901
   * @param {number} node
   */
  pointer(node) {
    const parts = [];
    for (let at = node; this.parents[at] !== NONE; at = this.parents[at]) {
      parts.push((this.key(at) ?? String(this.places[at])).replaceAll("~", "~0").replaceAll("/", "~1"));
    }
    return parts
      .reverse()
      .map((part) => `/${part}`)
      .join("");
  }

  /**
   * The values whose name or own text contains the query, case-insensitively; at most ten thousand.
   * @param {string} query
   */
  find(query) {
    /** @type {number[]} */
    const found = [];
    if (!query) return found;
    const pattern = new RegExp([...query].map(patternOf).join(""), "gi");
    for (let match = pattern.exec(this.text); match && found.length < MOST_FINDS; match = pattern.exec(this.text)) {
      const node = this.nodeAt(match.index);
      if (node !== found.at(-1) && this.isInside(node, match.index, pattern.lastIndex)) found.push(node);
    }
    return found;
  }

  /**
   * @param {number} node
   * @param {number} from
   * @param {number} to
   */
  isInside(node, from, to) {
    const key = this.keys[node];
    if (key !== NONE && from > key && to < this.stringEnd(key)) return true;
    return !this.isContainer(node) && from >= this.starts[node] && to <= this.ends[node];
  }

  /**
   * The last value that begins at this place or before; names count as the beginning.
   * @param {number} place
   */
  nodeAt(place) {
    let [low, high] = [0, this.size - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const begins = this.keys[middle] === NONE ? this.starts[middle] : this.keys[middle];
      if (begins <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/**
 * A character as a pattern, in each way in which JSON may write it.
 * @param {string} character
 */
function patternOf(character) {
  const plain = character.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  if (character === '"' || character === "\\") return `\\\\${plain}`;
  if (character <= "~") return plain;
  const escapes = [character, character.toLowerCase(), character.toUpperCase()].map((form) =>
    [...Array(form.length).keys()].map((at) => `\\\\u${form.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
  return `(?:${[plain, ...new Set(escapes)].join("|")})`;
}
