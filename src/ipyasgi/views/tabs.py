"""One exchange as tabs: its parts, for a panel that shows one at a time. The template draws all parts that exist."""

from __future__ import annotations

from dataclasses import dataclass

from ..history.exchange import Exchange
from ..records.secret_rules import MASK
from ..records.settings import Settings
from .exchange import ExchangeShown, show_exchange
from .figures import count_of
from .view import View, build_view, one_line, render

TABS = (
    *("body", "exception", "headers", "cookies", "request", "timeline", "trace", "profile", "state", "output"),
    "protocol",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeTabs:
    """
    An exchange in parts.

    :ivar about: the size or number of the contents of each of `TABS`; empty for an empty tab
    :ivar drawn: whether ``html`` contains the body; the panel shows JSON and text by itself
    :ivar html: each part that is not empty, in an element ``.i-tab`` with its name as ``data-tab``
    """

    about: dict[str, str]
    shown: ExchangeShown
    drawn: bool
    html: str


def view_nothing(title: str = "No response yet") -> View:
    """Return the view of a panel that has nothing to show yet."""
    return build_view(title, "pairs.html", title=title, pairs=(), summary=None)


def view_tabs(exchange: Exchange, settings: Settings) -> ExchangeTabs:
    """Return the parts of an exchange."""
    shown = show_exchange(exchange, settings)
    cookies = _cookies(exchange, settings)
    body = shown.response_body
    drawn = body is not None and body.kind not in ("empty", "json", "text")
    about = {
        "body": body.label if body is not None and body.kind != "empty" else "",
        "exception": one_line(shown.raised.type_name, 60) if shown.raised is not None else "",
        "headers": str(len(shown.response_headers) or ""),
        "cookies": str(len(cookies) or ""),
        "request": shown.method,
        "timeline": count_of(len(shown.timeline.rows), "row") if shown.timeline is not None else "",
        "trace": one_line(shown.trace.about, 60) if shown.trace is not None else "",
        "profile": one_line(shown.profile.about, 60) if shown.profile is not None else "",
        "state": str(len(shown.changes) or ""),
        "output": str(len(shown.output) or ""),
        "protocol": str(len(shown.rules) + len(shown.errors) or ""),
    }
    html = render("tabs.html", one=shown, cookies=cookies, drawn=drawn)
    return ExchangeTabs(about=about, shown=shown, drawn=drawn, html=html)


def _cookies(exchange: Exchange, settings: Settings) -> list[tuple[str, str, str]]:
    """Return the name, the masked value and the attributes of each cookie that the response sets."""
    found = []
    for field in exchange.response.headers.get_list("set-cookie") if exchange.response is not None else ():
        pair, _, attributes = field.partition(";")
        name, _, value = pair.partition("=")
        shown = value.strip() if settings.redactor.show else MASK
        found.append((one_line(name.strip(), 80), one_line(shown), one_line(attributes.strip())))
    return found
