"""Hostile texts and hostile documents in a real Chromium: nothing runs, nothing leaves, nothing breaks out."""

import contextlib
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from ipyasgi import Settings
from ipyasgi.history.exchange import Preview
from ipyasgi.views.preview import view_preview
from ipyasgi.views.view import View

from ..views.conftest import Markup
from ..views.hostile import BROKEN, HOSTILE, draw_all, draw_broken
from ..views.page import build_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_SETTLE_MS = 300
_PARTS = 4
"""Pages for all of them; one page alone takes half a minute on a busy machine."""
# One of each way out: an element, the end of one that is open, the end of a drawing, an attribute, a style that loads.
_FEW = [
    "<script>alert(1)</script>",
    "</pre></details></div><img src=x onerror=alert(1)>",
    "</text></svg><img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "<style>@import url(http://hostile.test/import);*{background:url(//hostile.test/css)}</style>",
]
_STYLE = re.compile("<style>.*?</style>", re.DOTALL)


@dataclass
class Happened:
    """What a page did that it should not, one line each."""

    events: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Note dialogs, errors, new windows, and every request but the page itself and what it carries."""
        page.on("dialog", lambda dialog: (self.events.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.events.append(f"error {error}"))
        page.on("console", lambda message: self.events.append(f"console {message.type} {message.text}"))
        page.on("popup", lambda popup: self.events.append(f"window {popup.url}"))
        page.on("request", lambda request: self._request(request.url))

    def forget(self) -> None:
        self.events.clear()

    def _request(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "about:")):
            self.events.append(f"request {url}")


@pytest.fixture(scope="module")
def watched(chromium: Browser) -> Iterator[tuple[Page, Happened]]:
    """Give one page, a new one costs more than what is tested on it, and what happened on it."""
    page, happened = chromium.new_page(), Happened()
    happened.listen(page)
    yield page, happened
    page.close()


def _draw(texts: list[str], broken: list[bytes]) -> list[View]:
    """Draw the texts in every place; what the exchanges of one kind and their list repeat is left out."""
    kept = [view for text in texts for number, view in enumerate(draw_all(text)) if number not in (2, 6, 7)]
    return kept + [view for data in broken for view in draw_broken(data)]


@pytest.mark.parametrize(
    ("texts", "broken"),
    [
        pytest.param(_FEW, BROKEN[:1], id="few"),
        *(
            pytest.param(HOSTILE[part::_PARTS], BROKEN[part::_PARTS], id=f"{part}", marks=pytest.mark.nightly)
            for part in range(_PARTS)
        ),
    ],
)
def test_every_hostile_text_in_every_place(
    watched: tuple[Page, Happened], tmp_path: Path, texts: list[str], broken: list[bytes]
) -> None:
    """On a page with all of them the DOM holds the templates' elements and no other, and nothing happens."""
    assert set(texts) <= set(HOSTILE)
    drawn = _draw(texts, broken)
    # No view draws a document by itself: a frame in a closed part would load all the same.
    assert [view for view in drawn if re.search("<(iframe|embed|object)", view.html)] == []
    # A thousand copies of the same style would take the browser a minute.
    views = [View(text="", html=_STYLE.sub("", view.html)) for view in drawn]
    expected = Counter(tag for view in views for tag, _ in Markup(view.html).elements)
    path = tmp_path / "page.html"
    path.write_text(build_page([("", view) for view in views], "light"), "utf-8")
    page, happened = watched
    happened.forget()
    page.goto(path.as_uri())
    found = Counter(page.evaluate("() => [...document.querySelectorAll('.ipyasgi, .ipyasgi *')].map(e => e.localName)"))
    assert found == expected
    assert _ACTING_ELEMENTS.isdisjoint(found)
    assert page.evaluate(_ACTING_ATTRIBUTES) == []
    page.evaluate(_POKE)
    page.wait_for_timeout(_SETTLE_MS)
    assert happened.events == []
    assert page.url == path.as_uri()


_ACTING_ELEMENTS = {
    *("script", "iframe", "img", "audio", "video", "a", "form", "input", "button", "object", "embed", "link", "base"),
    *("meta", "style", "template", "use", "image", "animate", "foreignObject"),
}
_ACTING_ATTRIBUTES = """() => [...document.querySelectorAll('.ipyasgi *')].flatMap(element =>
    [...element.attributes]
        .filter(({ name }) => /^(on|style|href|src|srcdoc|action|formaction|data|id|name)/.test(name))
        .map(({ name, value }) => `${element.localName} ${name}=${value}`))"""

_POKE = """() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    for (const element of document.querySelectorAll('.ipyasgi *'))
        for (const name of ['mouseover', 'focus', 'click', 'load', 'error', 'toggle', 'animationstart'])
            element.dispatchEvent(new Event(name));
}"""


@dataclass
class Listener:
    """A server on this machine that notes whoever connects."""

    socket: socket.socket
    seen: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.seen.append("a connection")  # at once: one that is never used counts too
            threading.Thread(target=self._hear, args=(connection, len(self.seen) - 1), daemon=True).start()

    def _hear(self, connection: socket.socket, number: int) -> None:
        with connection, contextlib.suppress(OSError, IndexError):
            connection.settimeout(1)
            self.seen[number] = connection.recv(4096).partition(b"\r\n")[0].decode("latin-1") or "a connection"
            connection.sendall(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Give a server that notes whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        listening = Listener(opened)
        thread = threading.Thread(target=listening.run, daemon=True)
        thread.start()
        yield listening
        opened.shutdown(socket.SHUT_RDWR)
    thread.join(5)


_COVER = "style='position: fixed; inset: 0; display: block; width: 99%; height: 99%'"
REACHING = {
    "scripts": "<script>alert(1);fetch('URL')</script>",
    "handlers": "<img src=x onerror=\"fetch('URL')\"><svg onload=\"fetch('URL')\"><details open ontoggle=alert(1)>",
    "images": "<img src=URL><svg><image href=URL /><use href=URL#x /></svg><input type=image src=URL>",
    "styles": "<style>@import url(URL);@font-face{font-family:f;src:url(URL)}p{font:9px f;background:url(URL)}</style>",
    "sheets": "<link rel=stylesheet href=URL><link rel=icon href=URL><link rel=manifest href=URL>",
    "hints": "<link rel=preload as=image href=URL><link rel=prefetch href=URL><link rel=preconnect href=URL>"
    "<link rel=modulepreload href=URL><link rel=prerender href=URL>",
    "frames": "<iframe src=URL></iframe><object data=URL></object><embed src=URL><frameset><frame src=URL></frameset>",
    "media": "<video src=URL autoplay></video><audio src=URL autoplay></audio><track src=URL>",
    "refresh": "<meta http-equiv=refresh content='0;url=URL'>",
    "base": "<base href=URL/><img src=x><link rel=stylesheet href=y>",
    "policy": '<meta http-equiv=Content-Security-Policy content="default-src *"><img src=URL>',
    "speculation": '<script type=speculationrules>{"prefetch":[{"source":"list","urls":["URL"]}]}</script>',
    "link": f"<a {_COVER} href=URL ping=URL>x</a>",
    "link to itself": f"<a {_COVER} href=URL target=_self>x</a>",
    "link to the parent": f"<a {_COVER} href=URL target=_parent>x</a>",
    "link to the top": f"<a {_COVER} href=URL target=_top>x</a>",
    "link to a window": f"<a {_COVER} href=URL target=_blank>x</a>",
    "link that runs": f"<a {_COVER} href=\"javascript:fetch('URL')\">x</a>",
    "download": f"<a {_COVER} href=URL download>x</a>",
    "form": f"<form action=URL method=post><button {_COVER}>x</button></form>",
    "form to the top": f"<form action=URL target=_top><button {_COVER}>x</button></form>",
    "svg link": f"<svg {_COVER}><a href=URL target=_self><rect width=999 height=999 /></a></svg>",
    "breaking out": "\"></iframe><img src=URL onerror=alert(1)><script>fetch('URL')</script>",
    "breaking out twice": "&quot;&gt;&lt;/iframe&gt;&lt;img src=URL&gt;&amp;quot;&amp;gt;&amp;lt;img src=URL&amp;gt;",
}


@pytest.mark.parametrize("kind", REACHING)
def test_a_preview_reaches_nothing(
    watched: tuple[Page, Happened], listener: Listener, tmp_path: Path, kind: str
) -> None:
    """A hostile document that is drawn runs no script, connects to nobody, sends nothing when clicked."""
    document = "<!doctype html><p>the document</p>" + REACHING[kind].replace("URL", listener.url)
    view = view_preview(Preview(content=document.encode(), content_type="text/html"), Settings())
    path = tmp_path / "page.html"
    path.write_text(build_page([("preview", view)], "light"), "utf-8")
    page, happened = watched
    happened.forget()
    page.goto(path.as_uri())
    inner = page.frame_locator("iframe").frame_locator("iframe")
    inner.get_by_text("the document").wait_for(state="attached")
    box = page.locator("iframe").bounding_box()
    assert box is not None
    page.wait_for_timeout(_SETTLE_MS)
    assert listener.seen == []
    page.mouse.click(box["x"] + 100, box["y"] + 100)
    page.keyboard.press("Enter")
    page.wait_for_timeout(2 * _SETTLE_MS)
    # Chromium opens a connection for a link that is clicked before it asks the policy, and sends nothing on it.
    assert [line for line in listener.seen if line != "a connection"] == []
    assert page.url == path.as_uri()
    assert len(page.context.pages) == 1
    assert [event for event in happened.events if event.startswith(("dialog", "error", "window"))] == []
    assert page.locator("iframe").count() == 1


def test_the_listener_hears_what_is_not_held_back(chromium: Browser, listener: Listener) -> None:
    """The same documents in a frame with `sandbox` alone do connect, so the test above can fail."""
    page = chromium.new_page()
    try:
        for kind in ("images", "styles", "sheets", "frames", "link to itself"):
            listener.seen.clear()
            document = REACHING[kind].replace("URL", listener.url).replace('"', "&quot;")
            page.set_content(f'<iframe sandbox="" width=300 height=200 srcdoc="{document}"></iframe>')
            page.wait_for_timeout(_SETTLE_MS)
            page.mouse.click(100, 100)
            for _ in range(100):
                if listener.seen:
                    break
                page.wait_for_timeout(_SETTLE_MS)
            assert listener.seen, kind
    finally:
        page.close()
