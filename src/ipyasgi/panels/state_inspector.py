"""`StateInspector`: the app's state, live, and the exchanges that changed it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import traitlets

from ..explorer.events import ExplorerEvent
from ..explorer.explorer import Explorer
from ..history.exchange import Exchange
from ..records.state import Change, StateLook, look_at
from ..views.state import Node, inspect_state, view_inspection
from ..views.view import View, one_line, visible
from .comm_writer import CommWriter
from .panel import Panel, Part, read_bundle, read_style

LOOK_EVERY_S = 1.0
"""Seconds between two reads: background tasks change the state without an event."""


class StateTree(Part):
    """
    The trees of the state, and the changes.

    :ivar trees: ``{key, about, text, path, mark, missing, nodes}`` for each state
    :ivar changes: ``{path, kind, before, after}`` since they were marked as seen, and the number of ``more``
    :ivar since: the time when the state was marked as seen
    :ivar changed_by: ``{name, description, at, changes, more}``, newest first
    :ivar opens: whether the page offers to show an exchange

    The page sends ``{ask: "seen"}`` and ``{ask: "show", name}``.
    """

    _esm = read_bundle("state_inspector")
    _css = read_style("state_inspector")
    trees: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    changes: traitlets.List[dict[str, str]] = traitlets.List().tag(sync=True)
    more = traitlets.Int().tag(sync=True)
    since = traitlets.Unicode().tag(sync=True)
    changed_by: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    opens = traitlets.Bool().tag(sync=True)


class StateInspector(Panel):
    """
    ``app.state`` and the lifespan state now, the changes since they were marked as seen, and those by each exchange.

    :param on_show: called with an exchange to show; without it the page does not offer this
    """

    def __init__(
        self,
        explorer: Explorer,
        *,
        writer: CommWriter | None = None,
        on_show: Callable[[Exchange], object] | None = None,
    ) -> None:
        super().__init__(explorer, writer=writer)
        self._on_show = on_show
        self._seen = self._now = look_at(explorer.state.places(), None, explorer.settings)
        self._since = datetime.now().astimezone()
        self._shown: dict[str, Any] = self._page()
        self.tree = self.hold(StateTree(opens=on_show is not None, **self._shown))
        self.children = (self.notice, self.tree)
        self.draw_on_demand(self._paint, every_s=LOOK_EVERY_S)

    # -- from any thread -------------------------------------------------------------------------------------

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes since the state was marked as seen, unmasked."""
        return self._look().changes

    def look(self) -> StateLook:
        """Mark the state as seen; return it with the changes up to now."""
        look = self._look()
        with self._lock:
            self._seen, self._since = look, datetime.now().astimezone()
        self.soon(self._paint)
        return look

    def view(self) -> View:
        """Return the trees, the changes since they were marked as seen, and those by each exchange."""
        explorer = self.explorer
        look = self._now if explorer.closed else self._look()
        return view_inspection(look, explorer.history, explorer.lifespan, explorer.settings)

    # -- on the panel's thread -------------------------------------------------------------------------------

    def take_event(self, event: ExplorerEvent) -> None:
        self.draw_again()

    def hear_page(self, content: Any, buffers: Any) -> None:
        match content:
            case {"ask": "seen"}:
                self.look()
            case {"ask": "show", "name": str(name)} if self._on_show is not None:
                self.with_exchanges(self._on_show, [name])

    def _look(self) -> StateLook:
        with self._lock:
            seen = self._seen
        return look_at(self.explorer.state.places(), seen, self.explorer.settings)

    def _paint(self) -> None:
        self._now = self._look()
        traits = self._page()
        changed = {name: value for name, value in traits.items() if value != self._shown.get(name)}
        self._shown = traits
        if changed:
            self.queue.state(self.tree, **changed)

    def _page(self) -> dict[str, Any]:
        explorer = self.explorer
        shown = inspect_state(self._now, explorer.history, explorer.lifespan, explorer.settings)
        return {
            "trees": [_page_node(node) for node in shown.trees],
            "changes": _page_changes(shown.changes),
            "more": shown.more,
            "since": f"{self._since:%H:%M:%S}",
            "changed_by": [
                {
                    "name": one.name,
                    "description": one.cause,
                    "at": one.at,
                    "changes": _page_changes(one.changes),
                    "more": one.more,
                }
                for one in shown.changed_by
            ],
        }


def _page_node(node: Node) -> dict[str, Any]:
    return {
        "key": one_line(node.key, 200),
        "about": node.about,
        "text": one_line(node.text),
        "path": node.path,
        "mark": node.mark,
        "missing": node.missing,
        "nodes": [_page_node(inner) for inner in node.nodes],
    }


def _page_changes(changes: Iterable[Change]) -> list[dict[str, str]]:
    return [
        {
            "path": visible(change.path),
            "kind": change.kind,
            "before": one_line(change.before),
            "after": one_line(change.after),
        }
        for change in changes
    ]
