// The form of a request: the page sends what is typed, and the kernel returns the checked form.
// The description of an operation is requested when it is chosen, and cached.

import { AwaitedForm } from "./awaited_form.js";
import { CodePart } from "./code_part.js";
import { CredentialsChip } from "./credentials_chip.js";
import { DocsPart } from "./docs_part.js";
import { FieldFocus } from "./fields/field_focus.js";
import { FileUpload } from "./fields/file_field.js";
import { withoutMarks } from "./fields/values.js";
import { FormFields } from "./form_fields.js";
import { Operations } from "./operations.js";
import { closest, keepKeys, listen, make } from "./page.js";
import { RoutePicker } from "./route_picker.js";
import { SendBar } from "./send_bar.js";

/** @import { CheckedForm } from "./code_part.js" */
/** @import { FieldError } from "./fields/field.js" */
/** @import { Json } from "./fields/values.js" */
/** @import { Values } from "./form_fields.js" */
/** @import { Operation } from "./operations.js" */
/** @import { Model, View } from "./page.js" */
/** @import { Pair } from "./pair_rows.js" */
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
    this.choicesTurn = model.get("choices_turn"); // of the routes that are here
    /** @type {string | undefined} */
    this.key = undefined; // of the operation whose fields the form has
    /** @type {Values} */
    this.held = { known: {}, paths: {}, body: "", media: "" };
    /** @type {Pair[] | undefined} */
    this.headersBefore = undefined; // the rows that other operations have, while a request is edited
    /** @type {Map<string, Draft>} */
    this.visited = new Map(); // the form of each route, as it was left
    this.operations = new Operations(model);
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
    this.fields = new FormFields({ onChange: changed, files: new FileUpload(model) });
    this.fields.body.onDraw = () => this.showChecked();
    this.credentials = new CredentialsChip(model, { onSignedIn: () => this.bar.send.focus() });
    this.fields.body.editor.connect(model, () => this.fields.body.current);
    this.awaited = new AwaitedForm({
      onLate: (isStill) => {
        this.showAbout();
        if (isStill) this.focusForm();
      },
    });
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
      ...this.fields.els,
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
    this.operations.takeReplies(model.get("responses"));
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
    this.fields.body.marks.clear(); // they were those of the draft before
    if (!draft.edited) this.headersBefore = undefined;
    else this.headersBefore ??= this.fields.headers.value;
    this.showDraft(draft);
  }

  /** @param {Draft} draft */
  showDraft(draft) {
    this.picker.show(draft);
    this.fields.query.show(draft.query);
    this.fields.headers.show(draft.headers);
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
    if (this.picker.current) this.operations.ask(key);
    this.draw(known?.parameters ? known : null, before);
  }

  values() {
    return {
      known: Object.fromEntries(this.knownValues()),
      paths: Object.fromEntries(this.fields.pathValues),
      body: this.fields.body.value,
      media: this.fields.body.media,
    };
  }

  /**
   * @param {Operation | null} operation
   * @param {Values} values
   */
  draw(operation, values) {
    const focus = new FieldFocus(this.el);
    const isText = !this.untouched && this.fields.body.editor.isFocused; // which is being typed
    this.operation = operation;
    this.fields.draw(operation, values, this.picker.path.value, this.picker.current?.secrets ?? []);
    if (isText) this.fields.body.turn("text");
    this.showAbout();
    if (focus.isLost && !focus.restore()) this.focusForm();
    if (operation) this.operations.askReplies(operation);
  }

  /**
   * Takes the description of an operation; an untouched form is filled from it.
   * @param {Operation} operation
   */
  receive(operation) {
    if (!operation?.key || !this.operations.take(operation)) return;
    if (operation === this.operation || this.hasNewDraft()) return; // it is drawn, or the draft that came with it will be
    if (operation.key !== this.key) {
      if (this.key && this.picker.current) this.operations.ask(this.key);
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
    this.docs.showReplies(this.operations.replies(key), key);
    this.docs.markLock(this.credentials.covers(this.docs.schemes));
    this.fields.headers.el.hidden = isSocket; // the console has its own
    const bodiless = this.operation ? this.operation.bodies.length === 0 : NO_BODY.includes(this.picker.method.value);
    this.fields.body.el.hidden = isSocket || this.awaited.isNear || (bodiless && this.fields.body.value === "");
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
      headers: this.headersBefore ?? this.fields.headers.value,
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
    return this.fields.knownValues;
  }

  /** @returns {PageDraft} */
  draft() {
    return {
      fill: this.fill,
      seq: this.seq,
      method: this.picker.method.value,
      path: this.picker.path.value.trim(),
      path_values: this.fields.pathValues,
      query: this.fields.query.value,
      headers: this.fields.headers.value,
      known: this.knownValues(),
      body: this.fields.body.value,
      media: this.fields.body.media,
      marks: [...this.fields.body.marks],
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
    const where = this.fields.mark(this.el, checked, { isAsked: refused, errors: this.errors });
    this.picker.path.toggleAttribute("data-bad", where === "path");
    this.code.show(checked);
    if (refused && !checked.text) this.bar.forget();
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
      "change:responses": () => {
        if (this.operations.takeReplies(this.model.get("responses")) === this.key) this.showAbout();
      },
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
    this.fields.body.editor.close();
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
