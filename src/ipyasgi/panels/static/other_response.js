// The line above a response that is not of the form's operation.

import { keepKeys, listen, make, makeButton } from "./page.js";

/** @import { View } from "./page.js" */

export default {
  /** @param {View} view */
  render({ model, el }) {
    const label = make("span", "", { role: "status" });
    const show = makeButton("", "ipyasgi-quiet ipyasgi-show-last", () =>
      model.send({ ask: "show", name: model.get("last") }),
    );
    const root = make("div", "ipyasgi-page ipyasgi-other-note", {}, label, show);
    keepKeys(root);
    el.append(root);
    const draw = () => {
      const [operation, wanted, last] = ["operation", "wanted", "last"].map((name) => model.get(name));
      label.replaceChildren(
        ...(operation
          ? ["Response of ", make("bdi", "ipyasgi-other-operation", { textContent: operation }), ", not of this form."]
          : []),
      );
      show.textContent = `Show the last one of ${wanted} (${last})`;
      show.hidden = !last;
      root.hidden = !operation && !last;
    };
    draw();
    return listen(model, { "change:operation": draw, "change:wanted": draw, "change:last": draw });
  },
};
