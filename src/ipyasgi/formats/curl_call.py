"""`CurlCall`: a request as the options of a curl command, before a shell quotes them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ..records.requests import RequestSpec
from ..records.template import Template
from .placeholders import RequestTemplate, Text, title_of
from .shell_words import is_shown
from .uploads import FormPart, notes_of

Option = tuple[str, Text | None]
"""An option as it is spelled, and its value; None for an option without one."""

_FORM_SIGNS = re.compile(r'\A[@<]|[;"]')
_URL_CHARS = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurlCall:
    """
    A curl command in parts, in the order in which they are written.

    :ivar notes: a sentence for each file that the command reads
    :ivar switches: options about the whole request, before its URL
    :ivar options: fields of the query that curl has to encode, headers, and the parts of an upload
    :ivar body: decoded as UTF-8 with surrogate escapes; empty for none, and for an upload in parts
    :ivar body_bytes: the size of the body
    :ivar is_form: whether the body is an encoded form
    """

    notes: Sequence[str]
    switches: Sequence[Option]
    url: Text
    options: Sequence[Option]
    body: Text
    body_bytes: int
    is_form: bool


def build_call(request: RequestTemplate, *, base_url: str, follow_redirects: bool) -> CurlCall:
    """
    Return the parts of the command for a request.

    :param base_url: the server, for a request whose spec has only a path
    """
    spec, query, parts = request.spec, request.query_string, request.parts
    url = Template.of(
        base_url.rstrip("/") if spec.path.startswith("/") else "",
        request.path.map_text(lambda text: quote(text, safe=_URL_CHARS)),
    )
    fields: Sequence[Option] = ()
    if query.placeholders and not spec.body:  # curl has to encode the values of variables
        fields = split_form(query)
    elif query:
        url = Template.of(url, "?", query)
    headers = [("-H", line) for line in _headers(request, has_parts=parts is not None)]
    return CurlCall(
        notes=notes_of(part for part in parts or () if not _is_inline(part)),
        switches=tuple(_switches(spec, follow_redirects, bool(fields))),
        url=url,
        options=(*fields, *headers, *map(_part, parts or ())),
        body=request.body if parts is None else Template.of(),
        body_bytes=len(spec.body),
        is_form=spec.header("content-type").startswith("application/x-www-form-urlencoded"),
    )


def split_form(form: Text) -> Sequence[Option]:
    """Return one option for each field of an encoded form; curl encodes the values of variables."""
    return [(f"--data-{'urlencode' if one.placeholders else 'raw'}", one) for one in form.split("&")]


def _switches(spec: RequestSpec, follow_redirects: bool, query_follows: bool) -> Iterator[Option]:
    if follow_redirects:
        yield "--location", None
    if query_follows:
        yield "--get", None
    if spec.method == "HEAD" and not spec.body:
        yield "--head", None
    elif spec.method != ("POST" if spec.body else "GET"):
        yield "-X", Template.of(spec.method)
    if re.search(r"/\.{1,2}(?:/|\Z)", spec.path):
        yield "--path-as-is", None
    if re.search(r"[\[\]{}]", spec.target):
        yield "--globoff", None


def _headers(request: RequestTemplate, *, has_parts: bool) -> Iterator[Text]:
    for name, value in request.headers:
        if has_parts and name == "content-type":
            continue  # curl makes it, with its boundary
        text = value.map_text(lambda text: text.encode("latin-1").decode("utf-8", "surrogateescape"))
        yield Template.of(title_of(name), ": " if text else ";", text)
    if request.spec.body and not any(name == "content-type" for name, _ in request.headers):
        yield Template.of("Content-Type:")  # otherwise curl sends the content type of a form


def _part(part: FormPart) -> Option:
    """Return the option for a part of a form; curl reads a file, unless its content is a short plain text."""
    if part.filename is None:
        return "--form-string", Template.of(f"{part.name}=", part.value or "")
    about = f";filename={_form_word(part.filename)}"
    media_type = f";type={part.content_type}" if part.content_type else ""
    if part.value is not None and _is_inline(part):
        return "-F", Template.of(f"{part.name}={part.value.outline}{about}{media_type}")
    about = "" if part.filename == part.path else about
    return "-F", Template.of(f"{part.name}=@{_form_word(part.path)}{about}{media_type}")


def _is_inline(part: FormPart) -> bool:
    text = part.value.outline if part.value is not None else "\x00"
    return part.filename is None or (is_shown(text) and text.strip() == text and not _FORM_SIGNS.search(text))


def _form_word(text: str) -> str:
    """Return a word of ``-F``, in double quotes if it needs them."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if re.search(r'[;,"\\]', text) else text
