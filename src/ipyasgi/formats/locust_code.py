"""Exchanges as a locustfile, for a load test by Locust's own processes. Pure.

Each user sends the requests in order, takes carried values from its own responses, and counts a response with another
status than the recorded one as a failure. Locust sends with the library requests, whose arguments differ from httpx's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..protocol.errors import RequestError
from ..records.record import Record
from ..records.redaction import Redactor
from ..records.template import Template
from .exported import LOCAL_URL, FindCarried, carry_nothing, read_sent
from .placeholders import RequestTemplate, hide_secrets, route_of
from .python_code import PythonCode, RequestCode, build_code, quoted, read_carried

_INDENT = " " * 8
_CHECK = '''\
def has_status(response, expected):
    """Return whether a response has the status of the recording; if not, it is a failure."""
    if response.status_code == expected:
        response.success()
        return True
    response.failure(f"status {response.status_code} instead of {expected}")
    return False'''


def render_locust(
    exchanges: Sequence[Record],
    *,
    host: str = LOCAL_URL,
    routes: Sequence[str] = (),
    find_carried: FindCarried = carry_nothing,
    redactor: Redactor = Redactor(),
) -> str:
    """
    Return a locustfile with one task, which sends these requests in order.

    :param host: the server, which ``--host`` of the command changes
    :param routes: for each exchange, the path of its route, by which the requests are counted
    :param find_carried: returns for each request its values that the response of an earlier exchange contained
    Raises `RequestError` if no exchange has a response.
    """
    specs = read_sent(exchanges, with_jar=True)
    hidden, placeholders = hide_secrets(specs, redactor, find_carried(exchanges, specs))
    code = PythonCode()
    lines: list[str] = []
    is_any = False
    for exchange, request, route in zip(exchanges, hidden, routes or [""] * len(exchanges), strict=True):
        expected = _status_of(exchange)
        if expected is None:
            url = quoted(route_of(request, route))
            lines.append(f"{_INDENT}# {exchange.name}, {exchange.spec.method} {url}: {exchange.outcome}, left out")
            continue
        is_any = True
        lines += [f"{_INDENT}# recorded with {', '.join(map(str, exchange.overrides))}"] if exchange.overrides else []
        lines.append(_call(code, exchange, request, route_of(request, route)))
        gives = placeholders.carried_from(exchange.name)
        if gives:
            lines += [f"{_INDENT}    if not has_status(response, {expected}):", f"{_INDENT}        return"]
            lines += [f"{_INDENT}    {read_carried(one, 'self.client')}" for one in gives]
        else:
            lines.append(f"{_INDENT}    has_status(response, {expected})")
    if not is_any:
        raise RequestError("none of these exchanges has a response to expect: send the request again")
    return "\n".join([*_head(code, host, tuple(placeholders.secrets)), *_forget(exchanges), *lines, ""])


def _head(code: PythonCode, host: str, secrets: Sequence[str]) -> Iterator[str]:
    about = '"""Recorded with ipyasgi: each user sends these requests in turn. Run: locust -f FILE'
    if secrets:
        yield from [about, "", f"It needs {', '.join(secrets)} in the environment.", '"""', ""]
    else:
        yield from [f'{about}"""', ""]
    yield from [*code.head(), "from locust import HttpUser, between, task", "", "", _CHECK, "", ""]
    yield "class Recorded(HttpUser):"
    yield f"    host = {quoted(host.rstrip('/'))}  # locust --host changes it"
    yield "    wait_time = between(1, 2)  # seconds after the last request"
    yield from ["", "    @task", "    def send_all(self):"]


def _forget(exchanges: Sequence[Record]) -> Iterator[str]:
    """Yield the line that makes each run a new visitor, if responses set cookies."""
    every = list(exchanges)
    for exchange in exchanges:
        every += exchange.previous
    if any(one.response is not None and "set-cookie" in one.response.headers for one in every):
        yield f"{_INDENT}self.client.cookies.clear()"


def _status_of(exchange: Record) -> int | None:
    """Return the status to expect; None if there was no complete response."""
    if exchange.run is not None and exchange.run.outcome == "raised":
        return 500  # of any server
    if exchange.response is None or exchange.cut_off or exchange.exception is not None:
        return None
    return exchange.response.status_code


def _call(code: PythonCode, exchange: Record, request: RequestTemplate, route: str) -> str:
    """Return the statement that sends a request, up to the colon of its ``with``."""
    built = _for_requests(build_code(request))
    is_redirect = exchange.response is not None and exchange.response.has_redirect_location
    more = {**({"allow_redirects": False} if is_redirect else {}), "name": route, "catch_response": True}
    return f"{code.call(built, f'{_INDENT}with ', 'self.client', more=more)} as response:"


def _for_requests(code: RequestCode) -> RequestCode:
    """Return the arguments of the library requests: ``data`` for any body, and one value for each header."""
    headers: dict[str, Any] = {}
    for name, value in code.headers:
        headers[name] = Template.of(headers[name], ", ", value) if name in headers else value
    body = {"data" if name == "content" else name: value for name, value in code.body.items()}
    return replace(code, headers=list(headers.items()), body=body)
