"""An exception as a frozen value: the app's frames, and all others folded. Renders nothing, calls no ``repr``."""

from __future__ import annotations

import itertools
import linecache
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import CodeType, TracebackType

from ..engine import call
from ..engine.source_location import owner_of, place_of
from ..protocol.errors import DeadlineError

_ENTRY = (call.__file__, "_run")
_MAX_FRAMES = 60
_MAX_CHAIN = 6
_MAX_MESSAGE = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    One frame of the app.

    :ivar place: ``shop/api.py:42``, or ``cell:3`` in a notebook
    :ivar function: the function's qualified name
    :ivar lines: ``(number, text)``; the last one is the line that was running
    :ivar innermost: whether this is the last frame of the app
    """

    place: str
    function: str
    lines: tuple[tuple[int, str], ...]
    innermost: bool = False


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


def _read(exception: BaseException, depth: int, seen: set[int]) -> ExceptionText:
    seen.add(id(exception))
    members: tuple[BaseException, ...] = ()
    if isinstance(exception, BaseExceptionGroup) and depth < _MAX_CHAIN:
        members = tuple(e for e in exception.exceptions[:10] if id(e) not in seen)
    if isinstance(exception, DeadlineError):  # its own frames are the caller's; the app's position is more useful
        text = f"where the app was: {_frames(len(exception.stack))}"
        frames: tuple[Frame | FoldedFrames, ...] = (FoldedFrames(text=text, places=exception.stack),)
    else:
        steps = _walk(exception.__traceback__)
        # If the app itself is an installed package, its last frame is not folded.
        if not members and steps and all(step.owner for step in steps) and steps[-1].owner != "ipyasgi":
            steps[-1] = replace(steps[-1], owner="")
        frames = tuple(_fold(steps))
    return ExceptionText(
        type_name=_type_name(type(exception)),
        message=_message(exception),
        frames=frames,
        notes=_notes(exception),
        before=tuple(_before(exception, depth, seen)),
        members=tuple(_read(member, depth + 1, seen) for member in members),
    )


def _before(exception: BaseException, depth: int, seen: set[int]) -> Iterator[tuple[str, ExceptionText]]:
    if exception.__cause__ is not None:
        earlier, relation = exception.__cause__, "caused by"
    elif exception.__context__ is not None and not exception.__suppress_context__:
        earlier, relation = exception.__context__, "while handling"
    else:
        return
    if id(earlier) not in seen and depth < _MAX_CHAIN:
        yield relation, _read(earlier, depth + 1, seen)


def _message(exception: BaseException) -> str:
    try:
        text = str(exception)
    except Exception as exc:
        return f"(str() of this exception raised {type(exc).__name__})"
    return text if len(text) <= _MAX_MESSAGE else f"{text[:_MAX_MESSAGE]}… ({len(text):,} characters in all)"


def _notes(exception: BaseException) -> tuple[str, ...]:
    notes = getattr(exception, "__notes__", ())
    listed = notes if isinstance(notes, (list, tuple)) else ()
    return tuple(note[:_MAX_MESSAGE] for note in listed if isinstance(note, str))


def _type_name(kind: type) -> str:
    module = kind.__module__
    bare = module in ("builtins", "__main__") or module.startswith("ipyasgi.")
    return kind.__qualname__ if bare else f"{module}.{kind.__qualname__}"


@dataclass(frozen=True, slots=True)
class _Step:
    code: CodeType
    number: int
    owner: str  # "" for the app


def _walk(trace: TracebackType | None) -> list[_Step]:
    """Return the frames from the engine's call of the app on; earlier frames belong to the sender."""
    codes = [(frame.f_code, number) for frame, number in traceback.walk_tb(trace)]
    entries = [at for at, (code, _) in enumerate(codes) if (code.co_filename, code.co_name) == _ENTRY]
    return [_Step(code, number, owner_of(code.co_filename)) for code, number in codes[entries[0] if entries else 0 :]]


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
            yield from (_frame(step, last=tail and step is own[-1]) for step in group)


def _frames(number: int) -> str:
    return f"{number:,} frame{'' if number == 1 else 's'}"


def _frame(step: _Step, *, last: bool) -> Frame:
    around = 2 if last else 0
    begin = max(step.number - around, step.code.co_firstlineno)
    lines = [(n, linecache.getline(step.code.co_filename, n).rstrip()) for n in range(begin, step.number + 1)]
    indent = min((len(text) - len(text.lstrip()) for _, text in lines if text), default=0)
    return Frame(
        place=place_of(step.code.co_filename, step.number),
        function=step.code.co_qualname,
        lines=tuple((n, text[indent:]) for n, text in lines) if lines[-1][1] else (),
        innermost=last,
    )
