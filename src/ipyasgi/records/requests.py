"""`RequestSpec`: the common form of requests from forms, magic lines, cURL, ``.http`` files and replays."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from ..client.bodies import WHOLE_BYTES
from ..client.httpx import httpx
from ..protocol.errors import RequestError
from .redaction import Redactor

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY", "TRACE")
"""The methods that `%asgi` and the panels offer."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "QUERY", "TRACE"})
"""RFC 9110, section 9.2.1, and the QUERY method: these requests are not meant to change anything."""

_CHANGED_PATH = re.compile(r"/\.{1,2}(?:/|\Z)|%(?![0-9a-fA-F]{2})")
_PRINTABLE = "".join(map(chr, range(33, 127)))
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MADE_BY_CLIENT = frozenset({b"host", b"content-length", b"transfer-encoding"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RequestSpec:
    """
    A request before any client's defaults.

    :ivar method: upper-case
    :ivar path: begins with ``/``, or an absolute URL; percent-encoded as given, without the query
    :ivar query: ``(name, value)`` pairs in order
    :ivar headers: ``(name, value)`` byte pairs, names lower-case
    :ivar spelling: the encoded query, or its beginning, as the user wrote it if httpx would write it differently (``+``
        for ``%20``); it is sent as long as it decodes to the first pairs of `query`
    :ivar is_partial: whether `body` is only the beginning of a body that was sent from an iterator or a file, because
        the rest was not kept or not read; such a request cannot be sent again
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    spelling: str = field(default="", compare=False)
    is_partial: bool = False

    @property
    def query_string(self) -> str:
        """The query as it is sent."""
        if not self.spelling:
            return _encode(self.query)
        spelled = _decode(self.spelling)
        if self.query[: len(spelled)] != spelled:
            return _encode(self.query)
        return "&".join(filter(None, (self.spelling, _encode(self.query[len(spelled) :]))))

    @property
    def target(self) -> str:
        """Path and query as they are sent."""
        query = self.query_string
        return f"{self.path}?{query}" if query else self.path

    @property
    def written_path(self) -> bytes:
        """The path, if httpx alone would send another one, because of dot segments or a bare ``%``; else empty."""
        if _CHANGED_PATH.search(self.path) is None:
            return b""
        path = self.path if self.path.startswith("/") else "/" + self.path.partition("://")[2].partition("/")[2]
        return quote(path, safe=_PRINTABLE).encode() if _CHANGED_PATH.search(path) else b""

    @property
    def is_spelled(self) -> bool:
        """Whether the query is sent as written, in different bytes than its pairs alone would produce."""
        return bool(self.spelling) and self.query_string != _encode(self.query)

    def __repr__(self) -> str:
        parts = ((self.query, "query"), (self.headers, "headers"), (self.body, "bytes"))
        sizes = ", ".join(f"{len(part)} {noun}" for part, noun in parts if part)
        return f"<RequestSpec {self.method} {Redactor().url(self.path)}{sizes and f' ({sizes})'}>"

    def header(self, name: str) -> str:
        """Return the last value of a header, or an empty text."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in reversed(self.headers) if key == wanted), "")


def build_spec(
    method: str,
    path: str,
    *,
    params: Any = None,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] | Sequence[tuple[bytes, bytes]] | None = None,
    json: Any = None,
    content: Any = None,
    data: Mapping[str, Any] | None = None,
    files: Any = None,
) -> RequestSpec:
    """Return a request from httpx's arguments; raises `RequestError` if a part of it cannot be sent."""
    spec, stream = build_streamed(
        method, path, params=params, headers=headers, json=json, content=content, data=data, files=files
    )
    if stream is None:
        return spec
    if not isinstance(stream.source, Iterable):
        raise RequestError("this request cannot be sent: read its asynchronous body first, or give it to a verb")
    return replace(spec, body=b"".join(stream.source))


def build_request(client: httpx.Client, spec: RequestSpec, **more: Any) -> httpx.Request:
    """
    Return the request as a client sends it, with the client's default headers and cookies.

    :param more: ``content`` and other arguments of httpx's ``build_request``
    """
    # httpx reads //path as a host.
    target = str(client.base_url).rstrip("/") + spec.target if spec.path.startswith("//") else spec.target
    request = client.build_request(spec.method, target, headers=list(spec.headers), **more)
    if written := spec.written_path:
        request.extensions["target"] = written
    return request


@dataclass(frozen=True, slots=True, kw_only=True)
class BodySource:
    """
    A body that is read while it is sent.

    :ivar source: httpx's stream of an iterator, an asynchronous iterator, a file or a multipart form
    :ivar content_length: the value of the header; empty if the length is not known
    """

    source: Any
    content_length: str


def build_streamed(
    method: str,
    path: str,
    *,
    params: Any = None,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] | Sequence[tuple[bytes, bytes]] | None = None,
    json: Any = None,
    content: Any = None,
    data: Mapping[str, Any] | None = None,
    files: Any = None,
) -> tuple[RequestSpec, BodySource | None]:
    """
    Return a request as `build_spec` does, and its body if that is not in memory and may be long.

    The request then has no body. Reads nothing of it.
    """
    check_method(method)
    written, spelling = read_target(path)
    try:
        request = httpx.Request(
            method, _absolute(path), params=params, headers=headers, json=json, content=content, data=data, files=files
        )
        body, source = _body_of(request)
        made = _MADE_BY_CLIENT - ({b"host"} if headers and "host" in httpx.Headers(headers) else set())
    except (TypeError, ValueError, UnicodeError, httpx.InvalidURL) as exc:
        raise RequestError(f"this request cannot be sent: {exc}") from exc
    spec = RequestSpec(
        method=method.upper(),
        path=path.partition("#")[0].partition("?")[0],
        query=written if params is None else _query_of(params, request.url),
        spelling=spelling,
        headers=tuple((n.lower(), v) for n, v in request.headers.raw if n.lower() not in made),
        body=body,
    )
    return spec, source


def _body_of(request: httpx.Request) -> tuple[bytes, BodySource | None]:
    with contextlib.suppress(httpx.RequestNotRead):
        return request.content, None
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) <= WHOLE_BYTES:
        return request.read(), None
    return b"", BodySource(source=request.stream, content_length=length)


def read_target(target: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return the query of a path or URL as pairs, and its ``spelling``; raises `RequestError` if it cannot be sent."""
    check_path(target)
    try:
        httpx.URL(_absolute(target))
        return read_query(target.partition("#")[0].partition("?")[2])
    except (ValueError, httpx.InvalidURL) as exc:
        raise RequestError(f"this request cannot be sent: {exc}") from exc


def _absolute(target: str) -> str:
    return target if "://" in target else f"http://testserver{target}"


def read_query(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return a query as pairs, and its ``spelling``; raises ``httpx.InvalidURL`` if it cannot be part of a URL."""
    sent = httpx.URL(f"http://testserver/?{text}").query.decode("ascii")
    pairs = _decode(sent)
    return pairs, "" if sent == _encode(pairs) else sent


def _query_of(params: Any, url: httpx.URL) -> tuple[tuple[str, str], ...]:
    """Return the pairs in the order given; httpx's ``QueryParams`` groups those of the same name."""
    if isinstance(params, (list, tuple)):
        return tuple(item for pair in params for item in httpx.QueryParams([pair]).multi_items())
    return tuple(url.params.multi_items())


def _decode(query: str) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(query, keep_blank_values=True))


def _encode(pairs: Iterable[tuple[str, str]]) -> str:
    # One by one, because httpx's QueryParams groups pairs of the same name.
    return "&".join(str(httpx.QueryParams([pair])) for pair in pairs)


def check_method(method: str) -> None:
    """Raise `RequestError` if the method is not a token (RFC 9110, section 5.6.2)."""
    if not _TOKEN.fullmatch(method):
        raise RequestError(f"{method!r} is not an HTTP method: use a word such as GET or POST")


def check_path(path: str) -> None:
    """Raise `RequestError` if the path is neither ``/...`` nor an absolute http(s) URL."""
    if not path.startswith(("/", "http://", "https://")):
        shown = Redactor().url(path)
        raise RequestError(f"the path {shown!r} does not begin with '/': write '/{shown}'")
