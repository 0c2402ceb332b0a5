"""The shortest text that a schema allows: by its format, its pattern, its lengths. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .number import SampleError
from .pattern import build_match

_FILLER = "a"
_MOST = 10_000
_EXAMPLES = {
    "2000-01-01T00:00:00Z": "date-time",
    "2000-01-01": "date",
    "00:00:00Z": "time",
    "P1D": "duration",
    "user@example.com": "email idn-email name-email",
    "example.com": "hostname idn-hostname",
    "127.0.0.1": "ipv4 ipvanyaddress",
    "::1": "ipv6",
    "127.0.0.0/8": "ipv4network ipvanynetwork",
    "::/128": "ipv6network",
    "127.0.0.1/8": "ipv4interface ipvanyinterface",
    "::1/128": "ipv6interface",
    "http://example.com/": "uri url iri",
    "/": "uri-reference iri-reference",
    "/{id}": "uri-template",
    **{f"00000000-0000-{version}000-8000-000000000000": f"uuid{version}" for version in (1, 3, 5)},
    "00000000-0000-4000-8000-000000000000": "uuid uuid4",
    "YQ==": "byte base64 base64url",
    "/a": "json-pointer",
    "0": "relative-json-pointer decimal int64",
    "null": "json-string",
    "a": "regex",
    "black": "color",
}
_FORMATS = {name: text for text, names in _EXAMPLES.items() for name in names.split()}


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
