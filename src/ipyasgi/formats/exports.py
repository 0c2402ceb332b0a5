"""`ExportMembers`: what `Exchange` and `Exchanges` do to become another format. Knows no format's own words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence

from ..records.record import Record
from ..records.redaction import Place, Redactor
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
"""The formats that exchanges are exported to, each with the name of a file of it; ``to_NAME`` below writes it."""


class ExportMembers(ABC):
    """
    What one or several exchanges are in other formats.

    In each of them the secrets are names to be filled, or masked in an archive, unless ``show_secrets`` is true; by
    default the settings of the exchanges decide.
    """

    __slots__ = ()

    @abstractmethod
    def _exported(self) -> Sequence[Record]:
        """Return the exchanges that are meant."""

    def to_curl(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """
        Return a curl command for each request, that a POSIX shell runs as it stands; secrets are ``$NAME``.

        :param base_url: where the app is served
        """
        exchanges = self._exported()
        return render_curl(
            read_sent(exchanges),
            base_url=base_url,
            follow_redirects=_were_redirected(exchanges),
            redactor=_redactor_of(exchanges, show_secrets),
        )

    def to_http(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """
        Return the text of a ``.http`` file with each request; secrets are ``{{name}}``.

        :param base_url: where the app is served
        Raises `RequestError` for a body that such a file cannot hold.
        """
        exchanges = self._exported()
        titles = [exchange.name for exchange in exchanges]
        requests = zip(titles, read_sent(exchanges), strict=True)
        return render_http(requests, base_url=base_url, redactor=_redactor_of(exchanges, show_secrets))

    def to_httpx(self, *, base_url: str = LOCAL_URL, show_secrets: bool | None = None) -> str:
        """
        Return a script with httpx that sends each request; secrets are ``os.environ["NAME"]``.

        :param base_url: where the app is served
        """
        exchanges = self._exported()
        return render_httpx(
            read_sent(exchanges, with_jar=True),
            base_url=base_url,
            follow_redirects=_were_redirected(exchanges),
            redactor=_redactor_of(exchanges, show_secrets),
        )

    def to_har(self, *, show_secrets: bool | None = None) -> str:
        """Return a HAR 1.2 archive, JSON, with requests, responses and timings; secrets are masked."""
        exchanges = self._exported()
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
        Return a test file that passes as it stands; secrets are ``os.environ["NAME"]``.

        :param app: where the app is, ``module:attribute``; without it a marked line is left to be edited
        :param factory: the attribute makes the app when it is called
        :param volatile: JSON paths such as ``$.items[0].id`` that differ from call to call, found by sending twice;
            None where nobody tried, and then ids and times are recognised by their names
        Raises `RequestError` where there is nothing to check.
        """
        exchanges = self._exported()
        redactor = _redactor_of(exchanges, show_secrets)
        return render_pytest(exchanges, app=app, factory=factory, volatile=volatile, redactor=redactor)


def _were_redirected(exchanges: Sequence[Record]) -> bool:
    return any(exchange.previous for exchange in exchanges)


def _redactor_of(exchanges: Sequence[Record], show_secrets: bool | None) -> Redactor:
    """Return one that masks what is secret in any of the exchanges."""
    every = [exchange.settings.redactor for exchange in exchanges]
    return Redactor(
        names=frozenset[str]().union(*(one.names for one in every)),
        learnt=frozenset[tuple[Place, str]]().union(*(one.learnt for one in every)),
        show=all(one.show for one in every) if show_secrets is None else show_secrets,
    )
