"""The tea house in Falcon."""

from typing import Any

import falcon
import falcon.asgi

log: list[str] = []


class Lifespan:
    async def process_startup(self, scope: Any, event: Any) -> None:
        log.append("lit")
        app.kettle = "boiling"

    async def process_shutdown(self, scope: Any, event: Any) -> None:
        log.append("out")


class Greet:
    async def on_get(self, req: Any, resp: Any, name: str) -> None:
        """Greet somebody."""
        resp.media = {"greeting": f"hi {name}", "times": req.get_param_as_int("times", default=1)}


class Items:
    async def on_post(self, req: Any, resp: Any) -> None:
        resp.media = {"id": 1, **await req.get_media()}
        resp.status = falcon.HTTP_201


class Form:
    async def on_post(self, req: Any, resp: Any) -> None:
        resp.media = {"name": (await req.get_media())["name"]}


class Upload:
    async def on_post(self, req: Any, resp: Any) -> None:
        async for part in await req.get_media():
            resp.media = {"name": part.filename, "size": len(await part.stream.read())}


class Stream:
    async def on_get(self, req: Any, resp: Any) -> None:
        async def pieces() -> Any:
            for number in range(3):
                yield f"piece {number}\n".encode()

        resp.content_type = "text/plain"
        resp.stream = pieces()


class Fail:
    async def on_get(self, req: Any, resp: Any) -> None:
        raise LookupError("no tea")


class Count:
    async def on_get(self, req: Any, resp: Any) -> None:
        visits = int(req.cookies.get("visits", 0)) + 1
        resp.set_cookie("visits", str(visits), secure=False)
        resp.media = {"visits": visits}


class Later:
    async def on_get(self, req: Any, resp: Any) -> None:
        async def wash_up() -> None:
            log.append("washed up")

        resp.text = "soon"
        resp.schedule(wash_up)


class Kettle:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.text = app.kettle


class About:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.media = {"url": f"{req.prefix}/greet/Ada", "client": req.remote_addr}


class Echo:
    async def on_websocket(self, req: Any, ws: Any) -> None:
        await ws.accept()
        while True:
            try:
                await ws.send_text((await ws.receive_text()).upper())
            except falcon.WebSocketDisconnected:
                return


class App(falcon.asgi.App):
    __slots__ = ("kettle",)


app: Any = App(middleware=[Lifespan()])
for path, resource in {
    "/greet/{name}": Greet(),
    "/items": Items(),
    "/form": Form(),
    "/upload": Upload(),
    "/stream": Stream(),
    "/fail": Fail(),
    "/count": Count(),
    "/later": Later(),
    "/kettle": Kettle(),
    "/about": About(),
    "/echo": Echo(),
}.items():
    app.add_route(path, resource)
