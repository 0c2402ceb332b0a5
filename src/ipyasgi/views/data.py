"""Records as plain data for `json.dumps`, masked as in the views but not cut. Times are in milliseconds."""

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
from ..records.output import OutputLine
from ..records.settings import SETTINGS, Settings
from ..records.state import Change, StateLook, look_at
from ..routes.route import Route
from ..routes.routes import RouteDocs, Routes
from .body import BodyShown
from .changes import show_changes
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

    ``status`` is None without a response. ``headers`` are pairs, because a name may be repeated. ``body`` is a decoded
    JSON value, or a text that is cut after a megabyte; None where it is empty or binary. ``errors`` are violations.
    """
    content = content_of(exchange) if exchange.answered else b""
    shown = show_exchange(exchange, dataclasses.replace(settings, body_shown_bytes=len(content) + 1))
    return {
        "method": shown.method,
        "target": shown.target,
        "status": exchange.response.status_code if exchange.response is not None else None,
        "ms": _ms(exchange.elapsed_ns),
        "headers": list(map(list, shown.response_headers)),
        "body": _body(content, shown.response_body, settings),
        "state": _changes(shown.changes),
        "output": _output(shown.output),
        "exception": _exception(shown.raised),
        "errors": _errors(shown.violations),
    }


def read_head(exchange: Exchange, settings: Settings) -> dict[str, Any]:
    """Return ``method, target, status, ms, headers``."""
    whole = read_exchange(exchange, settings)
    return {key: whole[key] for key in ("method", "target", "status", "ms", "headers")}


def read_exchanges(exchanges: Iterable[Exchange], settings: Settings) -> dict[str, Any]:
    """Return the exchanges with their names."""
    return {"exchanges": [{"name": one.name, **read_exchange(one, settings)} for one in exchanges]}


def read_comparison(comparison: Comparison, settings: Settings) -> dict[str, Any]:
    """Return the differences between two exchanges."""
    shown, sides = show_comparison(comparison, settings), (comparison.before, comparison.after)
    return {
        "verdict": comparison.verdict,
        "method": shown.method,
        "target": shown.target,
        "names": [side.name for side in sides],
        "statuses": [side.status for side in sides],
        "ms": [_ms(side.elapsed_ns) for side in sides],
        "exceptions": list(shown.raised) if shown.raised is not None else None,
        "headers": _changes(shown.headers),
        "body": [*_changes(shown.changes), *(f"{line.mark} {line.text}" for line in shown.lines)],
        "ignored": list(comparison.ignored),
    }


def read_recheck(recheck: Recheck, settings: Settings) -> dict[str, Any]:
    """Return `Recheck.ok` and the comparisons."""
    return {"ok": recheck.ok, "comparisons": [read_comparison(one, settings) for one in recheck]}


def read_explorer(explorer: Explorer, settings: Settings) -> dict[str, Any]:
    """Return the app's name, status and routes."""
    return {
        "name": explorer.name,
        "lifespan": explorer.lifespan.status,
        "closed": explorer.closed,
        "exchanges": len(explorer.history),
        **read_routes(explorer.routes, settings),
    }


def read_lifespan(lifespan: ExplorerLifespan, settings: Settings) -> dict[str, Any]:
    """Return the lifespan's status and steps."""
    shown = show_lifespan(lifespan, settings)
    return {
        "status": shown.status,
        "steps": [
            _some_of(row, "direction", "type")
            | {"message": row.detail, "state": _changes(changes), "output": _output(output)}
            for row, changes, output in shown.steps
        ],
        "failure": shown.failure,
        "exception": _exception(shown.raised),
    }


def read_state(state: ExplorerState, settings: Settings) -> dict[str, Any]:
    """Return the present state."""
    return read_look(look_at(state.places(), None, settings), settings)


def read_look(look: StateLook, settings: Settings) -> dict[str, Any]:
    """Return the state as trees of short texts, and its changes."""
    return {
        "state": {tree.path: _tree(tree) if tree.nodes else {} for tree in show_trees(look, settings)},
        "changes": _changes(show_changes(look.changes, settings)),
    }


def read_imported(imported: Imported, settings: Settings) -> dict[str, Any]:
    """Return the imported requests, and the notes."""
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
    """Return the progress of each request."""
    every = (pending,) if isinstance(pending, Pending) else pending
    return {"requests": [dataclasses.asdict(show_pending(one, settings)) for one in every]}


def read_preview(preview: Preview, settings: Settings) -> dict[str, Any]:
    """Return the media type and the size of a body."""
    return {"content_type": preview.content_type, "body_bytes": len(preview.content)}


def read_routes(routes: Routes, settings: Settings) -> dict[str, Any]:
    """Return the routes."""
    return {"routes": [_route(route) for route in routes.values()]}


def read_docs(docs: RouteDocs, settings: Settings) -> dict[str, Any]:
    """Return the routes with their docstrings and inputs."""
    return {
        "routes": [
            {**_route(doc.route), "doc": doc.route.doc, "inputs": [dataclasses.asdict(one) for one in doc.inputs]}
            for doc in docs
        ]
    }


def read_run(run: Run, settings: Settings) -> dict[str, Any]:
    """Return one call of the app: its outcome and its messages without their payloads."""
    shown = show_run(run, settings)
    return {
        "kind": run.kind,
        "method": shown.method,
        "target": shown.target,
        "outcome": run.status if isinstance(run, LifespanRun) else shown.outcome,
        "ms": _ms(run.duration_ns),
        "headers": {title: list(map(list, pairs)) for title, pairs in shown.headers},
        "messages": [
            {**_some_of(event, "direction", "type"), "ms": _ms(event.at_ns), "body_bytes": event.body_bytes}
            for event in run.events
        ],
        "exception": _exception(shown.raised),
        "errors": _errors(shown.violations),
    }


def read_headers(headers: DefaultHeaders, settings: Settings) -> dict[str, Any]:
    """Return the default headers as pairs."""
    return {"headers": list(map(list, mask_default_headers(headers, settings)))}


def read_cookies(cookies: DefaultCookies, settings: Settings) -> dict[str, Any]:
    """Return the cookies as pairs."""
    return {"cookies": list(map(list, mask_cookies(cookies, settings)))}


def read_settings(shown: Settings, settings: Settings) -> dict[str, Any]:
    """Return the settings by their Python names."""
    fields = {one.field: getattr(shown, one.field) for one in SETTINGS.values()}
    return fields | {"secret_names": list(shown.secret_names)}


def _body(content: bytes, shown: BodyShown | None, settings: Settings) -> Any:
    if shown is None or shown.kind == "hex":
        return None
    if shown.kind == "json":
        with contextlib.suppress(ValueError, RecursionError):
            decoded = settings.redactor.value(json.loads(content))
            json.dumps(decoded, allow_nan=False)  # NaN and infinities are not JSON, so the body stays text
            return decoded
    return "\n".join(filter(None, [shown.text, shown.missing])) or None


def _ms(ns: int) -> float:
    return round(ns / 1e6, 3)


def _changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(change) for change in changes]


def _output(output: Iterable[OutputLine]) -> list[dict[str, Any]]:
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
