"""
`Shown`: the base class of every value that shows itself. `VIEWS`: the registry of views, filled by `ipyasgi.views`.

The module is below all rooms. The first display imports `ipyasgi.views`, so imports stay quick without an extension.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, cast


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


def _missing(value: object) -> NoReturn:
    raise LookupError("there is no view of this type")


class Views:
    """The registry: functions by type that return the view, the plain data and the live bundle of a value."""

    def __init__(self) -> None:
        self._view = functools.singledispatch(cast("Callable[[Any], View]", _missing))
        self._data = functools.singledispatch(cast("Callable[[Any], dict[str, Any]]", _missing))
        self._live = functools.singledispatch(cast("Callable[[Any], Mapping[str, Any]]", _missing))

    def add(self, kind: type, *, view: Callable[[Any], View], data: Callable[[Any], dict[str, Any]]) -> None:
        """Show values of this type, and of its subclasses, with these functions."""
        self._view.register(kind, view)
        self._data.register(kind, data)

    def add_live(self, kind: type, bundle: Callable[[Any], Mapping[str, Any]]) -> None:
        """Use the bundle of this function for values of this type; where it is empty, the plain view."""
        self._live.register(kind, bundle)

    def view_of(self, value: Shown) -> View:
        """Return the view of a value; where that fails, a line with the value and the error."""
        try:
            importlib.import_module(".views", __package__)
            return self._view(value)
        except Exception as exc:
            line = f"{value!r} cannot be shown: {type(exc).__name__}: {exc}"
            text = "".join(character if character.isprintable() else " " for character in line)
            return View(text=text[:300], html="")

    def data_of(self, value: Shown) -> dict[str, Any]:
        """Return the value as plain data."""
        importlib.import_module(".views", __package__)
        return self._data(value)

    def live_of(self, value: Shown) -> Mapping[str, Any]:
        """Return the bundle of a live widget for the value; an empty one where there is none, or where it fails."""
        with contextlib.suppress(Exception):
            return self._live(value)
        return {}


# The only value here that changes: types cannot import their views, which are in a room above, so `ipyasgi.views` and
# `ipyasgi.panels` fill this registry when they are imported.
VIEWS = Views()


class Shown:
    """A value that shows itself in every front end, as text, HTML and plain data, without an extension."""

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # IPython searches class by class, and would prefer a printer for `tuple`, or a `__repr__`, to an inherited one.
        cls._repr_pretty_ = Shown._repr_pretty_  # type: ignore[method-assign]

    def to_text(self) -> str:
        """Return the text that a terminal shows."""
        return VIEWS.view_of(self).text

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for `json.dumps`, with the secrets masked as in every display."""
        return VIEWS.data_of(self)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        """Return the representations for Jupyter and IPython, by media type."""
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
        """Print the whole value for IPython, or one line for a value in a list or dict."""
        printer.text(repr(self) if len(printer.stack) > 1 else self.to_text())

    def _display_(self) -> View:
        """Return the view for marimo, which would show a tuple as a tree, and cannot show a widget's bundle."""
        return VIEWS.view_of(self)
