"""What the state inspector shows: the state as trees, what changed since the last look, and what changed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ..explorer.lifespan import ExplorerLifespan
from ..history.exchange import Exchange
from ..records.settings import Settings
from ..records.state import Change, StateLook
from .changes import show_changes
from .exchange import summarize
from .state import Node, show_trees, view_look
from .view import View, build_view, one_line

_EXCHANGES, _CHANGES = 30, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedBy:
    """
    What one exchange, or one step of the lifespan, changed in the state.

    :ivar name: the exchange's; empty for a step of the lifespan
    :ivar what: the request, or the message
    :ivar at: the time of day; empty for a step
    :ivar more: how many further changes there are
    """

    name: str
    what: str
    at: str
    changes: tuple[Change, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """
    :ivar trees: of each place
    :ivar changes: since the last look
    :ivar more: how many further changes since the last look there are
    :ivar changed_by: exchanges that changed the state, newest first, and then the steps of the present lifespan
    """

    trees: tuple[Node, ...]
    changes: tuple[Change, ...]
    more: int
    changed_by: tuple[ChangedBy, ...]


def inspect_state(
    look: StateLook, exchanges: Iterable[Exchange], lifespan: ExplorerLifespan, settings: Settings
) -> Inspection:
    """Return a look and what led to it, masked and cut."""
    changed = (one for one in reversed(tuple(exchanges)) if one.state_diff)
    return Inspection(
        trees=show_trees(look, settings),
        changes=show_changes(look.changes[:_CHANGES], settings),
        more=max(len(look.changes) - _CHANGES, 0),
        changed_by=(
            *(_by_exchange(one, settings) for one in islice(changed, _EXCHANGES)),
            *_by_steps(lifespan, settings),
        ),
    )


def view_inspection(
    look: StateLook, exchanges: Iterable[Exchange], lifespan: ExplorerLifespan, settings: Settings
) -> View:
    """Return the state inspector as text and HTML."""
    shown = inspect_state(look, exchanges, lifespan, settings)
    lines = [view_look(look, settings).text]
    for one in shown.changed_by:
        lines.append(f"{one.name or 'lifespan'}  {one.what}")
        lines += [f"  {one_line(str(change))}" for change in one.changes]
    return build_view("\n".join(lines), "inspection.html", shown=shown)


def _by_exchange(exchange: Exchange, settings: Settings) -> ChangedBy:
    summary = summarize(exchange, settings)
    return ChangedBy(
        name=exchange.name,
        what=f"{summary.method} {summary.place}",
        at=summary.sent_at,
        changes=show_changes(exchange.state_diff[:_CHANGES], settings),
        more=max(len(exchange.state_diff) - _CHANGES, 0),
    )


def _by_steps(lifespan: ExplorerLifespan, settings: Settings) -> Iterator[ChangedBy]:
    for step in reversed(lifespan.steps):
        if step.changes:
            yield ChangedBy(
                name="",
                what=one_line(step.event.type, 60),
                at="",
                changes=show_changes(step.changes[:_CHANGES], settings),
                more=max(len(step.changes) - _CHANGES, 0),
            )
