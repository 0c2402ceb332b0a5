"""`Redactor`: which parts of a text are secret. Views, exports and panels use the redactor of their settings. Pure.

Only the spans of secrets are replaced, so the rest of a text keeps its bytes. A name is secret because of its words,
because the user lists it, or because the app's document declares it.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote_plus

from .json_tokens import end_of_value, find_member, member_names, name_of
from .multipart import field_names, find_contents

MASK = "•••"

Place = Literal["", "query", "header", "cookie", "body"]
"""Where a name is used; empty for other locations, such as the app's state."""
SpanKind = Literal["json", "form", "part", "text"]

# Words of a name, split at case changes, digits aside: X-API-Key, access_token, sessionId, client-secret.
_SECRET_WORDS = frozenset((
    "authorization", "cookie", "password", "passwd", "passphrase", "secret", "token", "apikey", "credential",
    "credentials", "session", "sessionid", "csrf", "xsrf", "jwt", "pwd", "pin", "otp", "signature",
))  # fmt: skip
_SECRET_ENDS = ("token", "password", "secret", "sessid", "sessionid", "apikey")
_SECRET_PAIRS = frozenset({("api", "key"), ("private", "key"), ("access", "key"), ("auth", "key"), ("set", "cookie")})
# Not secret even if a document declares an API key of this name: masked, every request would look the same.
_NEVER_SECRET = frozenset((
    "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection",
    "content-encoding", "content-length", "content-location", "content-type", "date", "etag", "expires", "forwarded",
    "host", "last-modified", "link", "location", "origin", "range", "referer", "server", "transfer-encoding",
    "user-agent", "vary", "via",
))  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PATH_SIGNS = re.compile(r"[^\w-]+")

_URL_HEADERS = frozenset({"location", "content-location", "referer", "link", "refresh"})
_SCHEMES = "(?:basic|bearer|digest|negotiate|token|apikey)"
_SCHEME = re.compile(rf"{_SCHEMES} +", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^/?#@]*(?=@)")

# Text that looks like JSON or Python: truncated or broken JSON, lines of JSON, the text of a `Picture`.
_FIELD = re.compile(r"""(["'])((?:(?!\1)[^\\\n]|\\.){1,100})\1\s*:\s*""")
_FORM = re.compile(r"[^\s\"'<:]*")
_SPACELESS = re.compile(r"\S+")
_TEXT_TYPES = re.compile(r"text/|multipart/|application/(?:(?:[\w.-]+\+)?json\b|x-www-form-urlencoded)", re.IGNORECASE)
_UNDECODED = re.compile("[\udc80-\udcff]")

# Text without a grammar: ``token=abc``, ``Password: abc``, ``<token>abc</token>``, users in URLs. After ``Password:``
# a single word is masked, a sentence is not.
_TEXT_NAME = r"[A-Za-z][\w.-]{0,63}"
_ASSIGNED = re.compile(
    rf"""(?<![\w.-])({_TEXT_NAME})[ \t]?=[ \t]?(?!=)(?:"([^"\n]*)"?|'([^'\n]*)'?|([^\s&;,"'<>()\[\]{{}}]+))"""
)
_LINE = re.compile(
    rf"^[ \t]*(?:[-*>#][ \t])?({_TEXT_NAME}(?: [\w.-]{{1,32}}){{0,3}})[ \t]*:[ \t]+([^\n]+)", re.MULTILINE
)
_ONE_WORD = re.compile(rf"(?:{_SCHEMES}[ \t]+)?\S+\s*", re.IGNORECASE)
_HEADER_LINES = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})
_ELEMENT = re.compile(r"<([A-Za-z][\w:.-]{0,63})[^<>]{0,200}>([^<]+)(?=</\1\s*>)")
_INPUT = re.compile(r"<input\b[^<>]{0,1000}", re.IGNORECASE)
_INPUT_NAME = re.compile(r"""\bname\s*=\s*["']?([\w.\[\]-]{1,64})""", re.IGNORECASE)
_INPUT_VALUE = re.compile(r"""\bvalue\s*=\s*("[^"]*"?|'[^']*'?|[^\s>]+)""", re.IGNORECASE)
_TEXT_USER = re.compile(r"(?<=://)[^/?#@\s<>\"'();,{}]{1,200}(?=@)")


class Span(NamedTuple):
    """
    The position of a secret in a text.

    :ivar name: the name of the secret value
    :ivar kind: a ``json`` value with its quotes, an encoded ``form`` value, the content of a ``part``, or ``text``
    :ivar quote: the character written before and after the mask
    """

    start: int
    end: int
    name: str
    kind: SpanKind = "text"
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redactor:
    """
    The secrets of one explorer, and how to mask them.

    Names are compared without case, and ``-`` equals ``_``.

    :ivar names: listed by the user, secret anywhere, also as part of a path such as ``app.state.x_foo``
    :ivar learnt: declared by the app's document, secret only in the declared location
    :ivar show: mask nothing
    """

    names: frozenset[str] = frozenset()
    learnt: frozenset[tuple[Place, str]] = frozenset()
    show: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset(map(_plain, self.names)) - _NEVER_SECRET - {""})

    def learn(self, names: Iterable[tuple[Place, str]]) -> Redactor:
        """Return a redactor that also masks these names, each in its location."""
        found = {(place, _plain(name)) for place, name in names}
        return replace(self, learnt=self.learnt | {one for one in found if one[1] and one[1] not in _NEVER_SECRET})

    def strict(self) -> Redactor:
        """Return a redactor that masks even if ``show`` is set."""
        return replace(self, show=False)

    def is_secret(self, name: str, in_: Place = "") -> bool:
        """Return whether the value of a header, cookie, parameter or member of this name has to be masked."""
        if self.show:
            return False
        words = [word.lower() for word in _WORD.findall(name)]
        if any(word in _SECRET_WORDS or word.endswith(_SECRET_ENDS) for word in words):
            return True
        if not _SECRET_PAIRS.isdisjoint(itertools.pairwise(words)):
            return True
        if not self.names and not self.learnt:
            return False
        plain = _plain(name)
        return (in_, plain) in self.learnt or plain in self.names or not self.names.isdisjoint(_PATH_SIGNS.split(plain))

    def hides(self, name: str, value: str, in_: Place = "") -> bool:
        """Return whether a value has to be masked: because of its name, or as a URL with a secret in it."""
        return bool(value) and (self.is_secret(name, in_) or bool(self.url_spans(value)))

    # -- masked ----------------------------------------------------------------------------------------------

    def headers(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
        """Return masked headers as latin-1 text; names of cookies and the scheme of an authorization remain visible."""
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        return [(name, _mask(value, self.header_spans(name, value))) for name, value in pairs]

    def url(self, url: str) -> str:
        """Return a URL, or a path with a query, with its user and the secret fields of query and fragment masked."""
        return _mask(url, self.url_spans(url))

    def query(self, query: str, in_: Place = "query") -> str:
        """Return a masked query string or urlencoded body."""
        return _mask(query, self._query_spans(query, in_))

    def value(self, value: Any) -> Any:
        """Return a copy of decoded JSON in which the values of secret names are masked, at any depth."""
        if self.show:
            return value
        if isinstance(value, Mapping):
            return {key: MASK if self.is_secret(str(key), "body") else self.value(item) for key, item in value.items()}
        return [self.value(item) for item in value] if isinstance(value, list) else value

    def json_text(self, text: str) -> str:
        """Return masked JSON text, which may also be several lines of JSON, cut or broken."""
        return _mask(text, self._json_spans(text))

    def text(self, text: str) -> str:
        """Return plain text in which everything that looks like a secret is masked, also within JSON and Python."""
        return _mask(text, self._text_spans(text))

    def body(self, body: bytes, content_type: str = "") -> bytes:
        """Return a masked body, or the body itself if it is not text; ``content_type`` may have parameters."""
        if self.show or not body:
            return body
        if not _TEXT_TYPES.match(content_type.strip()) and not _is_text(body):
            return body
        text, encoding = read_body(body)
        spans = self.spans(text, content_type)
        return _mask(text, spans).encode(encoding, "surrogateescape") if spans else body

    # -- spans -----------------------------------------------------------------------------------------------

    def spans(self, text: str, content_type: str = "") -> Sequence[Span]:
        """
        Return the spans of a body's secrets, ordered and disjoint.

        The content type, or else the content, decides how the body is read; ambiguous values are secret.
        """
        if self.show:
            return ()
        if _is_json(text):
            return self._json_spans(text)
        media_type = content_type.partition(";")[0].strip().lower()
        if media_type == "application/x-www-form-urlencoded" and "\n" not in text:
            found = self._query_spans(text, "body", kind="form")
            if _FORM.fullmatch(text):
                return found
        else:
            found = self._part_spans(text, content_type)
            if _is_multipart(content_type) and _UNDECODED.search(text):
                return found  # it contains files that are not text
        return found or self._loose_spans(text)

    def header_spans(self, name: str, value: str) -> Sequence[Span]:
        """Return the spans of a header's secrets."""
        name = name.lower()
        if self.show:
            return ()
        if name == "set-cookie":
            return [_cookie_span(value.partition(";")[0], 0)]
        if name == "cookie":
            return [_cookie_span(pair, at) for pair, at in _split(value, ";")]
        if self.is_secret(name, "header"):
            scheme = _SCHEME.match(value)
            return [Span(scheme.end() if scheme is not None else 0, len(value), name)]
        return self.url_spans(value) if name in _URL_HEADERS else ()

    def url_spans(self, url: str, *, nested: bool = True) -> Sequence[Span]:
        """Return the spans of a URL's secrets; ``nested`` also reads values that are URLs themselves."""
        if self.show:
            return ()
        head, _, fragment = url.partition("#")
        place, _, query = head.partition("?")
        return [
            *(Span(*user.span(), "credentials") for user in _USER.finditer(place)),
            *self._query_spans(query, "query", at=len(place) + 1, nested=nested),
            *self._query_spans(fragment, "query", at=len(head) + 1, nested=nested),
        ]

    def _query_spans(
        self, query: str, in_: Place, *, at: int = 0, kind: SpanKind = "text", nested: bool = True
    ) -> Sequence[Span]:
        if self.show or "=" not in query:
            return ()
        found = []
        for pair, start in _split(query, "&"):
            raw_name, equals, raw = pair.partition("=")
            name = unquote_plus(raw_name)
            may_be_url = nested and any(sign in raw for sign in "=%@")
            is_hidden = self.is_secret(name, in_) or (
                may_be_url and bool(self.url_spans(unquote_plus(raw), nested=False))
            )
            if equals and is_hidden:
                end = at + start + len(pair)
                found.append(Span(end - len(raw), end, name, kind))
        return found

    def _json_spans(self, text: str) -> Sequence[Span]:
        secret = {name for name in member_names(text) if self.is_secret(name, "body")}
        found: list[Span] = []
        position = 0
        while secret and (member := find_member(text, position)) is not None:
            name, position = member
            if name in secret:
                start, position = position, end_of_value(text, position)
                found.append(Span(start, position, name, "json", '"'))
        return found

    def _field_spans(self, text: str) -> Iterator[Span]:
        position = 0
        while (field := _FIELD.search(text, position)) is not None:
            position = field.end()
            name = name_of(f'"{field[2]}"')
            if self.is_secret(name, "body"):
                position = end_of_value(text, field.end())
                yield Span(field.end(), position, name, "text", field[1])

    def _part_spans(self, text: str, content_type: str) -> Sequence[Span]:
        if not _is_multipart(content_type):
            return ()
        contents = find_contents(text, content_type)
        return [Span(start, end, name, "part") for name, start, end in contents if self.is_secret(name, "body")]

    def _loose_spans(self, text: str) -> Sequence[Span]:
        """Return the spans of plain text, which may also be a form without its content type."""
        found = [*self._text_spans(text), *self._part_spans(text, "multipart/form-data")]
        hidden = next((name for name in field_names(text) if self.is_secret(name, "body")), None)
        if hidden is not None and not any(span.kind == "part" for span in found):
            found.append(Span(0, len(text), hidden))
        for word in _SPACELESS.finditer(text):
            found += self._query_spans(word[0], "body", at=word.start())
        return _in_order(found)

    def _text_spans(self, text: str) -> Sequence[Span]:
        if self.show:
            return ()
        found = [*self._field_spans(text), *(Span(*user.span(), "credentials") for user in _TEXT_USER.finditer(text))]
        for match in _INPUT.finditer(text):
            name = _INPUT_NAME.search(match[0])
            if name is not None and self.is_secret(name[1], "body"):
                values = _INPUT_VALUE.finditer(text, *match.span())
                found += [Span(*value.span(1), name[1], quote='"') for value in values]
        for match in _ASSIGNED.finditer(text):
            is_query = text[max(match.start() - 1, 0) : match.start()] in ("?", "&")
            if self.is_secret(match[1], "query" if is_query else "body"):
                found.append(Span(*match.span(match.lastindex or 0), match[1]))
        for match in _LINE.finditer(text):
            found += self._line_spans(match)
        for match in _ELEMENT.finditer(text):
            if self.is_secret(match[1], "body") and match[2].strip():
                found.append(Span(*match.span(2), match[1]))
        return _in_order(found)

    def _line_spans(self, match: re.Match[str]) -> Iterator[Span]:
        name, value = match.groups()
        if name.lower() in _HEADER_LINES:
            for span in self.header_spans(name, value):
                yield span._replace(start=span.start + match.start(2), end=span.end + match.start(2))
        elif self.is_secret(name, "body") and _ONE_WORD.fullmatch(value):
            yield Span(*match.span(2), name)


def read_body(body: bytes) -> tuple[str, str]:
    """Return a body as text, and the encoding that restores the same bytes with ``surrogateescape``."""
    encoding = json.detect_encoding(body)
    with contextlib.suppress(UnicodeError):
        if encoding != "utf-8" and _is_json(text := body.decode(encoding)):
            return text, encoding
    return body.decode("utf-8", "surrogateescape"), "utf-8"


def is_json_type(content_type: str) -> bool:
    """Return whether a content type is JSON: ``application/json``, ``application/problem+json; charset=utf-8``."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type in ("application/json", "text/json") or media_type.endswith("+json")


def _mask(text: str, spans: Iterable[Span]) -> str:
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += [text[done : span.start], span.quote, MASK, span.quote]
        done = span.end
    return "".join([*parts, text[done:]]) if parts else text


def _in_order(spans: Iterable[Span]) -> Sequence[Span]:
    """Return spans in order, with overlapping ones merged."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and (span.start < found[-1].end or span.start == found[-1].start):
            found[-1] = found[-1]._replace(end=max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _split(text: str, separator: str) -> Iterator[tuple[str, int]]:
    """Yield the parts of a text with their positions."""
    at = 0
    for piece in text.split(separator):
        yield piece, at
        at += len(piece) + len(separator)


def _cookie_span(pair: str, at: int) -> Span:
    name, equals, value = pair.partition("=")
    end = at + len(pair)
    return Span(end - len(value), end, name.strip()) if equals else Span(at, end, "cookie")


def _is_text(body: bytes) -> bool:
    try:
        body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        return False
    return True


def _is_multipart(content_type: str) -> bool:
    return content_type.strip().lower().startswith("multipart/")


def _is_json(text: str) -> bool:
    if text.lstrip(" \t\r\n")[:1] not in ("{", "["):
        return False
    try:
        return isinstance(json.loads(text), (dict, list))
    except (ValueError, RecursionError):
        return False


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")
