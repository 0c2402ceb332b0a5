"""What a WebSocket endpoint reads, by its signature and its code."""

import functools
from enum import Enum
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, WebSocket
from starlette.endpoints import WebSocketEndpoint

from ipyasgi import Explorer
from ipyasgi.routes.routes import read_routes
from ipyasgi.routes.websocket import read_query, reads_json


class Size(Enum):
    """Sizes."""

    SMALL = "small"
    LARGE = "large"


def signed_in(token: str = "") -> str:
    """Stand for a dependency with a parameter."""
    return token


async def chat(
    websocket: WebSocket,
    room: str,
    name: Annotated[str, Query(min_length=1, description="Who talks")],
    user: Annotated[str, Depends(signed_in)],
    kind: Literal["a", "b"] = "a",
    size: Size = Size.SMALL,
) -> None:
    """Talk."""
    while True:
        await websocket.send_json(await websocket.receive_json())


class Json(WebSocketEndpoint):
    """Reads JSON, as its encoding says."""

    encoding = "json"


async def text(websocket: Any) -> None:
    await websocket.receive_text()


async def nested(websocket: Any) -> None:
    async def listen() -> None:
        async for _ in websocket.iter_json():
            pass

    await listen()


@pytest.mark.parametrize("included", [False, True])
def test_the_query_of_a_signature(included: bool) -> None:
    """FastAPI's query parameters, those of dependencies too, with their schemas; path and body are not among them."""
    app, router = FastAPI(), APIRouter()
    (router if included else app).websocket("/chat/{room}")(chat)
    app.include_router(router)
    route = read_routes(app)["WS /chat/{room}"]
    assert [(one.name, one.required, one.description) for one in route.query] == [
        ("name", True, "Who talks"),
        ("kind", False, ""),
        ("size", False, ""),
        ("token", False, ""),
    ]
    schemas = [one.schema for one in route.query]
    assert (schemas[0]["minLength"], schemas[1]["enum"]) == (1, ["a", "b"])
    assert schemas[2]["enum"] == ["small", "large"]
    assert route.reads_json
    with Explorer(app) as explorer:
        inputs = explorer.routes.describe("chat")[0].inputs
        assert [(one.place, one.name, one.required) for one in inputs][:2] == [
            ("path", "room", True),
            ("query", "name", True),
        ]


def test_a_route_without_a_signature() -> None:
    """What is not FastAPI's has no parameters, whatever it calls so."""
    assert read_query(SimpleNamespace()) == ()
    assert read_query(SimpleNamespace(dependant=SimpleNamespace(query_params=3, dependencies=None))) == ()
    loop = SimpleNamespace(query_params=[SimpleNamespace(alias="q")], dependencies=[])
    loop.dependencies.append(loop)
    assert [one.name for one in read_query(SimpleNamespace(dependant=loop))] == ["q"]


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [(chat, True), (Json, True), (nested, True), (functools.partial(chat), True), (text, False), (object(), False)],
)
def test_whether_messages_are_json(endpoint: Any, expected: bool) -> None:
    """By the methods that the code calls, also in a function inside; by the encoding of Starlette's class."""
    assert reads_json(endpoint) is expected
