"""Completion of ``%asgi`` through IPython's matcher API v2: what may stand where the cursor is.

Nothing is offered outside the magic, and no expression is evaluated. What an app's OpenAPI document knows is offered as
soon as it is there: the first completion has it made on the explorer's second loop, for that takes longer than a key
press, and nothing is sent for it.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import anyio.to_thread
from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from ..explore.explorer import Explorer
from ..explore.openapi.document import Document
from ..explore.openapi.operation import Operation
from ..explore.routes import Routes
from ..protocol.errors import LoopError
from .commands import COMMANDS, SEND
from .cursor import Place, find_place
from .desk import Desk
from .grammar import ANYWHERE, METHODS, OPTIONS
from .json_cursor import find_json_place
from .schema_words import find_operation, item_names, item_values, json_words

_CHOICE = re.compile(r"(?<![\w-])[a-z][a-z_]*(?![\w=])")  # words that a usage names as they are: [start|step|stop]
_SIGN = re.compile("[=:@]")
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
        self._begun: tuple[object, int] | None = None

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
        place = _narrow(place)
        found = self.candidates(place)
        if context.full_text[at : at + 1] == '"':  # a front end closes the quote as it is opened
            found = [replace(one, text=one.text.removesuffix(": ").removesuffix('"')) for one in found]
        completions = [SimpleCompletion(text=one.text, type=one.kind) for one in found]
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
        taken = {_SIGN.split(word)[0] for word in place.words[1:]}
        offered = self._of_operation(place, lambda document, one: item_names(document, one, place.target))
        yield from (Candidate(text=text, kind="param") for text in offered if _SIGN.split(text)[0] not in taken)
        for route in self._routes().values():
            if route.path == place.target:
                names = (name for name in route.parameters if name not in taken)
                yield from (Candidate(text=f"{name}=", kind="param") for name in names)
        yield from (Candidate(text=f"{name}:", kind="property") for name in _HEADERS)

    def _values(self, place: Place) -> Iterator[Candidate]:
        offered = self._of_operation(place, lambda document, one: item_values(document, one, place.name, place.sign))
        yield from (Candidate(text=text, kind="value") for text in offered)
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
        offered = self._of_operation(place, lambda document, one: item_names(document, one, place.target))
        yield from (Candidate(text=f"{text} ", kind="property") for text in offered if text.endswith(":"))
        yield from (Candidate(text=f"{name}: ", kind="property") for name in _HEADERS)

    def _header_values(self, place: Place) -> Iterator[Candidate]:
        if not place.sign:
            offered = self._of_operation(place, lambda document, one: item_values(document, one, place.name, ":"))
            yield from (Candidate(text=text, kind="value") for text in offered)
        yield from (Candidate(text=word, kind="value") for word in _HEADER_VALUES.get(place.name.lower(), ()))

    def _body(self, place: Place) -> Iterator[Candidate]:
        inside = find_json_place(place.name)
        if inside is not None:
            offered = self._of_operation(place, lambda document, one: json_words(document, one, inside))
            kind = "property" if inside.kind == "name" else "value"
            yield from (Candidate(text=text, kind=kind) for text in offered)

    def _nothing(self, place: Place) -> Iterator[Candidate]:
        yield from ()

    def _of_operation(self, place: Place, ask: Callable[[Document, Operation], Iterator[str]]) -> Iterator[str]:
        """Yield what the document offers for the operation that is typed; nothing as long as it is not read."""
        document = self._document()
        operation = find_operation(document, place.head, place.target) if document and place.target else None
        if document is not None and operation is not None:
            yield from ask(document, operation)

    def _document(self) -> Document | None:
        """Return the current app's document if it is read; see to it that it is, also when routes were added."""
        explorer = _explorer(self._desk)
        if explorer is None:
            return None
        state = (explorer.app, len(self._routes()))
        if self._begun is None or self._begun[0] is not state[0] or self._begun[1] != state[1]:
            self._begun = state
            # Left behind when the explorer is closed: nobody waits for it then.
            work = functools.partial(anyio.to_thread.run_sync, explorer.document_source.read, abandon_on_cancel=True)
            with contextlib.suppress(LoopError):  # it was closed
                explorer.errands.submit(work)
        return explorer.document_source.ready

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
    "body": Completer._body,
}


def _narrow(place: Place) -> Place:
    """Return the place of a body as that of the word in it, with the whole text as its name."""
    if place.kind != "body":
        return place
    inside = find_json_place(place.fragment)
    fragment = inside.fragment if inside is not None else ""
    return replace(
        place, name=place.fragment, fragment=fragment, start=place.start + len(place.fragment) - len(fragment)
    )


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
