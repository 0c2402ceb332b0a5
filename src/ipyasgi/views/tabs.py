"""One exchange as tabs: the parts of its view, each by itself, for a panel that shows one at a time.

Which parts there are and which have something in them is decided here; the template draws all that have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..history.exchange import Exchange
from ..records.redaction import MASK
from ..records.settings import Settings
from .exchange import STOOD_IN, ExchangeShown, show_exchange
from .figures import count_of
from .view import View, build_view, one_line, render

_TITLES = {
    "body": "Body",
    "headers": "Headers",
    "cookies": "Cookies",
    "timeline": "Timeline",
    "state": "State",
    "output": "Output",
    "exception": "Exception",
    "protocol": "Protocol",
    "request": "Request",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """
    One part of an exchange.

    :ivar about: how much is in it, in a word or two; empty where there is nothing
    :ivar some: whether there is something to see
    """

    name: str
    title: str
    about: str = ""
    some: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeTabs:
    """
    An exchange in parts.

    :ivar shown: what all of them were drawn from
    :ivar drawn: whether the body is among the parts: one that is nothing but JSON or text is not, its tab has the text
    :ivar html: every part that has something, in an element ``.i-tab`` with its name as ``data-tab``
    """

    tabs: tuple[Tab, ...]
    shown: ExchangeShown
    drawn: bool
    html: str


def empty_tabs() -> tuple[Tab, ...]:
    """Return the tabs of no exchange at all."""
    return tuple(Tab(name=name, title=title) for name, title in _TITLES.items())


def live_tabs() -> tuple[Tab, ...]:
    """Return the tabs of a response that is coming in: nothing but its body is known."""
    return tuple(replace(tab, some=tab.name == "body") for tab in empty_tabs())


def view_nothing(title: str = "No response yet") -> View:
    """Return what stands where there is nothing to show yet."""
    return build_view(title, "pairs.html", title=title, pairs=(), summary=None)


def view_tabs(exchange: Exchange, settings: Settings) -> ExchangeTabs:
    """Return an exchange in parts."""
    shown = show_exchange(exchange, settings)
    cookies = _cookies(exchange, settings)
    body = shown.response_body
    drawn = body is not None and (body.kind not in ("empty", "json", "text") or body.table is not None)
    abouts = {
        "body": body.label if body is not None and body.kind != "empty" else "",
        "headers": str(len(shown.response_headers) or ""),
        "cookies": str(len(cookies) or ""),
        "timeline": count_of(len(shown.timeline.rows), "row") if shown.timeline is not None else "",
        "state": str(len(shown.changes) or ""),
        "output": str(len(shown.output) or ""),
        "exception": one_line(shown.raised.type_name, 60) if shown.raised is not None else "",
        "protocol": str(len(shown.violations) or ""),
        "request": shown.method,
    }
    return ExchangeTabs(
        tabs=tuple(
            Tab(name=name, title=title, about=abouts[name], some=bool(abouts[name])) for name, title in _TITLES.items()
        ),
        shown=shown,
        drawn=drawn,
        html=render("tabs.html", one=shown, cookies=cookies, drawn=drawn, stood_in=STOOD_IN),
    )


def _cookies(exchange: Exchange, settings: Settings) -> list[tuple[str, str, str]]:
    """Return name, value and attributes of each cookie that the response sets, the value masked."""
    found = []
    for field in exchange.response.headers.get_list("set-cookie") if exchange.response is not None else ():
        pair, _, attributes = field.partition(";")
        name, _, value = pair.partition("=")
        shown = value.strip() if settings.redactor.show else MASK
        found.append((one_line(name.strip(), 80), one_line(shown), one_line(attributes.strip())))
    return found
