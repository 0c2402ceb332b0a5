"""`VolatileFields`: which values of a response may differ the next time, by their names and formats. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote

from ..records.carried import find_pieces
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.secret_rules import MASK

Path = tuple[str | int, ...]
"""Keys and indexes from the root of a JSON value; ``*`` matches any index."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_STEP = re.compile(r"\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\[(\*)\]|\[(\"(?:[^\"\\]|\\.)*\")\]|\['([^']*)'\]")
_IDS = frozenset({"id", "ids", "uuid", "guid", "oid", "pk"})
_VOLATILE_WORDS = frozenset({
    "timestamp", "datetime", "time", "created", "updated", "modified", "expires", "expiry", "elapsed",
    "duration", "uptime", "nonce", "etag", "random", "checksum", "hostname", "pid",
})  # fmt: skip
_VOLATILE_TEXT = re.compile(
    r"""\b (?:
      [0-9a-fA-F]{8} - (?:[0-9a-fA-F]{4}-){3} [0-9a-fA-F]{12}  # UUID
    | \d{4}-\d\d-\d\d[T\ ]\d\d:\d\d (?: :\d\d (?:\.\d+)? )? (?: Z | [+-]\d\d:?\d\d )?
    | (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),\ \d\d\ [A-Z][a-z]{2}\ \d{4} (?: \ \d\d:\d\d:\d\d )?
    | (?=[0-9a-fA-F]*\d) (?=[0-9a-fA-F]*[a-fA-F]) [0-9a-fA-F]{16,}  # digest
    | eyJ[\w-]{8,} \. [\w-]+ \. [\w-]*  # JSON Web Token
    | 0x[0-9a-fA-F]{6,}
    )""",
    re.VERBOSE,
)
_MIN_SECRET = 4
_END = object()  # in a node of a `_PathTree` where a path ends
_DAY = timedelta(days=1)


class _PathTree:
    """Paths by their steps; the time to look for one does not depend on their number."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._root: dict[Any, Any] = {}
        for path in paths:
            node = self._root
            for step in path:
                node = node.setdefault(step, {})
            node[_END] = True

    def covers(self, path: Path) -> bool:
        """Return whether a path, or the beginning of it, is one of the paths."""
        nodes = [self._root]
        for step in path:
            if any(_END in node for node in nodes):
                return True
            wanted = (step, "*") if isinstance(step, int) else (step,)
            nodes = [node[one] for node in nodes for one in wanted if one in node]
        return any(_END in node for node in nodes)


class VolatileFields:
    """
    The volatile values in the response to one request.

    Values that were sent in the request are not volatile.

    :param at: the time when the request was sent
    :param volatile: JSON paths that differ each time the request is sent; if None, fields with the names of ids and
        times count as volatile
    :param changing: paths that differed between responses to the same request; the empty path is the whole body
    :param secrets: values of the request that must not be written, wherever the response contains them
    :param made: values that the app makes anew each time, wherever the response contains them
    :param made_names: names of such values; another text with digits of the same name is one too
    """

    def __init__(
        self,
        request: RequestSpec,
        at: datetime,
        volatile: Collection[str | Path] | None = None,
        secrets: Collection[str] = (),
        redactor: Redactor = Redactor(),
        *,
        changing: Collection[Path] = (),
        made: Collection[str] = (),
        made_names: Collection[str] = (),
    ) -> None:
        self._made_names = frozenset(made_names)
        self._made = dict.fromkeys(made)
        self._changing = _PathTree(changing)
        self._at = at
        self._secrets = frozenset(secrets)
        self._redactor = redactor.strict()
        self._volatile = None if volatile is None else _PathTree(map(read_path, volatile))
        self._ids = {unquote(one) for one in request.path.split("/")}
        self._ids |= {value for name, value in request.query if _is_id(name)}
        self._fields = set(_fields_of(_decoded(request)))
        self._sent = self._ids | {value for _, value in request.query} | {str(value) for _, value in self._fields}

    @staticmethod
    def is_id(path: Path) -> bool:
        """Return whether the name of a value of a JSON body says that it is an id."""
        return _is_id(_name_at(path))

    @property
    def is_body_volatile(self) -> bool:
        """Whether the whole body differed between responses to the same request."""
        return self._changing.covers(())

    def is_ignored(self, path: Path, value: Any) -> bool:
        """Return whether a value at a path of a JSON body is a secret, or differed, or is said to differ."""
        if self._changing.covers(path) or (self._volatile is not None and self._volatile.covers(path)):
            return True
        return self.is_secret(path) and value is not None and not isinstance(value, bool)

    def is_volatile(self, path: Path, value: Any) -> bool:
        """Return whether the whole value at a path of a JSON body may differ next time."""
        name = _name_at(path)
        if self.is_ignored(path, value):
            return True
        if isinstance(value, dict | list):
            return False
        if name in self._made_names and isinstance(value, str) and re.search(r"\d", value) and value not in self._sent:
            return True
        return self._has_volatile_format(value) or (self._volatile is None and self._has_volatile_name(name, value))

    def is_secret(self, path: Path) -> bool:
        """Return whether the name of a value of a JSON body says that it is a secret."""
        return self._redactor.is_secret(_name_at(path), "body")

    def is_stable_text(self, text: str) -> bool:
        """Return whether a string is free of times, identifiers and secrets."""
        if MASK in text or self._has_secret(text) or self._redactor.spans(text):
            return False
        are_sent = all(match[0] in self._sent for match in _VOLATILE_TEXT.finditer(text))
        return are_sent and not (self._made and find_pieces(text, self._made))

    def stable_part(self, text: str) -> str:
        """Return a string with a mark in place of each time, identifier and secret."""
        return _VOLATILE_TEXT.sub(lambda match: match[0] if match[0] in self._sent else "\0", self._redactor.text(text))

    def is_stable_url(self, url: str) -> bool:
        """Return whether a path or URL is free of secrets, and of numbers, times and identifiers of the app's own."""
        numbers = (one for one in re.split(r"[/?&=#]", url) if one.isdigit())
        are_sent = all(one in self._sent for one in numbers)
        return are_sent and self.is_stable_text(url) and not self._redactor.url_spans(url)

    def _has_volatile_format(self, value: Any) -> bool:
        if isinstance(value, bool) or value is None:
            return False
        if isinstance(value, int | float):
            if str(value) in self._secrets or str(value) in self._made:
                return True
            units = (1, 10**3, 10**6, 10**9)  # seconds to nanoseconds
            return any(abs(value - self._at.timestamp() * unit) < _DAY.total_seconds() * unit for unit in units)
        if value in self._sent and not self._has_secret(value) and value not in self._made:
            return False
        if value in self._made or not self.is_stable_text(value):
            return True
        try:
            return abs(date.fromisoformat(value) - self._at.date()) <= _DAY
        except ValueError:
            return False

    def _has_secret(self, text: str) -> bool:
        """Return whether a string is a secret of the request, or contains one too long to be there by chance."""
        return text in self._secrets or any(len(secret) >= _MIN_SECRET and secret in text for secret in self._secrets)

    def _has_volatile_name(self, name: str, value: Any) -> bool:
        words = _words_of(name)
        if not words or value is None or isinstance(value, bool):
            return False
        if _VOLATILE_WORDS.intersection(words) or (len(words) > 1 and words[-1] == "at"):
            return True
        # A number sent as a price may equal an id by chance, so only ids in the path and fields of this name count.
        return _is_id(name) and str(value) not in self._ids and (name, value) not in self._fields


def _name_at(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def read_path(path: str | Path) -> Path:
    """Parse a path such as ``$.items[0].name``, ``items[*].id`` or ``$["odd key"]``."""
    if not isinstance(path, str):
        return path
    found: list[str | int] = []
    for name, index, star, quoted, plain in _STEP.findall(path.removeprefix("$")):
        found.append(int(index) if index else json.loads(quoted) if quoted else name or star or plain)
    return tuple(found)


def _words_of(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _is_id(name: str) -> bool:
    return not _IDS.isdisjoint(_words_of(name)[-1:])


def _decoded(request: RequestSpec) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return dict(parse_qsl(request.body.decode("utf-8", "replace")))


def _fields_of(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the name and value of each leaf; an item of a list has the list's name."""
    waiting = [(name, value)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.items()
        elif isinstance(value, list):
            waiting += [(name, item) for item in value]
        else:
            yield name, value
