"""Whatever an app or a client puts into a value, it stays text."""

import logging
import re
import unicodedata
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from ipyasgi import Explorer
from ipyasgi.views.exchange import view_exchange, view_exchanges
from ipyasgi.views.explorer import view_explorer
from ipyasgi.views.history import view_history
from ipyasgi.views.lifespan import view_lifespan
from ipyasgi.views.routes import view_routes
from ipyasgi.views.state import view_state
from ipyasgi.views.view import View

from .conftest import Markup

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</pre></details></div><img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus='",
    "` onclick=alert(1)`",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<!-- --><b>x</b><!--",
    "<![cdata[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><plaintext>",
    "&lt;script&gt;&amp;#60;&#x3c;script&#62;",
    "&#0;&nonsense;&",
    "{{ 7 * 7 }}{% include 'style.css' %}{# x #}",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "\u202egnp.exe\u202c and \u2066isolated\u2069",
    "\x1b]0;title\x07\x1b[31mred\x1b[0m",
    "\x00\x01\x08\x7f\x85\x9b",
    "one\r\ntwo\rthree\u2028four",
    "half \ud83d and \udc00",
    "\ufeff\u200b\U000e0041\U000e007f",
    "<" * 300 + "\N{COMBINING ACUTE ACCENT}" * 50,
]  # fmt: skip

# What the templates write. `img` only ever for a body that is an image.
VOCABULARY = {
    "div": {"class"},
    "style": set(),
    "p": {"class"},
    "b": {"class"},
    "code": {"class"},
    "span": {"class"},
    "details": {"class", "open"},
    "summary": set(),
    "pre": set(),
    "mark": set(),
    "del": set(),
    "ul": set(),
    "ol": {"class"},
    "li": {"class"},
    "table": {"class"},
    "thead": set(),
    "tbody": set(),
    "tr": set(),
    "th": {"scope"},
    "td": {"class"},
    "img": {"alt", "src"},
    "svg": {"class", "viewbox", "width", "height", "role", "aria-label"},
    "title": set(),
    "g": {"class"},
    "rect": {"class", "x", "y", "width", "height", "rx"},
    "line": {"class", "x1", "y1", "x2", "y2"},
    "path": {"class", "d"},
    "text": {"x", "y", "text-anchor"},
    "tspan": {"class", "dx"},
}


class HostileApp:
    """Puts one text wherever an app can put one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.state = SimpleNamespace(**{text: text})
        self.state.kept = {text: [text]}
        self.routes = [SimpleNamespace(path="/" + text, methods={"GET"}, name=text, endpoint=self.endpoint)]

    async def endpoint(self) -> None:
        """Never called."""

    async def __call__(self, scope, receive, send) -> None:
        data = self.text.encode("utf-8", "surrogatepass")
        if scope["type"] == "lifespan":
            await receive()
            print(self.text)
            scope["state"][self.text] = self.text
            await send({"type": "lifespan.startup.failed", "message": self.text})
            return
        await receive()
        print(self.text)
        logging.getLogger("hostile").warning("%s", self.text)
        self.state.kept[self.text + "2"] = self.text
        await send({"type": self.text})
        headers = [(b"content-type", scope["path"].strip("/").encode()), (b"x-" + data, data)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"body" if scope["method"] == "HEAD" else data})
        error = ValueError(self.text)
        error.add_note(self.text)
        raise error


def draw_all(text: str) -> list[View]:
    """Return every view of an app that puts ``text`` wherever it can."""
    views = []
    with Explorer(HostileApp(text), name=text) as explorer:
        settings = explorer.settings
        target = f"/?q={quote(text, errors='replace')}&{quote(text, errors='replace')}=1"
        for kind in ("text/html", "application/json", "image/svg+xml", "text/csv", "application/octet-stream", "x"):
            explorer.post(f"/{kind}{target}", content=text.encode("utf-8", "replace"), raise_exceptions=False)
        views += [view_exchange(exchange, settings) for exchange in explorer.history]
        views += [
            view_exchanges(explorer.history[:], settings),
            view_history(explorer.history, settings),
            view_explorer(explorer, settings),
            view_routes(explorer.routes, settings),
            view_state(explorer.state, settings),
            view_lifespan(explorer.lifespan, settings),
        ]
    return views


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_but_the_templates_own_markup(text: str) -> None:
    """No element, attribute, comment or URL comes from a value, and every element is closed where it was opened."""
    for view in draw_all(text):
        markup = Markup(view.html)
        assert markup.wrong == []
        for tag, attributes in markup.elements:
            assert tag in VOCABULARY
            assert set(attributes) <= VOCABULARY[tag], tag
            assert tag != "img" or re.fullmatch(
                "data:image/(png|gif|jpeg|webp);base64,[\\w+/=]+", attributes["src"] or ""
            )
            assert all(re.fullmatch("i-[a-z]+|ipyasgi", name) for name in (attributes.get("class") or "").split())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_acts_unseen_is_seen(text: str) -> None:
    """No control character, no turn of the reading direction and no half character reaches HTML or a terminal."""
    acting = {"Cc", "Cs"}
    turning = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    for view in draw_all(text):
        for form in (view.html, view.text):
            found = {
                f"U+{ord(character):04X}"
                for character in set(form) - {"\n", "\t"}
                if unicodedata.category(character) in acting or unicodedata.bidirectional(character) in turning
            }
            assert found == set()
            form.encode("utf-8")


def test_the_text_itself_is_there() -> None:
    """A hostile text is shown as what it is, in each place where it was put."""
    text = "<i>&amp;'\"</i>"
    *exchanges, _, _, explorer, routes, state, lifespan = draw_all(text)
    shown = Markup(exchanges[0].html)
    assert shown.text.count(text) >= 7  # header, body, sent body, log, print, exception, note
    assert f"ValueError: {text}" in shown.text
    for view in (explorer, routes, state, lifespan):
        assert text in Markup(view.html).text
        assert text in view.text


def test_the_shape_does_not_depend_on_the_text() -> None:
    """The same elements in the same order, whatever the text is; what the timeline draws depends on time."""
    drawn = ("text", "line", "rect", "title")

    def shape(text: str) -> list[list[tuple[str, ...]]]:
        skeletons = [Markup(view.html).skeleton for view in draw_all(text)[3:5]]
        return [[element for element in skeleton if element[0] not in drawn] for skeleton in skeletons]

    expected = shape("no token")
    for text in HOSTILE[:16]:
        assert shape(text) == expected, text
