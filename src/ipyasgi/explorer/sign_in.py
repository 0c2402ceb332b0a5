"""Signing in as the app's document describes: which scheme, the request for a token, and the token in its response."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..client.response import is_whole
from ..history.exchange import Exchange
from ..openapi.credentials import Credential, Credentials, fields_of, token_form, token_url
from ..openapi.document import Document, find_operation
from ..openapi.operation import SecurityScheme
from ..openapi.token_claims import read_credential, try_read_token
from ..protocol.errors import RequestError, SignInError
from ..records.redaction import Redactor
from ..records.requests import RequestSpec, build_spec
from ..shown import hint

_MOST_BYTES = 256 * 1024
"""The maximum size of a response that is read for a token."""


def choose_scheme(schemes: Mapping[str, SecurityScheme], key: str | None, *, by_token: bool) -> SecurityScheme:
    """
    Return the scheme of a document to sign in with.

    :param key: of the scheme, if the user gave one
    :param by_token: for a token or key, rather than a name and a password
    Raises `RequestError` if there is none, or several.
    """
    if not schemes:
        raise RequestError(
            "the app's document describes no way to sign in: send the header with every request, "
            + hint(
                "%asgi headers Authorization:'Bearer {{token}}'",
                'explorer.headers.set({"Authorization": f"Bearer {token}"})',
            )
        )
    if key is not None:
        if key in schemes:
            return schemes[key]
        close = difflib.get_close_matches(key, schemes, 1)
        advice = f"did you mean {close[0]!r}?" if close else f"choose one of {', '.join(schemes)}"
        raise RequestError(f"the app's document has no security scheme {key!r}: {advice}")
    fitting = [one for one in schemes.values() if _fits(one, by_token=by_token)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(one.key for one in fitting)
        raise RequestError(f"the app has several ways to sign in, {names}: give one of them as scheme")
    given, other = ("a token", "a name and a password") if by_token else ("a name and a password", "a token")
    raise RequestError(f"the app's document describes no sign-in with {given}: give {other}")


def token_request(scheme: SecurityScheme, credential: Credential) -> RequestSpec | None:
    """Return the request for a token, to this app whatever the URL in its document; None if the scheme needs none."""
    if credential.token or scheme.kind != "oauth2" or not token_url(scheme):
        return None
    path = "/" + urlsplit(token_url(scheme)).path.lstrip("/")
    return build_spec("POST", path, data=token_form(credential))


def build_credential(*, token: str = "", user: str = "", password: str = "") -> Credential:
    """Return what the user gave as a credential; a token may reveal its user and expiry."""
    return read_credential(token, user=user) if token else Credential(user=user, password=password)


def sign_in(
    credential: Credential,
    scheme: SecurityScheme,
    credentials: Credentials,
    send: Callable[[RequestSpec], Exchange],
) -> Exchange | None:
    """Add a credential to the user's, after asking the app for its token if needed; return that exchange, or None."""
    exchange = None
    if (spec := token_request(scheme, credential)) is not None:
        exchange = send(spec)
        credential = read_sign_in(exchange, exchange.settings.redactor, user=credential.user)
    credentials.set(scheme.key, credential)
    return exchange


def sign(spec: RequestSpec, credentials: Credentials, document: Document) -> RequestSpec:
    """Return a request with the credentials that its operation needs."""
    operation = find_operation(document, spec.method, spec.path)
    return spec if operation is None else credentials.apply(spec, operation, document.schemes)


def find_token(exchange: Exchange, *, user: str = "") -> Credential | None:
    """Return the credential of a successful response with an ``access_token``, or None."""
    if exchange.response is None or not exchange.response.is_success:
        return None
    return try_read_token(_json_of(exchange), user=user, received_at_s=exchange.sent_at.timestamp())


def read_sign_in(exchange: Exchange, redactor: Redactor, *, user: str = "") -> Credential:
    """Return the token in the response to a `token_request`; raises `SignInError` with the app's message."""
    reply = _json_of(exchange)
    found = try_read_token(reply, user=user, received_at_s=exchange.sent_at.timestamp())
    if found is not None:
        return found
    message = reply.get("error_description") or reply.get("detail") if isinstance(reply, dict) else None
    raise SignInError(redactor.text(message) if isinstance(message, str) else exchange.outcome, exchange.name)


def _json_of(exchange: Exchange) -> Any:
    if exchange.response is None or not is_whole(exchange.response):
        return None
    if len(exchange.response.content) > _MOST_BYTES:
        return None
    try:
        return json.loads(exchange.response.text)
    except (ValueError, RecursionError):
        return None


def _fits(scheme: SecurityScheme, *, by_token: bool) -> bool:
    fields = fields_of(scheme)
    if by_token:
        return "token" in fields or scheme.kind == "oauth2"
    return "user" in fields
