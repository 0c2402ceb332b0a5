"""`LoopWatch`: which line of the app held the event loop in a traced request.

The thread that waits for the response looks now and then whether the loop still runs what it is asked to run. If it
does not, one look at the stack of the loop's thread names the line; the time is measured on the loop itself. A
browser's page has no such thread: there each `time.sleep` outside of workers is a time in which the loop was held.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from ..engine import page
from ..engine.waiting import thread_id
from .findings import LEAST_LOOKS
from .place import place_in
from .tracer import Tracer, current_tracer

LOOK_S = 0.02


@dataclass(slots=True, kw_only=True)
class Hold:
    """
    A time in which the loop ran nothing else.

    :ivar began_ns: at the latest, on the clock of `time.perf_counter_ns`
    :ivar place: the app's own line that ran, ``shop/api.py:42``; empty if there was none
    :ivar function: the function of that line
    :ivar looks: how often a line of the app's own was seen
    """

    began_ns: int
    ended_ns: int | None = None
    place: str = ""
    function: str = ""
    looks: int = 0


class LoopWatch:
    """
    Watches the loop of one call, from the thread that waits for it.

    :param tracer: gets the `Hold`
    :param call_soon: runs a function on the loop, from any thread
    :ivar every_s: seconds between two looks
    """

    def __init__(self, tracer: Tracer, call_soon: Callable[[Callable[[], None]], object]) -> None:
        self._tracer = tracer
        self._call_soon = call_soon
        self._asked: Hold | None = None
        self.every_s = math.inf if page.IN_PAGE else LOOK_S
        if page.IN_PAGE:
            page.watch_sleep(_add_sleep)

    def look(self) -> None:
        """Look whether the loop has run what it was asked to at the last look, and ask it again."""
        hold = self._asked
        if thread_id() == self._tracer.thread:  # a loop that this thread runs while it waits
            return
        try:
            if hold is None or hold.ended_ns is not None:
                self._asked = asked = Hold(began_ns=time.perf_counter_ns())
                self._call_soon(lambda: _end(asked))
                return
            place, function = place_in(sys._current_frames().get(self._tracer.thread))
            if place and not hold.looks:
                hold.place, hold.function = place, function
                self._tracer.add_hold(hold)
            hold.looks += bool(place)
        except Exception:  # the app goes on: a loop that is closing, frames of another thread
            self._tracer.missing += 1


def _end(hold: Hold) -> None:
    hold.ended_ns = time.perf_counter_ns()


def _add_sleep(frame: FrameType, began_ns: int, ended_ns: int) -> None:
    tracer = current_tracer()
    place, function = place_in(frame)
    if tracer is not None and place:
        tracer.add_hold(Hold(began_ns=began_ns, ended_ns=ended_ns, place=place, function=function, looks=LEAST_LOOKS))
