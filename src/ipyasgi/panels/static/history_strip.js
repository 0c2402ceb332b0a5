// The newest exchanges on one line, each a button that shows it.

import { make, makeButton, makeMethod } from "./page.js";

/** @import { HistoryRow } from "./history_rows.js" */

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
    const focused = this.el.contains(document.activeElement) ? document.activeElement : null;
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
      "aria-label": `Show ${row.name}: ${row.method} ${row.target}, ${row.outcome}, ${row.elapsed}`,
      "aria-pressed": String(isShown),
      title: `${row.name}  ${row.method} ${row.target}  ${row.outcome}  ${row.elapsed}`,
    });
    const outcome = make("span", "ipyasgi-strip-outcome", { textContent: shortOutcome(row.outcome) });
    outcome.dataset.tone = row.tone;
    button.append(
      make("span", "ipyasgi-faint", { textContent: row.name }),
      outcome,
      makeMethod(row.method),
      make("bdi", "ipyasgi-target", { textContent: row.target }),
    );
    button.dataset.name = row.name;
    return button;
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
