"""`StateInspector`: what the app keeps, live, and what changed it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import traitlets

from ..explorer.events import ExplorerEvent
from ..explorer.explorer import Explorer
from ..history.exchange import Exchange
from ..records.state import Change, StateLook, look_at
from ..views.figures import clock_of
from ..views.state import ChangedBy, Node, inspect_state, view_inspection
from ..views.view import View, one_line, visible
from .comm_writer import CommWriter
from .panel import Panel
from .part import Part, read_bundle, read_style

LOOK_EVERY_S = 1.0
"""Background tasks of the app change its state without any news: it is looked at anyway."""


class StateTree(Part):
    """
    The inspector's piece of page.

    :ivar trees: a tree of each place: ``{key, about, text, path, mark, missing, nodes}``
    :ivar changes: since the last look: ``{path, kind, before, after}``
    :ivar more: how many further changes there are
    :ivar since: the time of day of the last look
    :ivar changed_by: ``{name, description, at, changes, more}``, newest first
    :ivar opens: whether the page may ask for an exchange to be shown

    The page says ``{ask: "seen"}`` and ``{ask: "show", name}``.
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
    ``app.state`` and the lifespan state as they are now, what changed since you last looked, and by which exchange.

    :param explorer: the attached app
    :param on_show: given an exchange that the page asks to be shown; without it the page does not ask
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
        self.draw_on_news(self._paint, every_s=LOOK_EVERY_S)

    # -- from any thread -------------------------------------------------------------------------------------

    @property
    def changes(self) -> tuple[Change, ...]:
        """What changed since the last look, unmasked."""
        return self._look().changes

    def look(self) -> StateLook:
        """Return what is there now and what changed since the last look; this one becomes the last."""
        look = self._look()
        with self._lock:
            self._seen, self._since = look, datetime.now().astimezone()
        self.soon(self._paint)
        return look

    def view(self) -> View:
        """Return the trees, what changed since the last look, and what each exchange changed."""
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
        news = {name: value for name, value in traits.items() if value != self._shown.get(name)}
        self._shown = traits
        if news:
            self.queue.state(self.tree, **news)

    def _page(self) -> dict[str, Any]:
        explorer = self.explorer
        shown = inspect_state(self._now, explorer.history, explorer.lifespan, explorer.settings)
        return {
            "trees": [_page_node(node) for node in shown.trees],
            "changes": _page_changes(shown.changes),
            "more": shown.more,
            "since": clock_of(self._since),
            "changed_by": [_page_entry(one) for one in shown.changed_by],
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


def _page_entry(one: ChangedBy) -> dict[str, Any]:
    return {
        "name": one.name,
        "description": one.what,
        "at": one.at,
        "changes": _page_changes(one.changes),
        "more": one.more,
    }
