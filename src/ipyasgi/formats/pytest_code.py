"""Exchanges as a pytest file that passes with the app in its present form. Pure.

The tests check the status, the content type and the stable part of the body; see `ipyasgi.formats.volatile_fields`. A
volatile value is ``ANY``, so that an added or removed field is still noticed. Exchanges of which a later one needs a
value of an earlier response are one test, with those between them, so that their order stays.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ..client.options import OPTIONS
from ..protocol.errors import RequestError
from ..records.carried import Carried, CarriedUse
from ..records.record import Record
from ..records.redaction import Redactor
from .echo import Echo
from .exported import FindCarried, carry_nothing, read_sent
from .name import Name
from .placeholders import RequestTemplate, hide_secrets, route_of, take_name
from .python_code import PythonCode, build_code, extensions_of, quoted, read_carried
from .response_checks import ResponseChecks
from .volatile_fields import Path, VolatileFields

_APP = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)")
_MAX_NAME = 60
_SHORTEST_MADE = 4  # a shorter value is in too many other texts
_OWN_NAMES = frozenset({"client", "pytest", "TestClient", "os", "json", "ANY"})
_CLIENTS_URL = "http://testserver"


def render_pytest(
    exchanges: Iterable[Record],
    *,
    app: str = "",
    factory: bool = False,
    volatile: Collection[str | Path] | None = None,
    changing: Sequence[Collection[Path]] = (),
    routes: Sequence[str] = (),
    find_carried: FindCarried = carry_nothing,
    redactor: Redactor = Redactor(),
) -> str:
    """
    Return a test file: a client, and tests for the exchanges in order.

    The other parameters and errors are those of `ipyasgi.formats.exports.ExportMembers.to_pytest`.

    :param changing: for each exchange, the paths that differed between responses to the same request
    :param routes: for each exchange, the path of its route, or empty
    :param find_carried: returns for each request its values that the response of an earlier exchange contained
    """
    given = list(exchanges)
    imported, expression = _app_of(app, factory=factory)
    specs = read_sent(given, with_jar=True)
    carried = find_carried(given, specs)
    hidden, placeholders = hide_secrets(specs, redactor, carried)
    file = _File(redactor)
    secrets = placeholders.secret_values
    every = [use for uses in carried for use in uses]
    made = {use.value for use in every if not use.is_weak or (use.source.is_text and len(use.value) >= _SHORTEST_MADE)}
    made_names = {use.source.key for use in every if use.source.part == "json"}
    nothing: list[Any] = [()] * len(given)
    steps = [
        _Step(
            exchange=exchange,
            request=request,
            route=route or "",
            volatile=VolatileFields(
                exchange.spec,
                exchange.sent_at,
                volatile,
                secrets,
                redactor,
                changing=() if volatile is not None else changed,
                made=made,
                made_names=made_names,
            ),
            uses=uses,
            gives=placeholders.carried_from(exchange.name),
        )
        for exchange, request, changed, route, uses in zip(
            given, hidden, changing or nothing, routes or nothing, carried, strict=True
        )
    ]
    recorded = {placeholders.carry(use.source): use for use in every}
    tests = [file.test(flow, recorded) for flow in _flows(steps)]
    if not any(test.startswith("def ") for test in tests):
        raise RequestError("none of these exchanges has a response to check: send the request again")
    options = [expression, 'lifespan="auto"']
    url = str(given[0].request.url.join("/")).rstrip("/")
    if given[0].spec.path.startswith("/") and url != _CLIENTS_URL:
        options.insert(1, f"base_url={quoted(url)}")
    head = file.head(imported, f"TestClient({', '.join(options)})")
    return "\n\n\n".join([head, *tests]) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """
    One exchange of a test.

    :ivar uses: the carried values in its request
    :ivar gives: the variables that later requests need from its response
    """

    exchange: Record
    request: RequestTemplate
    route: str
    volatile: VolatileFields
    uses: Sequence[CarriedUse]
    gives: Sequence[Carried]


def _flows(steps: Sequence[_Step]) -> Iterator[Sequence[_Step]]:
    """Yield the steps of each test: one, or all from the first to the last that need values of one another."""
    at = {step.exchange.name: number for number, step in enumerate(steps)}
    last = list(range(len(steps)))
    for number, step in enumerate(steps):
        for use in step.uses:
            last[at[use.source.exchange]] = number
    start, end = 0, -1
    for number in range(len(steps)):
        end = max(end, last[number])
        if number == end:
            yield steps[start : end + 1]
            start = end + 1


def _app_of(app: str, *, factory: bool) -> tuple[str, str]:
    """Return the import of the app, and the expression for it."""
    if not app:
        edited = "a function that returns your app" if factory else "your app"
        name = "create_app" if factory else "app"
        return f"from main import {name}  # EDIT: {edited}, and the module it is in", name + "()" * factory
    match = _APP.fullmatch(app)
    if match is None or match[1].endswith(".py"):
        raise RequestError(f"{app!r} does not name an app: write module:attribute, such as shop.main:app")
    module, name, rest = match.groups()
    if factory:
        known = "create_app" if name in _OWN_NAMES else name
        return f"from {module} import {name}{'' if known == name else f' as {known}'}", f"{known}{rest}()"
    return f"from {module} import {name}{'' if name == 'app' else ' as app'}", f"app{rest}"


class _File:
    """Writer of one test file."""

    def __init__(self, redactor: Redactor) -> None:
        self._names: Counter[str] = Counter()
        self._code = PythonCode()
        self._checks = ResponseChecks(self._code, redactor)
        self._imports: set[str] = set()
        self._imported: dict[str, str] = {"app": "", "create_app": ""}

    def head(self, imported: str, client: str) -> str:
        """Return the part of the file above the tests."""
        ours = {*self._imports, "from ipyasgi.testclient import TestClient", imported}
        lines = [
            '"""Recorded with ipyasgi: each test sends a request and checks what stays the same."""',
            "",
            *self._code.head(),
            "import pytest",
            "",
            *sorted(ours),
            "",
            "",
            "# One app for all tests, which run in the order of the recording: a later one may",
            "# need what an earlier one made.",
            '@pytest.fixture(scope="module")',
            "def client():",
            f"    with {client} as client:",
            "        yield client",
        ]
        return "\n".join(lines)

    def test(self, flow: Sequence[_Step], recorded: Mapping[Carried, CarriedUse]) -> str:
        """
        Return the test of a flow, or a comment for one exchange that has no response to check.

        :param recorded: a use of each variable
        """
        if len(flow) == 1 and (comment := self._comment(flow[0])):
            return comment
        known: dict[str, Carried] = {}
        weak: set[str] = set()
        lines: list[str] = []
        overridden: Sequence[str] = []
        for step in flow:
            lines += [""] if lines else []
            if comment := self._comment(step):
                lines.append(f"    {comment}")
                continue
            set_up = list(self._overrides(step.exchange))
            lines += ["    monkeypatch.undo()"] if overridden and set_up != overridden else []
            lines += set_up if set_up != overridden else []
            overridden = set_up
            sent = {use.value for use in step.uses}
            echo = Echo({text: one for text, one in known.items() if text in sent or text not in weak}, weak)
            lines += self._step(step, echo, apart=len(flow) == 1)
            lines += [f"    {read_carried(one)}" for one in step.gives]
            known |= {recorded[one].value: one for one in step.gives}
            weak |= {recorded[one].value for one in step.gives if recorded[one].is_weak}
        fixtures = "client, monkeypatch" if any("monkeypatch." in line for line in lines) else "client"
        return "\n".join([f"def {self._name(flow)}({fixtures}):", *lines])

    def _comment(self, step: _Step) -> str:
        """Return why an exchange cannot be checked; empty if it can."""
        exchange = step.exchange
        if exchange.spec.is_partial:
            return f"# {exchange.name}: its request body was sent from an iterator and is not kept whole"
        raised = _has_raised(exchange)
        left = exchange.faults is not None and exchange.run is not None and exchange.run.outcome == "returned"
        if (exchange.cut_off and not left) or (
            not raised and (exchange.response is None or exchange.exception is not None)
        ):
            url = quoted(route_of(step.request, step.route))
            return f"# {exchange.name}, {exchange.spec.method} {url}: {exchange.outcome}, so there is nothing to check"
        return ""

    def _step(self, step: _Step, echo: Echo, *, apart: bool) -> Iterator[str]:
        """Yield the lines of a request and its checks; ``apart`` puts an empty line between them."""
        exchange, request = step.exchange, step.request
        if _has_raised(exchange):
            yield f"    with pytest.raises({self._exception(exchange.exception)}):"
            yield self._code.call(build_code(request), "        ", more=_extensions(exchange, request))
            return
        response = exchange.response
        assert response is not None
        unfollowed = {"follow_redirects": False} if response.has_redirect_location else {}
        yield self._code.call(
            build_code(request), "    response = ", more={**unfollowed, **_extensions(exchange, request)}
        )
        yield from [""] if apart else []
        yield from self._checks.lines(exchange, response, step.volatile, echo)

    def _overrides(self, exchange: Record) -> Iterator[str]:
        """Yield the lines that override the app's dependencies as they were; a comment for one that cannot be."""
        for one in exchange.overrides:
            names = [self._import(path) for path in (one.dependency, one.replacement)] if one.in_app else [""]
            if all(names):
                yield f"    monkeypatch.setitem(client.app.dependency_overrides, {', '.join(names)})"
            else:
                yield f"    # EDIT: recorded with {one}, which is not overridden here"

    def _import(self, path: str) -> str:
        """Import what ``module:name`` names, and return the name; empty if it names nothing, or the name is taken."""
        module, _, name = path.partition(":")
        if not name or name in _OWN_NAMES or self._imported.setdefault(name, module) != module:
            return ""
        where = "  # EDIT: the module it is in" if module == "__main__" else ""
        self._imports.add(f"from {'main' if where else module} import {name}{where}")
        return name

    def _name(self, flow: Sequence[_Step]) -> str:
        """Return the name of a test, by the route of its first request; without ids and other values."""
        exchange = flow[0].exchange
        words = [
            exchange.spec.method,
            *(re.findall(r"[A-Za-z0-9]+", route_of(flow[0].request, flow[0].route)) or ["root"]),
        ]
        if len(flow) > 1:
            words.insert(0, "flow")
        elif _has_raised(exchange):
            words.append("raises")
        elif exchange.response is not None and exchange.response.status_code >= 400:
            words.append(_phrase(exchange.response.status_code))
        return take_name(re.sub(r"\W+", "_", f"test_{'_'.join(words)}".lower())[:_MAX_NAME], self._names)

    def _exception(self, exception: BaseException | None) -> str:
        """Return the name of an exception's type, or ``Exception`` if the type cannot be imported."""
        kind = type(exception)
        if exception is None or kind.__module__ == "__main__" or not kind.__qualname__.isidentifier():
            return "Exception"
        if kind.__module__ != "builtins":
            self._imports.add(f"from {_module_of(kind)} import {kind.__name__}")
        return kind.__name__


def _has_raised(exchange: Record) -> bool:
    return exchange.run is not None and exchange.run.outcome == "raised"


def _module_of(kind: type) -> str:
    """Return the outermost package that exports a class: ``anyio``, not ``anyio._core._exceptions``."""
    names = kind.__module__.split(".")
    around = (".".join(names[:length]) for length in range(1, len(names)))
    return next((one for one in around if getattr(sys.modules.get(one), kind.__name__, None) is kind), kind.__module__)


def _extensions(exchange: Record, request: RequestTemplate) -> Mapping[str, Any]:
    """Return the argument with what httpx has no argument for: the path as written, and `Faults`."""
    options = extensions_of(request)
    if exchange.faults is None:
        return options
    code = PythonCode().laid_out("CallOptions(faults=Faults", [], exchange.faults.given()) + ")"
    faults = Name(code, imports=frozenset({"from ipyasgi import CallOptions", "from ipyasgi import Faults"}))
    return {"extensions": {**options.get("extensions", {}), OPTIONS: faults}}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)
