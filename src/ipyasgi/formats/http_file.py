"""``.http`` files, the format of editors' REST clients: read here, written by `http_writer`. Pure.

::

    file     := {"@" name "=" value NEWLINE} request {"###" [title] NEWLINE request}
    request  := {"# @name" name | comment} line {("?" | "&") more of the query} {Header ":" value} [NEWLINE body]
    line     := [METHOD] target ["HTTP/" version]
    {{name}}    anywhere: a variable of the file or of the caller, or a value of an earlier response (see
                `ipyasgi.formats.response_values`); never an expression. A literal {{ is written \\{{

A block may be curl commands instead, and ``Authorization: Basic user:password`` is encoded, both as in REST Client.
A cell of ``%%asgi`` has the same form, except that ``{{...}}`` is Python there; see `ipyasgi.magic.cells`. A file that
a request names is not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

from ..client.httpx import httpx
from ..protocol.errors import RequestError
from ..records.body_text import is_json_type, is_multipart_type
from ..records.json_tokens import ends_inside_string
from ..records.requests import METHODS, RequestSpec
from .curl import read_curl
from .foreign_text import begins_with_curl, check_request_line
from .http_lines import read_comment, read_header
from .imported import Imported, ImportedRequest, basic_credentials, build_imported, encode_header
from .response_values import ResponseValue, try_read

SEPARATOR = re.compile(r"^###[ \t]*(.*)$", re.MULTILINE)
_VARIABLE = re.compile(r"@([A-Za-z_][\w-]*)\s*=\s*(.*)")
_PLACEHOLDER = re.compile(r"\\\{\{|\{\{([^{}\n]*)\}\}")
_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*")
_LINE = re.compile(r"(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]+)?(\S.*)")
_BARE_TARGET = re.compile(
    r"[/?]|\{\{|[a-zA-Z][a-zA-Z0-9+.-]*+://|[\w.~-]*+(?::\d++)?+/|[\w.-]*+:\d++\Z|\[[\da-fA-F:.]++\]"
)
_SERVER = re.compile(r"\{\{[^{}\n]*\}\}|[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#{}]*")
_UNKNOWN_LINK = re.compile(r"\A([a-zA-Z][a-zA-Z0-9+.-]*+://[^/?#{}]++)(?=\{\{)")
_VERSION = re.compile(r"(?<![ \t])[ \t]+HTTP/[\d.]+\Z")
# Instructions to an editor: what to run before a request or with its response.
SCRIPT = re.compile(r"^[<>][ \t]*\{%", re.MULTILINE)
_AFTERWARDS = re.compile(r"(?:>>?!?|<>|\?\?) ")
_FILE_BODY = re.compile(r"^<@?\w*[ \t]+\S+", re.MULTILINE)
_SPACE = " \t"  # other white space is text


def read_http(text: str, *, base_url: str = "", variables: Mapping[str, Any] | None = None) -> Imported:
    """
    Return the requests of a file.

    :param base_url: a further URL of the app, besides those of this machine
    :param variables: values for ``{{name}}``; they take precedence over the file's own ``@name = value``
    A request that cannot be read, such as one with a name without a value or a body that is in another file, is left
    out with a note; raises `RequestError` if none can be read.
    """
    reading = _Reading(variables or {}, base_url)
    parts = ["", *SEPARATOR.split(text.removeprefix("\ufeff").replace("\r\n", "\n"))]  # title, block, title, block
    requests: list[ImportedRequest] = []
    errors: list[RequestError] = []
    for number, (title, block) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        try:
            requests += reading.requests(title, block)
        except RequestError as exc:
            errors.append(exc)
            reading.notes.append(f"request {title.strip() or number or 'before the first ###'} is left out: {exc}")
    if not requests:
        raise (
            errors[0] if errors else RequestError("no request found in this text: begin with a line such as GET /items")
        )
    notes = tuple(dict.fromkeys(reading.notes))
    return Imported(requests=tuple(requests), notes=notes, left_out=len(errors))


def read_request_body(text: str, content_type: str | None) -> bytes:
    """Return the body that the text below a request's headers represents; raises `RequestError`."""
    return _Reading({}, "").body(text, content_type)


class _Reading:
    """
    Reader of one file.

    :ivar notes: what was left out
    """

    def __init__(self, variables: Mapping[str, Any], base_url: str) -> None:
        self._variables = variables
        self._own: dict[str, str] = {}  # variables that the file defines
        self._later: dict[str, str] = {}  # those with a value of a response, as they are written
        self._base_url = base_url
        self._names: set[str] = set()
        self._needs: dict[str, None] = {}  # names of requests
        self._responses: Mapping[str, httpx.Response] | None = None  # None as long as no request was sent
        self.notes: list[str] = []

    def requests(self, title: str, block: str) -> Sequence[ImportedRequest]:
        """Return the request of a block, or those of its curl commands; none for a block without one."""
        before = copy(self)
        before._own, before._later = dict(self._own), dict(self._later)
        self._needs = {}
        found = self._read(title, block)
        self._names |= {one.name for one in found}
        if self._needs:
            fill = partial(before._fill_in, title, block)
            return [replace(one, needs=tuple(self._needs), fill=fill) for one in found]
        return found

    def _fill_in(self, title: str, block: str, responses: Mapping[str, httpx.Response]) -> RequestSpec:
        """Return the request of a block with the values of responses, by the names of their requests."""
        reading = copy(self)
        reading._own, reading._later, reading._responses = dict(self._own), dict(self._later), responses
        return reading._read(title, block)[0].spec

    def _read(self, title: str, block: str) -> Sequence[ImportedRequest]:
        lines = self._without_scripts(block).split("\n")
        name = self._head(lines) or title.strip().strip("#").strip()
        if not lines:
            return ()
        if begins_with_curl(text := "\n".join(lines)):
            return self._of_curl(name, text)
        method, target = self._target(lines)
        headers = [(name, self._credentials(name, value)) for name, value in self._headers(lines)]
        text = "\n".join(lines)
        content_type = next((value for name, value in headers if name.lower() == "content-type"), None)
        body = self.body(text, content_type)
        if content_type is None and body and adds_json(text):
            headers.append(("Content-Type", "application/json"))
        kept = [(name, value) for name, value in headers if value or name.lower() != "content-type"]
        pairs = [(name.encode(), encode_header(value)) for name, value in kept]
        spec = build_imported(method, target, pairs, body, base_url=self._base_url)
        return (ImportedRequest(spec=spec, name=name),)

    def _of_curl(self, name: str, text: str) -> Sequence[ImportedRequest]:
        """Return the requests of a block that is curl commands, as in REST Client."""
        found = read_curl(self._without_end(text), base_url=self._base_url, variables={**self._own, **self._variables})
        self.notes += found.notes
        return [replace(request, name=name) for request in found.requests]

    def _credentials(self, name: str, value: str) -> str:
        """Return the value of a header, with ``Basic user:password`` and ``Basic user password`` encoded."""
        scheme, _, rest = value.partition(" ")
        if name.lower() not in ("authorization", "proxy-authorization") or not rest.strip():
            return value
        user, _, password = rest.strip().partition(" ")
        if scheme.lower() == "basic" and (password or ":" in user):
            return basic_credentials(f"{user}:{password.strip()}" if password else user).decode()
        if scheme.lower() == "digest" and password and "=" not in user:
            self.notes.append(
                f"{name}: Digest is left as it is, because it needs the response: send it with auth=httpx.DigestAuth"
            )
        return value

    def _without_scripts(self, block: str) -> str:
        kept: list[str] = []
        done = 0
        while (begin := SCRIPT.search(block, done)) is not None and (end := block.find("%}", begin.end())) >= 0:
            kept.append(block[done : begin.start()])
            done = end + 2
        if kept:
            self.notes.append("scripts ({% ... %}) are left out: code in a file is not run")
        return "".join([*kept, block[done:]])

    def _head(self, lines: list[str]) -> str:
        """Remove the lines before the request line, and return the name in them."""
        name = ""
        while lines:
            line = lines[0].strip(_SPACE)
            if (match := _VARIABLE.fullmatch(line)) is not None:
                self._define(match[1], match[2])
            elif line and (named := read_comment(line)) is None:
                break
            elif line:
                name = named or name
            lines.pop(0)
        return name

    def _define(self, name: str, text: str) -> None:
        """Add a variable of the file; one with a value of a response is filled in where it is used."""
        names = [match[1].strip() for match in _PLACEHOLDER.finditer(text) if match[1] is not None]
        self._own.pop(name, None)
        self._later.pop(name, None)
        if not any(try_read(one) is not None or one in self._later for one in names):
            self._own[name] = self._fill(text)
            return
        needs = dict(self._needs)
        self._fill(text)  # raises where it cannot be filled in
        self._needs = needs
        self._later[name] = text

    def _target(self, lines: list[str]) -> tuple[str, str]:
        line = lines.pop(0).strip(_SPACE)
        while lines and re.match(r"[ \t]*[?&](?!\?)", lines[0]):
            line += lines.pop(0).strip(_SPACE)
        check_request_line(line)
        match = _LINE.fullmatch(_VERSION.sub("", line))
        if match is None or not _is_request(match[1], match[2]):
            raise RequestError(f"{line[:40]!r} is not a request: begin with a line such as GET /items")
        if match[1] is None and match[2].isupper():
            raise RequestError(f"{match[2]} needs a target: write {match[2]} /items")
        written = match[2]

        def show(value: Any, at: int) -> str:
            # A value at the beginning may be a URL, and one behind the server a path; any other is a single part.
            is_link = at == 0 or (str(value).startswith("/") and _SERVER.fullmatch(written[:at]) is not None)
            return str(value) if is_link else quote(str(value), safe="")

        # The name of a link that is not known yet takes the place of a path.
        return match[1] or "GET", _UNKNOWN_LINK.sub(r"\1/", self._fill(written, show))

    def _headers(self, lines: list[str]) -> list[tuple[str, str]]:
        headers: list[tuple[str, str]] = []
        while lines and (line := lines[0].strip(_SPACE)):
            header = read_header(line) if read_comment(line) is None else ("", "")
            if header is None and headers:
                raise RequestError(f"{line[:40]!r} is not a header: put an empty line between headers and body")
            if header is None:
                break  # the body follows without an empty line
            if header[0]:
                headers.append((header[0], self._fill(header[1])))
            lines.pop(0)
        return headers

    def body(self, text: str, content_type: str | None) -> bytes:
        """Return the body that a text represents, without outer line ends."""
        text = self._without_end(text.strip("\n"))
        if not text.strip():
            return b""
        media_type = (content_type or "").partition(";")[0].strip().lower()
        search = _FILE_BODY.search if is_multipart_type(media_type) else _FILE_BODY.match
        if (match := search(text)) is not None:
            raise RequestError(
                f"{match[0]!r} reads a file: replace it with the content, or send it from Python with content="
            )
        if is_json_type(media_type) or (content_type is None and adds_json(text)):
            text = self._fill_json(text)
        elif media_type == "application/x-www-form-urlencoded":
            text = re.sub(r"\n[ \t]*&", "&", text)
            text = self._fill(text, lambda value, at: quote_plus(str(value)))
        else:
            text = self._fill(text)
            text = text.replace("\n", "\r\n") + "\r\n" if is_multipart_type(media_type) else text
        return text.encode("utf-8", "surrogateescape")

    def _without_end(self, text: str) -> str:
        """Return a text without the instructions for the response at its end."""
        lines = text.split("\n")
        while lines and (not lines[-1] or _AFTERWARDS.match(lines[-1])):
            if lines.pop():
                self.notes.append("instructions for the response (>, >>, <>, ??) are left out")
        return "\n".join(lines)

    def _fill_json(self, text: str) -> str:
        """Fill in variables: in a JSON string as escaped text, elsewhere as JSON."""
        counted, inside = 0, False

        def show(value: Any, at: int) -> str:
            nonlocal counted, inside
            counted, inside = at, ends_inside_string(text[counted:at], inside)
            try:
                written = json.dumps(str(value) if inside else value, ensure_ascii=False)
            except (TypeError, ValueError) as exc:
                raise RequestError(f"a variable in a JSON body must have a JSON value: {exc}") from None
            return written[1:-1] if inside else written

        return self._fill(text, show)

    def _fill(self, text: str, show: Callable[[Any, int], str] = lambda value, at: str(value)) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1] is None:
                return "{{"
            name = match[1].strip()
            if (place := try_read(name)) is not None:
                return self._of_response(place, match, show)
            if _IDENTIFIER.fullmatch(name) is None:
                raise RequestError(
                    f"{{{{{name[:40]}}}}} is not a name: expressions are not evaluated; "
                    "write the value instead, or \\{{ for a literal {{"
                )
            if name in self._variables:
                return show(self._variables[name], match.start())
            if name in self._own:
                return self._own[name]
            if name in self._later:
                return self._of_variable(self._later[name], match, show)
            raise RequestError(f"{{{{{name}}}}} has no value: write @{name} = ... in the file, or pass it in variables")

        return _PLACEHOLDER.sub(value, text)

    def _of_response(self, place: ResponseValue, match: re.Match[str], show: Callable[[Any, int], str]) -> str:
        """Return a value of a response; the text as it is written before that was received."""
        if self._responses is not None:
            return show(place.find(self._responses), match.start())
        if place.request not in self._names:
            raise RequestError(f"{{{{{place}}}}} has no value: no request above it has the name {place.request}")
        self._needs[place.request] = None
        return match[0]

    def _of_variable(self, text: str, match: re.Match[str], show: Callable[[Any, int], str]) -> str:
        """Return the value of a variable that contains one of a response; a number stays a number."""
        whole = _PLACEHOLDER.fullmatch(text.strip())
        place = try_read(whole[1]) if whole is not None and whole[1] is not None else None
        if place is not None:
            return self._of_response(place, match, show)
        filled = self._fill(text)
        return match[0] if self._responses is None else show(filled, match.start())


def _is_request(method: str | None, target: str) -> bool:
    """Return whether a first line is a request: other text has a word in lower case, or no path, at its beginning."""
    if method is None:
        return target.isupper() or _BARE_TARGET.match(target) is not None
    return method == method.upper() or method.upper() in METHODS


def adds_json(body: str) -> bool:
    """Return whether a body without a content type is read as JSON."""
    return body.lstrip()[:1] in ("{", "[")
