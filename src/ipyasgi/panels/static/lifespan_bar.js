// Status and buttons of the lifespan, on one line.

import { keepKeys, listen, make, makeButton, setUsable } from "./page.js";

/** @import { View } from "./page.js" */

/** @type {Record<string, string>} */
const LABELS = { start: "Start", step: "Step", stop: "Stop", restart: "Restart" };
const ACTIONS = {
  start: "Start the app: lifespan.startup",
  step: "Advance one lifespan message",
  stop: "Shut the app down: lifespan.shutdown",
  restart: "Shut the app down and start it again",
};

export default {
  /** @param {View} view */
  render({ model, el }) {
    const name = make("strong", "ipyasgi-title");
    const status = make("span", "ipyasgi-status", { role: "status" });
    const note = make("span", "ipyasgi-faint ipyasgi-note");
    const buttons = Object.entries(ACTIONS).map(([action, title]) => {
      const button = makeButton(LABELS[action], `ipyasgi-act-${action}`, () => model.send({ ask: "act", action }), {
        title,
      });
      button.dataset.action = action;
      return button;
    });
    const group = make("div", "ipyasgi-buttons", { role: "group", "aria-label": "Lifespan" }, ...buttons);
    const root = make(
      "section",
      "ipyasgi-page ipyasgi-bar",
      {},
      name,
      make("span", "ipyasgi-faint", { textContent: "lifespan" }),
      status,
      note,
      group,
    );
    keepKeys(root);
    el.append(root);
    const draw = () => {
      name.textContent = model.get("title");
      status.textContent = `● ${model.get("status")}`;
      status.dataset.tone = model.get("tone");
      note.textContent = model.get("acting") ? `${model.get("acting")} …` : model.get("note");
      root.setAttribute("aria-label", `Lifespan of ${model.get("title")}`);
      for (const button of buttons) setUsable(button, model.get("actions").includes(button.dataset.action));
    };
    draw();
    const names = ["title", "status", "tone", "note", "actions", "acting"];
    return listen(model, Object.fromEntries(names.map((name) => [`change:${name}`, draw])));
  },
};
