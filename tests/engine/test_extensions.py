"""The extensions of HTTP that an app may use where its scope offers them: hints, pushes and files."""

import os
import time
from pathlib import Path
from typing import Any

import anyio
import pytest

from ipyasgi.engine import extensions
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.extensions import OPT_IN, ServerPush, read_sent_file
from ipyasgi.engine.http_cycle import HttpCycle
from ipyasgi.engine.request_body import PIECE_BYTES
from ipyasgi.protocol.errors import ProtocolError
from ipyasgi.protocol.scopes import build_http_scope

from .calls import ADDRESS, START, becomes_true, body

DATA = bytes(range(256)) * (PIECE_BYTES // 128) + b"rest"
HINT = {"type": "http.response.early_hint", "links": [b"</a.css>; rel=preload", b"</b.js>; rel=preload"]}
PUSH = {"type": "http.response.push", "path": "/a.css", "headers": [(b"accept", b"*/*")]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a file of some pieces."""
    path = tmp_path / "data"
    path.write_bytes(DATA)
    return path


def begun(app: Any, loop: BackgroundLoop, *, offered: Any = OPT_IN, method: str = "GET", **options: Any) -> HttpCycle:
    scope = build_http_scope(method=method, headers=[], extensions=offered, **ADDRESS)
    cycle = HttpCycle(app, scope, b"", loop, **options)
    cycle.begin()
    return cycle


def rules(cycle: HttpCycle) -> list[str]:
    return [violation.rule for violation in cycle.violations]


def sends(*messages: dict[str, Any]) -> Any:
    """Return an app that sends these messages."""

    async def app(scope, receive, send):
        for message in messages:
            await send(message)

    return app


def content_of(cycle: HttpCycle, *, stream: bool) -> bytes:
    cycle.wait_response(gap_s=20)
    return b"".join(cycle.iter_chunks(gap_s=20)) if stream else cycle.content()


# -- hints and pushes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", [False, True])
def test_hints_and_pushes_are_collected(loop: BackgroundLoop, record: bool) -> None:
    """Early hints and pushes may come before the response, as in frameworks, and within it, as in the specification."""
    more = {**HINT, "links": (link for link in [b"</c.js>"])}
    cycle = begun(
        sends(HINT, PUSH, START, more, body(b"x", more=True), {**PUSH, "headers": ()}, body()), loop, record=record
    )
    cycle.wait_response()
    assert cycle.early_hints == [*HINT["links"], b"</c.js>"]
    assert cycle.pushes == [
        ServerPush(path="/a.css", headers=((b"accept", b"*/*"),)),
        ServerPush(path="/a.css", headers=()),
    ]
    assert (rules(cycle), cycle.content(), cycle.complete) == ([], b"x", True)


@pytest.mark.parametrize("message", [HINT, PUSH], ids=lambda message: message["type"])
def test_hints_and_pushes_come_before_the_end_of_the_body(loop: BackgroundLoop, message: dict[str, Any]) -> None:
    """Messages after the end are ignored, and are violations."""
    cycle = begun(sends(START, body(), message), loop)
    cycle.wait_response()
    assert (cycle.early_hints, cycle.pushes, len(cycle.violations)) == ([], [], 1)


@pytest.mark.parametrize("stream", [False, True])
def test_debug_information_may_come_late(loop: BackgroundLoop, stream: bool) -> None:
    """It is kept whenever it comes, also after a streamed response has started."""
    debug = {"type": "http.response.debug", "info": {"a": 1}}
    cycle = begun(sends(START, body(b"x", more=True), debug, body()), loop, stream=stream)
    assert (content_of(cycle, stream=stream), cycle.debug_info) == (b"x", {"a": 1})


@pytest.mark.parametrize("kind", sorted(OPT_IN))
def test_what_was_not_offered_is_ignored(loop: BackgroundLoop, path: Path, kind: str) -> None:
    """Using an extension that the scope does not offer is a violation, and the response continues without it."""
    message = {"type": kind, "links": [b"x"], "path": str(path), "file": 0}
    cycle = begun(sends(START, message, body(b"x")), loop, offered=())
    cycle.wait_response()
    assert (cycle.exception, cycle.content(), len(cycle.violations)) == (None, b"x", 1)
    assert (cycle.early_hints, cycle.pushes) == ([], [])


# -- files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True])
def test_a_path_is_the_whole_body(loop: BackgroundLoop, path: Path, stream: bool) -> None:
    """The file's contents come instead of the body, and end it."""
    message = {"type": "http.response.pathsend", "path": str(path)}
    cycle = begun(sends(START, message), loop, stream=stream)
    assert content_of(cycle, stream=stream) == DATA
    assert (cycle.complete, rules(cycle)) == (True, [])
    after = begun(sends(START, message, body(b"more")), loop)
    after.wait_response()
    assert (rules(after), after.content()) == (["http.body-after-end"], DATA)


def test_a_path_before_trailers(loop: BackgroundLoop, path: Path) -> None:
    """Announced trailers are still due after a file."""
    trailers = {"type": "http.response.trailers", "headers": [(b"a", b"1")]}
    sent = {"type": "http.response.pathsend", "path": str(path)}
    cycle = begun(sends({**START, "trailers": True}, sent, trailers), loop)
    cycle.wait_response()
    assert (cycle.content(), cycle.trailers, cycle.complete) == (DATA, [(b"a", b"1")], True)


def test_a_file_is_no_body_of_a_head_response(loop: BackgroundLoop, tmp_path: Path) -> None:
    """For HEAD the file is not even read."""
    cycle = begun(sends(START, {"type": "http.response.pathsend", "path": str(tmp_path / "none")}), loop, method="HEAD")
    cycle.wait_response()
    assert (cycle.content(), cycle.complete, cycle.exception) == (b"", True, None)


@pytest.mark.parametrize(
    ("path", "raised"),
    [("no such file", FileNotFoundError), ("", IsADirectoryError), ("\0", ValueError), (3, ProtocolError)],
)
def test_a_path_that_cannot_be_sent(loop: BackgroundLoop, tmp_path: Path, path: Any, raised: type[Exception]) -> None:
    """The app's ``send`` raises the error of reading the file, and the app can still send another response."""
    caught: list[Exception] = []

    async def app(scope, receive, send):
        await send(START)
        try:
            await send({"type": "http.response.pathsend", "path": path if path == 3 else str(tmp_path / path)})
        except Exception as exc:
            caught.append(exc)
        await send(body(b"instead"))

    cycle = begun(app, loop)
    cycle.wait_response()
    assert [type(exc) for exc in caught] == [raised]
    assert (cycle.content(), cycle.exception) == (b"instead", None)


@pytest.mark.parametrize("as_number", [False, True])
@pytest.mark.parametrize("stream", [False, True])
def test_descriptors_and_bodies_may_be_mixed(loop: BackgroundLoop, path: Path, stream: bool, as_number: bool) -> None:
    """Parts of files come between parts of the body; the last message without ``more_body`` ends it."""
    kind = "http.response.zerocopysend"
    with path.open("rb") as file:
        given = file.fileno() if as_number else file
        part = {"type": kind, "file": given, "offset": 2, "count": 3, "more_body": True}
        messages = [START, body(b"<", more=True), part, body(b"|", more=True), {"type": kind, "file": given}]
        cycle = begun(sends(*messages), loop, stream=stream)
        content = content_of(cycle, stream=stream)
        assert (content, cycle.complete) == (b"<" + DATA[2:5] + b"|" + DATA, True)
        assert not file.closed


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize(
    ("offset", "count", "expected", "left_at"),
    [
        (None, None, DATA[10:], len(DATA)),
        (None, 5, DATA[10:15], 15),
        (None, 0, b"", 10),
        (3, None, DATA[3:], 10),
        (3, PIECE_BYTES + 1, DATA[3 : PIECE_BYTES + 4], 10),
        (len(DATA) - 1, 100, DATA[-1:], 10),
        (len(DATA) + 1, None, b"", 10),
    ],
)
def test_which_part_of_a_file(
    path: Path,
    offset: int | None,
    count: int | None,
    expected: bytes,
    left_at: int,
    windows: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without an offset the file's own position counts and moves; with one it stays where it is."""
    if windows:
        monkeypatch.setattr(extensions.sys, "platform", "win32")
    with path.open("rb", buffering=0) as file:
        file.seek(10)
        message = {"type": "http.response.zerocopysend", "file": file, "offset": offset, "count": count}
        pieces = list(read_sent_file(message))
        assert b"".join(pieces) == expected
        assert max(map(len, pieces), default=0) <= PIECE_BYTES
        if not windows:  # there it moves: it has no way to read without
            assert file.tell() == left_at


def test_a_pipe_is_read_as_it_is_filled(loop: BackgroundLoop) -> None:
    """A descriptor without a position is read to its end, without blocking the loop."""
    reading, writing = os.pipe()
    ticks: list[int] = []

    async def app(scope, receive, send):
        async def tick() -> None:
            while True:
                ticks.append(1)
                await anyio.sleep(0.005)

        await send(START)
        async with anyio.create_task_group() as group:
            group.start_soon(tick)
            await send({"type": "http.response.zerocopysend", "file": reading, "more_body": True})
            group.cancel_scope.cancel()
        await send(body())

    with os.fdopen(reading, "rb"):
        cycle = begun(app, loop)
        assert becomes_true(lambda: len(ticks) > 3)
        os.write(writing, b"late")
        os.close(writing)
        cycle.wait_response()
    assert cycle.content() == b"late"


def test_a_slow_reader_holds_the_file_back(loop: BackgroundLoop, tmp_path: Path) -> None:
    """A long file is read about as far ahead of its reader as the window is wide."""
    with (tmp_path / "long").open("w+b", buffering=0) as file:
        file.truncate(50 * PIECE_BYTES)
        cycle = begun(sends(START, {"type": "http.response.zerocopysend", "file": file}), loop, stream=True)
        cycle.wait_response()
        chunks = cycle.iter_chunks(gap_s=20)
        for read in range(1, 4):
            next(chunks)
            time.sleep(0.05)
            assert read <= file.tell() / PIECE_BYTES <= read + 3
        assert sum(map(len, chunks)) == 47 * PIECE_BYTES


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="cannot see open files here")
def test_a_path_is_closed_when_its_reader_leaves(loop: BackgroundLoop, tmp_path: Path) -> None:
    """What we opened we close, also in the middle."""
    long = tmp_path / "long"
    with long.open("wb") as file:
        file.truncate(50 * PIECE_BYTES)
    cycle = begun(sends(START, {"type": "http.response.pathsend", "path": str(long)}), loop, stream=True)
    cycle.wait_response()
    next(cycle.iter_chunks())
    assert open_files(long) == 1
    cycle.finish()
    assert becomes_true(lambda: open_files(long) == 0)


def open_files(path: Path) -> int:
    """Return how often this process has the file open."""
    links = Path("/proc/self/fd")
    return sum(1 for link in links.iterdir() if link.exists() and link.resolve() == path)


@pytest.mark.serial
def test_a_pipe_that_stays_empty_can_be_left(loop: BackgroundLoop) -> None:
    """Nobody waits for a read that never returns: the call is cancelled at once."""
    reading, writing = os.pipe()
    cycle = begun(sends(START, {"type": "http.response.zerocopysend", "file": reading}), loop)
    time.sleep(0.05)
    assert cycle.abort()
    assert cycle.outcome == "cancelled"
    os.close(writing)
    os.close(reading)
