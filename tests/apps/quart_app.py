"""A Quart app as in its tutorial."""

from quart import Quart, request

app = Quart(__name__)


@app.get("/")
async def home() -> str:
    return "hello"


@app.get("/items/<int:item_id>")
async def read_item(item_id: int) -> dict[str, int]:
    return {"item_id": item_id}


@app.post("/items")
async def create_item() -> tuple[dict[str, str], int]:
    return await request.get_json(), 201


REQUESTS = ("GET /", "GET /items/1", "GET /items/x", 'POST /items {"name": "tea"}', "PUT /items")
ROUTES = ("GET /", "GET /items/{item_id}", "POST /items")
