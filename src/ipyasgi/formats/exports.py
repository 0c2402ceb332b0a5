"""`ExportMembers`: the methods that export an `Exchange` or `Exchanges` to other formats.

The formats are imported by the methods: a display of an exchange needs none of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from ..protocol.errors import RequestError
from ..records.carried import CarriedUse, Origin
from ..records.record import Record
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.secret_rules import FindsSecrets, Place
from .exported import LOCAL_URL, place_of, read_sent
from .volatile_fields import Path

T = TypeVar("T")

FORMATS: Mapping[str, str] = {
    "curl": "requests.sh",
    "curl-powershell": "requests.ps1",
    "curl-cmd": "requests-cmd.txt",
    "httpx": "requests.py",
    "pytest": "test_app.py",
    "locust": "locustfile.py",
    "http": "requests.http",
    "har": "requests.har",
}
"""The export formats, each with a file name for it; the method named by `method_of` writes it."""

_AS_RECORDED = (
    "Values of earlier responses are as recorded; only the export as curl, for a POSIX shell, reads them anew"
)


def method_of(form: str) -> str:
    """Return the name of the method that writes one of `FORMATS`: ``to_curl_cmd`` for ``curl-cmd``."""
    return f"to_{form.replace('-', '_')}"


class ExportMembers(ABC):
    """
    Exports of one or several exchanges.

    A value that an earlier response of these exchanges contained, such as an id or a token, is taken from that response
    when the export runs, but not in HAR. A secret becomes a placeholder, or a mask in a HAR archive, unless
    ``show_secrets`` is true; by default the settings of the exchanges decide. In an export with an exchange that was
    restored without its secrets, they are always placeholders. ``base_url`` is the server for the exported requests.
    """

    __slots__ = ()

    @abstractmethod
    def _exported(self) -> Sequence[Record]:
        """Return the exchanges to export."""

    @abstractmethod
    def _changing(self) -> Sequence[Collection[Path]]:
        """Return, for each exchange to export, the paths in its body that differed between responses."""

    @abstractmethod
    def _routes(self) -> Sequence[str]:
        """Return, for each exchange to export, the path of its route, such as ``/items/{item_id}``, or nothing."""

    @abstractmethod
    def _find_carried(
        self, exchanges: Sequence[Record], specs: Sequence[RequestSpec]
    ) -> Sequence[Sequence[CarriedUse]]:
        """Return for each of these requests its values that the response of an earlier exchange contained."""

    @property
    def carried(self) -> Mapping[tuple[str, str], Origin]:
        """
        The values of the requests that an earlier response of these exchanges contained.

        Keys are the name of the exchange and the place in its request: ``("r2", "path")``, ``("r2", "query cursor")``,
        ``("r2", "header authorization")`` or ``("r2", "body")``, a further value of a place with its number, and
        ``("r2", "target")`` for a whole link with its query; values have the ``exchange`` and the ``path`` in its
        response, such as ``$.id``.
        """
        exchanges = self._exported()
        specs = read_sent(exchanges, with_jar=True)
        found: dict[tuple[str, str], Origin] = {}
        for exchange, spec, uses in zip(exchanges, specs, self._find_carried(exchanges, specs), strict=True):
            numbers: Counter[str] = Counter()
            for use in uses:
                place = place_of(use, spec)
                numbers[place] += 1
                key = place if numbers[place] == 1 else f"{place} #{numbers[place]}"
                found[exchange.name, key] = Origin(use.source.exchange, use.source.path)
        return found

    def to_curl(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """
        Return a curl command for each request, for a POSIX shell; a secret becomes ``$NAME``.

        If a request needs a value of an earlier response, such as a token, it is a script that reads it with jq. A
        comment names what came from a header or a cookie, and has to be set by hand.
        """
        from .curl import render_curl

        exchanges = _sendable(_ends(self._exported()), "curl")
        specs = read_sent(exchanges)
        text = render_curl(
            specs,
            base_url=base_url,
            follow_redirects=_were_redirected(exchanges),
            redactor=_hider_of(exchanges, show_secrets),
            names=[exchange.name for exchange in exchanges],
            carried=self._find_carried(exchanges, specs),
        )
        return f"{text}\n"

    def to_curl_powershell(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """
        Return curl commands for PowerShell on Windows, 5.1 or newer; a secret becomes ``$env:NAME``.

        curl reads from temporary files what 5.1 would change in an argument, such as JSON with its quotation marks.
        Values of earlier responses are as recorded; a comment says so.
        Raises `RequestError` for a NUL character outside the body.
        """
        from .curl_powershell import render_curl_powershell

        return self._for_windows(render_curl_powershell, "#", base_url, show_secrets)

    def to_curl_cmd(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """
        Return a curl command for each request, for the prompt of Windows' cmd.exe; a secret becomes ``%NAME%``.

        A body with line ends or characters beyond ASCII cannot be an argument there: a comment names the file to write
        it to first. Values of earlier responses are as recorded; a comment says so.
        Raises `RequestError` for a header or a field of a form that cannot be an argument.
        """
        from .curl_cmd import render_curl_cmd

        names = [exchange.name for exchange in _ends(self._exported())]
        return self._for_windows(partial(render_curl_cmd, names=names), "rem", base_url, show_secrets)

    def _for_windows(self, render: Callable[..., str], comment: str, base_url: str, show_secrets: bool | None) -> str:
        exchanges = _sendable(_ends(self._exported()), "curl")
        specs = read_sent(exchanges)
        text = render(
            specs,
            base_url=base_url,
            follow_redirects=_were_redirected(exchanges),
            redactor=_hider_of(exchanges, show_secrets),
        )
        head = f"{comment} {_AS_RECORDED}\n\n" if any(self._find_carried(exchanges, specs)) else ""
        return f"{head}{text}\n"

    def to_http(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """
        Return the text of a ``.http`` file with each request; a secret becomes ``{{name}}``.

        A value of an earlier response becomes a variable, ``@thing_id = {{r1.response.body.$.id}}``, as in REST Client.
        Raises `RequestError` for a body that such a file cannot contain.
        """
        from .http_writer import render_http

        exchanges = _sendable(_ends(self._exported()), "a .http file")
        titles = [exchange.name for exchange in exchanges]
        specs = read_sent(exchanges, with_jar=True)  # editors' clients keep cookies too
        return render_http(
            zip(titles, specs, strict=True),
            base_url=base_url,
            redactor=_hider_of(exchanges, show_secrets),
            carried=self._find_carried(exchanges, specs),
        )

    def to_httpx(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """
        Return a script that sends each request with httpx; a secret becomes ``os.environ["NAME"]``.

        A comment says which dependencies of the app were overridden.
        """
        from .python_code import render_httpx

        exchanges = _sendable(_ends(self._exported()), "httpx")
        specs = read_sent(exchanges, with_jar=True)
        return render_httpx(
            specs,
            base_url=base_url,
            follow_redirects=_were_redirected(exchanges),
            redactor=_hider_of(exchanges, show_secrets),
            notes=[_overridden(exchange) for exchange in exchanges],
            names=[exchange.name for exchange in exchanges],
            carried=self._find_carried(exchanges, specs),
        )

    def to_har(self, *, show_secrets: bool | None = None) -> str:
        """Return a HAR 1.2 archive in JSON, with requests, responses and timings; secrets are masked."""
        from .har import render_har

        exchanges = _ends(self._exported())
        return f"{render_har(exchanges, redactor=_redactor_of(exchanges, show_secrets))}\n"

    def to_pytest(
        self,
        *,
        app: str = "",
        factory: bool = False,
        volatile: Collection[str | Path] | None = None,
        show_secrets: bool | None = None,
    ) -> str:
        """
        Return a pytest file with a test for each exchange, in order; a secret becomes ``os.environ["NAME"]``.

        Exchanges of which a later one needs a value of an earlier response are one test, with those between them.
        Secrets in responses are not checked. A test overrides the dependencies of a FastAPI app that were overridden.

        :param app: ``module:attribute`` of the app; without it the file has a marked line to edit
        :param factory: call the attribute to get the app
        :param volatile: JSON paths such as ``$.items[0].id`` whose values differ each time; if None, ids and times are
            recognised by their names, and other values by different responses in the history, as in a recheck
        Raises `RequestError` if no exchange can be checked, or ``app`` is not ``module:attribute``.
        """
        from .pytest_code import render_pytest

        exchanges = _ends(self._exported())
        return render_pytest(
            exchanges,
            app=app,
            factory=factory,
            volatile=volatile,
            changing=self._of_ends(self._changing()),
            routes=self._of_ends(self._routes()),
            find_carried=self._find_carried,
            redactor=_hider_of(exchanges, show_secrets),
        )

    def to_locust(self, *, host: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """
        Return a locustfile in which each user sends these requests in order; a secret becomes ``os.environ["NAME"]``.

        Locust runs it, in any number of processes: ``locust -f locustfile.py --host http://localhost:8000``.
        Requests are counted by their routes. Another status than the recorded one is a failure.

        :param host: the server, unless the command has ``--host``
        Raises `RequestError` if no exchange has a response.
        """
        from .locust_code import render_locust

        exchanges = _sendable(_ends(self._exported()), "a locustfile")
        return render_locust(
            exchanges,
            host=host,
            routes=self._of_ends(self._routes()),
            find_carried=self._find_carried,
            redactor=_hider_of(exchanges, show_secrets),
        )

    def _of_ends(self, values: Sequence[T]) -> Sequence[T]:
        """Return the values, one for each exchange, of those that `_ends` leaves."""
        exchanges = self._exported()
        kept = set(map(id, _ends(exchanges)))
        return [value for exchange, value in zip(exchanges, values, strict=True) if id(exchange) in kept]


def _ends(exchanges: Sequence[Record]) -> Sequence[Record]:
    """
    Return exchanges without those whose redirect led to another of them, which sends the request of both.

    Raises `RequestError` if there is none.
    """
    if not exchanges:
        raise RequestError("no exchange to export: no request was sent, or the filter matches none; see `history`")
    passed = {one.name for exchange in exchanges for one in exchange.previous}
    return [exchange for exchange in exchanges if exchange.name not in passed]


def _sendable(exchanges: Sequence[Record], form: str) -> Sequence[Record]:
    for exchange in exchanges:
        if exchange.faults is not None:
            raise RequestError(
                f"{exchange.name} was sent with Faults ({exchange.faults}), which {form} cannot have: "
                "export it as pytest"
            )
        if exchange.spec.is_partial:
            raise RequestError(
                f"the request of {exchange.name} cannot be exported: its body was sent from an iterator or a file, and "
                "is not kept whole. Send it again with bytes as content, or export it as har"
            )
    return exchanges


def _overridden(exchange: Record) -> str:
    return f"recorded with {', '.join(map(str, exchange.overrides))}" if exchange.overrides else ""


def _were_redirected(exchanges: Sequence[Record]) -> bool:
    return any(exchange.previous for exchange in exchanges)


def _hider_of(exchanges: Sequence[Record], show_secrets: bool | None) -> Redactor:
    """Return the redactor for placeholders, which also take the place of what is masked already."""
    redactor = _redactor_of(exchanges, show_secrets)
    return replace(redactor, show=False) if any(one.masked for one in exchanges) else redactor


def _redactor_of(exchanges: Sequence[Record], show_secrets: bool | None) -> Redactor:
    every = [exchange.settings.redactor for exchange in exchanges]
    return Redactor(
        names=frozenset[str]().union(*(one.names for one in every)),
        learnt=frozenset[tuple[Place, str]]().union(*(one.learnt for one in every)),
        paths=frozenset[FindsSecrets]().union(*(one.paths for one in every)),
        show=all(one.show for one in every) if show_secrets is None else show_secrets,
    )
