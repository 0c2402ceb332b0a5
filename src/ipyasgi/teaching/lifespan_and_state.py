"""The exercises of notebook 04: startup, shutdown, and the state between them."""

from __future__ import annotations

from typing import Any

from .trial import (
    Missing,
    ask,
    expect,
    expect_function,
    expect_status,
    open_explorer,
    read_json,
    require,
    show,
)


def check_log(app: Any) -> str:
    """04-1: without a framework: a log in the state, opened at startup and closed at shutdown."""
    with open_explorer(app) as explorer:
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


def check_steps(parts: Any) -> str:
    """04-2: what the state contains after one step of the startup, and after two."""
    expect(isinstance(parts, tuple) and len(parts) == 3, "pass `(cellar, after_one_step, after_two_steps)` to `check`")
    app, *predicted = parts
    with open_explorer(app, lifespan="off") as explorer:
        for steps, value in zip(("one step", "two steps"), predicted, strict=True):
            explorer.lifespan.step()
            state = explorer.state.lifespan
            expect("door" in state, f"after {steps} the state contains {show(sorted(state))}, but no `door`")
            look = f"the app then waits at `{explorer.lifespan.waiting}`: which of its lines have run?"
            expect(state["door"] == value, f"after {steps} the door is not {show(value)}", look)
    return "an app goes on after its reply, when requests may already come: so it opens its door before it replies"


def check_fair(app: Any) -> str:
    """04-3: a count that all requests share."""
    with open_explorer(app) as explorer:
        _expect_running(explorer)
        counted = []
        for _ in range(3):
            exchange = ask(explorer, "GET", "/")
            expect_status(exchange, 200)
            counted.append(exchange.text)
        if counted == ["0"] * 3:
            raise Missing("no request was counted")
        look = "the line changes something. Is it in the copy only, or do all copies share it?"
        expect(counted == ["1", "2", "3"], f"three requests return {show(counted)}", look)
    return "each request has a copy of the state, and all copies share the object in it"


def check_served(app: Any) -> str:
    """04-4: requests are counted, and the count begins at one after a restart."""
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
    """04-5: an app whose startup fails with a message."""
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
    found = require(read_json(exchange), "GET / returns nothing")
    expect(isinstance(found, dict) and "served" in found, f"GET / returns {show(found)}", "the name is `served`")
    return found["served"]


def _expect_running(explorer: Any) -> None:
    """Raise `Wrong` unless the app has started, and `Missing` if it returned without a message."""
    lifespan = explorer.lifespan
    is_silent = not any(step.event.direction == "send" for step in lifespan.steps)
    if is_silent and lifespan.status in ("unsupported", "startup failed") and lifespan.exception is None:
        raise Missing("the app returns from its lifespan without sending a message")
    if lifespan.exception is not None:
        raise lifespan.exception
    if explorer.startup_error is not None and not lifespan.failure_message:
        raise explorer.startup_error
    reason = f", with the message {show(lifespan.failure_message)}" if lifespan.failure_message else ""
    message = f"after startup the lifespan is {lifespan.status!r}{reason}"
    expect(lifespan.status == "running", message, "which message says that the app is ready?")


CHECKS = {
    "04-1": check_log,
    "04-2": check_steps,
    "04-3": check_fair,
    "04-4": check_served,
    "04-5": check_make_app,
}
