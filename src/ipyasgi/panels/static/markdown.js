// Blocks of Markdown, which the kernel has read, as elements. All text is text; links have an absolute web address.

import { make } from "./page.js";

/** @import { Child } from "./page.js" */

/** @typedef {[text: string, styles: string, href: string]} Span  styles: letters, b bold, i italic, c code */

/**
 * @typedef {{ kind: string, spans?: Span[], code?: string, parts?: Block[][], start?: number, rows?: Span[][][] }} Block
 *   rows: of a table; the first is its head
 */

const LINK = /^(https?:\/\/|mailto:)/i;

/**
 * @param {Span} span
 * @returns {Child}
 */
function spanElement([text, styles, href]) {
  /** @type {Child} */
  let made = text;
  if (styles.includes("c")) made = make("code", "", {}, made);
  if (styles.includes("i")) made = make("em", "", {}, made);
  if (styles.includes("b")) made = make("strong", "", {}, made);
  if (LINK.test(href)) made = make("a", "", { href, title: href, target: "_blank", rel: "noopener noreferrer" }, made);
  return made;
}

/** @param {Span[]} spans */
export function spanElements(spans) {
  return spans.map(spanElement);
}

/** @param {Block} block */
function blockElement(block) {
  const spans = spanElements(block.spans ?? []);
  switch (block.kind) {
    case "heading":
      return make("p", "ipyasgi-md-heading", {}, make("strong", "", {}, ...spans));
    case "code":
      return make("pre", "", { textContent: block.code ?? "", dir: "ltr", tabIndex: 0 });
    case "list": {
      const items = (block.parts ?? []).map((part) => make("li", "", {}, ...blockElements(part)));
      return block.start === undefined
        ? make("ul", "", {}, ...items)
        : make("ol", "", { start: block.start }, ...items);
    }
    case "quote":
      return make("blockquote", "", {}, ...(block.parts ?? []).flatMap(blockElements));
    case "table": {
      const [head = [], ...rows] = block.rows ?? [];
      const cells = head.map((cell) => make("th", "", { scope: "col" }, ...spanElements(cell)));
      const body = rows.map((row) =>
        make("tr", "", {}, ...row.map((cell) => make("td", "", {}, ...spanElements(cell)))),
      );
      return make("table", "", {}, make("thead", "", {}, make("tr", "", {}, ...cells)), make("tbody", "", {}, ...body));
    }
    default:
      return make("p", "", {}, ...spans);
  }
}

/**
 * @param {Block[]} blocks
 * @returns {HTMLElement[]}
 */
export function blockElements(blocks) {
  return blocks.map(blockElement);
}

/**
 * The number of characters in blocks, to decide whether they are shown shortened.
 * @param {Block[]} blocks
 * @returns {number}
 */
export function lengthOf(blocks) {
  /** @param {Span[]} spans */
  const inSpans = (spans) => spans.reduce((sum, [text]) => sum + text.length, 0);
  return blocks.reduce(
    (sum, block) =>
      sum +
      60 + // a block takes a line at least
      inSpans(block.spans ?? []) +
      (block.code ?? "").length +
      (block.parts ?? []).reduce((inner, part) => inner + lengthOf(part), 0) +
      (block.rows ?? []).flat().reduce((inner, cell) => inner + inSpans(cell), 0),
    0,
  );
}
