// The fields of a request's form: path, query, headers, cookies and body, with their values and their errors.

import { BodyPart } from "./body_part.js";
import { markFields, noteFields } from "./fields/field.js";
import { make } from "./page.js";
import { PairRows } from "./pair_rows.js";
import { findPathParameters } from "./routes.js";

/** @import { CheckedForm } from "./code_part.js" */
/** @import { FieldError } from "./fields/field.js" */
/** @import { FileUpload } from "./fields/file_field.js" */
/** @import { Json } from "./fields/values.js" */
/** @import { Operation } from "./operations.js" */
/** @import { Parameter } from "./pair_rows.js" */

/**
 * @typedef {{ known: Record<string, Json>, paths: Record<string, Json>, body: string, media: string }} Values
 */

/**
 * The parameters of a path as the document describes them, others as texts.
 * @param {string} path
 * @param {Parameter[]} described
 * @param {string[]} secrets  the names whose values are secret
 * @returns {Parameter[]}
 */
function pathParameters(path, described, secrets) {
  return findPathParameters(path).map((name) => ({
    ...(described.find((one) => one.place === "path" && one.name === name) ?? {
      name,
      key: `path.${name}`,
      place: "path",
      text: true,
      field: { kind: "string" },
      secret: secrets.includes(name),
    }),
    required: true,
  }));
}

export class FormFields {
  /** @param {{ onChange: () => void, files: FileUpload }} options */
  constructor({ onChange, files }) {
    this.path = new PairRows({ title: "Path", noun: "path value", fixed: true, onChange });
    this.query = new PairRows({ title: "Query", noun: "query parameter", onChange });
    this.headers = new PairRows({ title: "Headers", noun: "header", onChange });
    this.cookies = new PairRows({ title: "Cookies", noun: "cookie", fixed: true, onChange });
    this.body = new BodyPart({ onChange, files });
    this.otherErrors = make("ul", "ipyasgi-other-errors", { "aria-label": "Other errors" });
    const pairs = make("div", "ipyasgi-pair-parts", {}, this.query.el, this.headers.el);
    this.els = [this.otherErrors, this.path.el, pairs, this.cookies.el, this.body.el];
  }

  /** @returns {[name: string, value: Json][]} */
  get pathValues() {
    const { known, values } = this.path;
    return known.map(({ key }) => [key.slice("path.".length), Object.hasOwn(values, key) ? values[key] : ""]);
  }

  /**
   * The values of described parameters other than those of the path.
   * @returns {[key: string, value: Json][]}
   */
  get knownValues() {
    return [...this.query.knownValue, ...this.headers.knownValue, ...this.cookies.knownValue];
  }

  /**
   * @param {Operation | null} operation
   * @param {Values} values
   * @param {string} path
   * @param {string[]} secrets  the names in the path whose values are secret
   */
  draw(operation, { known, paths, body, media }, path, secrets) {
    const all = operation?.parameters ?? [];
    const start = operation?.start;
    /** @type {(name: string) => Json} */
    const typed = (name) => (Object.hasOwn(paths, name) ? paths[name] : "");
    const inPath = pathParameters(path, all, secrets);
    this.path.showKnown(
      inPath,
      Object.fromEntries(inPath.map(({ name, key }) => [key, typed(name)])),
      Object.fromEntries((start?.path_values ?? []).map(([name, value]) => [`path.${name}`, value])),
    );
    const sample = Object.fromEntries(start?.known ?? []);
    /** @type {[PairRows, place: string][]} */
    const parts = [
      [this.query, "query"],
      [this.headers, "header"],
      [this.cookies, "cookie"],
    ];
    for (const [part, place] of parts) {
      const here = all.filter((one) => one.place === place);
      part.showKnown(
        here,
        Object.fromEntries(here.filter(({ key }) => key in known).map(({ key }) => [key, known[key]])),
        sample,
      );
    }
    this.body.describe(operation?.bodies ?? [], start?.body ?? "");
    this.body.show(body, media);
  }

  /**
   * Shows the errors and notes of the kernel's check and the app's errors, each at its field.
   * @param {HTMLElement} form  the element with all fields
   * @param {CheckedForm} checked
   * @param {{ isAsked: boolean, errors: FieldError[] }} options  isAsked: whether the user has tried to send it, so that a
   *   missing value is an error; errors: of the app, about the values that were sent
   * @returns {string} the place of the error that is shown, or an empty text
   */
  mark(form, checked, { isAsked, errors }) {
    const shown = checked.missing && !isAsked ? { where: "", text: "", line: 0 } : checked;
    /** @param {string} part */
    const keyOf = (part) => (shown.where.startsWith(`${part}.`) ? shown.where.slice(part.length + 1) : "");
    for (const [part, rows] of Object.entries({ query: this.query, headers: this.headers })) {
      rows.mark(keyOf(part), shown.text);
      rows.describe(part, checked.secret ?? [], checked.replaced ?? []);
    }
    this.body.editor.mark(shown);
    /** @type {FieldError[]} */
    const problem = shown.where ? [[shown.where.replace(/^path_values\./, "path."), shown.text]] : [];
    const named = new Set(errors.map(([where]) => where));
    /** @type {FieldError[]} */
    const hints = (checked.hints ?? [])
      .filter(([where]) => !named.has(where) && !problem.some(([other]) => other === where))
      .map(([where, text]) => [where, text, ""]);
    noteFields(form, checked.replaced ?? []);
    const left = markFields(form, [...problem, ...errors, ...hints]);
    this.showOtherErrors(left.filter((error) => error !== problem[0]));
    return shown.where;
  }

  /**
   * Shows errors that belong to none of the fields: of a body shown as text, or of rows without a description.
   * @param {FieldError[]} errors
   */
  showOtherErrors(errors) {
    this.otherErrors.replaceChildren(
      ...errors.map(([where, text, source]) =>
        make(
          "li",
          "",
          {},
          make("code", "", { textContent: where.replace(/^body\.\/?/, "body ").trim() }),
          ` ${text}`,
          make("span", "ipyasgi-faint", { textContent: source ? `  ← ${source}` : "" }),
        ),
      ),
    );
    this.otherErrors.hidden = errors.length === 0;
  }
}
