"""`Auth`: signing in from the panel. The explorer keeps the credentials; the page gets what may be shown of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from ...engine.pending import Pending
from ...explorer.explorer import Explorer
from ...explorer.sign_in import build_credential, find_token, read_sign_in, token_request
from ...history.exchange import Exchange
from ...openapi.credentials import CredentialStatus, fields_of, token_url
from ...openapi.media import kind_of
from ...openapi.operation import SecurityScheme
from ...protocol.errors import IpyasgiError, SignInError
from ...records.requests import RequestSpec
from ...views.markdown import MOST_CHARS, read_markdown
from ...views.view import one_line
from .operation_docs import page_blocks

_KINDS = {"oauth2": "OAuth2", "openIdConnect": "OpenID Connect", "mutualTLS": "Client certificate"}


class Auth:
    """
    The sign-in of one panel, used on its thread, where ``soon`` runs functions.

    :param on_change: called when `state` has changed, except by the explorer's credentials, which have an event
    """

    def __init__(self, explorer: Explorer, *, soon: Callable[..., None], on_change: Callable[[], None]) -> None:
        self._explorer = explorer
        self._soon = soon
        self._on_change = on_change
        self._notes: dict[str, tuple[str, str]] = {}

    def state(self, schemes: Mapping[str, SecurityScheme]) -> dict[str, Any]:
        """
        Return the ``schemes`` for the page.

        Each has its ``key`` and ``kind``; the ``blocks`` of its description (`page_blocks`); the ``fields`` to fill;
        ``asks``, whether the app issues the token; ``set``, ``user`` and ``expires_at_s`` of the credential; and the
        last ``note`` about it with its ``tone``.
        """
        return {"schemes": [self._scheme(one) for one in schemes.values()]}

    def take(self, scheme: SecurityScheme, values: Mapping[str, Any]) -> None:
        """Store the values; for OAuth2's password flow, request the token from the app first."""
        token, user, password = (str(values.get(name) or "") for name in ("token", "user", "password"))
        credential = build_credential(token=token, user=user, password=password)
        try:
            spec = token_request(scheme, credential)
        except IpyasgiError as exc:
            self._show(scheme.key, str(exc), "bad")
            return
        if spec is not None:
            self._request_token(scheme.key, user, spec)
            return
        self._show(scheme.key)
        self._explorer.credentials.set(scheme.key, credential)

    def take_token(self, scheme: SecurityScheme, exchange: Exchange) -> None:
        """Store the token in the response of an exchange, if it has one."""
        credential = find_token(exchange, user=_user_of(exchange.spec))
        if credential is not None:
            self._show(scheme.key)
            self._explorer.credentials.set(scheme.key, credential)

    def forget(self, key: str) -> None:
        """Delete the credential of a scheme."""
        self._show(key)
        self._explorer.credentials.forget(key)

    def forget_errors(self) -> None:
        """Remove the messages of failed sign-ins: the credentials have changed since."""
        self._notes = {key: (note, tone) for key, (note, tone) in self._notes.items() if tone != "bad"}

    def _scheme(self, scheme: SecurityScheme) -> dict[str, Any]:
        status = self._explorer.credentials.status(scheme.key)
        shown = status or CredentialStatus()
        note, tone = self._notes.get(scheme.key, ("", ""))
        return {
            "key": scheme.key,
            "kind": describe_scheme(scheme),
            "blocks": page_blocks(
                read_markdown(self._explorer.settings.redactor.text(scheme.description[:MOST_CHARS]))
            ),
            "fields": list(fields_of(scheme)),
            "asks": bool(token_url(scheme)),
            "set": status is not None,
            "user": one_line(shown.user, 100),
            "expires_at_s": shown.expires_at_s,
            "note": note,
            "tone": tone,
        }

    def _request_token(self, key: str, user: str, spec: RequestSpec) -> None:
        self._explorer.submit(
            spec,
            raise_exceptions=False,
            on_done=lambda done: self._soon(self._end_sign_in, key, user, done),
        )
        self._show(key, f"Signing in at {spec.path}", "busy")

    def _end_sign_in(self, key: str, user: str, done: Pending[Exchange]) -> None:
        exchange = done.value
        if exchange is None or exchange.response is None:
            self._show(key, f"Sign-in failed: {done.exception or 'no response'}", "bad")
            return
        try:
            credential = read_sign_in(exchange, self._explorer.settings.redactor, user=user)
        except SignInError as exc:
            self._show(key, f"Sign-in failed: {one_line(exc.message, 200)} ({exchange.name})", "bad")
        else:
            self._show(key)
            self._explorer.credentials.set(key, credential)

    def _show(self, key: str, note: str = "", tone: str = "") -> None:
        self._notes[key] = (note, tone)
        self._on_change()


def describe_scheme(scheme: SecurityScheme) -> str:
    """Return in a few words what a scheme sends: ``API key in the header X-API-Key``."""
    if scheme.kind == "apiKey":
        return f"API key in the {scheme.place} {scheme.name}"
    if scheme.kind == "http":
        return {"basic": "Name and password", "bearer": "Bearer token"}.get(scheme.scheme, f"HTTP {scheme.scheme}")
    return "OAuth2 with name and password" if token_url(scheme) else _KINDS.get(scheme.kind, scheme.kind)


def _user_of(spec: RequestSpec) -> str:
    """Return the user in a form that was sent for a token."""
    if kind_of(spec.header("content-type")) != "urlencoded":
        return ""
    return dict(parse_qsl(spec.body.decode("utf-8", "replace"), max_num_fields=1000)).get("username", "")
