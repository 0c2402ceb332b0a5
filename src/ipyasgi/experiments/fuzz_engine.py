"""`FuzzEngine`: schemathesis with our transport. The only module that knows schemathesis, which is an extra.

Its generation, its checks and its phases are used as they are. Each case that it sends goes through a session of
``requests`` whose adapter hands the request to us, so that an exception of the app, its frames and its state are those
of an exchange. `transport` and the stream of events are not among its public names: the extra pins its version.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import math
import os
import sys
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..engine import page
from ..history.exchange import Exchange
from ..protocol.errors import DeadlineError, RequestError
from ..protocol.exception_parts import is_a
from ..records.exception_text import message_of
from ..records.requests import RequestSpec, read_query
from .crash_search import search_crashes

CASE_HEADER = "x-schemathesis-testcaseid"
_LEFT_OUT = frozenset({b"host", b"content-length", b"connection", b"accept-encoding", CASE_HEADER.encode()})
_OWN_VALUES = {b"user-agent": b"schemathesis/", b"accept": b"*/*"}
_KEPT_EXCHANGES = 4000
_CRASH_SHARE = 0.5  # of the time, for `search_crashes`; the rest is for schemathesis' own phases


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """
    A check that a response did not pass.

    :ivar operation: such as ``POST /items``; ``check`` is schemathesis' name, ``title`` its words
    :ivar message: the details, on several lines
    """

    operation: str
    check: str
    title: str
    message: str
    exchange: Exchange


class Stopped(KeyboardInterrupt):
    """The run was stopped: no further request is sent. After any other error hypothesis would search on."""


@dataclass(slots=True, kw_only=True)
class FuzzEngine:
    """
    One run of schemathesis.

    :ivar document: the app's OpenAPI document, as plain data that may be changed
    :ivar base_url: that requests are sent to
    :ivar operations: the keys of those to send requests to
    :ivar until_s: of the monotonic clock, after which nothing more is sent
    :ivar least_s: seconds for sending, if preparing has taken longer, which is the import at the first run
    :ivar send: sends a request for an operation and returns its exchange; called on a thread of schemathesis
    :ivar sign: returns a request with the user's credentials; None without credentials
    :ivar without: names of checks that are left out
    :ivar problems: what schemathesis could not test, a line each
    :ivar is_late: whether the time ended the run
    """

    document: dict[str, Any]
    base_url: str
    operations: Collection[str]
    seed: int
    until_s: float
    least_s: float = 0.0
    send: Callable[[str, RequestSpec], Exchange]
    sign: Callable[[RequestSpec], RequestSpec] | None = None
    without: Sequence[str] = ()
    problems: dict[str, None] = field(default_factory=dict)
    is_late: bool = False
    _stopped: bool = False
    _exchanges: OrderedDict[str, Exchange] = field(default_factory=OrderedDict)

    def stop(self) -> None:
        """Let no further request be sent; from any thread."""
        self._stopped = True

    def run(self) -> Iterator[Contradiction]:
        """
        Yield what contradicts the document, as soon as it is known.

        Raises `RequestError` if schemathesis is not installed, or cannot read the document.
        """
        load_schemathesis()
        with _hypothesis_home(cache_folder()):
            _make_tables()
            schema = self._schema()
            now_s = time.monotonic()
            self.until_s = max(self.until_s, now_s + self.least_s)
            search_crashes(schema, seed=self.seed, seconds=(self.until_s - now_s) * _CRASH_SHARE)
            schema.config.max_time = self._left_s()
            stream = importlib.import_module("schemathesis.engine").from_schema(schema).execute()
            try:
                for event in stream:
                    yield from self._read(event)
                    if self._stopped:
                        break
            finally:
                stream.stop()
                with contextlib.suppress(Exception):  # of schemathesis, as it ends
                    for _ in stream:
                        pass
        self.is_late = self.is_late or time.monotonic() >= self.until_s

    def _left_s(self) -> int:
        return max(1, math.ceil(self.until_s - time.monotonic()))

    def _schema(self) -> Any:
        schemathesis = importlib.import_module("schemathesis")
        config = importlib.import_module("schemathesis.config").SchemathesisConfig.from_dict(
            build_config(seed=self.seed, seconds=self._left_s(), base_url=self.base_url, without=self.without)
        )
        try:
            schema = schemathesis.openapi.from_dict(self.document, config=config)
        except Exception as exc:
            raise RequestError(f"the app's OpenAPI document cannot be fuzzed: {_first_line(exc)}") from None
        schema = schema.include(lambda context: context.operation.label in self.operations)
        transport, base = _Transport(self), type(schema)
        schema.__class__ = type(base.__name__, (base,), {"transport": property(lambda schema: transport)})
        if self.sign is not None:
            schema.auth(refresh_interval=None)(_provider_of(self.sign))
        return schema

    def _read(self, event: Any) -> Iterator[Contradiction]:
        kind = type(event).__name__
        if kind in ("NonFatalError", "FatalError") and not self._stopped:
            self._note(event)
        if kind != "ScenarioFinished":
            return
        cases = event.recorder.cases
        for case_id, checks in event.recorder.checks.items():
            exchange = self._exchanges.get(case_id)
            for check in checks:
                if check.failure_info is not None and exchange is not None:
                    failure = check.failure_info.failure
                    yield Contradiction(
                        operation=cases[case_id].value.operation.label,
                        check=check.name,
                        title=str(failure.title),
                        message=str(failure.message),
                        exchange=exchange,
                    )
        for case_id in cases:
            self._exchanges.pop(case_id, None)

    def _note(self, event: Any) -> None:
        info = getattr(event, "info", None)
        text = f"{info.title}: {_first_line(info.message)}" if info is not None else _first_line(event.exception)
        label = getattr(event, "label", "")
        self.problems[f"{label}: {text}" if label else text] = None

    def request(self, label: str, prepared: Any) -> Exchange:
        """Send a prepared request of ``requests``; raises `Stopped` after `stop`, and when the time is over."""
        if time.monotonic() >= self.until_s:
            self.is_late = True
            self._stopped = True
        if self._stopped:
            raise Stopped
        exchange = self.send(label, spec_of(prepared))
        case_id = prepared.headers.get(CASE_HEADER, "")
        self._exchanges[_text(case_id)] = exchange
        while len(self._exchanges) > _KEPT_EXCHANGES:  # of requests that its checks send
            self._exchanges.popitem(last=False)
        return exchange


def build_config(*, seed: int, seconds: float, base_url: str, without: Sequence[str] = ()) -> dict[str, Any]:
    """Return schemathesis' configuration, so that no file of the current folder decides; ``without`` are checks."""
    return {
        "seed": seed,
        "max-time": max(1, math.ceil(seconds)),
        "continue-on-failure": True,  # else an operation ends at its first finding, such as a status
        "base-url": base_url,
        "warnings": False,
        "cache": {"enabled": False},
        "generation": {"database": "none", "no-shrink": True},  # the requests that find most are the next ones
        "checks": {name: {"enabled": False} for name in without},
    }


def load_schemathesis() -> None:
    """Import schemathesis, which takes a while; raises `RequestError` if it is not installed."""
    try:
        importlib.import_module("schemathesis.engine")
    except ImportError:
        raise RequestError(f"fuzzing needs {page.missing('schemathesis', 'fuzz')}") from None


class _Transport:
    """What schemathesis sends its cases with: its own transport, with a session whose requests we answer."""

    def __init__(self, engine: FuzzEngine) -> None:
        self._engine = engine
        self._inner = importlib.import_module("schemathesis.transport.requests")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner.REQUESTS_TRANSPORT, name)

    def send(self, case: Any, *, session: Any = None, **more: Any) -> Any:
        ours = self._inner.ManagedCookiesSession()
        ours.headers, ours.trust_env = {}, False
        if session is not None:
            ours.headers.update(session.headers)
            ours.auth = session.auth
        adapter = _Adapter(self._engine, case.operation.label)
        ours.adapters.clear()
        ours.mount("http://", adapter)
        ours.mount("https://", adapter)
        more.pop("app", None)
        more["base_url"] = more.get("base_url") or self._engine.base_url
        return self._inner.REQUESTS_TRANSPORT.send(case, session=ours, **more)


class _Adapter:
    """An adapter of ``requests``: sends one request to the app."""

    def __init__(self, engine: FuzzEngine, label: str) -> None:
        self._engine, self._label = engine, label

    def send(self, request: Any, **_: Any) -> Any:
        exchange = self._engine.request(self._label, request)
        errors = importlib.import_module("requests.exceptions")
        late = exchange.exception if exchange.response is None else None
        if late is not None and is_a(late, DeadlineError):
            raise errors.ReadTimeout(message_of(late), request=request)
        if exchange.response is None:
            raise errors.ConnectionError(exchange.outcome, request=request)
        return _response_of(exchange, request)

    def close(self) -> None:
        """Nothing is open."""


def _response_of(exchange: Exchange, request: Any) -> Any:
    """Return the response as one of ``requests``."""
    response = exchange.response
    assert response is not None
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in response.headers.raw
        if name.lower() != b"content-encoding"  # the content is decoded
    ]
    raw = importlib.import_module("urllib3").HTTPResponse(
        body=io.BytesIO(exchange.content),
        headers=headers,
        status=response.status_code,
        version=11,
        reason=response.reason_phrase,
        preload_content=False,
        request_method=request.method,
        original_response=_Original(headers),
    )
    return importlib.import_module("requests.adapters").HTTPAdapter().build_response(request, raw)


class _Original:
    """The part of ``http.client.HTTPResponse`` from which cookies are read."""

    def __init__(self, headers: Sequence[tuple[str, str]]) -> None:
        self.msg = self
        self._headers = headers

    def get_all(self, name: str, default: Any = None) -> Any:
        return [value for key, value in self._headers if key.lower() == name.lower()] or default

    def isclosed(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""


def spec_of(prepared: Any) -> RequestSpec:
    """Return a prepared request of ``requests`` without the headers that ``requests`` and schemathesis add."""
    parts = urlsplit(prepared.url)
    query, spelling = read_query(parts.query)
    pairs = ((_bytes(name).lower(), _bytes(value)) for name, value in prepared.headers.items())
    return RequestSpec(
        method=prepared.method,
        path=parts.path or "/",
        query=query,
        spelling=spelling,
        headers=tuple((name, value) for name, value in pairs if not _is_added(name, value)),
        body=_body_of(prepared.body),
    )


def _is_added(name: bytes, value: bytes) -> bool:
    return name in _LEFT_OUT or (name in _OWN_VALUES and value.startswith(_OWN_VALUES[name]))


def _body_of(body: Any) -> bytes:
    if body is None or isinstance(body, str | bytes | bytearray):
        return _encoded(body or b"")
    return b"".join(map(_encoded, body))


def _encoded(part: str | bytes | bytearray) -> bytes:
    return part.encode("utf-8", "surrogatepass") if isinstance(part, str) else bytes(part)


def _bytes(text: Any) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode("latin-1", "replace")


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _provider_of(sign: Callable[[RequestSpec], RequestSpec]) -> type:
    """Return schemathesis' kind of class that adds credentials to a case."""

    class Provider:
        def get(self, case: Any, context: Any) -> RequestSpec | None:
            plain = RequestSpec(method=case.method.upper(), path=case.operation.path)
            signed = sign(plain)
            return signed if signed != plain else None

        def set(self, case: Any, signed: RequestSpec, context: Any) -> None:
            case.query = {**(case.query or {}), **dict(signed.query)}
            for name, value in signed.headers:
                text = value.decode("latin-1")
                if name == b"cookie":
                    pairs = (pair.partition("=") for pair in text.split("; "))
                    case.cookies = {**(case.cookies or {}), **{key: one for key, _, one in pairs}}
                else:
                    case.headers[name.decode("latin-1").title()] = text

    return Provider


def cache_folder() -> Path:
    """Return where hypothesis may keep its tables of characters and of constants: the user's folder for caches."""
    home = Path(os.environ.get("HOME") or os.environ.get("USERPROFILE") or tempfile.gettempdir())
    if sys.platform == "win32":
        caches = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        caches = home / "Library" / "Caches"
    else:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return caches / "ipyasgi" / "hypothesis"


def _make_tables() -> None:
    """Let hypothesis make its table of characters before the time begins: it takes seconds, once."""
    strategies = importlib.import_module("hypothesis.strategies")
    for strategy in (strategies.text(), strategies.characters(exclude_categories=["Cs"])):
        strategy.validate()


@contextlib.contextmanager
def _hypothesis_home(folder: Path) -> Iterator[None]:
    """Let hypothesis write into another folder than the current one."""
    configuration = importlib.import_module("hypothesis.configuration")
    attribute = "__hypothesis_home_directory"
    before: Mapping[str, Any] = {attribute: getattr(configuration, attribute, None)}
    configuration.set_hypothesis_home_dir(folder)
    try:
        yield
    finally:
        configuration.set_hypothesis_home_dir(before[attribute])


def _first_line(error: Any) -> str:
    text = message_of(error) if isinstance(error, BaseException) else str(error)
    return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)[:300]
