"""What curl's options mean for a request: the words after ``curl`` become `CurlCall`s. No quoting, no files.

An option builds the request, or is left out with a note because it only says how curl works, or is an error that says
what to write instead. Which options there are is as the manual page of curl 8 has it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from ..protocol.errors import RequestError
from ..records.requests import RequestSpec
from .imported import Part, basic_credentials, build_imported, build_multipart

_READS_FILE = "it reads the file {0!r}: put its content there, or send it from Python with content= or files="
_PARAMETER = re.compile(r';\s*(type|filename)=("(?:[^"\\]|\\.)*"|[^;]*)')

_LETTERS = {
    "X": "request", "H": "header", "d": "data", "F": "form", "G": "get", "I": "head", "u": "user",
    "A": "user-agent", "e": "referer", "b": "cookie", "r": "range", "g": "globoff", "T": "upload-file",
    "K": "config", ":": "next", "k": "insecure", "L": "location", "s": "silent", "S": "show-error",
    "i": "include", "v": "verbose", "f": "fail", "o": "output", "O": "remote-name", "J": "remote-header-name",
    "D": "dump-header", "w": "write-out", "N": "no-buffer", "m": "max-time", "c": "cookie-jar", "x": "proxy",
    "E": "cert", "#": "progress-bar", "q": "disable", "R": "remote-time", "Z": "parallel", "0": "http1.0",
    "1": "tlsv1", "2": "sslv2", "3": "sslv3", "4": "ipv4", "6": "ipv6", "n": "netrc", "a": "append",
    "j": "junk-session-cookies", "p": "proxytunnel", "U": "proxy-user", "Y": "speed-limit", "y": "speed-time",
    "z": "time-cond", "C": "continue-at",
}  # fmt: skip
"""One letter for a long name."""

_HARMLESS = frozenset({
    "basic", "ca-native", "cert-status", "compressed", "create-dirs", "disable", "disallow-username-in-url",
    "fail", "fail-early", "fail-with-body", "false-start", "globoff", "http0.9", "http1.0", "http1.1", "http2",
    "http2-prior-knowledge", "http3", "http3-only", "include", "insecure", "ipv4", "ipv6", "junk-session-cookies",
    "location", "location-trusted", "no-alpn", "no-buffer", "no-keepalive", "no-progress-meter", "no-sessionid",
    "parallel", "path-as-is", "post301", "post302", "post303", "progress-bar", "proxytunnel", "raw",
    "remote-header-name", "remote-name", "remote-name-all", "remote-time", "retry-all-errors",
    "retry-connrefused", "show-error", "silent", "ssl", "ssl-no-revoke", "ssl-reqd", "sslv2", "sslv3",
    "styled-output", "tcp-fastopen", "tcp-nodelay", "tlsv1", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3",
    "trace-time", "verbose",
})  # fmt: skip
"""What is about the connection or the display, without a value."""

_HARMLESS_WITH_VALUE = frozenset({
    "abstract-unix-socket", "alt-svc", "cacert", "capath", "cert", "cert-type", "ciphers", "connect-timeout",
    "connect-to", "cookie-jar", "curves", "dns-servers", "doh-url", "dump-header", "expect100-timeout",
    "happy-eyeballs-timeout-ms", "hsts", "interface", "keepalive-time", "key", "key-type", "limit-rate",
    "local-port", "max-filesize", "max-redirs", "max-time", "noproxy", "output", "output-dir", "parallel-max",
    "pass", "pinnedpubkey", "preproxy", "proto", "proto-redir", "proxy", "proxy-user", "rate", "resolve", "retry",
    "retry-delay", "retry-max-time", "speed-limit", "speed-time", "stderr", "tls-max", "tls13-ciphers", "trace",
    "trace-ascii", "unix-socket", "write-out",
})  # fmt: skip
"""What is about the connection or the display, with a value."""

_CHALLENGE = "it answers a challenge of the server: send the Authorization header itself with -H"
_NETRC = "it reads a file: write -u user:password"
_REFUSED = {
    "upload-file": "it reads a file: send the file's content with --data-binary 'content' and -X PUT",
    "config": "it reads a file: paste the command itself",
    "netrc": _NETRC,
    "netrc-file": _NETRC,
    "netrc-optional": _NETRC,
    "digest": _CHALLENGE,
    "ntlm": _CHALLENGE,
    "negotiate": _CHALLENGE,
    "anyauth": _CHALLENGE,
    "aws-sigv4": "it signs the request: send the signed headers themselves with -H",
    "request-target": "put the target into the URL",
    "time-cond": "send the header itself: -H 'If-Modified-Since: ...'",
    "continue-at": "send the header itself: -H 'Range: bytes=...'",
    "append": "it is for uploads to other kinds of servers",
}
"""What would change the request in a way that cannot be told here, and what to write instead."""


@dataclass(slots=True, kw_only=True)
class CurlCall:
    """
    One call of curl in the making, up to ``--next``.

    :ivar data: the pieces of the body, which ``&`` joins
    :ivar parts: ``(name, (filename, content, type))`` of each part of a form
    :ivar given: curl's standard input; None where the text does not say what that is
    """

    given: str | None = None
    method: str = ""
    urls: list[str] = field(default_factory=list)
    headers: list[tuple[str, str | None]] = field(default_factory=list)
    defaults: list[tuple[str, str]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    user: str = ""
    data: list[str] = field(default_factory=list)
    json: list[str] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    as_query: bool = False
    head: bool = False
    glob: bool = True
    notes: list[str] = field(default_factory=list)

    def specs(self, base_url: str) -> list[RequestSpec]:
        """Return one request for each URL."""
        if not self.urls:
            raise RequestError("this curl command has no URL: give one, such as http://localhost:8000/items")
        kinds = [bool(self.data), bool(self.json), bool(self.parts)]
        if sum(kinds) > 1:
            raise RequestError("curl takes one kind of body: -d, --json or -F, not several")
        if self.head and self._has_body():
            raise RequestError(
                "-I asks for a response without a body, by HEAD, and curl sends no body with it: leave one"
            )
        return [self._spec(url, base_url) for url in self.urls]

    def _spec(self, url: str, base_url: str) -> RequestSpec:
        if self.glob and (match := re.search(r"\[\w+-\w+(?::\d+)?\]|(?<!\{)\{[^{}]*,[^{}]*\}", url)):
            raise RequestError(
                f"{match[0]} stands for several URLs: write each of them, or -g where it is meant as it is"
            )
        url = url.partition("#")[0]
        for more in [*self.query, *(self.data if self.as_query else [])]:
            url += ("&" if "?" in url else "?") + more
        body, defaults = (b"", []) if self.as_query else self._body()
        method = self.method or ("HEAD" if self.head else "POST" if self._has_body() else "GET")
        return build_imported(method, url, self._fields([*defaults, *self.defaults]), body, base_url=base_url)

    def _has_body(self) -> bool:
        return bool(self.data or self.json or self.parts) and not self.as_query

    def _body(self) -> tuple[bytes, list[tuple[str, str]]]:
        """Return the body and the headers that come with it."""
        if self.parts:
            body, content_type = build_multipart(self.parts)
            return body, [("content-type", content_type)]
        if self.json:
            more = [("content-type", "application/json"), ("accept", "application/json")]
            return _bytes("".join(self.json)), more
        if self.data:
            return _bytes("&".join(self.data)), [("content-type", "application/x-www-form-urlencoded")]
        return b"", []

    def _fields(self, defaults: Sequence[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
        """Return the headers: those given, and defaults that nothing given replaces or takes away."""
        said = {name.lower() for name, _ in self.headers}
        if self.user and "authorization" not in said:
            defaults = [*defaults, ("authorization", basic_credentials(self.user).decode())]
        if self.cookies:
            defaults = [*defaults, ("cookie", "; ".join(self.cookies))]
        pairs = [*self.headers, *((name, value) for name, value in defaults if name not in said)]
        return [(_bytes(name.lower()), _bytes(value)) for name, value in pairs if value is not None]

    def fill(self, content: str, option: str) -> str:
        """Return what a value means where ``@`` names a file; only ``@-`` can be told."""
        if not content.startswith("@"):
            return content
        if content == "@-" and self.given is not None:
            return self.given
        raise RequestError(f"--{option} {content}: {_READS_FILE.format(content[1:])}")


def read_options(words: Sequence[str], given: str | None) -> list[CurlCall]:
    """Return the calls that the words after ``curl`` describe; raises `RequestError`."""
    calls = [CurlCall(given=given)]
    rest = _Words(words)
    for word in rest:
        if rest.all_urls or not word.startswith("-") or word == "-":
            calls[-1].urls.append(word)
        elif word == "--":
            rest.all_urls = True
        elif word.startswith("--"):
            _take(calls, word[2:], rest, "")
        else:
            _take_short(calls, word[1:], rest)
    return calls


class _Words:
    """The words not taken yet."""

    def __init__(self, words: Sequence[str]) -> None:
        self._rest = iter(words)
        self.all_urls = False

    def __iter__(self) -> _Words:
        return self

    def __next__(self) -> str:
        return next(self._rest)


def _take_short(calls: list[CurlCall], letters: str, rest: _Words) -> None:
    """Take ``-sSL`` as three options, ``-XPOST`` and ``-dname=1`` as one with its value."""
    while letters:
        name = _LETTERS.get(letters[0])
        if name is None:
            raise RequestError(f"curl has no option -{letters[0]}: check the command")
        letters = letters[1:]
        if _take(calls, name, rest, letters):
            return


def _take(calls: list[CurlCall], name: str, rest: _Words, attached: str) -> bool:
    """Carry one option out; return whether it took a value."""
    call = calls[-1]
    if name == "next":
        calls.append(CurlCall(given=call.given))
    elif name in _FLAGS:
        _FLAGS[name](call)
    elif name in _HARMLESS or (name.startswith("no-") and name[3:] in _HARMLESS):
        call.notes.append(f"--{name} is left out: it does not change the request")
    elif name in _REFUSED:
        raise RequestError(f"--{name}: {_REFUSED[name]}")
    elif name in _VALUED or name in _HARMLESS_WITH_VALUE:
        value = attached or next(rest, None)
        if value is None:
            raise RequestError(f"--{name} needs a value: give one")
        if name in _VALUED:
            _VALUED[name](call, value)
        else:
            call.notes.append(f"--{name} is left out: it does not change the request")
        return True
    else:
        close = difflib.get_close_matches(name, [*_VALUED, *_FLAGS, *_HARMLESS, *_HARMLESS_WITH_VALUE], n=1)
        hint = f"did you mean --{close[0]}?" if close else "leave it out, or write the header or body that it makes"
        raise RequestError(f"--{name} is not known here: {hint}")
    return False


# -- what each option does -----------------------------------------------------------------------------------


def _header(call: CurlCall, value: str) -> None:
    if value.startswith("@"):
        raise RequestError(f"-H {value}: {_READS_FILE.format(value[1:])}")
    name, colon, text = value.partition(":")
    if colon:
        call.headers.append((name.strip(" \t"), text.strip(" \t") or None))  # without a value it takes a default away
    elif value.rstrip().endswith(";"):
        call.headers.append((value.rstrip()[:-1].strip(), ""))
    else:
        raise RequestError("what follows -H is not a header: write -H 'Name: value'")


def _data(call: CurlCall, value: str) -> None:
    text = call.fill(value, "data")
    call.data.append(text if text == value else re.sub(r"[\r\n\x00]", "", text))


def _data_binary(call: CurlCall, value: str) -> None:
    call.data.append(call.fill(value, "data-binary"))


def _data_raw(call: CurlCall, value: str) -> None:
    call.data.append(value)


def _data_urlencode(call: CurlCall, value: str) -> None:
    call.data.append(_urlencoded(call, value, "data-urlencode"))


def _url_query(call: CurlCall, value: str) -> None:
    call.query.append(value[1:] if value.startswith("+") else _urlencoded(call, value, "url-query"))


def _urlencoded(call: CurlCall, value: str, option: str) -> str:
    """Return ``content``, ``=content``, ``name=content``, ``@file`` or ``name@file`` with its content encoded."""
    match = re.match(r"[^=@]*", value)
    name = match[0] if match is not None else ""
    sign, content = value[len(name) : len(name) + 1], value[len(name) + 1 :]
    if not sign:
        return quote_plus(_bytes(value), safe="")
    if sign == "@":
        content = call.fill(f"@{content}", option)
    return (f"{name}=" if name else "") + quote_plus(_bytes(content), safe="")


def _json(call: CurlCall, value: str) -> None:
    call.json.append(call.fill(value, "json"))


def _form(call: CurlCall, value: str) -> None:
    name, equals, content = value.partition("=")
    if not equals:
        raise RequestError(f"-F {value!r} is not a field: write name=value")
    if content.startswith(("@", "<")):
        path = content[1:].partition(";")[0]
        raise RequestError(f"-F {name}={content[0]}{path}: {_READS_FILE.format(path)}")
    if content.startswith("(") or re.search(r";\s*(?:headers|encoder)=", content):
        raise RequestError(
            f"-F {name}=...: nested parts, headers= and encoder= are not read: send the body with --data-raw"
        )
    found = {kind: _unquoted(text.strip()) for kind, text in _PARAMETER.findall(content)}
    text = _unquoted(_PARAMETER.sub("", content))
    call.parts.append((name, (found.get("filename"), _bytes(text), found.get("type"))))


def _form_string(call: CurlCall, value: str) -> None:
    name, equals, content = value.partition("=")
    if not equals:
        raise RequestError(f"--form-string {value!r} is not a field: write name=value")
    call.parts.append((name, (None, _bytes(content), None)))


def _user(call: CurlCall, value: str) -> None:
    if ":" not in value:
        raise RequestError(f"-u {value}: curl would ask for the password: write -u {value}:password")
    call.user = value


def _cookie(call: CurlCall, value: str) -> None:
    if "=" not in value:
        raise RequestError(f"-b {value}: {_READS_FILE.format(value)}; cookies themselves are written -b 'name=value'")
    call.cookies.append(value)


def _referer(call: CurlCall, value: str) -> None:
    if value.partition(";")[0]:
        call.defaults.append(("referer", value.removesuffix(";auto")))


def _set(name: str, value: object) -> Callable[[CurlCall], None]:
    return lambda call: setattr(call, name, value)


def _default(header: str, prefix: str = "") -> Callable[[CurlCall, str], None]:
    return lambda call, value: call.defaults.append((header, prefix + value)) if value else None


_FLAGS: dict[str, Callable[[CurlCall], None]] = {
    "get": _set("as_query", True),
    "head": _set("head", True),
    "globoff": _set("glob", False),
}
_VALUED: dict[str, Callable[[CurlCall, str], None]] = {
    "request": lambda call, value: setattr(call, "method", value),
    "url": lambda call, value: call.urls.append(value),
    "header": _header,
    "data": _data,
    "data-ascii": _data,
    "data-binary": _data_binary,
    "data-raw": _data_raw,
    "data-urlencode": _data_urlencode,
    "url-query": _url_query,
    "json": _json,
    "form": _form,
    "form-string": _form_string,
    "user": _user,
    "oauth2-bearer": _default("authorization", "Bearer "),
    "user-agent": _default("user-agent"),
    "referer": _referer,
    "cookie": _cookie,
    "range": _default("range", "bytes="),
}


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
