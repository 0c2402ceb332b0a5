"""A BlackSheep app as in its tutorial."""

from dataclasses import dataclass

from blacksheep import Application, get, json, post


@dataclass
class Item:
    name: str


app = Application()


@get("/")
def home() -> str:
    return "hello"


@get("/items/{item_id}")
def read_item(item_id: int) -> object:
    return json({"item_id": item_id})


@post("/items")
async def create_item(data: Item) -> object:
    return json({"name": data.name}, status=201)


REQUESTS = ("GET /", "GET /items/1", "GET /items/x", 'POST /items {"name": "tea"}', "GET /nope")
ROUTES = ("GET /", "GET /items/{item_id}", "POST /items")
