"""`SecretFinder`: the positions of secrets in URLs, headers, bodies and plain text, whatever their format. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import unquote_plus

from ..lazy_pattern import lazy_pattern
from .body_text import is_json, is_multipart_type
from .database_errors import find_database_values
from .json_tokens import STRING, end_of_value, find_member, json_tokens, member_names, name_of
from .multipart import field_names, find_contents
from .secret_looks import find_secrets
from .secret_rules import Place, SecretRules, is_harmless

SpanKind = Literal["json", "form", "part", "text"]

_URL_HEADERS = frozenset({"location", "content-location", "referer", "link", "refresh", "origin"})
_ORIGIN = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*+://[^/]*+")
_SCHEMES = "(?:basic|bearer|digest|negotiate|token|apikey)"
_SCHEME = lazy_pattern(rf"{_SCHEMES} +", re.IGNORECASE)
_BESIDE_CODE = frozenset({"state", "grant_type", "code_verifier", "client_id", "redirect_uri"})
# Text that looks like JSON or Python: truncated or broken JSON, lines of JSON, the text of a `Picture`.
_FIELD = lazy_pattern(r"""(["'])((?:(?!\1)[^\\\n]|\\.){1,100})\1\s*+:\s*+""")
_FORM = lazy_pattern(r"[^\s\"'<:]*")
_QUERY_WORD = lazy_pattern(r"(?<!\S)[^\s=]*+=\S*+")
_ONE_PAIR = lazy_pattern(r"""[^\W\d_][\w.-]{0,63}=(?:"[\w/.:-]*"[/>]*|[^\s&;,"'<>()\[\]{}%=]*)""")
_UNDECODED = lazy_pattern("[\udc80-\udcff]")

# A name beside its value: {"name": "Authorization", "value": "..."}, ["Authorization", "..."], (b"cookie", b"...").
NAME_KEYS = frozenset(
    ("name", "key", "header", "field", "variable", "var", "id", "k", "headername", "parameter", "env")
)
VALUE_KEYS = frozenset(("value", "val", "v", "content", "data", "current", "secretvalue", "stringvalue", "plaintext"))
_NAMED = rf"""(["'])(?i:{"|".join(sorted(NAME_KEYS))})\1\s*+:\s*+"""
_VALUED = rf"""(["'])(?i:{"|".join(sorted(VALUE_KEYS))})\{{}}\s*+:\s*+"""
_VALUE_KEY = lazy_pattern(_VALUED.format(1))
_PAIR = lazy_pattern(rf"""{_NAMED}(["'])([^"'\\\n]{{1,100}})\2[^{{}}\[\]]{{0,300}}?{_VALUED.format(4)}""")
_PAIR_BACK = lazy_pattern(
    rf"""{_VALUED.format(1)}({STRING}|'[^'\\\n]*+'|[\w.+-]+)[^{{}}\[\]]{{0,300}}?"""
    rf"""{_NAMED.replace(chr(92) + "1", chr(92) + "3")}(["'])([^"'\\\n]{{1,100}})\4"""
)
_LISTED = lazy_pattern(r"""[\[(]\s*+b?(["'])([^"'\\\n]{1,100})\1\s*+,\s*+(?=b?["'])""")
_CLOSED = lazy_pattern(r"\s*+,?\s*+(?:[\])…]|\Z)")

# Text without a grammar: ``token=abc``, ``Password: abc``, ``<token>abc</token>``. After ``Password:`` a single word is
# masked, a sentence is not.
_TEXT_NAME = r"[^\W\d_][\w.-]{0,63}"
# JSON within a string of JSON, or GraphQL: {\"token\": \"abc\"}, login(password: \"abc\").
_EMBEDDED = lazy_pattern(
    rf"""(?:\\"([^"\\\n]{{1,100}})\\"|(?<![\w.-])({_TEXT_NAME}))\s*+:\s*+\\"([^"\\]*+(?:\\\\[^"\\]*+)*+)"""
)
_ASSIGNED_NAME = rf"""(?<![\w.-])-{{0,2}}({_TEXT_NAME})(?:%5B\w*%5D|\[\w{{0,64}}\])?[ \t]?:?=[ \t]?(?!=)"""
_ASSIGNED = lazy_pattern(rf"""{_ASSIGNED_NAME}(?:\\?"([^"\n]*+)"?|'([^'\n]*+)'?|([^\s&;,"'<>()\[\]{{}}]++))""")
_ASSIGNED_IN_STRING = lazy_pattern(
    rf"""{_ASSIGNED_NAME}(?:\\"([^"\\\n]*+)|'([^'"\\\n]*+)'?|((?:[^\s&;,"'<>()\[\]{{}}\\]|\\[^nrt"])++))"""
)
_BARE = 4  # the group of a value without quotes
_OPTION = lazy_pattern(rf"(?<!\S)--({_TEXT_NAME})[ \t]+([^\s\"'{{<\[-][^\s\"']*|\"[^\"\n]*\"?|'[^'\n]*'?)")
_LINE = lazy_pattern(
    rf"^[ \t]*+(?:[-*>#][ \t]++)?({_TEXT_NAME}(?: [\w.-]{{1,32}}){{0,3}})[ \t]*+:[ \t]++([^\n]+)", re.MULTILINE
)
_WITHIN = lazy_pattern(
    rf"""(?<![\w.$/-])({_TEXT_NAME})[ \t]?(?::[ \t]?(?:{_SCHEMES}[ \t]+)?(?=[^\s:/=])|(?=[\"'`]))"""
    rf"""(?:"([^"\n]{{1,300}})"|'([^'\n]{{1,300}})'|`([^`\n]{{1,300}})`|([^\s"'`<>(),;\[\]{{}}]{{1,500}}))""",
    re.IGNORECASE,
)
# Errors of pydantic, as text and as the response of FastAPI, repeat the value of a field.
_VALIDATED = lazy_pattern(
    r"""^([\w.]{1,100})\r?\n[ \t]++[^\n]{0,400}?input_value=('[^'\n]*'|"[^"\n]*"|[^\s,]+)""", re.MULTILINE
)
_LOCATED = lazy_pattern(
    r"""(["'])loc\1\s*+:\s*+[\[(][^\[\](){}]{0,300}?(["'])([^"'\\\n]{1,100})\2\s*+[\])]"""
    r"""[^{}\[\]]{0,600}?(["'])input\4\s*+:\s*+(?![{\[])"""
)
_FOLLOWED = lazy_pattern(
    r"\b(password|passwd|passphrase|pwd|token|secret|(?:api|access|secret)[ _-]?key)[ \t]+(?:is[ \t]+|was[ \t]+)?"
    r"(?=[\w+/=.~!@#$%^&*-]{0,200}\d)(?=[\w+/=.~!@#$%^&*-]{0,200}[A-Za-z])([\w+/=.~!@#$%^&*-]{8,})",
    re.IGNORECASE,
)
_FOLLOWED_WORDS = ("pass", "pwd", "token", "secret", "key")  # quick to find; most texts have none
_OPAQUE = lazy_pattern(r"(?=.*\d)(?=.*[^\W\d])\S+|\d{4,}|(?=.*[^\w.])\S{6,}|\S{20,}")
_ONE_WORD = lazy_pattern(rf"(?:{_SCHEMES}[ \t]+)?\S+\s*", re.IGNORECASE)
_HEADER_LINES = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})
_YAML_PAIR = lazy_pattern(
    r"""^[ \t-]*+(?:name|key|-[ \t]++name)[ \t]*+:[ \t]*+["']?([^"'\n:#]{1,100}?)["']?[ \t]*+\r?\n"""
    r"""[ \t]*+(?:value|content)[ \t]*+:[ \t]*+([^\n]+)""",
    re.MULTILINE,
)
_ELEMENT = lazy_pattern(r"<([^\W\d][\w:.-]{0,63})([^<>]{0,200})>(?:<!\[CDATA\[(.*?)\]\]>|([^<]+))(?=\s*</\1\s*>)")
_TAG = lazy_pattern(r"<[A-Za-z][\w:.-]{0,63}[\s/][^<>]{0,1000}")
_TAG_NAME = lazy_pattern(r"""\b(?:name|key|id|property)\s*=\s*["']?([\w.:\[\]-]{1,64})""", re.IGNORECASE)
_TAG_VALUE = lazy_pattern(r"""\b(?:value|content)\s*=\s*("[^"]*"?|'[^']*'?|[^\s>]+)""", re.IGNORECASE)
_SEPARATED = lazy_pattern(r"\s*(?:text|application)/(?:csv|comma-separated-values|tab-separated-values)", re.IGNORECASE)
_CELL = lazy_pattern(r"""("(?:[^"]|"")*+"?|[^"\n,]*+)([,\n]|\Z)""")


_SHORTEST = 7
"""No shorter text is secret by its look."""


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
class SecretFinder(SecretRules):
    """Finds what the rules say is secret, and what looks like a secret, in texts."""

    def hides(self, name: str, value: str, in_: Place = "") -> bool:
        """Return whether a value has to be masked: because of its name, or with a secret in it."""
        return self.hidden([(name, value)], in_)[0]

    def hidden(self, pairs: Sequence[tuple[str, str]], in_: Place, *, nested: bool = True) -> list[bool]:
        """Return for each pair of a query or form whether its value has to be masked; ``nested`` reads the values."""
        names = {name for name, _ in pairs}
        with_code = "code" in names and not names.isdisjoint(_BESIDE_CODE)  # of OAuth, not a status
        return [
            self.is_secret_value(name, value, in_)
            or (with_code and name == "code" and not self.show)
            or (nested and len(value) > _SHORTEST and self._holds_secret(value))
            for name, value in pairs
        ]

    def spans(self, text: str, content_type: str = "", *, whole: bool = False) -> Sequence[Span]:
        """
        Return the spans of a body's secrets, ordered and disjoint.

        The content type, or else the content, decides how the body is read; ambiguous values are secret.

        :param whole: a secret within a string of JSON extends to the whole string
        """
        if self.show:
            return ()
        if is_json(text):
            return self.json_spans(text, whole=whole)
        media_type = content_type.partition(";")[0].strip().lower()
        if media_type == "application/x-www-form-urlencoded" and "\n" not in text:
            found = self.query_spans(text, "body", kind="form")
            if _FORM.fullmatch(text):
                return found
        elif is_multipart_type(content_type):
            found = self._part_spans(text, content_type, whole=whole)
            if _UNDECODED.search(text):
                return found  # it contains files that are not text
        elif _SEPARATED.match(content_type) or _is_separated(text):
            return in_order([*self._cell_spans(text), *self.text_spans(text)])
        else:
            found = ()
        return found or self._loose_spans(text, is_yaml="yaml" in media_type)

    def header_spans(self, name: str, value: str) -> Sequence[Span]:
        """Return the spans of a header's secrets."""
        name = name.lower()
        if self.show:
            return ()
        if name == "set-cookie":
            return [_cookie_span(value.partition(";")[0], 0)]
        if name == "cookie":
            return [_cookie_span(pair, at) for pair, at in _split(value, ";")]
        if self.is_secret_value(name, value, "header"):
            scheme = _SCHEME.match(value)
            return [Span(scheme.end() if scheme is not None else 0, len(value), name)]
        found = self.url_spans(value) if name in _URL_HEADERS else ()
        return found or (self.value_spans(value) if len(value) > _SHORTEST else ())

    def url_spans(self, url: str, *, nested: bool = True) -> Sequence[Span]:
        """Return the spans of a URL's secrets; ``nested`` also reads values that are URLs themselves."""
        if self.show:
            return ()
        head, _, fragment = url.partition("#")
        place, _, query = head.partition("?")
        users = [Span(*found) for found in find_secrets(url) if found[2] == "credentials"]
        if users and users[-1].end > len(place):  # a password with an unencoded sign
            return in_order([*users, *self.text_spans(url)])
        looks = [Span(*found) for found in find_secrets(place)] if len(place) > _SHORTEST else []
        if self.paths:
            at = origin.end() if (origin := _ORIGIN.match(place)) is not None else 0
            fields = (field for one in self.paths for field in one.spans(place[at:]))
            looks += [Span(at + start, at + end, name) for start, end, name in fields]
        return [
            *in_order(looks),
            *self.query_spans(query, "query", at=len(place) + 1, nested=nested),
            *self.query_spans(fragment, "query", at=len(head) + 1, nested=nested),
        ]

    def value_spans(self, value: str) -> Sequence[Span]:
        """Return the spans of secrets in a short value, which may be a URL."""
        if self.show:
            return ()
        found = [Span(*one) for one in find_secrets(value)] if len(value) > _SHORTEST else []
        if "=" in value:
            found += self._assigned_spans(value, _ASSIGNED)
        return in_order(found)

    def query_spans(
        self, query: str, in_: Place, *, at: int = 0, kind: SpanKind = "text", nested: bool = True
    ) -> Sequence[Span]:
        """Return the spans of a query string or urlencoded body that begins at ``at``; ``nested`` as in `url_spans`."""
        if self.show or "=" not in query:
            return ()
        written = [(*pair.partition("="), start) for pair, start in _split(query, "&")]
        pairs = [(unquote_plus(name), unquote_plus(value)) for name, _, value, _ in written]
        found = []
        for (name, _), (*texts, start), is_hidden in zip(
            pairs, written, self.hidden(pairs, in_, nested=nested), strict=True
        ):
            end = at + start + len("".join(texts))
            if is_hidden and end > at + start:
                found.append(Span(end - len(texts[2]), end, name, kind))
        return found

    def json_spans(self, text: str, *, whole: bool = False) -> Sequence[Span]:
        """Return the spans of JSON, which may be several lines of it, cut or broken; ``whole`` as in `spans`."""
        if self.show:
            return ()
        names = member_names(text)
        secret = {name for name in names if self.is_secret(name, "body")}
        found: list[Span] = []
        position = 0
        while secret and (member := find_member(text, position)) is not None:
            name, position = member
            if name in secret:
                start, position = position, end_of_value(text, position)
                if not is_harmless(name, text[start:position]):
                    found.append(Span(start, position, name, "json", '"'))
        lower = {name.lower() for name in names}
        if not (lower.isdisjoint(NAME_KEYS) or lower.isdisjoint(VALUE_KEYS)):
            found += self._pair_spans(text, kind="json")
        found += self._listed_spans(text, kind="json")
        found += self._located_spans(text, kind="json") if {"loc", "input"} <= names else ()
        inner = [Span(*one) for one in find_secrets(text)]
        if "=" in text:
            inner += self._assigned_spans(text, _ASSIGNED_IN_STRING)
        if '\\"' in text:
            for match in _EMBEDDED.finditer(text):
                name = match[1] or match[2]
                if self.is_secret_value(name, match[3], "body"):
                    inner.append(Span(*match.span(3), name))
        if whole and inner:
            inner = list(_widened(text, in_order(inner)))
        return in_order([*found, *inner])

    def text_spans(self, text: str) -> Sequence[Span]:
        """Return the spans of plain text, also within JSON and Python."""
        if self.show:
            return ()
        found = [Span(*one) for one in find_secrets(text)] if len(text) > _SHORTEST else []
        if '"' in text or "'" in text:
            found += self._field_spans(text)
            found += self._pair_spans(text, kind="text") if _VALUE_KEY.search(text) else ()
            found += self._listed_spans(text, kind="text")
            found += self._located_spans(text, kind="text") if "input" in text else ()
        if "<" in text:
            found += self._tag_spans(text)
        if "=" in text:
            found += self._assigned_spans(text, _ASSIGNED)
        if any(sign in text for sign in ":'\"`"):
            found += self._prose_spans(text)
        folded = text.casefold()
        followed = _FOLLOWED.finditer(text) if any(word in folded for word in _FOLLOWED_WORDS) else ()
        found += (Span(*match.span(2), match[1]) for match in followed)
        if "input_value=" in text:
            inputs = _VALIDATED.finditer(text)
            found += (Span(*one.span(2), one[1]) for one in inputs if self.is_secret_value(one[1], one[2], "body"))
        if "--" in text:
            options = _OPTION.finditer(text)
            found += (Span(*one.span(2), one[1]) for one in options if self.is_secret_value(one[1], one[2], "body"))
        found += (Span(*one) for one in find_database_values(text, lambda name: self.is_secret(name, "body")))
        return in_order(found)

    def _holds_secret(self, value: str) -> bool:
        if self.show:
            return False
        if any(sign in value for sign in "=@") and self.url_spans(value, nested=False):
            return True
        return bool(self.value_spans(value)) or (value[:1] in ("{", "[") and bool(self.json_spans(value)))

    def _field_spans(self, text: str) -> Iterator[Span]:
        position = 0
        while (field := _FIELD.search(text, position)) is not None:
            position = field.end()
            name = name_of(f'"{field[2]}"')
            if self.is_secret(name, "body"):
                position = end_of_value(text, field.end())
                if not is_harmless(name, text[field.end() : position]):
                    yield Span(field.end(), position, name, "text", field[1])

    def _pair_spans(self, text: str, *, kind: SpanKind) -> Iterator[Span]:
        """Yield the values that are beside their names, as in lists of headers and of environment variables."""
        for match in _PAIR.finditer(text):
            if self.is_secret(match[3], "header"):
                end = end_of_value(text, match.end())
                if not is_harmless(match[3], text[match.end() : end]):
                    yield Span(match.end(), end, match[3], kind, match[4])
        for match in _PAIR_BACK.finditer(text):
            if self.is_secret(match[5], "header") and not is_harmless(match[5], match[2]):
                yield Span(*match.span(2), match[5], kind, match[1])

    def _located_spans(self, text: str, *, kind: SpanKind) -> Iterator[Span]:
        """Yield the inputs that errors of validation repeat, where they are at the location of a secret."""
        for match in _LOCATED.finditer(text):
            end = end_of_value(text, match.end())
            if self.is_secret(match[3], "body") and not is_harmless(match[3], text[match.end() : end]):
                yield Span(match.end(), end, match[3], kind, match[4])

    def _listed_spans(self, text: str, *, kind: SpanKind) -> Iterator[Span]:
        """Yield the second item of lists of two whose first item is the name of a secret."""
        is_secret: dict[str, bool] = {}  # a long text has the same few words thousands of times
        for match in _LISTED.finditer(text):
            if (name := match[2]) not in is_secret:
                is_secret[name] = self.is_secret(name, "header")
            if is_secret[name]:
                end = end_of_value(text, match.end())
                value = text[match.end() : end]
                is_place = match[2] == "cookie" and "=" not in value  # the location of an error
                if _CLOSED.match(text, end) and not is_place and not is_harmless(match[2], value):
                    yield Span(match.end(), end, match[2], kind, match[1])

    def _part_spans(self, text: str, content_type: str, *, whole: bool = False) -> Sequence[Span]:
        found: list[Span] = []
        for name, start, end, part_type in find_contents(text, content_type):
            content = text[start:end]
            if self.is_secret_value(name, content, "body"):
                found.append(Span(start, end, name, "part"))
            elif not is_multipart_type(part_type) and not _UNDECODED.search(content):
                inner = self.spans(content, part_type, whole=whole)
                kinds = (one._replace(kind="json" if one.kind == "json" else "part") for one in inner)
                found += (one._replace(start=one.start + start, end=one.end + start) for one in kinds)
        return found

    def _cell_spans(self, text: str) -> Iterator[Span]:
        """Yield the cells of secret columns of separated values."""
        head = text.partition("\n")[0]
        separator = max(",;\t|", key=head.count)
        names = [name.strip().strip('"') for name in head.rstrip("\r").split(separator)]
        secret = {column for column, name in enumerate(names) if self.is_secret(name, "body")}
        cell = re.compile(_CELL.pattern.replace(",", re.escape(separator)))
        column, position = 0, len(head) + 1
        while secret and position < len(text) and (match := cell.match(text, position)) is not None:
            position = max(match.end(), position + 1)
            if column in secret and not is_harmless(names[column], match[1].rstrip("\r")):
                yield Span(match.start(1), match.start(1) + len(match[1].rstrip("\r")), names[column])
            column = 0 if match[2] == "\n" else column + 1

    def _loose_spans(self, text: str, *, is_yaml: bool = False) -> Sequence[Span]:
        """Return the spans of plain text, which may also be a form without its content type."""
        found = [*self.text_spans(text)]
        hidden = None
        if "disposition" in text.lower():
            found += self._part_spans(text, "multipart/form-data")
            hidden = next((name for name in field_names(text) if self.is_secret(name, "body")), None)
        if hidden is not None and not any(span.kind == "part" for span in found):
            found.append(Span(0, len(text), hidden))
        for word in _QUERY_WORD.finditer(text) if "=" in text else ():
            if _ONE_PAIR.fullmatch(word[0]):
                continue  # one of the assignments in a text
            found += self.query_spans(word[0], "body", at=word.start(), nested="%" in word[0])
        for match in _LINE.finditer(text) if is_yaml else ():
            if self.is_secret_value(match[1], match[2], "body") and match[2][:1] not in "|>&":
                found.append(Span(*match.span(2), match[1]))
        return in_order(found)

    def _prose_spans(self, text: str) -> Iterator[Span]:
        """Yield the secrets of lines and sentences: ``Password: abc``, ``invalid token 'abc1'``."""
        for match in _LINE.finditer(text):
            yield from self._line_spans(match)
        for match in _YAML_PAIR.finditer(text) if "value" in text or "content" in text else ():
            if self.is_secret_value(match[1].strip(), match[2], "header"):
                yield Span(*match.span(2), match[1].strip())
        for match in _WITHIN.finditer(text):
            group = match.lastindex or 0
            if _OPAQUE.fullmatch(match[group].rstrip(".!?")) and self.is_secret_value(match[1], match[group], "body"):
                yield Span(*match.span(group), match[1])

    def _assigned_spans(self, text: str, pattern: re.Pattern[str]) -> Iterator[Span]:
        position = 0
        while (match := pattern.search(text, position)) is not None:
            is_query = text[max(match.start() - 1, 0) : match.start()] in ("?", "&")
            group = match.lastindex or 0
            position = match.end()
            if self.is_secret_value(match[1], match[group], "query" if is_query else "body"):
                yield Span(*match.span(group), match[1])
            elif group < _BARE:
                position = match.start(group)  # it may contain more: href="/x?token=abc"
            elif "?" in match[group]:
                begin = match.start(group)
                found = self.url_spans(match[group], nested=False)
                yield from (one._replace(start=one.start + begin, end=one.end + begin) for one in found)

    def _tag_spans(self, text: str) -> Iterator[Span]:
        """Yield the secrets of XML and HTML: contents of elements, and values beside a name attribute."""
        for match in _TAG.finditer(text):
            name = _TAG_NAME.search(match[0])
            if name is not None and self.is_secret(name[1], "header"):
                for value in _TAG_VALUE.finditer(text, *match.span()):
                    quotes = int(value[1][0] in "\"'")
                    end = value.end(1) - int(quotes and len(value[1]) > 1 and value[1][-1] == value[1][0])
                    if not is_harmless(name[1], value[1]):
                        yield Span(value.start(1) + quotes, end, name[1])
        for match in _ELEMENT.finditer(text):
            named = _TAG_NAME.search(match[2])
            name_ = named[1] if named is not None and self.is_secret(named[1], "header") else match[1]
            group = match.lastindex or 0
            if self.is_secret_value(name_, match[group], "body"):
                yield Span(*match.span(group), name_)

    def _line_spans(self, match: re.Match[str]) -> Iterator[Span]:
        name, value = match.groups()
        if name.lower() in _HEADER_LINES:
            for span in self.header_spans(name, value):
                yield span._replace(start=span.start + match.start(2), end=span.end + match.start(2))
        is_one = _ONE_WORD.fullmatch(value) or (value[0] in "\"'" and value.rstrip()[-1] == value[0])
        if name.lower() not in _HEADER_LINES and is_one and self.is_secret_value(name, value, "body"):
            yield Span(*match.span(2), name)


def in_order(spans: Iterable[Span]) -> Sequence[Span]:
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


def _widened(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the strings of JSON that contain spans, each once, under the name of their member."""
    waiting = list(reversed(spans))
    name, last = "", ""
    for kind, start, end in json_tokens(text):
        if not waiting:
            return
        if kind == "string":
            last = text[start:end]
            if waiting[-1].start < end:
                yield Span(start, end, name or waiting[-1].name, "json", '"')
            while waiting and waiting[-1].start < end:
                waiting.pop()
        elif kind == "mark":
            name = name_of(last) if text[start] == ":" else "" if text[start] in "{}" else name


def _is_separated(text: str) -> bool:
    """Return whether a text looks like separated values, by its first two lines."""
    head, _, rest = text[:8000].partition("\n")
    second = rest.partition("\n")[0]
    for separator in ",;\t|":
        columns = head.count(separator)
        if columns and second.count(separator) == columns:
            return all(re.fullmatch(r'"?[\w .-]{1,64}"?', name.strip()) for name in head.split(separator))
    return False
