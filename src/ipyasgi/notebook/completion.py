"""Completion of ``%asgi`` through IPython's matcher API v2: what may stand where the cursor is.

Nothing is offered outside the magic, and no expression is evaluated. What an app's OpenAPI document knows is not
asked: a document is made on request, and a key press must not run the app.
"""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from ..explore.explorer import Explorer
from ..explore.routes import Routes
from .commands import COMMANDS, SEND
from .cursor import Place, find_place
from .desk import Desk
from .grammar import ANYWHERE, METHODS, OPTIONS

_CHOICE = re.compile(r"(?<![\w-])[a-z][a-z_]*(?![\w=])")  # words that a usage names as they are: [start|step|stop]
FRESH_S = 2.0
"""How long a list of routes is offered before it is read again: of a large app that takes longer than a key press."""
_HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Content-Type",
    "Cookie",
    "Forwarded",
    "Host",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "Origin",
    "Range",
    "Referer",
    "User-Agent",
    "X-API-Key",
    "X-Forwarded-For",
    "X-Request-ID",
)
_TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
    "text/event-stream",
)
_HEADER_VALUES: Mapping[str, tuple[str, ...]] = {
    "accept": (*_TYPES, "*/*"),
    "authorization": ("Basic ", "Bearer "),
    "content-type": _TYPES,
}
_WORDS: Mapping[str, Callable[[Desk], Iterable[str]]] = {
    "use": lambda desk: desk.attached,
    "detach": lambda desk: desk.attached,
    "help": lambda desk: (*METHODS, *COMMANDS),
    "show": lambda desk: _exchanges(desk),
    "replay": lambda desk: _exchanges(desk),
    "recheck": lambda desk: _exchanges(desk),
    "diff": lambda desk: _exchanges(desk),
    "export": lambda desk: _exchanges(desk),
    "history": lambda desk: ("error", "method:", "path:", "status:4xx", "status:5xx", "slow:100ms", "violation"),
    "ws": lambda desk: (route.path for route in _routes(desk).values() if route.kind == "websocket"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """
    One thing that may stand there.

    :ivar text: what would stand there whole
    :ivar kind: what the front end shows beside it
    """

    text: str
    kind: str


class Completer:
    """Completes for one shell; its `match` is what IPython is given."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._read: tuple[object, float, Routes] | None = None

        @context_matcher(identifier="ipyasgi", priority=200)
        def match(context: CompletionContext) -> SimpleMatcherResult:
            return self._match(context)

        self.match = match

    def candidates(self, place: Place) -> list[Candidate]:
        """Return what may stand at a place and begins as what is there, each once, in order."""
        every = _OFFERS[place.kind](self, place)
        begun = place.fragment.casefold()
        found = {one.text: one for one in every if one.text.casefold().startswith(begun)}
        return list(found.values())

    def _match(self, context: CompletionContext) -> SimpleMatcherResult:
        lines = context.full_text.split("\n")
        at = sum(len(line) + 1 for line in lines[: context.cursor_line]) + context.cursor_position
        place = find_place(context.full_text, at)
        if place is None or place.kind == "expression":  # inside {{ }} IPython's own matchers know Python better
            return {"completions": []}
        completions = [SimpleCompletion(text=one.text, type=one.kind) for one in self.candidates(place)]
        return {"completions": completions, "matched_fragment": place.fragment, "suppress": True, "ordered": True}

    # -- what may stand where ----------------------------------------------------------------------------

    def _heads(self, place: Place) -> Iterator[Candidate]:
        yield from (Candidate(text=method, kind="keyword") for method in METHODS)
        yield from (Candidate(text=name, kind="function") for name in COMMANDS)
        yield from (Candidate(text=name, kind="instance") for name in _apps(self._desk.namespace))

    def _targets(self, place: Place) -> Iterator[Candidate]:
        method = "GET" if place.head == "HEAD" else place.head
        routes = self._routes().values()
        wanted = [route.path for route in routes if route.method == method]
        yield from (
            Candidate(text=path, kind="path") for path in wanted or [r.path for r in routes if r.kind == "http"]
        )

    def _items(self, place: Place) -> Iterator[Candidate]:
        taken = {word.partition("=")[0] for word in place.words[1:]}
        for route in self._routes().values():
            if route.path == place.target:
                names = (name for name in route.parameters if name not in taken)
                yield from (Candidate(text=f"{name}=", kind="param") for name in names)
        yield from (Candidate(text=f"{name}:", kind="property") for name in _HEADERS)

    def _values(self, place: Place) -> Iterator[Candidate]:
        if place.sign == ":":
            yield from self._header_values(place)

    def _words(self, place: Place) -> Iterator[Candidate]:
        command = COMMANDS.get(place.head)
        fixed = _CHOICE.findall(command.usage) if command is not None else ()
        named = _WORDS.get(place.head, lambda desk: ())(self._desk)
        yield from (Candidate(text=word, kind="value") for word in (*named, *fixed))

    def _options(self, place: Place) -> Iterator[Candidate]:
        taken = COMMANDS.get(place.head, SEND).options if place.head else ()
        yield from (Candidate(text=f"--{name}", kind="param") for name in (*taken, *ANYWHERE))

    def _option_values(self, place: Place) -> Iterator[Candidate]:
        value = OPTIONS[place.name].value if place.name in OPTIONS else ""
        yield from (Candidate(text=word, kind="value") for word in value.split("|") if word.islower())

    def _headers(self, place: Place) -> Iterator[Candidate]:
        yield from (Candidate(text=f"{name}: ", kind="property") for name in _HEADERS)

    def _header_values(self, place: Place) -> Iterator[Candidate]:
        yield from (Candidate(text=word, kind="value") for word in _HEADER_VALUES.get(place.name.lower(), ()))

    def _nothing(self, place: Place) -> Iterator[Candidate]:
        yield from ()

    def _routes(self) -> Routes:
        """Return the current app's routes, read at most every `FRESH_S` seconds."""
        explorer = _explorer(self._desk)
        if explorer is None:
            return Routes(())
        if self._read is None or self._read[0] is not explorer.app or time.monotonic() - self._read[1] > FRESH_S:
            self._read = (explorer.app, time.monotonic(), explorer.routes)
        return self._read[2]


_OFFERS: Mapping[str, Callable[[Completer, Place], Iterable[Candidate]]] = {
    "head": Completer._heads,
    "target": Completer._targets,
    "item": Completer._items,
    "value": Completer._values,
    "word": Completer._words,
    "option": Completer._options,
    "option value": Completer._option_values,
    "expression": Completer._nothing,
    "header": Completer._headers,
    "header value": Completer._header_values,
    "body": Completer._nothing,
}


def _explorer(desk: Desk) -> Explorer | None:
    """Return the current explorer as it is: following its name is for who sends, and may take time."""
    return desk.current.explorer if desk.current is not None else None


def _routes(desk: Desk) -> Routes:
    explorer = _explorer(desk)
    return explorer.routes if explorer is not None else Routes(())


def _exchanges(desk: Desk) -> list[str]:
    explorer = _explorer(desk)
    return [one.name for one in reversed(tuple(explorer.history))][:50] if explorer is not None else []


def _apps(namespace: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of variables that look like apps; nothing of theirs is called."""
    for name, value in list(namespace.items()):
        if not name.startswith("_") and callable(value) and not inspect.isclass(value) and _looks_like_an_app(value):
            yield name


def _looks_like_an_app(value: Any) -> bool:
    function = value if inspect.isfunction(value) else getattr(type(value), "__call__", None)  # noqa: B004
    code = getattr(function, "__code__", None)
    if code is None or not inspect.iscoroutinefunction(function):
        return False
    named = code.co_varnames[: code.co_argcount]
    return named[-3:] == ("scope", "receive", "send")
