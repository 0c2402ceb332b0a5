"""`Shown`: the base class of every value with a display. `VIEWS`: the registry of views, filled by `ipyasgi.views`.
`hint`: what to type next, as the front end can run it.

This module is below all rooms and imports none of them. The first display imports `ipyasgi.views`, so values show
themselves without an extension, and imports stay quick.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import re
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

# Control characters except tab and newline, characters that reverse the reading direction, Unicode's own line ends,
# invisible tags, a byte order mark within a text, and halves of surrogate pairs, which a notebook file cannot contain.
_UNSEEN = re.compile(
    "\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """
    Return the text with visible characters instead of those that have an effect.

    An escape becomes ``␛``, a right-to-left override ``[U+202E]``, half a surrogate pair ``\\ufffd``, and ``\\r\\n``
    becomes ``\\n``. Newlines and tabs stay.
    """
    return _UNSEEN.sub(_show_character, text)


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


def in_marimo() -> bool:
    """Return whether marimo runs the cells, which are plain Python there: it is imported, and there is no shell."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return "marimo" in sys.modules and shell is None


def hint(magic: str, python: str) -> str:
    """Return what to type: the line of ``%asgi``, or the same in Python where there are no magics."""
    return python if in_marimo() else magic


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One value as text without a final newline, and as a self-contained HTML fragment, which may be empty."""

    text: str
    html: str

    def _mime_(self) -> tuple[str, str]:
        """Return the media type and the data that marimo shows."""
        return ("text/html", self.html) if self.html else ("text/plain", self.text)


def _find_nothing(value: Shown) -> Any:
    raise LookupError("there is no view of this type")


def _find_text(value: Shown) -> str:
    return VIEWS.view_of(value).text


def _build_no_bundle(value: Shown) -> Mapping[str, Any]:
    return {}


class Views:
    """The registry: functions by type that return the view, the text, the data and the live bundle of a value."""

    def __init__(self) -> None:
        self._views = singledispatch(_find_nothing)
        self._text = singledispatch(_find_text)
        self._data = singledispatch(_find_nothing)
        self._live = singledispatch(_build_no_bundle)

    def add(self, kind: type, *, view: Callable[[Any], View], data: Callable[[Any], dict[str, Any]]) -> None:
        """Show values of this type, and of its subclasses, with these functions."""
        self._views.register(kind, view)
        self._data.register(kind, data)

    def add_text(self, kind: type, text: Callable[[Any], str]) -> None:
        """Return the text of values of this type by a function that is quicker than their view, with its HTML."""
        self._text.register(kind, text)

    def add_live(self, kind: type, bundle: Callable[[Any], Mapping[str, Any]]) -> None:
        """Show values of this type with this function's bundle, or with the plain view if the bundle is empty."""
        self._live.register(kind, bundle)

    def view_of(self, value: Shown) -> View:
        """Return the view of a value; if that fails, a line with the value and the error."""
        try:
            _register_all()
            view: View = self._views(value)
        except Exception as exc:
            return View(text=_describe_failure(value, exc), html="")
        return view

    def text_of(self, value: Shown) -> str:
        """Return the text of the view of a value."""
        try:
            if self._text.dispatch(type(value)) is _find_text:  # else its view is registered
                _register_all()
            return str(self._text(value))
        except Exception as exc:
            return _describe_failure(value, exc)

    def data_of(self, value: Shown) -> dict[str, Any]:
        """Return the value as plain data."""
        _register_all()
        data: dict[str, Any] = self._data(value)
        return data

    def live_of(self, value: Shown) -> Mapping[str, Any]:
        """Return the bundle of a live widget for the value, or an empty one."""
        with contextlib.suppress(Exception):  # fall back to the plain view
            return self._live(value)
        return {}


def _register_all() -> None:
    importlib.import_module(".views.registered", __package__)


def _describe_failure(value: Shown, error: Exception) -> str:
    line = f"{value!r} cannot be shown: {type(error).__name__}: {error}"
    return "".join(c if c.isprintable() else " " for c in line)[:300]


# The only mutable value of this module, because a type cannot import its views from a room above. It is filled
# when `ipyasgi.views` and `ipyasgi.panels` are imported.
VIEWS = Views()


def _with_visible_text(method: Callable[[Any], str]) -> Callable[[Any], str]:
    @functools.wraps(method)
    def visible_repr(value: Any) -> str:
        return visible(method(value))

    return visible_repr


class Shown:
    """A value that shows itself as text, HTML and plain data in every front end, without an extension."""

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # IPython tries one class after another. It would prefer a printer of `tuple`, or a `__repr__`, to this one.
        cls._repr_pretty_ = Shown._repr_pretty_  # type: ignore[method-assign]  # over a mixin's own
        if "__repr__" in vars(cls):  # a generated one has the parts in quotes
            cls.__repr__ = _with_visible_text(cls.__repr__)  # type: ignore[method-assign]

    def to_text(self) -> str:
        """Return the text that a terminal shows."""
        return VIEWS.text_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `json.dumps` accepts, with secrets masked as in every display."""
        return VIEWS.data_of(self)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        """Return the data that Jupyter and IPython show, by media type."""
        bundle = VIEWS.live_of(self)
        if not bundle:
            view = VIEWS.view_of(self)
            bundle = {"text/plain": view.text} | ({"text/html": view.html} if view.html else {})
        return {
            media_type: data
            for media_type, data in bundle.items()
            if (not include or media_type in include) and media_type not in (exclude or ())
        }

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print the whole value for IPython; in a list or a dict, one line."""
        printer.text(repr(self) if len(printer.stack) > 1 else self.to_text())

    def _display_(self) -> View:
        """Return the view for marimo, which would show a tuple as a tree, and cannot show a widget's bundle."""
        return VIEWS.view_of(self)
