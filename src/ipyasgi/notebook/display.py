"""How IPython shows exceptions: an app's without the frames of the framework, ours as one line.

Values display themselves: `ipyasgi.shown`.
"""

from __future__ import annotations

import contextlib
import re
import types
from collections.abc import Callable, Iterator
from typing import Any

from IPython.core.error import UsageError

from ..engine.source_location import owner_of
from ..explorer.app_source import is_factory_call
from ..protocol.errors import IpyasgiError
from ..protocol.exception_parts import attributes_of, earlier_of, is_a, members_of, traceback_of
from ..records.exception_text import is_entry, message_of, notes_of, read_exception
from ..records.thread_hint import thread_hint
from ..shown import visible
from ..views.changes import exception_lines

_SGR = re.compile("(\x1b\\[[0-9;]*m)")
_MARK = "_ipyasgi_one_line_"
_LINES = "_ipyasgi_lines_"
_STORE = "_format_exception_for_storage"  # of IPython 9
_DEEPEST = 6
_MOST_MEMBERS = 10
_CAUSE = "\nThe above exception was the direct cause of the following exception:\n"
_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n"


def mark_one_line(exception: BaseException) -> None:
    """Make IPython show an error of ours, or an interrupt, as one line without frames."""
    attributes_of(exception)[_MARK] = True


class TracebackHook:
    """
    Replaces ``showtraceback`` of one shell for exceptions of an app and errors of ours; forwards all others.

    Not by ``_render_traceback_``: IPython does not ask for it where an exception group is anywhere in the context,
    and a task group of a middleware leaves one in the context of every exception (ipython/ipython#13753).

    IPython 9 also formats each exception for its history of the session, with every frame, before it gives back the
    prompt: seconds for the frames of a framework. It gets the lines that were shown.

    :param is_attached: whether ``%asgi tb`` has an app
    :param show_pages: shows a text that is longer than the screen of a terminal; returns False for any other
    """

    def __init__(self, shell: Any, is_attached: Callable[[], bool], show_pages: Callable[[str], bool]) -> None:
        self._shell = shell
        self._show_pages = show_pages
        self._is_attached = is_attached
        self._before = shell.showtraceback
        self._store_before = getattr(shell, _STORE, None)

    def open(self) -> None:
        """Replace the methods of the shell."""
        self._before = self._shell.showtraceback
        self._shell.showtraceback = self._show
        self._store_before = getattr(self._shell, _STORE, None)
        if self._store_before is not None:
            setattr(self._shell, _STORE, self._store)

    def close(self) -> None:
        """Restore the methods, unless they were replaced again."""
        self._restore("showtraceback", self._show, self._before)
        self._restore(_STORE, self._store, self._store_before)

    def _restore(self, name: str, ours: Callable[..., Any], before: Callable[..., Any] | None) -> None:
        if vars(self._shell).get(name) == ours:
            delattr(self._shell, name)
            if getattr(self._shell, name) != before:  # it was another extension's
                setattr(self._shell, name, before)

    def show_whole(self, exception: BaseException) -> None:
        """Show an exception with every frame, also of its causes and of a group's members."""
        lines = _lines_of(exception, _Rendering(self._shell))
        if not self._show_pages("\n".join(lines)):
            self._publish(exception, lines)

    def _show(self, exc_tuple: Any = None, *args: Any, **kwargs: Any) -> None:
        try:
            kind, exception, _ = self._shell._get_exc_info(exc_tuple)
        except ValueError:
            kind, exception = UsageError, None
        exception_only = kwargs.get("exception_only") or (len(args) > 2 and args[2])
        if exception is None or issubclass(kind, UsageError) or exception_only:
            self._before(exc_tuple, *args, **kwargs)
        elif _MARK in attributes_of(exception):
            lines = [visible(f"{kind.__name__}: {message_of(exception)}".removesuffix(": "))]
            attributes_of(exception)[_LINES] = lines
            self._shell._showtraceback(kind, exception, lines)
        elif (_passed(exception, is_entry) or _passed(exception, is_factory_call)) and not is_a(
            exception, (IpyasgiError, KeyboardInterrupt)
        ):
            recorded = self._is_attached() and _passed(exception, is_entry)
            hint = "%asgi tb" if recorded else "traceback.print_last()"
            lines = _lines_of(exception, _Rendering(self._shell, hint))
            attributes_of(exception)[_LINES] = lines
            self._publish(exception, lines)
            if self._shell.call_pdb:
                self._shell.debugger(force=True)
        else:
            self._before(exc_tuple, *args, **kwargs)

    def _store(self, exception: BaseException, *args: Any, **kwargs: Any) -> Any:
        lines = attributes_of(exception).get(_LINES)
        if lines is None:
            assert self._store_before is not None
            return self._store_before(exception, *args, **kwargs)
        return {"ename": type(exception).__name__, "evalue": visible(message_of(exception)), "traceback": lines}

    def _publish(self, exception: BaseException, lines: list[str]) -> None:
        text = message_of(exception)
        shown: Any = exception  # a kernel calls its `str`
        if visible(text) != text or not _can_print(exception):
            shown = visible(text)
        self._shell._showtraceback(type(exception), shown, lines)


def _lines_of(exception: BaseException, rendering: _Rendering) -> list[str]:
    try:
        return rendering.lines(exception)
    except BaseException:  # IPython calls methods of the exception, which may raise anything
        return [visible("\n".join(exception_lines(read_exception(exception))))]


class _Rendering:
    """
    One exception in IPython's own format and ``%xmode``, with its causes, and the members of a group.

    :param hint: what shows all frames; if empty, no frames are folded
    """

    def __init__(self, shell: Any, hint: str = "") -> None:
        self._formatter = shell.InteractiveTB
        self._hint = hint
        self._folds = bool(hint)
        self._folded = 0
        self._kept: types.TracebackType | None = None
        self._seen: set[int] = set()

    def lines(self, exception: BaseException) -> list[str]:
        """Return the lines; what is not IPython's colour is made visible."""
        # IPython would show all frames of the causes.
        self._formatter.get_parts_of_chained_exception = lambda *_: None
        try:
            lines = self._chain(exception, 0)
        finally:
            with contextlib.suppress(AttributeError):
                del self._formatter.get_parts_of_chained_exception
        self._formatter.tb = self._kept  # where %debug begins
        if self._folded:
            lines.append(f"({self._folded} frames of ipyasgi and the framework are folded: {self._hint} shows all)")
        return [*lines, *filter(None, [thread_hint(exception)])]

    def _chain(self, exception: BaseException, depth: int) -> list[str]:
        self._seen.add(id(exception))
        members = list(self._members(exception, depth))
        found = earlier_of(exception, self._seen)
        before: list[str] = []
        if found is not None and id(found[0]) not in self._seen and depth < _DEEPEST:
            before = [*self._chain(found[0], depth + 1), _CAUSE if found[1] else _CONTEXT]
        return [*before, *self._alone(exception, innermost=depth == 0), *members]

    def _members(self, exception: BaseException, depth: int) -> Iterator[str]:
        members = members_of(exception)
        if depth >= _DEEPEST:
            members = ()
        for number, member in enumerate(members[:_MOST_MEMBERS], 1):
            yield f"  ---- member {number} of {len(members)} ----"
            if id(member) in self._seen:
                yield f"  | {type(member).__name__}, shown above"
                continue
            for line in "\n".join(self._chain(member, depth + 1)).split("\n"):
                yield f"  | {line}".rstrip()
        if len(members) > _MOST_MEMBERS:
            yield f"  ---- {len(members) - _MOST_MEMBERS} more ----"

    def _alone(self, exception: BaseException, *, innermost: bool) -> list[str]:
        kept = traceback_of(exception)
        if self._folds:
            kept, folded = _own_frames(kept, innermost=innermost or not members_of(exception))
            self._folded += folded
        if innermost:
            self._kept = kept
        if kept is None:
            lines = self._formatter.get_exception_only(type(exception), exception)
        else:
            lines = self._formatter.structured_traceback(type(exception), exception, kept, tb_offset=0)
        text = "\n".join(lines)
        for foreign in (message_of(exception), *notes_of(exception)):
            if "\x1b" in foreign:
                text = text.replace(foreign, visible(foreign))
        parts = _SGR.split(text)
        return ["".join(part if at % 2 else visible(part) for at, part in enumerate(parts))]


def _own_frames(whole: types.TracebackType | None, *, innermost: bool) -> tuple[types.TracebackType | None, int]:
    """
    Return a traceback of the app's and the sender's frames only, and the number of other frames.

    :param innermost: if there are none of the app, keep the last frame of the framework
    """
    steps = []
    while whole is not None:
        steps.append((whole, owner_of(whole.tb_frame.f_code.co_filename)))
        whole = whole.tb_next
    own = [one for one, owner in steps if not owner]
    entry = next((at for at, (one, _) in enumerate(steps) if is_entry(one.tb_frame.f_code)), -1)
    if innermost and steps and steps[-1][1] not in ("", "ipyasgi") and all(owner for _, owner in steps[entry + 1 :]):
        own.append(steps[-1][0])
    magic = next((at for at, (_, owner) in enumerate(steps[:-1]) if not owner), None)
    if magic is not None and steps[magic + 1][1] == "IPython":  # the cell's line is the magic; the user sees it
        own.remove(steps[magic][0])
    chain: types.TracebackType | None = None
    for one in reversed(own):
        chain = types.TracebackType(chain, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return chain, len(steps) - len(own)


def _passed(exception: BaseException, is_ours: Callable[[types.CodeType], bool]) -> bool:
    """Return whether an exception came through a call of the app's code by ours."""
    trace = traceback_of(exception)
    while trace is not None:
        if is_ours(trace.tb_frame.f_code):
            return True
        trace = trace.tb_next
    return False


def _can_print(exception: BaseException) -> bool:
    try:
        str(exception)
    except BaseException:
        return False
    return True
