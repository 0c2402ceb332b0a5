// The head of the form: what the operation is, what its author wrote about it, what it returns, or its request as code.

import { blockElements, lengthOf, spanElements } from "./markdown.js";
import { focusedIn, focusFirst, freshId, make, makeButton } from "./page.js";
import { SourceLink } from "./source_link.js";
import { Tabs } from "./tabs.js";

/** @import { CodePart } from "./code_part.js" */
/** @import { Block } from "./markdown.js" */
/** @import { Child, Model } from "./page.js" */
/** @import { Choice } from "./routes.js" */

/**
 * @typedef {{
 *   media: string, name: string, type: string, parts: [name: string, required: boolean, type: string, note: string][],
 *   more: number, example: string,
 * }} Outline  one media type of a response; name: of its schema; type: of a value without parts
 */

/** @typedef {{ status: string, blocks: Block[], media?: Outline[] }} Reply  media: undefined until the kernel has sent it */

/**
 * @typedef {{
 *   title: string, handler: string, source: string, schemes: string[], needs: string, blocks: Block[],
 *   responses: Reply[],
 * }} Docs  responses: without their media; schemes: the security schemes that a request needs; needs: the same in words
 */

const LONG = 500;
const MOST_STATUSES = 6;

export class DocsPart {
  /**
   * @param {Model} model
   * @param {{ code: CodePart, onLock: (keys: string[]) => void }} options
   *   onLock: the lock of an operation that needs these schemes was pressed
   */
  constructor(model, { code, onLock }) {
    this.code = code;
    this.shown = "";
    /** @type {Reply[] | undefined} */
    this.shownReplies = undefined;
    this.repliesKey = "";
    /** @type {string[]} */
    this.schemes = [];
    this.needs = "";
    this.isWhole = false;
    this.title = make("h3", "ipyasgi-docs-title");
    this.flag = make("span", "ipyasgi-flag", { textContent: "deprecated" });
    this.lock = makeButton("", "ipyasgi-quiet ipyasgi-lock", () => onLock(this.schemes));
    this.handler = make("span");
    this.source = new SourceLink(model);
    const place = make("span", "ipyasgi-faint ipyasgi-docs-place", { dir: "ltr" }, this.handler, this.source.el);
    this.tabs = new Tabs({
      label: "About this operation",
      names: [
        ["docs", "Docs"],
        ["code", "Code"],
      ],
      onPick: () => this.turn(),
    });
    this.blocks = make("div", "ipyasgi-md", { dir: "auto" });
    this.more = makeButton("Show more", "ipyasgi-quiet", () => {
      this.isWhole = !this.isWhole;
      this.clip();
    });
    this.replies = make("div", "ipyasgi-replies");
    const panels = [this.blocks, this.more, this.replies];
    this.panels = {
      docs: make("div", "ipyasgi-docs-panel", { role: "tabpanel", id: freshId("docs") }, ...panels),
      code: make("div", "ipyasgi-docs-panel", { role: "tabpanel", id: freshId("code") }, code.el),
    };
    for (const [name, button] of this.tabs.buttons) {
      const panel = this.panels[/** @type {"docs" | "code"} */ (name)];
      button.id = freshId("docs-tab");
      button.setAttribute("aria-controls", panel.id);
      panel.setAttribute("aria-labelledby", button.id);
    }
    this.el = make(
      "div",
      "ipyasgi-docs",
      {},
      make(
        "div",
        "ipyasgi-docs-head",
        {},
        make("div", "ipyasgi-docs-name", {}, this.title, this.flag, this.lock, place),
        this.tabs.el,
      ),
      this.panels.docs,
      this.panels.code,
    );
    this.tabs.show("docs");
    this.turn();
  }

  turn() {
    this.panels.docs.hidden = this.tabs.current !== "docs";
    this.panels.code.hidden = this.tabs.current !== "code";
  }

  /**
   * @param {Docs | undefined} docs  undefined until the kernel has sent them
   * @param {Choice | undefined} choice  the route; undefined for a path that is none
   * @param {{ deprecated: boolean, isSocket: boolean }} about
   */
  show(docs, choice, { deprecated, isSocket }) {
    const shown = JSON.stringify([docs, choice, deprecated]);
    if (shown === this.shown) return; // called after each change of the form
    this.shown = shown;
    const title = docs?.title || choice?.description?.replace(/\.$/, "") || choice?.name || choice?.handler || "";
    this.title.textContent = title || (isSocket ? "WebSocket" : "Not a route of the app");
    this.title.dir = "auto";
    this.flag.hidden = !deprecated;
    const handler = docs?.handler ?? choice?.handler ?? "";
    this.handler.textContent = handler && handler !== title ? `${handler}  ` : "";
    this.source.show(docs?.source ?? choice?.source ?? "", choice ? `${choice.method} ${choice.path}` : "");
    this.schemes = docs?.schemes ?? [];
    this.lock.hidden = this.schemes.length === 0;
    this.needs = docs?.needs ?? "";
    this.blocks.replaceChildren(...blockElements(docs?.blocks ?? []));
    this.isLong = lengthOf(docs?.blocks ?? []) > LONG;
    this.isWhole = false;
    this.clip();
  }

  /**
   * What the kernel sends later of the same operation leaves the fold open, and the focus on it.
   * @param {Reply[]} replies
   * @param {string} key  of their operation
   */
  showReplies(replies, key) {
    if (replies === this.shownReplies) return; // called as often
    this.shownReplies = replies;
    const before = this.replies.querySelector("details");
    const hadFocus = focusedIn(this.replies) !== null;
    const fold = replies.length ? repliesFold(replies) : null;
    this.replies.replaceChildren(...(fold ? [fold] : []));
    if (fold && key === this.repliesKey) {
      fold.open = before?.open ?? false;
      if (hadFocus) focusFirst(fold, "summary", { preventScroll: true });
    }
    this.repliesKey = key;
  }

  /**
   * Shows on the lock whether the credentials that the operation needs are set.
   * @param {boolean} isMet
   */
  markLock(isMet) {
    this.lock.title = `${isMet ? "Sent with" : "Needs"} credentials: ${this.needs}`;
    this.lock.setAttribute("aria-label", this.lock.title);
    this.lock.dataset.met = String(isMet);
  }

  clip() {
    this.blocks.classList.toggle("ipyasgi-clipped", Boolean(this.isLong) && !this.isWhole);
    this.more.hidden = !this.isLong;
    this.more.textContent = this.isWhole ? "Show less" : "Show more";
    this.more.setAttribute("aria-expanded", String(this.isWhole));
  }
}

/** @param {Reply} reply */
function nameOf(reply) {
  const first = reply.media?.[0];
  return first ? first.name || first.type || first.media : "";
}

/** @param {string} status */
function toneOf(status) {
  if (status.startsWith("2")) return "good";
  return /^[45]/.test(status) ? "bad" : "";
}

/** @param {Reply[]} replies */
function repliesFold(replies) {
  const words = replies.slice(0, MOST_STATUSES).flatMap((reply, at) => {
    const status = make("span", "ipyasgi-figure", { textContent: reply.status });
    status.dataset.tone = toneOf(reply.status);
    const name = toneOf(reply.status) === "good" ? nameOf(reply) : "";
    /** @type {Child[]} */
    const made = [at ? " · " : " ", status];
    return name ? [...made, ` ${name}`] : made;
  });
  if (replies.length > MOST_STATUSES) words.push(` · ${replies.length - MOST_STATUSES} more`);
  return make(
    "details",
    "ipyasgi-returns",
    {},
    make("summary", "", {}, "Returns", ...words),
    ...replies.map((reply, at) => replyElement(reply, at === 0)),
  );
}

/**
 * Whether its line says all about its body.
 * @param {Reply} reply
 */
function isPlain({ media: [first, ...others] = [] }) {
  return !others.length && !(first?.parts.length || first?.example);
}

/**
 * @param {Reply} reply
 * @param {boolean} open
 */
function replyElement(reply, open) {
  const status = make("strong", "ipyasgi-figure", { textContent: reply.status });
  status.dataset.tone = toneOf(reply.status);
  const [first, ...others] = reply.blocks;
  const { media = [] } = reply;
  const [spans, rest] = first?.kind === "paragraph" ? [first.spans ?? [], others] : [[], reply.blocks];
  const summary = make(
    "summary",
    "",
    {},
    status,
    " ",
    make("bdi", "", {}, ...spanElements(spans)),
    make("span", "ipyasgi-faint", { textContent: reply.media ? `  ${nameOf(reply) || "No body"}` : "" }),
  );
  const body = [
    ...(rest.length ? [make("div", "ipyasgi-md", { dir: "auto" }, ...blockElements(rest))] : []),
    ...(isPlain(reply) ? [] : media.map((one) => outlineElement(one, media.length > 1))),
  ];
  if (!body.length) return make("p", "ipyasgi-reply ipyasgi-reply-empty", {}, ...summary.childNodes);
  return make("details", "ipyasgi-reply", { open }, summary, ...body);
}

/**
 * @param {Outline} outline
 * @param {boolean} named  whether the name of its schema is shown, which a response of one media type has already
 */
function outlineElement(outline, named) {
  const rows = outline.parts.map(([name, required, type, note]) =>
    make(
      "div",
      "ipyasgi-outline-row",
      {},
      make("bdi", "ipyasgi-outline-name", { textContent: name, title: name }),
      make("span", "ipyasgi-faint", { textContent: required ? type : `${type}, optional` }),
      make("span", "", { textContent: note, dir: "auto", hidden: !note }),
    ),
  );
  const more = outline.more ? [make("div", "ipyasgi-faint", { textContent: `${outline.more} more` })] : [];
  const about = [outline.media, (named && outline.name) || outline.type].filter(Boolean).join("  ");
  const example = outline.example
    ? [
        make(
          "details",
          "ipyasgi-example",
          { open: true },
          make("summary", "", { textContent: "Example" }),
          make("pre", "ipyasgi-sample", {
            textContent: outline.example,
            tabIndex: 0,
            dir: "ltr",
            "aria-label": "Example",
          }),
        ),
      ]
    : [];
  return make(
    "div",
    "ipyasgi-outline",
    {},
    make("div", "ipyasgi-outline-parts", {}, make("div", "ipyasgi-faint", { textContent: about }), ...rows, ...more),
    ...example,
  );
}
