"""What a subcommand is: a name, its words of use, and the function that makes one public call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..desk import Desk
from ..grammar import GrammarError, Parsed, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """
    One subcommand.

    :ivar usage: the words after the name, as help shows them
    :ivar says: what it does, one line
    :ivar twin: the Python call that does the same
    :ivar options: what it takes besides words
    """

    name: str
    usage: str = ""
    says: str
    twin: str
    run: Callable[[Desk, Parsed], Any]
    options: tuple[str, ...] = ("help",)


def at_most(parsed: Parsed, count: int) -> None:
    """Raise where more words are given than the subcommand takes."""
    if len(parsed.words) > count:
        raise GrammarError(f"%asgi {parsed.head} takes no {parsed.words[count]!r}: see %asgi help {parsed.head}")


def one_of(word: str, known: tuple[str, ...], command: str) -> str:
    """Return the word when it is known; raise with a suggestion when not."""
    if word not in known:
        raise GrammarError(f"%asgi {command} {word}: write one of {', '.join(known)}{did_you_mean(word, known)}")
    return word
