"""The response viewer: what it follows, what comes in live, what the page is told and what a saved notebook holds."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.history.history import without_frames
from ipyasgi.panels import ResponseViewer
from ipyasgi.panels.response_viewer import viewer as viewer_module
from ipyasgi.panels.response_viewer.cell_code import code_to_get
from ipyasgi.panels.response_viewer.viewer import INLINE_BYTES

SECRET = "s3cret"


class App:
    """Streams, answers at length, breaks; notes how its streams ended."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.go_on = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        match scope["path"]:
            case "/events":
                await self.answer(send, b"text/event-stream", more=True)
                try:
                    for n in range(10_000):
                        event = f"event: tick\ndata: token={SECRET} {n}\n\n".encode()
                        await send({"type": "http.response.body", "body": event, "more_body": True})
                        await anyio.sleep(0.01)
                finally:
                    self.notes.append("stream ended")
            case "/lines":
                lines = b'{"n": 1}\n{"n": 2}\n{"n":'
                await self.answer(send, b"application/x-ndjson", lines, more=True)
                await send({"type": "http.response.body", "body": b" 3}"})
            case "/big":
                body = json.dumps({"rows": list(range(100_000)), "token": SECRET}).encode()
                await self.answer(send, b"application/json", body)
            case "/boom":
                raise ValueError("the app broke")
            case "/picture":
                await self.answer(send, b"image/png", b"\x89PNG\r\n\x1a\n" + bytes(100))
            case "/slow":
                while not self.go_on:
                    await anyio.sleep(0.01)
                await self.answer(send, b"text/plain", b"at last")
            case _:
                body = json.dumps({"password": SECRET, "at": scope["path"]}).encode()
                await self.answer(send, b"application/json", body, (b"set-cookie", f"sid={SECRET}; Path=/".encode()))

    async def answer(
        self, send: Any, kind: bytes, body: bytes = b"", *headers: tuple[bytes, bytes], more: bool = False
    ) -> None:
        headers = ((b"content-type", kind), *headers)
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body, "more_body": more})


@pytest.fixture
def app() -> App:
    """Give the app."""
    return App()


@pytest.fixture
def explorer(app: App) -> Iterator[Explorer]:
    """Give an explorer of it."""
    with Explorer(app, lifespan="off") as explorer:
        yield explorer


@pytest.fixture
def rows() -> Callable[[ResponseViewer], list[Any]]:
    """Give a function that returns every row that a viewer has for its page."""
    return lambda viewer: list(viewer.rows_channel._log._rows)


def saved(viewer: ResponseViewer) -> str:
    """Return all that a notebook keeps of a viewer."""
    bundle = viewer._repr_mimebundle_()
    states = [widget.get_state() for widget in (viewer.page, viewer.sections, viewer.notice)]
    return repr(states) + bundle["text/html"] + bundle["text/plain"]


def test_it_follows_the_newest_exchange_until_it_is_pinned(
    explorer: Explorer, until: Callable, page_says: Callable
) -> None:
    """The one before it was made, then each that is recorded; a pin keeps what is shown, letting go follows again."""
    explorer.get("/a")
    viewer = ResponseViewer(explorer)
    until(lambda: viewer.page.head.get("target") == "/a")
    explorer.get("/b")
    until(lambda: viewer.page.head["target"] == "/b")
    page_says(viewer.page, ask="pin", on=True)
    until(lambda: viewer.page.pinned)
    explorer.get("/c")
    heard = threading.Event()
    viewer.soon(heard.set)
    assert heard.wait(5)
    viewer.pin = False
    until(lambda: viewer.page.pinned is False)
    assert viewer.page.head["target"] == "/b"
    explorer.get("/d")
    until(lambda: viewer.page.head["target"] == "/d")
    assert viewer.shown is explorer.history[-1]
    assert "/d" in viewer.view().text


def test_as_a_child_it_shows_what_it_is_given(explorer: Explorer, until: Callable) -> None:
    """Without following, news changes nothing; a stale answer is marked until the next one."""
    viewer = ResponseViewer(explorer, follow=False)
    first, second = explorer.get("/a"), explorer.get("/b")
    assert viewer.view().text == "No response yet"
    viewer.show(first)
    until(lambda: viewer.page.head.get("target") == "/a")
    viewer.rows_channel.state(stale=True)
    until(lambda: viewer.page.stale)
    viewer.show(first)
    until(lambda: not viewer.page.stale)
    viewer.rows_channel.state(stale=True)
    viewer.show(second)
    until(lambda: viewer.page.head["target"] == "/b" and not viewer.page.stale)
    assert viewer.page.pinned is None


def test_an_endless_response_comes_in_rows_and_cancel_ends_the_app_s_generator(
    explorer: Explorer, app: App, until: Callable, page_says: Callable, rows: Callable
) -> None:
    """Rows as they come, masked; Cancel tells the app, whose `finally` runs; its exchange is shown, with its rows."""
    viewer = ResponseViewer(explorer)
    pending = explorer.begin("GET", "/events")
    viewer.begin(pending)
    until(lambda: len(rows(viewer)) > 5)
    until(lambda: viewer.page.live["busy"] and "receiving" in viewer.page.live["text"])
    assert [tab["name"] for tab in viewer.page.tabs if tab["some"]] == ["body"]
    assert "/events" in viewer.view().text
    page_says(viewer.page, ask="cancel")
    until(pending.done)
    until(lambda: viewer.page.head.get("outcome") == "200 OK, cut off" and not viewer.page.live["busy"])

    assert app.notes == ["stream ended"]
    assert viewer.page.body["views"] == ["rows", "text"]
    assert [tab["name"] for tab in viewer.page.tabs if tab["some"]] == ["body", "headers", "request", "timeline"]
    assert (viewer.page.head["tone"], viewer.page.head["marks"]) == ("bad", ["cancelled"])
    assert rows(viewer)[0]["label"] == "tick"
    assert rows(viewer)[3]["text"] == "token=••• 3"
    assert SECRET not in repr(rows(viewer)) + saved(viewer)


def test_closing_the_panel_ends_its_stream(explorer: Explorer, app: App, until: Callable, rows: Callable) -> None:
    """A viewer that goes from the page disconnects what it shows coming in."""
    viewer = ResponseViewer(explorer)
    pending = explorer.begin("GET", "/events")
    viewer.begin(pending)
    until(lambda: rows(viewer))
    viewer.close()
    until(pending.done)
    assert app.notes == ["stream ended"]


def test_a_newer_response_takes_the_place_of_an_older(explorer: Explorer, until: Callable, rows: Callable) -> None:
    """What is begun or shown last counts; the first one's rows and end no longer do."""
    viewer = ResponseViewer(explorer, follow=False)
    first = explorer.begin("GET", "/events")
    viewer.begin(first)
    until(lambda: rows(viewer))
    viewer.show(explorer.get("/a"))
    until(lambda: viewer.page.head.get("target") == "/a")
    count = len(rows(viewer))
    first.cancel()
    until(first.done)
    time.sleep(0.3)
    assert (len(rows(viewer)), viewer.page.head["target"]) == (count, "/a")


def test_a_quick_answer_does_not_flicker(
    app: App, explorer: Explorer, until: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer before stays, dimmed, until the new one is there; a slow one is waited for in words."""
    viewer = ResponseViewer(explorer, follow=False)
    viewer.show(explorer.get("/a"))
    until(lambda: viewer.page.head.get("target") == "/a")
    seen: list[Any] = []
    monkeypatch.setattr(viewer_module, "PATIENCE_S", 30.0)
    viewer.page.observe(lambda change: seen.append(change["new"].get("target")), names="head")
    viewer.begin(explorer.begin("GET", "/b"))
    until(lambda: viewer.page.head.get("target") == "/b")
    assert seen == ["/b"]
    monkeypatch.setattr(viewer_module, "PATIENCE_S", 0.1)
    viewer.begin(explorer.begin("GET", "/slow"))
    until(lambda: viewer.page.live["text"] == "waiting")
    app.go_on = True
    until(lambda: viewer.page.head.get("target") == "/slow")
    assert viewer.page.body["text"] == "at last"


def test_lines_of_json_are_rows_after_the_fact_too(explorer: Explorer, until: Callable, rows: Callable) -> None:
    """A finished stream has its rows and its text; the last line needs no end."""
    viewer = ResponseViewer(explorer)
    explorer.get("/lines")
    until(lambda: viewer.page.head.get("target") == "/lines")
    assert [row["text"] for row in rows(viewer)] == ['{"n": 1}', '{"n": 2}', '{"n": 3}']
    assert viewer.page.body["views"] == ["rows", "text"]


def test_a_long_body_is_offered_and_not_kept_in_the_state(explorer: Explorer, until: Callable) -> None:
    """Over the inline size the page is told where to fetch it; what it fetches is masked, and says so."""
    viewer = ResponseViewer(explorer)
    explorer.get("/big")
    until(lambda: viewer.page.head.get("target") == "/big")
    body = viewer.page.body
    assert (body["text"], body["views"], body["masked"], body["filename"]) == (None, ["tree", "text"], True, "big.json")
    content = viewer.rows_channel._bodies[body["offer"]["key"]]
    assert len(content) == body["offer"]["size_bytes"] > INLINE_BYTES
    assert json.loads(content)["token"] == "•••"
    assert len(saved(viewer)) - len(str(viewer.page._esm)) < 60_000


def test_what_is_no_text_is_drawn_and_can_be_saved(explorer: Explorer, until: Callable) -> None:
    """An image stands among the parts, its bytes are offered as they are."""
    viewer = ResponseViewer(explorer)
    exchange = explorer.get("/picture")
    until(lambda: viewer.page.head.get("target") == "/picture")
    body = viewer.page.body
    assert (body["views"], body["filename"], body["masked"]) == (["drawn"], "picture.png", False)
    assert viewer.rows_channel._bodies[body["offer"]["key"]] == exchange.content
    assert 'data-tab="body"' in viewer.sections.value


def test_an_exception_opens_its_tab(explorer: Explorer, until: Callable) -> None:
    """A request that failed in the app is shown at what the app raised, with its frames."""
    viewer = ResponseViewer(explorer)
    explorer.request("GET", "/boom", raise_exceptions=False)
    until(lambda: viewer.page.head.get("open") == "exception")
    assert {tab["name"] for tab in viewer.page.tabs if tab["some"]} == {"exception", "request"}
    assert "test_viewer.py" in viewer.sections.value


def test_an_exception_can_be_debugged_and_copied(explorer: Explorer, until: Callable) -> None:
    """Its tab has a mark, the page has its text, and code that gets the exchange while its frames are kept."""
    viewer = ResponseViewer(explorer)
    exchange = explorer.request("GET", "/boom", raise_exceptions=False)
    until(lambda: viewer.page.exception)
    assert [tab["name"] for tab in viewer.page.tabs if tab["mark"]] == ["exception"]
    assert viewer.page.exception["can_debug"]
    assert viewer.page.exception["text"].startswith("ValueError: the app broke\n")
    assert 'raise ValueError("the app broke")' in viewer.page.exception["text"]
    assert viewer.page.head["code"] == f"{exchange.name} = %asgi show {exchange.name}"
    explorer.get("/a")
    until(lambda: viewer.page.head["target"] == "/a")
    assert viewer.page.exception == {}
    viewer.show(without_frames(exchange))
    until(lambda: viewer.page.exception)
    assert not viewer.page.exception["can_debug"]


def test_the_code_names_the_variable_of_the_explorer(explorer: Explorer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a variable of the notebook is the explorer, the magic is not needed."""
    monkeypatch.setattr(sys.modules["__main__"], "clinic", explorer, raising=False)
    assert code_to_get("r7", explorer) == 'r7 = clinic.history["r7"]'


def test_a_mask_is_taken_off_for_the_page_only(explorer: Explorer, until: Callable, page_says: Callable) -> None:
    """One value at a time is offered to the page; what a notebook saves never has it. A wrong place is an error."""
    viewer = ResponseViewer(explorer)
    explorer.get("/a", headers={"authorization": f"Bearer {SECRET}"})
    until(lambda: viewer.page.head.get("target") == "/a")
    assert viewer.page.body["reasons"] == {"password": "its name contains 'password'"}

    def ask(number: int, part: str, *places: Any, turn: int | None = None) -> Any:
        turn = viewer.page.body["turn"] if turn is None else turn
        page_says(viewer.page, ask="reveal", id=number, turn=turn, of=part, places=list(places))
        until(lambda: viewer.page.revealed.get("id") == number)
        found = viewer.page.revealed
        assert SECRET not in saved(viewer)
        return viewer.rows_channel._bodies[found["offer"]["key"]] if "offer" in found else found["error"]

    assert ask(1, "body", 0) == json.dumps(SECRET).encode()
    names = [name for name, _ in explorer.history[-1].request.headers.raw]
    assert ask(2, "request", names.index(b"authorization")) == f"Bearer {SECRET}".encode()
    assert ask(3, "headers", 1) == f"sid={SECRET}; Path=/".encode()
    assert "cannot be read" in ask(4, "body", 7)
    assert "cannot be read" in ask(5, "headers")
    assert "Another response" in ask(6, "body", 0, turn=-1)


@pytest.mark.parametrize("path", ["/a", f"/a?token={SECRET}", "/big", "/events?n=1"])
def test_no_secret_is_saved(explorer: Explorer, until: Callable, path: str, rows: Callable) -> None:
    """Body, cookies, query: a saved notebook holds none of them unless the settings say so."""
    viewer = ResponseViewer(explorer)
    if "events" in path:
        viewer.begin(explorer.begin("GET", path))
        until(lambda: len(rows(viewer)) > 3)
        viewer.pending.cancel()
    else:
        explorer.get(path)
    until(lambda: viewer.page.head.get("method"))
    assert SECRET not in saved(viewer)
    if path != "/a":
        return
    explorer.configure(show_secrets=True)
    explorer.get("/shown")
    until(lambda: viewer.page.head["target"] == "/shown")
    assert SECRET in viewer.page.body["text"]
