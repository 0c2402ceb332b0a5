"""`OtherResponse`: the label of a response that does not belong to the form's operation, and the search for its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache

import traitlets

from ...history.exchange import Exchange
from ...records.redaction import Redactor
from ...records.requests import RequestSpec
from ...routes.path_template import PathTemplate
from ...routes.route import ANY, Route
from ...views.view import one_line
from ..panel import Part, read_bundle, read_style
from .draft import Draft

_MOST_EXCHANGES = 1000  # of the history, newest first


class OtherResponse(Part):
    """
    One line above the response; empty while the response is that of the form's operation.

    :ivar operation: that of the response, such as ``GET /pets``
    :ivar wanted: that of the form; ``last`` is the name of its newest exchange, empty without one

    The page sends ``{ask: "show", name}``.
    """

    _esm = read_bundle("other_response")
    _css = read_style("other_response")
    operation = traitlets.Unicode().tag(sync=True)
    wanted = traitlets.Unicode().tag(sync=True)
    last = traitlets.Unicode().tag(sync=True)


class Operations:
    """
    Finds the operations of requests, as method and path template, by the app's routes.

    :ivar routes: in the app's order
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = routes
        self._paths = frozenset(route.path for route in routes)
        self.find = lru_cache(_MOST_EXCHANGES)(self._find)  # some apps have a thousand routes

    def of_draft(self, draft: Draft) -> str:
        """Return the operation of a form, whose path may be a template."""
        path = draft.path.partition("?")[0]
        return f"{draft.method} {path}" if path in self._paths else self.find(draft.method, path)

    def is_of(self, spec: RequestSpec, operation: str) -> bool:
        """Return whether a request is one of an operation."""
        method, _, path = operation.partition(" ")
        if spec.method != method or PathTemplate(path).match(spec.path) is None:
            return False  # most requests end here: finding the operation of each would take long
        return self.find(method, spec.path) == operation

    def _find(self, method: str, path: str) -> str:
        """Return the method and the template of the first route that takes a path, or else the path itself."""
        for route in self.routes:
            if route.method in (method, ANY) and PathTemplate(route.path).match(path) is not None:
                return f"{method} {route.path}"
        return f"{method} {path}"


def find_other(
    shown: Exchange | None, draft: Draft, operations: Operations, history: Iterable[Exchange], redactor: Redactor
) -> dict[str, str]:
    """
    Return the traits of `OtherResponse` for the exchange that is shown, if any, beside a form.

    :param history: oldest first
    """
    wanted = operations.of_draft(draft)
    operation = "" if shown is None else operations.find(shown.spec.method, shown.spec.path)
    if operation == wanted:
        return {"operation": "", "wanted": "", "last": ""}
    newest_first = itertools.islice(reversed(tuple(history)), _MOST_EXCHANGES)
    last = next((one.name for one in newest_first if operations.is_of(one.spec, wanted)), "")
    masked = redactor.strict().url
    return {"operation": one_line(masked(operation), 120), "wanted": one_line(masked(wanted), 120), "last": last}
