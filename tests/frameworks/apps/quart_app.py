"""The tea house in Quart."""

from typing import Any

from quart import Quart, current_app, request, session, url_for, websocket

log: list[str] = []
app = Quart(__name__)
app.secret_key = "tea"


@app.before_serving
async def light() -> None:
    log.append("lit")
    current_app.kettle = "boiling"


@app.after_serving
async def put_out() -> None:
    log.append("out")


@app.get("/greet/<name>")
async def greet(name: str) -> dict[str, Any]:
    """Greet somebody."""
    return {"greeting": f"hi {name}", "times": int(request.args.get("times", 1))}


@app.post("/items")
async def make() -> Any:
    return {"id": 1, **await request.get_json()}, 201


@app.post("/form")
async def fill_in() -> dict[str, str]:
    return {"name": (await request.form)["name"]}


@app.post("/upload")
async def upload() -> dict[str, Any]:
    file = (await request.files)["file"]
    return {"name": file.filename, "size": len(file.read())}


@app.get("/stream")
async def stream() -> Any:
    async def pieces() -> Any:
        for number in range(3):
            yield f"piece {number}\n".encode()

    return pieces(), 200, {"content-type": "text/plain"}


@app.get("/fail")
async def fail() -> None:
    raise LookupError("no tea")


@app.get("/count")
async def count() -> dict[str, int]:
    session["visits"] = session.get("visits", 0) + 1
    return {"visits": session["visits"]}


@app.get("/later")
async def later() -> str:
    async def wash_up() -> None:
        log.append("washed up")

    current_app.add_background_task(wash_up)
    return "soon"


@app.get("/kettle")
async def kettle() -> str:
    return str(current_app.kettle)


@app.get("/about")
async def about() -> dict[str, Any]:
    return {"url": url_for("greet", name="Ada", _external=True), "client": request.remote_addr}


@app.websocket("/echo")
async def echo() -> None:
    while True:
        text = await websocket.receive()
        await websocket.send(text.upper())
