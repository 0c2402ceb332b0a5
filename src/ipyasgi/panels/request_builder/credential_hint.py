"""`CredentialHint`: a line above a response, to sign in after a 401, or to use the token that the app sent."""

from __future__ import annotations

from typing import Any

import traitlets

from ...explorer.sign_in import find_token
from ...history.exchange import Exchange
from ...openapi.credentials import Credentials
from ...openapi.document import Document, find_operation
from ...openapi.operation import Operation, SecurityScheme
from ...records.requests import build_spec
from ..panel import Part, read_bundle, read_style

_BEARERS = ("oauth2", "openIdConnect")


class CredentialHint(Part):
    """
    A line with a button.

    :ivar hint: `find_hint`

    The page sends ``{ask: "use_token", name, key}``, with the exchange's name and a scheme's key.
    """

    _esm = read_bundle("credential_hint")
    _css = read_style("credential_hint")
    hint = traitlets.Dict().tag(sync=True)


def find_hint(exchange: Exchange, document: Document, credentials: Credentials) -> dict[str, Any]:
    """
    Return the hint for an exchange, empty for most.

    Of kind ``token``, with the ``name`` of the exchange and the ``keys`` of the schemes that a token in it is for; or
    ``sign_in``, with the ``keys`` that the operation needs, ``expires_at_s`` of the credentials that the app rejected,
    and ``sent``, whether there were any.
    """
    if exchange.response is None or not document.schemes:
        return {}
    keys = [key for key, scheme in document.schemes.items() if takes_bearer(scheme)]
    if keys and (found := find_token(exchange)) is not None and not credentials.has_token(found.token):
        return {"kind": "token", "name": exchange.name, "keys": keys}
    if exchange.response.status_code not in (401, 403):
        return {}
    operation = find_operation(document, exchange.spec.method, exchange.spec.path)
    if operation is None or not operation.security:
        return {}
    return _sign_in_hint(exchange, operation, document, credentials)


def takes_bearer(scheme: SecurityScheme) -> bool:
    """Return whether a scheme sends a bearer token, such as an ``access_token``."""
    return scheme.kind in _BEARERS or (scheme.kind == "http" and scheme.scheme == "bearer")


def _sign_in_hint(
    exchange: Exchange, operation: Operation, document: Document, credentials: Credentials
) -> dict[str, Any]:
    keys = dict.fromkeys(key for one in operation.security for key in one)
    held = [status for key in keys if (status := credentials.status(key)) is not None]
    signed = credentials.apply(build_spec("GET", "/"), operation, document.schemes)
    spec = exchange.spec
    were_sent = set(signed.headers) <= set(spec.headers) and set(signed.query) <= set(spec.query)
    if held and not were_sent:
        return {}  # signed in since
    if exchange.response is not None and exchange.response.status_code == 403 and held:
        return {}  # the user is known, and not allowed to do it
    times = [one.expires_at_s for one in held if one.expires_at_s is not None]
    return {"kind": "sign_in", "keys": list(keys), "sent": bool(held), "expires_at_s": min(times, default=None)}
