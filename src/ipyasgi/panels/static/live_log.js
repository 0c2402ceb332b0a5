// The live log: one list of live rows by itself. Joined after stream.js and live_rows.js.

// A function, so that each widget has a stream of its own, shared by all its views.
export default () => {
  let stream;
  return {
    initialize({ model }) {
      stream = new RowStream(model, model.get("keep_rows"));
      return () => stream.close();
    },
    render({ model, el }) {
      return renderLog(model, el, stream);
    },
  };
};
