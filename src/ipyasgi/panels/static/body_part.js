// The body: its media type, and its content as a form of fields or as text. The form is drawn from the text and
// writes it.

import { BodyEditor } from "./body_editor.js";
import { drawField, FieldContext } from "./fields/field.js";
import { Slot } from "./fields/slot.js";
import { kindOf, parseJson, printJson, startValue } from "./fields/values.js";
import { make, makeButton } from "./page.js";
import { Tabs } from "./tabs.js";

/** @import { FileUpload } from "./fields/file_field.js" */
/** @import { Definitions, Field, Json } from "./fields/values.js" */

/**
 * @typedef {{
 *   media: string, kind: string, field: Field, definitions: Definitions, examples: [name: string, value: Json][],
 *   free?: boolean,
 * }} Body  as the kernel writes it; free: not described by a document
 */

/** @type {[media: string, kind: string, field: Field][]} */
const FREE_BODIES = [
  ["application/json", "json", { kind: "any" }],
  ["application/x-www-form-urlencoded", "form", { kind: "object", additional: { kind: "string" } }],
  [
    "multipart/form-data",
    "multipart",
    {
      kind: "object",
      additional: {
        kind: "variant",
        variants: [
          ["text", "", { kind: "string" }],
          ["file", "", { kind: "file" }],
        ],
      },
    },
  ],
  ["text/plain", "text", { kind: "string" }],
  ["application/octet-stream", "file", { kind: "file" }],
];

const STRUCTURED = ["json", "form", "multipart"];

export class BodyPart {
  /** @param {{ onChange: () => void, files: FileUpload }} options */
  constructor({ onChange, files }) {
    this.onChange = onChange;
    this.files = files;
    /** @type {Body[]} */
    this.known = [];
    this.media = "";
    this.mode = "text";
    this.start = "";
    /** @type {() => void} */
    this.onDraw = () => {};
    this.editor = new BodyEditor({ onChange });
    this.type = make("select", "ipyasgi-input ipyasgi-media", { "aria-label": "Body type" });
    this.type.addEventListener("change", () => this.pickType(this.type.value));
    this.example = make("select", "ipyasgi-input", { "aria-label": "Example" });
    this.example.addEventListener("change", () => this.put(this.current?.examples[Number(this.example.value)]?.[1]));
    this.reset = makeButton(
      "Reset",
      "ipyasgi-quiet",
      () => {
        this.show(this.start, this.media);
        onChange();
      },
      { title: "Reset to example" },
    );
    this.tabs = new Tabs({
      label: "Body",
      names: [
        ["form", "Form"],
        ["text", "JSON"],
      ],
      onPick: (name) => this.turn(name),
    });
    this.form = make("div", "ipyasgi-body-form", { role: "group", "aria-label": "Body as a form" });
    const head = make("div", "ipyasgi-body-head", {}, this.tabs.el, this.type, this.example, this.reset);
    this.el = make(
      "fieldset",
      "ipyasgi-part",
      {},
      make("legend", "", { textContent: "Body" }),
      head,
      this.form,
      this.editor.el,
    );
    this.describe([], "");
  }

  /**
   * @param {Body[]} bodies
   * @param {string} start  the untouched text
   */
  describe(bodies, start) {
    this.start = start;
    /** @type {Body[]} */
    const free = FREE_BODIES.map(([media, kind, field]) => ({
      media,
      kind,
      field,
      definitions: {},
      examples: [],
      free: true,
    }));
    this.known = bodies.length ? bodies : free;
    this.type.replaceChildren(
      ...this.known.map((one) => make("option", "", { value: one.media, textContent: one.media })),
    );
    this.mode = bodies.length && bodies[0].field.kind !== "any" ? "form" : "text";
  }

  get current() {
    return this.known.find((one) => one.media === this.media) ?? this.known.find((one) => one.kind === "json");
  }

  get value() {
    return this.editor.value;
  }

  /**
   * @param {string | null} text
   * @param {string} media
   */
  show(text, media = "") {
    this.media = media;
    this.editor.show(text);
    this.draw();
  }

  draw() {
    const now = this.current;
    const kind = now?.kind ?? "json";
    this.type.value = now?.media ?? "";
    this.type.hidden = this.known.length < 2;
    const examples = now?.examples ?? [];
    this.example.hidden = examples.length === 0;
    this.example.replaceChildren(
      make("option", "", { value: "", textContent: "Examples" }),
      ...examples.map(([name], number) => make("option", "", { value: String(number), textContent: name })),
    );
    this.reset.hidden = !this.start;
    const onlyForm = kind === "file";
    // A body of an unknown type is shown as text.
    const onlyText = !now || kind === "text" || this.editor.held || (kind === "json" && now.field.kind === "any");
    const mode = onlyText ? "text" : onlyForm ? "form" : this.mode;
    this.tabs.el.hidden = onlyText || onlyForm;
    this.tabs.show(mode);
    this.editor.el.hidden = mode !== "text";
    this.form.hidden = mode !== "form";
    if (mode === "form" && now) this.drawForm(now);
    else this.form.replaceChildren();
  }

  /** @param {Body} now */
  drawForm(now) {
    const text = this.editor.value ?? "";
    /** @type {{ body?: Json }} */
    const holder = {};
    try {
      if (text.trim()) holder.body = parseJson(text);
    } catch {
      this.form.replaceChildren(make("p", "ipyasgi-faint", { textContent: "Fix the JSON to return to the form." }));
      return;
    }
    const context = new FieldContext({
      definitions: now.definitions,
      files: this.files,
      onChange: () => {
        this.editor.show(Object.hasOwn(holder, "body") ? printJson(holder.body) : "");
        this.onChange();
      },
    });
    const slot = new Slot(holder, "body", "body.");
    const root = drawField(now.field, slot, context, {
      label: "body",
      required: now.free || kindOf(holder.body) !== "undefined",
    });
    root.classList.add("ipyasgi-bare", "ipyasgi-root");
    this.form.replaceChildren(root);
  }

  /** @param {string} name */
  turn(name) {
    this.mode = name;
    this.draw();
    this.onDraw();
  }

  /** @param {string} media */
  pickType(media) {
    const before = this.current;
    this.media = media;
    // Between forms and JSON the values are kept.
    const isCarried = [before, this.current].every((body) => body && STRUCTURED.includes(body.kind));
    if (!isCarried || !this.editor.value?.trim()) this.editor.show(this.startText());
    this.draw();
    this.onChange();
  }

  startText() {
    const body = this.current;
    if (!body || body.kind === "text" || (body.kind === "json" && body.free)) return "";
    return printJson(startValue(body.field, body.definitions));
  }

  /** @param {Json} value */
  put(value) {
    if (value === undefined || !this.current) return;
    this.editor.show(typeof value === "string" && this.current.kind === "text" ? value : printJson(value));
    this.draw();
    this.onChange();
  }
}
