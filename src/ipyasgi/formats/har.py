"""HAR 1.2, the browsers' archive of exchanges: `render_har` writes one, `read_har` reads its requests. Pure.

Source: Jan Odvarko's HAR 1.2 specification. As it requires, fields of our own begin with an underscore.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode

from ..client.app_runner import sent_path
from ..client.httpx import httpx
from ..client.response import kept_content
from ..engine.runs import HttpRun
from ..protocol.errors import RequestError
from ..records.record import Record, describe_cut, sent_content
from ..records.redaction import Redactor
from ..records.secret_rules import MASK
from .exported import read_defaults
from .imported import Imported, ImportedRequest, build_imported, build_multipart, encode_header

T = TypeVar("T", dict[str, Any], list[Any])
_ADDED = "added by the client"
# Headers of the connection, and those that each client makes anew.
_LEFT_OUT = frozenset({
    "connection", "proxy-connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
    "host", "content-length",
})  # fmt: skip

_OTHER_JSON = {
    "an OpenAPI document, not requests": {"openapi", "swagger"},
    "a Postman collection": {"item"},
    "an Insomnia export": {"resources", "_type"},
    "a notebook": {"nbformat", "cells"},
}


# -- writing -------------------------------------------------------------------------------------------------


def render_har(exchanges: Iterable[Record], *, redactor: Redactor = Redactor()) -> str:
    """
    Return an archive of exchanges; redirects that were followed are entries of their own, as browsers write them.

    Secrets are masked. A comment marks headers that the client added, and `read_har` leaves them out.
    """
    records: list[Record] = []
    for exchange in exchanges:
        records += [*exchange.previous, exchange]
    entries = [_entry(record, redactor) for record in records]
    log = {"version": "1.2", "creator": {"name": "ipyasgi", "version": _own_version()}, "entries": entries}
    return json.dumps({"log": log}, ensure_ascii=False, indent=2)


def _own_version() -> str:
    try:
        return version("ipyasgi")
    except PackageNotFoundError:  # the source code is used without installation
        return "unknown"


def _entry(exchange: Record, redactor: Redactor) -> dict[str, Any]:
    began = exchange.sent_at
    if exchange.run is not None:
        began = datetime.fromtimestamp(exchange.run.started_at_s, began.tzinfo)
    timings = _timings(exchange)
    entry = {
        "startedDateTime": began.isoformat(timespec="milliseconds"),
        "time": sum(timings.values()),
        "request": _request(exchange, redactor),
        "response": _response(exchange, redactor),
        "cache": {},
        "timings": timings,
        "comment": exchange.name,
    }
    if exchange.exception is not None:
        entry["_error"] = type(exchange.exception).__name__
    return entry


def _timings(exchange: Record) -> dict[str, float]:
    """Return milliseconds: until the app had the request, until its response started, until the response ended."""
    run = exchange.run
    if run is None:
        return {"send": 0.0, "wait": exchange.elapsed_ns / 1e6, "receive": 0.0}
    first_ns = run.first_byte_ns if run.first_byte_ns is not None else run.duration_ns
    taken = [event.at_ns for event in run.events if event.type == "http.request" and event.at_ns <= first_ns]
    sent_ns = taken[-1] if taken else 0
    end_ns = max(run.response_end_ns or run.cut_off_ns or first_ns, first_ns)
    return {"send": sent_ns / 1e6, "wait": (first_ns - sent_ns) / 1e6, "receive": (end_ns - first_ns) / 1e6}


def _request(exchange: Record, redactor: Redactor) -> dict[str, Any]:
    request = exchange.request
    pairs = redactor.headers(request.headers.raw)
    given = [*exchange.spec.headers, *read_defaults(exchange)]
    headers = []
    for (name, value), (raw_name, raw_value) in zip(pairs, request.headers.raw, strict=True):
        header = {"name": name, "value": value}
        if (raw_name.lower(), raw_value) not in given:
            header["comment"] = _ADDED
        headers.append(header)
    body = sent_content(exchange)
    query = request.url.params.multi_items()
    found: dict[str, Any] = {
        "method": request.method,
        "url": redactor.url(_url_of(request)),
        "httpVersion": _http_version(exchange.run),
        "cookies": [
            cookie for name, value in pairs if name.lower() == "cookie" for cookie in map(_pair, value.split(";"))
        ],
        "headers": headers,
        "queryString": [
            {"name": name, "value": MASK if is_hidden else value}
            for (name, value), is_hidden in zip(query, redactor.hidden(query, "query"), strict=True)
        ],
        "headersSize": -1,
        "bodySize": len(body),
    }
    if body:
        content_type = request.headers.get("content-type", "")
        found["postData"] = {"mimeType": content_type, **_encoded(redactor.body(body, content_type), "_encoding")}
        if exchange.spec.is_partial:
            found["postData"]["comment"] = f"only the first {len(body):,} bytes were kept"
    return found


def _url_of(request: httpx.Request) -> str:
    """Return the URL with the path as sent."""
    url, path = request.url, sent_path(request)
    _, mark, query = url.raw_path.partition(b"?")
    return f"{str(url.copy_with(raw_path=b'/'))[:-1]}{b''.join([path, mark, query]).decode('latin-1')}"


def _response(exchange: Record, redactor: Redactor) -> dict[str, Any]:
    response = exchange.response or httpx.Response(0)
    pairs = redactor.headers(response.headers.raw)
    content_type = response.headers.get("content-type", "x-unknown")
    body, received = kept_content(exchange.response), _received_bytes(exchange)
    cut = describe_cut(exchange)
    content: dict[str, Any] = {"size": len(body), "mimeType": content_type}
    if body:
        content |= _encoded(redactor.body(body, content_type), "encoding")
        content |= {"compression": len(body) - received} if received >= 0 and not cut else {}
    if cut:
        content["comment"] = cut
    return {
        "status": response.status_code,
        "statusText": response.reason_phrase,
        "httpVersion": _http_version(exchange.run),
        "cookies": [_set_cookie(value) for name, value in pairs if name.lower() == "set-cookie"],
        "headers": [{"name": name, "value": value} for name, value in pairs],
        "content": content,
        "redirectURL": next((value for name, value in pairs if name.lower() == "location"), ""),
        "headersSize": -1,
        "bodySize": received,
    }


def _received_bytes(exchange: Record) -> int:
    """Return the size of the body as the app sent it; -1 if unknown."""
    run = exchange.run
    if run is None or run.events_dropped:
        return -1
    return sum(event.body_bytes for event in run.events if event.type == "http.response.body")


def _http_version(run: HttpRun | None) -> str:
    return f"HTTP/{run.scope.get('http_version', '1.1')}" if run is not None else "HTTP/1.1"


def _encoded(body: bytes, encoding: str) -> dict[str, str]:
    """Return the fields of a body: its text, or its base64 with a field ``encoding``."""
    with suppress(UnicodeDecodeError):
        if b"\x00" not in body:
            return {"text": body.decode()}
    return {"text": base64.b64encode(body).decode(), encoding: "base64"}


def _pair(text: str) -> dict[str, Any]:
    name, _, value = text.strip().partition("=")
    return {"name": name, "value": value}


def _set_cookie(text: str) -> dict[str, Any]:
    pair, *attributes = text.split(";")
    cookie = _pair(pair)
    given = {attribute["name"].lower(): attribute["value"] for attribute in map(_pair, attributes)}
    cookie |= {name: given[name] for name in ("path", "domain") if name in given}
    cookie |= {key: True for key in ("httpOnly", "secure") if key.lower() in given}
    with suppress(KeyError, ValueError):  # missing or unreadable
        cookie["expires"] = parsedate_to_datetime(given["expires"]).isoformat()
    return cookie


# -- reading -------------------------------------------------------------------------------------------------


def read_har(text: str, *, base_url: str = "") -> Imported:
    """
    Return the requests of an archive, without its responses.

    :param base_url: a further URL of the app, besides those of this machine
    Raises `RequestError` for text that is not an archive, and for a request in it that cannot be sent.
    """
    notes: list[str] = []
    requests = []
    for number, entry in enumerate(_entries_of(text), 1):
        request = _checked(entry, dict, f"entry {number}").get("request", entry if "url" in entry else None)
        given = _checked(request, dict, f"the request of entry {number}")
        url = _texts(given)["url"]
        is_socket = "_webSocketMessages" in entry or _texts(entry)["_resourceType"] == "websocket"
        if is_socket or not url.lower().startswith(("http://", "https://")):
            kind = "a WebSocket" if is_socket else url.partition(":")[0][:20] or "nothing"
            notes.append(f"entry {number} is left out: {kind} is not http")
            continue
        url = _with_query(url, given, number, notes)
        headers = list(_headers(given, number, notes))
        body, content_type = _body(given, number, dict(headers).get(b"content-type", b""), notes)
        if content_type:
            headers = [pair for pair in headers if pair[0] != b"content-type"] + [(b"content-type", content_type)]
        if MASK in url or MASK.encode() in body:
            notes.append(f"entry {number} has masked values in it ({MASK}): replace them with the real ones")
        spec = build_imported(_texts(given)["method"] or "GET", url, headers, body, base_url=base_url)
        requests.append(ImportedRequest(spec=spec, name=_texts(entry)["comment"]))
    if not requests:
        raise RequestError("there is no http request in this HAR: record some, then export it again")
    return Imported(requests=tuple(requests), notes=tuple(notes))


def _entries_of(text: str) -> list[Any]:
    """Return the entries of an archive, of its ``log`` alone, or of generators' input: requests without responses."""
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise RequestError("this HAR is nested too deeply to be read") from None
    except ValueError as exc:
        raise RequestError(f"this is not a HAR, because it is not JSON ({exc}): export one from a browser") from None
    if isinstance(found, list) and found:
        return found
    found = found if isinstance(found, dict) else {}
    log = found.get("log", found)
    if isinstance(log, dict) and "entries" in log:
        return _checked(log["entries"], list, "log.entries")
    if "request" in found or ("url" in found and "method" in found):
        return [found]
    kind = next((name for name, keys in _OTHER_JSON.items() if not keys.isdisjoint(found)), "")
    raise RequestError(
        f"this is {kind or 'not a HAR, a JSON object with log.entries'}: what can be read is a HAR archive, as "
        "browsers export it, a .http file or curl commands"
    )


def _with_query(url: str, given: Mapping[str, Any], number: int, notes: list[str]) -> str:
    """Return a URL with the parameters that stand only in ``queryString``, as generators write them."""
    target, mark, fragment = url.partition("#")
    head, _, query = target.partition("?")
    known = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    known |= {unquote(name) for name in known}
    listed = [_texts(one) for one in _checked(given.get("queryString"), list, "queryString")]
    pairs = [(one["name"], one["value"]) for one in listed if not {one["name"], unquote(one["name"])} & known]
    if query and pairs:
        notes.append(f"entry {number}: parameters that stand only in queryString are added to those of its url")
    return (
        head
        + "?" * bool(query or pairs or "?" in target)
        + "&".join(filter(None, [query, urlencode(pairs)]))
        + mark
        + fragment
    )


def _headers(given: Mapping[str, Any], number: int, notes: list[str]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers that the request itself has, with the cookies that stand only in ``cookies``."""
    sent: set[str] | None = set()  # names of cookies in the header; None for a masked one
    cookies = [_texts(cookie) for cookie in _checked(given.get("cookies"), list, "cookies")]
    headers = []
    for header in map(_texts, _checked(given.get("headers"), list, "headers")):
        name, value = header["name"].lower(), header["value"]
        if name == "cookie":
            sent = None if sent is None or MASK in value else sent | {_pair(one)["name"] for one in value.split(";")}
        if not name or name.startswith(":") or name in _LEFT_OUT or header["comment"] == _ADDED:
            continue
        if MASK in value:
            notes.append(f"entry {number}: the header {name} was masked and is left out: add it again")
            continue
        headers.append((name, value))
    missing = [one for one in cookies if sent is not None and one["name"] not in sent and one["value"] != MASK]
    if missing:
        pairs = "; ".join(f"{one['name']}={one['value']}" for one in missing)
        earlier = [value for name, value in headers if name == "cookie"]
        headers = [pair for pair in headers if pair[0] != "cookie"] + [("cookie", "; ".join([*earlier, pairs]))]
    yield from ((encode_header(name), encode_header(value)) for name, value in headers)


def _body(given: Mapping[str, Any], number: int, sent_type: bytes, notes: list[str]) -> tuple[bytes, bytes]:
    """Return the body, and the content type if ``postData`` determines it or no header has it."""
    data = _checked(given.get("postData"), dict, f"postData of entry {number}")
    texts, params = _texts(data), _checked(data.get("params"), list, "params")
    mime_type = texts["mimeType"]
    if mime_type in ("x-unknown", "application/octet-stream+unknown"):
        mime_type = ""
    missing = b"" if sent_type else encode_header(mime_type)
    if "base64" in (texts["_encoding"], texts["encoding"]):
        try:
            return base64.b64decode("".join(texts["text"].split()), validate=True), missing
        except (binascii.Error, ValueError) as exc:
            raise RequestError(f"the body of entry {number} is not base64: {exc}") from None
    if texts["text"] or not params:
        body = _utf8(texts["text"])
        return body, _with_boundary(sent_type or missing, body) or (missing if body else b"")
    fields = [_texts(param) for param in params]
    if (mime_type or sent_type.decode("latin-1")).lower().startswith("multipart/"):
        left = [one["fileName"] for one in fields if one["fileName"] and not one["value"]]
        notes += [
            f"entry {number}: the content of the file {name} is not in the HAR, so it is sent empty" for name in left
        ]
        parts = [(one["name"], one["fileName"], _utf8(one["value"]), one["contentType"]) for one in fields]
        body, content_type = build_multipart(parts)
        return body, content_type.encode()
    form = urlencode([(one["name"], one["value"]) for one in fields]).encode()
    return form, b"" if sent_type else missing or b"application/x-www-form-urlencoded"


def _with_boundary(content_type: bytes, body: bytes) -> bytes:
    """Return a multipart content type with the boundary of the body, if it has none; else an empty text."""
    if not content_type.lower().startswith(b"multipart/") or b"boundary=" in content_type.lower():
        return b""
    match = re.match(rb"\s*--([^\r\n]{1,70})\r?\n", body)
    return content_type.rstrip(b" ;") + b"; boundary=" + match[1] if match is not None else b""


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _texts(value: Any) -> Mapping[str, str]:
    """Return the strings of a JSON object by name, an empty string for any other name."""
    fields = _checked(value, dict, "a pair of name and value").items()
    return defaultdict(str, {name: text for name, text in fields if isinstance(text, str)})


def _checked(value: Any, kind: type[T], name: str) -> T:
    """Return a value of this kind, an empty one for None; raises `RequestError` for any other value."""
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise RequestError(f"{name} is not a JSON {'object' if kind is dict else 'list'}: is this a HAR?")
    return value
