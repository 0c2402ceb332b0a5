"""Signing in from the form: what the page sends is kept by the explorer; the page knows only that it is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from ...engine.pending import Pending
from ...explorer.explorer import Explorer
from ...history.exchange import Exchange
from ...openapi.credentials import Credential, read_token, token_form, token_url
from ...openapi.operation import SecurityScheme
from ...protocol.errors import IpyasgiError
from ...records.requests import build_spec
from .form_request import try_json


class Auth:
    """
    The sign-in of one panel; on the panel's thread, but for what it is asked by `soon`.

    :param soon: runs something on the panel's thread
    :param on_change: called when `state` has changed
    """

    def __init__(self, explorer: Explorer, *, soon: Callable[..., None], on_change: Callable[[], None]) -> None:
        self._explorer = explorer
        self._soon = soon
        self._on_change = on_change
        self._said: dict[str, str] = {}

    def state(self, schemes: Mapping[str, SecurityScheme]) -> dict[str, Any]:
        """Return what the page gets to know: by scheme whether it is set, and the last words about it."""
        return {key: [key in self._explorer.credentials, self._said.get(key, "")] for key in schemes}

    def take(self, scheme: SecurityScheme, values: Mapping[str, Any]) -> None:
        """Keep what was typed; where it is a user of OAuth2's password flow, ask the app for the token first."""
        token, user, password = (str(values.get(name) or "") for name in ("token", "user", "password"))
        credential = Credential(token=token, user=user, password=password)
        if scheme.kind == "oauth2" and token_url(scheme) and not token:
            self._ask_for_token(scheme, credential)
            return
        self._explorer.credentials.set(scheme.key, credential)
        self._say(scheme.key, "")

    def forget(self, key: str) -> None:
        """Keep it no longer."""
        self._explorer.credentials.forget(key)
        self._say(key, "")

    def _ask_for_token(self, scheme: SecurityScheme, credential: Credential) -> None:
        # The app's own endpoint, in this process, whatever server the document names.
        path = "/" + urlsplit(token_url(scheme)).path.lstrip("/")
        try:
            spec = build_spec("POST", path, data=token_form(credential))
            self._explorer.submit(
                spec, raise_exceptions=False, on_done=lambda done: self._soon(self._take_token, scheme.key, done)
            )
        except IpyasgiError as exc:
            self._say(scheme.key, str(exc))
        else:
            self._say(scheme.key, f"asking {path}")

    def _take_token(self, key: str, done: Pending[Exchange]) -> None:
        exchange = done.value
        if exchange is None or exchange.response is None:
            self._say(key, f"no token: {done.exception or 'no response'}")
            return
        token = read_token(try_json(exchange.response.text))
        if token:
            self._explorer.credentials.set(key, Credential(token=token))
        self._say(key, f"signed in ({exchange.name})" if token else f"no token: {exchange.outcome} ({exchange.name})")

    def _say(self, key: str, words: str) -> None:
        self._said[key] = words
        self._on_change()
