"""Overrides: by name, followed, marked on each exchange, and gone when they are to be gone."""

import gc
import json
import sys
import types
from typing import Annotated, Any
from unittest.mock import AsyncMock, MagicMock

import pytest
from fastapi import Depends, FastAPI, WebSocket
from litestar import Litestar, get
from litestar.di import NamedDependency, Provide

from ipyasgi import Explorer
from ipyasgi.errors import OverrideError


def given(call: Any) -> Any:
    return Annotated[Any, Depends(call)]


def get_db() -> str:
    return "real"


def fake_db() -> str:
    return "fake"


def build() -> Any:
    app = FastAPI()

    @app.get("/")
    def read(db: given(get_db)) -> Any:
        return db

    return app


@pytest.fixture
def explorer():
    with Explorer(build()) as explorer:
        yield explorer


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (fake_db, "fake"),
        ("a value", "a value"),
        (None, None),
        (lambda limit: f"limit {limit}", "limit 5"),
        (MagicMock(return_value="mocked"), "mocked"),
        (AsyncMock(return_value="awaited"), "awaited"),
    ],
)
def test_what_can_replace(explorer: Explorer, value: Any, wanted: Any) -> None:
    """A function is called with its own parameters, a mock without any; anything else is the value."""
    explorer.overrides["get_db"] = value
    assert explorer.get("/?limit=5").json() == wanted


def test_a_function_without_a_signature(explorer: Explorer) -> None:
    """FastAPI reads the parameters of an override, so one that has none to read is refused."""
    with pytest.raises(OverrideError, match="write a function"):
        explorer.overrides["get_db"] = type("NoSignature", (), {"__call__": str.upper, "__signature__": 3})()


def test_during(explorer: Explorer) -> None:
    """Inside `with` a dependency is overridden, after it the override from before is there again."""
    with explorer.overriding(get_db="outer"):
        with explorer.overriding({"test_overrides.get_db": "inner"}) as overrides:
            assert overrides is explorer.overrides
            assert explorer.get("/").json() == "inner"
        assert explorer.get("/").json() == "outer"
    assert explorer.get("/").json() == "real"
    assert len(explorer.overrides) == 0
    with pytest.raises(ValueError, match="mine"), explorer.overriding(get_db="x"):
        raise ValueError("mine")
    assert explorer.app.dependency_overrides == {}


def test_unknown_names(explorer: Explorer) -> None:
    """An unknown name is refused with a suggestion, and of several overrides none is kept."""
    with pytest.raises(OverrideError, match=r"no dependency 'get_dv': did you mean get_db\?"):
        explorer.overrides.set({"get_db": 1, "get_dv": 2})
    assert (len(explorer.overrides), explorer.app.dependency_overrides) == (0, {})
    with pytest.raises(OverrideError, match="it has get_db"):
        explorer.overrides["something"] = 1
    with pytest.raises(KeyError, match="not overridden; the overrides are: none"):
        explorer.overrides.remove("get_db")


def test_marks_on_the_exchange(explorer: Explorer) -> None:
    """The exchange says by names with what it was sent: in text, data and exports, but never a value."""
    with explorer.overriding(get_db=fake_db):
        one = explorer.get("/")
    with explorer.overriding(get_db="secret-content"):
        other = explorer.get("/")
    plain = explorer.get("/")
    assert "with get_db=fake_db" in one.to_text()
    assert "with get_db=fake_db" in one._repr_mimebundle_()["text/html"]
    assert one.to_dict()["overrides"] == {"get_db": "fake_db"}
    assert other.to_dict()["overrides"] == {"get_db": "<str>"}
    assert "overrides" not in plain.to_dict()
    assert "# recorded with get_db=fake_db" in one.to_httpx()
    assert "recorded with" not in plain.to_httpx()
    test = explorer.history.select("1-3").to_pytest()
    assert "monkeypatch.setitem(client.app.dependency_overrides, get_db, fake_db)" in test
    assert f"from {__name__} import get_db" in test
    assert "# EDIT: recorded with get_db=<str>, which is not overridden here" in test
    # Responses with other overrides do not make the body a value that differs each time.
    assert [f'response.json() == "{text}"' in test for text in ("fake", "secret-content", "real")] == [True] * 3
    json.dumps(one.to_dict())


def test_the_test_of_an_override_passes(explorer: Explorer, tmp_path: Any) -> None:
    """The exported test overrides the dependency itself, only for the test."""
    with explorer.overriding(get_db=fake_db):
        exchange = explorer.get("/")
    module = types.ModuleType("of_the_export")
    module.app = explorer.app
    sys.modules["of_the_export"] = module
    try:
        names: dict[str, Any] = {}
        exec(exchange.to_pytest(app="of_the_export:app"), names)
        with pytest.MonkeyPatch.context() as patch:
            names["test_get_root"](explorer.client, patch)
            assert explorer.app.dependency_overrides == {get_db: fake_db}
        assert explorer.app.dependency_overrides == {}
    finally:
        del sys.modules["of_the_export"]


def test_a_module_is_followed(explorer: Explorer) -> None:
    """A function that its module binds anew is taken for the next request; a deleted one stays."""
    module = types.ModuleType("fakes")
    sys.modules["fakes"] = module
    try:
        exec("def fake_db(): return 'first'", vars(module))
        explorer.overrides["get_db"] = module.fake_db
        assert explorer.get("/").json() == "first"
        exec("def fake_db(): return 'second'", vars(module))
        assert explorer.get("/").json() == "second"
        assert explorer.overrides["get_db"] is module.fake_db
        del module.fake_db
        assert explorer.get("/").json() == "second"
    finally:
        del sys.modules["fakes"]


def test_an_app_that_clears_its_table(explorer: Explorer) -> None:
    """What the app's own code clears is back for the next request of the explorer."""
    explorer.overrides["get_db"] = "mine"
    explorer.app.dependency_overrides.clear()
    assert explorer.get("/").json() == "mine"


def test_another_app(explorer: Explorer) -> None:
    """A new app gets the overrides of the old one, which is restored; those that it lacks have ended."""
    old = explorer.app
    explorer.overrides["get_db"] = "mine"
    explorer.replace_app(build())
    assert old.dependency_overrides == {}
    assert explorer.get("/").json() == "mine"
    explorer.replace_app(FastAPI())
    assert len(explorer.overrides) == 0


def test_the_end() -> None:
    """Closing restores the app, as does dropping the explorer; then nothing can be overridden."""
    app = build()
    explorer = Explorer(app)
    explorer.overrides["get_db"] = fake_db
    explorer.close()
    assert app.dependency_overrides == {}
    with pytest.raises(OverrideError, match="detached"):
        explorer.overrides["get_db"] = fake_db
    explorer = Explorer(app)
    explorer.overrides["get_db"] = fake_db
    del explorer
    gc.collect()
    assert app.dependency_overrides == {}


def test_a_websocket_is_overridden() -> None:
    """Overrides hold for WebSockets too."""
    app = FastAPI()

    @app.websocket("/ws")
    async def talk(socket: WebSocket, db: given(get_db)) -> None:
        await socket.accept()
        await socket.send_text(db)
        await socket.close()

    with Explorer(app) as explorer, explorer.overriding(get_db=fake_db):
        run = explorer.websocket_exchange("/ws")
        session = explorer.websocket("/ws")
        assert session.wait(10)
    assert [event.message.get("text") for event in run.events if event.type == "websocket.send"] == ["fake"]
    assert [[str(one) for one in exchange.overrides] for exchange in explorer.history] == [["get_db=fake_db"]] * 2


def test_litestar() -> None:
    """Litestar's dependencies are overridden on the running app: functions, generators, coroutines and values."""
    closed = []

    async def base() -> int:
        return 1

    async def db(base: NamedDependency[int]) -> str:
        return f"real {base}"

    def slow() -> str:
        return "slow"

    @get("/")
    async def read(db: NamedDependency[str], slow: NamedDependency[str]) -> str:
        return f"{db}, {slow}"

    def generator(base: NamedDependency[int]):
        yield f"fake {base}"
        closed.append(True)

    async def coroutine() -> str:
        return "awaited"

    app = Litestar(
        [read],
        dependencies={
            "db": Provide(db, use_cache=True),
            "base": Provide(base),
            "slow": Provide(slow, sync_to_thread=True),
        },
        logging_config=None,
    )
    with Explorer(app) as explorer:
        assert explorer.get("/").text == "real 1, slow"
        with explorer.overriding(db=generator, slow="value"):
            exchange = explorer.get("/")
        assert (exchange.text, closed) == ("fake 1, value", [True])
        assert [str(one) for one in exchange.overrides] == ["db=generator", "slow=<str>"]
        with explorer.overriding(db=coroutine):
            assert explorer.get("/").text == "awaited, slow"
        assert explorer.get("/").text == "real 1, slow"


def test_the_list(explorer: Explorer) -> None:
    """The mapping shows what is overridden, and what can be."""
    assert "0 of 1 dependencies overridden" in explorer.overrides.to_text()
    explorer.overrides["get_db"] = fake_db
    assert "fake_db instead of explorer/test_overrides.py" in explorer.overrides.to_text()
    assert explorer.overrides.to_dict() == {"overrides": {"get_db": "fake_db"}, "available": ["get_db"]}
    assert repr(explorer.overrides) == "<1 overrides: get_db=fake_db>"


def test_hostile_names(explorer: Explorer) -> None:
    """A name of the app's code cannot add lines to an exported test, nor markup to a display."""

    def named() -> None: ...

    named.__qualname__ = named.__name__ = "x\nimport os\n<script>"
    kind = type("<b>\n\x1b[31m", (), {})
    app = FastAPI()

    @app.get("/")
    def read(x: given(named)) -> None: ...

    with Explorer(app) as other:
        (name,) = (one.name for one in other.overrides.available)
        other.overrides[name] = kind()
        exchange = other.get("/")
        assert "\nimport os\n<script>" not in exchange.to_pytest() + exchange.to_httpx() + exchange.to_text()
        html = exchange._repr_mimebundle_()["text/html"] + other.overrides._repr_mimebundle_()["text/html"]
        assert "<script>" not in html
        compile(exchange.to_pytest(), "exported", "exec")
