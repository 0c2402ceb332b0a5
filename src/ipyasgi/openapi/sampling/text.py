"""The shortest text that a schema allows: by its format, its pattern, its lengths. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .number import SampleError
from .pattern import build_match

_FILLER = "a"
_MOST = 10_000
_FORMATS: Mapping[str, str] = {
    "date-time": "2000-01-01T00:00:00Z",
    "date": "2000-01-01",
    "time": "00:00:00Z",
    "duration": "P1D",
    "email": "user@example.com",
    "idn-email": "user@example.com",
    "name-email": "user@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "ipvanyaddress": "127.0.0.1",
    "ipv4network": "127.0.0.0/8",
    "ipv6network": "::/128",
    "ipvanynetwork": "127.0.0.0/8",
    "ipv4interface": "127.0.0.1/8",
    "ipv6interface": "::1/128",
    "ipvanyinterface": "127.0.0.1/8",
    "uri": "http://example.com/",
    "url": "http://example.com/",
    "iri": "http://example.com/",
    "uri-reference": "/",
    "iri-reference": "/",
    "uri-template": "/{id}",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uuid1": "00000000-0000-1000-8000-000000000000",
    "uuid3": "00000000-0000-3000-8000-000000000000",
    "uuid4": "00000000-0000-4000-8000-000000000000",
    "uuid5": "00000000-0000-5000-8000-000000000000",
    "byte": "YQ==",
    "base64": "YQ==",
    "base64url": "YQ==",
    "json-pointer": "/a",
    "relative-json-pointer": "0",
    "json-string": "null",
    "regex": "a",
    "color": "black",
    "decimal": "0",
    "int64": "0",
}


def build_text(flat: Mapping[str, Any], shortest: int = 0) -> str:
    """
    Return the shortest text that a schema allows.

    :param flat: a schema, flattened
    :param shortest: no shorter than this, unless the schema forbids it
    Raises `SampleError` where there is none, `PatternError` where none was found for the pattern.
    """
    most = int(flat["maxLength"]) if "maxLength" in flat else None
    least = int(flat.get("minLength", 0))
    least = max(least, shortest if most is None else min(shortest, most))
    if least > _MOST:
        raise SampleError(f"a text of {least} characters is too long for an example")
    if "pattern" in flat:
        return build_match(flat["pattern"], least, most)
    known = _FORMATS.get(flat.get("format", ""), "")
    if known and least <= len(known) and (most is None or len(known) <= most):
        return known
    if most is not None and least > most:
        raise SampleError(f"no text has at least {least} and at most {most} characters")
    return _FILLER * least
