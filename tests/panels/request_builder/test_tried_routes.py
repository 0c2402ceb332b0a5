"""What the rail says of the routes that were tried."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ipyasgi import Explorer
from ipyasgi.openapi.document import read_document
from ipyasgi.panels import RequestBuilder
from ipyasgi.panels.request_builder.other_response import Operations
from ipyasgi.panels.request_builder.tried_routes import TriedRoutes

from ..conftest import Endpoint

DOCUMENT = read_document(
    {
        "openapi": "3.1.0",
        "paths": {
            "/items": {"get": {"responses": {"200": {}, "4XX": {}}}, "post": {"responses": {"201": {}}}},
            "/items/{item_id}": {"get": {"responses": {"default": {}}}},
        },
    }
)


class Shop:
    """Answers with the status that the query gives, and takes any method below /any."""

    def __init__(self) -> None:
        rows = ("GET /items every", "POST /items add", "GET /items/{item_id} show", "GET /plain plain", "WS /chat chat")
        self.routes = [Endpoint(*row.split()) for row in rows]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 1000})
            return
        status = int(scope["query_string"] or b"200")
        if status == 500:
            raise RuntimeError("broken")
        headers = [(b"location", b"/items")] if status == 302 else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body"})


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    """Attach the shop."""
    with Explorer(Shop(), lifespan="off") as explorer:
        yield explorer


@pytest.fixture
def operations(explorer: Explorer) -> Operations:
    """Give the shop's operations."""
    return Operations(tuple(explorer.routes.values()))


def test_statuses(explorer: Explorer, operations: Operations) -> None:
    """Each tried route has its statuses, and the documented ones that were not seen; other paths have no row."""
    tried = TriedRoutes()
    assert tried.read(explorer.history, operations, DOCUMENT) == {}
    for target in ("/items", "/items", "/items/7", "/plain", "/nowhere", "/items?500"):
        explorer.get(target, raise_exceptions=False)
    explorer.post("/items?422")
    explorer.websocket_exchange("/chat")
    assert tried.read(explorer.history, operations, DOCUMENT) == {
        "GET /items": ["tried 3 times: 200 (2), no response", "documented, not seen yet: 4XX"],
        "GET /items/{item_id}": ["tried once: 200"],
        "GET /plain": ["tried once: 200"],
        "POST /items": ["tried once: 422", "documented, not seen yet: 201"],
        "WS /chat": ["tried once: closed by the app, 1000"],
    }


def test_redirects_count(explorer: Explorer, operations: Operations) -> None:
    """So does each request that a redirect leads to, as in `Explorer.coverage`."""
    explorer.get("/plain?302")
    found = TriedRoutes().read(explorer.history, operations, DOCUMENT)
    assert found["GET /plain"] == ["tried once: 302"]
    assert found["GET /items"][0] == "tried once: 200"
    assert {f"{one.method} {one.path}" for one in explorer.coverage().tried} == set(found)


def test_what_the_history_no_longer_has_is_not_counted(explorer: Explorer, operations: Operations) -> None:
    """A cleared history has tried nothing, and each exchange's route is looked up once."""
    tried = TriedRoutes()
    explorer.get("/items")
    tried.read(explorer.history, operations, DOCUMENT)
    asked = operations.find.cache_info()
    tried.read(explorer.history, operations, DOCUMENT)
    assert operations.find.cache_info() == asked
    explorer.history.clear()
    assert tried.read(explorer.history, operations, DOCUMENT) == {}


def test_the_rail_is_told(explorer: Explorer, until: Callable[[Callable[[], bool]], None]) -> None:
    """A request of a cell, and one of the panel, mark their routes; a restored exchange does too."""
    builder = RequestBuilder(explorer)
    assert builder.form.tried == {}
    explorer.get("/plain")
    until(lambda: builder.form.tried == {"GET /plain": ["tried once: 200"]})
    builder.choose("GET /items")
    builder.send().result(20)
    until(lambda: set(builder.form.tried) == {"GET /plain", "GET /items"})
    builder.close()
