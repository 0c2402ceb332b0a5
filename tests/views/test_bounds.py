"""Whatever one exchange contains, its display is bounded, and each cut says how much is missing."""

import json
import linecache
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from ipyasgi import Explorer
from ipyasgi.records.exception_text import ExceptionText, Frame, Local
from ipyasgi.shown import VIEWS, View
from ipyasgi.views.bounds import MOST_CHARS, MOST_LINES, cut, fit, fit_tokens, keep, shorten, width_of

Send = Callable[[dict[str, Any]], Awaitable[None]]
START: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": []}
BODY: dict[str, Any] = {"type": "http.response.body", "body": b"x"}


async def with_body(send: Send, content_type: bytes, content: bytes) -> None:
    await send({**START, "headers": [(b"content-type", content_type)]})
    await send({**BODY, "body": content})


async def headers(send: Send, *pairs: tuple[bytes, bytes]) -> None:
    await send({**START, "headers": list(pairs)})
    await send(BODY)


async def printed(send: Send, count: int, text: str) -> None:
    for _ in range(count):
        print(text)
    await headers(send)


async def logged(send: Send) -> None:
    for _ in range(6_000):
        logging.getLogger("l" * 100).error("x")
    logging.getLogger("l" * 500_000).error("x" * 500_000)
    await headers(send)


async def notes(send: Send) -> None:
    error = ValueError("m" * 1_000_000)
    for number in range(20_000):
        error.add_note(f"note {number} " + "n" * 100)
    raise error


async def causes(send: Send) -> None:
    error: Exception | None = None
    for number in range(1_000):
        error, before = ValueError(f"cause {number}" * 50), error
        error.__cause__ = before
    assert error is not None
    raise error


async def groups(send: Send) -> None:
    def make(depth: int) -> Exception:
        return ExceptionGroup("g", [make(depth - 1) for _ in range(10)]) if depth else ValueError("leaf")

    raise make(4)


async def long_line(send: Send) -> None:
    source = "async def f():\n  x = '" + "a" * 3_000_000 + "'; raise ValueError('v')\n"
    linecache.cache["<long>"] = (len(source), None, source.splitlines(True), "<long>")
    names: dict[str, Any] = {}
    exec(compile(source, "<long>", "exec"), names)
    await names["f"]()


async def long_name(send: Send) -> None:
    raise type("E" * 500_000, (ValueError,), {})("x")


async def chunks(send: Send) -> None:
    await send(START)
    for _ in range(8_000):
        await send({**BODY, "more_body": True})
    await send(BODY)


async def violations(send: Send) -> None:
    for number in range(5_000):
        try:
            await send({"type": f"http.response.{number}" + "y" * 300})
        except Exception:
            continue
    await headers(send)


async def many_parts(send: Send) -> None:
    one = b'--b\r\ncontent-disposition: form-data; name="n%d"\r\n\r\n' + b"<&" * 500 + b"\r\n"
    parts = b"".join(one.replace(b"%d", b"%d" % number) for number in range(1_000))
    await with_body(send, b"multipart/form-data; boundary=b", parts + b"--b--\r\n")


JSON = b"application/json"
APPS: dict[str, Callable[[Send], Awaitable[None]]] = {
    "a header of 1 MB": lambda send: headers(send, (b"x", b"a" * 1_000_000)),
    "a name of a header of 500 kB": lambda send: headers(send, (b"a" * 500_000, b"x")),
    "300 long headers": lambda send: headers(send, *[(b"x-%d" % n, b'"' * 5_000) for n in range(300)]),
    "5,000 cookies": lambda send: headers(send, *[(b"set-cookie", b"c%d=v; Path=/" % n) for n in range(5_000)]),
    "10,000 prints": lambda send: printed(send, 10_000, "x"),
    "10,000 empty prints": lambda send: printed(send, 10_000, ""),
    "one print of 50,000 lines": lambda send: printed(send, 1, "x\n" * 50_000),
    "invisible prints": lambda send: printed(send, 1, "\u202e" * 500_000),
    "6,000 logs": logged,
    "20,000 notes": notes,
    "1,000 causes": causes,
    "10,000 exceptions": groups,
    "a source line of 3 MB": long_line,
    "an exception's name of 500 kB": long_name,
    "8,000 chunks": chunks,
    "5,000 violations": violations,
    "1,000 parts": many_parts,
    "quotes": lambda send: with_body(send, b"text/plain", b"\"'<&>" * 100_000),
    "JSON of quotes": lambda send: with_body(send, JSON, json.dumps(["<&>\"'" * 100] * 3_000).encode()),
    "JSON of small lists": lambda send: with_body(send, JSON, b"[" + b"[]," * 50_000 + b"1]"),
    "wide JSON": lambda send: with_body(send, JSON, json.dumps([{f"k{n}": n for n in range(3_000)}] * 3).encode()),
    "deep JSON": lambda send: with_body(send, JSON, b"[" * 200_000),
    "empty lines": lambda send: with_body(send, b"text/plain", b"\n" * 200_000),
    "10,000 columns": lambda send: with_body(send, b"text/csv", (b"c," * 10_000 + b"\n") * 20),
    "3,000 events": lambda send: with_body(send, b"text/event-stream", b"data: <&>\n\n" * 3_000),
    "5,000 fields": lambda send: with_body(
        send, b"application/x-www-form-urlencoded", b"&".join(b"n%d=%%3C" % n for n in range(5_000))
    ),
}


def views_of(explorer: Explorer) -> dict[str, View]:
    exchange = explorer.history[-1]
    values = {"exchange": exchange, "head": exchange.head(), "run": exchange.run, "explorer": explorer}
    values |= {
        "history": explorer.history,
        "exchanges": explorer.history.filter("method:POST"),
        "state": explorer.state,
    }
    return {name: VIEWS.view_of(value) for name, value in values.items() if value is not None}


def check_bounds(explorer: Explorer) -> dict[str, View]:
    found = views_of(explorer)
    for name, view in found.items():
        assert len(view.html) <= MOST_CHARS, name
        assert view.text.count("\n") < MOST_LINES, name
        assert len(view.text) < 150_000, name
    return found


@pytest.mark.parametrize("name", APPS)
def test_the_display_of_one_exchange_is_bounded(name: str) -> None:
    """The HTML is at most 300 kB and the text 400 lines, of the exchange, its parts, and tables with it."""

    async def app(scope: Any, receive: Any, send: Send) -> None:
        await APPS[name](send)

    with Explorer(app, lifespan="off") as explorer:
        body = json.dumps([{"<&>": '"quoted"'}] * 3_000)
        try:
            explorer.post("/" + "p" * 2_000 + "?q=" + "&" * 20_000, content=body, headers={"x": "<" * 50_000})
        except Exception as exc:
            assert exc is explorer.history[-1].exception  # noqa: PT017
        found = check_bounds(explorer)
        shown = re.sub("<[^>]+>", "", found["exchange"].html)
        if name not in ("deep JSON", "JSON of small lists"):
            assert re.search(r"… .{0,80} more|… \d[\d,]* \w|cut here: |left out", shown), name
        if explorer.history[-1].answered:
            for _ in range(2):
                explorer.post("/", content=body, raise_exceptions=False)
            check_bounds(explorer)


def test_a_large_table_of_routes_is_bounded() -> None:
    """Thousands of routes and their docs are cut with a note."""

    async def endpoint(request: Any) -> None:
        """Documentation."""

    app = Starlette(routes=[Route(f"/path/{number}", endpoint) for number in range(3_000)])
    with Explorer(app, lifespan="off") as explorer:
        for value in (explorer.routes, explorer.routes.describe()):
            view = VIEWS.view_of(value)
            assert len(view.html) < 2_000_000
            assert view.text.count("\n") < 5_001
            assert re.search("the first [0-9,]+ here: %asgi docs WORD filters", view.text)
            assert "the first" in view.html


def test_a_small_display_is_whole() -> None:
    """What fits is not cut: all headers, lines, notes and frames."""

    async def app(scope: Any, receive: Any, send: Send) -> None:
        print("\n".join(f"line {number}" for number in range(150)))
        await headers(send, *[(b"x-%d" % number, b"value %d" % number) for number in range(100)])

    with Explorer(app, lifespan="off") as explorer:
        html = VIEWS.view_of(explorer.get("/")).html
    assert all(text in html for text in ("x-99", "value 99", "line 149"))
    assert "more" not in re.sub("<[^>]+>", "", html.partition("</style>")[2])


def test_texts_are_cut_by_their_size_in_html() -> None:
    """A quote takes five characters, an invisible one is shown by its name."""
    assert [width_of(text) for text in ("ab", '"', "<", "\u202e", "é\n")] == [2, 5, 4, 8, 2]
    assert fit('"' * 100, 50) == '"' * 10
    assert fit("a" * 100, 50) == "a" * 50
    assert width_of(fit('"' * 1_000 + "a" * 10_000, 5_000)) <= 5_000
    assert cut("a" * 50, 50) == "a" * 50
    assert cut("a" * 2_000, 500) == "a" * 500 + " … 1.5 kB more"


def test_rows_are_counted() -> None:
    """The rows that do not fit are counted, and the attribute that has them is named."""
    assert keep([("a", "b")] * 3) == keep(iter([("a", "b")] * 3))
    kept = keep([("a", "b")] * 1_000, "header", ".headers")
    assert len(kept.rows) + 1_000 - len(kept.rows) == 1_000
    assert re.fullmatch(r"… [0-9]+ more headers: all are in \.headers", kept.left_out)
    assert len(keep([("a" * 1_000_000,)]).rows) == 1


def test_folds_of_a_body_stay_paired() -> None:
    """Tokens that fold a part are kept when the texts within are cut."""
    tokens = [("fold", ""), ("head", ""), *[("str", '"' * 50)] * 50_000, ("tail", "")]
    found = list(fit_tokens(tokens))
    assert [kind for kind, _ in found if kind != "str"] == ["fold", "head", "tail", ""]
    assert found[-1][1].endswith("more")


def test_locals_have_a_share_of_the_display() -> None:
    """Those of the last frames stay; what is left out is counted."""
    local_vars = tuple(Local(f"name_{number}", "x" * 200) for number in range(30))
    frames = tuple(
        Frame(place=f"a:{number}", function="f", lines=(), local_vars=local_vars, more_locals=2) for number in range(8)
    )
    short = shorten(ExceptionText(type_name="E", message="", frames=frames))
    kept = [one for one in short.frames if isinstance(one, Frame)]
    assert [one.place for one in kept] == [one.place for one in frames]
    assert kept[-1].local_vars == local_vars
    assert kept[0].local_vars == ()
    assert {len(one.local_vars) + one.more_locals for one in kept} == {32}


def test_an_exception_is_shortened() -> None:
    """The last and first of all that can be long stay, and what is left out is counted in notes."""
    leaf = ExceptionText(
        type_name="E" * 1_000, message="", frames=(Frame(place="a:1", function="f", lines=((1, "x" * 1_000),)),)
    )
    group = ExceptionText(type_name="G", message="m", frames=(), notes=("n",) * 100, members=(leaf,) * 1_000)
    short = shorten(group)
    assert len(short.members) < 100
    assert [note for note in short.notes if "more" in note] == [
        "… 88 more notes: all are in .exception.__notes__",
        f"… {1_000 - len(short.members)} more exceptions in this group: all are in .exception",
    ]
    (frame,) = short.members[0].frames
    assert isinstance(frame, Frame)
    assert frame.lines == ((1, "x" * 300 + " … 700 B more"),)
