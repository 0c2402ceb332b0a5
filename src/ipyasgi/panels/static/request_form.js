// The form of a request: the page sends what is typed, and the kernel returns the checked form.
// The description of an operation is requested when it is chosen, and cached.

import { AwaitedForm } from "./awaited_form.js";
import { BodyPart } from "./body_part.js";
import { CodePart } from "./code_part.js";
import { CredentialsChip } from "./credentials_chip.js";
import { DocsPart } from "./docs_part.js";
import { markFields, noteFields } from "./fields/field.js";
import { FileUpload } from "./fields/file_field.js";
import { withoutMarks } from "./fields/values.js";
import { closest, keepKeys, listen, make } from "./page.js";
import { PairRows } from "./pair_rows.js";
import { RoutePicker } from "./route_picker.js";
import { findPathParameters } from "./routes.js";
import { SendBar } from "./send_bar.js";

/** @import { Body } from "./body_part.js" */
/** @import { CheckedForm } from "./code_part.js" */
/** @import { Docs, Reply } from "./docs_part.js" */
/** @import { FieldError } from "./fields/field.js" */
/** @import { Json } from "./fields/values.js" */
/** @import { Model, View } from "./page.js" */
/** @import { Pair, Parameter } from "./pair_rows.js" */
/** @import { Choice } from "./routes.js" */

/**
 * @typedef {{
 *   method: string, path: string, path_values: [name: string, value: Json][], query: Pair[], headers: Pair[],
 *   known: [key: string, value: Json][], body: string, media: string, code?: string, marks?: string[],
 * }} Draft  what the form shows; a value of null is only in the kernel, and so is a secret of the body, which has a mark
 */

/**
 * @typedef {Draft & { fill: number, seq: number, edited?: boolean }} PageDraft  fill: how often the kernel filled the form;
 *   seq: how often the page changed it since; edited: whether its header rows are those of an edited request
 */

/**
 * @typedef {{ known: Record<string, Json>, paths: Record<string, Json>, body: string, media: string }} Values
 */

/**
 * @typedef {{
 *   key: string, generation: number, summary?: string, deprecated?: boolean, parameters?: Parameter[], bodies: Body[],
 *   docs?: Docs, start: Pick<Draft, "known" | "path_values" | "body" | "media">,
 * }} Operation  as the app's document describes it; key: its method and path; start: the untouched form; generation: counts
 *   the documents read
 */

const SETTLE_MS = 120;
const NO_BODY = ["GET", "HEAD", "OPTIONS", "TRACE", "WS"];

/**
 * Headers are kept from route to route, and so are their values in the kernel, so they do not count.
 * @param {Draft} draft
 */
function hasHeldValues(draft) {
  return [...draft.query, ...draft.known, ...draft.path_values].some(([, value]) => value === null);
}

class FormPage {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.fill = 0;
    this.seq = 0;
    this.untouched = false;
    /** @type {number | undefined} */
    this.generation = undefined;
    this.choicesTurn = model.get("choices_turn"); // of the routes that are here
    /** @type {string | undefined} */
    this.key = undefined; // of the operation whose fields the form has
    /** @type {Values} */
    this.held = { known: {}, paths: {}, body: "", media: "" };
    /** @type {Pair[] | undefined} */
    this.headersBefore = undefined; // the rows that other operations have, while a request is edited
    /** @type {Map<string, Draft>} */
    this.visited = new Map(); // the form of each route, as it was left
    /** @type {Map<string, Operation>} */
    this.operations = new Map(); // the document's description of each route
    /** @type {Map<string, Reply[]>} */
    this.replies = new Map(); // the responses of each operation that the kernel was asked for
    /** @type {Operation | null} */
    this.operation = null;
    /** @type {FieldError[]} */
    this.errors = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    const changed = () => this.changed();
    const send = () => this.send();
    this.picker = new RoutePicker({
      methods: this.methods(),
      choices: model.get("choices"),
      onPick: (choice) => this.chooseRoute(choice),
      onType: () => this.onPathTyped(),
      onEnter: send,
    });
    this.bar = new SendBar({
      onSend: send,
      onCancel: () => model.send({ ask: "cancel" }),
    });
    this.pathRows = new PairRows({ title: "Path", noun: "path value", fixed: true, onChange: changed });
    this.query = new PairRows({ title: "Query", noun: "query parameter", onChange: changed });
    this.headers = new PairRows({ title: "Headers", noun: "header", onChange: changed });
    this.cookies = new PairRows({ title: "Cookies", noun: "cookie", fixed: true, onChange: changed });
    this.body = new BodyPart({ onChange: changed, files: new FileUpload(model) });
    this.body.onDraw = () => this.showChecked();
    this.credentials = new CredentialsChip(model, { onSignedIn: () => this.bar.send.focus() });
    this.body.editor.connect(model, () => this.body.current);
    this.awaited = new AwaitedForm({
      onLate: (isStill) => {
        this.showAbout();
        if (isStill) this.focusForm();
      },
    });
    this.otherErrors = make("ul", "ipyasgi-other-errors", { "aria-label": "Other errors" });
    this.code = new CodePart(model, { kinds: model.get("code_kinds"), onPick: () => this.changed() });
    this.docs = new DocsPart(model, { code: this.code, onLock: (keys) => this.credentials.open(keys) });
    const line = make("div", "ipyasgi-request-line", {}, this.picker.el);
    const sendLine = make("div", "ipyasgi-send-line", {}, this.bar.buttons, this.bar.line);
    this.credentials.settle(line);
    this.el = make(
      "section",
      "ipyasgi-page ipyasgi-form",
      { "aria-label": "Request" },
      line,
      this.credentials.part,
      this.docs.el,
      this.otherErrors,
      this.pathRows.el,
      make("div", "ipyasgi-pair-parts", {}, this.query.el, this.headers.el),
      this.cookies.el,
      this.body.el,
      sendLine,
    );
    this.frame = make("div", "ipyasgi-page ipyasgi-frame", {}, this.picker.rail, this.el);
    this.el.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.send();
    });
    this.el.addEventListener("change", () => {
      if (!this.bar.offered) this.flush();
    });
    // The app's error about a field refers to the value that was sent.
    this.el.addEventListener("input", (event) => this.forgetErrors(closest(event, ".ipyasgi-value")?.dataset.where));
    keepKeys(this.frame);
    this.picker.setTried(model.get("tried"));
    this.receive(model.get("operation_form"));
    this.takeReplies(model.get("responses"));
    this.takeDraft(model.get("draft"));
    this.showChecked();
    this.bar.show(model.get("run"));
  }

  methods() {
    /** @type {Choice[]} */
    const choices = this.model.get("choices");
    const sockets = choices.some((choice) => choice.method === "WS");
    return [...this.model.get("methods"), ...(sockets ? ["WS"] : [])];
  }

  /** Whether the kernel has filled the form, and `takeDraft` is still to come: traits of one message change in any order. */
  hasNewDraft() {
    return this.model.get("draft").fill > this.fill;
  }

  /**
   * Shows the draft of the kernel: the first one, and each that it fills in later.
   * @param {PageDraft} draft
   */
  takeDraft(draft) {
    this.fill = draft.fill;
    this.seq = draft.seq;
    this.untouched = false;
    for (const [key, left] of this.visited) this.visited.set(key, { ...left, body: withoutMarks(left.body) });
    this.body.marks.clear(); // they were those of the draft before
    if (!draft.edited) this.headersBefore = undefined;
    else this.headersBefore ??= this.headers.value;
    this.showDraft(draft);
  }

  /** @param {Draft} draft */
  showDraft(draft) {
    this.picker.show(draft);
    this.query.show(draft.query);
    this.headers.show(draft.headers);
    this.held = {
      known: Object.fromEntries(draft.known ?? []),
      paths: Object.fromEntries(draft.path_values ?? []),
      body: draft.body,
      media: draft.media,
    };
    this.key = undefined;
    this.turnTo(this.typedKey());
  }

  typedKey() {
    return `${this.picker.method.value} ${this.picker.path.value.trim()}`;
  }

  /**
   * Gives the form the fields of the operation with the present method and path.
   * @param {string} key
   */
  turnTo(key) {
    if (key === this.key) return;
    const before = this.key === undefined ? this.held : this.values();
    this.key = key;
    this.held = before;
    const known = this.operations.get(key);
    // Before the document is read there is none; it comes with the form of the kernel's draft, see `receive`.
    if (known === undefined && this.generation && this.picker.current) this.model.send({ ask: "operation_form", key });
    this.draw(known?.parameters ? known : null, before);
  }

  values() {
    return {
      known: Object.fromEntries(this.knownValues()),
      paths: Object.fromEntries(this.pathValues()),
      body: this.body.value,
      media: this.body.media,
    };
  }

  /** @returns {[name: string, value: Json][]} */
  pathValues() {
    const { known, values } = this.pathRows;
    return known.map(({ key }) => [key.slice("path.".length), Object.hasOwn(values, key) ? values[key] : ""]);
  }

  /**
   * @param {Operation | null} operation
   * @param {Values} values
   */
  draw(operation, { known, paths, body, media }) {
    this.operation = operation;
    const all = operation?.parameters ?? [];
    const secrets = this.picker.current?.secrets ?? [];
    const path = findPathParameters(this.picker.path.value).map(
      (name) =>
        all.find((one) => one.place === "path" && one.name === name) ?? {
          name,
          key: `path.${name}`,
          place: "path",
          required: true,
          text: true,
          field: { kind: "string" },
          secret: secrets.includes(name),
        },
    );
    const pathKnown = path.map((one) => ({ ...one, required: true }));
    /** @type {(name: string) => Json} */
    const typed = (name) => (Object.hasOwn(paths, name) ? paths[name] : "");
    const start = operation?.start;
    const pathSample = Object.fromEntries((start?.path_values ?? []).map(([name, value]) => [`path.${name}`, value]));
    this.pathRows.showKnown(pathKnown, Object.fromEntries(path.map(({ name, key }) => [key, typed(name)])), pathSample);
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
    this.body.describe(operation?.bodies ?? [], operation?.start?.body ?? "");
    this.body.show(body, media);
    this.showAbout();
    if (operation) this.askReplies(operation);
  }

  /**
   * Takes the description of an operation; an untouched form is filled from it.
   * @param {Operation} operation
   */
  receive(operation) {
    if (!operation?.key) return;
    if (operation.generation !== this.generation) {
      this.operations.clear();
      this.replies.clear();
    }
    this.generation = operation.generation;
    if (operation.generation === 0) return; // the document is still being read
    this.operations.set(operation.key, operation);
    if (operation === this.operation || this.hasNewDraft()) return; // it is drawn, or the draft that came with it will be
    if (operation.key !== this.key) {
      if (this.key && this.picker.current && !this.operations.has(this.key))
        this.model.send({ ask: "operation_form", key: this.key });
      return;
    }
    const isAwaited = this.awaited.take(operation.key);
    if (!operation.parameters) {
      this.showAbout();
    } else if (this.untouched) {
      this.showUntouched(operation);
    } else {
      this.draw(operation, this.values());
      this.showChecked();
    }
    if (isAwaited) this.focusForm();
  }

  /**
   * Asks for the responses of the operation, once it is drawn: they take the kernel longer than its fields.
   * @param {Operation} operation
   */
  askReplies({ key, docs }) {
    if (!docs?.responses.length || this.replies.has(key)) return;
    this.replies.set(key, docs.responses); // only their statuses
    this.model.send({ ask: "responses", key });
  }

  /** @param {{ key?: string, generation?: number, responses?: Reply[] }} answer */
  takeReplies({ key, generation, responses }) {
    if (!key || !responses || generation !== this.generation) return;
    this.replies.set(key, responses);
    if (key === this.key) this.showAbout();
  }

  /** @param {Operation} operation */
  showUntouched(operation) {
    const { known, path_values: paths, body, media } = operation.start;
    this.draw(operation, { known: Object.fromEntries(known), paths: Object.fromEntries(paths), body, media });
    this.changed({ byHand: false });
  }

  showAbout() {
    const isSocket = this.picker.method.value === "WS";
    const deprecated = Boolean(this.operation?.deprecated);
    const key = this.typedKey();
    const docs = this.operations.get(key)?.docs;
    this.docs.show(docs, this.picker.current, { deprecated, isSocket });
    this.docs.showReplies(this.replies.get(key) ?? docs?.responses ?? []);
    this.docs.markLock(this.credentials.covers(this.docs.schemes));
    this.headers.el.hidden = isSocket; // the console has its own
    const bodiless = this.operation ? this.operation.bodies.length === 0 : NO_BODY.includes(this.picker.method.value);
    this.body.el.hidden = isSocket || this.awaited.isNear || (bodiless && this.body.value === "");
    this.bar.offer(!isSocket);
  }

  /** @param {Choice} choice */
  chooseRoute(choice) {
    const key = `${choice.method} ${choice.path}`;
    const isKnown = this.operations.has(key);
    if (isKnown) this.awaited.end();
    else this.awaited.begin(key);
    this.openRoute(choice);
    if (isKnown) this.focusForm();
  }

  /** Focuses the first field and selects its value, so that what is typed takes the place of a sample. */
  focusForm() {
    /** @type {NodeListOf<HTMLElement>} */
    const fields = this.el.querySelectorAll(
      "fieldset :is(.ipyasgi-value, .ipyasgi-pair, .ipyasgi-editor) :is(.ipyasgi-input, .cm-content)",
    );
    const first = [...fields].find((field) => field.offsetParent);
    (first ?? (this.bar.offered ? this.bar.send : this.picker.path)).focus();
    if (first instanceof HTMLInputElement || first instanceof HTMLTextAreaElement) first.select();
  }

  /** A typed path is that of a route, or else keeps what is in the form. */
  onPathTyped() {
    const choice = this.picker.current;
    this.awaited.end();
    if (choice && this.typedKey() !== this.key) {
      this.openRoute(choice);
      return;
    }
    this.keepVisited();
    this.turnTo(this.typedKey());
    this.changed();
  }

  keepVisited() {
    const left = this.draft();
    if (hasHeldValues(left))
      this.visited.delete(this.key ?? ""); // the kernel no longer has it when the user returns
    else if (!this.untouched) this.visited.set(this.key ?? "", left);
  }

  /**
   * Opens the form of a route, as it was left or else untouched.
   * @param {Choice} choice
   */
  openRoute(choice) {
    this.keepVisited();
    const known = this.visited.get(`${choice.method} ${choice.path}`);
    this.errors = [];
    this.bar.forget();
    this.showDraft({
      path_values: [],
      query: [],
      known: [],
      media: "",
      body: choice.body ?? "",
      ...known,
      method: choice.method,
      path: choice.path,
      headers: this.headersBefore ?? this.headers.value,
    });
    this.headersBefore = undefined;
    this.untouched = !known;
    if (this.untouched && this.operation) this.showUntouched(this.operation);
    else this.changed({ byHand: false });
  }

  /** @returns {[key: string, value: Json][]} */
  knownValues() {
    // Until the operation is described there are no fields that could show them.
    if (!this.operation && this.picker.current) return Object.entries(this.held.known);
    return [...this.query.knownValue, ...this.headers.knownValue, ...this.cookies.knownValue];
  }

  /** @returns {PageDraft} */
  draft() {
    return {
      fill: this.fill,
      seq: this.seq,
      method: this.picker.method.value,
      path: this.picker.path.value.trim(),
      path_values: this.pathValues(),
      query: this.query.value,
      headers: this.headers.value,
      known: this.knownValues(),
      body: this.body.value,
      media: this.body.media,
      marks: [...this.body.marks],
      code: this.code.current,
    };
  }

  changed({ byHand = true } = {}) {
    if (byHand) this.untouched = false;
    this.seq += 1;
    this.showAbout();
    this.el.dataset.checked = "false";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.model.send({ ask: "draft", draft: this.draft() }), SETTLE_MS);
  }

  /** Sends the draft too, so that the request is what the page shows. */
  send() {
    if (!this.bar.offered) {
      this.connect();
      return;
    }
    this.picker.close();
    clearTimeout(this.timer);
    this.bar.pressed();
    this.model.send({ ask: "send", draft: this.draft() });
  }

  /** Sends the draft at once, so that the console connects to the address that the form shows. */
  flush() {
    clearTimeout(this.timer);
    this.model.send({ ask: "draft", draft: this.draft() });
  }

  connect() {
    this.flush();
    /** @type {HTMLButtonElement | null | undefined} */
    const button = this.frame.closest(".ipyasgi-split")?.querySelector(".ipyasgi-connect");
    button?.click();
  }

  /** Scrolls to a response that stands below the form. */
  revealResponse() {
    const response = this.frame.closest(".ipyasgi-split")?.querySelector(".ipyasgi-beside");
    if (!response || response.getBoundingClientRect().top < this.frame.getBoundingClientRect().bottom) return;
    response.scrollIntoView({ block: "nearest" });
  }

  /** Ignores the check of an older draft. */
  showChecked() {
    /** @type {CheckedForm} */
    const checked = this.model.get("checked");
    if (checked.fill !== this.fill || checked.seq !== this.seq) return;
    this.el.dataset.checked = "true";
    const refused = this.model.get("run").refused;
    const shown = checked.missing && !refused ? { where: "", text: "", line: 0 } : checked;
    /** @param {string} part */
    const keyOf = (part) => (shown.where.startsWith(`${part}.`) ? shown.where.slice(part.length + 1) : "");
    this.query.mark(keyOf("query"), shown.text);
    this.headers.mark(keyOf("headers"), shown.text);
    for (const [part, rows] of Object.entries({ query: this.query, headers: this.headers })) {
      rows.describe(part, checked.secret ?? [], checked.replaced ?? []);
    }
    this.body.editor.mark(shown);
    this.picker.path.toggleAttribute("data-bad", shown.where === "path");
    /** @type {FieldError[]} */
    const problem = shown.where ? [[shown.where.replace(/^path_values\./, "path."), shown.text]] : [];
    const named = new Set(this.errors.map(([where]) => where));
    /** @type {FieldError[]} */
    const hints = (checked.hints ?? [])
      .filter(([where]) => !named.has(where) && !problem.some(([other]) => other === where))
      .map(([where, text]) => [where, text, ""]);
    noteFields(this.el, checked.replaced ?? []);
    const left = markFields(this.el, [...problem, ...this.errors, ...hints]);
    this.showOtherErrors(left.filter((error) => error !== problem[0]));
    this.code.show(checked);
    if (refused && !checked.text) this.bar.forget();
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

  /** @param {string | undefined} where */
  forgetErrors(where) {
    const kept = this.errors.filter(
      ([other]) => where !== undefined && other !== where && !other.startsWith(`${where}/`),
    );
    if (kept.length === this.errors.length) return;
    this.errors = kept;
  }

  listen() {
    return listen(this.model, {
      "change:draft": () => {
        if (this.hasNewDraft()) {
          this.receive(this.model.get("operation_form"));
          this.takeDraft(this.model.get("draft"));
        }
        this.showChecked();
      },
      "change:checked": () => this.showChecked(),
      "change:operation_form": () => this.receive(this.model.get("operation_form")),
      "change:responses": () => this.takeReplies(this.model.get("responses")),
      "change:auth": () => {
        this.credentials.show();
        this.showAbout();
      },
      "change:run": () => {
        if (this.bar.isBusy && this.model.get("run").beside) this.revealResponse();
        this.bar.show(this.model.get("run"));
        this.errors = this.model.get("run").errors;
        this.showChecked();
      },
      "change:choices_turn": () => this.checkChoices(),
      "change:tried": () => this.picker.setTried(this.model.get("tried")),
      "change:choices": () => {
        this.choicesTurn = this.model.get("choices_turn");
        this.picker.setChoices(this.model.get("choices"));
        this.picker.setMethods(this.methods());
        this.showAbout();
      },
    });
  }

  /** Asks for routes that are lost. After the traits of one message, which change in any order. */
  checkChoices() {
    queueMicrotask(() => {
      if (this.choicesTurn !== this.model.get("choices_turn")) this.model.send({ ask: "choices" });
    });
  }

  close() {
    clearTimeout(this.timer);
    this.awaited.end();
    this.picker.end();
    this.bar.close();
    this.body.editor.close();
    this.code.close();
    this.credentials.close();
  }
}

export default {
  /** @param {View} view */
  render({ model, el }) {
    const page = new FormPage(model);
    el.append(page.frame);
    const stop = page.listen();
    return () => {
      stop();
      page.close();
    };
  },
};
