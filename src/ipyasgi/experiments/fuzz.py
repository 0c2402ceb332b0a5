"""`FuzzRun`: generated requests to an app's operations, and what they found: crashes first, then contradictions.

The app is the running one, with its state; afterwards it is restarted. A crash is sought alone on a fresh start, then
with the requests before it that may have changed the state, and becomes as small as `ipyasgi.experiments.shrink` finds.
"""

from __future__ import annotations

import contextlib
import fnmatch
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..engine.pending import Progress
from ..history.exchange import Exchange, Exchanges
from ..openapi.document import Document
from ..protocol.errors import RequestError
from ..records.exception_text import short_text_of
from ..records.requests import SAFE_METHODS, RequestSpec
from ..records.settings import Settings
from ..shown import Shown, hint
from .fuzz_engine import Contradiction, FuzzEngine, Stopped
from .shrink import FEW, changes_state, shrink
from .trials import Failure, Trials, read_failure

Kind = Literal["crash", "contradiction"]
_SHARE = 0.8  # of the time, for sending; the rest is for making crashes smaller
_LEAST_S = 1.0  # for sending, also if schemathesis is imported first
_FIRST, _MOST_EARLIER = max(FEW), 1000  # requests that are kept for a crash: the first, and with the last so many
_LONGEST_S = 5.0
_STREAM_S = 0.5  # for later requests to an operation whose response did not end within the longest time
_SIGNED_STATUSES = frozenset({"401", "403"})
_MOST_NAMED = 6
_LOOKS = 20  # at the app's state, for each operation: a state that grows takes longer than the request


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzFinding:
    """
    One crash or contradiction that generated requests have found, with the smallest of them.

    :ivar kind: ``crash``: an exception, a status of 500 or above, or no response; else ``contradiction``: a response
        that the app's document does not allow
    :ivar operation: such as ``POST /items``
    :ivar title: the exception's name, or what the response contradicts; ``message`` has the details
    :ivar check: schemathesis' name of the check; empty for a crash
    :ivar exchange: the request and its response, in the history
    :ivar before: the requests that it needs on a fresh start of the app, in the history
    :ivar seen: how many requests found it
    :ivar failure: how a crash failed; None for a contradiction
    :ivar on_fresh_start: whether ``before`` and ``exchange`` were sent to a fresh start of the app and it crashed
    """

    kind: Kind
    operation: str
    title: str
    message: str = ""
    check: str = ""
    exchange: Exchange
    before: Exchanges = field(default_factory=Exchanges)
    seen: int = 1
    failure: Failure | None = None
    on_fresh_start: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Fuzzed(Shown):
    """
    What generated requests have found.

    :ivar findings: crashes first, then contradictions to the document, those of the body first
    :ivar seed: with which schemathesis generates the same requests, if the process has imported the same modules
    :ivar stopped: ``finished``, ``time`` or ``interrupted``
    :ivar requests: how many were sent, without those that made a crash smaller
    :ivar seconds: that it took
    :ivar outcomes: by operation, how often each status, or other outcome, was received
    :ivar of_operations: how many operations were to be sent requests
    :ivar notes: what became of the app's state, and what could not be fuzzed
    """

    findings: tuple[FuzzFinding, ...]
    seed: int
    stopped: str
    requests: int
    seconds: float
    outcomes: Mapping[str, Mapping[str, int]]
    of_operations: int
    notes: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)

    @property
    def crashes(self) -> tuple[FuzzFinding, ...]:
        """The exceptions, statuses of 500 or above, and requests without a response."""
        return tuple(one for one in self.findings if one.kind == "crash")

    @property
    def contradictions(self) -> tuple[FuzzFinding, ...]:
        """The responses that the app's document does not allow."""
        return tuple(one for one in self.findings if one.kind == "contradiction")

    @property
    def exchanges(self) -> Exchanges:
        """All requests of the findings, each after those that it needs: ``.to_pytest(app=...)`` makes tests of them."""
        return Exchanges(part for one in self.findings for part in (*one.before, one.exchange))

    @property
    def never_succeeded(self) -> tuple[str, ...]:
        """The operations that received requests and never sent a status below 400."""
        return tuple(
            operation
            for operation, outcomes in self.outcomes.items()
            if not any(status[:1] in ("1", "2", "3") for status in outcomes)
        )

    def __repr__(self) -> str:
        return f"<Fuzzed: {len(self.crashes)} crashes, {len(self.contradictions)} contradictions, seed {self.seed}>"


@dataclass(slots=True)
class _Found:
    finding: FuzzFinding  # with the smallest request
    earlier: tuple[Exchange, ...]  # those before it that may have changed the state: the first and the last ones
    first: _Found | None = None  # what found it first, with fewer requests before it; None if it is the smallest


@dataclass(slots=True, kw_only=True)
class FuzzRun:
    """
    One run: `work` in a thread, `stop` and `result` from any other.

    :ivar document: the app's OpenAPI document; ``operations`` are the keys of those to send requests to
    :ivar sign: returns a request with the user's credentials; None without credentials
    :ivar without: names of checks that are left out
    :ivar earlier: what the app had received before, and may need again on a fresh start
    """

    trials: Trials
    document: Document
    operations: Sequence[str]
    seed: int
    seconds: float
    base_url: str
    sign: Callable[[RequestSpec], RequestSpec] | None = None
    without: Sequence[str] = ()
    earlier: Sequence[Exchange] = ()
    began_s: float = field(default_factory=time.monotonic)
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    requests: int = 0
    stopped: str = "finished"
    notes: list[str] = field(default_factory=list)
    _found: dict[tuple[str, ...], _Found] = field(default_factory=dict)
    _log: list[Exchange] = field(default_factory=list)
    _engine: FuzzEngine | None = None
    _lock: threading.Lock = field(init=False)
    _endless: set[str] = field(default_factory=set)
    _looks: Counter[str] = field(default_factory=Counter)
    _changing: set[str] = field(default_factory=set)
    _ended: bool = False
    _doing: str = ""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def work(self) -> None:
        """Send requests until the time is over, then make the crashes smaller; raises `RequestError`."""
        engine = self._engine = FuzzEngine(
            document=self.document.to_data(),
            base_url=self.base_url,
            operations=self.operations,
            seed=self.seed,
            until_s=self.began_s + self.seconds * _SHARE,
            least_s=min(self.seconds, _LEAST_S),
            send=self._send,
            sign=self.sign,
            without=self.without,
        )
        with contextlib.suppress(Stopped):
            for contradiction in engine.run():
                self._contradicted(contradiction)
        if self._ended:
            return
        self.notes += list(engine.problems)
        if not self.requests and engine.problems:
            raise RequestError(f"nothing could be fuzzed: {next(iter(engine.problems))}")
        self.stopped = "time" if engine.is_late else "finished"
        try:
            self._make_crashes_smaller()
            if not self._ended:
                self._end()
        except CancelledError:
            return
        except Exception as exc:  # of the app; what was found is worth more
            self.notes.append(f"the app did not start again: {short_text_of(exc)}")
        finally:
            self._doing = ""

    def stop(self) -> None:
        """Let no further request be sent, and no further finding be added."""
        with self._lock:
            self._ended = True
        if self._engine is not None:
            self._engine.stop()

    def progress(self) -> Progress:
        """Return how far it is; ``done`` and ``total`` are seconds."""
        elapsed_s = time.monotonic() - self.began_s
        with self._lock:
            counts = self._counts()
        return Progress(
            total=math.ceil(self.seconds),
            done=min(int(elapsed_s), math.ceil(self.seconds) - 1),
            elapsed_s=elapsed_s,
            about=self._doing or counts,
        )

    def _counts(self) -> str:
        if not self.requests:
            return "generating requests"
        tried = f"{len(self.outcomes)} of {_count(len(self.operations), 'operation')}"
        return f"{_count(self.requests, 'request')}, {tried}, {_count(len(self._found), 'finding')}"

    def result(self, stopped: str = "") -> Fuzzed:
        """Return the findings, which are then in the history; ``stopped`` says why, if not the run itself."""
        self.stop()
        stopped = stopped or self.stopped
        with self._lock:
            found = [self._found[key].finding for key in sorted(self._found, key=self._rank)]
        return Fuzzed(
            findings=tuple(map(self._kept, found)),
            seed=self.seed,
            stopped=stopped,
            requests=self.requests,
            seconds=time.monotonic() - self.began_s,
            outcomes={label: dict(self.outcomes[label]) for label in self.operations if label in self.outcomes},
            of_operations=len(self.operations),
            notes=tuple(self._all_notes(stopped)),
            settings=self.trials.settings,
        )

    def _kept(self, finding: FuzzFinding) -> FuzzFinding:
        return finding if finding.exchange.name else replace(finding, exchange=self.trials.keep(finding.exchange))

    def _rank(self, key: tuple[str, ...]) -> tuple[Any, ...]:
        """Return the place of a finding: crashes, then wrong bodies, then the rest, each in the document's order."""
        finding = self._found[key].finding
        order = {label: at for at, label in enumerate(self.operations)}
        body = finding.check != "response_schema_conformance"
        return finding.kind != "crash", body, order.get(finding.operation, len(order)), finding.title

    def _all_notes(self, stopped: str) -> Iterator[str]:
        refused = [
            label
            for label, outcomes in self.outcomes.items()
            if outcomes and all(status[:3] in _SIGNED_STATUSES for status in outcomes)
        ]
        if refused:
            more = f" and {len(refused) - _MOST_NAMED} more" if len(refused) > _MOST_NAMED else ""
            sign_in = hint("%asgi login", "explorer.login()")
            yield f"only 401 or 403 from {', '.join(refused[:_MOST_NAMED])}{more}: sign in first, {sign_in}"
        if not self.requests and self.stopped == "time":
            yield f"the time was over before the first request: give it more {hint('--seconds', 'seconds')}"
        yield from self.notes
        if stopped == "interrupted" and self.requests:
            restart = hint("%asgi lifespan restart", "explorer.lifespan.restart()")
            yield f"the requests have changed the app's state: {restart} makes a fresh start"

    # -- on the threads of the run -------------------------------------------------------------------------

    def _send(self, label: str, spec: RequestSpec) -> Exchange:
        try:
            exchange = self.trials.send(
                spec,
                timeout_s=_STREAM_S if label in self._endless else None,
                sees_state=self._looks_at_state(label),
            )
        except CancelledError:
            raise Stopped from None
        self._looks[label] += 1
        if exchange.state_diff:
            self._changing.add(label)
        failure = read_failure(exchange) if _has_crashed(exchange) else None
        if exchange.cut_off:
            self._endless.add(label)
        with self._lock:
            if self._ended:
                return exchange
            self.requests += 1
            outcomes = self.outcomes.setdefault(label, Counter())
            if label.startswith(f"{spec.method} "):  # not of a method that it does not have
                outcomes[exchange.outcome] += 1
            if failure is not None:
                found = FuzzFinding(
                    kind="crash",
                    operation=label,
                    title=failure.error,
                    message=failure.place,
                    exchange=exchange,
                    failure=failure,
                )
                self._add((label, failure.error, failure.place), found)
            if changes_state(exchange):
                self._log.append(exchange)
                if len(self._log) > _MOST_EARLIER:
                    del self._log[_FIRST]
        return exchange

    def _looks_at_state(self, label: str) -> bool:
        """Return whether to look at the state: later only where a request that should not change it has done so."""
        safe = label.partition(" ")[0] in SAFE_METHODS
        return self._looks[label] < _LOOKS or (safe and label in self._changing)

    def _contradicted(self, one: Contradiction) -> None:
        if _has_crashed(one.exchange):
            return
        found = FuzzFinding(
            kind="contradiction",
            operation=one.operation,
            title=one.title,
            message=one.message,
            check=one.check,
            exchange=one.exchange,
        )
        with self._lock:
            if not self._ended:
                self._add((one.operation, one.check, one.title, one.exchange.outcome), found)

    def _add(self, key: tuple[str, ...], finding: FuzzFinding) -> None:
        """Add a finding, or count it; of the exchanges the smallest is kept."""
        known = self._found.get(key)
        if known is None:
            self._found[key] = _Found(finding, tuple(self._log))
            return
        seen = known.finding.seen + 1
        if _size_of(finding.exchange) < _size_of(known.finding.exchange):
            self._found[key] = _Found(replace(finding, seen=seen), tuple(self._log), known.first or known)
        else:
            known.finding = replace(known.finding, seen=seen)

    def _make_crashes_smaller(self) -> None:
        crashes = [key for key, one in self._found.items() if one.finding.kind == "crash"]
        until_s = max(self.began_s + self.seconds, time.monotonic() + self.seconds * (1 - _SHARE) / 2)
        for at, key in enumerate(crashes):
            self._doing = f"{_count(self.requests, 'request')}; making crash {at + 1} of {len(crashes)} smaller"
            share_s = (until_s - time.monotonic()) / (len(crashes) - at)
            if share_s <= 0:
                break
            self._make_smaller(key, time.monotonic() + share_s)

    def _make_smaller(self, key: tuple[str, ...], until_s: float) -> None:
        """Find what a crash needs, for its smallest request or else for its first one."""
        found = self._found[key]
        tries = [found] if found.first is None else [found, found.first]
        for at, one in enumerate(tries):
            shrunk = shrink(
                self.trials,
                one.finding.exchange,
                earlier=[*self.earlier, *one.earlier],
                since_start=None,
                seconds=max(until_s - time.monotonic(), 0) / (len(tries) - at),
            )
            if shrunk.steps:
                *before, last = shrunk.steps
                with self._lock:
                    found.finding = replace(found.finding, exchange=last, before=Exchanges(before), on_fresh_start=True)
                return

    def _end(self) -> None:
        """Give the app a fresh start, and note what became of its state."""
        if not self.trials.has_lifespan:
            self.notes.append("the app's lifespan does not run, so its state is what the requests have left")
            return
        self.trials.restart()
        self.notes.append(
            "the app was restarted, and its state is that of a fresh start; what is outside the process, such as a "
            "database, has what the requests wrote"
        )


def pick_seed() -> int:
    """Return a seed that is short enough to type."""
    return random.SystemRandom().randrange(1, 100_000)


def check_seed(seed: int | None) -> None:
    """Raise `RequestError` unless this is a seed or None."""
    if seed is not None and (not isinstance(seed, int) or seed < 0):
        raise RequestError(f"seed must be a number that an earlier run has shown, and not {seed!r}")


def longest_wait(settings: Settings) -> float:
    """Return the seconds that one generated request may take."""
    return min(settings.timeout_s or _LONGEST_S, _LONGEST_S)


def select_operations(document: Document, which: str | None) -> tuple[str, ...]:
    """
    Return the keys of the operations that a text names; all without one.

    :param which: a key such as ``POST /items``, or terms that must all match: ``method:POST,PUT``, ``path:/items*``,
        ``tag:pets``, or a part of the path
    Raises `RequestError` if there is none, with what the document has.
    """
    if which is not None and not isinstance(which, str):
        raise RequestError(f"which must be a text such as 'POST /items', not {which!r}")
    every = tuple(document.operations)
    if not every:
        problem = next(iter(document.problems), "the app has no OpenAPI document, or one without operations")
        raise RequestError(f"there is nothing to fuzz: {problem}")
    if not which:
        return every
    wanted = " ".join(which.split())
    exact = [key for key in every if key.lower() == wanted.lower()]
    found = exact or [key for key in every if all(_matches(key, term, document) for term in wanted.split(" "))]
    if not found:
        more = f", … ({len(every)} in all)" if len(every) > _MOST_NAMED else ""
        raise RequestError(f"no operation matches {which!r}; the document has {', '.join(every[:_MOST_NAMED])}{more}")
    return tuple(found)


def _matches(key: str, term: str, document: Document) -> bool:
    method, _, path = key.partition(" ")
    name, colon, value = term.partition(":")
    if colon and name == "method":
        return method in value.upper().split(",")
    if colon and name == "path":
        return fnmatch.fnmatchcase(path, value)
    if colon and name == "tag":
        head = document.head(key)
        return head is not None and value.lower() in map(str.lower, head.tags)
    return term.upper() == method or term.lower() in path.lower()


def _has_crashed(exchange: Exchange) -> bool:
    """Return whether a request failed; a response that began and does not end is a stream."""
    return exchange.failed and not (exchange.cut_off and exchange.status_code < 500)


def _size_of(exchange: Exchange) -> tuple[int, int]:
    return len(exchange.spec.body) + len(exchange.spec.target), len(exchange.spec.headers)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
