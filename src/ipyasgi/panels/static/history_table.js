// The history: a filter, the rows, and the tools for those selected.

import { ExportView } from "./export_view.js";
import { HistoryList } from "./history_rows.js";
import { HistoryStrip, StripTools } from "./history_strip.js";
import { freshId, keepKeys, listen, make, makeButton, setUsable } from "./page.js";

/** @import { Model, View } from "./page.js" */

const FILTER_WAIT_MS = 200;

class HistoryPage {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    const errorId = freshId("filter-error");
    this.filter = make("input", "ipyasgi-input ipyasgi-filter", {
      type: "text",
      dir: "ltr",
      spellcheck: false,
      autocomplete: "off",
      placeholder: "Filter: method:POST status:4xx path:/items* slow:100ms error",
      "aria-label": "Filter the history",
      "aria-describedby": errorId,
    });
    this.filter.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.askFilter(), FILTER_WAIT_MS);
    });
    this.filter.addEventListener("keydown", (event) => this.filterKey(event));
    this.count = make("span", "ipyasgi-faint", { role: "status" });
    this.filterError = make("p", "ipyasgi-filter-error", { id: errorId, role: "status" });
    this.list = new HistoryList({
      fills: model.get("fills"),
      onShow: (name) => model.send({ ask: "show", name }),
      onFill: (name) => model.send({ ask: "fill", name }),
      onSelect: () => this.drawTools(),
    });
    this.strip = new HistoryStrip((name) => model.send({ ask: "show", name }));
    this.shownTools = new StripTools(model);
    this.empty = make("p", "ipyasgi-faint");
    this.more = makeButton("Show more", "ipyasgi-quiet", () => model.send({ ask: "more" }));
    this.replay = makeButton("Replay", "", () => this.ask("replay"), { title: "Send the selected requests again" });
    this.stop = makeButton("Stop", "", () => model.send({ ask: "stop" }), { title: "Stop the replay" });
    this.compare = makeButton("Diff", "", () => this.ask("compare"), { title: "Compare the two selected exchanges" });
    this.format = make(
      "select",
      "ipyasgi-input",
      { "aria-label": "Export format" },
      .../** @type {string[]} */ (model.get("formats")).map((name) =>
        make("option", "", { value: name, textContent: name }),
      ),
    );
    this.export = makeButton("Export", "", () => this.ask("export", { format: this.format.value }), {
      title: "Export the selected requests in this format",
    });
    this.chosen = make("span", "ipyasgi-faint", { role: "status" });
    this.tools = make(
      "div",
      "ipyasgi-history-tools",
      { role: "group", "aria-label": "Selected exchanges" },
      this.chosen,
      this.replay,
      this.stop,
      this.compare,
      make("span", "ipyasgi-buttons", {}, this.format, this.export),
    );
    this.texts = new ExportView(model, { onDismiss: () => this.texts.show({ about: "", filename: "" }) });
    this.result = make("strong", "", { role: "status" });
    this.dismiss = makeButton("Dismiss", "ipyasgi-quiet", () => model.send({ ask: "dismiss" }), {
      "aria-label": "Dismiss the result below",
    });
    this.resultLine = make("div", "ipyasgi-history-tools", {}, this.result, this.dismiss);
    this.heading = make("strong", "", { textContent: "History" });
    this.fold = makeButton("History", "ipyasgi-quiet ipyasgi-history-fold", () => this.setFolded(!this.isFolded), {
      title: "Filter, replay, diff and export",
    });
    this.fold.append(" ", make("span", "ipyasgi-arrow", { "aria-hidden": "true" }));
    this.rest = make("div", "ipyasgi-history-rest", {}, this.filterError, this.list.el, this.more, this.tools);
    this.el = make(
      "section",
      "ipyasgi-page ipyasgi-history-page",
      { "aria-label": "History" },
      make(
        "div",
        "ipyasgi-history-head",
        {},
        this.heading,
        this.fold,
        this.strip.el,
        this.filter,
        this.empty,
        this.count,
        this.shownTools.el,
      ),
      this.shownTools.formats,
      this.rest,
      this.texts.el,
      this.resultLine,
    );
    this.heading.hidden = model.get("folded");
    this.fold.hidden = !model.get("folded");
    this.setFolded(model.get("folded"));
    keepKeys(this.el);
  }

  get isFolded() {
    return this.rest.hidden;
  }

  /** @param {boolean} folded */
  setFolded(folded) {
    this.fold.setAttribute("aria-expanded", String(!folded));
    this.rest.hidden = folded;
    this.filter.hidden = folded;
    this.strip.el.hidden = !folded;
    this.shownTools.isFolded = folded;
    this.shownTools.show();
  }

  askFilter() {
    clearTimeout(this.timer);
    this.model.send({ ask: "filter", text: this.filter.value });
  }

  /** @param {KeyboardEvent} event */
  filterKey(event) {
    if (event.key === "Enter") this.askFilter();
    if (event.key === "Escape" && this.filter.value) {
      this.filter.value = "";
      this.askFilter();
    }
  }

  /**
   * Asks for something with the selected exchanges, in the order they were sent.
   * @param {string} action
   * @param {object} more
   */
  ask(action, more = {}) {
    this.model.send({ ask: action, names: this.list.names.reverse(), ...more });
  }

  drawFilter() {
    const filterError = this.model.get("filter_error");
    this.filterError.textContent = filterError;
    this.filterError.hidden = !filterError;
    this.filter.setAttribute("aria-invalid", String(Boolean(filterError)));
    if (!this.filter.matches(":focus")) this.filter.value = filterError ? this.filter.value : this.model.get("filter");
  }

  drawRows() {
    const rows = this.model.get("rows");
    const [total, matching] = [this.model.get("total"), this.model.get("matching")];
    this.list.show(rows, this.model.get("shown"));
    this.strip.show(rows, this.model.get("shown"));
    const words = matching < total ? `${matching} of ${total}` : `${total} exchange${total === 1 ? "" : "s"}`;
    if (this.count.textContent !== words) this.count.textContent = words;
    this.count.hidden = !total;
    this.empty.textContent = total ? "No matches" : "No requests yet";
    this.empty.hidden = rows.length > 0;
    this.list.el.hidden = rows.length === 0;
    this.more.hidden = rows.length >= matching;
    this.more.textContent = `Show more, ${matching - rows.length} older`;
    this.drawTools();
  }

  drawTools() {
    if (!this.tools) return; // called while the list is made
    this.shownTools.show();
    const count = this.list.names.length;
    const doing = this.model.get("doing");
    this.chosen.textContent =
      doing || (count ? `${count} selected` : "Select exchanges to replay, diff or export them");
    this.chosen.dataset.tone = doing ? "busy" : "";
    this.tools.hidden = !this.model.get("rows").length && !doing;
    this.stop.hidden = !doing;
    setUsable(this.replay, count > 0 && !doing);
    setUsable(this.compare, count === 2);
    setUsable(this.export, count > 0);
  }

  drawResult() {
    const result = this.model.get("result");
    this.result.textContent = result;
    this.result.dataset.tone = this.model.get("tone");
    this.resultLine.hidden = !result;
  }
}

export default {
  /** @param {View} view */
  render({ model, el }) {
    const page = new HistoryPage(model);
    el.append(page.el);
    const drawRows = () => page.drawRows();
    const drawFilter = () => page.drawFilter();
    const drawResult = () => page.drawResult();
    const drawExport = () => page.texts.show(model.get("export"));
    drawFilter();
    drawRows();
    drawResult();
    drawExport();
    const silence = listen(model, {
      "change:rows": drawRows,
      "change:total": drawRows,
      "change:matching": drawRows,
      "change:shown": drawRows,
      "change:earlier": () => page.drawTools(),
      "change:filter": drawFilter,
      "change:filter_error": drawFilter,
      "change:doing": () => page.drawTools(),
      "change:result": drawResult,
      "change:tone": drawResult,
      "change:export": drawExport,
    });
    return () => {
      clearTimeout(page.timer);
      silence();
    };
  },
};
