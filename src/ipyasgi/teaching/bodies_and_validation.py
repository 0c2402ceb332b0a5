"""The exercises of notebook 03: bodies in JSON and from forms, and what is let in."""

from __future__ import annotations

from typing import Any

from .trial import ask, expect, expect_status, open_explorer, read_json, show


def check_add(app: Any) -> str:
    """03-1: by hand: a JSON object with two numbers is added, what is no JSON is answered with 400."""
    with open_explorer(app) as explorer:
        for a, b in ((1, 2), (-4, 2.5)):
            exchange = ask(explorer, "POST", "/add", json={"a": a, "b": b})
            expect_status(exchange, 200)
            found = read_json(exchange)
            expect(found == {"sum": a + b}, f"for a = {a} and b = {b} it answers {show(found)}")
            expect(
                exchange.headers.get("content-type", "").startswith("application/json"),
                "the response does not say that it is JSON",
                "a header tells what a body is",
            )
        for body in (b"{", b"", b"one and two", b"\xff"):
            exchange = explorer.request("POST", "/add", content=body, raise_exceptions=False)
            expect(
                exchange.exception is None,
                f"for the body {show(body)} it raised {exchange.exception_name}",
                "what does `json.loads` do with a body that is no JSON? Bytes can also be no text at all",
            )
            expect_status(exchange, 400, f"the body was {show(body)}")
    return "what is good is added, and what is no JSON is the client's fault and not yours"


def check_order(app: Any) -> str:
    """03-2: a model with bounds on its fields."""
    good: dict[str, Any] = {"item": "cup", "count": 2}
    with open_explorer(app) as explorer:
        for sent, wanted in (
            (good, {**good, "gift": False}),
            ({**good, "gift": True}, {**good, "gift": True}),
            ({"item": "teapot", "count": 12}, {"item": "teapot", "count": 12, "gift": False}),
        ):
            exchange = ask(explorer, "POST", "/orders", json=sent)
            expect_status(exchange, 201, "what does FastAPI answer when nobody says otherwise?")
            found = read_json(exchange)
            expect(found == wanted, f"for {show(sent)} it answers {show(found)}")
        refused: tuple[tuple[dict[str, Any], str], ...] = (
            ({"item": "cup"}, "may the count be left out?"),
            ({"item": "", "count": 1}, "is an empty name a name?"),
            ({"item": "cup", "count": 0}, "how few are an order?"),
            ({"item": "cup", "count": 13}, "how many are too many?"),
            ({"item": "cup", "count": 1, "colour": "blue"}, "who notices a field that nobody asked for?"),
        )
        for sent, why in refused:
            exchange = ask(explorer, "POST", "/orders", json=sent)
            expect(exchange.status_code == 422, f"{show(sent)} is answered with {exchange.outcome}", why)
    return "what the model does not allow never reaches your function"


def check_feedback(app: Any) -> str:
    """03-3: a form with a text and a file."""
    with open_explorer(app) as explorer:
        for name, content in (("cup.png", b"\x89PNG...."), ("empty.txt", b"")):
            exchange = ask(
                explorer, "POST", "/feedback", data={"stars": "4"}, files={"photo": (name, content, "image/png")}
            )
            expect_status(exchange, 200, "it was sent the field `stars` and the file `photo`")
            found = read_json(exchange)
            wanted = {"stars": 4, "photo": name, "size": len(content)}
            expect(
                found == wanted,
                f"for the file {name} of {len(content)} bytes it answers {show(found)}",
                "compare the names and the types with what the task says",
            )
        without = ask(explorer, "POST", "/feedback", data={"stars": "4"})
        expect_status(without, 422, "this time no photo was sent")
        wrong = ask(explorer, "POST", "/feedback", data={"stars": "six"}, files={"photo": ("a.png", b"a")})
        expect_status(wrong, 422, "this time the stars were the word `six`")
    return "a field and a file, in one body"


CHECKS = {"03-1": check_add, "03-2": check_order, "03-3": check_feedback}
