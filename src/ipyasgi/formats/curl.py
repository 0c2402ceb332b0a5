"""cURL commands: `render_curl` writes them for a POSIX shell, `read_curl` reads those that people paste. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..protocol.errors import RequestError
from ..records.carried import Carried, CarriedUse, Source
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.template import Template
from ..shown import visible
from .curl_call import CurlCall, Option, build_call, split_form
from .curl_options import read_options
from .exported import LOCAL_URL, place_of
from .foreign_text import is_curl
from .imported import Imported, ImportedRequest
from .placeholders import RequestTemplate, Text, hide_secrets, route_of
from .shell_words import is_shown, printf_template, quote_word, read_ansi, split_commands

_INLINE_BYTES = 60_000  # Linux limits one argument to 128 KiB
_DOUBLE_QUOTABLE = re.compile(r'[^"\\$`!]*')
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
_UNKNOWN_LINK = re.compile(r"\A([a-zA-Z][a-zA-Z0-9+.-]*+://[^/?#$]++)(?=\$)")  # behind the server
_PRINT = "printf '%s\\n' \"$response\""
_CAPTURE = re.compile(r"^response=\$\(", re.MULTILINE)
_TAKEN = re.compile(r"^\w+=\$\(printf '%s' \"\$response\" \| jq -r (?:'[^'\n]*'|[^'\s]+)\)$", re.MULTILINE)
_PROMPT = re.compile(r"^(?:\$|%|>|PS[^>\n]*>)[ \t]+(?=curl)", re.MULTILINE)


# -- writing -------------------------------------------------------------------------------------------------


def render_curl(
    specs: Iterable[RequestSpec],
    *,
    base_url: str = LOCAL_URL,
    follow_redirects: bool = False,
    redactor: Redactor = Redactor(),
    names: Sequence[str] = (),
    carried: Sequence[Sequence[CarriedUse]] = (),
) -> str:
    """
    Return one command for each request, for bash or any POSIX shell.

    A secret becomes ``$NAME``, a variable to export first. A value of an earlier response's JSON becomes a variable
    that jq reads from it; a comment names what came from its headers and cookies. A body with unprintable characters is
    piped in; the files of an upload are read from the working directory, and a comment names them.

    :param base_url: the server, for requests whose spec has only a path
    :param names: of the exchanges, by which carried values are found
    :param carried: the carried values of each request
    """
    given = list(specs)
    readable = [[use for use in uses if use.source.part == "json"] for uses in carried]
    hidden, placeholders = hide_secrets(given, redactor, readable)
    requests = dict(zip(names, hidden, strict=False))
    parts = []
    noted: set[Source] = set()
    for number, request in enumerate(hidden):
        unread: dict[Source, dict[str, None]] = {}
        for use in carried[number] if carried else ():
            if use.source.part != "json" and use.source not in noted:
                unread.setdefault(use.source, {})[place_of(use, given[number])] = None
        noted |= unread.keys()
        notes = [_by_hand(source, places, requests[source.exchange]) for source, places in unread.items()]
        gives = placeholders.carried_from(names[number]) if names else ()
        call = build_call(request, base_url=base_url, follow_redirects=follow_redirects)
        command = _render(call, is_captured=bool(gives))
        lines = [f"# {note}" for note in (*notes, *call.notes)]
        lines += [f"response=$({command})", _PRINT, *map(_read, gives)] if gives else [command]
        parts.append("\n".join(lines))
    head = "# jq reads from the responses what later requests need\n\n" if placeholders.carried else ""
    return head + "\n\n".join(parts)


def _read(carried: Carried) -> str:
    """Return the command that takes a value from ``$response``."""
    place = carried.source.path.removeprefix("$")
    place = place if place.startswith(".") else f".{place}"
    return f"{carried.name}=$(printf '%s' \"$response\" | jq -r {quote_word(place)})"


def _by_hand(source: Source, places: Iterable[str], request: RequestTemplate) -> str:
    """Return the comment about a value that only a person can take from the response to a request."""
    came = f"{request.spec.method} {route_of(request, '')} answered with the {source.path}"
    where = " and ".join(f"the {'URL' if place == 'target' else place}" for place in places)
    return " ".join(visible(f"{came}, which is not read here: set it yourself in {where}").split())


def _render(call: CurlCall, *, is_captured: bool) -> str:
    """Return the command; ``is_captured`` writes no progress."""
    pipe, body = _body(call)
    first = ["curl", *(["-sS"] if is_captured else []), *map(_option, call.switches), _quoted(call.url)]
    return pipe + " \\\n  ".join([" ".join(first), *map(_option, call.options), *map(_option, body)])


def _body(call: CurlCall) -> tuple[str, Sequence[Option]]:
    """Return the command that pipes the body in, or an empty string, and the options for the body."""
    body = call.body
    if not body:
        return "", []
    texts = [piece for piece in body.pieces if isinstance(piece, str)]
    if all(map(is_shown, texts)) and call.body_bytes <= _INLINE_BYTES:
        return "", split_form(body) if call.is_form and body.placeholders else [("--data-raw", body)]
    template = body.render(lambda _: "%s", printf_template)
    values = "".join(f' "${one.name}"' for one in body.placeholders)
    return f"printf '{template}'{values} | ", [("--data-binary", Template.of("@-"))]


def _option(option: Option) -> str:
    name, value = option
    return name if value is None else f"{name} {_quoted(value)}"


def _quoted(text: Text) -> str:
    """Return one shell word; variables are in double quotes."""
    texts = [piece for piece in text.pieces if isinstance(piece, str)]
    if text.placeholders and all(_DOUBLE_QUOTABLE.fullmatch(piece) and is_shown(piece) for piece in texts):
        return '"' + re.sub(r"\$\{(\w+)\}(?!\w)", r"$\1", text.render(lambda one: f"${{{one.name}}}")) + '"'
    return text.render(lambda one: f'"${one.name}"', quote_word) or "''"


# -- reading -------------------------------------------------------------------------------------------------


def read_curl(text: str, *, base_url: str = "", variables: Mapping[str, Any] | None = None) -> Imported:
    """
    Return the requests of one or more curl commands, as a browser copies them or as typed for bash or cmd.exe.

    ``echo`` or ``printf`` may pipe the body in.

    :param base_url: a further URL of the app, besides those of this machine
    :param variables: values for ``$NAME`` and ``{{name}}``; a name without a value is kept, with a note
    Raises `RequestError` for text that cannot be read, and for options that read a file or are unknown.
    """
    values = {name: str(value) for name, value in (variables or {}).items()}
    notes: dict[str, None] = {}  # in order, each once

    def expand(name: str, written: str) -> str:
        if name not in values:
            notes[f"{written} is left as it is: give its value as a variable"] = None
        return values.get(name, written)

    requests: list[ImportedRequest] = []
    output: str | None = None
    plain = _without_captures(text.replace("\r\n", "\n").replace("\x00", ""))
    for command in split_commands(_PROMPT.sub("", plain), expand):
        program, *words = command.words
        piped, output = output if command.piped else None, None
        if is_curl(program):
            words = [_VARIABLE.sub(lambda match: expand(match[1], match[0]), word) for word in words]
            words = [_UNKNOWN_LINK.sub(r"\1/", word) for word in words]
            call = read_options(words, piped)
            requests += [ImportedRequest(spec=spec) for spec in call.specs(base_url)]
            redirected = ["redirections to or from a file are left out"] if command.redirected else []
            notes |= dict.fromkeys([*call.notes, *redirected])
        elif program in ("echo", "printf"):
            output = _read_output(program, words)
        elif command.piped:
            notes[f"the pipe into {program} is left out"] = None
        else:
            name = program.partition("=")[0]
            raise RequestError(f"only curl commands can be read: leave {name!r} out")
    if not requests:
        raise RequestError("no curl command found: paste one that begins with curl")
    return Imported(requests=tuple(requests), notes=tuple(notes))


def _without_captures(text: str) -> str:
    """Return the commands of a script that `render_curl` has written, without those that read its responses."""
    first, *others = _CAPTURE.split(text)
    pieces = [first]
    for other in others:
        command, printed, rest = other.partition(f")\n{_PRINT}\n")
        command = command.replace("curl -sS ", "curl ", 1)
        pieces.append(f"{command}\n{_TAKEN.sub('', rest)}" if printed else f"response=$({other}")
    return "".join(pieces)


def _read_output(program: str, words: list[str]) -> str:
    if program == "echo":
        return " ".join(words[1:]) if words[:1] == ["-n"] else " ".join(words) + "\n"
    template, *values = words[words[:1] == ["--"] :] or [""]
    rest = iter(values)

    def value(match: re.Match[str]) -> str:
        if match[1] not in ("%", "s"):
            raise RequestError(f"printf's {match[0]} cannot be read: write the text itself")
        return "%" if match[1] == "%" else next(rest, "")

    return re.sub(r"%(.?)", value, read_ansi(template), flags=re.DOTALL)
