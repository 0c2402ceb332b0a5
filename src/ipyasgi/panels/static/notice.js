// A message that screen readers announce, with details to expand.

import { keepKeys, listen, make, makeButton } from "./page.js";

/** @import { View } from "./page.js" */

export default {
  /** @param {View} view */
  render({ model, el }) {
    const text = make("span", "ipyasgi-notice-text");
    const detail = make("pre", "ipyasgi-notice-detail");
    const more = make("details", "", {}, make("summary", "", { textContent: "Traceback" }), detail);
    const dismiss = makeButton("Dismiss", "ipyasgi-quiet", () => {
      model.set("text", "");
      model.save_changes();
    });
    const box = make("div", "ipyasgi-notice", {}, make("div", "ipyasgi-notice-line", {}, text, dismiss), more);
    const root = make("div", "ipyasgi-page", { role: "alert" }, box);
    keepKeys(root);
    el.append(root);
    const draw = () => {
      text.textContent = model.get("text");
      detail.textContent = model.get("detail");
      more.hidden = !model.get("detail");
      root.hidden = !model.get("text");
    };
    draw();
    return listen(model, { "change:text": draw, "change:detail": draw });
  },
};
