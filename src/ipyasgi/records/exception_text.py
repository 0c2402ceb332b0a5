"""An exception as a frozen value: the app's frames open, everybody else's folded. Draws nothing, calls no ``repr``."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
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

    :ivar place: ``shop/api.py:42``, or ``cell:3`` of a notebook
    :ivar function: the function's qualified name
    :ivar lines: ``(number, text)``, the last of them being the line
    :ivar innermost: whether this is the last frame of the app
    """

    place: str
    function: str
    lines: tuple[tuple[int, str], ...]
    innermost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedFrames:
    """
    Frames in a row that are not the app's.

    :ivar text: what they are, such as ``starlette, anyio: 6 frames``
    :ivar places: ``file:line in function`` of each
    """

    text: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionText:
    """
    One exception with what led to it.

    :ivar type_name: the type, with its module unless that is builtins, a notebook's or ours
    :ivar message: its text, bounded
    :ivar frames: outermost first
    :ivar notes: what ``add_note`` added
    :ivar before: what came before it, newest first, each with the words that join them
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
        """The type's own name, without its module."""
        return self.type_name.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledException:
    """
    An exception that the app raised and did not let out.

    :ivar raised: as text
    :ivar exception: the object with its frames; None where the history has let it go
    """

    raised: ExceptionText
    exception: BaseException | None = None


def read_exception(exception: BaseException) -> ExceptionText:
    """Return an exception as a value; never raises, whatever its ``str`` does."""
    return _read(exception, 0, set())


def is_folded(filename: str) -> bool:
    """Return whether a file is not the app's: it is ours, the framework's, an installed package's or Python's own."""
    return bool(owner_of(filename))


def _read(exception: BaseException, depth: int, seen: set[int]) -> ExceptionText:
    seen.add(id(exception))
    members: tuple[BaseException, ...] = ()
    if isinstance(exception, BaseExceptionGroup) and depth < _MAX_CHAIN:
        members = tuple(e for e in exception.exceptions[:10] if id(e) not in seen)
    if isinstance(exception, DeadlineError):  # its frames are the caller's: where the app was says more
        text = f"where the app was: {_frames(len(exception.stack))}"
        frames: tuple[Frame | FoldedFrames, ...] = (FoldedFrames(text=text, places=exception.stack),)
    else:
        steps = list(_walk(exception.__traceback__))
        frames = tuple(_fold(steps if members else _with_one_of_the_app(steps)))
    return ExceptionText(
        type_name=_type_name(type(exception)),
        message=_message(exception),
        frames=frames,
        notes=tuple(str(note)[:_MAX_MESSAGE] for note in _notes(exception)),
        before=tuple(_before(exception, depth, seen)),
        members=tuple(_read(member, depth + 1, seen) for member in members),
    )


def _before(exception: BaseException, depth: int, seen: set[int]) -> Iterator[tuple[str, ExceptionText]]:
    if exception.__cause__ is not None:
        earlier, words = exception.__cause__, "caused by"
    elif exception.__context__ is not None and not exception.__suppress_context__:
        earlier, words = exception.__context__, "while handling"
    else:
        return
    if id(earlier) not in seen and depth < _MAX_CHAIN:
        yield words, _read(earlier, depth + 1, seen)


def _message(exception: BaseException) -> str:
    try:
        text = str(exception)
    except Exception as exc:
        return f"(its text cannot be made: {type(exc).__name__})"
    return text if len(text) <= _MAX_MESSAGE else f"{text[:_MAX_MESSAGE]}… ({len(text):,} characters in all)"


def _notes(exception: BaseException) -> tuple[object, ...]:
    notes = getattr(exception, "__notes__", ())
    return tuple(note for note in notes if isinstance(note, str)) if isinstance(notes, (list, tuple)) else ()


def _type_name(kind: type) -> str:
    module = kind.__module__
    bare = module in ("builtins", "__main__") or module.startswith("ipyasgi.")
    return kind.__qualname__ if bare else f"{module}.{kind.__qualname__}"


@dataclass(frozen=True, slots=True)
class _Step:
    code: CodeType
    number: int
    owner: str  # "" for the app


def _walk(trace: TracebackType | None) -> Iterator[_Step]:
    """Yield the frames from where the engine called the app; those before are the sender's."""
    walked = [(frame.f_code, number) for frame, number in traceback.walk_tb(trace)]
    entries = [at for at, (code, _) in enumerate(walked) if (code.co_filename, code.co_name) == _ENTRY]
    for code, number in walked[entries[0] :] if entries else walked:
        yield _Step(code, number, owner_of(code.co_filename))


def _with_one_of_the_app(steps: list[_Step]) -> list[_Step]:
    """Give the last frame to an app that is itself an installed package; none of ours is ever the app's."""
    if steps and all(step.owner for step in steps) and steps[-1].owner != "ipyasgi":
        return [*steps[:-1], _Step(steps[-1].code, steps[-1].number, "")]
    return steps


def _fold(steps: list[_Step], *, tail: bool = True) -> Iterator[Frame | FoldedFrames]:
    if len(steps) > _MAX_FRAMES:  # endless recursion: its beginning and its end say it all
        half = _MAX_FRAMES // 2
        left_out = len(steps) - 2 * half
        yield from _fold(steps[:half], tail=False)
        yield FoldedFrames(text=f"{_frames(left_out)} left out", places=())
        yield from _fold(steps[-half:])
        return
    own = [step for step in steps if not step.owner]
    folded: list[_Step] = []
    for step in steps:
        if step.owner:
            folded.append(step)
            continue
        if folded:
            yield _folded(folded)
            folded = []
        yield _frame(step, last=tail and step is own[-1])
    if folded:
        yield _folded(folded)


def _folded(steps: list[_Step]) -> FoldedFrames:
    owners = ", ".join(dict.fromkeys(step.owner for step in steps))
    places = tuple(f"{place_of(step.code.co_filename, step.number)} in {step.code.co_qualname}" for step in steps)
    return FoldedFrames(text=f"{owners}: {_frames(len(steps))}", places=places)


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
