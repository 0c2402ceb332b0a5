// The newest exchanges; each row is shown again when pressed.

function historyRow(model, row) {
  const isShown = row.name === model.get("shown");
  const label = `${row.name}: ${row.method} ${row.target}, ${row.outcome}, ${row.elapsed}`;
  const show = makeButton("", "ipyasgi-history-show", () => model.send({ ask: "show", name: row.name }), {
    "aria-label": `show ${label}`, "aria-pressed": String(isShown), title: label,
  });
  show.append(
    make("span", "ipyasgi-faint", { textContent: row.name }),
    make("span", "ipyasgi-method", { textContent: row.method }),
    make("span", "ipyasgi-history-target", { textContent: row.target }),
    make("span", "ipyasgi-history-outcome", { textContent: row.outcome }),
    make("span", "ipyasgi-faint ipyasgi-figure", { textContent: row.elapsed }),
  );
  show.querySelector(".ipyasgi-history-outcome").dataset.tone = row.tone;
  const fill = makeButton("edit", "ipyasgi-quiet", () => model.send({ ask: "fill", name: row.name }), {
    "aria-label": `put ${row.name} into the form`, title: `put ${row.name} into the form`,
  });
  return make("li", "", {}, show, fill);
}

export default {
  render({ model, el }) {
    const count = make("span", "ipyasgi-faint");
    const list = make("ol", "ipyasgi-history");
    const empty = make("p", "ipyasgi-faint", { textContent: "nothing sent yet" });
    const head = make("div", "ipyasgi-history-head", {}, make("strong", "", { textContent: "History" }), count);
    const root = make("section", "ipyasgi-page", { "aria-label": "history" }, head, empty, list);
    keepKeys(root);
    el.append(root);
    const draw = () => {
      const rows = model.get("rows");
      const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
      list.replaceChildren(...rows.map((row) => historyRow(model, row)));
      if (focused) [...list.querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === focused)?.focus();
      const total = model.get("total");
      count.textContent = total > rows.length ? `newest ${rows.length} of ${total}` : "";
      empty.hidden = rows.length > 0;
      list.hidden = rows.length === 0;
    };
    draw();
    return listen(model, { "change:rows": draw, "change:shown": draw, "change:total": draw });
  },
};
