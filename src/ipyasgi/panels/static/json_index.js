// JSON text as a flat index of its values, in the order they are written: where each begins and ends, what it is in,
// how many it holds. Knows no DOM. The text is never turned into objects: numbers and repeated names stay as sent,
// depth costs nothing, and megabytes are read in slices, so that the page goes on in between.

const [J_OBJECT, J_ARRAY, J_STRING, J_NUMBER, J_WORD] = [1, 2, 3, 4, 5];
const J_NONE = -1;
const J_SLICE_NODES = 2000;
const J_SLICE_MS = 12;
const J_FINDS = 10000;
const [J_BRACE, J_BRACKET, J_QUOTE, J_COMMA, J_COLON, J_BACKSLASH] = [..."{[\",:\\"].map((one) => one.charCodeAt(0));
const J_WORD_END = /[^-+.\w]/g;
const J_NUMBERS = /^-?\d/;
const J_WORDS = new Set(["true", "false", "null", "NaN", "Infinity", "-Infinity"]);

class JsonIndex {
  constructor(text) {
    this.text = text;
    this.size = 0;
    this.room = 1024;
    this.kinds = new Uint8Array(this.room);
    // key: where the name begins, start and end: the value, after: the next value that is not inside, place: in its
    // container, count: values directly inside, level: from 1
    for (const name of ["keys", "starts", "ends", "parents", "afters", "places", "counts", "levels"]) {
      this[name] = new Int32Array(this.room);
    }
  }

  // Reads the whole text, giving the page a turn between slices; rejects where it is no JSON.
  static async read(text, isWanted = () => true) {
    const index = new JsonIndex(text);
    let beganMs = performance.now();
    for (const _ of index.scan()) {
      if (performance.now() - beganMs < J_SLICE_MS) continue;
      await new Promise((resolve) => { setTimeout(resolve); });
      if (!isWanted()) return null;
      beganMs = performance.now();
    }
    return index;
  }

  *scan() {
    const { text } = this;
    let at = this.blank(0);
    let parent = J_NONE;
    for (let turn = 1; ; turn += 1) {
      if (turn % J_SLICE_NODES === 0) yield;
      let key = J_NONE;
      if (parent !== J_NONE && this.kinds[parent] === J_OBJECT) {
        key = at;
        at = this.blank(this.stringEnd(at));
        if (text.charCodeAt(at) !== J_COLON) throw this.wrong(at);
        at = this.blank(at + 1);
      }
      const node = this.add(parent, key, at);
      const first = text.charCodeAt(at);
      if (first === J_BRACE || first === J_BRACKET) {
        this.kinds[node] = first === J_BRACE ? J_OBJECT : J_ARRAY;
        at = this.blank(at + 1);
        if (text.charCodeAt(at) !== this.closer(node)) {
          parent = node;
          continue;
        }
        at += 1;
        this.close(node, at);
      } else {
        at = first === J_QUOTE ? this.stringEnd(at) : this.wordEnd(node, at);
        if (first === J_QUOTE) this.kinds[node] = J_STRING;
        this.close(node, at);
      }
      for (;;) {
        at = this.blank(at);
        if (parent === J_NONE) {
          if (at < text.length) throw this.wrong(at);
          return;
        }
        const next = text.charCodeAt(at);
        if (next === J_COMMA) {
          at = this.blank(at + 1);
          break;
        }
        if (next !== this.closer(parent)) throw this.wrong(at);
        at += 1;
        this.close(parent, at);
        parent = this.parents[parent];
      }
    }
  }

  closer(node) {
    return (this.kinds[node] === J_OBJECT ? J_BRACE : J_BRACKET) + 2; // so they stand in ASCII
  }

  blank(at) {
    for (;;) {
      const code = this.text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
      at += 1;
    }
  }

  stringEnd(at) {
    const { text } = this;
    if (text.charCodeAt(at) !== J_QUOTE) throw this.wrong(at);
    for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
      let before = end - 1;
      while (text.charCodeAt(before) === J_BACKSLASH) before -= 1;
      if ((end - before) % 2) return end + 1;
    }
    throw this.wrong(text.length);
  }

  wordEnd(node, at) {
    J_WORD_END.lastIndex = at;
    const end = J_WORD_END.exec(this.text)?.index ?? this.text.length;
    const word = this.text.slice(at, end);
    const isNumber = J_NUMBERS.test(word);
    if (!isNumber && !J_WORDS.has(word)) throw this.wrong(at);
    this.kinds[node] = isNumber ? J_NUMBER : J_WORD;
    return end;
  }

  wrong(at) {
    return new Error(at < this.text.length ? `not JSON at character ${at + 1}` : "the JSON ends too early");
  }

  add(parent, key, start) {
    if (this.size === this.room) this.grow();
    const node = this.size;
    this.size += 1;
    this.keys[node] = key;
    this.starts[node] = start;
    this.parents[node] = parent;
    this.levels[node] = parent === J_NONE ? 1 : this.levels[parent] + 1;
    if (parent !== J_NONE) {
      this.places[node] = this.counts[parent];
      this.counts[parent] += 1;
    }
    return node;
  }

  close(node, end) {
    this.ends[node] = end;
    this.afters[node] = this.size;
  }

  grow() {
    this.room *= 2;
    for (const [name, value] of Object.entries(this)) {
      if (!ArrayBuffer.isView(value)) continue;
      this[name] = new value.constructor(this.room);
      this[name].set(value);
    }
  }

  isContainer(node) {
    return this.kinds[node] <= J_ARRAY;
  }

  // The name of a value in an object; null in an array and at the top.
  key(node) {
    const at = this.keys[node];
    return at === J_NONE ? null : this.decoded(this.text.slice(at, this.stringEnd(at)));
  }

  // The text of a value as it is shown: of a string its characters in quotes, of all others what was sent.
  value(node, limit = Infinity) {
    const { starts, ends } = this;
    const raw = this.text.slice(starts[node], Math.min(ends[node], starts[node] + limit));
    if (this.kinds[node] !== J_STRING) return raw;
    const whole = ends[node] - starts[node] <= limit;
    return `"${whole ? this.decoded(raw) : this.decoded(`${raw.replace(/\\[^\\]{0,5}$/, "")}"`)}"`;
  }

  decoded(raw) {
    try {
      return JSON.parse(raw);
    } catch {
      return raw.slice(1, -1); // an escape that JSON does not know, or one cut in half
    }
  }

  // RFC 6901
  pointer(node) {
    const parts = [];
    for (let at = node; this.parents[at] !== J_NONE; at = this.parents[at]) {
      parts.push((this.key(at) ?? String(this.places[at])).replaceAll("~", "~0").replaceAll("/", "~1"));
    }
    return parts.reverse().map((part) => `/${part}`).join("");
  }

  // The values whose name or own text has the words in it, whatever the case; at most ten thousand.
  find(words) {
    const found = [];
    if (!words) return found;
    const pattern = new RegExp([...words].map(spelled).join(""), "gi");
    for (let match = pattern.exec(this.text); match && found.length < J_FINDS; match = pattern.exec(this.text)) {
      const node = this.nodeAt(match.index);
      if (node !== found.at(-1) && this.holds(node, match.index, pattern.lastIndex)) found.push(node);
    }
    return found;
  }

  holds(node, from, to) {
    const key = this.keys[node];
    if (key !== J_NONE && from > key && to < this.stringEnd(key)) return true;
    return !this.isContainer(node) && from >= this.starts[node] && to <= this.ends[node];
  }

  // The last value that begins at this place or before; names count as the beginning.
  nodeAt(place) {
    let [low, high] = [0, this.size - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const begins = this.keys[middle] === J_NONE ? this.starts[middle] : this.keys[middle];
      if (begins <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

// A character as a pattern, in each way in which JSON may write it.
function spelled(character) {
  const plain = character.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  if (character === '"' || character === "\\") return `\\\\${plain}`;
  if (character <= "~") return plain;
  const escapes = [character, character.toLowerCase(), character.toUpperCase()].map((form) => [...Array(form.length).keys()]
    .map((at) => `\\\\u${form.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""));
  return `(?:${[plain, ...new Set(escapes)].join("|")})`;
}
