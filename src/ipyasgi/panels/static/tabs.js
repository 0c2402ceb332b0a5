// A row of tabs, after the ARIA authoring practices: arrow keys move between tabs.

import { make } from "./page.js";

export class Tabs {
  /**
   * @param {{ label: string, names: [name: string, title: string][], onPick: (name: string) => void }} options
   */
  constructor({ label, names, onPick }) {
    this.onPick = onPick;
    this.current = "";
    this.el = make("div", "ipyasgi-tabs", { role: "tablist", "aria-label": label });
    this.buttons = new Map(
      names.map(([name, title]) => {
        const button = make("button", "ipyasgi-tab", { type: "button", role: "tab", textContent: title });
        button.addEventListener("click", () => this.pick(name));
        return [name, button];
      }),
    );
    this.el.append(...this.buttons.values());
    this.el.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** @param {string} current */
  show(current) {
    this.current = current;
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-selected", String(name === current));
      button.tabIndex = name === current ? 0 : -1;
    }
  }

  /**
   * @param {string} name
   * @param {string} title
   */
  setTitle(name, title) {
    const button = this.buttons.get(name);
    if (button) button.textContent = title;
  }

  /** @param {string} name */
  pick(name) {
    this.show(name);
    this.onPick(name);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const names = [...this.buttons.keys()];
    const next = names[(names.indexOf(this.current) + by + names.length) % names.length];
    this.pick(next);
    this.buttons.get(next)?.focus();
  }
}
