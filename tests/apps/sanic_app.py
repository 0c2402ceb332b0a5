"""A Sanic app as in its tutorial."""

from sanic import Sanic, json, text

Sanic.test_mode = True
app = Sanic("shop")


@app.get("/")
async def home(request: object) -> object:
    return text("hello")


@app.get("/items/<item_id:int>")
async def read_item(request: object, item_id: int) -> object:
    return json({"item_id": item_id})


@app.post("/items")
async def create_item(request: object) -> object:
    return json(request.json, status=201)


REQUESTS = ("GET /", "GET /items/1", "GET /items/x", 'POST /items {"name": "tea"}', "PUT /")
ROUTES = ("GET /", "POST /items")
