"""The exercises of notebook 03: bodies in JSON and from forms, and their validation."""

from __future__ import annotations

from typing import Any

from .trial import ask, expect_content_type, expect_handled, expect_json, expect_status, open_explorer, show


def check_add(app: Any) -> str:
    """03-1: without a framework: add two numbers of a JSON object, and return 400 for a body that is not JSON."""
    with open_explorer(app) as explorer:
        for a, b in ((1, 2), (-4, 2.5)):
            exchange = ask(explorer, "POST", "/add", json={"a": a, "b": b})
            expect_json(exchange, {"sum": a + b}, f"with a = {a} and b = {b}")
            expect_content_type(exchange, "application/json", "the body is JSON")
        for body in (b"{", b"", b"one and two", b"\xff"):
            exchange = explorer.request("POST", "/add", content=body, raise_exceptions=False)
            look = "what does `json.loads` do with a body that is not JSON? Not all bytes are text either"
            expect_handled(exchange, f"with the body {show(body)}", look)
            expect_status(exchange, 400, f"with the body {show(body)}")
    return "numbers are added, and a body that is not JSON is reported as the client's error"


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
            look = "which status does FastAPI send by default, and which fields does the task list?"
            expect_json(exchange, wanted, f"with {show(sent)}", look, status=201)
        rejected: tuple[tuple[dict[str, Any], str], ...] = (
            ({"item": "cup"}, "is the count optional?"),
            ({"item": "", "count": 1}, "is an empty name valid?"),
            ({"item": "cup", "count": 0}, "what is the smallest order?"),
            ({"item": "cup", "count": 13}, "what is the largest order?"),
            ({"item": "cup", "count": 1, "colour": "blue"}, "what happens to a field that the model does not have?"),
        )
        for sent, look in rejected:
            expect_status(ask(explorer, "POST", "/orders", json=sent), 422, f"with {show(sent)}", look)
    return "a body that the model does not allow never reaches your function"


def check_feedback(app: Any) -> str:
    """03-3: a form with a number and a file."""
    stars = {"stars": "4"}
    with open_explorer(app) as explorer:
        for name, content in (("cup.png", b"\x89PNG...."), ("empty.txt", b"")):
            exchange = ask(explorer, "POST", "/feedback", data=stars, files={"photo": (name, content, "image/png")})
            wanted = {"stars": 4, "photo": name, "size": len(content)}
            case = f"with 4 stars and the photo {name} of {len(content)} bytes"
            expect_json(exchange, wanted, case, "compare the names and the types with the task")
        expect_status(ask(explorer, "POST", "/feedback", data=stars), 422, "without a photo")
        wrong = ask(explorer, "POST", "/feedback", data={"stars": "six"}, files={"photo": ("a.png", b"a")})
        expect_status(wrong, 422, "with the stars `six`")
    return "the app reads a field and a file from one body"


CHECKS = {"03-1": check_add, "03-2": check_order, "03-3": check_feedback}
