"""What a token reveals about itself: user and expiry, for display only. Signatures are not verified. Pure."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from typing import Any

from .credentials import Credential, read_token
from .references import as_mapping

_MAX_CHARS = 20_000
_MAX_NAME = 200
_NAMES = ("preferred_username", "email", "username", "name", "sub")
_MAX_TIME_S = 253_402_300_799.0  # the end of the year 9999


def read_credential(token: str, *, user: str = "", response: Any = None, received_at_s: float = 0.0) -> Credential:
    """
    Return a token as a credential, with its user and expiry if it is a JWT, else with those of the response.

    :param user: who asked for it; by default the one that the token names
    :param response: decoded JSON with ``expires_in``: RFC 6749, section 5.1
    :param received_at_s: when the response came, in seconds since the epoch
    """
    claims = read_claims(token)
    expires_at_s = _time_in(claims, "exp")
    if expires_at_s is None and (seconds := _time_in(as_mapping(response), "expires_in")) is not None:
        expires_at_s = received_at_s + seconds
    return Credential(token=token, user=user or _name_in(claims), expires_at_s=expires_at_s)


def try_read_token(response: Any, *, user: str = "", received_at_s: float = 0.0) -> Credential | None:
    """Return the credential in decoded JSON with an ``access_token``, or None."""
    token = read_token(response)
    return read_credential(token, user=user, response=response, received_at_s=received_at_s) if token else None


def read_claims(token: str) -> Mapping[str, Any]:
    """Return the claims of a JWT, unverified; an empty mapping for any other token: RFC 7519, section 3."""
    parts = token.split(".", 3)
    if len(parts) != 3 or len(token) > _MAX_CHARS:
        return {}
    try:
        text = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return as_mapping(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _name_in(claims: Mapping[str, Any]) -> str:
    names = (claims.get(name) for name in _NAMES)
    found = next((name for name in names if isinstance(name, str) and name), "")
    return "" if found.isdecimal() or len(found) > _MAX_NAME else found  # a number is a key of the app's database


def _time_in(values: Mapping[str, Any], name: str) -> float | None:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _MAX_TIME_S:
        return None
    return float(value) if math.isfinite(value) else None
