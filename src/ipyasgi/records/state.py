"""Pictures of an app's state, and their differences.

A picture has no reference to the state and runs no user code: exact builtin types are read directly, other objects
through their instance dict and slots. Depth, width and number of nodes are limited, so taking one costs about a
millisecond at most.
"""

from __future__ import annotations

import contextlib
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MemberDescriptorType
from typing import Any, Literal

from ..shown import Shown
from .settings import Settings

MAX_DEPTH = 5
MAX_WIDTH = 60
MAX_NODES = 800
MAX_TEXT = 120
_TRIES = 5

_ATOMS = (type(None), bool, int, float, complex)
_SEQUENCES = (list, tuple, deque)
_SETS = (set, frozenset)

ChangeKind = Literal["added", "removed", "changed", "mutated"]

Places = Callable[[], dict[str, Any]]
"""Returns the objects to watch by path, such as ``{"app.state": app.state}``."""


# The reprs below contain no values, because outputs are saved with a notebook.


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Picture:
    """
    A value at one moment.

    :ivar text: a short text of the value
    :ivar identity: its ``id``, to distinguish a changed object from a new one; 0 for plain values
    :ivar items: ``(key, picture)`` pairs of its items or attributes
    :ivar size: the number of items, including those not in ``items``
    """

    type_name: str
    text: str
    identity: int = 0
    items: tuple[tuple[str, Picture], ...] = ()
    size: int = 0

    def __repr__(self) -> str:
        return f"<Picture of {self.type_name}, {self.size} items>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Change:
    """
    One difference.

    :ivar path: such as ``app.state.count`` or ``state['db']``
    :ivar kind: ``mutated`` is a change inside the same object
    """

    path: str
    kind: ChangeKind
    before: str = ""
    after: str = ""

    def __repr__(self) -> str:
        return f"<{self.path} {self.kind}>"

    def __str__(self) -> str:
        if self.kind == "added":
            return f"{self.path} = {self.after}"
        if self.kind == "removed":
            return f"{self.path} removed (was {self.before})"
        if self.before == self.after:
            return f"{self.path} changed inside" if self.kind == "mutated" else f"{self.path} is another {self.after}"
        return f"{self.path} {self.before} → {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StateLook(Shown):
    """
    The state at one moment, and its changes since the previous `StateLook`.

    :ivar pictures: by path, such as ``app.state``
    :ivar settings: determine how it is shown
    """

    pictures: Mapping[str, Picture]
    changes: tuple[Change, ...] = ()
    settings: Settings = field(default_factory=Settings)

    def __repr__(self) -> str:
        return f"<StateLook: {len(self.changes)} changes>"


def take_picture(value: Any) -> Picture:
    """Return the picture of any value; never raise."""
    return _Painter().paint(value, 0)


class _Painter:
    def __init__(self) -> None:
        self._nodes = 0
        self._on_path: set[int] = set()

    def paint(self, value: Any, depth: int) -> Picture:
        self._nodes += 1
        kind = type(value)
        if kind in _ATOMS:
            return Picture(type_name=kind.__name__, text=_cut_number(value))
        if kind is str or kind is bytes:
            return Picture(type_name=kind.__name__, text=_cut(repr(value[:MAX_TEXT])), size=len(value))
        if id(value) in self._on_path:
            return Picture(type_name=_name(kind), text="… (itself)", identity=id(value))
        self._on_path.add(id(value))
        children: list[tuple[str, Picture]] = []
        size, pairs = _inside(value, kind)
        for key, item in pairs if depth < MAX_DEPTH else ():
            if len(children) >= MAX_WIDTH or self._nodes >= MAX_NODES:
                break
            children.append((key, self.paint(item, depth + 1)))
        self._on_path.discard(id(value))
        name = _name(kind)
        return Picture(
            type_name=name, text=_text(name, kind, children, size), identity=id(value), items=tuple(children), size=size
        )


def _inside(value: Any, kind: type) -> tuple[int, Iterator[tuple[str, Any]]]:
    if kind is dict:
        return len(value), ((_key(key), item) for key, item in _first(value.items()))
    if kind in _SEQUENCES:
        return len(value), ((f"[{n}]", item) for n, item in enumerate(_first(value)))
    if kind in _SETS:
        return len(value), ((text, None) for text in sorted(_key(item) for item in _first(value)))
    attributes = _attributes(value)
    return len(attributes), (("." + key, item) for key, item in attributes.items())


def _first(items: Iterable[Any]) -> list[Any]:
    """Return the first items, one more than is shown; none if the container keeps changing during the read."""
    for _ in range(_TRIES):
        try:
            return list(itertools.islice(items, MAX_WIDTH + 1))
        except RuntimeError:  # changed size during iteration
            continue
    return []


def _attributes(value: Any) -> dict[str, Any]:
    """Return the instance dict and the slots without running code of the class."""
    found: Any = {}
    with contextlib.suppress(AttributeError):
        found = object.__getattribute__(value, "__dict__")
    if type(found) is not dict:
        return {}
    every = {**_slots(value), **dict(list(found.items()))}
    attributes = {key: item for key, item in every.items() if type(key) is str and not key.startswith("__")}
    inner = attributes.get("_state")  # the dict within a State of Starlette or Litestar
    if type(inner) is dict and all(key.startswith("_") for key in attributes):
        return dict(inner)
    # Private slots are internals of locks and limiters, which change with every request.
    return {key: item for key, item in attributes.items() if key in found or not key.startswith("_")}


def _slots(value: Any) -> dict[str, Any]:
    """Return the values of the slots that Python classes declare."""
    found: dict[str, Any] = {}
    for kind in type.__getattribute__(type(value), "__mro__")[:-1]:
        body = type.__getattribute__(kind, "__dict__")
        declared = body.get("__slots__", ())
        names = (declared,) if type(declared) is str else declared if type(declared) in (tuple, list, dict) else ()
        for name in names:
            slot = body.get(name) if type(name) is str else None
            if type(slot) is MemberDescriptorType:
                with contextlib.suppress(AttributeError):  # not set
                    found.setdefault(name, slot.__get__(value))
    return found


def _differences(before: Picture, after: Picture, path: str) -> Iterator[Change]:
    if before == after:
        return
    same_object = before.identity == after.identity and before.identity != 0
    whole = Change(path=path, kind="mutated" if same_object else "changed", before=before.text, after=after.text)
    if before.type_name != after.type_name or not (before.items or after.items):
        if not same_object or (before.type_name, before.text, before.size) != (after.type_name, after.text, after.size):
            yield whole
        return
    inside = list(_differences_inside(before, after, path))
    is_object = bool(after.items) and after.items[0][0].startswith(".")
    if not inside and (before.size != after.size or before.text != after.text):
        yield whole
    elif (
        inside
        and not same_object
        and is_object
        and all(one.kind == "changed" and one.before == one.after for one in inside)
    ):
        # A new object with new objects in it is one change, not one for each (mostly private) attribute.
        yield whole
    else:
        yield from inside


def _differences_inside(before: Picture, after: Picture, path: str) -> Iterator[Change]:
    old, new = dict(before.items), dict(after.items)
    for key in [*old, *(key for key in new if key not in old)]:
        where = f"{path}{step_to(key)}"
        if key not in new:
            yield Change(path=where, kind="removed", before=old[key].text)
        elif key not in old:
            yield Change(path=where, kind="added", after=new[key].text)
        else:
            yield from _differences(old[key], new[key], where)


def step_to(key: str) -> str:
    """Return the step that a key of `Picture.items` adds to a path: ``.count``, ``['db']``, ``[3]``."""
    return key if key.startswith((".", "[")) else f"[{key}]"


def _key(key: Any) -> str:
    if type(key) in _ATOMS:
        return _cut_number(key)
    return repr(key[:MAX_TEXT]) if type(key) in (str, bytes) else f"<{_name(type(key))}>"


def _text(name: str, kind: type, children: list[tuple[str, Picture]], size: int) -> str:
    if kind is dict:
        texts = [f"{key}: {picture.text}" for key, picture in children[:6]]
    elif kind in _SETS:
        texts = [key for key, _ in children[:6]]
    elif kind in _SEQUENCES:
        texts = [picture.text for _, picture in children[:6]]
    else:
        return f"<{name}>"
    brackets = {dict: "{}", tuple: "()", set: "{}"}.get(kind, "[]")
    more = f", … {size} in all" if size > 6 else ""
    return _cut(f"{brackets[0]}{', '.join(texts)}{more}{brackets[1]}")


def _name(kind: type) -> str:
    return str(type.__getattribute__(kind, "__name__"))


def _cut_number(value: Any) -> str:
    if type(value) is int and value.bit_length() > 400:
        return f"<int of {value.bit_length()} bits>"
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def take_pictures(places: dict[str, Any]) -> dict[str, Picture]:
    """Return a picture of each object by its path."""
    return {path: take_picture(value) for path, value in places.items()}


def compare(before: Mapping[str, Picture], after: Mapping[str, Picture]) -> tuple[Change, ...]:
    """Return the changes at every path of either."""
    nothing = Picture(type_name="dict", text="{}")
    return tuple(
        change
        for path in {**before, **after}
        for change in _differences(before.get(path, nothing), after.get(path, nothing), path)
    )


def look_at(places: dict[str, Any], before: StateLook | None, settings: Settings) -> StateLook:
    """Return the current state of the objects of `Places`, compared with the previous `StateLook`."""
    pictures = take_pictures(places)
    changes = compare(before.pictures, pictures) if before is not None else ()
    return StateLook(pictures=pictures, changes=changes, settings=settings)
