"""cURL commands: `render_curl` writes what a POSIX shell runs as it stands, `read_curl` reads what people paste.

What an option means is in `curl_options`, how words are split in `shell_words`. Nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ..protocol.errors import RequestError
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.template import Placeholder, Template
from .curl_options import read_options
from .imported import LOCAL_URL, Imported, ImportedRequest
from .placeholders import RequestTemplate, Text, hide_secrets, title_of
from .shell_words import escape_hidden, is_shown, quote_word, read_ansi, split_commands

_INLINE_BYTES = 60_000  # Linux takes 128 KiB for one argument
_PRINTF_ESCAPES = str.maketrans({"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\", "%": "%%", "'": r"'\''"})
_DOUBLE_QUOTABLE = re.compile(r'[^"\\$`!]*')
_URL_CHARS = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}"
_HOLE = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
_PROMPT = re.compile(r"^(?:\$|%|>|PS[^>\n]*>)[ \t]+(?=curl)", re.MULTILINE)


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
    hidden, _ = hide_secrets(specs, redactor)
    return "\n\n".join(_Command(request, base_url, follow_redirects).text() for request in hidden)


class _Command:
    """One command in the making: its words, and what is piped into it."""

    def __init__(self, request: RequestTemplate, base_url: str, follow_redirects: bool) -> None:
        self._spec = request.spec
        self._request = request
        self._base_url = base_url.rstrip("/")
        self._follow = follow_redirects
        self._pipe = ""

    def text(self) -> str:
        """Return the whole command, one option a line."""
        url, query = self._target()
        first = ["curl", *self._switches(query), _quoted(url)]
        lines = [" ".join(first), *query, *(f"-H {_quoted(line)}" for line in self._headers()), *self._body()]
        return self._pipe + " \\\n  ".join(lines)

    def _switches(self, query: list[str]) -> Iterator[str]:
        spec, method = self._spec, self._spec.method
        if self._follow:
            yield "--location"
        if query:
            yield "--get"
        if method == "HEAD" and not spec.body:
            yield "--head"
        elif method != ("POST" if spec.body else "GET"):
            yield f"-X {quote_word(method)}"
        if re.search(r"[\[\]{}]", spec.target):
            yield "--globoff"

    def _target(self) -> tuple[Text, list[str]]:
        """Return the URL, and options for its query with a variable, whose value curl has to encode."""
        path, query = self._request.path, self._request.query_string
        base = self._base_url if self._spec.path.startswith("/") else ""
        place = Template.of(base, path.map_text(lambda text: quote(text, safe=_URL_CHARS)))
        if self._spec.body or not query.placeholders:
            return Template.of(place, "?" if query else "", query), []
        return place, _options(query)

    def _headers(self) -> Iterator[Text]:
        for name, value in self._request.headers:
            text = value.map_text(lambda text: text.encode("latin-1").decode("utf-8", "surrogateescape"))
            yield Template.of(title_of(name), ": " if text else ";", text)
        if self._spec.body and not any(name == "content-type" for name, _ in self._request.headers):
            yield Template.of("Content-Type:")  # else curl calls it a form

    def _body(self) -> list[str]:
        spec, body = self._spec, self._request.body
        if not body:
            return []
        if all(isinstance(piece, Placeholder) or is_shown(piece) for piece in body.pieces) and (
            len(spec.body) <= _INLINE_BYTES
        ):
            is_form = spec.header("content-type").startswith("application/x-www-form-urlencoded")
            return _options(body) if is_form and body.placeholders else [f"--data-raw {_quoted(body)}"]
        template = body.render(lambda _: "%s", lambda text: escape_hidden(text.translate(_PRINTF_ESCAPES), "\\{:03o}"))
        values = "".join(f' "${one.name}"' for one in body.placeholders)
        dashes = "-- " if template.startswith("-") else ""
        self._pipe = f"printf {dashes}'{template}'{values} | "
        return ["--data-binary @-"]


def _options(form: Text) -> list[str]:
    """Return one option for each field of an encoded form; curl encodes the values of variables."""
    return [f"--data-{'urlencode' if one.placeholders else 'raw'} {_quoted(one)}" for one in form.split("&")]


def _quoted(text: Text) -> str:
    """Return one shell word; variables stand in double quotes."""
    if not text.placeholders:
        return quote_word(text.render(str))
    if all(
        isinstance(piece, Placeholder) or (_DOUBLE_QUOTABLE.fullmatch(piece) and is_shown(piece))
        for piece in text.pieces
    ):
        return '"' + re.sub(r"\$\{(\w+)\}(?!\w)", r"$\1", text.render(lambda one: f"${{{one.name}}}")) + '"'
    return text.render(lambda one: f'"${one.name}"', quote_word)


# -- in ------------------------------------------------------------------------------------------------------


def read_curl(text: str, *, base_url: str = "", variables: Mapping[str, Any] | None = None) -> Imported:
    """
    Return the requests of one or more curl commands, as a browser copies them or as typed for bash or cmd.exe.

    The body may be piped in by ``echo`` or ``printf``.

    :param base_url: a URL that means the app, as those of this machine do
    :param variables: values for ``$NAME`` and ``{{name}}``; those without one stay as they are, with a note
    Raises `RequestError` for what cannot be read, and for options that read a file or are unknown.
    """
    values = {name: str(value) for name, value in (variables or {}).items()}
    notes: dict[str, None] = {}  # in order, each once

    def expand(name: str) -> str | None:
        if name not in values:
            notes[f"${name} is left as it is: give its value as a variable"] = None
        return values.get(name)

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            notes[f"{match[0]} is left as it is: give its value as a variable"] = None
        return values.get(match[1], match[0])

    requests: list[ImportedRequest] = []
    written: str | None = None
    for command in split_commands(_PROMPT.sub("", text.replace("\r\n", "\n").replace("\x00", "")), expand):
        program, *words = command.words
        given, written = written if command.piped else None, None
        if re.split(r"[/\\]", program)[-1].lower() in ("curl", "curl.exe"):
            call = read_options([_HOLE.sub(fill, word) for word in words], given)
            requests += [ImportedRequest(spec=spec) for spec in call.specs(base_url)]
            redirected = ["redirections to or from a file are left out"] if command.redirected else []
            notes |= dict.fromkeys([*call.notes, *redirected])
        elif program in ("echo", "printf"):
            written = _read_output(program, words)
        elif command.piped:
            notes[f"the pipe into {program} is left out"] = None
        else:
            name = program.partition("=")[0]
            raise RequestError(f"only curl commands are read, and {name!r} is another program: leave it out")
    if not requests:
        raise RequestError("there is no curl command here: paste one that begins with curl")
    return Imported(requests=tuple(requests), notes=tuple(notes))


def _read_output(program: str, words: list[str]) -> str:
    """Return what ``echo`` or ``printf`` would write."""
    if program == "echo":
        return " ".join(words[1:]) if words[:1] == ["-n"] else " ".join(words) + "\n"
    template, *values = words[words[:1] == ["--"] :] or [""]
    rest = iter(values)

    def value(match: re.Match[str]) -> str:
        if match[1] not in ("%", "s"):
            raise RequestError(f"printf's {match[0]} is not read here: write the text itself")
        return "%" if match[1] == "%" else next(rest, "")

    return re.sub(r"%(.?)", value, read_ansi(template), flags=re.DOTALL)
