"""The default headers and cookies of an explorer's requests, as live mappings over its client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Self

from ..client.httpx import httpx
from ..client.testclient import TestClient
from ..protocol.errors import RequestError
from ..records.settings import Settings
from ..shown import Shown


class _DefaultMapping(Shown, MutableMapping[str, str]):
    """A mapping of names to values, read and written in the client."""

    noun = ""

    def __init__(self, client: TestClient, settings: Settings) -> None:
        self.settings = settings
        self._client = client

    def set(self, values: Mapping[str, str]) -> Self:
        """Set values, and return the mapping."""
        self.update(values)
        return self

    def remove(self, *names: str) -> Self:
        """Remove names, and return the mapping; raises ``KeyError`` for an unknown name."""
        for name in names:
            del self[name]
        return self

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<{len(self)} {self.noun}: {', '.join(self)}>"

    def _missing(self, name: str) -> KeyError:
        return KeyError(f"there is no default {self.noun[:-1]} {name!r}; the defaults are: {', '.join(self) or 'none'}")


class DefaultHeaders(_DefaultMapping):
    """The headers of all requests that do not set their own."""

    noun = "headers"

    def __getitem__(self, name: str) -> str:
        if name not in self._client.headers:
            raise self._missing(name)
        return str(self._client.headers[name])

    def __setitem__(self, name: str, value: str) -> None:
        try:
            self._client.headers.update(httpx.Headers({name: value}))
        except (TypeError, ValueError, UnicodeError) as exc:
            raise RequestError(f"the header {name!r} cannot be sent: {exc}") from exc

    def __delitem__(self, name: str) -> None:
        if name not in self._client.headers:
            raise self._missing(name)
        del self._client.headers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._client.headers)


class DefaultCookies(_DefaultMapping):
    """The cookies of requests; of several cookies with the same name, the last one."""

    noun = "cookies"

    def __getitem__(self, name: str) -> str:
        for cookie in reversed(list(self._client.cookies.jar)):
            if cookie.name == name:
                return cookie.value or ""
        raise self._missing(name)

    def __setitem__(self, name: str, value: str) -> None:
        self._client.cookies.delete(name)
        self._client.cookies.set(name, value)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise self._missing(name)
        self._client.cookies.delete(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(cookie.name for cookie in self._client.cookies.jar))
