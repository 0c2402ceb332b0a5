"""The app's state as trees: ``app.state`` and the lifespan state, with their changes and the causes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..explorer.explorer_state import ExplorerState
from ..explorer.lifespan import ExplorerLifespan
from ..history.exchange import Exchange
from ..records.contents import MAX_TEXT
from ..records.secret_rules import MASK
from ..records.secret_spans import NAME_KEYS, VALUE_KEYS
from ..records.settings import Settings
from ..records.state import Change, Picture, StateLook, look_at, step_to
from .changes import changes_data, show_changes
from .exchange import summarize
from .figures import count_of
from .view import View, build_view, one_line, shows

_HARMLESS = ("None", "True", "False")
_PLAIN = ("NoneType", "bool", "int", "float", "complex", "str", "bytes", "range")  # their text shows the type
_TEXT_DEPTH = 2
_EXCHANGES, _CHANGES = 30, 40  # of an inspection


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """
    One value of the tree, masked.

    :ivar key: its name in the value that contains it
    :ivar about: its type and number of items; empty for plain values
    :ivar missing: the number of items that are left out
    :ivar path: where it is, as in `Change`
    :ivar mark: the kind of its change since the last snapshot: ``added``, ``changed``, ``mutated`` or empty
    """

    key: str
    about: str
    text: str
    nodes: tuple[Node, ...] = ()
    missing: str = ""
    path: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedBy:
    """The changes of the state by an exchange, or by a lifespan step, which has no name and no time."""

    name: str
    cause: str
    at: str
    changes: tuple[Change, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """A snapshot of the app's state, and what changed it: exchanges, newest first, then lifespan steps."""

    trees: tuple[Node, ...]
    changes: tuple[Change, ...]
    more: int = 0
    changed_by: tuple[ChangedBy, ...] = ()


def _state_data(state: ExplorerState, settings: Settings) -> dict[str, Any]:
    return _look_data(look_at(state.places(), None, settings), settings)


@shows(ExplorerState, _state_data)
def view_state(state: ExplorerState, settings: Settings) -> View:
    """Return the view of the present state."""
    return view_look(look_at(state.places(), None, settings), settings)


def _look_data(look: StateLook, settings: Settings) -> dict[str, Any]:
    return {
        "state": {tree.path: _tree_data(tree) if tree.nodes else {} for tree in _trees(look, settings)},
        "changes": changes_data(show_changes(look.changes, settings)),
    }


@shows(StateLook, _look_data)
def view_look(look: StateLook, settings: Settings) -> View:
    """Return the view of a state snapshot."""
    return _view(Inspection(trees=_trees(look, settings), changes=show_changes(look.changes, settings)))


def view_inspection(
    look: StateLook, exchanges: Iterable[Exchange], lifespan: ExplorerLifespan, settings: Settings
) -> View:
    """Return the view of a state snapshot, and of what changed it."""
    return _view(inspect_state(look, exchanges, lifespan, settings))


def inspect_state(
    look: StateLook, exchanges: Iterable[Exchange], lifespan: ExplorerLifespan, settings: Settings
) -> Inspection:
    """Return a state snapshot and what changed it, masked and cut."""

    def changed_by(cause: str, changes: Sequence[Change], name: str = "", at: str = "") -> ChangedBy:
        shown = show_changes(changes[:_CHANGES], settings)
        return ChangedBy(name=name, cause=cause, at=at, changes=shown, more=len(changes) - len(shown))

    entries = []
    for exchange in islice((one for one in reversed(tuple(exchanges)) if one.state_diff), _EXCHANGES):
        summary = summarize(exchange, settings)
        request = f"{summary.method} {summary.short_target}"
        entries.append(changed_by(request, exchange.state_diff, exchange.name, summary.sent_at))
    steps = [step for step in reversed(lifespan.steps) if step.changes]
    return Inspection(
        trees=_trees(look, settings),
        changes=show_changes(look.changes[:_CHANGES], settings),
        more=max(len(look.changes) - _CHANGES, 0),
        changed_by=(*entries, *(changed_by(one_line(step.event.type, 60), step.changes) for step in steps)),
    )


def _trees(look: StateLook, settings: Settings) -> tuple[Node, ...]:
    marks = {change.path: change.kind for change in look.changes}
    return tuple(
        build_node("lifespan state" if path == "state" else path, picture, settings, path=path, marks=marks)
        for path, picture in look.pictures.items()
    )


def build_node(
    key: str, picture: Picture, settings: Settings, *, path: str, marks: Mapping[str, str], secret: bool = False
) -> Node:
    """Return the tree of a snapshot; below a secret name, plain values are masked too."""
    hidden = secret or settings.redactor.is_secret(key)
    mark = marks.get(path, "")
    if hidden and (picture.is_container or not picture.identity) and picture.text not in _HARMLESS:
        return Node(key=settings.redactor.looks(key), about="", text=MASK, path=path, mark=mark)
    beside = _beside_name(picture, settings)
    nodes = tuple(
        build_node(
            name.removeprefix("."),
            inner,
            settings,
            secret=hidden or name in beside,
            path=path + step_to(name),
            marks=marks,
        )
        for name, inner in picture.items
    )
    return Node(
        key=settings.redactor.looks(key),
        about=_about(picture),
        text=settings.redactor.text(picture.text),
        nodes=nodes,
        missing=_missing(picture),
        path=path,
        mark=mark,
    )


def _beside_name(picture: Picture, settings: Settings) -> Collection[str]:
    """Return the keys of values beside the name of a secret, as in pairs and in ``{"name": ..., "value": ...}``."""
    texts = {key: inner.text.removeprefix("b").strip("'\"") for key, inner in picture.items}
    if picture.size == 2 and texts.keys() == {"[0]", "[1]"}:
        return ("[1]",) if settings.redactor.is_secret(texts["[0]"], "header") else ()
    keys = {key: key.strip("'\".").lower() for key in texts}
    if any(key in NAME_KEYS and settings.redactor.is_secret(texts[full], "header") for full, key in keys.items()):
        return [full for full, key in keys.items() if key in VALUE_KEYS]
    return ()


def _about(picture: Picture) -> str:
    if picture.identity:
        return f"{picture.type_name}, {count_of(picture.size, 'item')}" if picture.is_container else picture.type_name
    kind = "" if picture.type_name in _PLAIN else picture.type_name
    long = count_of(picture.size, "character") if picture.hidden else ""
    unseen = f"changes past the first {MAX_TEXT} are not compared" if long and picture.rest is None else ""
    return ", ".join(filter(None, [kind, long, unseen]))


def _missing(picture: Picture) -> str:
    """Return how many items are left out, and whether changes in them are seen."""
    if not picture.identity or not picture.hidden:
        return ""
    unseen = ", whose changes are not compared" if picture.rest is None else ""
    return f"{count_of(picture.hidden, 'more item')}{unseen}"


def _lines(node: Node, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if depth == 0:
        yield f"{node.key}  {'' if node.nodes else 'empty'}".rstrip()
    else:
        about = f"  ({node.about})" if node.about else ""
        yield f"{indent}{one_line(node.key, 60)}: {one_line(node.text, 120)}{about}"
    if depth < _TEXT_DEPTH:
        for inner in node.nodes:
            yield from _lines(inner, depth + 1)
        if node.missing:
            yield f"{indent}  … {node.missing}"


def _view(shown: Inspection) -> View:
    lines = [line for tree in shown.trees for line in _lines(tree, 0)]
    if shown.changes:
        lines += ["changed since the last look", *(f"  {one_line(str(change))}" for change in shown.changes)]
    if shown.more:
        lines.append(f"  … {shown.more:,} more")
    for one in shown.changed_by:
        lines.append(f"{one.name or 'lifespan'}  {one.cause}")
        lines += [f"  {one_line(str(change))}" for change in one.changes]
    return build_view("\n".join(lines), "state.html", shown=shown)


def _tree_data(node: Node) -> Any:
    return {inner.key.strip("'\""): _tree_data(inner) for inner in node.nodes} if node.nodes else node.text
