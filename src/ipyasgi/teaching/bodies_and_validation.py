"""The exercises of notebook 03: bodies in JSON and from forms, and their validation."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from .trial import (
    Missing,
    Wrong,
    ask,
    expect,
    expect_content_type,
    expect_handled,
    expect_json,
    expect_status,
    open_explorer,
    read_json,
    require,
    show,
)


def check_form(body: Any) -> str:
    """03-1: the bytes of a form with two fields."""
    sent = {"name": "tea & milk", "price": "3.5"}
    expect(isinstance(body, bytes), f"a body is bytes, and yours is {show(body)}", "begin with `b'`")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True)
    except UnicodeDecodeError as exc:
        raise Wrong(f"{show(body)} has a byte that a form encodes", "a form is plain ASCII") from exc
    message = f"a server reads {show(pairs)} in it, not {show(list(sent.items()))}"
    expect(sorted(pairs) == sorted(sent.items()), message, "what would a plain `&` inside a value mean?")
    expect(b" " not in body, "a space is not sent as it is", "how does the form above send it?")
    return "the server can separate the fields, and gives back the `&`"


def check_add(app: Any) -> str:
    """03-2: without a framework: add two numbers of a JSON object, and return 400 for a body that is not JSON."""
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
    """03-3: a model with bounds on its fields."""
    good: dict[str, Any] = {"item": "cup", "count": 2}
    with open_explorer(app) as explorer:
        for sent, wanted in (
            (good, {**good, "gift": False}),
            ({**good, "gift": True}, {**good, "gift": True}),
            ({"item": "teapot", "count": 12}, {"item": "teapot", "count": 12, "gift": False}),
        ):
            exchange = ask(explorer, "POST", "/orders", json=sent)
            if exchange.text == "{}":
                raise Missing("the order has no fields")
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
    """03-4: a form with a number and a file."""
    stars = {"stars": "4"}
    with open_explorer(app) as explorer:
        for name, content in (("cup.png", b"\x89PNG...."), ("empty.txt", b"")):
            exchange = ask(explorer, "POST", "/feedback", data=stars, files={"photo": (name, content, "image/png")})
            wanted = {"stars": 4, "photo": name, "size": len(content)}
            if exchange.status_code == 200:
                require(read_json(exchange))
            case = f"with 4 stars and the photo {name} of {len(content)} bytes"
            expect_json(exchange, wanted, case, "compare the names and the types with the task")
        expect_status(ask(explorer, "POST", "/feedback", data=stars), 422, "without a photo")
        wrong = ask(explorer, "POST", "/feedback", data={"stars": "six"}, files={"photo": ("a.png", b"a")})
        expect_status(wrong, 422, "with the stars `six`")
    return "the app reads a field and a file from one body"


def check_bounds(values: Any) -> str:
    """03-5: names on both sides of the limits of their length, sent to the app."""
    expect(isinstance(values, tuple) and len(values) == 3, "pass `(shop, accepted, rejected)` to `check`")
    app, accepted, rejected = values
    lengths: dict[str, set[int]] = {}
    with open_explorer(app) as explorer:
        for title, names, status in (("accepted", accepted, 201), ("rejected", rejected, 422)):
            is_list = isinstance(names, (list, tuple, set)) and all(isinstance(name, str) for name in names)
            expect(is_list, f"`{title}` is {show(names)}, not a list of names")
            for name in names:
                case = f"with the name {show(name)} of {len(name)} characters"
                expect_status(ask(explorer, "POST", "/items", json={"name": name, "price": 1}), status, case)
            lengths[title] = {len(name) for name in names}
    for title, wanted in (("accepted", {1, 20}), ("rejected", {0, 21})):
        message = f"`{title}` has names of {show(sorted(lengths[title]))} characters, which leaves a limit untested"
        expect(wanted <= lengths[title], message, "which lengths are the last ones on each side of a limit?")
    return "each limit is tested on both sides"


CHECKS = {
    "03-1": check_form,
    "03-2": check_add,
    "03-3": check_order,
    "03-4": check_feedback,
    "03-5": check_bounds,
}
