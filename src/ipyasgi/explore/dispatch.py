"""Sends one `RequestSpec` through a client and makes the `Exchange` of it. Keeps nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from ..client.httpx import httpx
from ..client.options import OPTIONS, CallOptions
from ..client.response import RUN
from ..client.testclient import TestClient
from ..engine.call import AppCall
from ..engine.runs import HttpRun
from .exchange import Exchange
from .raised import Caught, read_exception
from .requests import RequestSpec, read_query
from .settings import Settings
from .call_recorder import CallWatch, Places


@dataclass(slots=True, kw_only=True)
class Dispatch:
    """
    One sending: fill it, `send` it, then ask for its `exchange` however that ended.

    :ivar next_name: gives each exchange its name
    :ivar on_call: given each call of the app as it begins, so that another thread can cancel it
    """

    client: TestClient
    spec: RequestSpec
    places: Places
    next_name: Callable[[], str]
    timeout_s: float | None
    follow_redirects: bool
    settings: Settings
    notes: tuple[str, ...] = ()
    replay_of: str = ""
    on_call: Callable[[AppCall], object] | None = None
    watches: list[CallWatch] = field(default_factory=list)
    request: httpx.Request | None = None
    response: httpx.Response | None = None
    failure: BaseException | None = None
    sent_at: datetime = field(default_factory=lambda: datetime.now().astimezone())
    elapsed_ns: int = 0

    def send(self) -> None:
        """Send the request and wait for the response; whatever ends the wait is kept as ``failure``, not raised."""
        self.request = self._build()
        began_ns = time.perf_counter_ns()
        try:
            self.response = self.client.send(self.request, follow_redirects=self.follow_redirects)
        except BaseException as exc:  # also KeyboardInterrupt: the exchange is recorded, then the caller raises it
            self.failure = exc
        self.elapsed_ns = time.perf_counter_ns() - began_ns
        self._untie()

    def exchange(self) -> Exchange:
        """Return the exchange, with those that redirects led through as ``previous``."""
        assert self.request is not None
        passed = self.response.history if self.response is not None else []
        previous = tuple(
            self._exchange_of(_spec_of(one.request), one.request, one, watch)
            for one, watch in zip(passed, self.watches, strict=False)
        )
        final = self.response.request if self.response is not None else self.request
        # Without a response httpx does not say where redirects led: the last call is the one that did not answer.
        last = self.watches[-1] if self.watches else None
        return self._exchange_of(self.spec, final, self.response, last, previous=previous, failure=self.failure)

    def _build(self) -> httpx.Request:
        spec = self.spec
        request = self.client.build_request(
            spec.method,
            spec.target,
            headers=list(spec.headers),
            content=spec.body or None,
            timeout=self.timeout_s,
        )
        request.extensions[OPTIONS] = CallOptions(
            raise_server_exceptions=False,
            observe=self._watch,
            total_timeout_s=self.timeout_s,
            on_call=self.on_call,
        )
        return request

    def _untie(self) -> None:
        """
        Take out of requests and responses what leads back to this sending, to its run and to its pictures of state.

        An exchange keeps each thing once, and dies the moment the history drops it: httpx (httpx2 no longer) ties a
        response and its stream in a knot that only the garbage collector undoes, which counts objects, not bytes.
        """
        assert self.request is not None
        self.request.extensions.pop(OPTIONS, None)
        for response in [*self.response.history, self.response] if self.response is not None else []:
            response.request.extensions.pop(OPTIONS, None)
            response.extensions.pop(RUN, None)
            if not hasattr(response.stream, "elapsed"):  # httpx2's stream, which knows no response
                response.stream = httpx.ByteStream(response.content)

    def _watch(self) -> CallWatch:
        watch = CallWatch(self.places)
        self.watches.append(watch)
        return watch

    def _exchange_of(
        self,
        spec: RequestSpec,
        request: httpx.Request,
        response: httpx.Response | None,
        watch: CallWatch | None,
        *,
        previous: tuple[Exchange, ...] = (),
        failure: BaseException | None = None,
    ) -> Exchange:
        run = cast("HttpRun | None", watch.run) if watch is not None else None
        exception = failure or (run.exception if run is not None else None)
        caught = watch.caught if watch is not None and exception is None else None
        return Exchange(
            name=self.next_name(),
            spec=spec,
            request=request,
            response=response,
            run=run,
            state_diff=watch.changes if watch is not None else (),
            output=watch.output if watch is not None else (),
            endpoint=watch.endpoint if watch is not None else None,
            exception=exception,
            caught=Caught(raised=read_exception(caught), exception=caught) if caught is not None else None,
            sent_at=self.sent_at,
            elapsed_ns=run.duration_ns if spec is not self.spec and run is not None else self.elapsed_ns,
            notes=self.notes,
            previous=previous,
            replay_of=self.replay_of if spec is self.spec else "",
            settings=self.settings,
        )


def _spec_of(request: Any) -> RequestSpec:
    path, _, text = request.url.raw_path.decode("ascii").partition("?")
    query, spelling = read_query(text)
    return RequestSpec(
        method=request.method,
        path=path,
        query=query,
        spelling=spelling,
        headers=tuple((name.lower(), value) for name, value in request.headers.raw),
        body=request.content,
    )
