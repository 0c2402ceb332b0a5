// A line that expands and collapses the rest of its box, separately in each view of a panel.

import { keepKeys, listen, make, makeButton } from "./page.js";

/** @import { View } from "./page.js" */

const SHUT = "ipyasgi-shut";

export default {
  /** @param {View} view */
  render({ model, el }) {
    const button = makeButton(
      "",
      "ipyasgi-quiet ipyasgi-fold-button",
      () => {
        const isShut = Boolean(el.parentElement?.classList.toggle(SHUT));
        button.setAttribute("aria-expanded", String(!isShut));
      },
      { "aria-expanded": "false" },
    );
    const root = make("div", "ipyasgi-page ipyasgi-fold", {}, button);
    keepKeys(root);
    el.append(root);
    const draw = () => {
      button.textContent = model.get("title");
    };
    draw();
    return listen(model, { "change:title": draw });
  },
};
