"""A Falcon app with a static folder."""

import tempfile
from pathlib import Path

import falcon
import falcon.asgi

folder = Path(tempfile.mkdtemp())
(folder / "hello.txt").write_text("hello", encoding="utf-8")


class Items:
    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response, item_id: int) -> None:
        response.media = {"item_id": item_id}

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response, item_id: int) -> None:
        response.media = await request.get_media()


app = falcon.asgi.App()
app.add_route("/items/{item_id:int}", Items())
app.add_static_route("/static", folder)
REQUESTS = ("GET /items/1", "GET /items/x", 'POST /items/1 {"name": "tea"}', "GET /static/hello.txt", "GET /nope")
ROUTES = ("GET /items/{item_id:int}", "POST /items/{item_id:int}")
