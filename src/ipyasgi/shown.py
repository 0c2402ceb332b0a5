"""
`Shown`: the base class of every value that shows itself. `VIEWS`: the registry of views, filled by `ipyasgi.views`.

The methods that front ends call on a value live here. The module is below all rooms and imports none of them; the first
display imports `ipyasgi.views`, so values show themselves without an extension, and imports stay quick.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_MAX_ERROR_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """
    One value as text and HTML.

    :ivar text: for terminals; ends without a newline
    :ivar html: a fragment that needs no script and no other output of the notebook, or empty
    """

    text: str
    html: str

    def _mime_(self) -> tuple[str, str]:
        """Return the media type and the data that marimo shows."""
        return ("text/html", self.html) if self.html else ("text/plain", self.text)


class _ByType(Generic[T]):
    """A function for each type and its subclasses."""

    def __init__(self) -> None:
        self._functions: dict[type, Callable[[Any], T]] = {}

    def add(self, kind: type, function: Callable[[Any], T]) -> None:
        self._functions[kind] = function

    def find(self, kind: type) -> Callable[[Any], T] | None:
        return next((self._functions[one] for one in kind.__mro__ if one in self._functions), None)


class Views:
    """The registry: how values of each type are shown, and how they become plain data."""

    def __init__(self) -> None:
        self._views = _ByType[View]()
        self._data = _ByType[dict[str, Any]]()
        self._live = _ByType[Mapping[str, Any]]()

    def add(self, kind: type, *, view: Callable[[Any], View], data: Callable[[Any], dict[str, Any]]) -> None:
        """Show values of this type, and of its subclasses, with these functions."""
        self._views.add(kind, view)
        self._data.add(kind, data)

    def add_live(self, kind: type, bundle: Callable[[Any], Mapping[str, Any]]) -> None:
        """Use the bundle of this function for values of this type; where it is empty, the plain view."""
        self._live.add(kind, bundle)

    def view_of(self, value: Shown) -> View:
        """Return the view of a value; where that fails, a line with the value and the error."""
        try:
            return self._find(self._views, value)(value)
        except Exception as exc:
            return View(text=_error_line(value, exc), html="")

    def data_of(self, value: Shown) -> dict[str, Any]:
        """Return the value as plain data."""
        return self._find(self._data, value)(value)

    def live_of(self, value: Shown) -> Mapping[str, Any]:
        """Return the bundle of a live widget for the value, or an empty one."""
        function = self._live.find(type(value))
        if function is not None:
            with contextlib.suppress(Exception):  # fall back to the plain view
                return function(value)
        return {}

    def _find(self, functions: _ByType[T], value: Shown) -> Callable[[Any], T]:
        importlib.import_module(".views", __package__)
        function = functions.find(type(value))
        if function is None:
            raise LookupError("there is no view of this type")
        return function


# The one value of this module that changes: a type cannot import its views, which are in a room above it. It is filled
# when `ipyasgi.views` and `ipyasgi.panels` are imported.
VIEWS = Views()


class Shown:
    """A value that shows itself in every front end, by text, HTML and plain data. Needs no extension."""

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # IPython tries class after class, and would prefer a printer of `tuple`, or a `__repr__`, to an inherited one.
        cls._repr_pretty_ = Shown._repr_pretty_  # type: ignore[method-assign]

    def to_text(self) -> str:
        """Return the text that a terminal shows."""
        return VIEWS.view_of(self).text

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `json.dumps` takes, with the secrets masked as in every display."""
        return VIEWS.data_of(self)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        """Return what Jupyter and IPython show, by media type."""
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
        """Print the whole value for IPython, or one line where it is in a list or a dict."""
        printer.text(repr(self) if len(printer.stack) > 1 else self.to_text())

    def _display_(self) -> View:
        """Return what marimo shows: it would show a tuple as a tree, and cannot show a widget's bundle."""
        return VIEWS.view_of(self)


def _error_line(value: Shown, exc: Exception) -> str:
    line = f"{value!r} cannot be shown: {type(exc).__name__}: {exc}"
    return "".join(character if character.isprintable() else " " for character in line)[:_MAX_ERROR_CHARS]
