"""A raw ASGI app with one path for each kind of thing a view shows. Not a test."""

import asyncio
import base64
import io
import json
import logging
import uuid
import warnings
import wave
import zlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import jinja2

from ipyasgi import Exchange, Explorer
from ipyasgi.explorer import Recheck

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg=="
)

Answer = tuple[int, str, bytes]


class Account:
    def __init__(self) -> None:
        self.owner = "Ada"
        self.password = "hunter2-in-an-object"
        self.visits = 0


class Exhibit:
    """Answers by path; keeps an ``app.state`` and a lifespan state."""

    def __init__(self) -> None:
        self.state = SimpleNamespace(
            count=3, tags=["new"], later=False, account=Account(), config={"debug": True, "api_key": "sk-in-the-state"}
        )

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] == "lifespan":
            await receive()
            scope["state"]["started"] = {"by": "the exhibit", "pool": list(range(100))}
            print("the exhibit opens")
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        if scope["type"] == "websocket":
            await self.converse(receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        path = scope["path"].strip("/")
        special = getattr(self, f"do_{path}", None)
        if special is not None:
            await special(send, body)
        elif path in ANSWERS:
            await reply(send, *ANSWERS[path])
        else:
            await reply(send, 404, "application/json", b'{"detail": "nothing is here"}')

    async def do_echo(self, send: Callable, body: bytes) -> None:
        self.state.count += 1
        self.state.tags.append("seen")
        self.state.account.visits += 1
        await reply(send, 201, "application/json", body, [(b"location", b"/echo/7?token=in-a-location")])

    async def do_talk(self, send: Callable, body: bytes) -> None:
        print("printed while serving\nover two lines")
        print("\x1b[31mred\x1b[0m and plain")
        logging.getLogger("exhibit.db").warning("the pool is %d %% full", 93)
        warnings.warn("this way of talking is old", DeprecationWarning, stacklevel=1)
        await reply(send, 200, "text/plain; charset=utf-8", "Grüße aus dem Süden — 你好 👋".encode())

    async def do_stream(self, send: Callable, body: bytes) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        for number in range(6):
            await asyncio.sleep(0.012)
            comment = b":" + b"." * number * 90 + b"\n"
            event = b'id: %d\ndata: {"tick": %d, "token": "in-an-event"}\n\n' % (number, number) + comment
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        await asyncio.sleep(0.025)  # a background task

    async def do_flood(self, send: Callable, body: bytes) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        for number in range(5000):
            if number % 500 == 0:
                await asyncio.sleep(0.002)
            await send({"type": "http.response.body", "body": b"line %d\n" % number, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def do_move(self, send: Callable, body: bytes) -> None:
        await reply(send, 307, "", b"", [(b"location", b"/move2?session=in-a-session&page=2")])

    async def do_move2(self, send: Callable, body: bytes) -> None:
        await reply(send, 303, "", b"", [(b"location", b"/records")])

    async def do_cookies(self, send: Callable, body: bytes) -> None:
        cookie = b"sid=cookie-value-7; Path=/; HttpOnly; SameSite=Lax"
        await reply(
            send, 200, "application/json", b'{"ok": true, "access_token": "in-a-body"}', [(b"set-cookie", cookie)]
        )

    async def do_boom(self, send: Callable, body: bytes) -> None:
        def price(items: dict[str, Any]) -> float:
            total = items["amount"] * 1.2
            return total / items["count"]

        try:
            price({"amount": 3})
        except KeyError as exc:
            exc.add_note("while pricing order 7")
            raise RuntimeError("the order cannot be priced") from exc

    async def do_deep(self, send: Callable, body: bytes) -> None:
        jinja2.Template("{{ missing.attribute }}").render()

    async def do_group(self, send: Callable, body: bytes) -> None:
        async def fail(number: int) -> None:
            raise ValueError(f"part {number} failed")

        async with asyncio.TaskGroup() as group:
            group.create_task(fail(1))
            group.create_task(fail(2))

    async def do_late(self, send: Callable, body: bytes) -> None:
        await reply(send, 200, "application/json", b'{"sent": "before it failed"}')
        raise OSError("the mail could not be sent")

    async def do_wrong(self, send: Callable, body: bytes) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Type", b"text/plain")]})
        await send({"type": "http.response.pushed"})
        await send({"type": "http.response.body", "body": b"not as the specification says", "more_body": True})

    async def do_stock(self, send: Callable, body: bytes) -> None:
        stock = {"now": str(uuid.uuid4()), "items": [{"id": n, "left": n * 7} for n in range(9)], "total": 252}
        if self.state.later:
            stock["items"][4]["left"] = 27
            stock["items"].insert(0, {"id": -1, "left": 1})
            stock |= {"total": 252.0, "access_token": "in-a-later-body"}
            del stock["items"][3]["left"]
        version = b"/v%d?token=in-a-compared-header-%d" % ((self.state.later,) * 2)
        await reply(send, 200, "application/json", json.dumps(stock).encode(), [(b"location", version)])

    async def do_letter(self, send: Callable, body: bytes) -> None:
        lines = [f"line {n}" for n in range(40)]
        if self.state.later:
            lines[12:14] = ["line 12, rewritten <b>boldly</b>", '"password": "in-a-compared-text"']
            lines.append("one line more")
        await reply(send, 200, "text/plain", "\n".join(lines).encode())

    async def do_flaky(self, send: Callable, body: bytes) -> None:
        if self.state.later:
            raise LookupError("the shelf is empty")
        await reply(send, 200, "application/json", b'{"found": true}')

    async def do_mended(self, send: Callable, body: bytes) -> None:
        await reply(send, 200 if self.state.later else 503, "text/plain", b"x")

    async def do_slow(self, send: Callable, body: bytes) -> None:
        await asyncio.sleep(0.06)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"first, ", "more_body": True})
        await asyncio.sleep(0.09)
        await send({"type": "http.response.body", "body": b"then the rest" * 40})

    async def converse(self, receive: Callable, send: Callable) -> None:
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "chat.v2", "headers": [(b"x-room", b"7")]})
        await send({"type": "websocket.send", "text": '{"hello": "who are you?", "token": "in-a-message"}'})
        await send({"type": "websocket.send", "text": (await receive())["text"].upper()})
        await send({"type": "websocket.send", "bytes": bytes(range(64))})
        await receive()
        await asyncio.sleep(0.02)
        await send({"type": "websocket.close", "code": 4001, "reason": "enough said"})

    async def do_hang(self, send: Callable, body: bytes) -> None:
        await asyncio.sleep(60)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    rows = b"".join(
        b"\0" + bytes(v for x in range(width) for v in (x * 2 % 256, y * 3 % 256, 120)) for y in range(height)
    )
    header = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _pdf() -> bytes:
    drawing = b"BT /F 24 Tf 40 40 Td (A page of a PDF) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 99] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(written)
    return written + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def _sound() -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes(128 + (n // 10 % 2) * 40 for n in range(4000)))
    return written.getvalue()


PAGE = (
    b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><style>body { font: 16px serif }'
    b"h1 { color: teal }</style></head><body><h1>The shop</h1><p>Gr\xc3\xbc\xc3\x9fe</p>"
    b'<script>document.title = 1</script><form><input name="csrf_token" value="in-a-page"></form></body></html>'
)
MULTIPART = (
    b'--seam\r\nContent-Disposition: form-data; name="title"\r\n\r\nA day out\r\n'
    b'--seam\r\nContent-Disposition: form-data; name="api_token"\r\n\r\nin-a-part\r\n'
    b'--seam\r\nContent-Disposition: form-data; name="facts"; filename="facts.json"\r\n'
    b"Content-Type: application/json\r\nX-Auth-Token: in-a-part-header\r\n\r\n"
    b'{"password": "in-json-in-a-part", "days": 1}\r\n'
    b'--seam\r\nContent-Disposition: form-data; name="photo"; filename="photo.png"\r\nContent-Type: image/png\r\n\r\n'
    + _png(60, 30)
    + b"\r\n--seam--\r\n"
)
EVENTS = (
    b'event: price\nid: 41\ndata: {"sku": "A-1", "price": 3.5, "token": "in-an-event-row"}\n\nretry: 3000\n'
    b"data: two lines\ndata: of data\n\n: a comment\n\ndata: password=in-an-assignment\n\ndata: never ended"
)
NOTES = (
    b"token=in-plain-text\nPassword: in-a-line\nAuthorization: Bearer in-a-header-line\n"
    b"A password is a secret word.\npostgres://app:in-a-dsn@db/shop\n"
)
TREE = {
    "total": 450,
    "orders": [
        {
            "id": n,
            "customer": {
                "name": "Ada",
                "address": {"street": "Main St", "city": "York", "zip": "7", "lines": list(range(40))},
            },
            "lines": [{"sku": f"A-{n}", "count": 2, "price": 9.5}, {"sku": "B-1", "count": 1, "price": None}],
        }
        for n in range(450)
    ],
    "next": None,
}
_RECORDS = [
    {"id": n, "name": f"item {n}", "price": n * 1.10, "tags": ["a", "b"], "color": None if n % 3 else "blue"}
    for n in range(1, 61)
]

NESTED = (
    b'{"exact":1.10,"big":123456789012345678901234567890,"again":1,"again":2,"esc":"caf\\u00e9 \\n","empty":{},"none":'
    b'[],"list":[1,2,3,{"deep":[[],[true,false,null]]}],"user":{"name":"Ada","password":"in-the-deep","tokens":[1]}}'
)
ANSWERS: dict[str, Answer] = {
    "records": (200, "application/json", json.dumps(_RECORDS).encode()),
    "nested": (
        200,
        "application/problem+json",
        NESTED,
    ),
    "big": (200, "application/json", json.dumps([{"n": n, "text": "x" * 50} for n in range(9000)]).encode()),
    "broken": (200, "application/json", b'{"half": [1, 2, {"secret": "in-broken-json", "more": tru'),
    "untyped": (200, "", b'{"sniffed": true}'),
    "html": (200, "text/html; charset=utf-8", b"<!doctype html>\n<script>alert(1)</script>\n<p>Hi &amp;"),
    "svg": (200, "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><circle r="9"/></svg>'),
    "png": (200, "image/png", _png(96, 64)),
    "wrongpng": (200, "text/html", PIXEL),
    "bytes": (200, "application/octet-stream", bytes(range(256)) * 8),
    "nottext": (200, "text/plain", bytes(range(200, 256)) + b"\0\1\2" * 40),
    "latin": (200, "text/plain; charset=latin-1", "Ærøskøbing".encode("latin-1")),
    "badutf8": (200, "text/plain", b"mostly fine, but \xff\xfe here"),
    "charset": (200, "text/plain; charset=klingon", b"nuqneH"),
    "csv": (200, "text/csv", b"id,name,note\n1,Ada,first\n2,Grace,\"with, comma\"\n"),
    "empty": (204, "", b""),
    "form": (200, "application/x-www-form-urlencoded", b"name=Ada&password=in-a-form&x=1"),
    "forbidden": (403, "application/json", b'{"detail":"no"}'),
    "long": (200, "text/plain", b"word " * 40_000),
    "lines": (200, "application/x-ndjson", b'{"a": 1, "token": "in-lines"}\n{"a": 2, "token": "in-lines-too"}\n'),
    "tree": (200, "application/json", json.dumps(TREE).encode()),
    "invalid": (200, "application/json", b'{\n  "id": 7,\n  "tags": ["a", "b"\n  "price": 3.5\n}'),
    "odd": (200, "application/json", b'\xef\xbb\xbf{"mean": NaN, "id": 1, "id": 2, "huge": 1' + b"0" * 5000 + b"}"),
    "page": (200, "text/html", PAGE),
    "sound": (200, "audio/x-wav", _sound()),
    "pdf": (200, "application/pdf", _pdf()),
    "heavy": (200, "image/png", PIXEL + bytes(1_200_000)),
    "semicolons": (200, "text/csv", "Name;Ort;password\nJörg;Köln;in-a-column\nÅsa;Malmö;in-a-column\n".encode()),
    "tabs": (200, "text/tab-separated-values", b"id\tname\n" + b"".join(b"%d\titem %d\n" % (n, n) for n in range(200))),
    "multipart": (200, "multipart/form-data; boundary=seam", MULTIPART),
    "events": (200, "text/event-stream", EVENTS),
    "notes": (200, "text/plain", NOTES),
    "xml": (200, "application/xml", b"<?xml version='1.0'?><login><user>ada</user><password>in-xml</password></login>"),
    "utf16": (200, "text/plain", "UTF-16 by its mark: Ærøskøbing 你好".encode("utf-16")),
    "western": (200, "text/plain", "Ærøskøbing, undeclared".encode("cp1252")),
    "unavailable": (503, "text/plain", b"come back later"),
}  # fmt: skip


async def reply(send: Callable, status: int, kind: str, body: bytes, more: list | None = None) -> None:
    headers = [(b"content-type", kind.encode())] if kind else []
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers + (more or [])})
    await send({"type": "http.response.body", "body": body})


def send_everything(explorer: Explorer) -> list[Exchange]:
    """Return an exchange of every kind."""
    order = {"name": "Foo", "price": 3.5, "password": "in-a-request"}
    first = [
        explorer.post("/echo?limit=10&api_key=in-a-query", json=order, headers={"Authorization": "Bearer in-a-header"}),
        explorer.get("/records"),
        explorer.get("/talk"),
        explorer.get("/stream"),
        explorer.get("/flood"),
        explorer.post("/move", json={"a": 1}),
        explorer.get("/cookies", headers={"Cookie": "sid=in-a-cookie; theme=dark"}),
        explorer.post("/echo", data={"name": "Ada", "password": "in-a-sent-form"}),
        explorer.post(
            "/echo", files={"file": ("a.txt", io.BytesIO(b"hello"))}, data={"password": "in-multipart", "n": "1"}
        ),
        explorer.get("/" + "a-long-path/" * 40),
    ]
    first += [explorer.get("/slow")]
    failing = ("boom", "deep", "group", "late", "wrong")
    first += [explorer.get(f"/{path}", raise_exceptions=False) for path in failing]
    try:
        explorer.get("/hang", timeout=0.05)
    except TimeoutError:
        first.append(explorer.history[-1])
    return first + [explorer.get(f"/{path}") for path in ANSWERS if path != "records"]


def check_again(explorer: Explorer) -> Recheck:
    """Return a recheck with every verdict, of requests that it sends itself."""
    paths = ("/stock?api_key=in-a-compared-query", "/letter", "/flaky", "/mended", "/csv", "/png")
    kept = [explorer.get(path) for path in paths]
    explorer.state.app.later = True
    return explorer.recheck(kept)
