// Text for display: sizes, times, and invisible characters made visible. Does not use the DOM.

/** @param {number} bytes */
export function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * The time of an event since the start of its request or session.
 * @param {number} ms
 */
export function momentText(ms) {
  return ms < 10000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/**
 * The elapsed time of something that is running.
 * @param {number} ms
 */
export function elapsedText(ms) {
  if (ms < 60000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60000)} min ${Math.floor((ms % 60000) / 1000)} s`;
}

/**
 * @param {number} count
 * @param {string} noun
 */
export function countText(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

// Control characters, and those that change the reading direction.
const ACTING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * The text with a visible symbol for each of these characters.
 * @param {string} text
 */
export function visibleText(text) {
  return text.replace(ACTING, (found) => {
    const code = found.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

/**
 * A JSON text of a moderate size, indented. Any other text is unchanged, and so is one with a number that JavaScript
 * cannot represent.
 * @param {string} text
 */
export function indentJson(text) {
  if (text.length > 1e6 || !/^\s*[{[]/.test(text) || /\d{16}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
