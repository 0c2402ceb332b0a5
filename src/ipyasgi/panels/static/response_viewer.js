// One response: summary, tabs, body. The kernel draws the other parts in an HTML widget of the same panel. An attribute
// of the panel's element selects the visible one, so choosing a tab does not involve the kernel.

import { BodyViews } from "./body_views.js";
import { canOpenCell, openCell } from "./new_cell.js";
import { copyText, errorText, focusedElement, freshId, keepKeys, listen, make, makeButton, setUsable } from "./page.js";
import { RowStream } from "./stream.js";
import { elapsedText } from "./text.js";
import { addEyes, askValue } from "./unmask.js";

/** @import { Model, View } from "./page.js" */

/**
 * @typedef {{ name: string, title: string, about: string, some: boolean, mark: string }} Tab  some: whether it has
 *   content; mark: a sign for those who do not see its colour
 */

/**
 * @typedef {{
 *   busy: boolean, method: string, target: string, text: string, cancel: boolean, turn: number, elapsed_ms: number,
 * }} Live  a response that is being received
 */

/**
 * @typedef {{
 *   method: string, outcome: string, tone: string, name: string, target: string, elapsed: string, background: string,
 *   size: string, marks: string[], notes?: string[], open?: string, code?: string,
 * }} Head  the summary line; open: the tab to open; code: gets the exchange in a cell
 */

class ResponseTabs {
  /**
   * @param {string} id
   * @param {(name: string) => void} onTab
   */
  constructor(id, onTab) {
    this.id = id;
    this.onTab = onTab;
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    this.wanted = "";
    this.shown = "";
    this.name = "body";
    this.el = make("div", "ipyasgi-tabs", { role: "tablist", "aria-label": "Parts of the response" });
    this.el.addEventListener("keydown", (event) => this.onKey(event));
  }

  /**
   * An exception opens by itself, once for each exchange; otherwise the tab that was chosen last stays open.
   * @param {Tab[]} tabs
   * @param {string} open
   * @param {string} exchange  its name
   */
  show(tabs, open, exchange) {
    if (open === "exception" && exchange !== this.shown) this.wanted = open;
    else if (open !== "exception" && this.wanted === "exception") this.wanted = "";
    this.shown = exchange;
    const focused = this.el.contains(focusedElement());
    this.buttons = tabs.map((tab) => {
      const button = makeButton(
        tab.title,
        "ipyasgi-tab",
        () => {
          this.wanted = tab.name;
          this.choose(tab.name);
        },
        {
          role: "tab",
          id: `${this.id}-${tab.name}`,
          title: tab.about,
        },
      );
      button.dataset.tab = tab.name;
      if (tab.mark) {
        button.prepend(make("span", "ipyasgi-tab-mark", { textContent: tab.mark, "aria-hidden": "true" }), " ");
      }
      if (tab.about && tab.about.length < 4 && tab.name !== "request") {
        button.append(make("span", "ipyasgi-faint", { textContent: ` ${tab.about}` }));
      }
      button.hidden = !tab.some;
      return button;
    });
    this.el.replaceChildren(...this.buttons);
    /** @param {string} name */
    const has = (name) => tabs.some((tab) => tab.name === name && tab.some);
    this.choose([this.wanted, open, "body"].find(has) ?? tabs.find((tab) => tab.some)?.name ?? "body");
    if (focused) this.button(this.name)?.focus();
  }

  /** @param {string} name */
  button(name) {
    return this.buttons.find((one) => one.dataset.tab === name);
  }

  /** @param {string} name */
  choose(name) {
    this.name = name;
    for (const button of this.buttons) {
      const isChosen = button.dataset.tab === name;
      button.setAttribute("aria-selected", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    }
    this.onTab(name);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const usable = this.buttons.filter((one) => !one.hidden);
    const at = usable.findIndex((one) => one === focusedElement());
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: usable.length - 1 }[event.key];
    if (to === undefined || !usable.length) return;
    event.preventDefault();
    const next = usable[(to + usable.length) % usable.length];
    this.wanted = next.dataset.tab ?? "";
    this.choose(this.wanted);
    next.focus();
  }
}

// The running request: its state, a clock that the page runs itself, and Cancel.
class LiveStrip {
  /** @param {Model} model */
  constructor(model) {
    this.turn = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    this.request = make("span", "ipyasgi-live-request");
    this.status = make("span", "", { role: "status" });
    this.clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
    this.cancel = makeButton(
      "Cancel",
      "",
      () => {
        setUsable(this.cancel, false);
        model.send({ ask: "cancel" });
      },
      { title: "Cancel this request" },
    );
    this.el = make(
      "div",
      "ipyasgi-live",
      { hidden: true },
      make("span", "ipyasgi-spinner", { "aria-hidden": "true" }),
      this.request,
      this.status,
      this.clock,
      this.cancel,
    );
  }

  /** @param {Live} live */
  show(live) {
    this.el.hidden = !live.busy;
    this.request.textContent = `${live.method} ${live.target}`;
    this.status.textContent = live.text;
    this.cancel.hidden = !live.cancel;
    if (live.turn !== this.turn) setUsable(this.cancel, true);
    this.turn = live.turn;
    clearInterval(this.timer);
    if (!live.busy) return;
    const since = performance.now() - live.elapsed_ms;
    const draw = () => {
      this.clock.textContent = elapsedText(performance.now() - since);
    };
    draw();
    this.timer = setInterval(draw, 100);
  }

  close() {
    clearInterval(this.timer);
  }
}

/**
 * follows: whether each new exchange is shown; otherwise those of the form beside it
 * @param {Head} head
 * @param {boolean} follows
 */
function summaryLine(head, follows) {
  if (!head.method) {
    const next = follows ? "The next exchange is shown here." : "Press Send or Ctrl+Enter.";
    return [make("span", "ipyasgi-faint", { textContent: `No response yet. ${next}` })];
  }
  const outcome = make("strong", "ipyasgi-outcome", { textContent: head.outcome });
  outcome.dataset.tone = head.tone;
  const target = make("bdi", "ipyasgi-target", { textContent: head.target, title: head.target });
  return [
    outcome,
    make("strong", "ipyasgi-figure", { textContent: head.elapsed, title: "Time to the complete response" }),
    ...[head.background, head.size]
      .filter(Boolean)
      .map((text) => make("span", "ipyasgi-faint ipyasgi-figure", { textContent: text })),
    make("span", "ipyasgi-sent-line ipyasgi-faint", {}, head.name, " ", head.method, " ", target),
    ...head.marks.map((mark) => make("bdi", "ipyasgi-mark", { textContent: mark, title: mark })),
  ];
}

/**
 * What can be done with an exception: it is shown below, drawn by the kernel.
 * @param {Model} model
 */
function exceptionTools(model) {
  const status = make("span", "ipyasgi-faint", { role: "status" });
  const debug = makeButton(
    canOpenCell(model) ? "Debug in a new cell" : "Copy code to debug",
    "",
    async () => {
      const { code, name } = model.get("head");
      const source = `import pdb\n\n${code}\npdb.post_mortem(${name}.app_exception.__traceback__)`;
      status.textContent = await openCell(model, el, source);
    },
    { title: "pdb, in the frame that raised, with its local variables" },
  );
  const copy = makeButton("Copy traceback", "", async () => {
    try {
      await copyText(model.get("exception").text);
      status.textContent = "Copied";
    } catch (error) {
      status.textContent = errorText(error);
    }
  });
  const el = make("div", "ipyasgi-exception-tools", { hidden: true }, debug, copy, status);
  /** @param {boolean} isOpen */
  const show = (isOpen) => {
    const { text, can_debug: canDebug } = model.get("exception");
    el.hidden = !isOpen || !text;
    debug.hidden = !canDebug;
    status.textContent = "";
  };
  return { el, show };
}

/**
 * @param {Model} model
 * @param {HTMLElement} el
 * @param {RowStream} stream
 */
function renderResponse(model, el, stream) {
  const id = freshId("response");
  const summary = make("div", "ipyasgi-summary", { role: "status" });
  const notes = make("div", "ipyasgi-body-notes");
  const pin = makeButton("Pin", "ipyasgi-quiet", () => model.send({ ask: "pin", on: !model.get("pinned") }), {
    title: "Pin this response",
  });
  const strip = new LiveStrip(model);
  const syncPanel = () => {
    /** @type {HTMLElement | null} */
    const panel = el.closest(".ipyasgi-response");
    if (!panel) return;
    const { name } = tabs;
    panel.dataset.tab = name === "body" && views?.view !== "drawn" ? "" : name;
    panel.dataset.stale = String(model.get("stale"));
    /** @type {HTMLElement | null} */
    const sections = panel.querySelector(".ipyasgi-sections");
    const outside = Boolean(panel.dataset.tab);
    if (sections) {
      if (sections !== watched) {
        watched = sections;
        drawn.observe(sections, { childList: true, subtree: true });
        addEyes(model, sections);
      }
      sections.id = `${id}-sections`;
      sections.setAttribute("role", "tabpanel");
      sections.tabIndex = 0;
      sections.setAttribute("aria-labelledby", `${id}-${name}`);
      sections.hidden = !outside;
    }
    for (const button of tabs.buttons)
      button.setAttribute("aria-controls", button.dataset.tab === "body" ? bodyBox.id : `${id}-sections`);
  };
  /** @type {HTMLElement | null} */
  let watched = null;
  const drawn = new MutationObserver(() => {
    if (watched) addEyes(model, watched);
  });
  const raised = exceptionTools(model);
  const bodyBox = make("div", "ipyasgi-body-box", {
    role: "tabpanel",
    id: `${id}-body-box`,
    "aria-labelledby": `${id}-body`,
  });
  /** @type {BodyViews | undefined} */
  let views; // its constructor calls back
  const tabs = new ResponseTabs(id, (name) => {
    bodyBox.hidden = name !== "body";
    raised.show(name === "exception");
    syncPanel();
  });
  const bodyViews = new BodyViews(
    model,
    stream,
    () => syncPanel(),
    (places) => askValue(model, "body", places),
  );
  views = bodyViews;
  bodyBox.append(bodyViews.el);
  const root = make(
    "section",
    "ipyasgi-page ipyasgi-response-page",
    { "aria-label": "Response" },
    make("div", "ipyasgi-head", {}, summary, pin),
    notes,
    strip.el,
    tabs.el,
    raised.el,
    bodyBox,
  );
  keepKeys(root);
  el.append(root);
  // Before the first response there are no tabs to choose from.
  const drawEmpty = () => {
    const isEmpty = !model.get("head").method;
    tabs.el.hidden = isEmpty;
    summary.hidden = isEmpty && model.get("live").busy;
  };
  const drawHead = () => {
    /** @type {Head} */
    const head = model.get("head");
    summary.replaceChildren(...summaryLine(head, typeof model.get("pinned") === "boolean"));
    drawEmpty();
    notes.replaceChildren(
      ...(head.notes ?? []).map((note) => make("p", "ipyasgi-body-note", { textContent: note, dir: "auto" })),
    );
  };
  const drawTabs = () => {
    /** @type {Head} */
    const head = model.get("head");
    tabs.show(model.get("tabs"), head.open ?? "body", head.name);
  };
  const drawPin = () => {
    const pinned = model.get("pinned");
    pin.hidden = pinned === null || pinned === undefined;
    pin.setAttribute("aria-pressed", String(Boolean(pinned)));
    pin.textContent = pinned ? "Pinned" : "Pin";
  };
  const drawLive = () => {
    const live = model.get("live");
    strip.show(live);
    drawEmpty();
    if (live.busy && !tabs.button("body")?.matches('[aria-selected="true"]')) tabs.choose("body");
    stream.notify();
  };
  // The panel's element exists once this one has a size.
  const attached = new ResizeObserver(syncPanel);
  attached.observe(root);
  drawHead();
  drawTabs();
  drawPin();
  strip.show(model.get("live"));
  const silence = listen(model, {
    "change:head": () => {
      drawHead();
      drawTabs();
    },
    "change:tabs": drawTabs,
    "change:exception": drawTabs,
    "change:pinned": drawPin,
    "change:live": drawLive,
    "change:body": () => {
      bodyViews.show();
      syncPanel();
    },
    "change:stale": syncPanel,
  });
  return () => {
    silence();
    attached.disconnect();
    drawn.disconnect();
    strip.close();
    bodyViews.close();
  };
}

// A function, so that each widget has a stream of its own, shared by all its views.
export default () => {
  /** @type {RowStream} */
  let stream;
  return {
    /** @param {View} view */
    initialize({ model }) {
      stream = new RowStream(model, 5000);
      return () => stream.close();
    },
    /** @param {View} view */
    render({ model, el }) {
      return renderResponse(model, el, stream);
    },
  };
};
