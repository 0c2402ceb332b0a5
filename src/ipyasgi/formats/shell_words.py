"""Shell commands as text: into words as bash would, and back. Runs nothing, opens nothing; Windows' are in `cmd_words`.

::

    commands := command {("|" | "|&" | "&&" | "||" | ";" | NEWLINE) command}
    command  := {word | redirection}
    word     := {'...' | "..." | $'...' | $"..." | \\c | c}
    redirection := [n] (">" | ">>" | "<" | "<<<") word | "<<" word NEWLINE text NEWLINE word

A backslash, or PowerShell's backtick, at the end of a line continues it. ``$NAME`` stays as it
is unless the caller gives a value; ``$(...)`` is an error. Bytes that are no UTF-8 are surrogate escapes in a word.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field

from ..protocol.errors import RequestError

Expand = Callable[[str], str | None]
"""Returns the value of a variable, None where it has none."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONTINUED = re.compile(r"[\\`][ \t]*\n")
_BREAK = re.compile(r"\|\||\|&|\||&&|;|\n|&")
_REDIRECTION = re.compile(r"\d*(?:>>|>&|>\||&>|<<<|<<-?|<>|<|>)")
_ANSI = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|x(?P<hex>[0-9a-fA-F]{1,2})|u(?P<u>[0-9a-fA-F]{1,4})|U(?P<U>[0-9a-fA-F]{1,8})"
    r"|(?P<oct>[0-7]{1,3})|c(?P<ctrl>.)|(?P<char>.))",
    re.DOTALL,
)
_ANSI_CHARS = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(slots=True, kw_only=True)
class ShellCommand:
    """
    One command of a line.

    :ivar words: its words, quotes taken off
    :ivar given: the text of a here-document or here-string; None where there is none
    :ivar piped: whether what the command before it writes is its input
    :ivar redirected: whether its output or input is a file, or another stream
    """

    words: list[str] = field(default_factory=list)
    given: str | None = None
    piped: bool = False
    redirected: bool = False


def split_commands(text: str, expand: Expand) -> list[ShellCommand]:
    """Return the commands of a text; raises `RequestError`."""
    return _Lexer(text, expand).commands()


def read_ansi(text: str) -> str:
    """Return a text with the escapes of ``$'...'``, which ``printf`` and ``echo -e`` know too, replaced."""

    return _ANSI.sub(_read_escape, text).encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def _read_escape(match: re.Match[str]) -> str:
    if match["high"] is not None:  # browsers count in halves of UTF-16
        return bytes.fromhex(match["high"] + match["low"]).decode("utf-16-be")
    if (code := match["hex"]) is not None:
        return _char_of_byte(int(code, 16))
    if (code := match["oct"]) is not None:
        return _char_of_byte(int(code, 8) & 0xFF)
    if (code := match["u"] or match["U"]) is not None:
        number = int(code, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    if (code := match["ctrl"]) is not None:
        return chr(ord(code) & 0x1F)
    return _ANSI_CHARS.get(match["char"], match["char"] if match["char"] in "\\'\"?" else match[0])


def quote_word(text: str) -> str:
    """Return a text as one word for a POSIX shell; what a terminal would not show becomes an escape in ``$'...'``."""
    if is_shown(text):
        return shlex.quote(text)
    return "$'" + "".join(_escaped(char) for char in text) + "'"


def is_shown(text: str) -> bool:
    """Tell whether a terminal shows every character of a text, line ends and tabs aside."""
    return text.replace("\n", "").replace("\t", "").isprintable()


def _escaped(char: str) -> str:
    if char in "\\'":
        return "\\" + char
    if is_shown(char):
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))


def _char_of_byte(byte: int) -> str:
    return chr(byte) if byte < 0x80 else chr(0xDC00 + byte)


class _Lexer:
    """Reads a text for bash, from left to right."""

    def __init__(self, text: str, expand: Expand) -> None:
        self._text = text
        self._at = 0
        self._expand = expand
        self._found = [ShellCommand()]
        self._documents: list[tuple[ShellCommand, str, bool, bool]] = []

    def commands(self) -> list[ShellCommand]:
        """Return every command that has words."""
        while self._at < len(self._text):
            self._step()
        if self._documents:
            raise self._endless(self._documents[0][1])
        return [command for command in self._found if command.words]

    def _step(self) -> None:
        char = self._text[self._at]
        if char in " \t":
            self._at += 1
        elif match := _CONTINUED.match(self._text, self._at):
            self._at = match.end()
        elif char == "#":
            end = self._text.find("\n", self._at)
            self._at = end if end >= 0 else len(self._text)
        elif match := _REDIRECTION.match(self._text, self._at):
            self._redirect(match)
        elif match := _BREAK.match(self._text, self._at):
            self._break(match)
        else:
            self._found[-1].words.append(self._word())

    def _word(self) -> str:
        """Return the word that begins here; the place after it is a blank, a break or a redirection."""
        pieces: list[str] = []
        while self._at < len(self._text) and self._text[self._at] not in " \t\n|;<>":
            if match := _CONTINUED.match(self._text, self._at):
                self._at = match.end()
                continue
            if self._text[self._at] == "&":
                self._check_ampersand()
                break
            pieces.append(self._piece())
        return "".join(pieces)

    def _check_ampersand(self) -> None:
        after = self._text[self._at + 1 : self._at + 2]
        if after and after not in " \t\n&>":
            raise RequestError("an & outside quotes ends a command: put the URL into quotes, curl 'http://...?a=1&b=2'")

    def _piece(self) -> str:
        rest = self._text[self._at : self._at + 2]
        if rest[0] == "\\":
            self._at += 2
            return rest[1:]
        if rest[0] == "'":
            return self._until("'", self._at + 1)
        if rest == "$'":
            return self._ansi_quoted()
        if rest[0] == '"' or rest == '$"':
            self._at += 2 if rest == '$"' else 1
            return self._expanded('"')
        if rest[0] in "$`":
            return self._variable()
        self._at += 1
        return rest[0]

    def _until(self, end: str, start: int) -> str:
        found = self._text.find(end, start)
        if found < 0:
            raise self._unclosed(end)
        self._at = found + len(end)
        return self._text[start:found]

    def _ansi_quoted(self) -> str:
        start = self._at = self._at + 2
        while self._at < len(self._text):
            if self._text[self._at] == "'":
                self._at += 1
                return read_ansi(self._text[start : self._at - 1])
            self._at += 2 if self._text[self._at] == "\\" else 1
        raise self._unclosed("'")

    def _expanded(self, end: str) -> str:
        """Return what stands up to ``end``, or in all of the text; only ``$``, backtick and backslash mean more."""
        pieces: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == end:
                self._at += 1
                return "".join(pieces)
            if char in "$`":
                pieces.append(self._variable())
                continue
            if char == "\\":
                after = self._text[self._at + 1 : self._at + 2]
                pieces.append("" if after == "\n" else after if after in ("$", "`", "\\", end) else char + after)
                self._at += 2
                continue
            pieces.append(char)
            self._at += 1
        if end:
            raise self._unclosed(end)
        return "".join(pieces)

    def _variable(self) -> str:
        """Return what stands for ``$NAME`` or ``${NAME}``, or a dollar that is none."""
        start = self._at
        rest = self._text[start + 1 : start + 2]
        if self._text[start] == "`" or rest == "(":
            raise RequestError(
                "$(...) and `...` would run a command, and nothing is run here: write its result in its place"
            )
        in_braces = rest == "{"
        match = _NAME.match(self._text, start + 1 + in_braces)
        if match is None:
            self._at += 1
            return "$"
        end = match.end() + in_braces
        if in_braces and self._text[match.end() : end] != "}":
            raise RequestError(f"${{{match[0]}...}} is more than a name: write the value in its place")
        self._at = end
        value = self._expand(match[0])
        return self._text[start:end] if value is None else value

    def _redirect(self, match: re.Match[str]) -> None:
        self._at = match.end()
        while self._text[self._at : self._at + 1] in (" ", "\t"):
            self._at += 1
        sign = match[0].lstrip("0123456789")
        quoted = self._text[self._at : self._at + 1] in ("'", '"', "\\")
        word = self._word()
        command = self._found[-1]
        if sign in ("<<", "<<-"):
            self._documents.append((command, word, quoted, sign == "<<-"))
        elif sign == "<<<":
            command.given = word + "\n"
        else:
            command.redirected = True

    def _break(self, match: re.Match[str]) -> None:
        self._at = match.end()
        if match[0] == "\n":
            for document in self._documents:
                self._read_document(*document)
            self._documents.clear()
            if not self._found[-1].words and self._found[-1].piped:
                return  # a pipe at the end of a line goes on in the next
        self._found.append(ShellCommand(piped=match[0] in ("|", "|&")))

    def _read_document(self, command: ShellCommand, end: str, quoted: bool, tabs: bool) -> None:
        lines: list[str] = []
        while self._at < len(self._text):
            start = self._at
            self._at = (self._text.find("\n", start) + 1) or len(self._text) + 1
            line = self._text[start : self._at - 1]
            if tabs:
                line = line.lstrip("\t")
            if line == end:
                text = "".join(f"{one}\n" for one in lines)
                command.given = text if quoted else _Lexer(text, self._expand)._expanded("")
                return
            lines.append(line)
        raise self._endless(end)

    def _endless(self, end: str) -> RequestError:
        return RequestError(f"the here-document {end!r} has no end: close it on a line of its own")

    def _unclosed(self, quote: str) -> RequestError:
        return RequestError(f"a quote {quote} is never closed: close it, or take the whole command")
