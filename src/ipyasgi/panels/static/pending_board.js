// Running requests, one line each. The page counts the seconds itself: the kernel only reports changes.

import { keepKeys, listen, make, makeButton, setUsable } from "./page.js";
import { elapsedText } from "./text.js";

/** @import { Model, View } from "./page.js" */

/**
 * @typedef {{
 *   method: string, target: string, state: string, tone: string, progress: string, name: string, elapsed: string,
 *   elapsed_ms: number, done: boolean,
 * }} Pending
 */

/**
 * @param {Model} model
 * @param {number} index
 */
function pendingLine(model, index) {
  const spinner = make("span", "ipyasgi-spinner", { "aria-hidden": "true" });
  const method = make("span", "ipyasgi-method");
  const target = make("span", "ipyasgi-pending-target");
  const state = make("span", "ipyasgi-pending-state", { role: "status" });
  const progress = make("span", "ipyasgi-faint ipyasgi-figure");
  const clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
  const name = make("span", "ipyasgi-faint");
  const cancel = makeButton(
    "Cancel",
    "ipyasgi-quiet",
    () => {
      setUsable(cancel, false);
      model.send({ ask: "cancel", row: index });
    },
    { title: "Cancel it" },
  );
  const line = make("li", "ipyasgi-pending", {}, spinner, method, target, state, progress, clock, name, cancel);
  let sinceMs = 0;
  let running = true;
  return {
    line,
    tick() {
      if (running) clock.textContent = elapsedText(performance.now() - sinceMs);
    },
    /** @param {Pending} row */
    show(row) {
      running = !row.done;
      sinceMs = performance.now() - row.elapsed_ms;
      line.dataset.busy = String(running);
      method.textContent = row.method;
      method.dataset.method = row.method;
      target.textContent = row.target;
      target.title = row.target;
      state.textContent = row.state;
      state.title = row.state;
      state.dataset.tone = row.tone;
      progress.textContent = row.progress;
      name.textContent = row.name;
      clock.textContent = row.done ? row.elapsed : elapsedText(row.elapsed_ms);
      cancel.hidden = row.done;
      cancel.setAttribute("aria-label", `Cancel ${row.method} ${row.target}`);
      setUsable(cancel, running && row.state !== "cancelling");
      return running;
    },
  };
}

export default {
  /** @param {View} view */
  render({ model, el }) {
    /** @type {Pending[]} */
    const pending = model.get("rows");
    const lines = pending.map((_, index) => pendingLine(model, index));
    const root = make(
      "section",
      "ipyasgi-page",
      { "aria-label": "Running requests" },
      make("ul", "ipyasgi-pendings", {}, ...lines.map((one) => one.line)),
    );
    keepKeys(root);
    el.append(root);
    /** @type {ReturnType<typeof setInterval> | undefined} */
    let timer;
    const tick = () => {
      for (const line of lines) line.tick();
    };
    const draw = () => {
      /** @type {Pending[]} */
      const rows = model.get("rows");
      const running = rows.map((row, index) => lines[index].show(row)).some(Boolean);
      if (running && !timer) timer = setInterval(tick, 100);
      if (!running) {
        clearInterval(timer);
        timer = undefined;
      }
    };
    draw();
    const silence = listen(model, { "change:rows": draw });
    return () => {
      clearInterval(timer);
      silence();
    };
  },
};
