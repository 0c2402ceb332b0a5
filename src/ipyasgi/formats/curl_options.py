"""curl's options: `read_options` builds a `CurlCall` from the arguments of ``curl``. Reads no files.

An option that does not change the request is left out with a note; one that reads a file or is unknown is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote_plus

from ..protocol.errors import RequestError
from ..records.requests import RequestSpec
from .imported import Part, basic_credentials, build_imported, build_multipart

_LETTERS = {
    "A": "user-agent", "D": "dump-header", "F": "form", "G": "get", "H": "header", "I": "head", "L": "location",
    "N": "no-buffer", "O": "remote-name", "S": "show-error", "X": "request", "b": "cookie", "c": "cookie-jar",
    "d": "data", "e": "referer", "f": "fail", "g": "globoff", "i": "include", "k": "insecure", "m": "max-time",
    "o": "output", "s": "silent", "u": "user", "v": "verbose", "w": "write-out", "x": "proxy", "#": "progress-bar",
    "4": "ipv4", "6": "ipv6",
}  # fmt: skip
_IGNORED = frozenset({
    "compressed", "fail", "fail-with-body", "globoff", "http1.1", "http2", "http3", "include", "insecure", "ipv4",
    "ipv6", "location", "no-buffer", "no-progress-meter", "progress-bar", "remote-name", "show-error",
    "silent", "ssl-no-revoke", "tlsv1.2", "tlsv1.3", "verbose",
})  # fmt: skip
_IGNORED_WITH_VALUE = frozenset({
    "cacert", "cert", "connect-timeout", "cookie-jar", "dump-header", "key", "max-redirs", "max-time", "noproxy",
    "output", "proxy", "resolve", "retry", "retry-delay", "write-out",
})  # fmt: skip
_FLAGS = frozenset({"get", "head", "path-as-is"})
_PARAMETER = re.compile(r';\s*(type|filename)=("(?:[^"\\]|\\.)*"|[^;]*)')


@dataclass(slots=True, kw_only=True)
class CurlCall:
    """
    The options of one call of curl, collected one by one.

    :ivar stdin: curl's standard input; None if the text does not contain it
    :ivar defaults: headers that a header of the same name in ``headers`` replaces, or removes with None
    :ivar data: the fields of the body, joined by ``&``
    :ivar query: further fields of the query
    """

    stdin: str | None
    method: str = ""
    urls: list[str] = field(default_factory=list)
    headers: list[tuple[str, str | None]] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    json: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def specs(self, base_url: str) -> list[RequestSpec]:
        """Return one request for each URL; raises `RequestError`."""
        if not self.urls:
            raise RequestError("this curl command has no URL: add one, such as http://localhost:8000/items")
        if sum(map(bool, (self.data, self.json, self.parts))) > 1:
            raise RequestError("curl sends one kind of body: use only one of -d, --json and -F")
        query = "&".join([*self.query, *(self.data if "get" in self.flags else [])])
        body, defaults = (b"", {}) if "get" in self.flags else self._body()
        method = self.method or ("HEAD" if "head" in self.flags else "POST" if defaults else "GET")
        given = {name.lower() for name, _ in self.headers}
        pairs = [*self.headers, *(pair for pair in (defaults | self.defaults).items() if pair[0] not in given)]
        headers = [(_bytes(name), _bytes(value)) for name, value in pairs if value is not None]
        urls = [url.partition("#")[0] for url in self.urls]
        targets = [f"{url}{'&' if '?' in url else '?'}{query}" if query else url for url in urls]
        specs = [build_imported(method, target, headers, body, base_url=base_url) for target in targets]
        return specs if "path-as-is" in self.flags else list(map(_without_dots, specs))

    def _body(self) -> tuple[bytes, dict[str, str]]:
        if self.parts:
            body, content_type = build_multipart(self.parts)
            return body, {"content-type": content_type}
        if self.json:
            return _bytes("".join(self.json)), {"content-type": "application/json", "accept": "application/json"}
        if self.data:
            return _bytes("&".join(self.data)), {"content-type": "application/x-www-form-urlencoded"}
        return b"", {}

    def content(self, option: str, value: str) -> str:
        """Return an option's value, or the standard input for ``@-``; raises `RequestError` for a file."""
        if value == "@-" and self.stdin is not None:
            return self.stdin
        if value.startswith("@"):
            raise _reads_file(option, value[1:])
        return value


def _without_dots(spec: RequestSpec) -> RequestSpec:
    """Return a request without the dot segments in its path, which curl removes: RFC 3986, section 5.2.4."""
    origin, slash, path = ("", "/", spec.path[1:]) if spec.path.startswith("/") else _split_url(spec.path)
    if not re.search(r"(?:\A|/)\.{1,2}(?:/|\Z)", path):
        return spec
    kept: list[str] = []
    segments = path.split("/")
    for number, segment in enumerate(segments):
        if segment == "..":
            del kept[-1:]
        if segment not in (".", ".."):
            kept.append(segment)
        elif number == len(segments) - 1:
            kept.append("")
    return replace(spec, path=origin + slash + "/".join(kept))


def _split_url(url: str) -> tuple[str, str, str]:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}", slash, path


def read_options(words: Sequence[str], stdin: str | None) -> CurlCall:
    """Return the call that the arguments of ``curl`` describe; raises `RequestError`."""
    call = CurlCall(stdin=stdin)
    for name, value in _split_options(words):
        if name in _ACTIONS:
            _ACTIONS[name](call, value)
        elif name in _FLAGS:
            call.flags.add(name)
        else:
            call.notes.append(f"--{name} is left out: it does not change the request")
    return call


def _split_options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield ``(long name, value)`` of each option and URL: ``-sSL`` is three options, ``-XPOST`` one with its value."""
    rest = iter(words)
    for word in rest:
        if word.startswith("--"):
            yield word[2:], _next_value(word, rest) if _takes_value(word[2:]) else ""
        elif word.startswith("-"):
            for at, letter in enumerate(word[1:], 2):
                name = _LETTERS.get(letter, letter)
                if _takes_value(name):
                    yield name, word[at:] or _next_value(f"-{letter}", rest)
                    break
                yield name, ""
        else:
            yield "url", word


def _takes_value(name: str) -> bool:
    if name in _ACTIONS or name in _IGNORED_WITH_VALUE:
        return True
    if name in _IGNORED or name in _FLAGS:
        return False
    raise RequestError(
        f"curl's option {'--' if len(name) > 1 else '-'}{name} is not supported: remove it if it concerns only the "
        "connection or the output; otherwise write the header (-H) or the body (--data-raw) that it creates"
    )


def _next_value(option: str, rest: Iterator[str]) -> str:
    value = next(rest, None)
    if value is None:
        raise RequestError(f"{option} needs a value: write one after it, or copy the whole command")
    return value


def _reads_file(option: str, path: str) -> RequestError:
    return RequestError(
        f"--{option} reads the file {path!r}, and files are not read: write its content, or send it from Python with "
        "content= or files="
    )


# -- actions of the options ----------------------------------------------------------------------------------


def _header(call: CurlCall, value: str) -> None:
    name, colon, text = call.content("header", value).partition(":")
    if colon:
        call.headers.append((name.strip(" \t"), text.strip(" \t") or None))  # an empty value removes a default
    elif value.rstrip().endswith(";"):
        call.headers.append((value.rstrip()[:-1].strip(), ""))
    else:
        raise RequestError("the value of -H is not a header: write -H 'Name: value'")


def _data(call: CurlCall, value: str) -> None:
    text = call.content("data", value)
    call.data.append(text if text == value else re.sub(r"[\r\n\x00]", "", text))


def _data_urlencode(call: CurlCall, value: str) -> None:
    call.data.append(_urlencoded("data-urlencode", value))


def _urlencoded(option: str, value: str) -> str:
    name, sign, content = value.partition("=")
    if "@" in name:
        raise _reads_file(option, value.partition("@")[2])
    name, content = (f"{name}=" if name else "", content) if sign else ("", value)
    return name + quote_plus(_bytes(content), safe="")


def _form(call: CurlCall, value: str) -> None:
    name, equals, content = value.partition("=")
    if not equals:
        raise RequestError(f"-F {value!r} is not a field: write name=value")
    if content.startswith(("@", "<")):
        raise _reads_file("form", content[1:].partition(";")[0])
    found = {kind: _unquoted(text.strip()) for kind, text in _PARAMETER.findall(content)}
    text = _unquoted(_PARAMETER.sub("", content))
    call.parts.append((name, found.get("filename", ""), _bytes(text), found.get("type", "")))


def _form_string(call: CurlCall, value: str) -> None:
    name, equals, text = value.partition("=")
    if not equals:
        raise RequestError(f"--form-string {value!r} is not a field: write name=value")
    call.parts.append((name, "", _bytes(text), ""))


def _url_query(call: CurlCall, value: str) -> None:
    if value.startswith("+"):
        call.query.append(value[1:])
        return
    call.query.append(_urlencoded("url-query", value))


def _user(call: CurlCall, value: str) -> None:
    if ":" not in value:
        raise RequestError(f"-u {value} has no password: write -u {value}:password")
    call.defaults["authorization"] = basic_credentials(value).decode()


def _cookie(call: CurlCall, value: str) -> None:
    if "=" not in value:
        raise _reads_file("cookie", value)
    call.defaults["cookie"] = "; ".join(filter(None, [call.defaults.get("cookie"), value]))


def _default(name: str) -> Callable[[CurlCall, str], None]:
    return lambda call, value: call.defaults.update({name: value} if value else {})


_ACTIONS: dict[str, Callable[[CurlCall, str], None]] = {
    "request": lambda call, value: setattr(call, "method", value),
    "url": lambda call, value: call.urls.append(value),
    "header": _header,
    "data": _data,
    "data-ascii": _data,
    "data-binary": lambda call, value: call.data.append(call.content("data-binary", value)),
    "data-raw": lambda call, value: call.data.append(value),
    "data-urlencode": _data_urlencode,
    "json": lambda call, value: call.json.append(call.content("json", value)),
    "form": _form,
    "form-string": _form_string,
    "url-query": _url_query,
    "user": _user,
    "user-agent": _default("user-agent"),
    "referer": _default("referer"),
    "cookie": _cookie,
}


def _unquoted(text: str) -> str:
    is_quoted = len(text) >= 2 and text[0] == text[-1] == '"'
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if is_quoted else text


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
