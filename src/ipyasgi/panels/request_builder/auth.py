"""`Auth`: signing in from the form. The explorer keeps the credentials; the page only knows which are set."""

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
from ...views.view import one_line
from .form_request import try_json


class Auth:
    """The sign-in of one panel, used on its thread, where ``soon`` runs functions; reports changes of `state`."""

    def __init__(self, explorer: Explorer, *, soon: Callable[..., None], on_change: Callable[[], None]) -> None:
        self._explorer = explorer
        self._soon = soon
        self._on_change = on_change
        self._messages: dict[str, tuple[str, str]] = {}

    def state(self, schemes: Mapping[str, SecurityScheme]) -> dict[str, Any]:
        """Return for each scheme whether it is set, the last message about it, and its tone."""
        return {key: [key in self._explorer.credentials, *self._messages.get(key, ("", ""))] for key in schemes}

    def take(self, scheme: SecurityScheme, values: Mapping[str, Any]) -> None:
        """Store the values; for OAuth2's password flow, request the token from the app first."""
        token, user, password = (str(values.get(name) or "") for name in ("token", "user", "password"))
        credential = Credential(token=token, user=user, password=password)
        if scheme.kind == "oauth2" and token_url(scheme) and not token:
            self._request_token(scheme, credential)
            return
        self._explorer.credentials.set(scheme.key, credential)
        self._show(scheme.key, "", "")

    def forget(self, key: str) -> None:
        """Delete the credential of a scheme."""
        self._explorer.credentials.forget(key)
        self._show(key, "", "")

    def _request_token(self, scheme: SecurityScheme, credential: Credential) -> None:
        # The app's own endpoint in this process, even if the document names a server.
        path = "/" + urlsplit(token_url(scheme)).path.lstrip("/")
        try:
            spec = build_spec("POST", path, data=token_form(credential))
            self._explorer.submit(
                spec,
                raise_exceptions=False,
                on_done=lambda done: self._soon(self._take_token, scheme.key, credential.user, done),
            )
        except IpyasgiError as exc:
            self._show(scheme.key, str(exc), "bad")
        else:
            self._show(scheme.key, f"Signing in at {path}", "busy")

    def _take_token(self, key: str, user: str, done: Pending[Exchange]) -> None:
        exchange = done.value
        if exchange is None or exchange.response is None:
            self._show(key, f"Sign-in failed: {done.exception or 'no response'}", "bad")
            return
        reply = try_json(exchange.response.text)
        token = read_token(reply)
        if token:
            self._explorer.credentials.set(key, Credential(token=token))
            self._show(key, f"Signed in{f' as {one_line(user, 100)}' if user else ''} ({exchange.name})", "good")
            return
        reason = reply.get("error_description") or reply.get("detail") if isinstance(reply, dict) else None
        shown = self._explorer.settings.redactor.text(reason) if isinstance(reason, str) else exchange.outcome
        self._show(key, f"Sign-in failed: {one_line(shown, 200)} ({exchange.name})", "bad")

    def _show(self, key: str, message: str, tone: str) -> None:
        self._messages[key] = (message, tone)
        self._on_change()
