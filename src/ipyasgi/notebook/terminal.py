"""The terminal: colours in the text of displays, IPython's pager for long ones, and a hint where a panel would be."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from typing import Any

from IPython.core import page
from IPython.terminal.interactiveshell import TerminalInteractiveShell

from ..explorer.explorer import Explorer
from ..magic.python_call import HelpText
from ..panels import PANELS, Panel
from ..routes.routes import RouteDocs
from ..shown import Shown, visible
from ..views.colours import allows_colours, paint

_INSTEAD = {
    "workbench": "%asgi routes, %asgi history",
    "request": "%asgi docs, %asgi GET /path",
    "response": "%asgi show",
    "websocket": "%asgi ws /path",
    "history": "%asgi history",
    "state": "%asgi state",
    "lifespan": "%asgi lifespan",
}
"""The commands that show in a terminal what a panel shows in a notebook, by the panel's name."""


class Terminal:
    """
    Colours and the pager of one shell, if it is one in a terminal; in any other this does nothing.

    What it is, is asked before each display: the output of a cell may be captured, or go to a pipe.

    :param name_app: returns the app of an explorer as an argument of the command ``ipyasgi``
    """

    def __init__(self, shell: Any, name_app: Callable[[Explorer], str]) -> None:
        self._shell = shell
        self._name_app = name_app
        self._formats = shell.display_formatter

    def open(self) -> None:
        """Register the formatters of our values."""
        if isinstance(self._shell, TerminalInteractiveShell):
            self._formats.mimebundle_formatter.for_type(Shown, self.build_bundle)
            self._formats.mimebundle_formatter.for_type(Panel, self._build_hint)
            for kind in (RouteDocs, HelpText):
                self._formats.ipython_display_formatter.for_type(kind, self._page_value)

    def close(self) -> None:
        """Take them back."""
        for shown in (Shown, Panel):
            self._formats.mimebundle_formatter.pop(shown, None)
        for kind in (RouteDocs, HelpText):
            self._formats.ipython_display_formatter.pop(kind, None)

    @property
    def is_open(self) -> bool:
        """Whether a person at a terminal reads what is written now."""
        return isinstance(self._shell, TerminalInteractiveShell) and sys.stdout.isatty()

    @property
    def has_colours(self) -> bool:
        """Whether it has colours, which ``NO_COLOR``, ``TERM=dumb`` and ``%colors NoColor`` turn off."""
        return self.is_open and allows_colours() and str(self._shell.colors).lower() != "nocolor"

    def show_pages(self, text: str) -> bool:
        """Show a text that is longer than the screen in IPython's pager; else, or without a terminal, return False."""
        if not self.is_open or text.count("\n") + 1 < shutil.get_terminal_size().lines:
            return False
        page.page(text)
        return True

    def build_bundle(self, value: Shown) -> Mapping[str, Any]:
        """Return the MIME bundle of a value, its text with colours if the terminal has them."""
        bundle = value._repr_mimebundle_()
        if "text/plain" in bundle and self.has_colours:
            bundle = {**bundle, "text/plain": paint(bundle["text/plain"])}
        return bundle

    def _build_hint(self, panel: Panel) -> Mapping[str, Any]:
        """Return the last state of a panel, which a terminal cannot open, and what to do instead."""
        text = panel.view().text
        name = next((name for name, kind in PANELS.items() if isinstance(panel, kind)), "workbench")
        hint = (
            f"A panel opens in a notebook: run `ipyasgi --lab {self._name_app(panel.explorer)}`. "
            f"In the terminal: {_INSTEAD[name]}"
        )
        return {"text/plain": f"{paint(text) if self.has_colours else text}\n{visible(hint)}"}

    def _page_value(self, value: RouteDocs | HelpText) -> None:
        text = value.to_text() if isinstance(value, RouteDocs) else repr(value)
        if not self.show_pages(paint(text) if self.has_colours else text):
            raise NotImplementedError  # so IPython says that a formatter leaves the value to others
