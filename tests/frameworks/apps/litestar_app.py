"""The tea house in Litestar."""

import contextlib
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Litestar, Request, get, post, websocket_listener
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import State, UploadFile
from litestar.enums import RequestEncodingType
from litestar.middleware.session.server_side import ServerSideSessionConfig
from litestar.params import Body, FromPath, FromQuery, JSONBody
from litestar.response import Response, Stream

log: list[str] = []


@dataclass
class Item:
    name: str
    price: float


@contextlib.asynccontextmanager
async def lifespan(app: Litestar) -> Any:
    log.append("lit")
    app.state.kettle = "boiling"
    yield
    log.append("out")


@get("/greet/{name:str}")
async def greet(name: FromPath[str], times: FromQuery[int] = 1) -> dict[str, Any]:
    """Greet somebody."""
    return {"greeting": f"hi {name}", "times": times}


@post("/items")
async def make(data: JSONBody[Item]) -> dict[str, Any]:
    return {"id": 1, "name": data.name, "price": data.price}


@post("/form", status_code=200)
async def fill_in(data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]) -> dict[str, str]:
    return data


@post("/upload", status_code=200)
async def upload(
    data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
) -> dict[str, Any]:
    return {"name": data["file"].filename, "size": len(await data["file"].read())}


@get("/stream")
async def stream() -> Stream:
    return Stream((f"piece {number}\n" for number in range(3)), media_type="text/plain")


@get("/fail")
async def fail() -> None:
    raise LookupError("no tea")


@get("/count")
async def count(request: Request) -> dict[str, int]:
    visits = request.session.get("visits", 0) + 1
    request.set_session({"visits": visits})
    return {"visits": visits}


@get("/later", sync_to_thread=False)
def later() -> Response[str]:
    return Response("soon", media_type="text/plain", background=BackgroundTask(log.append, "washed up"))


@get("/kettle", name="kettle", media_type="text/plain")
async def kettle(state: State) -> str:
    return str(state.kettle)


@get("/about")
async def about(request: Request) -> dict[str, Any]:
    return {"url": request.url_for("kettle"), "client": request.client and request.client.host}


@websocket_listener("/echo")
async def echo(data: str) -> str:
    return data.upper()


app = Litestar(
    [greet, make, fill_in, upload, stream, fail, count, later, kettle, about, echo],
    lifespan=[lifespan],
    middleware=[ServerSideSessionConfig().middleware],
    logging_config=None,  # otherwise it sets logging up for the whole process
)
