"""The one way to HTML: Jinja2 templates with autoescape on. Nothing here or above marks a string safe.

What may live here: the environment and what every value passes on its way into a template or into a text form.
"""

from __future__ import annotations

import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..shown import View

# Control characters but tab and newline, what turns the reading direction round, line ends only Unicode knows,
# invisible tags, a byte order mark inside a text, and halves of surrogate pairs, which no notebook file can hold.
_UNSEEN = re.compile(
    "\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def build_view(text: str, template: str, **values: Any) -> View:
    """Return the view whose HTML is ``template`` drawn with ``values``."""
    return View(text=visible(text).rstrip("\n"), html=render(template, **values))


def render(template: str, **values: Any) -> str:
    """
    Return a template of ``views/templates`` drawn with ``values``, every one of them escaped.

    Raises ``jinja2.UndefinedError`` where the template names a value that was not given.
    """
    return _ENVIRONMENT.get_template(template).render(**values)


def visible(text: str) -> str:
    """
    Return ``text`` with every character that would act instead of being seen replaced by one that is seen.

    An escape becomes ``␛``, a right-to-left override ``[U+202E]``, half a surrogate pair ``\\ufffd``; ``\\r\\n``
    becomes ``\\n``. Newlines and tabs stay.
    """
    return _UNSEEN.sub(_seen, text)


def one_line(text: str, limit: int = 200) -> str:
    """Return ``text`` on one line, cut to ``limit`` characters."""
    flat = visible(text).replace("\n", "␊").replace("\t", "␉")
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _seen(match: re.Match[str]) -> str:
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
    return visible(value) if type(value) is str else value  # what a macro returned is not a str but Markup


_ENVIRONMENT = Environment(
    loader=PackageLoader("ipyasgi", "views/templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_finalize,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)

__all__ = ["View", "build_view", "one_line", "render", "visible"]
