"""The corpus as a Quart app, with functions for each request, a blueprint and a wrapped ``asgi_app``. Not a test."""

from typing import Any

import quart

from .statements import later, pieces, query_some
from .wrappers import Outer

app = quart.Blueprint("app", __name__)


@app.get("/plain")
async def plain() -> Any:
    return {"a": 1}


@app.get("/big")
async def big() -> Any:
    return "b" * 30_000


@app.post("/upload")
async def upload() -> Any:
    return {"bytes": len(await quart.request.get_data())}


@app.get("/query")
async def query() -> Any:
    return query_some()


@app.get("/thread")
def thread() -> Any:
    return query_some()


@app.get("/broken")
async def broken() -> Any:
    raise RuntimeError("broken on purpose")


@app.get("/stream")
async def stream() -> Any:
    return pieces(), 200


@app.get("/moved")
async def moved() -> Any:
    return quart.redirect("/plain")


@app.get("/cookies")
async def cookies() -> Any:
    response = await quart.make_response(dict(quart.request.cookies))
    response.set_cookie("seen", "yes")
    return response


@app.get("/background")
async def background() -> Any:
    quart.current_app.add_background_task(later)
    return "sent"


@app.before_app_request
def authorize() -> Any:
    if quart.request.path == "/private" and "authorization" not in quart.request.headers:
        return "who are you?", 401
    return None


@app.after_app_request
async def add_header(response: Any) -> Any:
    response.headers["x-after"] = "yes"
    return response


@app.teardown_app_request
async def note(error: Any) -> None:
    pass


inner = quart.Blueprint("sub", __name__)


@inner.get("/inside")
async def inside() -> Any:
    raise ZeroDivisionError("on purpose")


@inner.errorhandler(ZeroDivisionError)
def later_again(error: Exception) -> Any:
    return "later", 503


def quart_app() -> Any:
    """Return the app."""
    found = quart.Quart("corpus")
    found.register_blueprint(app)
    found.register_blueprint(inner, url_prefix="/sub")
    found.asgi_app = Outer(found.asgi_app)  # type: ignore[method-assign]
    return found
