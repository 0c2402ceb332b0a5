"""`Credentials`: who the reader says to be, kept for one explorer, and how each security scheme says it. Pure values.

Nothing in here is ever shown: what a page gets to know is which schemes are set.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..protocol.errors import FieldError
from ..records.requests import RequestSpec
from .operation import Operation, SecurityScheme


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Credential:
    """
    What is said for one scheme.

    :ivar token: a token or a key; empty where there is a user
    """

    token: str = ""
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "<Credential>"


class Credentials:
    """The credentials of one explorer, by the scheme's key in the document. Any thread may use it."""

    def __init__(self) -> None:
        self._held: dict[str, Credential] = {}
        self._lock = threading.Lock()

    def set(self, key: str, credential: Credential) -> None:
        """Keep what is said for a scheme, in the place of what was."""
        with self._lock:
            self._held[key] = credential

    def forget(self, key: str) -> None:
        """Keep it no longer; harmless where nothing is kept."""
        with self._lock:
            self._held.pop(key, None)

    def __contains__(self, key: object) -> bool:
        return key in self._held

    def apply(self, spec: RequestSpec, operation: Operation, schemes: Mapping[str, SecurityScheme]) -> RequestSpec:
        """
        Return a request that says who asks: by the first of the operation's alternatives for which all is set.

        What the request says already goes before, so that one can try what is wrong.

        Raises `FieldError` for a credential that cannot stand where the scheme puts it.
        """
        with self._lock:
            held = dict(self._held)
        wanted = next((one for one in operation.security if one and all(key in held for key in one)), {})
        for key in wanted:
            if key in schemes:
                spec = _say(spec, schemes[key], held[key])
        return spec

    def __repr__(self) -> str:
        return f"<Credentials for {', '.join(sorted(self._held)) or 'nothing'}>"


def fields_of(scheme: SecurityScheme) -> tuple[str, ...]:
    """Return what a scheme asks for: ``token``, or ``user`` and ``password``; nothing where it cannot be typed."""
    if scheme.kind == "oauth2" and token_url(scheme):
        return ("user", "password")
    if scheme.kind == "http" and scheme.scheme == "basic":
        return ("user", "password")
    return () if scheme.kind == "mutualTLS" else ("token",)


def token_url(scheme: SecurityScheme) -> str:
    """Return where OAuth2's password flow asks for a token, empty where the scheme has no such flow."""
    flow = scheme.flows.get("password")
    return str(flow.get("tokenUrl", "")) if isinstance(flow, Mapping) else ""


def token_form(credential: Credential, scopes: Sequence[str] = ()) -> dict[str, str]:
    """Return the form fields that ask for a token: RFC 6749, section 4.3.2."""
    form = {"grant_type": "password", "username": credential.user, "password": credential.password}
    return form | ({"scope": " ".join(scopes)} if scopes else {})


def read_token(response: Any) -> str:
    """Return the token of a response to `token_form`, empty where it has none: RFC 6749, section 5.1."""
    token = response.get("access_token") if isinstance(response, Mapping) else None
    return token if isinstance(token, str) else ""


def _say(spec: RequestSpec, scheme: SecurityScheme, credential: Credential) -> RequestSpec:
    if scheme.kind != "apiKey":
        is_basic = scheme.kind == "http" and scheme.scheme == "basic"
        return _with_header(
            spec, scheme.key, "authorization", _basic(credential) if is_basic else _bearer(scheme, credential)
        )
    if scheme.place == "query":
        named = any(name == scheme.name for name, _ in spec.query)
        return spec if named else replace(spec, query=(*spec.query, (scheme.name, credential.token)))
    if scheme.place == "cookie":
        crumb = _encoded(scheme.key, f"{scheme.name}={credential.token}")
        before = spec.header("cookie")
        if any(pair.strip().startswith(f"{scheme.name}=") for pair in before.split(";")):
            return spec
        others = tuple(pair for pair in spec.headers if pair[0] != b"cookie")
        jar = b"; ".join(filter(None, (before.encode("latin-1"), crumb)))
        return replace(spec, headers=(*others, (b"cookie", jar)))
    return _with_header(spec, scheme.key, scheme.name.lower(), credential.token)


def _basic(credential: Credential) -> str:
    return f"Basic {base64.b64encode(f'{credential.user}:{credential.password}'.encode()).decode()}"


def _bearer(scheme: SecurityScheme, credential: Credential) -> str:
    known = scheme.scheme.title() if scheme.kind == "http" and scheme.scheme not in ("", "bearer") else "Bearer"
    return f"{known} {credential.token}"


def _with_header(spec: RequestSpec, key: str, name: str, value: str) -> RequestSpec:
    field = _encoded(key, name)
    if any(given == field for given, _ in spec.headers):
        return spec
    return replace(spec, headers=(*spec.headers, (field, _encoded(key, value))))


def _encoded(key: str, text: str) -> bytes:
    try:
        found = text.encode("ascii")
    except UnicodeEncodeError:
        raise FieldError(f"auth.{key}", "it has signs that a header cannot have") from None
    if any(sign < 32 or sign == 127 for sign in found):
        raise FieldError(f"auth.{key}", "it has a line end or a control sign in it")
    return found
