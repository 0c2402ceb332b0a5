"""The view of what happened inside one request."""

import re
from dataclasses import replace
from typing import Any

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.engine.runs import Event
from ipyasgi.records.output import OutputLine
from ipyasgi.tracing import Call, Dependency, Finding, Layer, Step, Trace
from ipyasgi.tracing.trace import TraceRecord
from ipyasgi.views.exchange import view_exchange, view_exchanges
from ipyasgi.views.tabs import view_tabs
from ipyasgi.views.trace import show_trace, trace_data, view_trace

from .conftest import Markup

MS = 1_000_000


def query(number: int, text: str = "select title from book where id = ?", **more: object) -> Call:
    fields = {"began_ns": number * MS, "total_ns": MS // 10, "place": "shop.py:7", "function": "books", **more}
    return Call(kind="sql", library="x", statement=text, parameters=str(number), **fields)  # type: ignore[arg-type]


FETCH = Call(
    kind="http", library="x", method="GET", url="http://api/rate", status=200, began_ns=20 * MS, total_ns=9 * MS
)
FINDING = Finding(kind="n+1", text="N+1: books() sends too many.", place="shop.py:7", remedy="Send one.", count=12)
TRACE = Trace(
    calls=(*map(query, range(12)), FETCH),
    findings=(FINDING,),
    watched=("SQLAlchemy",),
    not_watched=("redis",),
    duration_ns=40 * MS,
)


def test_as_text() -> None:
    """The text begins with numbers and findings; calls of one text and line share a row, with their times to scale."""
    assert view_trace(TRACE, Settings()).text.splitlines() == [
        "Trace",
        "  12 SQL 1.20 ms · 1 HTTP 9.00 ms",
        "  ! N+1: books() sends too many.",
        "    Send one.",
        f"      0 µs  1.20 ms  ▌▌▌▌▌▌▌{17 * '·'}  SQL  12 × select title from book where id = ?  books() shop.py:7",
        "   20.0 ms  9.00 ms  ············██████······  HTTP GET http://api/rate  (200)",
    ]


def test_as_html() -> None:
    """The drawing is well formed, has a name, is readable without a style sheet, and stays within its width."""
    html = view_trace(TRACE, Settings()).html
    markup = Markup(html)

    assert markup.wrong == []
    drawn = [attributes for tag, attributes in markup.elements if tag == "rect"]
    assert len(drawn) == 13
    assert all(float(one["x"][:-1]) + float(one["width"][:-1]) <= 100 and one["fill"] for one in drawn)
    assert "12 SQL 1.20 ms · 1 HTTP 9.00 ms" in next(
        attributes["aria-label"] or "" for tag, attributes in markup.elements if tag == "svg"
    )
    assert html.index("N+1: books()") < html.index("<svg")
    assert "Not watched: redis." in markup.text


def layer(name: str, package: str = "", own_ms: int = 0, **more: object) -> Layer:
    fields = {"began_ns": 0, "total_ns": 40 * MS, **more}
    return Layer(name=name, source="shop.py:1", package=package, own_ns=own_ms * MS, **fields)  # type: ignore[arg-type]


def test_layers_are_nested() -> None:
    """Layers come before the calls, each deeper than the last; those of a framework that did nothing share a row."""
    layers = (
        layer("FastAPI", "FastAPI"),
        layer("ServerErrorMiddleware", "Starlette", depth=1),
        layer("Auth", own_ms=3, changed=("+x-took", "body 660 → 204 B"), depth=2),
        layer("GZipMiddleware", "Starlette", changed=("+vary",), depth=3),
        layer("ExceptionMiddleware", "Starlette", depth=4),
        layer("Slow", "Starlette", own_ms=20, depth=5),
        layer("Router → books()", responded=200, caught="ValueError", depth=6, with_endpoint=True),
    )

    shown = show_trace(replace(TRACE, layers=layers), Settings())

    assert [(row.title, row.detail) for row in shown.rows[:6]] == [
        ("… 2 layers of FastAPI and Starlette", "own 0 µs"),
        ("  Auth", "own 3.00 ms, +x-took, body 660 → 204 B"),
        ("    GZipMiddleware", "own 0 µs, +vary"),
        ("      … 1 layer of Starlette", "own 0 µs"),
        ("        Slow", "own 20.0 ms"),
        ("          Router → books()", "own 0 µs with the endpoint, caught ValueError, sent 200"),
    ]
    assert Markup(view_trace(replace(TRACE, layers=layers), Settings()).html).wrong == []


def test_hooks_are_beside_each_other() -> None:
    """What a framework calls in turn has the same depth, and dependencies are inside what calls the endpoint."""
    layers = (
        layer("Litestar", "Litestar", changed=("+vary",)),
        layer("ASGIRouter", "Litestar", depth=1),
        layer("HTTPRoute.handle → books()", responded=200, depth=2, with_endpoint=True),
        layer("load_user (before_request)", depth=3, hook="before_request"),
        layer("add_time (after_request)", depth=3, hook="after_request", began_ns=2 * MS),
        layer("add_header (before_send)", depth=1, hook="before_send"),
    )
    dependency = Dependency(name="db", function="open_db", began_ns=MS, total_ns=MS)

    shown = show_trace(replace(TRACE, layers=layers, dependencies=(dependency,)), Settings())

    assert [row.title for row in shown.rows[:7]] == [
        "Litestar",
        "  … 1 layer of Litestar",
        "    HTTPRoute.handle → books()",
        "      load_user (before_request)",
        "      db = open_db()",
        "      add_time (after_request)",
        "  add_header (before_send)",
    ]


def test_without_calls() -> None:
    """A trace without calls says so, and what was watched, and draws nothing."""
    view = view_trace(replace(TRACE, calls=(), findings=()), Settings())

    assert view.text.splitlines()[1:] == ["  No SQL, HTTP or cache calls", "  Watched: SQLAlchemy. Not watched: redis."]
    assert "<svg" not in view.html


def test_thousands_of_calls() -> None:
    """A trace of thousands of calls is a bounded display, and says what it leaves out."""
    same = tuple(query(number // 100) for number in range(3000))
    literals = tuple(query(number // 100, f"select {number}") for number in range(3000))
    other = tuple(query(number // 100, f"select c{number}") for number in range(3000))

    for calls, rows in ((same, 1), (literals, 1), (other, 40)):
        shown = show_trace(replace(TRACE, calls=calls), Settings())
        view = view_trace(replace(TRACE, calls=calls), Settings())
        assert len(shown.rows) == rows
        assert bool(shown.left_out) is (rows == 40)
        assert len(view.html) < 100_000
        assert len(view.text.splitlines()) < 40


def test_an_error_is_marked() -> None:
    """A call that failed has its error in the row, and another colour than the others."""
    failed = query(1, error="OperationalError: no such table", rows=None)

    view = view_trace(replace(TRACE, calls=(failed,), findings=()), Settings())

    assert "! OperationalError: no such table" in view.text
    assert "#c9403f" in view.html


def test_time_after_the_response() -> None:
    """The time after the response has a background of its own."""
    assert "i-after" not in re.sub(r"<style>.*?</style>", "", view_trace(TRACE, Settings()).html, flags=re.DOTALL)
    view = view_trace(replace(TRACE, response_end_ns=10 * MS), Settings())
    assert "i-after" in re.sub(r"<style>.*?</style>", "", view.html, flags=re.DOTALL)


def test_first_byte() -> None:
    """A line shows where the response began."""
    assert "first byte" not in view_trace(TRACE, Settings()).html
    assert "first byte" in view_trace(replace(TRACE, first_byte_ns=10 * MS), Settings()).html


def test_hostile_text_is_text() -> None:
    """A statement is shown as text, whatever is in it."""
    evil = query(1, "select '<script>alert(1)</script>\x1b[31m'")

    view = view_trace(replace(TRACE, calls=(evil,), findings=()), Settings())

    assert "<script>" not in view.html
    assert "\x1b" not in view.text + view.html


def test_data() -> None:
    """The plain data has times in milliseconds, on the clock of the messages."""
    data = TRACE.to_dict()

    assert data["ms"] == 40
    assert data["findings"][0]["kind"] == "n+1"
    assert data["calls"][12] == {
        "kind": "http", "library": "x", "text": "GET http://api/rate", "parameters": "", "began_ms": 20.0, "ms": 9.0,
        "place": "", "function": "", "thread": "event loop", "rows": None, "status": 200, "error": "", "ended": True,
    }  # fmt: skip


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.mark.parametrize("traced", [True, False])
def test_in_an_exchange(traced: bool) -> None:
    """An exchange has its trace as a fold, as a tab, in its text and its summary; without tracing it has none."""
    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/", trace=traced)
    if traced:
        exchange = replace(exchange, traced=TraceRecord(lambda settings: replace(TRACE, settings=settings)))

    view, tabs = view_exchange(exchange, Settings()), view_tabs(exchange, Settings())

    assert ("\nTrace\n" in view.text) is traced
    assert ("N+1" in view.text.splitlines()[0]) is traced
    assert ("<summary>Trace" in view.html) is traced
    assert ('data-tab="trace"' in tabs.html) is traced
    assert (tabs.about["trace"] == "12 SQL 1.20 ms · 1 HTTP 9.00 ms") is traced
    assert ("<summary>Trace" in view_exchanges([exchange], Settings()).html) is traced
    assert Markup(view.html).wrong == []
    assert Markup(tabs.html).wrong == []


def test_settings_of_the_exchange() -> None:
    """A trace has the settings of its exchange, also those that it gets later."""
    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/", trace=True)

    assert exchange.trace is not None
    assert exchange.trace.settings is exchange.settings
    shown = exchange.with_secrets()
    assert shown.trace is not None
    assert shown.trace.settings.show_secrets


def event(direction: str, kind: str, at_ms: float, **more: Any) -> Event:
    size = more.pop("size", 0)
    return Event(direction=direction, message={"type": kind, **more}, at_ns=int(at_ms * MS), body_bytes=size)  # type: ignore[arg-type]


MESSAGES = (
    event("receive", "http.request", 1, size=12),
    event("send", "http.response.start", 10, status=200),
    *(event("send", "http.response.body", 11 + number / 100, size=100) for number in range(900)),
)


def test_messages() -> None:
    """Messages stand on the same clock; those of one kind that follow each other share a row, and the end is marked."""
    trace = replace(
        TRACE, calls=(FETCH,), findings=(), messages=MESSAGES, response_end_ns=20 * MS, duration_ns=100 * MS
    )
    view = view_trace(trace, Settings())

    lines = [line[20:].lstrip("·▌█ ") for line in view.text.splitlines()[2:]]
    assert lines == [
        "receive http.request  (12 B)",
        "send http.response.start  (200)",
        "900 × send http.response.body  (90 kB)",
        "the app ends",
        "HTTP GET http://api/rate  (200)",
    ]
    assert Markup(view.html).wrong == []
    marks = re.findall(r'x="([\d.]+)%"[^>]*><path class="i-message"', view.html)
    assert 4 <= len(marks) < 60
    assert all(float(x) <= 100 for x in marks)


def test_many_messages() -> None:
    """Messages that change their kind again and again are a bounded number of rows."""
    messages = tuple(
        event("receive" if number % 2 else "send", f"websocket.{'receive' if number % 2 else 'send'}", number / 100)
        for number in range(4000)
    )
    shown = show_trace(replace(TRACE, calls=(), messages=messages), Settings())

    assert len(shown.rows) < 20
    assert shown.rows[-1].text == "… 3,988 more messages"
    assert len(view_trace(replace(TRACE, calls=(), messages=messages), Settings()).html) < 50_000


def test_output() -> None:
    """Printed and logged lines stand on the same clock, their secrets masked; many share a row for each source."""
    few = (
        OutputLine(source="stdout", text="reading\n", at_ns=3 * MS),
        OutputLine(source="log", text="password=hunter2 <b>", at_ns=5 * MS, label="INFO shop"),
    )
    many = tuple(OutputLine(source="log", text="x", at_ns=n * MS, label=f"INFO {n % 2}") for n in range(30))
    apart = tuple(OutputLine(source="log", text="x", at_ns=n * MS, label=f"INFO {n}") for n in range(30))

    view = view_trace(replace(TRACE, calls=(), findings=(), output=few), Settings())
    assert [line[20:].lstrip("·▌ ") for line in view.text.splitlines()[2:4]] == [
        "stdout reading",
        "INFO shop password=••• <b>",
    ]
    assert "hunter2" not in view.html + str(view_data(TRACE, few))
    assert "<b> " not in view.html
    assert view.html.count("<circle") == 2
    for lines, expected in (
        (many, ["15 × INFO 0", "15 × INFO 1"]),
        (apart, [*[f"INFO {n} x" for n in range(8)], "… 22 more lines"]),
    ):
        assert [row.title for row in show_trace(replace(TRACE, calls=(), output=lines), Settings()).rows] == expected


def view_data(trace: Trace, output: tuple[OutputLine, ...]) -> Any:
    """Return the plain data of a trace with this output."""
    return trace_data(replace(trace, output=output), Settings())


def test_steps() -> None:
    """Steps have their names and times; many that differ only in numbers share a row."""
    endpoint = Step(kind="endpoint", name="books", source="shop.py:7", began_ns=5 * MS, total_ns=20 * MS)
    spans = tuple(Step(kind="span", name=f"part {n}", began_ns=(6 + n) * MS, total_ns=MS // 2) for n in range(13))
    failed = Step(kind="background", name="tidy", began_ns=30 * MS, total_ns=MS, error="ValueError: no")
    shown = show_trace(replace(TRACE, calls=(), steps=(endpoint, *spans, failed)), Settings())

    assert [(row.title, row.error) for row in shown.rows] == [
        ("books()", ""),
        ("  13 × part …", ""),
        ("tidy()", "ValueError: no"),
    ]
    assert shown.rows[2].detail == "in the background, event loop"
    few = show_trace(replace(TRACE, calls=(), steps=spans[:3]), Settings())
    assert [row.title for row in few.rows] == ["part 0", "part 1", "part 2"]


def test_cache_commands() -> None:
    """A command of a cache has its row, its colour, and its place in the sum."""
    call = Call(kind="cache", library="redis", statement="GET user:3", began_ns=MS, total_ns=MS, place="shop.py:9")
    view = view_trace(replace(TRACE, calls=(*TRACE.calls, call), findings=()), Settings())

    lines = view.text.splitlines()
    assert lines[1] == "  12 SQL 1.20 ms · 1 HTTP 9.00 ms · 1 cache 1.00 ms"
    assert [line.partition("  cache ")[2] for line in lines if "  cache " in line] == ["GET user:3  shop.py:9"]
    assert 'class="i-cache" fill="#1795a8"' in view.html


def test_data_of_hooks_and_calls() -> None:
    """Plain data says as what a function is called, in which thread a call was made, and whether it ended."""
    call = Call(
        kind="sql", library="x", statement="SELECT 1", began_ns=0, total_ns=MS, thread="worker thread", ended=False
    )
    data = trace_data(replace(TRACE, calls=(call,), layers=(layer("load_user", hook="before_request"),)), Settings())

    assert [one["hook"] for one in data["layers"]] == ["before_request"]
    assert [(one["thread"], one["ended"]) for one in data["calls"]] == [("worker thread", False)]
