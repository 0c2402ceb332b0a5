// One WebSocket message in detail: JSON is indented, and a message that was cut for its row is fetched.

import { errorText, make, makeButton, saveUrl } from "./page.js";
import { RawText } from "./raw_text.js";
import { fetchBody } from "./stream.js";
import { indentJson, momentText, sizeText } from "./text.js";

/** @import { Model } from "./page.js" */
/** @import { Offer, Row } from "./stream.js" */

const LOADED_AT_ONCE_BYTES = 64 * 1024;

/** @typedef {{ number: number, offer?: Offer, is_text?: boolean, gone?: string }} Loaded  a message that was requested */

export class MessageDetail {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.number = 0; // of the message in the kernel, 0 if it has none
    this.url = "";
    this.title = make("strong");
    this.status = make("span", "ipyasgi-faint", { role: "status" });
    this.load = makeButton("Load all", "ipyasgi-quiet", () => this.ask());
    this.saving = make("span");
    this.text = new RawText("Selected message");
    this.el = make(
      "div",
      "ipyasgi-message",
      { hidden: true },
      make(
        "div",
        "ipyasgi-body-tools",
        {},
        this.title,
        this.status,
        this.load,
        this.saving,
        makeButton("Close", "ipyasgi-quiet", () => {
          this.el.hidden = true;
        }),
      ),
      this.text.el,
    );
  }

  ask() {
    this.status.textContent = "Waiting for the kernel";
    this.load.hidden = true;
    this.model.send({ ask: "load", number: this.number });
  }

  close() {
    this.number = 0;
    this.text.close();
    this.forget();
  }

  forget() {
    URL.revokeObjectURL(this.url);
    this.saving.replaceChildren();
  }

  /** @param {Row | undefined} row */
  show(row) {
    if (!row) return;
    this.forget();
    this.el.hidden = false;
    this.number = row.message ?? 0;
    this.title.textContent = `${row.label ?? row.kind} at ${momentText(row.at_ms ?? 0)}`;
    this.status.textContent = row.bytes === undefined ? "" : sizeText(row.bytes);
    this.load.hidden = row.whole !== false;
    this.text.show(indentJson(row.text));
    if (row.whole === false && (row.bytes ?? Infinity) <= LOADED_AT_ONCE_BYTES) this.ask();
  }

  /** @param {Loaded} loaded */
  async take(loaded) {
    if (!loaded.number || loaded.number !== this.number) return;
    if (!loaded.offer) {
      this.status.textContent = loaded.gone ?? "";
      return;
    }
    try {
      const bytes = await fetchBody(this.model, loaded.offer, {
        onProgress: (have, all) => {
          this.status.textContent = `${sizeText(have)} of ${sizeText(all)}`;
        },
      });
      if (loaded.number !== this.number) return;
      this.status.textContent = sizeText(bytes.byteLength);
      if (loaded.is_text) this.text.show(indentJson(new TextDecoder().decode(bytes)));
      this.forget();
      this.url = saveUrl(bytes);
      this.saving.append(
        make("a", "ipyasgi-save", { href: this.url, download: `message-${loaded.number}`, textContent: "Save" }),
      );
    } catch (error) {
      this.status.textContent = errorText(error);
      this.load.hidden = false;
    }
  }
}
