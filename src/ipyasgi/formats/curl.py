"""cURL commands: `render_curl` writes them for a POSIX shell, `read_curl` reads those that people paste. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ..protocol.errors import RequestError
from ..records.carried import Carried, CarriedUse, Source
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.template import Template
from ..shown import visible
from .curl_options import read_options
from .exported import LOCAL_URL, place_of
from .foreign_text import is_curl
from .imported import Imported, ImportedRequest
from .placeholders import RequestTemplate, Text, hide_secrets, route_of, title_of
from .shell_words import is_shown, printf_template, quote_word, read_ansi, split_commands
from .uploads import FormPart, notes_of

_INLINE_BYTES = 60_000  # Linux limits one argument to 128 KiB
_FORM_SIGNS = re.compile(r'\A[@<]|[;"]')
_DOUBLE_QUOTABLE = re.compile(r'[^"\\$`!]*')
_URL_CHARS = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}"
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
        about, command = _render(request, base_url.rstrip("/"), follow_redirects, is_captured=bool(gives))
        lines = [f"# {note}" for note in (*notes, *about)]
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


def _render(
    request: RequestTemplate, base_url: str, follow_redirects: bool, *, is_captured: bool
) -> tuple[Sequence[str], str]:
    """Return the comments and the command for a request; ``is_captured`` writes no progress."""
    path, query = request.path.map_text(lambda text: quote(text, safe=_URL_CHARS)), request.query_string
    url = Template.of(base_url if request.spec.path.startswith("/") else "", path)
    fields: list[str] = []
    if query.placeholders and not request.spec.body:  # curl has to encode the values of variables
        fields = _options(query)
    elif query:
        url = Template.of(url, "?", query)
    quiet = ["-sS"] if is_captured else []
    first = " ".join(["curl", *quiet, *_switches(request.spec, follow_redirects, bool(fields)), _quoted(url)])
    parts = request.parts
    pipe, body = _body(request) if parts is None else ("", [])
    headers = [f"-H {_quoted(line)}" for line in _headers(request, has_parts=parts is not None)]
    written = list(map(_part, parts or ()))
    notes = notes_of(part for part in parts or () if not _is_inline(part))
    return notes, pipe + " \\\n  ".join([first, *fields, *headers, *body, *written])


def _part(part: FormPart) -> str:
    """Return the option for a part of a form; curl reads a file, unless its content is a short plain text."""
    if part.filename is None:
        return f"--form-string {_quoted(Template.of(f'{part.name}=', part.value or ''))}"
    about = f";filename={_form_word(part.filename)}"
    media_type = f";type={part.content_type}" if part.content_type else ""
    if part.value is not None and _is_inline(part):
        return f"-F {quote_word(f'{part.name}={part.value.outline}{about}{media_type}')}"
    about = "" if part.filename == part.path else about
    return f"-F {quote_word(f'{part.name}=@{_form_word(part.path)}{about}{media_type}')}"


def _is_inline(part: FormPart) -> bool:
    text = part.value.outline if part.value is not None else "\x00"
    return part.filename is None or (is_shown(text) and text.strip() == text and not _FORM_SIGNS.search(text))


def _form_word(text: str) -> str:
    """Return a word of ``-F``, in double quotes if it needs them."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if re.search(r'[;,"\\]', text) else text


def _switches(spec: RequestSpec, follow_redirects: bool, query_follows: bool) -> Iterator[str]:
    if follow_redirects:
        yield "--location"
    if query_follows:
        yield "--get"
    if spec.method == "HEAD" and not spec.body:
        yield "--head"
    elif spec.method != ("POST" if spec.body else "GET"):
        yield f"-X {quote_word(spec.method)}"
    if re.search(r"/\.{1,2}(?:/|\Z)", spec.path):
        yield "--path-as-is"
    if re.search(r"[\[\]{}]", spec.target):
        yield "--globoff"


def _headers(request: RequestTemplate, *, has_parts: bool) -> Iterator[Text]:
    for name, value in request.headers:
        if has_parts and name == "content-type":
            continue  # curl makes it, with its boundary
        text = value.map_text(lambda text: text.encode("latin-1").decode("utf-8", "surrogateescape"))
        yield Template.of(title_of(name), ": " if text else ";", text)
    if request.spec.body and not any(name == "content-type" for name, _ in request.headers):
        yield Template.of("Content-Type:")  # otherwise curl sends the content type of a form


def _body(request: RequestTemplate) -> tuple[str, list[str]]:
    """Return the command that pipes the body in, or an empty string, and the options for the body."""
    spec, body = request.spec, request.body
    if not body:
        return "", []
    texts = [piece for piece in body.pieces if isinstance(piece, str)]
    if all(map(is_shown, texts)) and len(spec.body) <= _INLINE_BYTES:
        is_form = spec.header("content-type").startswith("application/x-www-form-urlencoded")
        return "", _options(body) if is_form and body.placeholders else [f"--data-raw {_quoted(body)}"]
    template = body.render(lambda _: "%s", printf_template)
    values = "".join(f' "${one.name}"' for one in body.placeholders)
    return f"printf '{template}'{values} | ", ["--data-binary @-"]


def _options(form: Text) -> list[str]:
    """Return one option for each field of an encoded form; curl encodes the values of variables."""
    return [f"--data-{'urlencode' if one.placeholders else 'raw'} {_quoted(one)}" for one in form.split("&")]


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
