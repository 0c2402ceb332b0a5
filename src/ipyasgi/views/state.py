"""What the app keeps, as trees: pictures of ``app.state`` and of the lifespan state, never the values themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..explorer.explorer import ExplorerState
from ..records.redaction import MASK
from ..records.settings import Settings
from ..records.state import MAX_TEXT, Picture, StateLook, look_at, step_to
from .changes import show_changes
from .figures import count_of
from .view import View, build_view, one_line

_HARMLESS = ("None", "True", "False")
_BUILTIN = ("dict", "list", "tuple", "set", "frozenset", "deque")
_TEXT_DEPTH = 2
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
    return build_view("\n".join(lines), "state.html", trees=trees, changes=changes)


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
    if not picture.identity:  # plain values tell their type by how they are written
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
        yield f"{indent}{one_line(node.key, 60)}: {one_line(node.text, 120)}" + (
            f"  ({node.about})" if node.about else ""
        )
    if depth < _TEXT_DEPTH:
        for inner in node.nodes:
            yield from _lines(inner, depth + 1)
        if node.missing:
            yield f"{indent}  … {node.missing}"
