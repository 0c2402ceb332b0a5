"""Commands for Windows' cmd.exe as text, into words: what browsers copy as "cURL (cmd)". Runs nothing.

Two readers come one after the other there, and so here: cmd.exe takes its carets away and finds where a command ends,
then the program's own start-up code splits the rest into words, with backslashes that count before quotes only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .shell_words import ShellCommand

_CARET_FIRST = re.compile(r"""[^'"]*\^["\n]""")
_CARET_AT_END = re.compile(r'"[ \t]*\^\n')
_DOUBLED = re.compile(r'""[^\s"]+""')
_BACKSLASHES = re.compile(r"\\+")


def is_for_cmd(text: str) -> bool:
    """Tell whether carets do what backslashes do in bash, before a quote or a line's end, or quotes are doubled."""
    return bool(_CARET_FIRST.match(text) or _CARET_AT_END.search(text) or _DOUBLED.search(text))


def split_commands_for_cmd(text: str) -> list[ShellCommand]:
    """Return the commands of a text; ``%NAME%`` stays as it is."""
    found = []
    piped = False
    doubled = '^"' in text  # Chrome doubles every backslash, not only those that the start-up code halves
    for line, sign in _cut(text):
        words = list(_split_words(line, doubled))
        if words:
            found.append(ShellCommand(words=words, piped=piped))
        piped = sign == "|"
    return found


def _cut(text: str) -> Iterator[tuple[str, str]]:
    """
    Yield each command without its carets, and the sign that ended it.

    Outside quotes ``^`` makes the next character a plain one; a line end after it counts for nothing, and makes the
    character after that a plain one.
    """
    line: list[str] = []
    in_quotes = False
    chars = iter(text)
    for char in chars:
        if char == "^" and not in_quotes:
            after = next(chars, "")
            line.append(next(chars, "") if after == "\n" else after)
        elif char == "\n" and in_quotes and line[-1:] == ["^"]:
            line[-1] = char  # cmd.exe would end the command here, but Swagger UI writes a JSON body's lines so
        elif char == "\n" or (char in "&|" and not in_quotes):
            yield "".join(line), char
            line, in_quotes = [], False
        else:
            in_quotes ^= char == '"'
            line.append(char)
    yield "".join(line), ""


def _split_words(line: str, doubled: bool) -> Iterator[str]:
    word: list[str] | None = None
    in_quotes = False
    at = 0
    while at < len(line):
        char = line[at]
        if char.isspace() and not in_quotes:
            if word is not None:
                yield "".join(word)
            word = None
            at += 1
            continue
        word = word if word is not None else []
        if (run := _BACKSLASHES.match(line, at)) is not None:
            at, count = run.end(), len(run[0])
            before_quote = line[at : at + 1] == '"'
            word.append("\\" * (count // 2 if before_quote else (count + 1) // 2 if doubled else count))
            if before_quote and count % 2:
                word.append('"')
                at += 1
        elif char == '"' and in_quotes and line[at + 1 : at + 2] == '"':
            word.append('"')
            at += 2
        elif char == '"':
            in_quotes = not in_quotes
            at += 1
        else:
            word.append(char)
            at += 1
    if word is not None:
        yield "".join(word)
