"""Path templates: filled from values, and values read back from a path. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from ....explore.routes import path_parameters
from .problem import FormError, Problem

_PLACE = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
# What may stand in a path segment as it is, RFC 3986, section 3.3.
_PLAIN = "!$&'()*+,;=:@-._~"


def fill_path(template: str, values: Mapping[str, str]) -> str:
    """Return the template with each ``{name}`` replaced by its value, percent-encoded; raises `FormError`."""

    def value_of(place: re.Match[str]) -> str:
        name, convertor = place.groups()
        value = values.get(name, "")
        if not value:
            text = f"{name} needs a value: it is part of the path"
            raise FormError(Problem(where=f"path_values.{name}", text=text, missing=True))
        return quote(value, safe=_PLAIN + "/" if convertor == "path" else _PLAIN)

    return _PLACE.sub(value_of, template)


def try_read_path(template: str, path: str) -> dict[str, str] | None:
    """Return the values that lead from the template to the path, None where none do."""
    pattern, end = "", 0
    for place in _PLACE.finditer(template):
        pattern += re.escape(template[end : place.start()])
        pattern += "(.+)" if place.group(2) == "path" else "([^/]+)"
        end = place.end()
    match = re.fullmatch(pattern + re.escape(template[end:]), path)
    if match is None:
        return None
    return dict(zip(path_parameters(template), map(unquote, match.groups()), strict=False))
