"""What the app keeps, as trees: pictures of ``app.state`` and of the lifespan state, never the values themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..explore.explorer import ExplorerState
from ..explore.redaction import MASK, is_secret, mask_text
from ..explore.settings import Settings
from ..explore.state import MAX_TEXT, Picture, take_picture
from .figures import count_of
from .view import View, build_view, one_line

_HARMLESS = ("None", "True", "False")
_BUILTIN = ("dict", "list", "tuple", "set", "frozenset", "deque")
_TEXT_DEPTH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """
    One value of the tree, masked.

    :ivar key: its name in the value that holds it
    :ivar about: its type, and how many items it has where it has any; empty for plain values
    :ivar text: a short text of it
    :ivar missing: how many items are not among the nodes, in words
    """

    key: str
    about: str
    text: str
    nodes: tuple[Node, ...] = ()
    missing: str = ""


def view_state(state: ExplorerState, settings: Settings) -> View:
    """Return the app's state and the lifespan state as they are now."""
    titles = {"app.state": "app.state", "state": "lifespan state"}
    trees = [
        build_node(titles.get(path, path), take_picture(value), settings) for path, value in state.places().items()
    ]
    text = "\n".join(line for tree in trees for line in _lines(tree, 0))
    return build_view(text, "state.html", trees=trees)


def build_node(key: str, picture: Picture, settings: Settings, *, secret: bool = False) -> Node:
    """
    Return the tree of a picture.

    :param secret: whether something above has a secret name: then plain values below are masked too
    """
    show = settings.show_secrets
    hidden = (secret or is_secret(key)) and not show
    container = picture.type_name in _BUILTIN
    if hidden and (container or not picture.identity) and picture.text not in _HARMLESS:
        return Node(key=key, about="", text=MASK)
    nodes = tuple(build_node(name.removeprefix("."), inner, settings, secret=hidden) for name, inner in picture.items)
    sized = f"{picture.type_name}, {count_of(picture.size, 'item')}" if container else picture.type_name
    if not picture.identity:  # plain values tell their type by how they are written
        sized = f"{count_of(picture.size, 'character')}" if picture.size > MAX_TEXT else ""
    return Node(
        key=key,
        about=sized,
        text=mask_text(picture.text, show=show),
        nodes=nodes,
        missing=f"{count_of(picture.size - len(nodes), 'more item')}" if nodes and picture.size > len(nodes) else "",
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
