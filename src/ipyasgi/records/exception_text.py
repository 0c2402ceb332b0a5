"""An exception as a frozen value: the app's frames with their locals, and all others folded. Calls no ``repr``.

Locals are texts, read when the exception is: at a display, or at the latest when the history releases the frames.
"""

from __future__ import annotations

import itertools
import linecache
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from inspect import CO_NEWLOCALS
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any, NamedTuple

from ..engine import call
from ..engine.source_location import owner_of, place_of
from ..protocol.errors import DeadlineError
from ..protocol.exception_parts import attributes_of, earlier_of, is_a, members_of, traceback_of
from .state import describe

_ENTRY = (call.__file__, "_run")
_MAX_FRAMES = 60
_MAX_CHAIN = 6
_MAX_MESSAGE = 4000
_SHORT_TEXT = 300
_MAX_MEMBERS = 10
_MAX_NOTES = 20
_MAX_LOCALS, _FRAMES_WITH_LOCALS = 30, 8  # names of one frame; the innermost frames of the app
_CODE = (ModuleType, FunctionType, type)
# A metaclass may override these.
_TYPE_MODULE: Any = vars(type)["__module__"]
_TYPE_NAME: Any = vars(type)["__qualname__"]


class Local(NamedTuple):
    """A local variable: its name, and the text of its value as in a picture of the state."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    One frame of the app.

    :ivar place: ``shop/api.py:42``, or ``cell:3`` in a notebook
    :ivar function: the function's qualified name
    :ivar lines: ``(number, text)``; the last one is the line that was running
    :ivar innermost: whether this is the last frame of the app
    :ivar local_vars: the first of its local variables; none of a module, and of frames far from the last
    :ivar more_locals: how many more there are
    """

    place: str
    function: str
    lines: tuple[tuple[int, str], ...]
    innermost: bool = False
    local_vars: tuple[Local, ...] = ()
    more_locals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedFrames:
    """
    Consecutive frames that are not the app's.

    :ivar text: a summary, such as ``starlette, anyio: 6 frames``
    :ivar places: ``file:line in function`` of each
    """

    text: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionText:
    """
    One exception with its causes.

    :ivar type_name: the type, with its module unless that is ``builtins``, a notebook or ``ipyasgi``
    :ivar message: its text, truncated if very long
    :ivar frames: outermost first
    :ivar notes: the texts given to ``add_note``
    :ivar before: ``("caused by" or "while handling", exception)`` pairs, newest first
    :ivar members: the exceptions of a group
    """

    type_name: str
    message: str
    frames: tuple[Frame | FoldedFrames, ...] = ()
    notes: tuple[str, ...] = ()
    before: tuple[tuple[str, ExceptionText], ...] = ()
    members: tuple[ExceptionText, ...] = ()

    @property
    def name(self) -> str:
        """The type's name without its module."""
        return self.type_name.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledException:
    """
    An exception that the app raised and caught.

    :ivar raised: as text
    :ivar exception: the object with its frames; None once the history has released it
    """

    raised: ExceptionText
    exception: BaseException | None = None


def read_exception(exception: BaseException) -> ExceptionText:
    """Return an exception as a value; never raise, not even if its ``str`` does."""
    return _read(exception, 0, set())


def message_of(exception: BaseException) -> str:
    """Return the text of an exception, truncated if very long; if its ``str`` raises anything at all, say so."""
    try:
        text = str.__str__(str(exception))  # a subclass of `str` may override its methods
    except BaseException as exc:  # not only Exception: an app's `__str__` must not end the process
        return f"(str() of this exception raised {_type_name(type(exc))})"
    return text if len(text) <= _MAX_MESSAGE else f"{text[:_MAX_MESSAGE]}… ({len(text):,} characters in all)"


def name_of(exception: BaseException) -> str:
    """Return the name of an exception's type, without its module."""
    return _type_name(type(exception)).rpartition(".")[2]


def short_text_of(exception: BaseException) -> str:
    """Return ``TypeName: message``, cut; only the name if there is no message."""
    return f"{name_of(exception)}: {message_of(exception)}"[:_SHORT_TEXT].rstrip(": ")


def notes_of(exception: BaseException) -> tuple[str, ...]:
    """Return the texts given to ``add_note``, truncated if very long."""
    notes = attributes_of(exception).get("__notes__")
    listed: Any = notes if type(notes) in (list, tuple) else ()
    return tuple(str.__str__(note)[:_MAX_MESSAGE] for note in listed[:_MAX_NOTES] if issubclass(type(note), str))


def _read(exception: BaseException, depth: int, seen: set[int]) -> ExceptionText:
    seen.add(id(exception))
    members: tuple[BaseException, ...] = ()
    if depth < _MAX_CHAIN:
        members = tuple(e for e in members_of(exception)[:_MAX_MEMBERS] if id(e) not in seen)
    if is_a(exception, DeadlineError):  # its own frames are the caller's; the app's position is more useful
        stack: tuple[str, ...] = attributes_of(exception)["stack"]
        text = f"where the app was: {_frames(len(stack))}"
        frames: tuple[Frame | FoldedFrames, ...] = (FoldedFrames(text=text, places=stack),)
    else:
        steps = _walk(traceback_of(exception))
        # If the app itself is an installed package, its last frame is not folded.
        if not members and steps and all(step.owner for step in steps) and steps[-1].owner != "ipyasgi":
            steps[-1] = replace(steps[-1], owner="")
        frames = tuple(_fold(steps))
    members_read = tuple(_read(member, depth + 1, seen) for member in members)
    return ExceptionText(
        type_name=_type_name(type(exception)),
        message=message_of(exception),
        frames=frames,
        notes=notes_of(exception),
        before=tuple(_before(exception, depth, seen)),
        members=members_read,
    )


def _before(exception: BaseException, depth: int, seen: set[int]) -> Iterator[tuple[str, ExceptionText]]:
    found = earlier_of(exception, seen)
    if found is not None and id(found[0]) not in seen and depth < _MAX_CHAIN:
        yield "caused by" if found[1] else "while handling", _read(found[0], depth + 1, seen)


def _type_name(kind: type) -> str:
    module, name = _TYPE_MODULE.__get__(kind), str.__str__(_TYPE_NAME.__get__(kind))
    if not isinstance(module, str) or module in ("builtins", "__main__") or module.startswith("ipyasgi."):
        return name
    return f"{module}.{name}"


def is_entry(code: CodeType) -> bool:
    """Return whether this is the engine's call of the app: outer frames are the sender's, inner ones the app's."""
    return (code.co_filename, code.co_name) == _ENTRY


@dataclass(frozen=True, slots=True)
class _Step:
    frame: FrameType
    number: int
    owner: str  # "" for the app

    @property
    def code(self) -> CodeType:
        return self.frame.f_code


def _walk(trace: TracebackType | None) -> list[_Step]:
    """Return the frames from the engine's call of the app on; earlier frames belong to the sender."""
    walked = list(traceback.walk_tb(trace))
    entries = [at for at, (frame, _) in enumerate(walked) if is_entry(frame.f_code)]
    begin = entries[0] if entries else 0
    return [_Step(frame, number, owner_of(frame.f_code.co_filename)) for frame, number in walked[begin:]]


def _fold(steps: list[_Step], *, tail: bool = True) -> Iterator[Frame | FoldedFrames]:
    if len(steps) > _MAX_FRAMES:  # of an endless recursion the beginning and the end are enough
        half = _MAX_FRAMES // 2
        left_out = len(steps) - 2 * half
        yield from _fold(steps[:half], tail=False)
        yield FoldedFrames(text=f"{_frames(left_out)} left out", places=())
        yield from _fold(steps[-half:])
        return
    own = [step for step in steps if not step.owner]
    for is_folded, group in itertools.groupby(steps, key=lambda step: bool(step.owner)):
        if is_folded:
            folded = list(group)
            owners = ", ".join(dict.fromkeys(step.owner for step in folded))
            places = tuple(f"{place_of(one.code.co_filename, one.number)} in {one.code.co_qualname}" for one in folded)
            yield FoldedFrames(text=f"{owners}: {_frames(len(folded))}", places=places)
        else:
            shown = own[-_FRAMES_WITH_LOCALS:] if tail else []
            yield from (_frame(step, last=tail and step is own[-1], locals_read=step in shown) for step in group)


def _frames(number: int) -> str:
    return f"{number:,} frame{'' if number == 1 else 's'}"


def _frame(step: _Step, *, last: bool, locals_read: bool) -> Frame:
    around = 2 if last else 0
    begin = max(step.number - around, step.code.co_firstlineno)
    lines = [(n, linecache.getline(step.code.co_filename, n).rstrip()) for n in range(begin, step.number + 1)]
    indent = min((len(text) - len(text.lstrip()) for _, text in lines if text), default=0)
    found = _locals_of(step.frame) if locals_read else {}
    return Frame(
        place=place_of(step.code.co_filename, step.number),
        function=step.code.co_qualname,
        lines=tuple((n, text[indent:]) for n, text in lines) if lines[-1][1] else (),
        innermost=last,
        local_vars=tuple(Local(name, describe(value)) for name, value in itertools.islice(found.items(), _MAX_LOCALS)),
        more_locals=max(len(found) - _MAX_LOCALS, 0),
    )


def _locals_of(frame: FrameType) -> dict[str, Any]:
    """Return the local variables of a function, without code, and without names that Python or pytest make up."""
    if not frame.f_code.co_flags & CO_NEWLOCALS:  # a module: its names are the notebook's
        return {}
    found = [(name, value) for name, value in frame.f_locals.items() if type(value) not in _CODE]
    return {name: value for name, value in found if name.isidentifier() and not name.startswith("__")}
