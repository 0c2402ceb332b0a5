"""`Question`: what the app's thread asks the thread that waits for the call, because only that one can ask the user."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future

from .deadline_clock import DEADLINE_CLOCK
from .jobs import inbox_of, wait_done


class Question:
    """
    A question in the inbox of a call: one thread waits for its value, the other one answers or ends it.

    :param ask: returns the value, in the thread that answers
    """

    def __init__(self, ask: Callable[[], str]) -> None:
        self._ask = ask
        self._value: Future[str] = Future()

    def answer(self) -> None:
        """Run the function; deadlines do not count its time. Raises what it raises, but not an ``EOFError``."""
        began_s = time.monotonic()
        try:
            self._value.set_result(self._ask())
        except EOFError as exc:
            self._value.set_exception(exc)
        except BaseException:
            self.end()
            raise
        finally:
            DEADLINE_CLOCK.leave_out(began_s, time.monotonic())

    def end(self) -> None:
        """Let the thread that asked go on, with an ``EOFError``."""
        self._value.set_exception(EOFError("no input: the request has ended"))

    def wait(self, is_over: Callable[[], bool]) -> str:
        """Wait for the value; ``is_over`` is called now and then, and ends the wait as `end` does."""

        def check() -> None:
            if is_over() and not self._value.done():
                self.end()

        inbox_of(self._value).run_sync(wait_done(self._value, None, check))
        return self._value.result(0)
