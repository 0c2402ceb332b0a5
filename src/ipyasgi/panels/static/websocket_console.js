// A WebSocket: its address, its messages, a field for new ones. The page does not share what is typed before it is sent:
// headers may contain secrets, and traits are saved with the notebook.

import { renderRows } from "./live_rows.js";
import { errorText, freshId, keepKeys, listen, make, makeButton, makeMethod, setInvalid, setUsable } from "./page.js";
import { RowStream } from "./stream.js";
import { elapsedText } from "./text.js";
import { SocketAddress } from "./websocket_address.js";
import { MessageDetail } from "./websocket_message.js";

/** @import { Model, View } from "./page.js" */

const VISIBLE_ROWS = 14;
const LEAST_ROWS = 4;
const MOST_LINES = 8; // of a message that is being written
const KEPT_ROWS = 6000;
/** @type {Record<string, string>} */
const KINDS = { text: "Text", json: "JSON", hex: "Bytes, hex", base64: "Bytes, base64" };
/** @type {Record<string, string>} */
const PLACEHOLDERS = { text: "Message", json: '{"message": "hello"}', hex: "68 65 6c 6c 6f", base64: "aGVsbG8=" };

/**
 * @param {string} label
 * @param {HTMLElement} field
 */
function labelled(label, field) {
  return make("label", "ipyasgi-field", {}, make("span", "ipyasgi-faint", { textContent: label }), field);
}

class ConnectBar {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    this.connect = makeButton("Connect", "ipyasgi-primary ipyasgi-connect", () => this.ask());
    this.address = new SocketAddress(model, { onEnter: () => this.connect.click() });
    this.disconnect = makeButton("Disconnect", "", () => {
      this.pressed("Closing");
      model.send({ ask: "disconnect", code: Math.trunc(Number(this.code.value)) || 1000, reason: this.reason.value });
    });
    this.headers = make("textarea", "ipyasgi-input", {
      rows: 2,
      placeholder: "X-Token: abc",
      "aria-label": "Handshake headers",
      spellcheck: false,
    });
    this.subprotocols = make("input", "ipyasgi-input", {
      type: "text",
      placeholder: "chat, json",
      "aria-label": "Subprotocols",
      spellcheck: false,
    });
    this.code = make("input", "ipyasgi-input", {
      type: "number",
      value: 1000,
      min: 1000,
      max: 4999,
      "aria-label": "Close code",
    });
    this.reason = make("input", "ipyasgi-input", { type: "text", "aria-label": "Close reason" });
    this.status = make("span", "ipyasgi-run-text", { role: "status" });
    this.clock = make("span", "ipyasgi-faint ipyasgi-figure", { "aria-hidden": "true" });
    this.run = make("div", "ipyasgi-run", {}, this.status, this.clock);
    const more = make(
      "details",
      "ipyasgi-socket-more",
      {},
      make("summary", "", { textContent: "Headers, subprotocols, close code" }),
      make(
        "div",
        "ipyasgi-fields",
        {},
        labelled("Headers, one per line", this.headers),
        labelled("Subprotocols", this.subprotocols),
        labelled("Close code", this.code),
        labelled("Reason", this.reason),
      ),
    );
    this.el = make(
      "div",
      "",
      {},
      make(
        "div",
        "ipyasgi-socket-line",
        {},
        makeMethod("WS"),
        this.address.input,
        this.address.text,
        this.address.routes,
        this.connect,
        this.disconnect,
      ),
      this.address.parameters,
      more,
      this.run,
    );
  }

  ask() {
    this.pressed("Waiting for the kernel");
    this.model.send({
      ask: "connect",
      path: this.address.path,
      values: this.address.values,
      headers: this.headers.value,
      subprotocols: this.subprotocols.value,
    });
    setTimeout(() => this.show(), 3000); // after an error only the notice changes
  }

  /** @param {string} text */
  pressed(text) {
    this.status.textContent = text;
    this.run.dataset.busy = "true";
  }

  show() {
    const session = this.model.get("session");
    const isOver = session.status === "idle" || session.status === "ended";
    this.status.textContent = session.text;
    this.status.dataset.tone = session.tone;
    this.run.dataset.busy = String(session.status === "connecting" || session.status === "closing");
    this.connect.textContent = session.status === "ended" ? "Connect again" : "Connect";
    setUsable(this.connect, isOver);
    setUsable(this.disconnect, !isOver && session.status !== "closing");
    clearInterval(this.timer);
    this.clock.textContent = "";
    if (isOver) return;
    const since = performance.now() - session.elapsed_ms;
    const draw = () => {
      this.clock.textContent = elapsedText(performance.now() - since);
    };
    draw();
    this.timer = setInterval(draw, 200);
  }

  close() {
    clearInterval(this.timer);
  }
}

class MessageBar {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {string[]} */
    this.sent = [];
    this.kind = make(
      "select",
      "ipyasgi-input",
      { "aria-label": "Message type" },
      ...Object.entries(KINDS).map(([value, label]) => make("option", "", { value, textContent: label })),
    );
    const hintId = freshId("say-hint");
    this.text = make("textarea", "ipyasgi-input ipyasgi-say", {
      rows: 1,
      "aria-label": "Message",
      "aria-describedby": hintId,
      spellcheck: false,
      dir: "auto",
    });
    this.send = makeButton("Send", "ipyasgi-primary", () => this.submit(), {
      title: "Send (Enter)",
      "aria-keyshortcuts": "Enter",
    });
    this.hint = make("div", "ipyasgi-say-hint ipyasgi-faint", { id: hintId, role: "status" });
    const line = make("div", "ipyasgi-say-line", {}, this.kind, this.text, this.send);
    this.el = make("div", "ipyasgi-say-box", {}, line, this.hint);
    this.kind.addEventListener("change", () => this.showKind());
    this.text.addEventListener("keydown", (event) => this.onKey(event));
    this.text.addEventListener("input", () => this.showHint());
    this.takeKind();
  }

  /** Takes the kind of the address, unless a message is being written. */
  takeKind() {
    if (this.text.value) return;
    this.kind.value = this.model.get("kind");
    this.showKind();
  }

  showKind() {
    this.text.placeholder = PLACEHOLDERS[this.kind.value];
    this.showHint();
  }

  showHint(problem = "") {
    this.text.rows = Math.min(this.text.value.split("\n").length, MOST_LINES);
    setInvalid(this.text, problem !== "");
    this.hint.dataset.tone = problem ? "bad" : "";
    this.hint.textContent = problem || "Enter sends, Shift+Enter starts a new line";
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && !this.text.value && this.sent.length) {
      event.preventDefault();
      this.text.value = this.sent.at(-1) ?? "";
      this.showHint();
    }
  }

  submit() {
    if (this.send.getAttribute("aria-disabled") === "true") return;
    const { value } = this.text;
    this.text.focus();
    if (this.kind.value === "json") {
      try {
        JSON.parse(value);
      } catch (error) {
        this.showHint(`Not JSON: ${errorText(error)}`);
        return;
      }
    }
    this.model.send({ ask: "send", kind: this.kind.value, text: value });
    if (value) this.sent = [...this.sent.slice(-49), value];
    this.text.value = "";
    this.showHint();
  }

  /** @param {{ status: string }} session */
  show(session) {
    this.el.hidden = session.status === "idle";
    setUsable(this.send, session.status === "open" || session.status === "connecting");
  }
}

/**
 * @param {Model} model
 * @param {HTMLElement} el
 * @param {RowStream} stream
 */
function renderConsole(model, el, stream) {
  const connect = new ConnectBar(model);
  const messages = new MessageBar(model);
  const detail = new MessageDetail(model);
  const log = make("div", "ipyasgi-socket-log");
  const root = make("section", "ipyasgi-page", { "aria-label": "WebSocket" }, connect.el, log, detail.el, messages.el);
  keepKeys(root);
  el.append(root);
  const endLog = renderRows(log, stream, {
    title: "Messages",
    noun: "line",
    visibleRows: VISIBLE_ROWS,
    room: (length) => (length ? Math.min(Math.max(length, LEAST_ROWS), VISIBLE_ROWS) : 0),
    first: () => model.get("session").rows_from ?? 1,
    onPick: (row) => detail.show(row),
  });
  /** @type {number | null} */
  let turn = null;
  const draw = () => {
    const session = model.get("session");
    if (turn !== null && turn !== session.turn) detail.el.hidden = true;
    turn = session.turn;
    connect.show();
    messages.show(session);
    stream.notify();
  };
  draw();
  const silence = listen(model, {
    "change:session": draw,
    "change:routes": () => connect.address.showRoutes(),
    "change:path": () => connect.address.showPath(),
    "change:kind": () => messages.takeKind(),
    "change:loaded": () => detail.take(model.get("loaded")),
  });
  return () => {
    silence();
    connect.close();
    detail.close();
    endLog();
  };
}

// A function, so that each widget has a stream of its own, shared by all its views.
export default () => {
  /** @type {RowStream} */
  let stream;
  return {
    /** @param {View} view */
    initialize({ model }) {
      stream = new RowStream(model, KEPT_ROWS);
      return () => stream.close();
    },
    /** @param {View} view */
    render({ model, el }) {
      return renderConsole(model, el, stream);
    },
  };
};
