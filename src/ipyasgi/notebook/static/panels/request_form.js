// The form, put together: what is typed goes to the kernel as it stands, what the kernel judges comes back.

const SETTLE_MS = 120;
const NO_BODY = ["GET", "HEAD", "OPTIONS", "TRACE", "WS"];
const PLACE = /\{([^{}:]+)(?::[^{}]*)?\}/g;

function placesOf(path) {
  return [...new Set([...path.split("?")[0].matchAll(PLACE)].map((match) => match[1]))];
}

// Headers go along from route to route, and so does what the kernel holds of them.
function holdsNull(draft) {
  return draft.body === null || draft.query.some(([, value]) => value === null);
}

class FormPage {
  constructor(model) {
    this.model = model;
    this.visited = new Map(); // what was typed into the form of each route
    this.timer = undefined;
    const changed = () => this.changed();
    const send = () => this.send();
    this.picker = new RoutePicker({
      methods: this.methods(), choices: model.get("choices"), onPick: (choice) => this.choose(choice),
      onType: () => { this.showPlaces(); this.changed(); }, onEnter: send,
    });
    this.bar = new SendBar({ onSend: send, onCancel: () => model.send({ ask: "cancel" }) });
    this.about = make("p", "ipyasgi-about ipyasgi-faint");
    this.places = new PairRows({ title: "Path", noun: "path value", fixed: true, onChange: changed });
    this.query = new PairRows({ title: "Query", noun: "query parameter", onChange: changed });
    this.headers = new PairRows({ title: "Headers", noun: "header", onChange: changed });
    this.body = new BodyEditor({ onChange: changed });
    this.code = make("pre", "ipyasgi-code", { tabIndex: 0, dir: "ltr", "aria-label": "the same request as code" });
    this.copy = makeButton("copy", "ipyasgi-quiet", () => this.copyCode(), { "aria-label": "copy the code" });
    const line = make("div", "ipyasgi-request-line", {}, this.picker.el, this.bar.buttons);
    this.codeLine = make("div", "ipyasgi-code-line", {}, this.code, this.copy);
    this.el = make("section", "ipyasgi-page ipyasgi-form", { "aria-label": "request" },
      line, this.picker.list, this.about, this.bar.line, this.places.el, this.query.el, this.headers.el, this.body.el, this.codeLine);
    this.el.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.send();
    });
    keepKeys(this.el);
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
    this.put(draft);
  }

  put(draft) {
    this.picker.show(draft);
    this.query.show(draft.query);
    this.headers.show(draft.headers);
    this.body.show(draft.body);
    this.showPlaces(draft.path_values);
    this.key = `${draft.method} ${draft.path}`;
  }

  showPlaces(values = this.places.value) {
    const held = new Map(values);
    const names = placesOf(this.picker.path.value);
    if (names.join("\n") !== this.places.value.map(([name]) => name).join("\n") || values !== this.places.value) {
      this.places.show(names.map((name) => [name, held.get(name) ?? ""]));
    }
    this.showAbout();
  }

  showAbout() {
    const choice = this.picker.current;
    const isSocket = this.picker.method.value === "WS";
    const words = choice ? [choice.name || choice.handler, choice.source, choice.says] : [];
    this.about.textContent = isSocket
      ? "A WebSocket route. This panel has no console for it yet; from a cell it goes like this:"
      : words.filter(Boolean).join("  ·  ");
    this.about.hidden = !this.about.textContent;
    for (const part of [this.query, this.headers]) part.el.hidden = isSocket;
    const bodiless = NO_BODY.includes(this.picker.method.value);
    this.body.el.hidden = isSocket || (bodiless && this.body.value === "");
    setUsable(this.bar.send, !isSocket);
  }

  choose(choice) {
    const left = this.draft();
    if (holdsNull(left)) this.visited.delete(this.key); // the kernel will not hold it when the reader comes back
    else this.visited.set(this.key, left);
    const known = this.visited.get(`${choice.method} ${choice.path}`);
    this.put({
      path_values: [], query: [], body: choice.body, ...known,
      method: choice.method, path: choice.path, headers: this.headers.value,
    });
    this.changed();
    const first = this.el.querySelector("fieldset:not([hidden]) input, fieldset:not([hidden]) textarea");
    (first ?? this.bar.send).focus();
  }

  draft() {
    return {
      fill: this.fill,
      seq: this.seq,
      method: this.picker.method.value,
      path: this.picker.path.value.trim(),
      path_values: this.places.value,
      query: this.query.value,
      headers: this.headers.value,
      body: this.body.value,
    };
  }

  changed() {
    this.seq += 1;
    this.showAbout();
    this.el.dataset.judged = "false";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.model.send({ ask: "draft", draft: this.draft() }), SETTLE_MS);
  }

  // The draft goes along: what is sent is what is on the page, whatever the kernel has heard of it so far.
  send() {
    if (this.bar.send.getAttribute("aria-disabled") === "true") return;
    this.picker.close();
    clearTimeout(this.timer);
    this.bar.pressed();
    this.model.send({ ask: "send", draft: this.draft() });
  }

  // A verdict on an older draft says nothing about this one.
  judge() {
    const verdict = this.model.get("verdict");
    if (verdict.fill !== this.fill || verdict.seq !== this.seq) return;
    this.el.dataset.judged = "true";
    const refused = this.model.get("run").refused;
    const shown = verdict.missing && !refused ? { where: "", text: "", line: 0 } : verdict;
    const keyOf = (part) => (shown.where.startsWith(`${part}.`) ? shown.where.slice(part.length + 1) : "");
    this.places.mark(keyOf("path_values"), shown.text);
    this.query.mark(keyOf("query"), shown.text);
    this.headers.mark(keyOf("headers"), shown.text);
    this.body.mark(shown);
    this.picker.path.toggleAttribute("data-bad", shown.where === "path");
    this.codeLine.hidden = !verdict.code && !verdict.missing; // the problem is told where it is
    this.code.textContent = verdict.code || verdict.text;
    this.code.dataset.ready = String(Boolean(verdict.code));
    setUsable(this.copy, Boolean(verdict.code));
    if (refused && !verdict.text) this.bar.forget();
  }

  async copyCode() {
    try {
      await navigator.clipboard.writeText(this.code.textContent);
      this.copy.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(this.code);
      this.copy.textContent = "selected: press Ctrl+C";
    }
    setTimeout(() => { this.copy.textContent = "copy"; }, 2000);
  }

  listen() {
    return listen(this.model, {
      "change:draft": () => {
        if (this.model.get("draft").fill > this.fill) this.adopt(this.model.get("draft"));
        this.judge();
      },
      "change:verdict": () => this.judge(),
      "change:run": () => {
        this.bar.show(this.model.get("run"));
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
