"""`ExplorerTrials`: sends the requests of an experiment through an explorer's client, without recording them."""

from __future__ import annotations

import concurrent.futures
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from ..client.httpx import httpx
from ..client.testclient import TestClient
from ..engine.call import AppCall
from ..engine.pending import Pending
from ..experiments.fuzz import FuzzRun
from ..history.exchange import Exchange
from ..protocol.errors import LoopError
from ..protocol.exception_parts import is_a
from ..records.output import UnwrittenOutput
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..records.state import Picture, Places, take_pictures
from .lifespan import ExplorerLifespan
from .replay import OnProgress, sent_options
from .request_kwargs import SendKwargs

_REPORT_S = 0.2
_PATIENCE_S = 0.25  # after an interrupt, for the run to end


@dataclass(slots=True, kw_only=True)
class ExplorerTrials:
    """
    Fulfils `ipyasgi.experiments.trials.Trials` for one explorer. Use ``with``: the user's cookies are put back.

    :ivar send_once: sends a request, and returns its exchange with the exception that ended the wait
    :ivar record: adds an exchange to the history
    :ivar cookies: those that each start begins with, by name
    :ivar check: raises if the experiment was cancelled; called before each request
    :ivar on_call: called with each call of the app
    :ivar timeout_s: for each request that is like no other; the user's credentials are not added to it
    :ivar output: forgets what the app prints, because thousands of requests would fill the page; exchanges have it
    :ivar carries_cookies: whether the app's cookies reach the next of these requests, and are there afterwards
    """

    client: TestClient
    lifespan: ExplorerLifespan
    places: Places
    settings: Settings
    send_once: Callable[..., tuple[Exchange, BaseException | None]]
    record: Callable[[Exchange], object]
    next_name: Callable[[], str]
    cookies: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[], object] = lambda: None
    on_call: Callable[[AppCall], object] | None = None
    timeout_s: float | None = None
    carries_cookies: bool = True
    output: UnwrittenOutput = field(default_factory=UnwrittenOutput)
    _saved: httpx.Cookies = field(default_factory=httpx.Cookies)

    def __enter__(self) -> Self:
        self._saved = httpx.Cookies(self.client.cookies)
        return self

    def __exit__(self, *_: object) -> None:
        self.output.drop()  # the app may still run that was started last
        cookies = httpx.Cookies(self._saved)
        if self.carries_cookies:
            cookies.update(self.client.cookies)
        self.client.cookies = cookies

    @property
    def has_lifespan(self) -> bool:
        """Whether a restart reaches the app, which has a lifespan that was started."""
        return self.lifespan.status not in ("unsupported", "not started")

    def restart(self) -> None:
        """Shut the app down and start it, with the cookies of the beginning."""
        self.check()
        if self.has_lifespan:
            with self.output.around():
                self.lifespan.restart()
        self.client.cookies = httpx.Cookies(dict(self.cookies))

    def send(
        self,
        spec: RequestSpec,
        like: Exchange | None = None,
        timeout_s: float | None = None,
        sees_state: bool = True,
    ) -> Exchange:
        """Send a request, and return its exchange also after an exception of the app."""
        self.check()
        if like is None and not self.carries_cookies:
            self.client.cookies = httpx.Cookies(dict(self.cookies))
        options = SendKwargs(timeout=timeout_s or self.timeout_s, follow_redirects=False)
        options = options if like is None else sent_options(like)
        with self.output.around():
            exchange, failure = self.send_once(
                spec,
                options,
                next_name=str,
                on_call=self.on_call,
                signs=like is not None,
                sees_state=sees_state,
            )
        if failure is not None and is_a(failure, (KeyboardInterrupt, LoopError)):
            raise failure.with_traceback(None)
        return exchange

    def keep(self, exchange: Exchange) -> Exchange:
        """Name an exchange, add it to the history, and return it."""
        previous = tuple(replace(one, name=self.next_name()) for one in exchange.previous)
        named = replace(exchange, name=self.next_name(), previous=previous)
        self.record(named)
        return named

    def pictures(self) -> Mapping[str, Picture]:
        """Return the app's state now, by place."""
        return take_pictures(self.places())


def cookies_before(exchange: Exchange) -> Mapping[str, str]:
    """Return the client's cookies that a request was sent with, by name."""
    first = [*exchange.previous, exchange][0]
    if exchange.spec.header("cookie"):  # the request's own
        return {}
    pairs = (pair.partition("=") for pair in first.request.headers.get("cookie", "").split("; ") if "=" in pair)
    return {name: value for name, _, value in pairs}


def run_fuzz(run: FuzzRun, trials: ExplorerTrials, pending: Pending[Any]) -> None:
    """Run on the thread of ``pending``, which gets the progress, and whose `Pending.cancel` ends the run."""

    def check() -> None:
        pending.note(run.progress())
        if pending.cancelled:
            run.stop()
            run.stopped = "interrupted"
        pending.check()

    run.trials = replace(trials, check=check, on_call=pending.take_call)
    run.work()


def wait_for(pending: Pending[None], run: FuzzRun, on_progress: OnProgress | None) -> bool:
    """Wait for a run, and report its progress; return whether it ended by itself, and not by an interrupt."""
    report = on_progress or (lambda progress: None)
    try:
        while True:
            try:
                pending.result(_REPORT_S)
                report(run.progress())
                return True
            except TimeoutError:
                if pending.done():
                    raise
                report(run.progress())
    except KeyboardInterrupt:
        run.stop()
        pending.cancel()
        with contextlib.suppress(Exception, concurrent.futures.CancelledError):
            pending.result(_PATIENCE_S)
        return False
