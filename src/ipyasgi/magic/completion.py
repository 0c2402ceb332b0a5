"""Completion of ``%asgi``: candidates for the cursor's position. `completion_hook` connects it to IPython.

Completes nothing outside the magic and evaluates no expression. `CompletionCache` reads an app's OpenAPI document in
the background; its candidates appear once it is read.
"""

from __future__ import annotations

import contextlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..explorer.explored_app import document_source_of
from ..openapi.document import Document, find_operation
from ..openapi.json_cursor import find_json_place
from ..openapi.operation import Operation
from ..openapi.schema_completion import item_names, item_values, json_words
from ..protocol.errors import LoopError
from ..records.requests import METHODS
from ..routes.route import ANY
from ..routes.routes import Routes
from .attached_apps import AttachedApps
from .commands import SEND, Commands
from .completion_cache import CompletionCache
from .cursor import Place, find_place
from .file_names import file_names
from .grammar import ANYWHERE, OPTIONS
from .items import find_sign

_CHOICE = re.compile(r"(?<![\w-])[a-z][a-z_]*(?![\w=])")  # literal words of a usage: [start|step|stop]
_RECENT = 50
_SIGN = re.compile("[=:@]")
_HEADERS = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Type", "Cookie"),
    *("Forwarded", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "Origin", "Range", "Referer"),
    *("User-Agent", "X-API-Key", "X-Forwarded-For", "X-Request-ID"),
)
_TYPES = (
    *("application/json", "application/x-www-form-urlencoded", "multipart/form-data"),
    *("text/plain", "text/event-stream"),
)
_HEADER_VALUES: Mapping[str, tuple[str, ...]] = {
    "accept": (*_TYPES, "*/*"),
    "authorization": ("Basic ", "Bearer "),
    "content-type": _TYPES,
}

Offers = Iterator[tuple[str, Iterable[str]]]
"""Pairs of a kind and its candidates."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that replaces the fragment, and the kind that the front end shows beside it."""

    text: str
    kind: str


class Completer:
    """Completion of ``%asgi`` in one shell, from its attached apps."""

    def __init__(self, apps: AttachedApps, commands: Commands) -> None:
        self.apps = apps
        self.commands = commands
        self._cache: CompletionCache | None = None

    def find(self, text: str, at: int) -> tuple[str, list[Candidate]] | None:
        """Return the fragment before an offset in a cell, and candidates, best first; None if IPython completes."""
        place = find_place(text, at)
        if place is None or place.kind == "expression":  # inside {{ }} IPython completes Python
            return None
        place = _narrow(place)
        begun = place.fragment.casefold()
        closed = text[at : at + 1] == '"'  # a front end inserts the closing quote
        found: dict[str, Candidate] = {}
        for kind, texts in _OFFERS[place.kind](self, place):
            for one in texts:
                if one.casefold().startswith(begun):
                    whole = one.removesuffix(": ").removesuffix('"') if closed else one
                    found.setdefault(one, Candidate(whole, kind))
        return place.fragment, list(found.values())

    def read_ahead(self) -> None:
        """Begin to read the current app's routes and document, if the app is new. Does not wait."""
        self._current(starts=True)

    @property
    def routes(self) -> Routes:
        """The current app's routes."""
        cache = self._current()
        return cache.routes if cache is not None else Routes(())

    # -- candidates of each kind of position ---------------------------------------------------------------

    def _heads(self, place: Place) -> Offers:
        yield "keyword", METHODS
        yield "function", self.commands
        yield "instance", _apps(self.apps.namespace)

    def _targets(self, place: Place) -> Offers:
        method = "GET" if place.head == "HEAD" else place.head
        routes = self.routes.values()
        wanted = [route.path for route in routes if route.method == method or (route.method == ANY and method != "WS")]
        offered = wanted or [route.path for route in routes if route.kind == "http"]
        yield "path", offered or [*_sent_paths(self.apps), "/"]

    def _items(self, place: Place) -> Offers:
        taken = {_SIGN.split(word)[0] for word in place.words[1:]}
        offered = self._of_operation(place, lambda document, one: item_names(document, one, place.target))
        yield "param", (text for text in offered if _SIGN.split(text)[0] not in taken)
        for route in self.routes.values():
            if route.path == place.target:
                yield "param", (f"{name}=" for name in route.parameters if name not in taken)
        yield "property", (f"{name}:" for name in _HEADERS)

    def _values(self, place: Place) -> Offers:
        sign = place.sign or ":"
        if sign.endswith("@"):
            yield "path", file_names(place.fragment)
            return
        yield "value", self._of_operation(place, lambda document, one: item_values(document, one, place.name, sign))
        if sign == ":":
            yield "value", _HEADER_VALUES.get(place.name.lower(), ())

    def _words(self, place: Place) -> Offers:
        if place.head in _TAKE_FILE and not place.words:
            yield "path", file_names(place.fragment, _TAKE_FILE[place.head])
            return
        command = self.commands.get(place.head)
        yield "value", _WORDS.get(place.head, lambda one, place: ())(self, place)
        yield "value", _CHOICE.findall(command.usage) if command is not None else ()

    def _options(self, place: Place) -> Offers:
        taken = self.commands.get(place.head, SEND).options if place.head else ()
        yield "param", (f"--{name}" for name in (*taken, *ANYWHERE))

    def _option_values(self, place: Place) -> Offers:
        value = OPTIONS[place.name].value if place.name in OPTIONS else ""
        yield "value", (word for word in value.split("|") if word.islower())
        if place.name == "to":
            yield "path", file_names(place.fragment)
        if place.name == "against":
            yield "instance", self.apps.attached
        if place.name == "lose":
            yield "property", (name for name, sign, _ in map(_split_item, place.words[1:]) if sign == ":")
            yield "property", (self.apps.current.explorer.headers if self.apps.current is not None else ())

    def _headers(self, place: Place) -> Offers:
        offered = self._of_operation(place, lambda document, one: item_names(document, one, place.target))
        yield "property", (f"{text} " for text in offered if text.endswith(":"))
        yield "property", (f"{name}: " for name in _HEADERS)

    def _body(self, place: Place) -> Offers:
        inside = find_json_place(place.name)
        if inside is not None:
            offered = self._of_operation(place, lambda document, one: json_words(document, one, inside))
            yield "property" if inside.kind == "name" else "value", offered

    def _of_operation(self, place: Place, ask: Callable[[Document, Operation], Iterator[str]]) -> Iterator[str]:
        """Yield candidates from the document for the operation that is typed; none until the document is read."""
        cache = self._current()
        document = cache.document if cache is not None else None
        operation = find_operation(document, place.head, place.target) if document and place.target else None
        if document is not None and operation is not None:
            yield from ask(document, operation)

    def _current(self, *, starts: bool = False) -> CompletionCache | None:
        """Return the cache for the current app, a new one for a new app; None without an app."""
        # Its name is not followed here: that may take time.
        explorer = self.apps.current.explorer if self.apps.current is not None else None
        if explorer is None or explorer.closed:
            self._cache = None
        elif self._cache is None or self._cache.source is not document_source_of(explorer):
            self._cache = None
            with contextlib.suppress(LoopError):  # closed meanwhile
                self._cache = CompletionCache(explorer)
            if self._cache is not None and starts:
                self._cache.start()
        return self._cache


_FILTERS = (
    "error",
    "method:",
    "path:",
    "status:4xx",
    "status:5xx",
    "slow:100ms",
    "held:20ms",
    "violation",
    "contract:error",
)
_TAKE_FILE = {"save": (".jsonl",), "restore": (".jsonl",), "import": (".http", ".rest", ".har", ".sh", ".txt")}
"""Subcommands whose word is a file, with the usual suffixes."""
_WORDS: Mapping[str, Callable[[Completer, Place], Iterable[str]]] = {
    **dict.fromkeys(("use", "detach"), lambda one, place: one.apps.attached),
    **dict.fromkeys(("show", "replay", "recheck", "diff", "export", "load"), lambda one, place: _exchanges(one.apps)),
    "time": lambda one, place: METHODS,
    "fuzz": lambda one, place: (*_operations(one), "method:", "path:", "tag:"),
    "shrink": lambda one, place: _failed(one.apps),
    "help": lambda one, place: (*METHODS, *one.commands),
    "history": lambda one, place: (*_FILTERS, "clear"),
    "override": lambda one, place: _overrides(one.apps, place.fragment),
    "ws": lambda one, place: (route.path for route in one.routes.values() if route.kind == "websocket"),
}
_OFFERS: Mapping[str, Callable[[Completer, Place], Offers]] = {
    "head": Completer._heads,
    "target": Completer._targets,
    "item": Completer._items,
    "value": Completer._values,
    "word": Completer._words,
    "option": Completer._options,
    "option value": Completer._option_values,
    "header": Completer._headers,
    "header value": Completer._values,
    "body": Completer._body,
}


def _split_item(word: str) -> tuple[str, str, str]:
    return find_sign(word) or (word, "", "")


def _narrow(place: Place) -> Place:
    """Return the position in a body, with the word at the cursor as its fragment and the whole text as its name."""
    if place.kind != "body":
        return place
    inside = find_json_place(place.fragment)
    fragment = inside.fragment if inside is not None else ""
    return replace(
        place, name=place.fragment, fragment=fragment, start=place.start + len(place.fragment) - len(fragment)
    )


def _sent_paths(apps: AttachedApps) -> list[str]:
    """Return the paths of recorded requests, newest first, for an app without a route table."""
    history = tuple(apps.current.explorer.history) if apps.current is not None else ()
    paths = (one.spec.path for exchange in reversed(history[-_RECENT:]) for one in (*exchange.previous, exchange))
    return list(dict.fromkeys(path for path in paths if path.isprintable()))


def _exchanges(apps: AttachedApps) -> list[str]:
    history = tuple(apps.current.explorer.history) if apps.current is not None else ()
    return [one.name for one in reversed(history[-_RECENT:])]


def _operations(completer: Completer) -> list[str]:
    return [f'"{route.method} {route.path}"' for route in completer.routes.values() if route.kind == "http"]


def _failed(apps: AttachedApps) -> list[str]:
    history = tuple(apps.current.explorer.history) if apps.current is not None else ()
    return [one.name for one in reversed(history) if one.failed][:_RECENT]


def _overrides(apps: AttachedApps, fragment: str) -> Iterator[str]:
    """Yield ``get_db=`` for each dependency, or after the sign ``get_db=name`` for each of the user's variables."""
    name, sign, _ = fragment.partition("=")
    if sign:
        kept = [key for key in list(apps.namespace) if not key.startswith("_")]
        functions = [key for key in kept if inspect.isroutine(apps.namespace.get(key))]
        yield from (f"{name}={key}" for key in dict.fromkeys([*functions, *kept]))
    elif apps.current is not None:
        yield from (f"{one.name}=" for one in apps.current.explorer.overrides.available)


def _apps(namespace: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of variables that look like apps, without calling any code of theirs."""
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
