"""The terminal: colours in the text of displays, IPython's pager for long ones, and a hint where a panel would be.

The only module that writes escape sequences. Views are pure text, in which those of an app are visible characters, so
each sequence in a terminal is one of ours. Not for the frames of exceptions, which have IPython's own colours.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from typing import Any

from IPython.core import page
from IPython.terminal.interactiveshell import TerminalInteractiveShell
from pygments.lexer import RegexLexer, bygroups
from pygments.token import Text, Token

from ..explorer.explorer import Explorer
from ..magic.python_call import HelpText
from ..panels import PANELS, Panel
from ..routes.routes import RouteDocs
from ..shown import Shown, visible

_METHOD, _TITLE, _TIME, _NOTE = Token.Method, Token.Title, Token.Time, Token.Note
_GOOD, _BAD, _FAILED = Token.Good, Token.Bad, Token.Failed
_KEY, _STRING, _NUMBER = Token.Key, Token.String, Token.Number
_SGR = {  # standard colours, bold and dim, which can be read on dark and light grounds
    **dict.fromkeys((_METHOD, _TITLE), "1"),
    **dict.fromkeys((_GOOD, _STRING), "32"),
    **dict.fromkeys((_BAD, _NOTE), "33"),
    _TIME: "2",
    _FAILED: "31",
    _KEY: "36",
    _NUMBER: "35",
}
_DURATION = r"(?:\d+ min \d+ s|\d[\d.]* (?:µs|ms|s))\b"
_REST = r"[^\n]+?(?=  |$)"


class DisplayLexer(RegexLexer):
    """Finds the parts of our displays in their text, line by line; any other text has no part."""

    name = "ipyasgi"
    flags = re.MULTILINE
    tokens = {  # noqa: RUF012  # read by the class of lexers, and never changed
        "root": [
            # A name of the history, a time, a method, a target and a status: a summary, or a row of the history.
            (
                r"^( *(?:r\d+ +)?(?:\d\d:\d\d:\d\d +)?(?:redirected by )?)([A-Z]+)( [^\n]*? → )",
                bygroups(Text, _METHOD, Text),
                "outcome",
            ),
            (r"^(WebSocket)( )", bygroups(_METHOD, Text), "times"),
            (r"^ *(?:note|remark on style[^:\n]*): ?[^\n]*", _NOTE),
            (r"^(?:State|Output)$", _TITLE),
            (r"^Protocol: [^\n]*$", _FAILED),
            (r"^Exception(?:, caught by the app)?$", _TITLE, "exception"),
            (r"^[\[{]", Text, "json"),
            (r"^( *)([A-Z]{2,})( +\S*/)", bygroups(Text, _METHOD, Text)),
            (rf"^ +{_DURATION}(?=  )", _TIME),
            (r"^([^\n]{0,90}?\blifespan )(running|stopped)\b", bygroups(Text, _GOOD), "times"),
            (
                r"^([^\n]{0,90}?\blifespan )((?:startup |shutdown )failed|not answering|died|lost)\b",
                bygroups(Text, _FAILED),
            ),
            (r"^( +)(\w[\w.]*(?:Error|Exception|Group))(?=: |$)", bygroups(Text, _FAILED)),
            (r"[^\n]+|\n", Text),
        ],
        "outcome": [
            (rf"[123]\d\d\b(?:{_REST})?", _GOOD, ("#pop", "times")),
            (rf"4\d\d\b(?:{_REST})?", _BAD, ("#pop", "times")),
            (_REST, _FAILED, ("#pop", "times")),
            (r"\n", Text, "#pop"),
        ],
        "times": [(_DURATION, _TIME), (r"\n", Text, "#pop"), (r"\d+|[^\d\n]+", Text)],
        "json": [
            (r"\n(?=\n)", Text, "#pop"),
            (r'"(?:[^"\\\n]|\\.)*"(?= *:)', _KEY),
            (r'"(?:[^"\\\n]|\\.)*"?', _STRING),
            (r"-?\d[\d.eE+-]*|\b(?:true|false|null)\b", _NUMBER),
            (r'\w+|[^\w\n"-]+|[-\n]', Text),
        ],
        "exception": [
            (r"\n(?! )", Text, "#pop"),
            (r"^ +note: [^\n]*", _NOTE),
            (r"^( +(?:\| )*)(\w[\w.]*)(?=: |$)", bygroups(Text, _FAILED)),
            (r"^ +→ [^\n]*", _TITLE),
            (r"^ +… [^\n]*", _TIME),
            (r"[^\n]+|\n", Text),
        ],
    }


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

_LEXER = DisplayLexer(stripnl=False, ensurenl=False)


def paint(text: str) -> str:
    """Return the text of a display with escape sequences for its colours; without them it is the text again."""
    return "".join(_paint_token(_SGR.get(kind, ""), part) for kind, part in _LEXER.get_tokens(text))


def _paint_token(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


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
        if not self.is_open or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        return str(self._shell.colors).lower() != "nocolor"

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
