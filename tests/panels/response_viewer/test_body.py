"""A body for the page: how it may be looked at, what of it is masked, what its file is called."""

from collections.abc import Callable
from typing import Any

import pytest

from ipyasgi import Exchange, Explorer
from ipyasgi.panels.response_viewer import body as body_module
from ipyasgi.panels.response_viewer.body import PageBody, page_body
from ipyasgi.views.tabs import view_tabs


@pytest.fixture
def answer() -> Callable[..., PageBody]:
    """Give a function that returns what the page gets of a response."""

    def make(content: bytes, kind: str, *, path: str = "/report", disposition: str = "", **settings: Any) -> PageBody:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            headers = [(b"content-type", kind.encode())] if kind else []
            if disposition:
                headers.append((b"content-disposition", disposition.encode("latin-1")))
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": content})

        with Explorer(app, lifespan="off") as explorer:
            explorer.configure(**settings)
            exchange: Exchange = explorer.get(path)
            tabs = view_tabs(exchange, explorer.settings)
            return page_body(exchange, tabs.shown.response_body, explorer.settings, drawn=tabs.drawn)

    return make


@pytest.mark.parametrize(
    ("content", "kind", "views"),
    [
        (b'{"a": 1}', "application/json", ("tree", "text")),
        (b'[{"a": 1}, {"a": 2}]', "application/json", ("tree", "text")),  # the page makes its own tables
        (b'{"a": ', "application/json", ("text",)),
        (b"data: x\n\n", "text/event-stream", ("rows", "text")),
        (b'{"a": 1}\n{"a": 2}\n', "application/x-ndjson", ("rows", "text")),
        (b"a,b\n1,2\n", "text/csv", ("drawn", "text")),
        (b"<b>x</b>", "text/html", ("text",)),
        (b"\x00\x01", "application/octet-stream", ("drawn",)),
        (b"GIF89a" + bytes(20), "image/gif", ("drawn",)),
        (b"", "text/plain", ()),
    ],
)
def test_the_ways_to_look_at_it(answer: Callable, content: bytes, kind: str, views: tuple[str, ...]) -> None:
    """The best one comes first; what is no text is drawn by the kernel and can still be saved as it is."""
    found = answer(content, kind)
    assert found.views == views
    assert found.content == content
    assert not found.masked


@pytest.mark.parametrize(
    ("content", "kind", "masked"),
    [
        (b'{"n": 1.10, "token": "s3cret"}', "application/json", '{"n": 1.10, "token": "•••"}'),
        (b'{"token": "s3cret"}\n{}', "application/x-ndjson", '{"token": "•••"}\n{}'),
        (b"password,b\ns3cret,2\n", "text/csv", "password,b\n•••,2\n"),
        (b"a=1&password=s3cret", "application/x-www-form-urlencoded", "a=1&password=•••"),
        (b"token=s3cret", "text/plain", "token=•••"),
    ],
)
def test_what_can_be_fetched_is_masked(answer: Callable, content: bytes, kind: str, masked: str) -> None:
    """Shown, copied and saved alike, and it says so; with `show_secrets` it is what was sent."""
    found = answer(content, kind)
    assert (found.content.decode(), found.masked) == (masked, True)
    shown = answer(content, kind, show_secrets=True)
    assert (shown.content, shown.masked) == (content, False)


def test_a_very_long_text_is_cut_and_says_so(answer: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Masking megabytes of plain text takes long; JSON of any size is whole."""
    monkeypatch.setattr(body_module, "WHOLE_TEXT_BYTES", 1000)
    found = answer(b"x" * 1500, "text/plain")
    assert (len(found.content), found.notes) == (1000, ("cut here: 500 B more; .content has everything",))
    assert len(answer(b"[" + b"1," * 1500 + b"1]", "application/json").content) == 3003


@pytest.mark.parametrize(
    ("path", "kind", "disposition", "name"),
    [
        ("/report", "application/json", "", "report.json"),
        ("/a/report.csv", "text/csv", "", "report.csv"),
        ("/", "text/html; charset=utf-8", "", "r1.html"),
        ("/x", "", "", "x.bin"),
        ("/x", "text/plain", 'attachment; filename="a b.txt"', "a b.txt"),
        ("/x", "text/plain", 'attachment; filename="../../etc/passwd"', "passwd.txt"),
        ("/x", "text/plain", 'attachment; filename="..\\\\..\\\\boot.ini"', "boot.ini"),
        ("/x", "text/plain", 'attachment; filename="<i>:*?.txt"', "_i_.txt"),
    ],
)
def test_its_file_has_a_right_and_harmless_name(
    answer: Callable, path: str, kind: str, disposition: str, name: str
) -> None:
    """What the response says, else the end of the path with a fitting ending; never a folder."""
    assert answer(b"{}", kind, path=path, disposition=disposition).filename == name
