import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { fetchBody, RowStream } from "../../src/ipyasgi/panels/static/stream.js";
import { FakeModel } from "./fake_model.js";

const rowsFrom = (first, count) =>
  Array.from({ length: count }, (_, place) => ({ kind: "info", text: String(first + place) }));
const rows = (first, count, more = {}) => ({
  paint: "rows",
  first,
  rows: rowsFrom(first, count),
  oldest: 1,
  dropped: 0,
  ...more,
});
const ask = (first, last) => ({ paint: "ask", first, last });

let model;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  model = new FakeModel();
});

test("a stream asks for what there is, and again until something is heard", () => {
  const stream = new RowStream(model, 100);
  assert.deepEqual(model.takeSent(), [ask(1, 0)]);
  mock.timers.tick(1000);
  mock.timers.tick(2000);
  assert.deepEqual(model.takeSent(), [ask(1, 0), ask(1, 0)]);
  model.receive(rows(1, 3));
  mock.timers.tick(100_000);
  assert.deepEqual(model.takeSent(), []);
  assert.deepEqual([...stream.rows.keys()], [1, 2, 3]);
});

test("a gap is noticed, asked for once, and filled", () => {
  const stream = new RowStream(model, 100);
  model.receive(rows(1, 2));
  model.takeSent();
  model.receive(rows(6, 2));
  assert.equal(stream.missingCount, 3);
  assert.deepEqual(
    [3, 5, 6].map((number) => stream.isMissing(number)),
    [true, true, false],
  );
  assert.deepEqual(model.takeSent(), [ask(3, 5)]);
  model.receive(rows(4, 1));
  assert.deepEqual(stream.missing, [
    [3, 3],
    [5, 5],
  ]);
  mock.timers.tick(1000);
  assert.deepEqual(model.takeSent(), [ask(3, 3), ask(5, 5)]);
  model.receive(rows(3, 3));
  mock.timers.tick(100_000);
  assert.equal(stream.missingCount, 0);
  assert.deepEqual(model.takeSent(), []);
});

test("the newest row's number alone shows what was lost", () => {
  const stream = new RowStream(model, 100);
  model.receive(rows(1, 1));
  model.takeSent();
  model.receive({ paint: "tail", last: 4, oldest: 1, dropped: 0 });
  assert.equal(stream.last, 4);
  assert.deepEqual(model.takeSent(), [ask(2, 4)]);
});

test("questions come less and less often, at least twice a minute", () => {
  new RowStream(model, 100);
  model.receive(rows(3, 1));
  model.takeSent();
  const times = [];
  for (let second = 1; second <= 180; second += 1) {
    mock.timers.tick(1000);
    if (model.takeSent().length) times.push(second);
  }
  const waits = times.map((second, place) => second - (times[place - 1] ?? 0));
  assert.deepEqual(waits.slice(0, 5), [1, 2, 4, 8, 16]);
  assert.deepEqual(new Set(waits.slice(5)), new Set([30]));
});

test("a question that is partly answered is asked again soon", () => {
  new RowStream(model, 100);
  model.receive(rows(11, 1));
  mock.timers.tick(3000);
  model.receive(rows(1, 5));
  mock.timers.tick(4000); // the wait that had begun
  model.takeSent();
  mock.timers.tick(1000);
  assert.deepEqual(model.takeSent(), [ask(6, 10)]);
});

test("only the newest rows are kept, and no older ones are asked for", () => {
  const stream = new RowStream(model, 10);
  model.receive(rows(1, 5));
  model.takeSent();
  model.receive(rows(21, 5));
  assert.equal(stream.first, 16);
  assert.deepEqual([...stream.rows.keys()], [21, 22, 23, 24, 25]);
  assert.deepEqual(stream.missing, [[16, 20]]);
});

test("what the kernel no longer holds is not asked for", () => {
  const stream = new RowStream(model, 100);
  model.receive(rows(11, 2, { oldest: 9, dropped: 3 }));
  assert.deepEqual(stream.missing, [[9, 10]]);
  assert.equal(stream.dropped, 3);
});

test("a closed stream neither listens nor asks", () => {
  const stream = new RowStream(model, 100);
  stream.close();
  model.takeSent();
  model.receive(rows(1, 1));
  mock.timers.tick(100_000);
  assert.equal(stream.last, 0);
  assert.deepEqual(model.takeSent(), []);
});

test("messages of the panel itself are not rows", () => {
  const stream = new RowStream(model, 100);
  let notified = 0;
  stream.watchers.add(() => {
    notified += 1;
  });
  model.receive({ ask: "something" });
  assert.equal(notified, 0);
  model.receive(rows(1, 1));
  assert.equal(notified, 1);
});

const OFFER = { key: 5, size_bytes: 10, piece_bytes: 4 };
const BYTES = Uint8Array.from({ length: 10 }, (_, place) => place);
const piece = (index) => [{ paint: "piece", key: 5, index }, [BYTES.slice(index * 4, index * 4 + 4).buffer]];

test("a body is put together from its pieces, in whatever order they come", async () => {
  const progress = [];
  const fetched = fetchBody(model, OFFER, { onProgress: (have) => progress.push(have) });
  assert.deepEqual(
    model.takeSent().map(({ index }) => index),
    [0, 1, 2],
  );
  for (const index of [2, 0, 0, 1]) model.receive(...piece(index));
  assert.deepEqual(await fetched, BYTES);
  assert.deepEqual(progress, [4, 8, 10]);
  assert.equal(model.listeners.size, 0);
});

test("a piece may be a view into a larger buffer", async () => {
  const fetched = fetchBody(model, { key: 5, size_bytes: 3, piece_bytes: 4 });
  model.receive({ paint: "piece", key: 5, index: 0 }, [new DataView(BYTES.buffer, 6, 3)]);
  assert.deepEqual(await fetched, Uint8Array.of(6, 7, 8));
});

test("lost pieces are asked for again, and those of other bodies are not taken", async () => {
  const fetched = fetchBody(model, OFFER);
  model.receive({ paint: "piece", key: 6, index: 0 }, [Uint8Array.of(9, 9, 9, 9).buffer]);
  model.receive(...piece(0));
  model.takeSent();
  mock.timers.tick(1000);
  assert.deepEqual(
    model.takeSent().map(({ index }) => index),
    [1, 2],
  );
  model.receive(...piece(1));
  model.receive(...piece(2));
  assert.deepEqual(await fetched, BYTES);
});

test("a body that is gone, or of which nothing comes, is an error", async () => {
  const gone = assert.rejects(fetchBody(model, OFFER), /no longer holds this body/);
  model.receive({ paint: "gone", key: 5 });
  await gone;
  const silent = assert.rejects(fetchBody(model, OFFER, { patienceMs: -1 }), /did not respond/);
  await silent;
});

test("an empty body needs no message", async () => {
  assert.equal((await fetchBody(model, { key: 1, size_bytes: 0, piece_bytes: 4 })).length, 0);
  assert.deepEqual(model.takeSent(), []);
});
