// One message of a conversation, looked at: laid out where it is JSON, fetched whole where its row has not all of it.

import { momentText, sizeText } from "./live_rows.js";
import { make, makeButton } from "./page.js";
import { RawText } from "./raw_text.js";
import { fetchBody } from "./stream.js";

export class MessageDetail {
  constructor(model) {
    Object.assign(this, { model, number: 0 });
    this.title = make("strong");
    this.says = make("span", "ipyasgi-faint", { role: "status" });
    this.load = makeButton("load all of it", "ipyasgi-quiet", () => {
      this.says.textContent = "waiting for the kernel";
      this.load.hidden = true;
      model.send({ ask: "load", number: this.number });
    });
    this.saving = make("span");
    this.text = new RawText("the chosen message");
    this.el = make(
      "div",
      "ipyasgi-message",
      { hidden: true },
      make(
        "div",
        "ipyasgi-body-tools",
        {},
        this.title,
        this.says,
        this.load,
        this.saving,
        makeButton("close", "ipyasgi-quiet", () => {
          this.el.hidden = true;
        }),
      ),
      this.text.el,
    );
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

  show(row) {
    if (!row) return;
    this.forget();
    this.el.hidden = false;
    this.number = row.message ?? 0;
    this.title.textContent = `${row.label ?? row.kind} at ${momentText(row.at_ms)}`;
    this.says.textContent = row.bytes === undefined ? "" : sizeText(row.bytes);
    this.load.hidden = row.whole !== false;
    this.text.show(laidOut(row.text));
  }

  async take(loaded) {
    if (!loaded.number || loaded.number !== this.number) return;
    if (!loaded.offer) {
      this.says.textContent = loaded.gone;
      return;
    }
    try {
      const bytes = await fetchBody(this.model, loaded.offer, {
        onProgress: (have, all) => {
          this.says.textContent = `${sizeText(have)} of ${sizeText(all)}`;
        },
      });
      if (loaded.number !== this.number) return;
      this.says.textContent = sizeText(bytes.byteLength);
      if (loaded.is_text) this.text.show(laidOut(new TextDecoder().decode(bytes)));
      this.forget();
      this.url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
      this.saving.append(
        make("a", "ipyasgi-save", { href: this.url, download: `message-${loaded.number}`, textContent: "save" }),
      );
    } catch (error) {
      this.says.textContent = error.message;
      this.load.hidden = false;
    }
  }
}

// JSON of a reasonable size on several lines; numbers that JavaScript cannot hold keep it from being touched.
function laidOut(text) {
  if (text.length > 1e6 || !/^\s*[{[]/.test(text) || /\d{16}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
