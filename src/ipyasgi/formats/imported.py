"""`Imported`: the requests of a text in a foreign format, and the rules that all importers share.

Importing runs no code and reads no file that the text names; only the caller supplies values for ``{{name}}`` and
``$NAME``.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from urllib.parse import quote, unquote, urlsplit

from ..client.httpx import httpx
from ..protocol.errors import RequestError
from ..records.redaction import Redactor
from ..records.requests import RequestSpec, build_spec, check_method, read_query
from ..shown import Shown, hint

_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|::1|testserver")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_FIELD_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MADE_BY_CLIENT = frozenset({b"content-length"})

Part = tuple[str, str, bytes, str]
"""A part of a form: its name, filename, content and media type; filename and media type may be empty."""


class HasResponse(Protocol):
    """What was received, such as an exchange."""

    @property
    def response(self) -> httpx.Response | None:
        """The response; None if there was none."""


R = TypeVar("R", bound=HasResponse)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ImportedRequest:
    """
    A request of the text.

    :ivar spec: the request; values of earlier responses are in it as they are written, such as ``{{thing_id}}``
    :ivar name: its name in the text, which may be empty
    :ivar needs: the names of the earlier requests whose responses have values of this request
    :ivar fill: returns the request with the values of these responses, which are given by the names of their requests
    """

    spec: RequestSpec
    name: str = ""
    needs: tuple[str, ...] = ()
    fill: Callable[[Mapping[str, httpx.Response]], RequestSpec] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        title = f"{self.name}: " if self.name else ""
        return f"<ImportedRequest {title}{self.spec.method} {Redactor().url(self.spec.path)}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Imported(Shown):
    """
    The requests of a text, in order.

    :ivar notes: sentences about parts that were left out or left as they are
    :ivar left_out: the number of requests that could not be read; the notes say why
    """

    requests: tuple[ImportedRequest, ...]
    notes: tuple[str, ...] = ()
    left_out: int = 0

    @property
    def specs(self) -> tuple[RequestSpec, ...]:
        """The requests without their names; raises `RequestError` if one needs a value of an earlier response."""
        for request in self.requests:
            if request.needs:
                raise RequestError(
                    f"the request {request.name or request.spec.method} needs the response to {request.needs[0]}: send "
                    f"them with send_each(explorer.send){hint(', or %asgi import FILE --send', '')}"
                )
        return tuple(request.spec for request in self.requests)

    def send_each(self, send: Callable[[RequestSpec], R]) -> list[R]:
        """
        Send the requests in order, and return what ``send`` returns, which is for example ``explorer.send``.

        A request that needs a value of an earlier response has the one that was just received. Raises `RequestError`
        if that response does not have the value.
        """
        responses: dict[str, httpx.Response] = {}
        found = []
        for request in self.requests:
            sent = send(request.spec if request.fill is None else request.fill(responses))
            if request.name and sent.response is not None:
                responses[request.name] = sent.response
            found.append(sent)
        return found

    def __iter__(self) -> Iterator[ImportedRequest]:
        return iter(self.requests)

    def __len__(self) -> int:
        return len(self.requests)

    def __repr__(self) -> str:
        return f"<Imported: {len(self.requests)} requests, {len(self.notes)} notes>"


def build_imported(
    method: str, url: str, headers: Sequence[tuple[bytes, bytes]] = (), body: bytes = b"", *, base_url: str = ""
) -> RequestSpec:
    """
    Return the spec of an imported request.

    A URL of this machine (``localhost``, ``127.0.0.1``, ``testserver``) or of ``base_url`` belongs to the app: only its
    path is kept. A user in the URL becomes basic authorization, as in curl and browsers.

    :param url: an absolute URL, with or without ``http://``, or a path; with its query
    :param headers: ``(name, value)`` byte pairs, names in any case
    Raises `RequestError` for a method, URL or header that cannot be sent.
    """
    check_method(method)
    path, (query, spelling), user = _read_target(url, base_url)
    pairs = [(name.lower(), value.strip(b" \t")) for name, value in headers]
    for name, value in pairs:
        if not _FIELD_NAME.fullmatch(name) or re.search(rb"[\r\n\x00]", value):
            raise RequestError(f"{name.decode('latin-1')!r} is not a header that can be sent: write 'Name: value'")
    if user and all(name != b"authorization" for name, _ in pairs):
        pairs.append((b"authorization", basic_credentials(unquote(user))))
    return RequestSpec(
        method=method.upper(),
        path=path,
        query=query,
        spelling=spelling,
        headers=tuple(pair for pair in pairs if pair[0] not in _MADE_BY_CLIENT),
        body=body,
    )


def encode_header(text: str) -> bytes:
    """Return a header's name or value in Latin-1, or in UTF-8 if it has other characters."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def basic_credentials(user: str) -> bytes:
    """Return the ``Authorization`` of ``user:password``; RFC 7617."""
    return b"Basic " + base64.b64encode(user.encode("utf-8", "surrogateescape"))


def build_multipart(parts: Sequence[Part]) -> tuple[bytes, str]:
    """Return a form's body and its content type; the same parts always have the same boundary."""
    boundary = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    content_type = f"multipart/form-data; boundary={boundary}"
    files = [
        (name, (filename or None, content, *filter(None, [media_type])))
        for name, filename, content, media_type in parts
    ]
    return build_spec("POST", "/", files=files, headers={"content-type": content_type}).body, content_type


def _read_target(url: str, base_url: str) -> tuple[str, tuple[tuple[tuple[str, str], ...], str], str]:
    """Return the path or absolute URL; the query's pairs and spelling; and the user."""
    text = "".join(quote(char.encode("utf-8", "surrogateescape")) if _is_odd(char) else char for char in url.strip())
    if not text.startswith("/") and not _SCHEME.match(text):
        text = f"http://{text}"
    text = text.partition("#")[0]
    target, _, query = text.partition("?")
    origin, path, user = ("", target, "") if target.startswith("/") else _split_origin(url, target, base_url)
    try:
        whole = httpx.URL(f"{origin or 'http://testserver'}{path or '/'}", params=None)
        found = read_query(query)
    except (httpx.InvalidURL, ValueError, UnicodeError) as exc:
        raise RequestError(f"{_short(url)!r} is not a URL that can be sent: {exc}") from None
    if not whole.host:
        raise RequestError(f"{_short(url)!r} has no host: write a path such as '/items', or 'http://host/items'")
    return origin + (path or "/"), found, user


def _split_origin(url: str, target: str, base_url: str) -> tuple[str, str, str]:
    """Return the origin (empty for the app), the path and the user of an absolute URL."""
    scheme, _, rest = target.partition("://")
    if scheme.lower() not in ("http", "https"):
        raise RequestError(f"{_short(url)!r}: only http and https requests can be imported, not {scheme.lower()}")
    authority, slash, path = rest.partition("/")
    user, _, host = authority.rpartition("@")
    try:
        parts = urlsplit(f"{scheme}://{host}")
        name, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise RequestError(f"{_short(url)!r} is not a URL: {exc}") from None
    here = urlsplit(base_url)
    is_app = _LOOPBACK.fullmatch(name) or (name and (name, port) == (here.hostname, here.port))
    return "" if is_app else f"{scheme.lower()}://{host}", slash + path, user


def _is_odd(char: str) -> bool:
    """Return whether a character is a surrogate escape, or white space other than a space."""
    return "\udc80" <= char <= "\udcff" or char in "\r\n\t\x00"


def _short(text: str) -> str:
    head = Redactor().url(text.partition("?")[0])
    return head if len(head) <= 80 else head[:79] + "…"
