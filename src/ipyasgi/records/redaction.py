"""`Redactor`: what is secret and where it stands; views, exports and panels use the one of their settings. Pure.

Everything is masked by its spans, the places in a text where a secret stands, so that what is not secret stays
byte for byte as it was. A name is secret by its words, because the user says so, or because the app's document does.
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
"""Where a name stands; empty for anywhere else, such as the app's state."""
SpanKind = Literal["json", "form", "part", "text"]

# Words of a name, split at case changes, digits aside: X-API-Key, access_token, sessionId, client-secret.
_SECRET_WORDS = frozenset((
    "authorization", "cookie", "password", "passwd", "passphrase", "secret", "token", "apikey", "credential",
    "credentials", "session", "sessionid", "csrf", "xsrf", "jwt", "pwd", "pin", "otp", "signature",
))  # fmt: skip
_SECRET_ENDS = ("token", "password", "secret", "sessid", "sessionid", "apikey")
_SECRET_PAIRS = frozenset({("api", "key"), ("private", "key"), ("access", "key"), ("auth", "key"), ("set", "cookie")})
# A document that calls one of these a key says nothing of its value: masked, every request would look the same.
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

# What looks like JSON or Python: cut or broken JSON, lines of JSON, the short text of a picture.
_FIELD = re.compile(r"""(["'])((?:(?!\1)[^\\\n]|\\.){1,100})\1\s*:\s*""")
_FORM = re.compile(r"[^\s\"'<:]*")
_SPACELESS = re.compile(r"\S+")
_TEXT_TYPES = re.compile(r"text/|multipart/|application/(?:(?:[\w.-]+\+)?json\b|x-www-form-urlencoded)", re.IGNORECASE)
_UNDECODED = re.compile("[\udc80-\udcff]")

# Text that no parser reads: ``token=abc``, ``Password: abc``, ``<token>abc</token>``, users in URLs. A sentence about
# a password is left alone, one word after it is not.
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
    Where a secret stands in a text.

    :ivar name: the name it stands under
    :ivar kind: a value of ``json`` with its quotes, a value of a ``form``, encoded, the content of a ``part``, ``text``
    :ivar quote: what stands on both sides of a mask in this place
    """

    start: int
    end: int
    name: str
    kind: SpanKind = "text"
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redactor:
    """
    What is secret for one explorer, and how it is masked.

    Case does not matter in a name, nor whether words are joined by ``-`` or ``_``.

    :ivar names: what the user calls secret, in any place: a path with such a name in it, ``app.state.x_foo``, too
    :ivar learnt: what the app's document calls secret, each with the only place where it counts
    :ivar show: mask nothing
    """

    names: frozenset[str] = frozenset()
    learnt: frozenset[tuple[Place, str]] = frozenset()
    show: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset(map(_plain, self.names)) - _NEVER_SECRET - {""})

    def learn(self, names: Iterable[tuple[Place, str]]) -> Redactor:
        """Return a redactor that counts these names as secret too, each in its place."""
        found = {(place, _plain(name)) for place, name in names}
        return replace(self, learnt=self.learnt | {one for one in found if one[1] and one[1] not in _NEVER_SECRET})

    def strict(self) -> Redactor:
        """Return one that masks, whatever ``show`` says."""
        return replace(self, show=False)

    def is_secret(self, name: str, in_: Place = "") -> bool:
        """Return whether a header, cookie, parameter or member of this name holds a secret that is to be masked."""
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
        """Return whether a value is a secret: by its name, or as a URL that holds one."""
        return bool(value) and (self.is_secret(name, in_) or bool(self.url_spans(value)))

    # -- masked ----------------------------------------------------------------------------------------------

    def headers(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
        """
        Return header pairs as text, latin-1, masked.

        Of cookies the names and attributes stay, of an authorization its scheme, of a URL all but its secret fields.
        """
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        return [(name, _mask(value, self.header_spans(name, value))) for name, value in pairs]

    def url(self, url: str) -> str:
        """Return a URL, or a path with a query, with its user, and secret fields of its query and fragment masked."""
        return _mask(url, self.url_spans(url))

    def query(self, query: str, in_: Place = "query") -> str:
        """Return a query string, or the body of a form, masked."""
        return _mask(query, self._query_spans(query, in_))

    def value(self, value: Any) -> Any:
        """Return a copy of decoded JSON in which the values of secret names are masked, at any depth."""
        if self.show:
            return value
        if isinstance(value, Mapping):
            return {key: MASK if self.is_secret(str(key), "body") else self.value(item) for key, item in value.items()}
        return [self.value(item) for item in value] if isinstance(value, list) else value

    def json_text(self, text: str) -> str:
        """
        Return JSON text masked; the very text where there is no secret.

        :param text: JSON, several lines of JSON, or JSON that is cut or broken
        """
        return _mask(text, self._json_spans(text))

    def text(self, text: str) -> str:
        """Return text with what looks like the value of a secret masked, JSON and Python in it included."""
        return _mask(text, self._text_spans(text))

    def body(self, body: bytes, content_type: str = "") -> bytes:
        """
        Return a body masked; what is not text stays as it is.

        :param content_type: the field's value, such as ``application/json; charset=utf-8``
        """
        if self.show or not body:
            return body
        if not _TEXT_TYPES.match(content_type.strip()) and not _is_text(body):
            return body
        text, encoding = read_body(body)
        spans = self.spans(text, content_type)
        return write_body(_mask(text, spans), encoding) if spans else body

    # -- where secrets stand ---------------------------------------------------------------------------------

    def spans(self, text: str, content_type: str = "") -> Sequence[Span]:
        """
        Return where the secrets of a body stand: as JSON, lines of JSON, fields or parts of a form, or plain text.

        Judged by the content type, and where that says nothing by what is there; in doubt it is a secret. In order,
        none inside another.
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
                return found  # the files in it are not text
        return found or self._loose_spans(text)

    def header_spans(self, name: str, value: str) -> Sequence[Span]:
        """Return where the secrets of a header stand."""
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
        """
        Return where the secrets of a URL stand.

        :param nested: look into values that are URLs themselves
        """
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
        if self.show:
            return ()
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
        """Return where secrets stand in what may be plain text, or the fields or parts of a form without its type."""
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
    """Return a body as text, and the encoding with which `write_body` gives the same bytes again."""
    encoding = json.detect_encoding(body)
    with contextlib.suppress(UnicodeError):
        if encoding != "utf-8" and _is_json(text := body.decode(encoding)):
            return text, encoding
    return body.decode("utf-8", "surrogateescape"), "utf-8"


def write_body(text: str, encoding: str) -> bytes:
    """Return the bytes of a text that `read_body` gave, or that was made from it."""
    return text.encode(encoding, "surrogateescape")


def is_json_type(content_type: str) -> bool:
    """Return whether a content type says JSON: ``application/json``, ``application/problem+json; charset=utf-8``."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _mask(text: str, spans: Iterable[Span]) -> str:
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += [text[done : span.start], span.quote, MASK, span.quote]
        done = span.end
    return "".join([*parts, text[done:]]) if parts else text


def _in_order(spans: Iterable[Span]) -> Sequence[Span]:
    """Return spans in order; of those that overlap one, which reaches as far as they do."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and (span.start < found[-1].end or span.start == found[-1].start):
            found[-1] = found[-1]._replace(end=max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _split(text: str, separator: str) -> Iterator[tuple[str, int]]:
    """Yield the pieces of a text, each with where it begins."""
    at = 0
    for piece in text.split(separator):
        yield piece, at
        at += len(piece) + len(separator)


def _cookie_span(pair: str, at: int) -> Span:
    name, equals, crumb = pair.partition("=")
    end = at + len(pair)
    return Span(end - len(crumb), end, name.strip()) if equals else Span(at, end, "cookie")


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
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")
