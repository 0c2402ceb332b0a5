"""The only way to HTML: Jinja2 templates with autoescape on. No code here or above marks a string as safe.

This module contains the environment, and functions that make characters visible in templates and text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..engine.pending import Pending
from ..explorer.background import PendingExchanges
from ..history.exchange import Exchanges
from ..records.settings import Settings
from ..shown import VIEWS, View
from .figures import time_of

# Control characters except tab and newline, characters that reverse the reading direction, Unicode's own line ends,
# invisible tags, a byte order mark within a text, and halves of surrogate pairs, which a notebook file cannot contain.
_UNSEEN = re.compile(
    "\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


Function = TypeVar("Function", bound=Callable[[Any, Settings], View])


def shows(kind: type, data: Callable[[Any, Settings], dict[str, Any]]) -> Callable[[Function], Function]:
    """Register a view of a type, and its plain data, both with the settings of the value."""

    def register(view: Function) -> Function:
        VIEWS.add(kind, view=functools.partial(_by_settings, view), data=functools.partial(_by_settings, data))
        return view

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


def build_view(text: str, template: str, **values: Any) -> View:
    """Return the view with this text, and with the HTML of a template."""
    return View(text=visible(text).rstrip("\n"), html=render(template, **values))


def render(template: str, **values: Any) -> str:
    """Return the HTML of a template in ``views/templates``, all values escaped; a missing value is an error."""
    return _ENVIRONMENT.get_template(template).render(**values)


def visible(text: str) -> str:
    """
    Return the text with visible characters instead of those that have an effect.

    An escape becomes ``␛``, a right-to-left override ``[U+202E]``, half a surrogate pair ``\\ufffd``, and ``\\r\\n``
    becomes ``\\n``. Newlines and tabs stay.
    """
    return _UNSEEN.sub(_show_character, text)


def one_line(text: str, limit: int = 200) -> str:
    """Return the text on one line, cut to a number of characters."""
    flat = visible(text).replace("\n", "␊").replace("\t", "␉")
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _show_character(match: re.Match[str]) -> str:
    found = match[0]
    code = ord(found[-1])
    if found == "\r\n":
        return "\n"
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"[U+{code:04X}]"


def _finalize(value: Any) -> Any:
    return visible(value) if type(value) is str else value  # a macro returns Markup, which is escaped already


_ENVIRONMENT = Environment(
    loader=PackageLoader("ipyasgi", "views/templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_finalize,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_ENVIRONMENT.filters["time"] = time_of

__all__ = ["View", "build_view", "one_line", "render", "shows", "visible"]
