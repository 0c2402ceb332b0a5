// The body: its media type, and its content as a form of fields or as text. The form is drawn from the text and
// writes it.

import { BodyEditor } from "./body_editor.js";
import { drawField, FieldContext } from "./fields/field.js";
import { isFlatForm, printForm, readForm } from "./fields/form_text.js";
import { leavesOf, Slot } from "./fields/slot.js";
import { asTexts, kindOf, marksOf, parseJson, printJson, resolveField, startValue } from "./fields/values.js";
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
    /** @type {Set<string>} */
    this.marks = new Set(); // of the secrets that the page does not have, in the texts that it got
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

  /** The text of the body; of a form the JSON of its fields, however it is typed. */
  get value() {
    const text = this.editor.value ?? "";
    const fields = this.current?.kind === "form" ? readForm(text, this.listNames()) : null;
    return fields === null ? text : printJson(fields);
  }

  /** The names of the fields that are lists. */
  listNames() {
    const { field = { kind: "any" }, definitions = {} } = this.current ?? {};
    const members = resolveField(field, definitions).members ?? [];
    return members.filter(([, , one]) => resolveField(one, definitions).kind === "array").map(([name]) => name);
  }

  /**
   * @param {string} text
   * @param {string} media
   */
  show(text, media = "") {
    this.media = media;
    for (const mark of marksOf(text)) this.marks.add(mark);
    this.write(text);
    this.draw();
  }

  /**
   * Puts a body into the editor; a form as it is sent, if that is possible.
   * @param {string} text
   */
  write(text) {
    const value = this.current?.kind === "form" ? tryJson(text) : undefined;
    this.editor.show(isFlatForm(value) ? printForm(value) : text);
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
    const onlyText = !now || kind === "text" || (kind === "json" && now.field.kind === "any");
    const mode = onlyText ? "text" : onlyForm ? "form" : this.mode;
    this.tabs.el.hidden = onlyText || onlyForm;
    this.tabs.setTitle("text", kind === "form" ? "Text" : "JSON");
    this.tabs.show(mode);
    this.editor.el.hidden = mode !== "text";
    this.form.hidden = mode !== "form";
    if (mode === "form" && now) this.drawForm(now);
    else this.form.replaceChildren();
  }

  /** @param {Body} now */
  drawForm(now) {
    const text = this.value;
    /** @type {{ body?: Json }} */
    const holder = {};
    try {
      if (text.trim()) holder.body = parseJson(text);
    } catch {
      this.form.replaceChildren(make("p", "ipyasgi-faint", { textContent: "Fix the JSON to return to the form." }));
      return;
    }
    const isText = now.kind === "form" && isFlatForm(holder.body ?? {});
    if (isText && holder.body) holder.body = asTexts(holder.body);
    const context = new FieldContext({
      definitions: now.definitions,
      text: isText,
      sample: leavesOf(tryJson(this.start) ?? {}, "body."),
      files: this.files,
      onChange: () => {
        this.write(Object.hasOwn(holder, "body") ? printJson(holder.body) : "");
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
    const [before, text] = [this.current, this.value];
    this.media = media;
    // Between forms and JSON the values are kept.
    const isCarried = [before, this.current].every((body) => body && STRUCTURED.includes(body.kind));
    this.write(isCarried && text.trim() ? text : this.startText());
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
    this.write(typeof value === "string" && this.current.kind === "text" ? value : printJson(value));
    this.draw();
    this.onChange();
  }
}

/**
 * The value of a JSON text, undefined for any other text.
 * @param {string} text
 * @returns {Json}
 */
function tryJson(text) {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
