"""`Coverage`: which operations of an app were tried, and which of their documented responses were seen. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..history.exchange import Exchange
from ..openapi.contract import find_status
from ..openapi.document import Document, find_operation
from ..records.settings import Settings
from ..routes.path_template import PathTemplate
from ..routes.route import ANY, Route
from ..shown import Shown

NO_RESPONSE = "no response"
"""The status of requests to which the app sent no response, because it raised or a deadline passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredStatus:
    """
    One status of an operation.

    :ivar status: as in the document, such as ``404``, ``4XX`` or ``default``; else as received
    :ivar documented: whether the document has it
    :ivar seen: the number of responses in the history
    """

    status: str
    documented: bool
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredOperation:
    """
    One operation, or one route that the document does not have.

    :ivar path: the template, ``/items/{item_id}``
    :ivar tried: the number of requests in the history
    :ivar statuses: the documented ones in the order of the document, then others that were received
    """

    method: str
    path: str
    documented: bool
    tried: int
    statuses: tuple[CoveredStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Coverage(Shown):
    """
    The operations and routes of an app, each with the requests and responses in the history.

    Redirects that were followed count too. Routes that the framework adds itself, and WebSockets, are left out.
    """

    operations: tuple[CoveredOperation, ...]
    settings: Settings = field(default_factory=Settings)

    @property
    def tried(self) -> tuple[CoveredOperation, ...]:
        """The operations with a request."""
        return tuple(one for one in self.operations if one.tried)

    @property
    def untried(self) -> tuple[CoveredOperation, ...]:
        """The operations without a request."""
        return tuple(one for one in self.operations if not one.tried)

    @property
    def documented(self) -> int:
        """The number of documented responses."""
        return sum(status.documented for one in self.operations for status in one.statuses)

    @property
    def seen(self) -> int:
        """The number of documented responses that were received."""
        return sum(status.documented and status.seen > 0 for one in self.operations for status in one.statuses)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return a row for each status of each operation, for ``pandas.DataFrame``; without one its status is None."""
        return [
            {
                "method": one.method,
                "path": one.path,
                "tried": one.tried,
                "status": status.status if status is not None else None,
                "documented": status.documented if status is not None else False,
                "seen": status.seen if status is not None else 0,
            }
            for one in self.operations
            for status in one.statuses or (None,)
        ]

    def __repr__(self) -> str:
        operations = f"{len(self.tried)} of {len(self.operations)} operations"
        return f"<Coverage: {operations}, {self.seen} of {self.documented} responses>"


def measure(
    exchanges: Iterable[Exchange], document: Document, routes: Mapping[str, Route], settings: Settings
) -> Coverage:
    """Return the coverage of the operations of a document, and of other routes, by exchanges."""
    others = _others(routes, document)
    tried: Counter[str] = Counter()
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for exchange in _each(exchanges):
        key = _key_of(exchange, document, others)
        if key:
            tried[key] += 1
            found[key][str(exchange.status_code) if exchange.answered else NO_RESPONSE] += 1
    operations = [_documented(key, document, tried[key], found[key]) for key in document.operations]
    operations += [_undocumented(key, tried[key], found[key]) for key in others]
    return Coverage(operations=tuple(operations), settings=settings)


def _each(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    for exchange in exchanges:
        if exchange.is_request:
            yield from (*exchange.previous, exchange)


def _others(routes: Mapping[str, Route], document: Document) -> dict[str, list[str]]:
    """Return the HTTP routes that the document does not have, by key, each with the parts of its path."""
    found = {}
    for route in routes.values():
        if route.kind == "http" and not route.installed and document.operation(route.key) is None:
            path = PathTemplate(route.path).plain
            found[f"{route.method} {path}"] = route.path.split("/")
    return found


def _key_of(exchange: Exchange, document: Document, others: Mapping[str, list[str]]) -> str:
    """Return the key of the operation or route of a request, or an empty text."""
    method = exchange.request.method
    path = exchange.request.url.raw_path.decode("ascii", "replace").partition("?")[0]
    operation = find_operation(document, method, path)
    if operation is not None:
        return operation.key
    parts = path.split("/")
    fitting = [key for key, template in others.items() if key.split(" ")[0] in (method, ANY) and _fits(template, parts)]
    return min(fitting, key=lambda key: key.count("{"), default="")


def _fits(template: list[str], parts: list[str]) -> bool:
    if template[-1].endswith(":path}"):
        template, parts = template[:-1], parts[: len(template) - 1]
    return len(template) == len(parts) and all(
        "{" in one or one == part for one, part in zip(template, parts, strict=True)
    )


def _documented(key: str, document: Document, tried: int, found: Counter[str]) -> CoveredOperation:
    operation = document.operations[key]
    known = dict.fromkeys(operation.responses, 0)
    unknown: Counter[str] = Counter()
    for status, count in found.items():
        name = find_status(operation, int(status)) if status != NO_RESPONSE else None
        if name is None:
            unknown[status] += count
        else:
            known[name] += count
    statuses = [CoveredStatus(status=status, documented=True, seen=count) for status, count in known.items()]
    return CoveredOperation(
        method=operation.method,
        path=operation.path,
        documented=True,
        tried=tried,
        statuses=(*statuses, *_received(unknown)),
    )


def _undocumented(key: str, tried: int, found: Counter[str]) -> CoveredOperation:
    method, _, path = key.partition(" ")
    return CoveredOperation(method=method, path=path, documented=False, tried=tried, statuses=_received(found))


def _received(found: Counter[str]) -> tuple[CoveredStatus, ...]:
    return tuple(CoveredStatus(status=status, documented=False, seen=found[status]) for status in sorted(found))
