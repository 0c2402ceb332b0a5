"""`Explorer`: one attached app, the experiments on it, and its history as a file."""

from __future__ import annotations

import functools
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Unpack

from ..engine.pending import Pending, Progress
from ..experiments.coverage import Coverage, measure
from ..experiments.fuzz import Fuzzed, FuzzRun, check_seed, longest_wait, pick_seed, select_operations
from ..experiments.fuzz_engine import load_schemathesis
from ..experiments.load import USERS, Load, check_load
from ..experiments.prepared import PreparedRequest, prepare
from ..experiments.shrink import Shrunk, check_failed, shrink
from ..experiments.timing import MOST_RUNS, Timing
from ..experiments.trials import check_seconds
from ..experiments.virtual_users import FailedRequest
from ..history.exchange import Exchange, Exchanges, only_requests
from ..history.restoring import Restoring
from ..history.saved_file import read_saved, write_saved
from ..protocol.errors import RequestError
from ..records.requests import RequestSpec
from .experimenting import Timed, build_failed, load_app, time_requests
from .explored_app import UNSET
from .replay import OnProgress, Which
from .replaying_explorer import ReplayingExplorer
from .request_kwargs import RequestKwargs, split_arguments, with_arguments
from .restored import check_missing, find_missing
from .trials import ExplorerTrials, cookies_before, run_fuzz, wait_for


class Explorer(ReplayingExplorer):
    """
    An app to explore: the Python API for everything the magic and the panels do.

    :param app: an ASGI app
    :param lifespan: ``auto`` starts the app now, and accepts an app without a lifespan; ``on`` requires a lifespan;
        ``off`` starts nothing until `lifespan` is started or stepped
    :param timeout: seconds for each request; None for no limit
    :param name: shown in displays; by default the app's title, or the name of its function or type
    :param backend: ``asyncio`` or ``trio``
    :param base_url: scheme, host and port that requests are sent to; by default the setting ``base_url``
    :param loop: where the app runs, such as ``KernelLoop()`` for objects of this thread or its event loop; by default
        on a thread of its own
    :ivar app: the app; `replace_app` replaces it
    :ivar name: shown in displays
    :ivar client: the `TestClient` that sends the requests
    :ivar settings: a `Settings`; `configure` changes it
    :ivar history: the exchanges, as a `History`
    :ivar overrides: the dependencies of FastAPI or Litestar that are replaced, as a live mapping; see `overriding`
    :ivar credentials: the user's credentials, by security scheme of the app's document; kept in this process only
    :ivar state: ``app.state`` and the lifespan state, live
    :ivar lifespan: starts, steps and stops the app
    :ivar startup_error: the exception of the last startup; None if it succeeded

    Raises `NotAnAppError`. A failed startup does not raise: see ``lifespan.status`` and ``startup_error``.
    """

    # -- many requests as one question ---------------------------------------------------------------------

    def fuzz(
        self,
        which: str | None = None,
        seconds: float = 30.0,
        seed: int | None = None,
        *,
        on_progress: OnProgress | None = None,
    ) -> Fuzzed:
        """
        Send generated requests to the operations of the app's document, and return what they found.

        Findings are crashes, each with the smallest request, and the earlier ones that it needs on a fresh start; then
        responses that contradict the document. Their exchanges are added to the history. Requests have the user's
        `credentials`, default headers and cookies. Afterwards the app is restarted, because its state is of no use.
        An interrupt ends the run, and what was found is returned. Needs the extra ``ipyasgi[fuzz]``.

        :param which: an operation such as ``POST /items``, or terms such as ``method:POST path:/items* tag:pets``;
            by default all
        :param seconds: for everything, also the import of schemathesis; a fifth of it is for making crashes smaller
        :param seed: of the generated requests; by default a new one, which is part of the value
        :param on_progress: called with the `Progress` every 0.2 s
        Raises `RequestError` without the extra, for a broken document, and if no operation matches.
        """
        run, trials = self._fuzz_run(which, seconds, seed)
        with trials:
            pending = self._begin_again("fuzz", _operations(run), functools.partial(run_fuzz, run, trials))
            return run.result("" if wait_for(pending, run, on_progress) else "interrupted")

    def begin_fuzz(self, which: str | None = None, seconds: float = 30.0, seed: int | None = None) -> Pending[Fuzzed]:
        """
        Fuzz without waiting; accepts the arguments of `fuzz`. After `Pending.cancel` the value has what was found.

        Send no other requests meanwhile: the app's state, its cookies and its lifespan change.
        """
        run, trials = self._fuzz_run(which, seconds, seed)

        def work(pending: Pending[Fuzzed]) -> Fuzzed:
            with trials:
                run_fuzz(run, trials, pending)
                return run.result()

        self._restarting = pending = self._begin_again("fuzz", _operations(run), work, progress=run.progress())
        return pending

    def _fuzz_run(self, which: str | None, seconds: float, seed: int | None) -> tuple[FuzzRun, ExplorerTrials]:
        began_s = time.monotonic()
        check_seconds(seconds)
        check_seed(seed)
        self._check_alone()
        load_schemathesis()
        document = self.openapi
        operations = select_operations(document, which)
        has_default = "authorization" in self.client.headers or len(self.client.cookies) > 0
        cookies, timeout_s = dict(self.cookies), longest_wait(self.settings)
        trials = self._trials(cookies=cookies, timeout_s=timeout_s, carries_cookies=False)
        run = FuzzRun(
            trials=trials,
            document=document,
            operations=operations,
            seed=pick_seed() if seed is None else seed,
            seconds=seconds,
            began_s=began_s,
            base_url=self.settings.base_url,
            sign=functools.partial(self._signed, options={}) if len(self.credentials) else None,
            without=["ignored_auth"] if has_default else [],
            earlier=self._sent_since_start([one for one in self.history if one.is_request]),
        )
        return run, trials

    def shrink(self, which: str | Exchange, *, seconds: float = 20.0, on_progress: OnProgress | None = None) -> Shrunk:
        """
        Find the fewest earlier requests, and the smallest JSON bodies, with which a recorded request still fails.

        A failure is an exception of the app, or a status of 400 or above. Each try restarts the app. The requests that
        are found are added to the history, with their responses on the last fresh start. Afterwards the requests that
        had changed the app's state are sent again, and the ``notes`` of the value say whether its state is as before.
        An interrupt ends the search, and the smallest that was found is returned.

        :param which: a name such as ``r40``, or an exchange
        :param seconds: after which no further try begins
        :param on_progress: called with the `Progress` before each try
        Raises `RequestError` for a request that did not fail, ``KeyError`` for a name that is not in the history, and
        the app's exception if it does not start again.
        """
        check_seconds(seconds)
        target = self._shrinkable(which)
        self._check_alone()
        return self._shrink(target, seconds, on_progress)

    def begin_shrink(self, which: str | Exchange, *, seconds: float = 20.0) -> Pending[Shrunk]:
        """
        Shrink without waiting; accepts the arguments of `shrink`. After `Pending.cancel` the value has what was found.

        Send no other requests meanwhile: each try restarts the app.
        """
        check_seconds(seconds)
        target = self._shrinkable(which)
        self._check_alone()

        def work(pending: Pending[Shrunk]) -> Shrunk:
            return self._shrink(target, seconds, pending.note, check=pending.check, on_call=pending.take_call)

        progress = Progress(total=math.ceil(seconds), about="0 tries")
        self._restarting = pending = self._begin_again("shrink", target.name, work, progress=progress)
        return pending

    def _shrinkable(self, which: str | Exchange) -> Exchange:
        target = self.history[which] if isinstance(which, str) else which
        (target,) = only_requests([target], "shrunk")
        check_missing(find_missing([target], self._supplied))
        check_failed(target)
        return target

    def _shrink(self, target: Exchange, seconds: float, on_progress: OnProgress | None, **more: Any) -> Shrunk:
        requests = [one for one in self.history if one.is_request]
        missing = find_missing(requests, self._supplied)
        every = [one for one in requests if not (one.spec.is_partial or one.name in missing)]
        since_start = self._sent_since_start(every)
        lacks_cookies = any("cookie" in one.masked for one in (*every, target))
        cookies = dict(self.cookies) if lacks_cookies else cookies_before((*every, target)[0])
        with self._trials(cookies=cookies, **more) as trials:
            found = shrink(
                trials,
                target,
                earlier=[one for one in every if one.sent_at < target.sent_at],
                since_start=since_start,
                seconds=seconds,
                on_progress=on_progress,
            )
        if found.stopped != "interrupted":
            self._sent_again = self.lifespan.started_at_s, frozenset(one.name for one in since_start)
        return found

    def _sent_since_start(self, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """Return those that the app received since it was started, also those that a `shrink` has sent again."""
        started_s = self.lifespan.started_at_s
        again = self._sent_again[1] if self._sent_again[0] == started_s else frozenset()
        return [
            one for one in exchanges if one.name in again or (one.sent_at.timestamp() >= started_s and not one.restored)
        ]

    def _check_alone(self) -> None:
        """Raise `RequestError` while another experiment in the background restarts the app."""
        self._check_open()
        if self._restarting is not None and not self._restarting.done():
            running = self._restarting.description
            raise RequestError(f"{running} still runs, and restarts the app: wait for its end, or .cancel() it")

    def _trials(self, **more: Any) -> ExplorerTrials:
        self._check_open()
        return ExplorerTrials(
            client=self.client,
            lifespan=self.lifespan,
            places=self.state.places,
            settings=self.settings,
            send_once=self._exchange,
            record=self._record,
            next_name=self._store.next_name,
            **more,
        )

    @with_arguments(RequestKwargs)
    def time(
        self,
        method: str | RequestSpec,
        path: str = "",
        *,
        against: Explorer | None = None,
        runs: int = 100,
        on_progress: OnProgress | None = None,
        **kwargs: Unpack[RequestKwargs],
    ) -> Timing:
        """
        Send a request many times, and return how long the app takes.

        The first request is recorded in the history, and the others are not. What the app prints is dropped.

        :param method: the method, or a `RequestSpec` instead of method and path
        :param against: another explorer, to which each round sends the same request, in random order
        :param runs: how often each app is measured, after a warm-up of a tenth of it
        :param on_progress: called with the `Progress` before the first request and after each
        The other arguments and the exceptions are those of `request`.
        """
        return time_requests(self._timed(method, path, against, runs, kwargs), runs, self.settings, on_progress)

    @with_arguments(RequestKwargs)
    def begin_time(
        self,
        method: str | RequestSpec,
        path: str = "",
        *,
        against: Explorer | None = None,
        runs: int = 100,
        **kwargs: Unpack[RequestKwargs],
    ) -> Pending[Timing]:
        """Time a request without waiting, except for the first response; accepts the arguments of `time`."""
        apps, settings = self._timed(method, path, against, runs, kwargs), self.settings

        def work(pending: Pending[Timing]) -> Timing:
            return time_requests(apps, runs, settings, pending.note, pending)

        return self._begin_again("time", [one.request.spec for one in apps], work)

    def _timed(
        self, method: str | RequestSpec, path: str, against: Explorer | None, runs: int, kwargs: RequestKwargs
    ) -> list[Timed]:
        if not 0 < runs <= MOST_RUNS:
            raise RequestError(f"runs must be a number from 1 to {MOST_RUNS:,}")
        apps = []
        for one in (self, against) if against is not None else (self,):
            if isinstance(method, RequestSpec):
                exchange = one.send(method, **split_arguments(kwargs)[1])
            else:
                exchange = one.request(method, path, **kwargs)
            timeout_s = kwargs.get("timeout", one.settings.timeout_s)
            request = PreparedRequest.of(exchange)
            apps.append(Timed(name=one.name, client=one.client, request=request, timeout_s=timeout_s))
        return apps

    def load(
        self,
        which: Which,
        *,
        users: Sequence[int] = USERS,
        seconds: float = 2.0,
        timeout: float | None = UNSET,
        on_progress: OnProgress | None = None,
    ) -> Load:
        """
        Send recorded requests from virtual users on the app's loop, and return throughput and latencies.

        Each user sends the next request when it has a response. At most 10 failed requests are recorded in the history,
        and the others are not. What the app prints is dropped.

        :param which: as for `replay`; the users send several requests in turn
        :param users: numbers of users, one after the other
        :param seconds: for each of them
        :param timeout: seconds for the requests that have no response then; by default the setting ``timeout_s``
        :param on_progress: called with the `Progress` several times a second
        Raises `DeadlineError` if the app blocks its loop, `FilterError`, `LoopError`, `RequestError`, and ``KeyError``
        for a name that is not in the history.
        """
        requests, how = self._loaded(which, users, seconds, timeout)
        return load_app(self.client, requests, self._keep_failure, self.settings, on_progress, **how)

    def begin_load(
        self,
        which: Which,
        *,
        users: Sequence[int] = USERS,
        seconds: float = 2.0,
        timeout: float | None = UNSET,
    ) -> Pending[Load]:
        """Load the app without waiting; accepts the arguments of `load`."""
        requests, how = self._loaded(which, users, seconds, timeout)
        client, settings = self.client, self.settings

        def work(pending: Pending[Load]) -> Load:
            return load_app(client, requests, self._keep_failure, settings, pending.note, pending, **how)

        return self._begin_again("load", requests, work)

    def _loaded(
        self, which: Which, users: Sequence[int], seconds: float, timeout: float | None
    ) -> tuple[tuple[PreparedRequest, ...], dict[str, Any]]:
        how = {"users": check_load(users, seconds), "seconds": seconds, "timeout_s": self._seconds(timeout)}
        self._check_open()
        chosen = self.history.select(which)
        names = lambda spec: [name.decode("latin-1") for name, _ in self._present_headers(spec)]  # noqa: E731
        check_missing(find_missing(chosen, names))
        return prepare(chosen, "sent again", self._present_headers), how

    def _keep_failure(self, failure: FailedRequest) -> str:
        exchange = build_failed(failure, self._store, self.settings)
        self._store.append(exchange)
        self._events.publish("exchange", exchange)
        return exchange.name

    def coverage(self) -> Coverage:
        """
        Return which of the app's operations were tried, and which of their documented responses were seen.

        It counts the exchanges that the history still has. Sends nothing, except for a document that has to be
        requested, see `openapi`.
        """
        return measure(self.history, self.openapi, self.routes, self.settings)

    # -- files ---------------------------------------------------------------------------------------------

    def save(
        self, path: str | os.PathLike[str], which: Which | None = None, *, show_secrets: bool | None = None
    ) -> Path:
        """
        Write recorded exchanges to a file, over what is there, and return its path; `restore` reads it.

        It is text, a line of JSON for each exchange, and only its owner may read it. Traces and profiles are not saved.

        :param which: as for `replay`; by default all
        :param show_secrets: save secrets too; by default the setting decides, and they are masked
        Raises ``OSError``, `FilterError`, and ``KeyError`` for a name that is not in the history.
        """
        chosen = self.history if which is None else self.history.select(which)
        return write_saved(chosen, Path(path), show_secrets=show_secrets)

    def restore(self, path: str | os.PathLike[str]) -> Exchanges:
        """
        Add the exchanges of a file that `save` has written to the history, and return them.

        They have new names; a note has the old one. They can be shown, replayed, compared and exported. If a secret is
        masked in their headers, the present headers, cookies and credentials are sent instead; without these, and if
        one is masked in their URL or body, they are not sent again.

        Raises `RequestError` that names the line of a file which is cut off, foreign or too large, and restores nothing
        then; ``FileNotFoundError``.
        """
        saved = read_saved(Path(path))
        restoring = Restoring(
            source=Path(path).name,
            settings=self.settings,
            next_name=self._store.next_name,
            kept_in=self._store.reference,
            renamed={},
        )
        found = Exchanges(map(restoring.restore, saved))
        for exchange in found:
            self._store.append(exchange)
            self._events.publish("exchange", exchange)
        return found


def _operations(run: FuzzRun) -> str:
    return f"{len(run.operations)} operation{'' if len(run.operations) == 1 else 's'}"
