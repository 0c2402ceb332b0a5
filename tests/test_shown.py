"""Every public value shows itself: as a line, as text, as HTML and as plain data, with nothing loaded for it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest

import ipyasgi
from ipyasgi import AsyncTestClient, BackgroundLoop, Exchanges, Explorer, Settings, TestClient
from ipyasgi.experiments import Fuzzed, Shrunk
from ipyasgi.experiments.trials import Failure
from ipyasgi.explorer import PendingExchanges
from ipyasgi.formats.imported import Imported
from ipyasgi.magic.commands import SEND, build_commands
from ipyasgi.magic.commands.help import build_page
from ipyasgi.routes import Routes
from ipyasgi.samples.shop import app
from ipyasgi.shown import VIEWS, Shown
from ipyasgi.tracing import Profile

KEYS = ["method", "target", "status", "ms", "headers", "body", "state", "output", "exception", "errors"]


@pytest.fixture(scope="module")
def values() -> Iterator[list[Shown]]:
    """Give a value of each kind that shows itself."""
    with Explorer(app) as explorer:
        exchange = explorer.get("/items", params={"limit": 2})
        pending = explorer.begin("GET", "/items")
        replay, recheck = explorer.begin_replay([exchange]), explorer.begin_recheck([exchange])
        for one in (pending, replay, recheck):
            one.result(10)
        explorer.websocket_exchange("/chat?name=Ada", wait_s=0)
        with TestClient(app, record=True) as client:
            with client.websocket_connect("/chat?name=Ada") as chat:
                pass
            life = client.life
        yield [
            exchange,
            exchange.head(),
            exchange.preview(),
            exchange.run,
            explorer.history[-1],
            explorer.middleware,
            explorer.get("/items", trace=True).trace,
            chat.run,
            life.run,
            explorer,
            explorer.cookies,
            explorer.headers,
            explorer.overrides,
            Profile(),
            explorer.time("GET", "/items", runs=1),
            explorer.load([exchange], users=(1,), seconds=0.01),
            explorer.coverage(),
            Fuzzed(findings=(), seed=1, stopped="finished", requests=0, seconds=0.0, outcomes={}, of_operations=0),
            Shrunk(
                steps=Exchanges(),
                before=Exchanges(),
                target=exchange,
                failure=Failure(error="KeyError"),
                earlier=0,
                tries=1,
                requests=1,
                seconds=0.1,
            ),
            explorer.history,
            explorer.history[:],
            explorer.history[:0],
            explorer.lifespan,
            explorer.routes,
            explorer.routes.describe("item"),
            explorer.settings,
            explorer.state,
            explorer.state.look(),
            recheck.result(),
            recheck.result().comparisons[0],
            Imported(requests=()),
            build_page(build_commands(), SEND),
            pending,
            PendingExchanges([pending]),
            replay,
            recheck,
        ]


def subclasses_of(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses_of(one)


def test_the_values_below_are_all_there_are(values: list[Shown]) -> None:
    """Every public class that shows itself is among the values of these tests, and has a view."""
    public = {
        one
        for one in subclasses_of(Shown)
        if one.__module__.startswith("ipyasgi.") and not one.__name__.startswith("_")
        if getattr(sys.modules[one.__module__], one.__name__) is one  # not what a slotted dataclass was made of
    }
    assert public - {base for value in values for base in type(value).__mro__} == set()


def test_each_form_of_each_value(values: list[Shown]) -> None:
    """Each value has one line, a text, HTML, and data that JSON takes and gives back."""
    for value in values:
        line, data = repr(value), value.to_dict()
        bundle = value._repr_mimebundle_()
        assert "\n" not in line
        assert " at 0x" not in line
        assert bundle["text/plain"] == value.to_text() != ""
        assert bundle["text/html"].lstrip().startswith("<"), line
        assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_the_front_end_chooses_media_types(values: list[Shown]) -> None:
    """`include` and `exclude` choose among the media types; exclude wins."""
    for value in values:
        assert set(value._repr_mimebundle_(include=["text/plain"])) == {"text/plain"}
        assert set(value._repr_mimebundle_(exclude={"text/plain"})) == {"text/html"}
        assert value._repr_mimebundle_(include=["text/html"], exclude=["text/html"]) == {}


def test_no_public_value_is_a_bare_repr() -> None:
    """No public class has Python's own repr, which says nothing but an address."""
    rooms = [
        import_module(f"ipyasgi.{name}")
        for name in ("records", "routes", "formats", "openapi", "tracing", "history", "explorer")
    ]
    public = [getattr(module, name) for module in (ipyasgi, *rooms) for name in module.__all__]
    kinds = [kind for kind in public if isinstance(kind, type)]
    assert [kind.__name__ for kind in kinds if kind.__repr__ is object.__repr__] == []


def test_reprs_are_short_and_masked() -> None:
    """A repr has counts, names and status, but nothing of a query or a body."""
    with Explorer(app, name="the shop") as explorer:
        assert repr(explorer.history) == "<History: empty>"
        explorer.get("/items?token=s3cret")
        explorer.get("/items")
        assert repr(explorer.history) == "<History: 2 exchanges, r1 to r2>"
        assert repr(explorer.history[1:]) == "<Exchanges: r2>"
        assert repr(explorer.lifespan) == "<ExplorerLifespan: running, 2 messages>"
        assert repr(explorer.routes).startswith("<Routes: GET /, GET /items, POST /items, ")
        assert repr(Routes([])) == "<Routes: none>"
    with TestClient(app) as client:
        assert repr(client) == "<TestClient of Shop: lifespan running>"
        session = client.websocket_connect("/chat?token=s3cret")
        assert repr(session) == "<WebSocketTestSession /chat: not connected>"
        with session:
            assert repr(session) == "<WebSocketTestSession /chat: connected>"
        assert repr(session) == "<WebSocketTestSession /chat: closed>"
    assert repr(AsyncTestClient(app)) == "<AsyncTestClient of Shop: lifespan not started>"
    loop = BackgroundLoop()
    assert repr(loop) == "<BackgroundLoop of asyncio: running>"
    loop.close()
    assert repr(loop) == "<BackgroundLoop of asyncio: closed>"


def test_an_exchange_as_data() -> None:
    """An exchange gives ten keys: a JSON body decoded, text as text, and its secrets masked as in every display."""

    async def answering(scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("none")
        if scope["path"] == "/boom":
            raise LookupError("the shelf is empty")
        kind, body = {
            "/json": (b"application/json", b'{"n": 1, "token": "s3cret"}'),
            "/text": (b"text/plain", b"hello, password=s3cret"),
            "/png": (b"image/png", b"\x89PNG\r\n\x1a\n\x00"),
        }[scope["path"]]
        answering.state.count += 1
        print("written by the app")
        headers = [(b"content-type", kind), (b"set-cookie", b"sid=s3cret"), (b"set-cookie", b"other=s3cret")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    answering.state = type("State", (), {})()
    answering.state.count = 0
    with Explorer(answering) as explorer:
        found = explorer.get("/json?page=2&api_key=s3cret").to_dict()
        ms = found.pop("ms")
        assert found == {
            "method": "GET",
            "target": "/json?page=2&api_key=•••",
            "status": 200,
            "headers": [["content-type", "application/json"], ["set-cookie", "sid=•••"], ["set-cookie", "other=•••"]],
            "body": {"n": 1, "token": "•••"},
            "state": [{"path": "app.state.count", "kind": "changed", "before": "0", "after": "1"}],
            "output": [{"source": "stdout", "label": "", "text": "written by the app"}],
            "exception": None,
            "errors": [],
        }
        assert 0 < ms < 30_000
        assert explorer.get("/text").to_dict()["body"] == "hello, password=•••"
        assert explorer.get("/png").to_dict()["body"] is None
        assert explorer.get("/json").with_secrets().to_dict()["body"]["token"] == "s3cret"
        raised = explorer.get("/boom", raise_exceptions=False).to_dict()
        assert list(raised) == KEYS
        assert raised["exception"] == {"type": "LookupError", "message": "the shelf is empty"}
        assert [one["name"] for one in explorer.history.to_dict()["exchanges"]] == ["r1", "r2", "r3", "r4", "r5"]


def test_a_long_body_is_cut_in_the_display_and_whole_in_the_data() -> None:
    """What a view leaves out of a long body, the data has."""

    async def long(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"x" * 200_000 + b"end"})

    with Explorer(long, lifespan="off") as explorer:
        exchange = explorer.get("/")
        assert "end" not in exchange.to_text()
        assert exchange.to_dict()["body"] == "x" * 200_000 + "end"


def test_a_fault_of_a_view_hides_no_value(values: list[Shown]) -> None:
    """Where a view fails, one line names the value and the error; nothing is raised."""

    class Lost(Settings):
        def __getattribute__(self, name: str) -> object:
            if name == "timeout_s":
                raise ZeroDivisionError("for\nno \x1b[31mreason")
            return super().__getattribute__(name)

        def __repr__(self) -> str:
            return "<Lost>"

    expected = "<Lost> cannot be shown: ZeroDivisionError: for no  [31mreason"
    assert Lost().to_text() == expected
    assert Lost()._repr_mimebundle_() == {"text/plain": expected}
    assert Lost()._display_()._mime_() == ("text/plain", expected)


def test_a_value_without_a_view() -> None:
    """A class without a registered view shows its repr and the reason."""

    class Unknown(Shown):
        def __repr__(self) -> str:
            return "<Unknown>"

    assert Unknown().to_text() == "<Unknown> cannot be shown: LookupError: there is no view of this type"


def test_a_live_form_that_fails_leaves_the_view() -> None:
    """What stands for a value on a page comes before its view, but where it has nothing to give or fails."""

    class Ticking(Settings):
        pass

    bundles = [lambda value: {"text/plain": "live", "widget": {}}, lambda value: {}, lambda value: 1 / 0]
    shown = []
    for bundle in bundles:
        VIEWS.add_live(Ticking, bundle)
        shown.append(set(Ticking()._repr_mimebundle_()))
    assert shown == [{"text/plain", "widget"}, {"text/plain", "text/html"}, {"text/plain", "text/html"}]
    assert Ticking().to_text().startswith("Settings\n")


def test_in_a_script() -> None:
    """A script prints the display and the data, and neither IPython nor ipywidgets is imported for it."""
    script = """
import json, sys
from ipyasgi import Explorer
from ipyasgi.samples.shop import app
with Explorer(app) as explorer:
    exchange = explorer.get("/items", params={"limit": 1})
    assert "jinja2" not in sys.modules
    print(exchange.to_text())
    print(json.dumps(exchange.to_dict()["body"]))
    print(explorer.routes.to_text())
    pending = explorer.begin("GET", "/items")
    pending.result()
    print(pending.to_text())
    assert set(pending._repr_mimebundle_()) == {"text/plain", "text/html"}
print(sorted({"IPython", "ipywidgets", "anywidget", "traitlets"} & set(sys.modules)))
"""
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, timeout=50)
    assert "GET /items?limit=1 → 200 OK" in printed.stdout
    assert '[{"id": 1, "name": "teapot"' in printed.stdout
    assert "9 routes\n" in printed.stdout
    assert "[]" in printed.stdout.splitlines()


def test_marimo_gets_html(values: list[Shown]) -> None:
    """marimo asks for `_display_` first, and shows what that gives as the media type it names."""
    for value in values:
        assert value._display_()._mime_() == ("text/html", value._repr_mimebundle_()["text/html"])
