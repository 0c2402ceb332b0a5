"""A Litestar app with a controller and a state."""

from dataclasses import dataclass

from litestar import Controller, Litestar, get, post
from litestar.datastructures import State


@dataclass
class Item:
    name: str


class Items(Controller):
    path = "/items"

    @get("/{item_id:int}")
    async def read_item(self, item_id: int, state: State) -> dict[str, int]:
        """Return an item."""
        return {"item_id": item_id}

    @post()
    async def create_item(self, data: Item) -> Item:
        return data


@get("/", sync_to_thread=False)
def home() -> str:
    return "hello"


app = Litestar([home, Items], state=State({"hits": 0}))
REQUESTS = ("GET /", "GET /items/1", "GET /items/x", 'POST /items {"name": "tea"}', "POST /items {}")
ROUTES = ("GET /", "GET /items/{item_id:int}", "POST /items")
