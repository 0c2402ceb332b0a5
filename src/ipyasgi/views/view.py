"""The only way to HTML: Jinja2 templates with autoescape on. No code here or above marks a string as safe.

This module contains the environment, and functions that make characters visible in templates and text.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ..engine.pending import Pending
from ..explorer.background import PendingExchanges
from ..history.exchange import Exchanges
from ..records.settings import Settings
from ..shown import VIEWS, View, visible
from .bounds import MOST_CHARS, MOST_LINES, cut, cut_text, fit, fit_tokens, keep, shorten
from .figures import size_of, time_of

if TYPE_CHECKING:
    from jinja2 import Environment

Function = TypeVar("Function", bound=Callable[[Any, Settings], View])


def shows(kind: type, data: Callable[[Any, Settings], dict[str, Any]]) -> Callable[[Function], Function]:
    """Register a view of a type, and its plain data, both with the settings of the value."""

    def register(view: Function) -> Function:
        VIEWS.add(kind, view=functools.partial(_by_settings, view), data=functools.partial(_by_settings, data))
        return view

    return register


def texts(kind: type) -> Callable[[Callable[[Any, Settings], str]], Callable[[Any, Settings], str]]:
    """Register the text of a type's view, for a terminal, which does not need the HTML that takes most of the time."""

    def register(text: Callable[[Any, Settings], str]) -> Callable[[Any, Settings], str]:
        VIEWS.add_text(kind, functools.partial(_by_settings, text))
        return text

    return register


def _by_settings(function: Callable[[Any, Settings], Any], value: Any) -> Any:
    return function(value, _settings_of(value))


def _settings_of(value: Any) -> Settings:
    """Return the value's own settings, never those of another app; the defaults if it has none."""
    if isinstance(value, PendingExchanges):
        value = next(iter(value), None)
    if isinstance(value, Pending):
        value = value.owner
    if isinstance(value, Exchanges):
        kept = [one.settings for one in value]
        return next((one for one in kept if not one.show_secrets), kept[0] if kept else Settings())
    settings = getattr(value, "settings", None)
    return settings if isinstance(settings, Settings) else Settings()


def build_view(
    text: str, template: str, *, most_lines: int = MOST_LINES, most_chars: float = MOST_CHARS, **values: Any
) -> View:
    """Return the view with this text, and with the HTML of a template; if that is too large, with the text in it."""
    text = build_text(text, most_lines)
    html = render(template, **values)
    if len(html) > most_chars:
        note = f"This display would be {size_of(len(html))} of HTML, so it is text: the object's attributes have all."
        html = render("plain.html", text=fit(text, int(most_chars) // 2), note=note)
    return View(text=text, html=html)


def build_text(text: str, most_lines: int = MOST_LINES) -> str:
    """Return the text of a view, cut and with visible characters."""
    return visible(cut_text(text, most_lines)).rstrip("\n")


def render(template: str, **values: Any) -> str:
    """Return the HTML of a template in ``views/templates``, all values escaped; a missing value is an error."""
    return _environment().get_template(template).render(**values)


def one_line(text: str, limit: int = 200) -> str:
    """Return the text on one line, cut to a number of characters."""
    flat = visible(text).replace("\n", "↵").replace("\t", "␉")
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _finalize(value: Any) -> Any:
    return visible(value) if type(value) is str else value  # a macro returns Markup, which is escaped already


@functools.cache
def _environment() -> Environment:
    """Return the environment of all templates, made at the first HTML: a terminal needs none."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ipyasgi", "views/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "time": time_of,
        "short": one_line,
        "cut": cut,
        "fit_tokens": fit_tokens,
        "keep": keep,
        "shorten": shorten,
    }
    return environment


__all__ = ["View", "build_text", "build_view", "one_line", "render", "shows", "texts", "visible"]
