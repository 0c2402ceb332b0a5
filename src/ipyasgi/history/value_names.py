"""What the names of values say: which belong together, such as ``id`` of ``/things`` and ``thing_id``. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote

from ..records.carried import Source

IDS = frozenset({"id", "uuid", "guid", "oid", "pk"})
TOKENS = frozenset({"token", "jwt", "csrf", "xsrf", "csrftoken", "nonce", "session", "sid", "sessionid", "cursor"})
LINKS = frozenset({"next", "prev", "previous", "url", "uri", "href", "link", "links", "location", "more", "continue"})

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def is_same(source: Source, name: str) -> bool:
    """Return whether a field is named as a value of a response: ``order_number``, or ``item_id`` for an item's id."""
    words, own = words_of(name), words_of(source.key)
    if own and own[-1] in IDS and len(own) == 1:
        return words in ([source.noun, *own], [source.noun]) and bool(source.noun)
    return words == own


def is_of(source: Source, segment: str) -> bool:
    """Return whether a segment of a path is what a value belongs to: ``items`` for an item's id."""
    noun, own = noun_of(segment), words_of(source.key)
    return bool(noun) and (noun == source.noun or own[:-1] == [noun])


def is_token(source: Source, name: str) -> bool:
    """Return whether both a value of a response and a field or header are tokens, by their names."""
    if not TOKENS.intersection(words_of(source.key)):
        return False
    return name == "authorization" or not TOKENS.isdisjoint(words_of(name))


def noun_of(text: str) -> str:
    """Return ``thing`` for ``things`` or ``/api/things``; empty if the last segments are not words."""
    for segment in reversed(unquote(text).split("/")):
        if re.fullmatch(r"[A-Za-z][A-Za-z_-]*", segment):
            word = segment.lower().replace("-", "_")
            if word.endswith("ies") and len(word) > 4:
                return word[:-3] + "y"
            if word.endswith(("sses", "xes", "ches", "shes")):
                return word[:-2]
            return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    return ""
