"""The exercises of notebook 01: an app written by hand, and called by hand."""

from __future__ import annotations

from typing import Any

from .trial import ask, expect, expect_status, open_explorer, show


def check_greeting(app: Any) -> str:
    """01-1: answer every request with 200 and some text."""
    with open_explorer(app) as explorer:
        exchange = ask(explorer, "GET", "/")
        expect_status(exchange, 200, "which key of `http.response.start` holds the status?")
        expect(exchange.content, "the body is empty", "the body travels in a message of its own")
        kind = exchange.headers.get("content-type", "")
        expect(
            kind.startswith("text/plain"),
            f"the header content-type is {show(kind)}, and the body is plain text",
            "headers are a list of pairs of bytes, names in lower case",
        )
        return f"the app answers {show(exchange.text)}, in two messages"


CHECKS = {"01-1": check_greeting}
