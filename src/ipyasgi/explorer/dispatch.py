"""`Dispatch`: send one `RequestSpec` through a client, and build its `Exchange`."""

from __future__ import annotations

import contextlib
import time
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from ..client.httpx import httpx
from ..client.options import OPTIONS, CallOptions
from ..client.response import RUN, BoundedResponse, kept_content
from ..client.testclient import TestClient
from ..engine.call import AppCall
from ..engine.http_cycle import HttpCycle
from ..engine.runs import HttpRun
from ..history.exchange import Exchange, KeepsExchanges
from ..openapi.contract import Contract
from ..openapi.document import Document
from ..protocol.errors import DeadlineError, RequestError
from ..protocol.exception_parts import is_a
from ..records.console import Console
from ..records.exception_text import HandledException, read_exception
from ..records.output import OurClient
from ..records.override import SentOverride
from ..records.requests import RequestSpec, build_request, read_query
from ..records.settings import Settings
from ..records.state import Places
from ..records.thread_hint import thread_hint
from .app_traces import AppTraces
from .call_recorder import CallRecorder
from .form_check import form_note
from .host_check import host_note
from .request_kwargs import SendKwargs, cookies_of
from .sent_body import SentBody

_CONNECTION_HEADERS = {"accept-encoding", "connection", "content-length", "host", "transfer-encoding"}


@dataclass(slots=True, kw_only=True)
class Dispatch:
    """
    One request: `send` it, then build its `exchange`, also after an exception.

    :ivar options: with ``timeout``, in seconds or None
    :ivar console: asks the user for the app
    :ivar recorded: a request to send again: its headers and cookies replace the present defaults
    :ivar on_call: called with each call of the app as it begins, so that another thread can cancel it
    :ivar body: the body, if it is not the spec's
    :ivar traces: begins the trace, if it is traced
    :ivar keep_bytes: the longest response body that is kept whole
    :ivar document: returns the app's OpenAPI document, or None, without a request
    :ivar contract: the same for the first look at the exchange, perhaps after the app has gone
    """

    client: TestClient
    spec: RequestSpec
    places: Places
    next_name: Callable[[], str]
    kept_in: weakref.ref[KeepsExchanges]
    options: SendKwargs
    traces: AppTraces
    console: Console | None = None
    notes: tuple[str, ...] = ()
    replay_of: str = ""
    recorded: httpx.Request | None = None
    overrides: tuple[SentOverride, ...] = ()
    on_call: Callable[[AppCall], object] | None = None
    body: SentBody | None = None
    keep_bytes: int
    document: Callable[[], Document | None]
    contract: Callable[[], Document | None]
    calls: list[AppCall] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    rescued: bool = False
    passed: Sequence[httpx.Response] = ()
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
        if self.options.get("trace"):
            self.traces.prepare()
        began_ns = time.perf_counter_ns()
        try:
            with OurClient(), self._profile_taps():
                self.response = self.client.send(
                    self.request,
                    follow_redirects=self.options.get("follow_redirects", True),
                    auth=self.options.get("auth", httpx.USE_CLIENT_DEFAULT),
                )
        except BaseException as exc:  # also KeyboardInterrupt: the exchange is recorded, then the caller raises it
            self.failure = exc
        finally:
            if self.console is not None:
                self.console.close()
        self.elapsed_ns = time.perf_counter_ns() - began_ns
        if self.response is not None:
            self.passed = self.response.history
        else:
            self._rescue_responses()
        self._release()

    def exchange(self, settings: Settings) -> Exchange:
        """Return the exchange with the explorer's current settings; exchanges of redirects are its ``previous``."""
        assert self.request is not None
        passed = self.passed
        previous = tuple(
            self._exchange_of(_spec_of(one.request), one.request, one, recorder, settings)
            for one, recorder in zip(passed, self.recorders, strict=False)
        )
        if self.response is not None:
            final = self.response.request
        else:  # httpx does not report the request of the last call
            final = self.requests[-1] if self.rescued else self.request
        last = self.recorders[-1] if self.recorders else None
        return self._exchange_of(
            self._sent_spec(passed),
            final,
            self.response,
            last,
            settings,
            previous=previous,
            failure=self.failure,
            is_final=True,
        )

    def _build(self) -> httpx.Request:
        spec, timeout_s = self.spec, self.options.get("timeout")
        try:
            request = build_request(
                self.client,
                spec,
                cookies=cookies_of(self.options.get("cookies")),
                content=self.body.content() if self.body is not None else spec.body or None,
                timeout=timeout_s,
            )
        except (TypeError, ValueError, UnicodeError) as exc:
            raise RequestError(f"this request cannot be sent: {exc}") from exc
        if self.recorded is not None:
            self._take_recorded(request, self.recorded)
        if self.body is not None and self.body.content_length:
            request.headers["content-length"] = self.body.content_length
            request.headers.pop("transfer-encoding", None)
        request.extensions[OPTIONS] = CallOptions(
            raise_server_exceptions=False,
            observe=self._record,
            total_timeout_s=timeout_s,
            on_call=self._begun,
            on_request=self.requests.append,
            keep_bytes=self.keep_bytes,
            faults=self.options.get("faults"),
        )
        return request

    def _take_recorded(self, request: httpx.Request, recorded: httpx.Request) -> None:
        """Give a request the recorded headers and cookies, and note which of the present defaults differ from them."""
        present = request.headers
        request.headers = httpx.Headers(recorded.headers.raw)
        names = sorted({*present, *recorded.headers} - _CONNECTION_HEADERS)
        differ = [name for name in names if present.get_list(name) != recorded.headers.get_list(name)]
        if differ:
            self.notes += (f"sent with the recorded headers; the present defaults differ in {', '.join(differ)}",)

    def _begun(self, call: AppCall) -> None:
        self.calls.append(call)
        traced = self.recorders[-1].traced if self.recorders else None
        if traced is not None:
            from ..tracing.loop_watch import LoopWatch

            call.watches.append(LoopWatch(traced.tracer, call.loop.call_soon))
        if self.console is not None:
            self.console.follow(call)
        if self.on_call is not None:
            self.on_call(call)

    def _rescue_responses(self) -> None:
        """Build the responses so far from their calls, if the wait for the last one was ended: httpx returns none."""
        ended = self.failure is not None and is_a(self.failure, (DeadlineError, CancelledError, KeyboardInterrupt))
        calls = [call for call in self.calls if isinstance(call, HttpCycle)]
        if not (calls and (ended or not calls[-1].complete)):
            return
        found = []
        for request, call in zip(self.requests, calls, strict=False):
            if call.status is not None:
                found.append(BoundedResponse.build(request, call, self.keep_bytes, lenient=True))
                found[-1].read()
        if len(found) == len(self.requests):
            self.response = found.pop()
            self.response.history = list(found)
        self.passed = found
        self.rescued = True

    def _sent_spec(self, passed: Sequence[httpx.Response]) -> RequestSpec:
        """Return the spec with what ``auth`` and ``cookies`` added, so that a replay sends it and displays show it."""
        assert self.request is not None
        spec = self.spec
        if self.body is not None:
            spec = replace(spec, body=self.body.kept.content(), is_partial=self.body.is_partial)
        with_cookies = bool(self.options.get("cookies"))
        if not with_cookies and "auth" not in self.options:
            return spec
        sent = self._signed_request(self.request, passed)
        headers, (headers_before, query_before) = _headers_of(sent), self.built
        added = {name for name, value in headers if (name, value) not in headers_before}
        if with_cookies:
            added.add(b"cookie")
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
        for request in [self.request, *self.requests]:
            request.extensions.pop(OPTIONS, None)
        for response in [*self.passed, self.response] if self.response is not None else self.passed:
            response.request.extensions.pop(OPTIONS, None)
            response.extensions.pop(RUN, None)
            if not hasattr(response.stream, "elapsed"):  # httpx2's stream has no reference to the response
                response.stream = httpx.ByteStream(kept_content(response))

    def _profile_taps(self) -> contextlib.AbstractContextManager[object]:
        if not self.options.get("profile"):
            return contextlib.nullcontext()
        from ..tracing.profiler import PROFILE_TAPS

        return PROFILE_TAPS

    def _record(self) -> CallRecorder:
        traced = self.traces.begin() if self.options.get("trace") else None
        profiler = None
        if self.options.get("profile"):
            from ..tracing.profiler import RequestProfiler

            profiler = RequestProfiler()
        recorder = CallRecorder(self.places, self.console, traced, profiler)
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
        is_final: bool = False,
    ) -> Exchange:
        run = cast("HttpRun | None", recorder.run) if recorder is not None else None
        exception = run.exception if failure is None and run is not None else failure
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
            traced=recorder.record_trace() if recorder is not None else None,
            profile=recorder.profiler.freeze(settings) if recorder is not None and recorder.profiler else None,
            exception=exception,
            handled_exception=handled,
            sent_at=self.sent_at,
            elapsed_ns=run.duration_ns if not is_final and run is not None else self.elapsed_ns,
            notes=(
                *self.notes,
                *host_note(response, recorder.output if recorder is not None else ()),
                *form_note(response, self.document),
                *filter(None, [thread_hint(handled.exception if handled is not None else exception)]),
            ),
            previous=previous,
            replay_of=self.replay_of if is_final else "",
            overrides=self.overrides,
            faults=self.options.get("faults"),
            contract=Contract(self.contract),
            kept_in=self.kept_in,
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
