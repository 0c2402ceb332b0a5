"""The tea house in FastAPI."""

import contextlib
from typing import Annotated, Any

from fastapi import BackgroundTasks, Cookie, FastAPI, Form, Request, Response, UploadFile, WebSocket
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import BaseModel

log: list[str] = []


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI) -> Any:
    log.append("lit")
    yield {"kettle": "boiling"}
    log.append("out")


app = FastAPI(lifespan=lifespan)


class Item(BaseModel):
    name: str
    price: float


@app.get("/greet/{name}")
async def greet(name: str, times: int = 1) -> dict[str, Any]:
    """Greet somebody."""
    return {"greeting": f"hi {name}", "times": times}


@app.post("/items", status_code=201)
def make(item: Item) -> dict[str, Any]:
    return {"id": 1, **item.model_dump()}


@app.post("/form")
def fill_in(name: Annotated[str, Form()]) -> dict[str, str]:
    return {"name": name}


@app.post("/upload")
async def upload(file: UploadFile) -> dict[str, Any]:
    return {"name": file.filename, "size": len(await file.read())}


@app.get("/stream")
def stream() -> StreamingResponse:
    return StreamingResponse((f"piece {number}\n" for number in range(3)), media_type="text/plain")


@app.get("/fail")
def fail() -> None:
    raise LookupError("no tea")


@app.get("/count")
def count(response: Response, visits: Annotated[int, Cookie()] = 0) -> dict[str, int]:
    response.set_cookie("visits", str(visits + 1))
    return {"visits": visits + 1}


@app.get("/later")
def later(tasks: BackgroundTasks) -> PlainTextResponse:
    tasks.add_task(log.append, "washed up")
    return PlainTextResponse("soon")


@app.get("/kettle")
def kettle(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.state.kettle)


@app.get("/about")
def about(request: Request) -> dict[str, Any]:
    return {"url": str(request.url_for("greet", name="Ada")), "client": request.client and request.client.host}


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text.upper())
