// The form, put together: what is typed goes to the kernel as it stands, what the kernel judges comes back.
// What the app's document says of an operation, its sheet, is asked for when the operation is chosen, and kept.

import { AuthPart } from "./auth_part.js";
import { BodyPart } from "./body_part.js";
import { CodePart } from "./code_part.js";
import { markFields } from "./fields/field.js";
import { FileShelf } from "./fields/file_field.js";
import { keepKeys, listen, make } from "./page.js";
import { PairRows } from "./pair_rows.js";
import { RoutePicker } from "./route_picker.js";
import { SendBar } from "./send_bar.js";

const SETTLE_MS = 120;
const NO_BODY = ["GET", "HEAD", "OPTIONS", "TRACE", "WS"];
const PLACE = /\{([^{}:]+)(?::[^{}]*)?\}/g;

function placesOf(path) {
  return [...new Set([...path.split("?")[0].matchAll(PLACE)].map((match) => match[1]))];
}

// Headers go along from route to route, and so does what the kernel holds of them.
function holdsNull(draft) {
  return draft.body === null || [...draft.query, ...draft.known].some(([, value]) => value === null);
}

class FormPage {
  constructor(model) {
    this.model = model;
    this.visited = new Map(); // what was typed into the form of each route
    this.sheets = new Map(); // what the document says of each route
    this.sheet = null;
    this.complaints = [];
    this.timer = undefined;
    const changed = () => this.changed();
    const send = () => this.send();
    this.picker = new RoutePicker({
      methods: this.methods(),
      choices: model.get("choices"),
      onPick: (choice) => this.choose(choice),
      onType: () => this.typed(),
      onEnter: send,
    });
    this.bar = new SendBar({
      onSend: send,
      onCancel: () => model.send({ ask: "cancel" }),
      onSee: () => this.seeAnswer(),
    });
    this.about = make("p", "ipyasgi-about ipyasgi-faint");
    this.places = new PairRows({ title: "Path", noun: "path value", fixed: true, onChange: changed });
    this.query = new PairRows({ title: "Query", noun: "query parameter", onChange: changed });
    this.headers = new PairRows({ title: "Headers", noun: "header", onChange: changed });
    this.cookies = new PairRows({ title: "Cookies", noun: "cookie", fixed: true, onChange: changed });
    this.body = new BodyPart({ onChange: changed, files: new FileShelf(model) });
    this.body.onDraw = () => this.judge();
    this.auth = new AuthPart(model);
    this.said = make("ul", "ipyasgi-said", { "aria-label": "what else is wrong" });
    this.code = new CodePart({ onPick: () => this.changed() });
    const line = make("div", "ipyasgi-request-line", {}, this.picker.el, this.bar.buttons);
    this.el = make(
      "section",
      "ipyasgi-page ipyasgi-form",
      { "aria-label": "request" },
      line,
      this.picker.list,
      this.about,
      this.bar.line,
      this.said,
      this.places.el,
      this.query.el,
      this.headers.el,
      this.cookies.el,
      this.auth.el,
      this.body.el,
      this.code.el,
    );
    this.el.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.send();
    });
    // What the app said of a field is about what stood there when it was sent.
    this.el.addEventListener("input", (event) =>
      this.forgetComplaints(event.target.closest(".ipyasgi-value")?.dataset.where),
    );
    keepKeys(this.el);
    this.learn(model.get("sheet"));
    this.adopt(model.get("draft"));
    this.judge();
    this.bar.show(model.get("run"));
  }

  methods() {
    const sockets = this.model.get("choices").some((choice) => choice.method === "WS");
    return [...this.model.get("methods"), ...(sockets ? ["WS"] : [])];
  }

  // What the kernel put into the form: at first, and whenever it fills it.
  adopt(draft) {
    this.fill = draft.fill;
    this.seq = draft.seq;
    this.untouched = false;
    this.put(draft);
  }

  put(draft) {
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

  // The form takes the shape of the operation that method and path name now.
  turnTo(key) {
    if (key === this.key) return;
    const before = this.key === undefined ? this.held : this.values();
    this.key = key;
    const known = this.sheets.get(key);
    if (known === undefined && this.picker.current) this.model.send({ ask: "sheet", key });
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

  pathValues() {
    return this.places.known.map(({ key }) => [key.slice("path.".length), this.places.values[key] ?? ""]);
  }

  draw(sheet, { known, paths, body, media }) {
    this.sheet = sheet;
    const all = sheet?.parameters ?? [];
    const path = placesOf(this.picker.path.value).map(
      (name) =>
        all.find((one) => one.place === "path" && one.name === name) ?? {
          name,
          key: `path.${name}`,
          place: "path",
          required: true,
          text: true,
          field: { kind: "string" },
        },
    );
    const pathKnown = path.map((one) => ({ ...one, required: true }));
    this.places.showKnown(pathKnown, Object.fromEntries(path.map(({ name, key }) => [key, paths[name] ?? ""])));
    for (const [part, place] of [
      [this.query, "query"],
      [this.headers, "header"],
      [this.cookies, "cookie"],
    ]) {
      const here = all.filter((one) => one.place === place);
      part.showKnown(
        here,
        Object.fromEntries(here.filter(({ key }) => key in known).map(({ key }) => [key, known[key]])),
      );
    }
    this.auth.describe(sheet?.auth ?? []);
    this.body.describe(sheet?.bodies ?? [], sheet?.start?.body ?? "", sheet?.body_required);
    this.body.show(body, media);
    this.showAbout();
  }

  // A sheet that comes for a form nobody has touched brings the untouched form.
  learn(sheet) {
    if (!sheet?.key) return;
    if (sheet.generation !== this.generation) this.sheets.clear();
    this.generation = sheet.generation;
    if (sheet.generation === 0) return; // the document is still being read
    this.sheets.set(sheet.key, sheet);
    if (sheet.key !== this.key) {
      if (this.key && this.picker.current && !this.sheets.has(this.key))
        this.model.send({ ask: "sheet", key: this.key });
      return;
    }
    if (!sheet.parameters) return;
    if (this.untouched) {
      this.start(sheet);
    } else {
      this.draw(sheet, this.values());
      this.judge();
    }
  }

  start(sheet) {
    const { known, path_values: paths, body, media } = sheet.start;
    this.draw(sheet, { known: Object.fromEntries(known), paths: Object.fromEntries(paths), body, media });
    this.changed({ byHand: false });
  }

  showAbout() {
    const choice = this.picker.current;
    const isSocket = this.picker.method.value === "WS";
    const words = choice
      ? [this.sheet?.summary || choice.name || choice.handler, choice.handler, choice.source, choice.says]
      : [];
    const told = [...new Set(words.filter(Boolean))].join("  ·  ");
    this.about.replaceChildren(
      isSocket ? "A WebSocket route: Connect opens it. The code below does the same from a cell." : told,
    );
    if (this.sheet?.deprecated) this.about.prepend(make("span", "ipyasgi-flag", { textContent: "deprecated" }), " ");
    this.about.hidden = !this.about.textContent;
    for (const part of [this.query, this.headers]) part.el.hidden = isSocket;
    const bodiless = this.sheet ? this.sheet.bodies.length === 0 : NO_BODY.includes(this.picker.method.value);
    this.body.el.hidden = isSocket || (bodiless && this.body.value === "");
    this.bar.offer(!isSocket);
  }

  choose(choice) {
    this.enter(choice);
    const fields = this.el.querySelectorAll(
      "fieldset :is(.ipyasgi-value, .ipyasgi-pair, .ipyasgi-editor) .ipyasgi-input",
    );
    const first = [...fields].find((field) => field.offsetParent);
    (first ?? (this.bar.offered ? this.bar.send : this.picker.path)).focus();
  }

  // A path that is typed is that of a route, or one of its own, to which what is in the form goes along.
  typed() {
    const choice = this.picker.current;
    if (choice && this.typedKey() !== this.key) {
      this.enter(choice);
      return;
    }
    this.keepVisited();
    this.turnTo(this.typedKey());
    this.changed();
  }

  keepVisited() {
    const left = this.draft();
    if (holdsNull(left))
      this.visited.delete(this.key); // the kernel will not hold it when the reader comes back
    else if (!this.untouched) this.visited.set(this.key, left);
  }

  // The form of a route: as it was left, else untouched.
  enter(choice) {
    this.keepVisited();
    const known = this.visited.get(`${choice.method} ${choice.path}`);
    this.complaints = [];
    this.bar.forget();
    this.put({
      path_values: [],
      query: [],
      known: [],
      media: "",
      body: choice.body,
      ...known,
      method: choice.method,
      path: choice.path,
      headers: this.headers.value,
    });
    this.untouched = !known;
    if (this.untouched && this.sheet) this.start(this.sheet);
    else this.changed({ byHand: false });
  }

  knownValues() {
    return [...this.query.knownValue, ...this.headers.knownValue, ...this.cookies.knownValue];
  }

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
      code: this.code.current,
    };
  }

  changed({ byHand = true } = {}) {
    if (byHand) this.untouched = false;
    this.seq += 1;
    this.showAbout();
    this.el.dataset.judged = "false";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.model.send({ ask: "draft", draft: this.draft() }), SETTLE_MS);
  }

  // The draft goes along: what is sent is what is on the page, whatever the kernel has heard of it so far.
  send() {
    if (!this.bar.offered) return;
    this.picker.close();
    clearTimeout(this.timer);
    this.bar.pressed();
    this.model.send({ ask: "send", draft: this.draft() });
  }

  seeAnswer() {
    const answer = this.el.closest(".ipyasgi-split")?.querySelector(".ipyasgi-response");
    answer?.scrollIntoView({ block: "nearest" });
    answer?.querySelector("[role=tab][tabindex='0']")?.focus({ preventScroll: true });
  }

  // A verdict on an older draft says nothing about this one.
  judge() {
    const verdict = this.model.get("verdict");
    if (verdict.fill !== this.fill || verdict.seq !== this.seq) return;
    this.el.dataset.judged = "true";
    const refused = this.model.get("run").refused;
    const shown = verdict.missing && !refused ? { where: "", text: "", line: 0 } : verdict;
    const keyOf = (part) => (shown.where.startsWith(`${part}.`) ? shown.where.slice(part.length + 1) : "");
    this.query.mark(keyOf("query"), shown.text);
    this.headers.mark(keyOf("headers"), shown.text);
    this.body.editor.mark(shown);
    this.picker.path.toggleAttribute("data-bad", shown.where === "path");
    const problem = shown.where ? [[shown.where.replace(/^path_values\./, "path."), shown.text]] : [];
    const said = new Set(this.complaints.map(([where]) => where));
    const advice = (verdict.advice ?? []).filter(
      ([where]) => !said.has(where) && !problem.some(([other]) => other === where),
    );
    const left = markFields(this.el, [...problem, ...this.complaints, ...advice]);
    this.tell(left.filter((word) => word !== problem[0]));
    this.code.show(verdict);
    if (refused && !verdict.text) this.bar.forget();
  }

  // What is about no field that is on the page: of a body shown as text, of rows without a description.
  tell(words) {
    this.said.replaceChildren(
      ...words.map(([where, text, source]) =>
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
    this.said.hidden = words.length === 0;
  }

  forgetComplaints(where) {
    const kept = this.complaints.filter(
      ([other]) => where !== undefined && other !== where && !other.startsWith(`${where}/`),
    );
    if (kept.length === this.complaints.length) return;
    this.complaints = kept;
  }

  listen() {
    return listen(this.model, {
      "change:draft": () => {
        if (this.model.get("draft").fill > this.fill) this.adopt(this.model.get("draft"));
        this.judge();
      },
      "change:verdict": () => this.judge(),
      "change:sheet": () => this.learn(this.model.get("sheet")),
      "change:auth": () => this.auth.show(),
      "change:run": () => {
        this.bar.show(this.model.get("run"));
        this.complaints = this.model.get("run").complaints;
        this.judge();
      },
      "change:choices": () => {
        this.picker.choices = this.model.get("choices");
        this.picker.setMethods(this.methods());
        this.showAbout();
      },
    });
  }

  close() {
    clearTimeout(this.timer);
    this.bar.close();
    this.code.close();
  }
}

export default {
  render({ model, el }) {
    const page = new FormPage(model);
    el.append(page.el);
    const stop = page.listen();
    return () => {
      stop();
      page.close();
    };
  },
};
