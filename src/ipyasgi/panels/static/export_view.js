// A text that was exported: shown, to be copied, to be saved. It is fetched from the kernel and in no saved state.

import { make, makeButton, setUsable } from "./page.js";
import { fetchBody } from "./stream.js";

const SHOWN_CHARS = 100000;

export class ExportView {
  constructor(model, { onDismiss }) {
    this.model = model;
    this.about = make("strong", "");
    this.state = make("span", "ipyasgi-faint", { role: "status" });
    this.text = make("pre", "ipyasgi-export-text", {
      tabIndex: 0,
      dir: "ltr",
      role: "region",
      "aria-label": "exported text",
    });
    this.copy = makeButton("Copy", "", () => this.copyText());
    this.save = makeButton("Download", "", () => this.saveText());
    this.el = make(
      "div",
      "ipyasgi-export",
      { role: "group", "aria-label": "export", hidden: true },
      make(
        "div",
        "ipyasgi-history-tools",
        {},
        this.about,
        this.state,
        this.copy,
        this.save,
        makeButton("Dismiss", "ipyasgi-quiet", onDismiss, { "aria-label": "dismiss the export" }),
      ),
      this.text,
    );
  }

  async show(offered) {
    this.el.hidden = !offered.offer;
    this.offered = offered;
    this.bytes = null;
    if (!offered.offer) return;
    this.about.textContent = offered.about;
    this.say("waiting for the kernel", "");
    try {
      const bytes = await fetchBody(this.model, offered.offer);
      if (this.offered !== offered) return; // another one meanwhile
      this.bytes = bytes;
      const whole = new TextDecoder().decode(bytes);
      this.whole = whole;
      const cut = whole.length > SHOWN_CHARS;
      this.say(cut ? "the beginning; Copy and Download take all" : "", cut ? whole.slice(0, SHOWN_CHARS) : whole);
    } catch {
      if (this.offered === offered) this.say("the kernel no longer holds it: export again", "");
    }
  }

  say(state, text) {
    this.state.textContent = state;
    this.text.textContent = text;
    this.text.hidden = !text;
    setUsable(this.copy, this.bytes !== null);
    setUsable(this.save, this.bytes !== null);
  }

  async copyText() {
    try {
      await navigator.clipboard.writeText(this.whole);
      this.state.textContent = "copied";
    } catch {
      // no permission, or a page without TLS
      getSelection().selectAllChildren(this.text);
      this.state.textContent = "selected: press Ctrl+C";
    }
  }

  // octet-stream: a text of the app must not open as a page of the notebook's.
  saveText() {
    const link = make("a", "", {
      download: this.offered.filename,
      href: URL.createObjectURL(new Blob([this.bytes], { type: "application/octet-stream" })),
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    this.state.textContent = `saved as ${this.offered.filename}`;
  }
}
