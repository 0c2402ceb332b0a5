"""Output of the app, told apart by context."""

import asyncio
import contextlib
import io
import logging
import sys
import threading
import warnings

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.records.output import MAX_CHARS, OUTPUT_TAPS, HeldOutput, Sink


async def respond(send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def texts(exchange):
    """Return what an exchange captured, joined."""
    return "".join(line.text for line in exchange.output)


def test_print_log_and_warning_are_captured_and_still_arrive(capsys):
    """Each kind is recorded with its label, and reaches where it would have gone."""

    async def app(scope, receive, send):
        print("printed", 1)
        print("to stderr", file=sys.stderr)
        logging.getLogger("shop").warning("logged %s", 2)
        warnings.warn("warned", UserWarning, stacklevel=1)
        await respond(send)

    with pytest.warns(UserWarning, match="warned"), Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/")
    found = {(line.source, line.text.strip(), line.label) for line in exchange.output}
    shown = capsys.readouterr()

    assert {("stdout", "printed 1", ""), ("stderr", "to stderr", ""), ("log", "logged 2", "WARNING shop")} <= found
    assert ("warning", "warned", "UserWarning") in found
    assert "printed 1" in shown.out
    assert "to stderr" in shown.err


def test_a_warning_is_one_line(capsys, monkeypatch):
    """What Python writes of it to standard error arrives there, and is not a second line of output."""

    def show(message, category, *_, **__):
        sys.stderr.write(f"{category.__name__}: {message}\n")

    def warn():
        warnings.warn("warned", UserWarning, stacklevel=1)

    monkeypatch.setattr(warnings, "showwarning", show)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with Explorer(app_that(warn), lifespan="off") as explorer:
            exchange = explorer.get("/")
    assert [(line.source, line.text) for line in exchange.output] == [("warning", "warned")]
    assert capsys.readouterr().err == "UserWarning: warned\n"


def test_what_is_held_back_is_written_or_forgotten(capsys):
    """Until it is decided; an exception, and more than any display shows, write it. What is recorded is the same."""

    async def app(scope, receive, send):
        print("x" * int(scope["path"].strip("/")))
        if scope["path"] == "/3":
            raise LookupError
        await respond(send)

    with Explorer(app, lifespan="off") as explorer:
        held = HeldOutput()
        with held:
            exchange = explorer.get("/1")
        assert (texts(exchange), capsys.readouterr().out) == ("x\n", "")
        held.drop()
        held.release()
        assert capsys.readouterr().out == ""
        held = HeldOutput()
        with held:
            explorer.get("/2")
        held.release()
        assert capsys.readouterr().out == "xx\n"
        with pytest.raises(LookupError), HeldOutput():
            explorer.get("/3")
        assert capsys.readouterr().out == "xxx\n"
        with HeldOutput():
            explorer.get(f"/{MAX_CHARS + 1}")
            assert len(capsys.readouterr().out) == MAX_CHARS + 2


def test_concurrent_requests_do_not_mix():
    """Two requests that print in turns, one of them from a worker thread, keep their output apart."""

    async def app(scope, receive, send):
        name = scope["path"]
        for n in range(5):
            print(name, n)
            await anyio.to_thread.run_sync(print, name, "thread", n)
            await asyncio.sleep(0.01)
        await respond(send)

    with Explorer(app, lifespan="off") as explorer:
        threads = [threading.Thread(target=explorer.get, args=(path,)) for path in ("/a", "/b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        by_path = {exchange.spec.path: texts(exchange) for exchange in explorer.history}

    assert by_path["/a"].count("/a") == 10
    assert "/b" not in by_path["/a"]
    assert by_path["/b"].count("/b") == 10


def test_streams_are_put_back():
    """After the last user the streams, the record factory and showwarning are what they were."""
    before = (sys.stdout, sys.stderr, logging.getLogRecordFactory(), warnings.showwarning)
    OUTPUT_TAPS.open()
    OUTPUT_TAPS.open()
    OUTPUT_TAPS.close()
    wrapped = sys.stdout
    OUTPUT_TAPS.close()

    assert wrapped is not before[0]
    assert (sys.stdout, sys.stderr, logging.getLogRecordFactory(), warnings.showwarning) == before


def test_streams_that_were_replaced_meanwhile_are_wrapped_again():
    """A capture put around one request gets the output, the exchange has it too, and the capture is undone cleanly."""

    async def app(scope, receive, send):
        print("inside")
        await respond(send)

    with Explorer(app, lifespan="off") as explorer:
        before, captured = sys.stdout, io.StringIO()
        with contextlib.redirect_stdout(captured):
            exchange = explorer.get("/")
        assert sys.stdout is before

    assert captured.getvalue() == "inside\n"
    assert texts(exchange) == "inside\n"


def test_a_sink_is_bounded():
    """An app that prints without end fills its record up to a limit and no further."""
    sink = Sink()
    for _ in range(100):
        sink.add("stdout", "x" * 10_000, written=True)

    assert sum(len(line.text) for line in sink.lines()) == MAX_CHARS


def test_a_record_whose_arguments_do_not_fit_is_told():
    """A log call with wrong arguments does not break the request."""

    async def app(scope, receive, send):
        logging.getLogger("shop").error("%d", "no number")
        await respond(send)

    logging.raiseExceptions, before = False, logging.raiseExceptions
    try:
        with Explorer(app, lifespan="off") as explorer:
            assert "do not fit" in texts(explorer.get("/"))
    finally:
        logging.raiseExceptions = before


def said(explorer, path="/"):
    """Return the lines of output of one request."""
    return [(line.label, line.text.strip()) for line in explorer.get(path).output]


def app_that(act):
    """Return an app that calls a function in each request."""

    async def app(scope, receive, send):
        act()
        await respond(send)

    return app


@pytest.fixture
def log():
    """A logger without handlers, out of reach of pytest's own."""
    return logging.Logger("shop.of.one.test", logging.DEBUG)  # noqa: LOG001  # one that propagates would reach them


class CurrentStderr:
    """Writes to what is standard error at that time, as the handler of last resort does."""

    def write(self, text):
        sys.stderr.write(text)

    def flush(self):
        pass


class OwnHandle(logging.StreamHandler):
    """A handler that overrides `handle`."""

    def handle(self, record):
        self.emit(record)


@pytest.mark.parametrize("kind", ["last resort", "stream", "two streams", "own handle"])
def test_a_log_line_is_output_once(log, kind, capsys):
    """A record and the line that a handler writes of it are the same line, whatever handlers there are."""
    if kind != "last resort":
        log.addHandler((OwnHandle if kind == "own handle" else logging.StreamHandler)(CurrentStderr()))
    if kind == "two streams":
        log.addHandler(logging.StreamHandler(CurrentStderr()))
    with Explorer(app_that(lambda: log.warning("out of %s", "cups")), lifespan="off") as explorer:
        assert said(explorer) == [("WARNING shop.of.one.test", "out of cups")]
    assert "out of cups" in capsys.readouterr().err


@pytest.mark.parametrize("by", ["logger filter", "handler filter", "handler level", "null handler"])
def test_what_the_app_drops_is_no_output(log, by):
    """A record that a filter, the level of a handler, or a null handler drops was not said."""
    handler = logging.NullHandler() if by == "null handler" else logging.StreamHandler(io.StringIO())
    log.addHandler(handler)
    if by == "handler level":
        handler.setLevel(logging.ERROR)
    elif by != "null handler":
        (log if by == "logger filter" else handler).addFilter(lambda record: "quiet" not in record.getMessage())
    with Explorer(app_that(lambda: log.warning("quiet")), lifespan="off") as explorer:
        assert said(explorer) == []


def test_without_handlers_every_record_is_output(log):
    """Where no handler decides, all that the logger lets pass is output."""
    with Explorer(app_that(lambda: log.info("hello")), lifespan="off") as explorer:
        assert said(explorer) == [("INFO shop.of.one.test", "hello")]


def test_records_made_by_hand(log):
    """`makeLogRecord` works within a request; a record that is handled is output, one that is only made is not."""

    def act():
        logging.makeLogRecord({"msg": "never handled"})
        log.handle(logging.makeLogRecord({"msg": "by hand", "levelno": 30, "levelname": "WARNING", "name": "made"}))
        log.warning({"event": "structured", "cups": 3, "_record": None})

    with Explorer(app_that(act), lifespan="off") as explorer:
        assert said(explorer) == [("WARNING made", "by hand"), ("WARNING shop.of.one.test", "structured cups=3")]


def test_a_traceback_that_a_handler_writes_is_kept(log):
    """The traceback of a warning is in the output, as it was in what the handler wrote."""
    log.addHandler(logging.StreamHandler(CurrentStderr()))

    def act():
        try:
            raise LookupError("no cup")
        except LookupError:
            log.warning("caught", exc_info=True)

    with Explorer(app_that(act), lifespan="off") as explorer:
        ((_, text),) = said(explorer)
    assert text.startswith("caught\nTraceback")
    assert text.endswith("LookupError: no cup")


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_our_own_client_is_silent_and_the_apps_is_not(name, caplog):
    """The line that the HTTP client logs for a request of ours is nobody's output; that of the app's own client is."""
    library = pytest.importorskip(name)

    async def answer(scope, receive, send):
        await respond(send)

    async def app(scope, receive, send):
        if scope["path"] == "/asks":
            async with library.AsyncClient(transport=library.ASGITransport(answer), base_url="http://inner") as client:
                await client.get("/other")
        await respond(send)

    with caplog.at_level(logging.INFO), Explorer(app, lifespan="off") as explorer:
        assert said(explorer) == []
        assert caplog.records == []
        explorer.submit(explorer.get("/").spec).result()
        assert caplog.records == []
        assert [text for _, text in said(explorer, "/asks")] == [
            'HTTP Request: GET http://inner/other "HTTP/1.1 200 OK"'
        ]
        assert len(caplog.records) == 1
