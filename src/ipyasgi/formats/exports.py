"""`ExportMembers`: the methods that export an `Exchange` or `Exchanges` to other formats."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence

from ..protocol.errors import RequestError
from ..records.record import Record
from ..records.redaction import Redactor
from ..records.secret_rules import Place
from .curl import render_curl
from .exported import read_sent
from .har import render_har
from .http_file import render_http
from .imported import LOCAL_URL
from .pytest_code import render_pytest
from .python_code import render_httpx
from .volatile_fields import Path

FORMATS: Mapping[str, str] = {
    "curl": "requests.sh",
    "httpx": "requests.py",
    "pytest": "test_app.py",
    "http": "requests.http",
    "har": "requests.har",
}
"""The export formats, each with a file name for it; the method ``to_NAME`` writes it."""


class ExportMembers(ABC):
    """
    Exports of one or several exchanges.

    A secret becomes a placeholder, or a mask in a HAR archive, unless ``show_secrets`` is true; by default the settings
    of the exchanges decide. ``base_url`` is the server for the exported requests.
    """

    __slots__ = ()

    @abstractmethod
    def _exported(self) -> Sequence[Record]:
        """Return the exchanges to export."""

    @abstractmethod
    def _changing(self) -> Sequence[Collection[Path]]:
        """Return, for each exchange to export, the paths in its body that differed between responses."""

    def to_curl(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """Return a curl command for each request, for a POSIX shell; a secret becomes ``$NAME``."""
        exchanges = _sendable(_ends(self._exported()))
        return render_curl(
            read_sent(exchanges),
            base_url=base_url,
            follow_redirects=_were_redirected(exchanges),
            redactor=_redactor_of(exchanges, show_secrets),
        )

    def to_http(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """
        Return the text of a ``.http`` file with each request; a secret becomes ``{{name}}``.

        Raises `RequestError` for a body that such a file cannot contain.
        """
        exchanges = _sendable(_ends(self._exported()))
        titles = [exchange.name for exchange in exchanges]
        requests = zip(titles, read_sent(exchanges), strict=True)
        return render_http(requests, base_url=base_url, redactor=_redactor_of(exchanges, show_secrets))

    def to_httpx(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """Return a script that sends each request with httpx; a secret becomes ``os.environ["NAME"]``."""
        exchanges = _sendable(_ends(self._exported()))
        return render_httpx(
            read_sent(exchanges, with_jar=True),
            base_url=base_url,
            follow_redirects=_were_redirected(exchanges),
            redactor=_redactor_of(exchanges, show_secrets),
        )

    def to_har(self, *, show_secrets: bool | None = None) -> str:
        """Return a HAR 1.2 archive in JSON, with requests, responses and timings; secrets are masked."""
        exchanges = _ends(self._exported())
        return render_har(exchanges, redactor=_redactor_of(exchanges, show_secrets))

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

        Secrets in responses are not checked.

        :param app: ``module:attribute`` of the app; without it the file has a marked line to edit
        :param factory: call the attribute to get the app
        :param volatile: JSON paths such as ``$.items[0].id`` whose values differ each time; if None, ids and times are
            recognised by their names, and other values by different responses in the history, as in a recheck
        Raises `RequestError` if no exchange can be checked, or ``app`` is not ``module:attribute``.
        """
        exchanges = _ends(self._exported())
        redactor = _redactor_of(exchanges, show_secrets)
        pairs, kept = zip(self._exported(), self._changing(), strict=True), set(map(id, exchanges))
        return render_pytest(
            exchanges,
            app=app,
            factory=factory,
            volatile=volatile,
            changing=[paths for one, paths in pairs if id(one) in kept],
            redactor=redactor,
        )


def _ends(exchanges: Sequence[Record]) -> Sequence[Record]:
    """
    Return exchanges without those whose redirect led to another of them, which sends the request of both.

    Raises `RequestError` if there is none.
    """
    if not exchanges:
        raise RequestError("no exchange to export: no request was sent, or the filter matches none; see `history`")
    passed = {one.name for exchange in exchanges for one in exchange.previous}
    return [exchange for exchange in exchanges if exchange.name not in passed]


def _sendable(exchanges: Sequence[Record]) -> Sequence[Record]:
    for exchange in exchanges:
        if exchange.spec.is_partial:
            raise RequestError(
                f"the request of {exchange.name} cannot be exported: its body was sent from an iterator or a file, and "
                "is not kept whole. Send it again with bytes as content, or export it as har"
            )
    return exchanges


def _were_redirected(exchanges: Sequence[Record]) -> bool:
    return any(exchange.previous for exchange in exchanges)


def _redactor_of(exchanges: Sequence[Record], show_secrets: bool | None) -> Redactor:
    every = [exchange.settings.redactor for exchange in exchanges]
    return Redactor(
        names=frozenset[str]().union(*(one.names for one in every)),
        learnt=frozenset[tuple[Place, str]]().union(*(one.learnt for one in every)),
        show=all(one.show for one in every) if show_secrets is None else show_secrets,
    )
