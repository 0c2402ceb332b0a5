"""Shell commands: split into words as by bash or Windows' cmd.exe, and quoted. Runs nothing.

The text may have quotes, ``$'...'``, cmd.exe's carets, lines continued by a backslash or PowerShell's backtick,
comments, redirections and several commands. ``$(...)`` and here-documents are errors. Bytes that are not UTF-8 are
surrogate escapes.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..protocol.errors import RequestError

Expand = Callable[[str, str], str]
"""A function of a variable's name and spelling, such as ``${NAME}``; returns the value, or else the spelling."""

_DOLLAR = r"""
      \$\(printf[ ]'(?P<printed> (?: [^'\\%]++ | %% | \\[^%] )*+ )'\)
    | (?P<command> ` | \$\( )
    | (?P<variable> \$ (?: [A-Za-z_]\w*+ | \{ [A-Za-z_]\w*+ \} ) )
    | (?P<braces> \$\{ )
"""
_TOKEN = re.compile(
    rf"""
      (?P<continued> [\\`] [ \t]*+ \n )
    | (?P<blank> [ \t]++ )
    | (?P<ampersand> (?<=[^ \t\n&]) & (?=[^ \t\n&>]) )
    | (?P<document> << )
    | (?P<redirection> (?: (?<![^ \t\n|;&]) [0-9]++ )? (?: &> | [<>]++ [&|]? ) )
    | (?P<break> \|\| | \|& | && | [|;&\n] )
    | ' (?P<single> [^']*+ ) '
    | \$' (?P<ansi> (?: [^'\\]++ | \\. )*+ ) '
    | \$? " (?P<double> (?: [^"\\]++ | \\. )*+ ) "
    | (?P<unclosed> \$? ['"] )
    | \\ (?P<escaped> .? )
    | {_DOLLAR}
    | (?P<plain> [^ \t\n|;&<>'"\\$`]++ | \$ )
    """,
    re.ASCII | re.DOTALL | re.VERBOSE,
)
_IN_DOUBLE_QUOTES = re.compile(rf'(?P<continued>\\\n) | \\(?P<escaped>[$`\\"]) | {_DOLLAR}', re.ASCII | re.VERBOSE)
_ERRORS = {
    "ampersand": "an & outside quotes ends the command: quote the URL, curl 'http://...?a=1&b=2'",
    "document": "here-documents are not supported: write the body itself, --data-raw '...'",
    "unclosed": "a quote is not closed: close it, or copy the whole command",
    "command": "$(...) and `...` would run a command, and importing runs nothing: write its output instead",
    "braces": "${...} is not just a name: write its value instead",
}
_ANSI = re.compile(
    r"\\(?:u(?P<utf16>[0-9a-fA-F]{4}(?:\\u[0-9a-fA-F]{4})*+)|x(?P<hex>[0-9a-fA-F]{1,2})|(?P<octal>[0-7]{1,3})|(?P<char>.))",
    re.DOTALL,
)
_ANSI_CHARS = dict(zip("abeEfnrtv\\'\"?", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?", strict=True))
_PRINTF_ESCAPES = str.maketrans({
    "\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\", "%": "%%", "'": r"\047", '"': r"\042", "!": r"\041",
})  # fmt: skip

_FOR_CMD = re.compile(r"""\A[^'"]*\^["\n]|"[ \t]*+\^\n|""[^\s"]++"\"""")
_CMD_TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"\n]|(?<=\^)\n)*+"?)|\^\n?(?P<escaped>.?)|(?P<sign>[&|\n])|[^"^&|\n]++', re.DOTALL
)
_CMD_PIECE = re.compile(r'(?P<slashes>\\*+)"|\\++|\s++|[^\\"\s]++')


@dataclass(slots=True, kw_only=True)
class ShellCommand:
    """
    A command: its words without quotes.

    :ivar piped: whether its input is the output of the previous command
    :ivar redirected: whether its output or input is a file or another stream
    """

    words: list[str] = field(default_factory=list)
    piped: bool = False
    redirected: bool = False


def split_commands(text: str, expand: Expand) -> list[ShellCommand]:
    """Return the commands of a text, quoted for bash or cmd.exe; raises `RequestError`."""
    if _FOR_CMD.search(text):
        return _split_for_cmd(text)
    commands = [ShellCommand()]
    names_file = False  # whether the next word is the file of a redirection
    for kind, token in _read_tokens(text, expand):
        if kind == "redirection":
            names_file = commands[-1].redirected = True
        elif kind == "break":
            if token != "\n" or commands[-1].words or not commands[-1].piped:  # a pipe may continue in the next line
                commands.append(ShellCommand(piped=token in ("|", "|&")))
        elif names_file:
            names_file = False
        else:
            commands[-1].words.append(token)
    return [command for command in commands if command.words]


def _read_tokens(text: str, expand: Expand) -> Iterator[tuple[str, str]]:
    """Yield ``(kind, text)`` of each word, redirection and break."""
    word: list[str] | None = None
    at = 0
    while (match := _TOKEN.match(text, at)) is not None:
        at, kind = match.end(), str(match.lastgroup)
        if kind == "plain" and word is None and match[0].startswith("#"):
            end = text.find("\n", at)
            at = end if end >= 0 else len(text)
        elif kind in ("blank", "redirection", "break"):
            if word is not None:
                yield "word", "".join(word)
            word = None
            if kind != "blank":
                yield kind, match[0]
        elif kind != "continued":
            word = [] if word is None else word
            word.append(_unquote(match, expand))
    if word is not None:
        yield "word", "".join(word)


def _unquote(match: re.Match[str], expand: Expand) -> str:
    """Return the text of a token without its quotes, escapes and variables."""
    kind = str(match.lastgroup)
    token: str = match[kind]
    if kind in _ERRORS:
        raise RequestError(_ERRORS[kind])
    if kind == "ansi":
        return read_ansi(token)
    if kind == "printed":
        return read_ansi(token.replace("%%", "%")).rstrip("\n")
    if kind == "double":
        return _IN_DOUBLE_QUOTES.sub(lambda inner: _unquote(inner, expand), token)
    if kind == "variable":
        return expand(token.strip("${}"), token)
    return "" if kind == "continued" else token


def read_ansi(text: str) -> str:
    """Return a string with the escapes of ``$'...'`` and ``printf`` replaced."""
    return _ANSI.sub(_read_escape, text).encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def _read_escape(match: re.Match[str]) -> str:
    if match["utf16"]:
        return bytes.fromhex(match["utf16"].replace("\\u", "")).decode("utf-16-be", "replace")
    if match["char"]:
        return _ANSI_CHARS.get(match["char"], match[0])
    byte = int(match["hex"], 16) if match["hex"] else int(match["octal"], 8) & 0xFF
    return bytes([byte]).decode("ascii", "surrogateescape")


def quote_word(text: str) -> str:
    """Return a string as one word for a POSIX shell; ``printf`` writes unprintable characters."""
    if is_shown(text):
        return shlex.quote(text)
    begin = text.rstrip("\n")  # $(...) drops the line ends after it
    # POSIX shells such as dash have no $'...'.
    return f"\"$(printf '{printf_template(begin)}')\"" + (shlex.quote(text[len(begin) :]) if begin != text else "")


def printf_template(text: str) -> str:
    """Return the template with which ``printf``, in single quotes, writes a string in any POSIX shell."""
    escaped = escape_hidden(text.translate(_PRINTF_ESCAPES), "\\{:03o}")
    return f"\\055{escaped[1:]}" if escaped.startswith("-") else escaped  # which would be an option


def is_shown(text: str) -> bool:
    """Return whether all characters of a string are printable, line ends or tabs."""
    return text.replace("\n", "").replace("\t", "").isprintable()


def escape_hidden(text: str, template: str) -> str:
    """Return a string with each byte of its unprintable characters written by ``template``."""
    if is_shown(text):
        return text
    raw = (char if is_shown(char) else char.encode("utf-8", "surrogateescape") for char in text)
    return "".join(part if isinstance(part, str) else "".join(map(template.format, part)) for part in raw)


# -- cmd.exe: it removes its carets and splits commands; then the program's start-up code splits words ---------


def _split_for_cmd(text: str) -> list[ShellCommand]:
    lines: list[tuple[str, list[str]]] = [("", [])]  # the sign before a command, and its text without carets
    for match in _CMD_TOKEN.finditer(text):
        if match["sign"]:
            lines.append((match["sign"], []))
        elif match["quoted"]:  # cmd.exe would end the command at a line end, but Swagger UI writes JSON like this
            lines[-1][1].append(match["quoted"].replace("^\n", "\n"))
        else:
            lines[-1][1].append(match[0] if match["escaped"] is None else match["escaped"])
    doubled = '^"' in text  # Chrome doubles all backslashes, not only those before a quote
    found = [ShellCommand(words=_split_line("".join(line), doubled), piped=sign == "|") for sign, line in lines]
    return [command for command in found if command.words]


def _split_line(line: str, doubled: bool) -> list[str]:
    """Return the words of a command; backslashes escape only quotes, and two quotes within quotes are one."""
    words: list[list[str]] = []
    in_word = in_quotes = False
    closed_at = -1
    for match in _CMD_PIECE.finditer(line):
        token, slashes = match[0], match["slashes"]
        if token.isspace() and not in_quotes:
            in_word = False
            continue
        if not in_word:
            words.append([])
            in_word = True
        if slashes is None:
            words[-1].append("\\" * ((len(token) + 1) // 2) if doubled and token[0] == "\\" else token)
            continue
        is_quote = len(slashes) % 2 == 1 or match.end() - 1 == closed_at
        words[-1].append("\\" * (len(slashes) // 2) + '"' * is_quote)
        if len(slashes) % 2 == 0:
            in_quotes = not in_quotes
            closed_at = -1 if in_quotes else match.end()
    return ["".join(word) for word in words]
