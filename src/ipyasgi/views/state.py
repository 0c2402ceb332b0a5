"""What the app keeps, as trees: pictures of ``app.state`` and of the lifespan state, and what changed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from ..explorer.explorer import ExplorerState
from ..explorer.lifespan import ExplorerLifespan
from ..history.exchange import Exchange
from ..records.redaction import MASK
from ..records.settings import Settings
from ..records.state import MAX_TEXT, Change, Picture, StateLook, look_at, step_to
from .changes import show_changes
from .exchange import summarize
from .figures import count_of
from .view import View, build_view, one_line

_HARMLESS = ("None", "True", "False")
_BUILTIN = ("dict", "list", "tuple", "set", "frozenset", "deque")
_TEXT_DEPTH = 2
_EXCHANGES, _CHANGES = 30, 40  # of an inspection
_TITLES = MappingProxyType({"app.state": "app.state", "state": "lifespan state"})
_NO_MARKS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """
    One value of the tree, masked.

    :ivar key: its name in the value that holds it
    :ivar about: its type, and how many items it has where it has any; empty for plain values
    :ivar text: a short text of it
    :ivar missing: how many items are not among the nodes, in words
    :ivar path: where it is, as a `Change` names it
    :ivar mark: what became of it since the look before: ``added``, ``changed``, ``mutated`` or empty
    """

    key: str
    about: str
    text: str
    nodes: tuple[Node, ...] = ()
    missing: str = ""
    path: str = ""
    mark: str = ""


def view_state(state: ExplorerState, settings: Settings) -> View:
    """Return the app's state and the lifespan state as they are now."""
    return view_look(look_at(state.places(), None, settings), settings)


def view_look(look: StateLook, settings: Settings) -> View:
    """Return the app's state and the lifespan state as they were then, and what had changed."""
    trees, changes = show_trees(look, settings), show_changes(look.changes, settings)
    lines = [line for tree in trees for line in _lines(tree, 0)]
    if changes:
        lines += ["changed since the last look", *(f"  {one_line(str(change))}" for change in changes)]
    return build_view("\n".join(lines), "state.html", trees=trees, changes=changes, more=0, changed_by=())


def show_trees(look: StateLook, settings: Settings) -> tuple[Node, ...]:
    """Return a tree of each place, what has changed being marked."""
    marks = {change.path: change.kind for change in look.changes}
    return tuple(
        build_node(_TITLES.get(path, path), picture, settings, path=path, marks=marks)
        for path, picture in look.pictures.items()
    )


def build_node(
    key: str,
    picture: Picture,
    settings: Settings,
    *,
    secret: bool = False,
    path: str = "",
    marks: Mapping[str, str] = _NO_MARKS,
) -> Node:
    """
    Return the tree of a picture.

    :param secret: whether something above has a secret name: then plain values below are masked too
    :param path: where the picture was taken
    :param marks: what became of the values at these paths
    """
    hidden = secret or settings.redactor.is_secret(key)
    container = picture.type_name in _BUILTIN
    mark = marks.get(path, "")
    if hidden and (container or not picture.identity) and picture.text not in _HARMLESS:
        return Node(key=key, about="", text=MASK, path=path, mark=mark)
    nodes = tuple(
        build_node(name.removeprefix("."), inner, settings, secret=hidden, path=path + step_to(name), marks=marks)
        for name, inner in picture.items
    )
    sized = f"{picture.type_name}, {count_of(picture.size, 'item')}" if container else picture.type_name
    if not picture.identity:  # the type of plain values is seen in how they are written
        sized = f"{count_of(picture.size, 'character')}" if picture.size > MAX_TEXT else ""
    return Node(
        key=key,
        about=sized,
        text=settings.redactor.text(picture.text),
        nodes=nodes,
        missing=f"{count_of(picture.size - len(nodes), 'more item')}" if nodes and picture.size > len(nodes) else "",
        path=path,
        mark=mark,
    )


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
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """
    The app's state at one look, and what led to it.

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
            *(
                _changed_by(one_line(step.event.type, 60), step.changes, settings)
                for step in reversed(lifespan.steps)
                if step.changes
            ),
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
    return build_view(
        "\n".join(lines),
        "state.html",
        trees=shown.trees,
        changes=shown.changes,
        more=shown.more,
        changed_by=shown.changed_by,
    )


def _by_exchange(exchange: Exchange, settings: Settings) -> ChangedBy:
    summary = summarize(exchange, settings)
    what = f"{summary.method} {summary.place}"
    return _changed_by(what, exchange.state_diff, settings, name=exchange.name, at=summary.sent_at)


def _changed_by(what: str, changes: Sequence[Change], settings: Settings, *, name: str = "", at: str = "") -> ChangedBy:
    shown = show_changes(changes[:_CHANGES], settings)
    return ChangedBy(name=name, what=what, at=at, changes=shown, more=len(changes) - len(shown))
