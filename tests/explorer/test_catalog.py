"""Examples of requests, as an explorer's routes give them."""

import pytest
from fastapi import FastAPI, WebSocket
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.routing import Route

from ipyasgi import Explorer
from ipyasgi.protocol.errors import RequestError
from ipyasgi.routes.routes import read_routes


class Pet(BaseModel):
    name: str
    age: int = 3


app = FastAPI()


@app.post("/pets/{pet_id}")
async def put(pet_id: int, pet: Pet, q: str):
    return [pet_id, pet, q]


@app.get("/files/{path:path}")
async def show(path: str):
    return path


@app.websocket("/ws")
async def talk(websocket: WebSocket): ...


def test_an_example_can_be_sent():
    """What the document requires is there, and the app takes it."""
    with Explorer(app) as explorer:
        spec = explorer.routes["POST /pets/{pet_id}"].example()
        assert (spec.path, spec.query, spec.body) == ("/pets/0", (("q", "a"),), b'{"name":""}')
        assert explorer.send(spec).json() == [0, {"name": "", "age": 3}, "a"]
        assert explorer.send(explorer.routes["GET /files/{path:path}"].example()).json() == "a"


def test_without_a_document():
    """The places of the path are filled by their convertors, and nothing else is known."""

    async def endpoint(request): ...

    paths = ["/a/{x}", "/b/{x:int}", "/c/{x:uuid}", "/d/{x:path}"]
    with Explorer(Starlette(routes=[Route(path, endpoint) for path in paths])) as explorer:
        assert [explorer.routes[f"GET {path}"].example().path for path in paths] == [
            "/a/1",
            "/b/1",
            "/c/00000000-0000-4000-8000-000000000000",
            "/d/1",
        ]


def test_what_has_no_example():
    """A WebSocket and a route that belongs to no explorer say what to do instead."""
    with Explorer(app) as explorer, pytest.raises(RequestError, match="%asgi ws /ws"):
        explorer.routes["WS /ws"].example()
    with pytest.raises(RequestError, match=r"explorer\.routes"):
        read_routes(app)["POST /pets/{pet_id}"].example()


def test_a_route_is_equal_with_and_without():
    """Where a route was read is no part of what it is."""
    with Explorer(app) as explorer:
        key = "POST /pets/{pet_id}"
        assert explorer.routes[key] == read_routes(app)[key]
        assert "offer=" not in repr(explorer.routes[key])
