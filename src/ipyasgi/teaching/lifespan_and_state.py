"""The exercises of notebook 04: starting, stopping, and what is kept in between."""

from __future__ import annotations

from typing import Any

from .trial import Missing, Wrong, ask, expect, expect_status, open_explorer, read_json, show


def check_log(app: Any) -> str:
    """04-1: by hand: what is opened at startup is in the state, and is closed at shutdown."""
    with open_explorer(app) as explorer:
        if explorer.lifespan.status == "unsupported" and explorer.lifespan.exception is None:
            raise Missing("the app ends without a word when its lifespan begins")
        _expect_running(explorer)
        state = explorer.state.lifespan
        expect("log" in state, f"after startup the state holds {show(sorted(state))}, and no `log`")
        log = state["log"]
        expect(log == ["open"], f"after startup `log` is {show(log)}", "what is it to say when the app has started?")
        explorer.lifespan.shutdown()
        expect(
            explorer.lifespan.status == "stopped",
            f"after `lifespan.shutdown` the lifespan is {explorer.lifespan.status}",
            "which message says that the app has tidied up?",
        )
        expect(
            log == ["open", "closed"], f"after shutdown `log` is {show(log)}", "what happens after the second receive?"
        )
    return "two messages in, two messages out, and the state in between"


def check_served(app: Any) -> str:
    """04-2: requests are counted, and a restart begins anew."""
    with open_explorer(app) as explorer:
        _expect_running(explorer)
        counted = [_served(explorer) for _ in range(3)]
        expect(
            counted == [1, 2, 3],
            f"three requests are answered with {show(counted)}",
            "each request gets a copy of the state. What of a copy is shared, and what is not?",
        )
        explorer.lifespan.restart()
        again = _served(explorer)
        expect(again == 1, f"after a restart the first answer is {show(again)}", "when is the counter set to zero?")
    return "the count lives as long as the app runs, and no longer"


def check_make_app(make_app: Any) -> str:
    """04-3: an app that refuses to start, and says why."""
    expect(callable(make_app), f"your answer is {show(make_app)}, and a function was asked for")
    for url in ("postgres://tea", ""):
        app = make_app(url)
        if app is None:
            raise Missing("the function returns nothing")
        with open_explorer(app) as explorer:
            life = explorer.lifespan
            if url:
                _expect_running(explorer)
                continue
            expect(life.status == "startup failed", f"with an empty url the lifespan is {life.status!r}")
            expect(
                life.exception is None,
                f"with an empty url the app raises {type(life.exception).__name__}",
                "there is a message for this, so that a server can show it without a traceback",
            )
            expect(
                "no database" in life.failure_message,
                f"the message of the failure is {show(life.failure_message)}",
                "which key of that message holds the words?",
            )
    return "an app that cannot work says so before the first request"


def _served(explorer: Any) -> Any:
    exchange = ask(explorer, "GET", "/")
    expect_status(exchange, 200)
    found = read_json(exchange)
    expect(isinstance(found, dict) and "served" in found, f"GET / answers {show(found)}", "the name is `served`")
    return found["served"]


def _expect_running(explorer: Any) -> None:
    life = explorer.lifespan
    if life.exception is not None:
        raise life.exception
    if explorer.startup_error is not None and not life.failure_message:
        raise explorer.startup_error
    if life.status != "running":
        said = f", and says {show(life.failure_message)}" if life.failure_message else ""
        raise Wrong(f"after startup the lifespan is {life.status!r}{said}", "which message says that the app is ready?")


CHECKS = {"04-1": check_log, "04-2": check_served, "04-3": check_make_app}
