"""cURL commands: `render_curl` writes what a POSIX shell runs as it stands, `read_curl` takes what people paste.

What an option means is in `curl_options`, how words are split in `shell_words` and `cmd_words`. Nothing is run.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ..protocol.errors import RequestError
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from .cmd_words import is_for_cmd, split_commands_for_cmd
from .curl_options import CurlCall, read_options
from .imported import LOCAL_URL, Imported, ImportedRequest
from .placeholders import Placeholder, Placeholders, hide_secrets
from .shell_words import ShellCommand, is_shown, quote_word, read_ansi, split_commands

_INLINE_BYTES = 60_000  # Linux takes 128 KiB for one argument
_SAMPLE_CHARS = 10_000
_PRINTF_ESCAPES = str.maketrans({"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\", "%": "%%", "'": r"'\''"})
_DOUBLE_QUOTABLE = re.compile(r'[^"\\$`!]*')
_URL_CHARS = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}"
_HOLE = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
_PROMPT = re.compile(r"^(?:\$|%|>|PS[^>\n]*>)[ \t]+(?=curl)", re.MULTILINE)
_FORMAT = re.compile(r"%(?:(%)|(s)|(b))|%(?P<other>.?)", re.DOTALL)


# -- out -----------------------------------------------------------------------------------------------------


def render_curl(
    specs: Iterable[RequestSpec],
    *,
    base_url: str = LOCAL_URL,
    follow_redirects: bool = False,
    redactor: Redactor = Redactor(),
) -> str:
    """
    Return one command for each request, for bash or any POSIX shell.

    Secrets are ``$NAME``, to be exported before. A body that no terminal shows is piped in.

    :param base_url: where requests go whose spec has only a path
    """
    hidden, blanks = hide_secrets(specs, redactor)
    return "\n\n".join(_Command(spec, blanks, base_url, follow_redirects).text() for spec in hidden)


class _Command:
    """One command in the making: its words, and what is piped into it."""

    def __init__(self, spec: RequestSpec, blanks: Placeholders, base_url: str, follow_redirects: bool) -> None:
        self._spec = spec
        self._blanks = blanks
        self._base_url = base_url.rstrip("/")
        self._follow = follow_redirects
        self._pipe = ""

    def text(self) -> str:
        """Return the whole command, one option a line."""
        url, query = self._target()
        first = ["curl", *self._switches(query), self._quoted(url)]
        lines = [" ".join(first), *query, *(f"-H {self._quoted(line)}" for line in self._headers()), *self._body()]
        return self._pipe + " \\\n  ".join(lines)

    def _switches(self, query: list[str]) -> list[str]:
        spec, method = self._spec, self._spec.method
        switches = ["--location"] if self._follow else []
        if query:
            switches.append("--get")
        if method == "HEAD" and not spec.body:
            switches.append("--head")
        elif method != ("POST" if spec.body else "GET"):
            switches.append(f"-X {quote_word(method)}")
        if re.search(r"[\[\]{}]", spec.target):
            switches.append("--globoff")
        return switches

    def _target(self) -> tuple[str, list[str]]:
        """Return the URL, and the options that add to its query what curl has to encode: values of variables."""
        path, query = self._spec.path, self._spec.target[len(self._spec.path) :].removeprefix("?")
        place = (self._base_url if path.startswith("/") else "") + quote(path, safe=_URL_CHARS)
        if self._spec.body or not self._has_blank(query):
            return f"{place}?{query}" if query else place, []
        return place, self._options(query)

    def _headers(self) -> Iterator[str]:
        for name, value in self._spec.headers:
            text = value.decode("utf-8", "surrogateescape")
            yield f"{_title(name)}: {text}" if text else f"{_title(name)};"
        if self._spec.body and not any(name == b"content-type" for name, _ in self._spec.headers):
            yield "Content-Type:"  # else curl calls it a form

    def _body(self) -> list[str]:
        body = self._spec.body
        if not body:
            return []
        text = self._blanks.unquote_json(body.decode("utf-8", "surrogateescape"))
        if is_shown(text) and len(body) <= _INLINE_BYTES:
            is_form = self._spec.header("content-type").startswith("application/x-www-form-urlencoded")
            whole = [f"--data-raw {self._quoted(text)}"]
            return self._options(text) if is_form and self._has_blank(text) else whole
        blanks = [piece for piece in self._blanks.split(text) if isinstance(piece, Placeholder)]
        if blanks or _is_mostly_text(text):
            template = self._blanks.fill(text, lambda _: "%s", _escape_for_printf)
            values = "".join(f' "${blank.name}"' for blank in blanks)
            dashes = "-- " if template.startswith("-") else ""
            self._pipe = f"printf {dashes}'{template}'{values} | "
        else:
            self._pipe = f"printf %s {base64.b64encode(body).decode()} | base64 --decode | "
        return ["--data-binary @-"]

    def _options(self, form: str) -> list[str]:
        """Return one option for each field of an encoded form; curl encodes the values of variables."""
        return [
            f"--data-{'urlencode' if self._has_blank(field) else 'raw'} {self._quoted(field)}"
            for field in form.split("&")
        ]

    def _has_blank(self, text: str) -> bool:
        return any(isinstance(piece, Placeholder) for piece in self._blanks.split(text))

    def _quoted(self, text: str) -> str:
        """Return one shell word; variables stand in double quotes."""
        pieces = self._blanks.split(text)
        if not self._has_blank(text):
            return quote_word(text)
        if not all(
            isinstance(piece, Placeholder) or (_DOUBLE_QUOTABLE.fullmatch(piece) and is_shown(piece))
            for piece in pieces
        ):
            return self._blanks.fill(text, lambda blank: f'"${blank.name}"', quote_word)
        return '"' + re.sub(r"\$\{(\w+)\}(?!\w)", r"$\1", self._blanks.fill(text, lambda one: f"${{{one.name}}}")) + '"'


def _is_mostly_text(text: str) -> bool:
    sample = text[:_SAMPLE_CHARS]
    odd = sum(not (char.isprintable() or char in "\r\n\t") for char in sample)
    return odd * 10 < len(sample)


def _escape_for_printf(text: str) -> str:
    escaped = text.translate(_PRINTF_ESCAPES)
    return escaped if escaped.isprintable() else "".join(map(_printf_char, escaped))


def _printf_char(char: str) -> str:
    if char.isprintable():
        return char
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))


def _title(name: bytes) -> str:
    return "-".join(word.capitalize() for word in name.decode("latin-1").split("-"))


# -- in ------------------------------------------------------------------------------------------------------


def read_curl(text: str, *, base_url: str = "", variables: Mapping[str, Any] | None = None) -> Imported:
    """
    Return the requests of one or more curl commands: as a browser copies them, or typed for bash or cmd.

    :param base_url: a URL that means the app, as those of this machine do
    :param variables: values for ``$NAME`` and ``{{name}}``; those without one stay as they are, with a note
    Raises `RequestError` for what cannot be read, and for an option that would read a file or change the request
    in a way that cannot be told here.
    """
    reading = _Reading(variables or {})
    text = _PROMPT.sub("", text.replace("\r\n", "\n").replace("\x00", ""))
    commands = split_commands_for_cmd(text) if is_for_cmd(text) else split_commands(text, reading.expand)
    calls = [call for command, given in _with_input(commands) for call in reading.calls(command, given)]
    if not calls:
        raise RequestError("there is no curl command here: paste one that begins with curl")
    requests = [ImportedRequest(spec=spec) for call in calls for spec in call.specs(base_url)]
    notes = dict.fromkeys([*reading.notes, *(note for call in calls for note in call.notes)])
    return Imported(requests=tuple(requests), notes=tuple(notes))


class _Reading:
    """The values for the names of one text, and what is to be said about it."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self.notes: list[str] = []

    def expand(self, name: str) -> str | None:
        """Return the value of ``$NAME``."""
        if name in self._variables:
            return str(self._variables[name])
        self.notes.append(f"${name} is left as it is: give its value as a variable")
        return None

    def calls(self, command: ShellCommand, given: str | None) -> Sequence[CurlCall]:
        """Return the calls of a command; none where it is not curl."""
        program = re.split(r"[/\\]", command.words[0])[-1].lower()
        if program not in ("curl", "curl.exe"):
            if program not in _FEEDERS and not command.piped:
                name = command.words[0].partition("=")[0]
                raise RequestError(f"only curl commands are read, and {name!r} is another: leave it out")
            if program not in _FEEDERS:
                self.notes.append(f"what is piped into {program} is left out")
            return ()
        if command.redirected:
            self.notes.append("what is redirected to or from a file is left out")
        return read_options([_HOLE.sub(self._fill, word) for word in command.words[1:]], given)

    def _fill(self, match: re.Match[str]) -> str:
        if match[1] in self._variables:
            return str(self._variables[match[1]])
        self.notes.append(f"{match[0]} is left as it is: give its value as a variable")
        return match[0]


def _with_input(commands: Sequence[ShellCommand]) -> list[tuple[ShellCommand, str | None]]:
    """Return each command with its standard input, where the text says what that is."""
    found = []
    written: str | None = None
    for command in commands:
        given = command.given if command.given is not None else written if command.piped else None
        found.append((command, given))
        feeder = _FEEDERS.get(command.words[0])
        written = feeder(command.words[1:], given) if feeder is not None else None
    return found


def _echo(words: Sequence[str], given: str | None) -> str:
    options = "".join(word[1:] for word in _leading(words))
    text = " ".join(words[len(_leading(words)) :])
    return (read_ansi(text) if "e" in options else text) + ("" if "n" in options else "\n")


def _leading(words: Sequence[str]) -> list[str]:
    return [word for word in words[:1] if re.fullmatch(r"-[neE]+", word)]


def _printf(words: Sequence[str], given: str | None) -> str | None:
    template, *values = list(words[words[:1] == ["--"] :]) or [""]
    rest = iter(values)

    def value(match: re.Match[str]) -> str:
        if match["other"] is not None:
            raise RequestError(f"printf's %{match['other']} is not read here: write the text itself")
        return "%" if match[1] else read_ansi(next(rest, "")) if match[3] else next(rest, "")

    return _FORMAT.sub(value, read_ansi(template))


def _base64(words: Sequence[str], given: str | None) -> str | None:
    if given is None or not {"-d", "-D", "--decode"}.intersection(words):
        return None
    try:
        return base64.b64decode("".join(given.split()), validate=True).decode("utf-8", "surrogateescape")
    except (binascii.Error, ValueError) as exc:
        raise RequestError(f"what is piped into base64 is no base64: {exc}") from None


def _cat(words: Sequence[str], given: str | None) -> str | None:
    return None if words and list(words) != ["-"] else given


_FEEDERS = {"echo": _echo, "printf": _printf, "base64": _base64, "cat": _cat}
