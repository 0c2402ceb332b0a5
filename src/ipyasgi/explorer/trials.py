"""`ExplorerTrials`: sends the requests of an experiment through an explorer's client, without recording them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from ..client.httpx import httpx
from ..client.testclient import TestClient
from ..engine.call import AppCall
from ..history.exchange import Exchange
from ..protocol.errors import LoopError
from ..protocol.exception_parts import is_a
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..records.state import Picture, Places, take_pictures
from .lifespan import ExplorerLifespan
from .replay import sent_options
from .request_kwargs import SendKwargs


@dataclass(slots=True, kw_only=True)
class ExplorerTrials:
    """
    Fulfils `ipyasgi.experiments.trials.Trials` for one explorer. Use ``with``: the user's cookies are put back.

    :ivar send_once: sends a request, and returns its exchange with the exception that ended the wait
    :ivar record: adds an exchange to the history
    :ivar cookies: those that each start begins with, by name
    :ivar check: raises if the experiment was cancelled; called before each request
    :ivar on_call: called with each call of the app
    :ivar signs: whether the user's credentials are added to the requests
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
    signs: bool = True
    _saved: httpx.Cookies = field(default_factory=httpx.Cookies)

    def __enter__(self) -> Self:
        self._saved = httpx.Cookies(self.client.cookies)
        return self

    def __exit__(self, *_: object) -> None:
        cookies = httpx.Cookies(self._saved)
        cookies.update(self.client.cookies)
        self.client.cookies = cookies

    @property
    def has_lifespan(self) -> bool:
        """Whether a restart reaches the app."""
        return self.lifespan.status != "unsupported"

    def restart(self) -> None:
        """Shut the app down and start it, with the cookies of the beginning."""
        self.check()
        self.lifespan.restart()
        self.client.cookies = httpx.Cookies(dict(self.cookies))

    def send(self, spec: RequestSpec, like: Exchange | None = None) -> Exchange:
        """Send a request, and return its exchange also after an exception of the app."""
        self.check()
        options: SendKwargs = {"follow_redirects": False} if like is None else sent_options(like)
        exchange, failure = self.send_once(spec, options, next_name=str, on_call=self.on_call, signs=self.signs)
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
