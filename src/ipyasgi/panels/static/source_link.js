// The place of an operation in the source: opens the file at its line where JupyterLab's server has it, else copies its path.
//
// JupyterLab and Notebook give the widget manager what renders their outputs, and that finds and opens the files that
// tracebacks name. Elsewhere, and for a file outside of the server's folder, the path is copied. It is asked of the
// kernel, because a notebook that is saved should not name a folder of this machine.

import { askText } from "./asked_text.js";
import { copyText, errorText, make, makeButton } from "./page.js";

/** @import { Model } from "./page.js" */

/**
 * Opens a place, or copies it.
 * @param {Model} model
 * @param {string} place  the path of a file and a line, `/srv/shop/api.py:42`
 * @returns {Promise<string>} what was done, as text
 */
export async function openPlace(model, place) {
  const [, path, line] = /^(.*):(\d+)$/s.exec(place) ?? ["", place, "1"];
  const { resolver, linkHandler } = model.widget_manager?.rendermime ?? {};
  const found = await Promise.resolve(resolver?.resolvePath?.(path)).catch(() => null);
  if (found?.scope === "server" && linkHandler) {
    const link = make("a");
    linkHandler.handleLink(link, found.path, `#line=${Number(line) - 1}`);
    link.click();
    return "";
  }
  try {
    await copyText(place);
    return "Path copied";
  } catch (error) {
    return errorText(error);
  }
}

export class SourceLink {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.key = "";
    this.button = makeButton("", "ipyasgi-quiet ipyasgi-source", () => this.open(), {
      title: "Open the file at this line, or copy its path",
    });
    this.text = make("span");
    this.status = make("span", "ipyasgi-faint", { role: "status" });
    this.el = make("span", "", {}, this.text, this.button, this.status);
  }

  /**
   * @param {string} source  such as shop/api.py:42, or of a cell cell:3
   * @param {string} key  of the operation
   */
  show(source, key) {
    this.key = key;
    const isFile = Boolean(source) && !source.startsWith("cell:");
    this.text.textContent = isFile ? "" : source;
    this.button.textContent = source;
    this.button.hidden = !isFile;
    this.status.textContent = "";
  }

  async open() {
    const { key } = this;
    let said = "";
    try {
      said = await openPlace(this.model, await askText(this.model, "place", { ask: "place", key }));
    } catch (error) {
      said = errorText(error);
    }
    if (key === this.key) this.status.textContent = said;
  }
}
