"""Pictures of an app's state, and their differences.

A picture has no reference to the state, and taking it runs no user code (see `contents`). Depth, width and number of
nodes are limited, so it costs about a millisecond at most.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ..shown import Shown
from .attributes import name_of
from .contents import MAX_TEXT, Contents, Form, cut, read_contents, try_plain
from .settings import Settings

MAX_DEPTH = 5
MAX_WIDTH = 60
MAX_NODES = 800
_MAX_COMPARED = 500  # items of one picture whose changes are seen although they are not in it
_IN_TEXT = 6
_TRIES = 5

ChangeKind = Literal["added", "removed", "changed", "mutated"]

Places = Callable[[], dict[str, Any]]
"""Returns the objects to watch by path, such as ``{"app.state": app.state}``."""


# The reprs below contain no values, because outputs are saved with a notebook.


class Picture(NamedTuple):
    """
    A value at one moment; a named tuple, because one request makes and compares hundreds.

    :ivar text: a short text of the value
    :ivar identity: its ``id``, to distinguish a changed object from a new one; 0 for plain values
    :ivar items: ``(key, picture)`` pairs of its items or attributes
    :ivar size: the number of items, including those not in ``items``
    :ivar form: what kind of value it is
    :ivar rest: differs after a change of what is not in ``items`` or ``text``; None if such changes are not seen
    :ivar blind: whether ``rest`` may be the same after a change inside an object that is not in ``items``
    """

    type_name: str
    text: str
    identity: int = 0
    items: tuple[tuple[str, Picture], ...] = ()
    size: int = 0
    form: Form = "plain"
    rest: int | None = 0
    blind: bool = False

    @property
    def is_container(self) -> bool:
        """Whether the text shows items: of a builtin container, of a subclass, of a named tuple."""
        return self.form in ("mapping", "sequence", "set") or not (self.form == "plain" or self.text.startswith("<"))

    @property
    def hidden(self) -> int:
        """The number of items, or of characters, that are not in the picture."""
        return max(0, self.size - (len(self.items) if self.form != "plain" else MAX_TEXT))

    def __repr__(self) -> str:
        return f"<Picture of {self.type_name}, {self.size} items>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Change:
    """
    One difference.

    :ivar path: such as ``app.state.count`` or ``state['db']``
    :ivar kind: ``mutated`` is a change inside the same object
    :ivar past: where it is, if past what is shown: ``past the first 60 items``
    """

    path: str
    kind: ChangeKind
    before: str = ""
    after: str = ""
    past: str = ""

    def __repr__(self) -> str:
        return f"<{self.path} {self.kind}>"

    def __str__(self) -> str:
        if self.kind == "added":
            return f"{self.path} = {self.after}"
        if self.kind == "removed":
            return f"{self.path} removed (was {self.before})"
        if self.before == self.after:
            return f"{self.path} {self.about}"
        return f"{self.path} {self.before} → {self.after}"

    @property
    def about(self) -> str:
        """What is said of a change that the texts do not show."""
        if self.past:
            return f"changed {self.past}"
        return "changed inside" if self.kind == "mutated" else f"replaced (new {self.after})"


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


def describe(value: Any) -> str:
    """Return the text of a picture of any value, of which only two levels are read; never raise."""
    return _Painter().paint(value, MAX_DEPTH - 2).text


def take_brief_picture(value: Any) -> Picture:
    """Return a picture of any value that has its text but few of its items, much quicker; never raise."""
    return _Painter(brief=True).paint(value, MAX_DEPTH - 2)


class _Painter:
    """
    Makes one picture.

    :param brief: read only the items that are part of the text
    """

    def __init__(self, *, brief: bool = False) -> None:
        self._brief = brief
        self._nodes = 0
        self._to_compare = _MAX_COMPARED
        self._on_path: set[int] = set()

    def paint(self, value: Any, depth: int) -> Picture:
        self._nodes += 1
        if (plain := try_plain(value)) is not None:
            text, size, digest = plain
            return Picture(type_name=type(value).__name__, text=text, size=size, rest=digest)
        read = read_contents(value, brief=self._brief)
        name = name_of(type(value))
        if read.form == "plain" and not read.attributes:
            return Picture(type_name=name, text=read.text, size=read.size, rest=read.digest)
        if id(value) in self._on_path:
            return Picture(type_name=name, text="… (itself)", identity=id(value))
        self._on_path.add(id(value))
        children, rest, blind = self._paint_inside(read, depth)
        self._on_path.discard(id(value))
        return Picture(
            type_name=name, form=read.form, text=_text(name, read, children), items=children, rest=rest,
            identity=0 if read.form == "plain" else id(value), size=read.size, blind=blind,
        )  # fmt: skip

    def _paint_inside(self, read: Contents, depth: int) -> tuple[tuple[tuple[str, Picture], ...], int | None, bool]:
        """
        Return the pictures of the first items, a digest of the others, and whether it is blind to changes deep inside.

        The digest is None if these are too many to compare.
        """
        if self._brief:
            return (
                tuple((key, self.paint(item, depth + 1)) for key, item in self._list_briefly(read, depth)),
                None,
                False,
            )
        children: list[tuple[str, Picture]] = []
        pairs = _keyed(read, _list(read, MAX_WIDTH)) if read.size else []
        if read.attributes:
            pairs += [("." + key, item) for key, item in itertools.islice(read.attributes.items(), MAX_WIDTH)]
        for key, item in pairs if depth < MAX_DEPTH else ():
            if len(children) >= MAX_WIDTH or self._nodes >= MAX_NODES:
                break
            children.append((key, self.paint(item, depth + 1)))
        left = read.size - len(children)
        if read.digest != 0 or left <= 0 or read.form == "plain":
            return tuple(children), read.digest, False
        if left > self._to_compare:
            return tuple(children), None, False
        self._to_compare -= left
        rest = _values(read)[len(children) :]
        if all(map(_HASHED.__contains__, map(id, map(type, rest)))):
            return tuple(children), hash(tuple(rest)), False
        if depth >= MAX_DEPTH:
            return tuple(children), None, False
        digests, blind = [], False
        for one in rest:
            digest, is_whole = (one, True) if id(type(one)) in _HASHED else self._digest(one)
            digests.append(digest)
            blind = blind or not is_whole
        return tuple(children), hash(tuple(digests)), blind

    def _digest(self, value: Any) -> tuple[object, bool]:
        """Return a digest of an object that is not painted, and whether it differs after each change inside."""
        read = read_contents(value)
        if read.form == "plain" and not read.attributes:
            return (read.text, read.digest), read.digest is not None
        if read.size > self._to_compare:
            return id(value), False
        self._to_compare -= read.size
        values = _values(read)
        hashed = [id(type(one)) in _HASHED for one in values]
        inside = (one if is_hashed else id(one) for one, is_hashed in zip(values, hashed, strict=True))
        is_whole = all(hashed) and read.digest is not None and (read.form == "object" or not read.attributes)
        return (id(value), read.digest, *inside), is_whole

    def _list_briefly(self, read: Contents, depth: int) -> list[tuple[str, Any]]:
        """Return the items that are part of the text; an object of which only the class is shown has none."""
        if depth >= MAX_DEPTH or self._nodes >= MAX_NODES or (read.form == "object" and not read.text):
            return []
        pairs = _keyed(read, _list(read, _IN_TEXT)) if read.size else []
        pairs += [("." + key, item) for key, item in itertools.islice((read.attributes or {}).items(), _IN_TEXT)]
        return pairs[:_IN_TEXT]


def _values(read: Contents) -> list[Any]:
    """Return the items of a container, the values of a mapping, the attributes of an object."""
    if read.form == "object":
        return list((read.attributes or {}).values())
    items = _list(read, read.size)
    return [item for _, item in items] if read.form == "mapping" else items


def _keyed(read: Contents, items: list[Any]) -> list[tuple[str, Any]]:
    if read.form == "mapping":
        return [(_key(key), item) for key, item in items]
    if read.form == "set":
        return [(text, None) for text in sorted(map(_key, items))]
    return [(f"[{number}]", item) for number, item in enumerate(items)]


def _list(read: Contents, most: int) -> list[Any]:
    """Return the first items; none if the container keeps changing during the read."""
    for _ in range(_TRIES):
        try:
            return list(itertools.islice(read.items(), most))
        except RuntimeError:  # changed size during iteration
            continue
    return []


_HASHED = frozenset(map(id, (type(None), bool, int, float, str, bytes)))


def _differences(before: Picture, after: Picture, path: str) -> Iterator[Change]:
    if before == after:
        return
    same_object = before.identity == after.identity and before.identity != 0
    past = _past(after) if before.rest != after.rest and before.text == after.text else ""
    whole = Change(
        path=path, kind="mutated" if same_object else "changed", before=before.text, after=after.text, past=past
    )
    if before.type_name != after.type_name or not (before.items or after.items):
        looks = [(one.type_name, one.text, one.size, one.rest) for one in (before, after)]
        if not same_object or looks[0] != looks[1]:
            yield whole
        return
    inside = list(_differences_inside(before, after, path))
    if not inside and (before.size != after.size or before.text != after.text or before.rest != after.rest):
        yield whole
    elif (
        inside
        and not same_object
        and after.form == "object"
        and all(one.kind == "changed" and one.before == one.after and not one.past for one in inside)
    ):
        # A new object with new objects in it is one change, not one for each (mostly private) attribute.
        yield whole
    else:
        yield from inside


def _past(picture: Picture) -> str:
    if picture.form == "plain":
        return f"past the first {MAX_TEXT} characters"
    return f"past the first {len(picture.items)} items" if picture.items else "past the depth that is shown"


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
    if (plain := try_plain(key)) is not None:
        return plain[0]
    read = read_contents(key)
    if read.form == "plain":
        return read.text
    if type(key) is tuple:
        parts = [read_contents(one) for one in key[:_IN_TEXT]]
        texts = [one.text if one.form == "plain" else "…" for one in parts]
        return cut(f"({', '.join(texts)}{',' if len(key) == 1 else ', …' if len(key) > _IN_TEXT else ''})")
    return f"<{name_of(type(key))}>"


def _text(name: str, read: Contents, children: tuple[tuple[str, Picture], ...]) -> str:
    first = children[:_IN_TEXT]
    if read.form == "plain":
        return read.text
    if read.form == "object":
        if not read.text:
            return f"<{name}>"
        return cut(f"{read.text}({', '.join(f'{key[1:]}={picture.text}' for key, picture in first)})")
    if read.form == "mapping":
        texts = [f"{key}: {picture.text}" for key, picture in first]
    elif read.form == "set":
        texts = [key for key, _ in first]
    else:
        texts = [picture.text for _, picture in first]
    brackets = "()" if name == "tuple" else "[]" if read.form == "sequence" else "{}"
    if read.size > len(first):
        texts.append(f"… {read.size} in all")
    text = f"{brackets[0]}{', '.join(texts)}{brackets[1]}"
    if not read.text or name in ("deque", "frozenset"):
        return cut(text)
    return cut(f"{read.text}{text}" if read.text.endswith(" ") else f"{read.text}({text})")


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
