import assert from "node:assert/strict";
import { test } from "node:test";
import { FileUpload } from "../../src/ipyasgi/panels/static/fields/file_field.js";
import { FakeModel } from "./fake_model.js";

test("a file travels in pieces that put together are the file", async () => {
  const model = new FakeModel();
  const bytes = Uint8Array.from({ length: 1000 }, (_, place) => place % 251);
  const upload = new FileUpload(model, { pieceBytes: 300 });
  const mark = await upload.send(new File([bytes], "a.bin", { type: "image/png" }));
  const sent = model.takeSent();
  assert.deepEqual(
    sent.map(({ index, count, id }) => [index, count, id]),
    [0, 1, 2, 3].map((index) => [index, 4, mark.$file]),
  );
  assert.deepEqual(Buffer.concat(sent.map(({ buffers }) => Buffer.from(buffers[0]))), Buffer.from(bytes));
  assert.deepEqual([mark.name, mark.size, sent[0].type], ["a.bin", 1000, "image/png"]);
});

test("an empty file is one empty piece, and one that is too large is an error before anything is sent", async () => {
  const model = new FakeModel();
  const upload = new FileUpload(model, { mostBytes: 3 });
  await upload.send(new File([], "empty"));
  assert.equal(model.takeSent()[0].buffers[0].byteLength, 0);
  await assert.rejects(upload.send(new File(["1234"], "large")), /Larger than 64 MB/);
  assert.deepEqual(model.takeSent(), []);
});
