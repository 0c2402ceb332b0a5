// The newest exchanges on one line, each a button that shows it, and the tools for the one that is shown.

import { focusedElement, freshId, make, makeButton, makeMethod, setUsable } from "./page.js";

/** @import { HistoryRow } from "./history_rows.js" */
/** @import { Model } from "./page.js" */

const MOST = 8;

export class HistoryStrip {
  /** @param {(name: string) => void} onShow */
  constructor(onShow) {
    this.onShow = onShow;
    this.el = make("div", "ipyasgi-strip", { role: "group", "aria-label": "Newest exchanges" });
  }

  /**
   * @param {HistoryRow[]} rows  newest first
   * @param {string} shown
   */
  show(rows, shown) {
    const focused = this.el.contains(focusedElement()) ? focusedElement() : null;
    const name = focused instanceof HTMLElement ? focused.dataset.name : undefined;
    const buttons = rows.slice(0, MOST).map((row) => this.draw(row, row.name === shown));
    this.el.replaceChildren(...buttons);
    buttons.find((button) => button.dataset.name === name)?.focus({ preventScroll: true });
  }

  /**
   * @param {HistoryRow} row
   * @param {boolean} isShown
   */
  draw(row, isShown) {
    const button = makeButton("", "ipyasgi-quiet ipyasgi-strip-row", () => this.onShow(row.name), {
      "aria-label": `Show ${[`${row.name}: ${row.method} ${row.target}`, row.outcome, row.elapsed, ...row.marks].join(", ")}`,
      "aria-pressed": String(isShown),
      title: [row.name, `${row.method} ${row.target}`, row.outcome, row.elapsed, ...row.marks].join("  "),
    });
    const outcome = make("span", "ipyasgi-strip-outcome", { textContent: shortOutcome(row.outcome) });
    outcome.dataset.tone = row.tone;
    button.append(
      make("span", "ipyasgi-faint", { textContent: row.restored ? `${row.name} restored` : row.name }),
      outcome,
      makeMethod(row.method),
      make("bdi", "ipyasgi-target", { textContent: row.target }),
    );
    button.dataset.name = row.name;
    return button;
  }
}

export class StripTools {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.doing = make("span", "ipyasgi-faint", { role: "status" });
    this.replay = makeButton("Replay", "", () => model.send({ ask: "replay", names: [model.get("shown")] }));
    this.stop = makeButton("Stop", "", () => model.send({ ask: "stop" }), { title: "Stop the replay" });
    this.compare = makeButton("Diff", "", () =>
      model.send({ ask: "compare", names: [model.get("earlier"), model.get("shown")] }),
    );
    this.formats = make("div", "ipyasgi-history-tools ipyasgi-strip-formats", {
      id: freshId("formats"),
      role: "group",
      "aria-label": "Export as",
    });
    this.formats.append(
      make("span", "ipyasgi-faint", { textContent: "Export as" }),
      ...model.get("formats").map((/** @type {string} */ format) => makeButton(format, "", () => this.ask(format))),
    );
    this.export = makeButton("Export", "", () => this.open(this.formats.hidden === true), {
      "aria-controls": this.formats.id,
    });
    this.export.append(" ", make("span", "ipyasgi-arrow", { "aria-hidden": "true" }));
    this.formats.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.open(false);
      this.export.focus();
    });
    this.el = make(
      "div",
      "ipyasgi-buttons ipyasgi-strip-tools",
      { role: "group", "aria-label": "Shown exchange" },
      this.doing,
      this.replay,
      this.stop,
      this.compare,
      this.export,
    );
    this.isFolded = true;
    this.open(false);
  }

  /** @param {boolean} isOpen */
  open(isOpen) {
    this.formats.hidden = !isOpen;
    this.export.setAttribute("aria-expanded", String(isOpen));
  }

  /** @param {string} format */
  ask(format) {
    this.model.send({ ask: "export", names: [this.model.get("shown")], format });
    this.open(false);
    this.export.focus();
  }

  show() {
    const [earlier, doing] = [this.model.get("earlier"), this.model.get("doing")];
    /** @type {HistoryRow[]} */
    const rows = this.model.get("rows");
    const isSocket = rows.some(({ name, method }) => name === this.model.get("shown") && method === "WS");
    const shown = isSocket ? "" : this.model.get("shown");
    this.el.hidden = !this.isFolded || !(rows.length || doing);
    this.doing.textContent = doing;
    this.stop.hidden = !doing;
    this.replay.hidden = Boolean(doing);
    setUsable(this.replay, Boolean(shown));
    setUsable(this.compare, Boolean(earlier));
    setUsable(this.export, Boolean(shown));
    this.replay.title = shown ? `Send ${shown} again` : "Show a request to send it again";
    this.compare.title = earlier
      ? `Compare with ${earlier}, the one before of this operation`
      : "There is no earlier request of this operation to compare with";
    this.export.title = shown ? `Export ${shown}` : "Show a request to export it";
    if (!shown || !this.isFolded) this.open(false);
  }
}

/**
 * The outcome without the name of the status, `200 cut off`; of a WebSocket its code, `closed 1000`.
 * @param {string} outcome
 */
export function shortOutcome(outcome) {
  const closed = /^closed\b.*, (\d{4})\b/.exec(outcome);
  if (closed) return `closed ${closed[1]}`;
  const [, status, more = ""] = /^(\d{3})\b[^,]*,?(.*)$/.exec(outcome) ?? ["", outcome];
  return status + more;
}
