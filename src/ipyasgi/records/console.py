"""`Console`: the prompt of a request that is sent with ``debug="pdb"``, for `breakpoint` and `input` in the app.

The app's thread runs pdb, and the thread that waits for the response reads what the user types: only the main thread
can be interrupted, and a kernel's socket belongs to it. IPython's pdb is used where a kernel has put it into `pdb`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Literal

from ..engine.call import AppCall
from ..engine.source_location import owner_of
from ..protocol.errors import RequestError

Debug = Literal["pdb"]


class Console:
    """
    Asks the user on behalf of the app, during one request.

    :ivar is_open: whether the request is running; after it, the debugger lets go of the threads that it has traced
    """

    def __init__(self) -> None:
        self.is_open = True
        self._call: AppCall | None = None

    def follow(self, call: AppCall) -> None:
        """Use the thread that waits for this call from now on."""
        self._call = call

    def close(self) -> None:
        """End it with its request."""
        self.is_open = False

    def input(self, read: Callable[..., str], prompt: object = "") -> str:
        """
        Return what the user types.

        :param read: the built-in `input`, which a kernel replaces by its own
        Raises ``EOFError`` if the user ends the input, or the request has ended.
        """
        if self._call is None:
            return _read(read, prompt)
        return self._call.ask(lambda: _read(read, prompt))

    def interrupt(self) -> None:
        """End the request as an interrupt by the user does."""
        if self._call is not None:
            self._call.interrupt()

    def stop(self, frame: FrameType, stream: Any, is_here: Callable[[], bool]) -> None:
        """
        Open the prompt of pdb at the next line of a frame.

        :param stream: pdb writes to it
        :param is_here: returns whether the calling code belongs to this request
        """
        _debugger_of(self, stream, is_here).set_trace(frame)


def check_debug(debug: object, *, waits: bool = True) -> None:
    """Raise `RequestError` for a value of ``debug`` that is not known, or without a caller that can be asked."""
    if debug not in (None, "pdb"):
        raise RequestError(f"debug takes 'pdb' or None, not {debug!r}")
    if debug is not None and not waits:
        raise RequestError(
            "debug='pdb' needs a caller that waits for the request: send it without & and not with begin()"
        )


def stop_in_debugger(frame: FrameType) -> None:
    """Stop at a frame in the attached debugger; `debugpy.breakpoint` would stop in the frame that calls it."""
    sys.modules["pydevd"].settrace(
        suspend=True, trace_only_current_thread=True, patch_multiprocessing=False, stop_at_frame=frame
    )


def _read(read: Callable[..., str], prompt: object) -> str:
    try:
        return read(prompt)
    except EOFError:
        if sys.stdin is not None and sys.stdin.isatty():  # the user has pressed Ctrl-D
            raise
        raise _no_input() from None
    except Exception as exc:  # of a kernel whose front end cannot ask, of a closed or captured stream
        raise _no_input() from exc


def _no_input() -> RequestError:
    return RequestError(
        "--pdb (debug='pdb') needs an input prompt, and there is none here: run this in a notebook or a terminal"
    )


def _debugger_of(console: Console, stream: Any, is_here: Callable[[], bool]) -> Any:
    import pdb  # imported with readline, and seldom needed; a kernel replaces its class

    class EndpointDebugger(pdb.Pdb):
        """Stops in the user's code of one request only, and ends the request when the user quits."""

        def trace_dispatch(self, frame: FrameType, event: str, arg: Any) -> Any:
            if not console.is_open:
                sys.settrace(None)
                return None
            return super().trace_dispatch(frame, event, arg) if is_here() else None

        def stop_here(self, frame: FrameType) -> bool:
            return not owner_of(frame.f_code.co_filename) and bool(super().stop_here(frame))

        def user_exception(self, frame: FrameType, exc_info: Any) -> None:
            if not owner_of(frame.f_code.co_filename):  # else the end of a coroutine that our code awaits
                super().user_exception(frame, exc_info)

        def set_quit(self) -> None:
            super().set_quit()
            console.interrupt()

    debugger = EndpointDebugger(stdout=stream, nosigint=True)
    debugger.use_rawinput = True  # a stream of its own switches it off
    return debugger
