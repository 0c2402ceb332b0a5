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
from ipyasgi.records.output import MAX_CHARS, OUTPUT_TAPS, Sink


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
        sink.add("stdout", "x" * 10_000)

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
