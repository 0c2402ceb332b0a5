"""`TriedRoutes`: which routes have requests in the history, and which of their documented responses were seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ...experiments.coverage import NO_RESPONSE
from ...history.exchange import Exchange
from ...openapi.contract import find_status
from ...openapi.document import Document
from ...routes.route import ANY, Route
from ...views.view import one_line
from .other_response import Operations

_MOST_STATUSES = 12


class TriedRoutes:
    """Counts the exchanges of a history by route. The route of each is looked up once: an app may have thousands."""

    def __init__(self) -> None:
        self._operations: Operations | None = None
        self._found: Mapping[str, tuple[str, str]] = {}  # the route and the outcome of each exchange, by its name

    def read(self, history: Iterable[Exchange], operations: Operations, document: Document) -> dict[str, list[str]]:
        """Return what the rail says of each route that was tried, by the key of its row: one or two lines."""
        if operations is not self._operations:
            self._operations, self._found = operations, {}
        before, rows = self._found, _rows_of(operations.routes)
        self._found = {
            one.name: before.get(one.name) or (_row_of(one, operations, rows), _outcome_of(one))
            for exchange in history
            for one in (*exchange.previous, exchange)
        }
        outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row, outcome in self._found.values():
            outcomes[row][outcome] += 1
        return {row: list(_lines(rows[row], counts, document)) for row, counts in outcomes.items() if row in rows}


def _rows_of(routes: Iterable[Route]) -> dict[str, Route]:
    """Return the routes by the method and path of their rows; of several the first, as the app does."""
    rows: dict[str, Route] = {}
    for route in routes:
        rows.setdefault(f"{route.sent_method} {route.path}", route)
    return rows


def _row_of(exchange: Exchange, operations: Operations, rows: Mapping[str, Route]) -> str:
    """Return the row of a request's route; a text that is none of them if the app has no such route."""
    request = exchange.request  # of a redirect not the request that began it
    path = request.url.raw_path.decode("ascii", "replace").partition("?")[0]
    key = operations.find(request.method, path)
    if key in rows:
        return key
    sent_to_any = f"GET {key.partition(' ')[2]}"
    return sent_to_any if sent_to_any in rows and rows[sent_to_any].method == ANY else ""


def _outcome_of(exchange: Exchange) -> str:
    if not exchange.is_request:
        return exchange.outcome
    return str(exchange.status_code) if exchange.answered else NO_RESPONSE


def _lines(route: Route, outcomes: Counter[str], document: Document) -> Iterator[str]:
    times = outcomes.total()
    shown = [f"{outcome} ({count})" if count > 1 else outcome for outcome, count in sorted(outcomes.items())]
    tried = "tried once" if times == 1 else f"tried {times:,} times"
    yield one_line(f"{tried}: {_cut(shown)}", 300)
    operation = document.operation(route.key)
    if operation is None:
        return
    seen = {find_status(operation, int(outcome)) for outcome in outcomes if outcome.isdecimal()}
    missing = [one_line(status, 20) for status in operation.responses if status not in seen]
    if missing:
        yield f"documented, not seen yet: {_cut(missing)}"


def _cut(texts: list[str]) -> str:
    more = f" and {len(texts) - _MOST_STATUSES} more" if len(texts) > _MOST_STATUSES else ""
    return f"{', '.join(texts[:_MOST_STATUSES])}{more}"
