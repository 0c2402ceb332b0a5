// A file: chosen from the user's machine, or the name of a Python variable with bytes, a path or a file.
// In the value a mark stands for it: {"$file": id, name, size} or {"$python": name}; the bytes are in the kernel.

import { errorText, freshId, make } from "../page.js";
import { kindOf } from "./values.js";

/** @import { Model } from "../page.js" */
/** @import { Parts } from "./field.js" */

/** @param {Parts} parts */
export function fileControl({ id, slot, context, stateSwitch, describe, label }) {
  const value = kindOf(slot.value) === "object" ? slot.value : {};
  const chooser = make("input", "ipyasgi-input ipyasgi-file", {
    id,
    type: "file",
    "aria-label": `File for ${label}`,
    "aria-describedby": describe,
  });
  const status = make("span", "ipyasgi-faint", { role: "status", textContent: value.$file ? fileWords(value) : "" });
  const python = make("input", "ipyasgi-input ipyasgi-python-name", {
    type: "text",
    value: value.$python ?? "",
    spellcheck: false,
    autocomplete: "off",
    placeholder: "Or a Python name",
    "aria-label": `Python name for ${label}`,
  });
  /** @param {object} mark */
  const put = (mark) => {
    slot.set(mark);
    stateSwitch.show();
    context.onChange();
  };
  chooser.addEventListener("change", async () => {
    const file = chooser.files?.[0];
    if (!file || !context.files) return;
    python.value = "";
    status.textContent = "Reading";
    try {
      const mark = await context.files.send(file);
      status.textContent = fileWords(mark);
      put(mark);
    } catch (error) {
      status.textContent = `Not read: ${errorText(error)}`;
    }
  });
  python.addEventListener("input", () => {
    chooser.value = "";
    status.textContent = "";
    put({ $python: python.value.trim() });
  });
  return [make("div", "ipyasgi-file-row", {}, chooser, python, status)];
}

/** @param {{ name: string, size: number }} file */
function fileWords({ name, size }) {
  return `${name}, ${size < 1000 ? `${size} B` : `${(size / 1000).toFixed(1)} kB`}`;
}

// Brings files to the kernel, piece by piece: a gateway on the way may refuse messages over 10 MB.
export class FileUpload {
  /** @param {Model} model */
  constructor(model, { pieceBytes = 512 * 1024, mostBytes = 64 * 1024 * 1024 } = {}) {
    this.model = model;
    this.pieceBytes = pieceBytes;
    this.mostBytes = mostBytes;
  }

  /** @param {File} file */
  async send(file) {
    if (file.size > this.mostBytes) throw new Error("Larger than 64 MB: give a Python name instead");
    const bytes = await file.arrayBuffer();
    const id = freshId("file");
    const count = Math.max(1, Math.ceil(bytes.byteLength / this.pieceBytes));
    for (let index = 0; index < count; index += 1) {
      const piece = bytes.slice(index * this.pieceBytes, (index + 1) * this.pieceBytes);
      this.model.send({ ask: "file", id, index, count, name: file.name, type: file.type }, undefined, [piece]);
    }
    return { $file: id, name: file.name, size: bytes.byteLength };
  }
}
