"""`SecretRules`: which names and values are secret: by their words, the user's list, or the app's document. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, Self

from .secret_names import is_count, is_secret_name, secret_word_of

MASK = "•••"

Place = Literal["", "query", "header", "cookie", "body"]
"""Where a name is used; empty for other locations, such as the app's state."""

# Not secret even if a document declares an API key of this name: masked, every request would look the same.
_NEVER_SECRET = frozenset((
    "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection",
    "content-encoding", "content-length", "content-location", "content-type", "date", "etag", "expires", "forwarded",
    "host", "last-modified", "link", "location", "origin", "range", "referer", "server", "transfer-encoding",
    "user-agent", "vary", "via",
))  # fmt: skip
_PATH_SIGNS = re.compile(r"[^\w-]+")
# Values that are not secret, whatever their name.
_HARMLESS = frozenset({"", "true", "false", "null", "none", "nil", "undefined", "~", "[]", "{}", "()", "any"})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_REFERENCE = re.compile(rf"\$\{{?[A-Z][A-Z0-9_]*\}}?|\{{\{{[^{{}}]*\}}\}}|{MASK}")  # a variable, or masked already


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRules:
    """
    The names that are secret for one explorer.

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

    def learn(self, names: Iterable[tuple[Place, str]]) -> Self:
        """Return rules with these names, each in its location."""
        found = {(place, _plain(name)) for place, name in names}
        return replace(self, learnt=self.learnt | {one for one in found if one[1] and one[1] not in _NEVER_SECRET})

    def strict(self) -> Self:
        """Return rules that mask even if ``show`` is set."""
        return replace(self, show=False)

    def is_secret(self, name: str, in_: Place = "") -> bool:
        """Return whether the value of a header, cookie, parameter or member of this name has to be masked."""
        if self.show:
            return False
        if is_secret_name(name, of_header=in_ in ("header", "query")):
            return True
        if not self.names and not self.learnt:
            return False
        plain = _plain(name)
        return (in_, plain) in self.learnt or plain in self.names or not self.names.isdisjoint(_PATH_SIGNS.split(plain))

    def why(self, name: str, in_: Place = "") -> str:
        """Return why a value of this name is masked: ``its name contains 'token'``."""
        if word := secret_word_of(name, of_header=in_ in ("header", "query")):
            return f"its name contains '{word}'"
        if (in_, _plain(name)) in self.learnt:
            return "the app's document declares it a secret"
        return "the settings list its name" if self.is_secret(name, in_) else "it looks like a secret"

    def is_secret_value(self, name: str, value: str, in_: Place = "") -> bool:
        """Return whether a value is secret because of its name; booleans, null, and numbers that count are not."""
        if not self.is_secret(name, in_):
            return False
        value = value.strip()
        return value.lower() not in _HARMLESS and not _REFERENCE.fullmatch(value) and not _is_count(name, value)


def is_harmless(name: str, value: str) -> bool:
    """Return whether a value, as written in JSON or Python, is not secret: a boolean, null, empty, or a count."""
    value = value.strip()
    bare = value.strip("\"'")
    return bare.lower() in _HARMLESS or _REFERENCE.fullmatch(bare) is not None or _is_count(name, value)


def _is_count(name: str, value: str) -> bool:
    return is_count(name) and _NUMBER.fullmatch(value) is not None


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")
