"""`Dispatch`: send one `RequestSpec` through a client, and build its `Exchange`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from ..client.httpx import httpx
from ..client.options import OPTIONS, CallOptions
from ..client.response import RUN
from ..client.testclient import TestClient
from ..engine.call import AppCall
from ..engine.runs import HttpRun
from ..history.exchange import Exchange
from ..protocol.errors import RequestError
from ..records.exception_text import HandledException, read_exception
from ..records.requests import RequestSpec, read_query
from ..records.settings import Settings
from ..records.state import Places
from .call_recorder import CallRecorder
from .request_kwargs import SendKwargs, cookies_of


@dataclass(slots=True, kw_only=True)
class Dispatch:
    """
    One request: `send` it, then build its `exchange`, also after an exception.

    :ivar options: with ``timeout``, in seconds or None
    :ivar on_call: called with each call of the app as it begins, so that another thread can cancel it
    """

    client: TestClient
    spec: RequestSpec
    places: Places
    next_name: Callable[[], str]
    options: SendKwargs
    notes: tuple[str, ...] = ()
    replay_of: str = ""
    on_call: Callable[[AppCall], object] | None = None
    recorders: list[CallRecorder] = field(default_factory=list)
    request: httpx.Request | None = None
    built: tuple[tuple[tuple[bytes, bytes], ...], bytes] = ((), b"")
    response: httpx.Response | None = None
    failure: BaseException | None = None
    sent_at: datetime = field(default_factory=lambda: datetime.now().astimezone())
    elapsed_ns: int = 0

    def send(self) -> None:
        """Send the request and wait for the response; an exception that ends the wait is stored as ``failure``."""
        self.request = self._build()
        self.built = _headers_of(self.request), self.request.url.query  # the auth flow may change the request
        began_ns = time.perf_counter_ns()
        try:
            self.response = self.client.send(
                self.request,
                follow_redirects=self.options.get("follow_redirects", True),
                auth=self.options.get("auth", httpx.USE_CLIENT_DEFAULT),
            )
        except BaseException as exc:  # also KeyboardInterrupt: the exchange is recorded, then the caller raises it
            self.failure = exc
        self.elapsed_ns = time.perf_counter_ns() - began_ns
        self._release()

    def exchange(self, settings: Settings) -> Exchange:
        """Return the exchange with the explorer's current settings; exchanges of redirects are its ``previous``."""
        assert self.request is not None
        passed = self.response.history if self.response is not None else []
        previous = tuple(
            self._exchange_of(_spec_of(one.request), one.request, one, recorder, settings)
            for one, recorder in zip(passed, self.recorders, strict=False)
        )
        final = self.response.request if self.response is not None else self.request
        # Without a response httpx does not report the redirects: the last call is the one without a response.
        last = self.recorders[-1] if self.recorders else None
        return self._exchange_of(
            self._sent_spec(passed), final, self.response, last, settings, previous=previous, failure=self.failure
        )

    def _build(self) -> httpx.Request:
        spec, timeout_s = self.spec, self.options.get("timeout")
        try:
            request = self.client.build_request(
                spec.method,
                spec.target,
                headers=list(spec.headers),
                cookies=cookies_of(self.options.get("cookies")),
                content=spec.body or None,
                timeout=timeout_s,
            )
        except (TypeError, ValueError, UnicodeError) as exc:
            raise RequestError(f"this request cannot be sent: {exc}") from exc
        request.extensions[OPTIONS] = CallOptions(
            raise_server_exceptions=False,
            observe=self._record,
            total_timeout_s=timeout_s,
            on_call=self.on_call,
        )
        return request

    def _sent_spec(self, passed: Sequence[httpx.Response]) -> RequestSpec:
        """Return the spec with what ``auth`` and ``cookies`` added, so that a replay sends it and displays show it."""
        assert self.request is not None
        with_cookies = bool(self.options.get("cookies"))
        if not with_cookies and "auth" not in self.options:
            return self.spec
        sent = self._signed_request(self.request, passed)
        headers, (headers_before, query_before) = _headers_of(sent), self.built
        added = {name for name, value in headers if (name, value) not in headers_before}
        if with_cookies:
            added.add(b"cookie")
        spec = self.spec
        if added:
            kept = (pair for pair in spec.headers if pair[0] not in added)
            spec = replace(spec, headers=(*kept, *(pair for pair in headers if pair[0] in added)))
        if sent.url.query != query_before:
            query, spelling = read_query(sent.url.query.decode("ascii"))
            spec = replace(spec, query=query, spelling=spelling)
        return spec

    def _signed_request(self, request: httpx.Request, passed: Sequence[httpx.Response]) -> httpx.Request:
        """Return the request as the auth flow sent it; most flows change the request that was built."""
        chain = [response.request for response in [*passed, self.response] if response is not None]
        if not chain or any(one is request for one in chain):
            return request
        same_target = (one for one in chain if one.method == request.method and one.url == request.url)
        return next(same_target, chain[0])

    def _release(self) -> None:
        """
        Remove references that would delay the freeing of an exchange that the history drops.

        These are the references to this object and its run, and the cycle between httpx's (not httpx2's) response and
        stream. Only the garbage collector frees cycles, and it counts objects, not bytes.
        """
        assert self.request is not None
        self.request.extensions.pop(OPTIONS, None)
        for response in [*self.response.history, self.response] if self.response is not None else []:
            response.request.extensions.pop(OPTIONS, None)
            response.extensions.pop(RUN, None)
            if not hasattr(response.stream, "elapsed"):  # httpx2's stream has no reference to the response
                response.stream = httpx.ByteStream(response.content)

    def _record(self) -> CallRecorder:
        recorder = CallRecorder(self.places)
        self.recorders.append(recorder)
        return recorder

    def _exchange_of(
        self,
        spec: RequestSpec,
        request: httpx.Request,
        response: httpx.Response | None,
        recorder: CallRecorder | None,
        settings: Settings,
        *,
        previous: tuple[Exchange, ...] = (),
        failure: BaseException | None = None,
    ) -> Exchange:
        run = cast("HttpRun | None", recorder.run) if recorder is not None else None
        exception = failure or (run.exception if run is not None else None)
        handled = None
        if recorder is not None and recorder.handled_exception is not None and exception is None:
            caught = recorder.handled_exception
            handled = HandledException(raised=read_exception(caught), exception=caught)
        return Exchange(
            name=self.next_name(),
            spec=spec,
            request=request,
            response=response,
            run=run,
            state_diff=recorder.changes if recorder is not None else (),
            output=recorder.output if recorder is not None else (),
            endpoint=recorder.endpoint if recorder is not None else None,
            exception=exception,
            handled_exception=handled,
            sent_at=self.sent_at,
            elapsed_ns=run.duration_ns if spec is not self.spec and run is not None else self.elapsed_ns,
            notes=self.notes,
            previous=previous,
            replay_of=self.replay_of if spec is self.spec else "",
            settings=settings,
        )


def _headers_of(request: httpx.Request) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower(), value) for name, value in request.headers.raw)


def _spec_of(request: httpx.Request) -> RequestSpec:
    path, _, text = request.url.raw_path.decode("ascii").partition("?")
    query, spelling = read_query(text)
    return RequestSpec(
        method=request.method,
        path=path,
        query=query,
        spelling=spelling,
        headers=_headers_of(request),
        body=request.read(),  # the body of a redirect is an unread stream
    )
