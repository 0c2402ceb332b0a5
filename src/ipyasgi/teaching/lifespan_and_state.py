"""The exercises of notebook 04: startup, shutdown, and the state between them."""

from __future__ import annotations

from typing import Any

from .trial import Missing, ask, expect, expect_function, expect_status, open_explorer, read_json, require, show


def check_log(app: Any) -> str:
    """04-1: without a framework: a log in the state, opened at startup and closed at shutdown."""
    with open_explorer(app) as explorer:
        if explorer.lifespan.status == "unsupported" and explorer.lifespan.exception is None:
            raise Missing("the app returns from its lifespan without sending a message")
        _expect_running(explorer)
        state = explorer.state.lifespan
        expect("log" in state, f"after startup the state contains {show(sorted(state))}, but no `log`")
        log = state["log"]
        expect(log == ["open"], f"after startup `log` is {show(log)}", "what should it contain after startup?")
        explorer.lifespan.shutdown()
        status = explorer.lifespan.status
        look = "which message says that the app has cleaned up?"
        expect(status == "stopped", f"after `lifespan.shutdown` the lifespan is {status!r}", look)
        look = "what happens after the second receive?"
        expect(log == ["open", "closed"], f"after shutdown `log` is {show(log)}", look)
    return "the app replies to both messages, and keeps its log in the state"


def check_served(app: Any) -> str:
    """04-2: requests are counted, and the count begins at one after a restart."""
    with open_explorer(app) as explorer:
        _expect_running(explorer)
        counted = [_served(explorer) for _ in range(3)]
        look = "each request gets a copy of the state. Which parts of a copy are shared?"
        expect(counted == [1, 2, 3], f"three requests return {show(counted)}", look)
        explorer.lifespan.restart()
        again = _served(explorer)
        expect(again == 1, f"after a restart the first request returns {show(again)}", "when is the counter reset?")
    return "the count lives as long as the app runs, and no longer"


def check_make_app(make_app: Any) -> str:
    """04-3: an app whose startup fails with a message."""
    expect_function(make_app)
    with open_explorer(require(make_app("postgres://tea"))) as explorer:
        _expect_running(explorer)
    with open_explorer(require(make_app(""))) as explorer:
        lifespan = explorer.lifespan
        expect(lifespan.status == "startup failed", f"with an empty URL the lifespan is {lifespan.status!r}")
        look = "send a message that reports this, so that a server can show it without a traceback"
        raised = type(lifespan.exception).__name__
        expect(lifespan.exception is None, f"with an empty URL the app raises {raised}", look)
        message = f"the message of the failure is {show(lifespan.failure_message)}"
        expect("no database" in lifespan.failure_message, message, "which key of that message holds the text?")
    return "an app that cannot work reports it before the first request"


def _served(explorer: Any) -> Any:
    exchange = ask(explorer, "GET", "/")
    expect_status(exchange, 200)
    found = read_json(exchange)
    expect(isinstance(found, dict) and "served" in found, f"GET / returns {show(found)}", "the name is `served`")
    return found["served"]


def _expect_running(explorer: Any) -> None:
    lifespan = explorer.lifespan
    if lifespan.exception is not None:
        raise lifespan.exception
    if explorer.startup_error is not None and not lifespan.failure_message:
        raise explorer.startup_error
    reason = f", with the message {show(lifespan.failure_message)}" if lifespan.failure_message else ""
    message = f"after startup the lifespan is {lifespan.status!r}{reason}"
    expect(lifespan.status == "running", message, "which message says that the app is ready?")


CHECKS = {"04-1": check_log, "04-2": check_served, "04-3": check_make_app}
