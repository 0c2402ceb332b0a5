// What several tests need: a model as anywidget gives it, whose kernel is the test.

export class FakeModel {
  constructor() {
    this.sent = [];
    this.listeners = new Set();
  }

  on(event, listener) {
    if (event === "msg:custom") this.listeners.add(listener);
  }

  off(_event, listener) {
    this.listeners.delete(listener);
  }

  send(message, _callbacks, buffers) {
    this.sent.push(buffers ? { ...message, buffers } : message);
  }

  /** What was sent since the last call. */
  takeSent() {
    return this.sent.splice(0);
  }

  receive(message, buffers = []) {
    for (const listener of [...this.listeners]) listener(message, buffers);
  }
}
