"""Colours for the text of displays in a terminal.

The only module that writes escape sequences. Views are pure text, in which those of an app are visible characters, so
each sequence in a terminal is one of ours. Not for the frames of exceptions, which have IPython's own colours.
"""

from __future__ import annotations

import os
import re

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Text, Token

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


class DisplayLexer(RegexLexer):  # type: ignore[misc]  # Pygments has no types
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


_LEXER = DisplayLexer(stripnl=False, ensurenl=False)


def paint(text: str) -> str:
    """Return the text of a display with escape sequences for its colours; without them it is the text again."""
    return "".join(_paint_token(_SGR.get(kind, ""), part) for kind, part in _LEXER.get_tokens(text))


def _paint_token(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


def allows_colours() -> bool:
    """Return whether a terminal may have colours, which ``NO_COLOR`` and ``TERM=dumb`` turn off."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
