"""`Credentials`: the user's credentials for one explorer, and how each security scheme sends them.

They are never shown; a page only learns which schemes are set.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..protocol.errors import FieldError
from ..records.requests import RequestSpec
from .operation import Operation, SecurityScheme


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Credential:
    """
    The token or key for one scheme, or the user and password.

    :ivar user: also of a token, if known
    :ivar expires_at_s: seconds since the epoch; None if unknown
    """

    token: str = ""
    user: str = ""
    password: str = ""
    expires_at_s: float | None = None

    def __repr__(self) -> str:
        return "<Credential>"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialStatus:
    """What may be shown of a `Credential`."""

    user: str = ""
    expires_at_s: float | None = None


class Credentials:
    """
    The credentials of one explorer, by the scheme's key in the document. Thread-safe.

    :param on_change: called after each change, on the thread that made it
    """

    def __init__(self, on_change: Callable[[], object] = lambda: None) -> None:
        self._held: dict[str, Credential] = {}
        self._lock = threading.Lock()
        self._on_change = on_change

    def set(self, key: str, credential: Credential) -> None:
        """Set the credential for a scheme."""
        with self._lock:
            self._held[key] = credential
        self._on_change()

    def forget(self, key: str) -> None:
        """Remove the credential for a scheme, if any."""
        with self._lock:
            self._held.pop(key, None)
        self._on_change()

    def clear(self) -> None:
        """Remove all credentials."""
        with self._lock:
            self._held.clear()
        self._on_change()

    def status(self, key: str) -> CredentialStatus | None:
        """Return what may be shown of the credential for a scheme, None if none is set."""
        with self._lock:
            found = self._held.get(key)
        return CredentialStatus(user=found.user, expires_at_s=found.expires_at_s) if found is not None else None

    def has_token(self, token: str) -> bool:
        """Return whether a token is one of the credentials."""
        with self._lock:
            return any(one.token == token for one in self._held.values())

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, key: object) -> bool:
        return key in self._held

    def apply(self, spec: RequestSpec, operation: Operation, schemes: Mapping[str, SecurityScheme]) -> RequestSpec:
        """
        Return the request with credentials for the first security alternative whose schemes are all set.

        Credentials in the request itself take precedence. Raises `FieldError` for a credential that cannot be sent.
        """
        held = self._copy()
        for scheme in _chosen(held, operation, schemes):
            spec = _add(spec, scheme, held[scheme.key])
        return spec

    def sent_as(
        self, operation: Operation, schemes: Mapping[str, SecurityScheme]
    ) -> tuple[tuple[SecurityScheme, str, str], ...]:
        """Return each scheme that `apply` uses, with the location, such as ``header``, and the name of its value."""
        return tuple(
            (one, one.place, one.name) if one.kind == "apiKey" else (one, "header", "authorization")
            for one in _chosen(self._copy(), operation, schemes)
        )

    def _copy(self) -> dict[str, Credential]:
        with self._lock:
            return dict(self._held)

    def __repr__(self) -> str:
        return f"<Credentials for {', '.join(sorted(self._held)) or 'nothing'}>"


def fields_of(scheme: SecurityScheme) -> tuple[str, ...]:
    """Return the fields of a scheme: ``token``, or ``user`` and ``password``, or none if no credential can be typed."""
    if (scheme.kind == "oauth2" and token_url(scheme)) or (scheme.kind == "http" and scheme.scheme == "basic"):
        return ("user", "password")
    return () if scheme.kind == "mutualTLS" else ("token",)


def token_url(scheme: SecurityScheme) -> str:
    """Return the token URL of OAuth2's password flow, empty if the scheme does not have that flow."""
    flow = scheme.flows.get("password")
    return str(flow.get("tokenUrl", "")) if isinstance(flow, Mapping) else ""


def token_form(credential: Credential, scopes: Sequence[str] = ()) -> dict[str, str]:
    """Return the form fields of a token request: RFC 6749, section 4.3.2."""
    form = {"grant_type": "password", "username": credential.user, "password": credential.password}
    return form | ({"scope": " ".join(scopes)} if scopes else {})


def read_token(response: Any) -> str:
    """Return the token of a response to `token_form`, or an empty string: RFC 6749, section 5.1."""
    token = response.get("access_token") if isinstance(response, Mapping) else None
    return token if isinstance(token, str) else ""


def _chosen(
    held: Mapping[str, Credential], operation: Operation, schemes: Mapping[str, SecurityScheme]
) -> list[SecurityScheme]:
    """Return the schemes of the first security alternative whose credentials are all there."""
    alternative = next((one for one in operation.security if one and all(key in held for key in one)), {})
    return [schemes[key] for key in alternative if key in schemes]


def _add(spec: RequestSpec, scheme: SecurityScheme, credential: Credential) -> RequestSpec:
    if scheme.kind != "apiKey":
        return _with_header(spec, scheme.key, "authorization", _authorization(scheme, credential))
    if scheme.place == "query":
        named = any(name == scheme.name for name, _ in spec.query)
        return spec if named else replace(spec, query=(*spec.query, (scheme.name, credential.token)))
    if scheme.place == "cookie":
        cookie = _encoded(scheme.key, f"{scheme.name}={credential.token}")
        before = spec.header("cookie")
        if any(pair.strip().startswith(f"{scheme.name}=") for pair in before.split(";")):
            return spec
        others = tuple(pair for pair in spec.headers if pair[0] != b"cookie")
        cookies = b"; ".join(filter(None, (before.encode("latin-1"), cookie)))
        return replace(spec, headers=(*others, (b"cookie", cookies)))
    return _with_header(spec, scheme.key, scheme.name.lower(), credential.token)


def _authorization(scheme: SecurityScheme, credential: Credential) -> str:
    if scheme.kind == "http" and scheme.scheme == "basic":
        return f"Basic {base64.b64encode(f'{credential.user}:{credential.password}'.encode()).decode()}"
    return f"{(scheme.scheme.title() if scheme.kind == 'http' else '') or 'Bearer'} {credential.token}"


def _with_header(spec: RequestSpec, key: str, name: str, value: str) -> RequestSpec:
    field = _encoded(key, name)
    if any(given == field for given, _ in spec.headers):
        return spec
    return replace(spec, headers=(*spec.headers, (field, _encoded(key, value))))


def _encoded(key: str, text: str) -> bytes:
    try:
        found = text.encode("ascii")
    except UnicodeEncodeError:
        raise FieldError(f"auth.{key}", "only ASCII characters can be sent here: remove the others") from None
    if any(code < 32 or code == 127 for code in found):
        raise FieldError(f"auth.{key}", "remove the line break or control character in it")
    return found
