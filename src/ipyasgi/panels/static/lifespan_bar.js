// The app's name, and the status of its lifespan on a button, which expands the actions and the steps below.

import { freshId, keepKeys, listen, make, makeButton, setUsable } from "./page.js";

/** @import { View } from "./page.js" */

const SHUT = "ipyasgi-shut";
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
    const title = make("strong", "ipyasgi-title");
    const version = make("span", "ipyasgi-faint");
    const name = make("span", "ipyasgi-faint ipyasgi-app-name");
    const status = make("span", "");
    const took = make("span", "ipyasgi-faint ipyasgi-figure");
    // A button is announced when it has the focus, a status when it changes.
    const announced = make("span", "ipyasgi-hidden-text", { role: "status" });
    const note = make("span", "ipyasgi-faint ipyasgi-note");
    const groupId = freshId("lifespan");
    const chip = makeButton("", "ipyasgi-chip ipyasgi-status", () => fold(!isFolded()), {
      title: "Lifespan: start, step, stop and restart the app",
      "aria-controls": groupId,
    });
    const [dot, arrow] = ["ipyasgi-dot", "ipyasgi-arrow"].map((name) => make("span", name, { "aria-hidden": "true" }));
    chip.append(dot, status, " ", took, arrow);
    const buttons = Object.entries(ACTIONS).map(([action, title]) => {
      const button = makeButton(LABELS[action], `ipyasgi-act-${action}`, () => model.send({ ask: "act", action }), {
        title,
      });
      button.dataset.action = action;
      return button;
    });
    const group = make(
      "div",
      "ipyasgi-buttons ipyasgi-lifespan-buttons",
      { role: "group", "aria-label": "Lifespan", id: groupId },
      ...buttons,
    );
    const root = make(
      "section",
      "ipyasgi-page ipyasgi-bar",
      { "aria-label": "App" },
      make("span", "ipyasgi-app", {}, title, version, name),
      chip,
      announced,
      note,
      make("div", "ipyasgi-credentials"),
      group,
    );
    const isFolded = () => chip.getAttribute("aria-expanded") === "false";
    /** @param {boolean} folded */
    const fold = (folded) => {
      chip.setAttribute("aria-expanded", String(!folded));
      group.hidden = folded;
      el.parentElement?.classList.toggle(SHUT, folded);
    };
    fold(model.get("folded"));
    keepKeys(root);
    el.append(root);
    let tone = model.get("tone");
    const draw = () => {
      title.textContent = model.get("title");
      version.textContent = model.get("version");
      name.textContent = model.get("name");
      status.textContent = model.get("status");
      took.textContent = model.get("took");
      if (announced.textContent !== model.get("status")) announced.textContent = model.get("status");
      chip.dataset.tone = model.get("tone");
      note.textContent = model.get("acting") ? `${model.get("acting")} …` : model.get("note");
      for (const button of buttons) setUsable(button, model.get("actions").includes(button.dataset.action));
      if (model.get("tone") === "bad" && tone !== "bad") fold(false); // what to do next is there
      tone = model.get("tone");
    };
    draw();
    const names = ["title", "version", "name", "status", "took", "tone", "note", "actions", "acting"];
    return listen(model, Object.fromEntries(names.map((name) => [`change:${name}`, draw])));
  },
};
