// A file: chosen from the user's machine, or the name of a Python variable with bytes, a path or a file.
// In the value a mark stands for it: {"$file": id, name, size} or {"$python": name}; the bytes are in the kernel.

import { errorText, freshId, make } from "../page.js";
import { kindOf } from "./values.js";

const OR_DROP = "or drop it here";

/** @import { Model } from "../page.js" */
/** @import { Drawn, Parts } from "./field.js" */

/**
 * @param {Parts} parts
 * @returns {Drawn}
 */
export function fileControl({ id, slot, context, buttons, describe, label }) {
  const value = kindOf(slot.value) === "object" ? slot.value : {};
  const chooser = make("input", "ipyasgi-file", {
    id,
    type: "file",
    "aria-label": `File for ${label}`,
    "aria-describedby": describe,
  });
  const button = make("span", "ipyasgi-button ipyasgi-file-button", {}, "Choose file", chooser);
  const status = make("span", "ipyasgi-faint ipyasgi-file-name", { role: "status" });
  status.textContent = value.$file ? fileWords(value) : OR_DROP;
  const python = make("input", "ipyasgi-input ipyasgi-python-name", {
    type: "text",
    value: value.$python ?? "",
    spellcheck: false,
    autocomplete: "off",
    placeholder: "or a Python name",
    "aria-label": `Python name for ${label}`,
  });
  /** @param {object} mark */
  const put = (mark) => {
    slot.set(mark);
    buttons.show();
    context.onChange();
  };
  /** @param {File | undefined} file */
  const send = async (file) => {
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
  };
  chooser.addEventListener("change", () => send(chooser.files?.[0]));
  python.addEventListener("input", () => {
    chooser.value = "";
    status.textContent = OR_DROP;
    put({ $python: python.value.trim() });
  });
  const row = make("div", "ipyasgi-file-row", {}, button, status, python);
  row.addEventListener("dragover", (event) => {
    event.preventDefault();
    row.toggleAttribute("data-over", true);
  });
  row.addEventListener("dragleave", () => row.removeAttribute("data-over"));
  row.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation(); // the front end would open the file
    row.removeAttribute("data-over");
    send(event.dataTransfer?.files[0]);
  });
  return { controls: [row], isBox: true };
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
