"""Records as plain data, for `json.dumps`: what is shown, masked by the same rules, and not cut where a view cuts.

Only dicts with text keys, lists, texts, numbers, booleans and None. Times are milliseconds.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterable
from typing import Any

from ..engine.pending import Pending
from ..engine.runs import LifespanRun, Run
from ..explorer.defaults import DefaultCookies, DefaultHeaders
from ..explorer.explorer import Explorer, ExplorerState
from ..explorer.lifespan import ExplorerLifespan
from ..explorer.replay import Recheck
from ..formats.imported import Imported
from ..history.comparison import Comparison
from ..history.exchange import Exchange, Preview
from ..protocol.violations import Violation
from ..records.exception_text import ExceptionText
from ..records.settings import SETTINGS, Settings
from ..records.state import Change, StateLook, look_at
from ..routes.route import Route
from ..routes.routes import RouteDocs, Routes
from .body import BodyShown
from .changes import OutputShown, show_changes
from .comparison import show_comparison
from .exchange import content_of, show_exchange
from .lifespan import show_lifespan
from .pairs import mask_cookies, mask_default_headers
from .pending import show_pending
from .run import show_run
from .state import Node, show_trees


def read_exchange(exchange: Exchange, settings: Settings) -> dict[str, Any]:
    """
    Return ``method, target, status, ms, headers, body, state, output, exception, errors``.

    ``status`` is None where there is no response; ``headers`` are pairs, for a name may come twice. ``body`` is decoded
    where it is JSON, else its text, cut where it is over a megabyte; None where it is empty or no text. ``errors`` are
    the violations of the protocol.
    """
    content = content_of(exchange) if exchange.answered else b""
    shown = show_exchange(exchange, dataclasses.replace(settings, body_shown_bytes=len(content) + 1))
    return {
        "method": shown.method,
        "target": shown.target,
        "status": exchange.response.status_code if exchange.response is not None else None,
        "ms": _ms(exchange.elapsed_ns),
        "headers": _pairs(shown.response_headers),
        "body": _body(content, shown.response_body, settings),
        "state": _changes(shown.changes),
        "output": _output(shown.output),
        "exception": _exception(shown.raised),
        "errors": _errors(shown.violations),
    }


def read_head(exchange: Exchange, settings: Settings) -> dict[str, Any]:
    """Return what is shown of an exchange's head: ``method, target, status, ms, headers``."""
    whole = read_exchange(exchange, settings)
    return {key: whole[key] for key in ("method", "target", "status", "ms", "headers")}


def read_exchanges(exchanges: Iterable[Exchange], settings: Settings) -> dict[str, Any]:
    """Return each exchange with its name."""
    return {"exchanges": [{"name": one.name, **read_exchange(one, settings)} for one in exchanges]}


def read_comparison(comparison: Comparison, settings: Settings) -> dict[str, Any]:
    """Return what differs between two exchanges."""
    shown, sides = show_comparison(comparison, settings), (comparison.before, comparison.after)
    return {
        "verdict": comparison.verdict,
        "method": shown.method,
        "target": shown.place,
        "names": [side.name for side in sides],
        "statuses": [side.status for side in sides],
        "ms": [_ms(side.elapsed_ns) for side in sides],
        "exceptions": list(shown.raised) if shown.raised is not None else None,
        "headers": _changes(shown.headers),
        "body": [*_changes(shown.changes), *(f"{line.mark} {line.text}" for line in shown.lines)],
        "ignored": list(comparison.ignored),
    }


def read_recheck(recheck: Recheck, settings: Settings) -> dict[str, Any]:
    """Return whether all is as it was, and each comparison."""
    return {"ok": recheck.ok, "comparisons": [read_comparison(one, settings) for one in recheck]}


def read_explorer(explorer: Explorer, settings: Settings) -> dict[str, Any]:
    """Return what the app is and how it stands."""
    return {
        "name": explorer.name,
        "lifespan": explorer.lifespan.status,
        "closed": explorer.closed,
        "exchanges": len(explorer.history),
        **read_routes(explorer.routes, settings),
    }


def read_lifespan(lifespan: ExplorerLifespan, settings: Settings) -> dict[str, Any]:
    """Return where the lifespan stands and each step."""
    shown = show_lifespan(lifespan, settings)
    return {
        "status": shown.status,
        "steps": [
            _some_of(step, "direction", "type", "message")
            | {"state": _changes(step.changes), "output": _output(step.output)}
            for step in shown.steps
        ],
        "failure": shown.failure,
        "exception": _exception(shown.raised),
    }


def read_state(state: ExplorerState, settings: Settings) -> dict[str, Any]:
    """Return the state as it is now."""
    return read_look(look_at(state.places(), None, settings), settings)


def read_look(look: StateLook, settings: Settings) -> dict[str, Any]:
    """Return each place as a tree of short texts, and what had changed."""
    return {
        "state": {tree.path: _tree(tree) if tree.nodes else {} for tree in show_trees(look, settings)},
        "changes": _changes(show_changes(look.changes, settings)),
    }


def read_imported(imported: Imported, settings: Settings) -> dict[str, Any]:
    """Return the requests that were read, and the notes."""
    return {
        "requests": [
            {
                "name": one.name,
                "method": one.spec.method,
                "target": settings.redactor.url(one.spec.target),
                "body_bytes": len(one.spec.body),
            }
            for one in imported
        ],
        "notes": list(imported.notes),
    }


def read_pending(pending: Pending[Any] | Iterable[Pending[Any]], settings: Settings) -> dict[str, Any]:
    """Return how far each has come, in words."""
    every = (pending,) if isinstance(pending, Pending) else pending
    return {"requests": [dataclasses.asdict(show_pending(one, settings)) for one in every]}


def read_preview(preview: Preview, settings: Settings) -> dict[str, Any]:
    """Return what there is to be drawn."""
    return {"content_type": preview.content_type, "body_bytes": len(preview.content)}


def read_routes(routes: Routes, settings: Settings) -> dict[str, Any]:
    """Return each route."""
    return {"routes": [_route(route) for route in routes.values()]}


def read_docs(docs: RouteDocs, settings: Settings) -> dict[str, Any]:
    """Return each route with its docstring and what a request may carry."""
    return {
        "routes": [
            {**_route(doc.route), "doc": doc.route.doc, "inputs": [dataclasses.asdict(one) for one in doc.inputs]}
            for doc in docs
        ]
    }


def read_run(run: Run, settings: Settings) -> dict[str, Any]:
    """Return one call of the app: how it ended and each message, without what the messages hold."""
    shown = show_run(run, settings)
    return {
        "kind": run.kind,
        "method": shown.method,
        "target": shown.target,
        "outcome": run.status if isinstance(run, LifespanRun) else shown.outcome,
        "ms": _ms(run.duration_ns),
        "headers": {title: _pairs(pairs) for title, pairs in shown.headers},
        "messages": [
            {**_some_of(event, "direction", "type"), "ms": _ms(event.at_ns), "body_bytes": event.body_bytes}
            for event in run.events
        ],
        "exception": _exception(shown.raised),
        "errors": _errors(shown.violations),
    }


def read_headers(headers: DefaultHeaders, settings: Settings) -> dict[str, Any]:
    """Return the default headers as pairs."""
    return {"headers": _pairs(mask_default_headers(headers, settings))}


def read_cookies(cookies: DefaultCookies, settings: Settings) -> dict[str, Any]:
    """Return the cookies as pairs."""
    return {"cookies": _pairs(mask_cookies(cookies, settings))}


def read_settings(shown: Settings, settings: Settings) -> dict[str, Any]:
    """Return the settings under their names in Python."""
    return {one.field: getattr(shown, one.field) for one in SETTINGS.values()} | {
        "secret_names": list(shown.secret_names)
    }


def _body(content: bytes, shown: BodyShown | None, settings: Settings) -> Any:
    if shown is None or shown.kind == "hex":
        return None
    if shown.kind == "json":
        with contextlib.suppress(ValueError, RecursionError):
            decoded = settings.redactor.value(json.loads(content))
            json.dumps(decoded, allow_nan=False)  # NaN and infinities are Python's alone, and stay text
            return decoded
    return "\n".join(filter(None, [shown.text, shown.missing])) or None


def _ms(ns: int) -> float:
    return round(ns / 1e6, 3)


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [list(pair) for pair in pairs]


def _changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(change) for change in changes]


def _output(output: Iterable[OutputShown]) -> list[dict[str, Any]]:
    return [_some_of(line, "source", "label", "text") for line in output]


def _exception(raised: ExceptionText | None) -> dict[str, Any] | None:
    return {"type": raised.type_name, "message": raised.message} if raised is not None else None


def _errors(violations: Iterable[Violation]) -> list[dict[str, Any]]:
    return [_some_of(one, "rule", "message", "section") for one in violations]


def _tree(node: Node) -> Any:
    return {inner.key.strip("'\""): _tree(inner) for inner in node.nodes} if node.nodes else node.text


def _route(route: Route) -> dict[str, Any]:
    return {**_some_of(route, "method", "path", "name", "handler", "source"), "parameters": list(route.parameters)}


def _some_of(value: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}
