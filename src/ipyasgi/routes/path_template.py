"""Path templates such as ``/items/{item_id}``: the names in them, and what a template gives when filled. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from ..protocol.errors import RequestError

PATH_PLACE = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
"""A place of a path template: its name, and its convertor where it has one."""
_ANGLES = re.compile(r"<(?:([A-Za-z_]\w*)(?:\([^>]*\))?:)?\s*([A-Za-z_]\w*)\s*>")
_KEPT = frozenset({"path", "uuid"})  # the convertors that change how a place is filled
# What may stand in a path segment as it is, RFC 3986, section 3.3.
_PLAIN = "!$&'()*+,;=:@-._~"


def path_parameters(path: str) -> tuple[str, ...]:
    """Return the names in braces of a path template, without convertors: ``/f/{p:path}`` gives ``("p",)``."""
    names = [part.partition("}")[0].partition(":")[0] for part in path.split("{")[1:]]
    return tuple(name for name in names if name)


def fill_path(template: str, values: Mapping[str, object]) -> str:
    """
    Return the path that a template gives: each ``{name}`` replaced by its value, percent-encoded.

    Slashes stay in the value of ``{name:path}`` only. What stands after a ``?`` is a query and is left as it is.

    :param values: by name; names that the template does not have are not looked at
    Raises `RequestError` where a name has no value, or one whose text is empty.
    """

    def value_of(place: re.Match[str]) -> str:
        name, convertor = place.groups()
        value = values.get(name)
        if value is None or not str(value):
            raise RequestError(f"{name} needs a value: it is part of the path {template}")
        return quote(str(value), safe=_PLAIN + "/" if convertor == "path" else _PLAIN)

    path, question, query = template.partition("?")
    return PATH_PLACE.sub(value_of, path) + question + query


def read_angles(path: str) -> str:
    """Return ``/items/{pk}`` for ``/items/<int:pk>``, ``/f/{p:path}`` for ``/f/<path:p>``: Werkzeug's and Django's."""
    return _ANGLES.sub(lambda place: f"{{{place[2]}{':' + place[1] if place[1] in _KEPT else ''}}}", path)
