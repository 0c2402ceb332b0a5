"""`render_http`: requests as a ``.http`` file, in the format that `http_file` describes and reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import attrgetter
from urllib.parse import quote

from ..protocol.errors import RequestError
from ..records.body_text import is_multipart_type
from ..records.carried import CarriedUse, Source
from ..records.multipart import parameter
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.template import Template
from .exported import LOCAL_URL
from .http_file import SCRIPT, SEPARATOR, adds_json, read_request_body
from .placeholders import RequestTemplate, Text, hide_secrets, title_of, write_braces
from .response_values import try_write
from .uploads import FormPart, notes_of


def render_http(
    requests: Iterable[tuple[str, RequestSpec]],
    *,
    base_url: str = LOCAL_URL,
    redactor: Redactor = Redactor(),
    carried: Sequence[Iterable[CarriedUse]] = (),
) -> str:
    """
    Return the text of a file with these requests; a secret becomes ``{{name}}``.

    :param requests: pairs ``(title, request)``
    :param base_url: the server, for requests whose spec has only a path
    :param carried: the carried values of each request, which become variables; the titles are names of exchanges then
    Raises `RequestError` for a body that such a file cannot contain: bytes that are not text, or a line of ``###``.
    """
    given = list(requests)
    writable = [[use for use in uses if try_write(use.source)] for uses in carried]
    hidden, placeholders = hide_secrets([spec for _, spec in given], redactor, writable)
    parts: list[str] = []
    defined: set[Source] = set()
    for number, ((title, _), request) in enumerate(zip(given, hidden, strict=True)):
        sources = dict.fromkeys(use.source for use in (writable[number] if writable else ()))
        above = [f"@{placeholders.carry(one).name} = {try_write(one)}" for one in sources if one not in defined]
        above += [f"# @name {title}"] if placeholders.carried_from(title) else []
        parts.append(_render(title, request, above))
        defined.update(sources)
    head = f"@host = {base_url.rstrip('/')}\n\n" if any(spec.path.startswith("/") for _, spec in given) else ""
    return head + "\n".join(parts)


def _render(title: str, request: RequestTemplate, above: Sequence[str]) -> str:
    parts = request.parts
    if parts is not None and all(part.value is not None for part in parts):
        parts = None  # a short text
    spec, query, body = request.spec, request.query_string, _body(request) if parts is None else _upload(request, parts)
    path = request.path.map_text(lambda text: quote(text, safe="!\"$%&'()*+,/:;<=>@[\\]^`{|}"))
    target = write_braces(Template.of(path, "?" if query else "", query))
    lines = [f"### {title}".rstrip(), *above]
    lines += [f"# {note}" for note in notes_of(part for part in parts or () if part.value is None)]
    lines += [f"{spec.method} {'{{host}}' if spec.path.startswith('/') else ''}{target}"]
    lines += [f"{title_of(name)}: {write_braces(value)}" for name, value in request.headers]
    if body and adds_json(body.outline) and not spec.header("content-type"):
        lines.append("Content-Type:")  # otherwise it is read as JSON
    lines += ["", write_braces(body)] if body else []
    return "\n".join([*lines, ""])


def _body(request: RequestTemplate) -> Text:
    """Return the body without outer line ends; raises `RequestError` if `read_http` would not read the same."""
    spec, body = request.spec, request.body
    content_type = spec.header("content-type")
    is_multipart = is_multipart_type(content_type)
    try:
        spec.body.decode()
    except UnicodeDecodeError:
        raise _unwritable(spec, "it is not text") from None
    if is_multipart:
        body = body.part(0, len(body.outline.removesuffix("\r\n"))).map_text(lambda text: text.replace("\r\n", "\n"))
    outline = body.outline
    body = body.part(len(outline) - len(outline.lstrip("\n")), len(outline.rstrip("\n")))
    name_of = attrgetter("name")
    text, sent = body.render(name_of, lambda text: text.replace("{{", "\\{{")), request.body.render(name_of).encode()
    if "\r" in text or "\x00" in text:
        raise _unwritable(spec, "it has line ends or other characters that a text file does not preserve")
    try:
        same = read_request_body(text, content_type) == (sent if is_multipart else sent.strip(b"\n"))
    except RequestError:
        same = False
    if not same or SEPARATOR.search(text) or SCRIPT.search(text):
        raise _unwritable(spec, "one of its lines would be read as something else")
    return body


def _upload(request: RequestTemplate, parts: Sequence[FormPart]) -> Text:
    """Return the body of an upload; the lines ``< ./name`` stand for files."""
    boundary = parameter(request.spec.header("content-type"), "boundary")
    texts: list[str | Text] = []
    for part in parts:
        text = part.value.render(attrgetter("name")) if part.value is not None else ""
        if re.search(r"^(?:###|--|[<>])|[\r\x00]", text, re.MULTILINE):
            raise _unwritable(request.spec, "one of its lines would be read as something else")
        about = "" if part.filename is None else f"; filename={_in_quotes(part.filename)}"
        texts.append(f"--{boundary}\nContent-Disposition: form-data; name={_in_quotes(part.name)}{about}\n")
        texts.append(f"Content-Type: {part.content_type}\n\n" if part.content_type else "\n")
        texts += [f"< ./{part.path}" if part.value is None else part.value, "\n"]
    return Template.of(*texts, f"--{boundary}--")


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unwritable(spec: RequestSpec, why: str) -> RequestError:
    return RequestError(
        f"a .http file cannot contain the body of {spec.method} {spec.path}: {why}; export it as curl or har"
    )
