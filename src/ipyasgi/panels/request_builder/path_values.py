"""The form's path values: filled into a template, with the field that lacks one, and read back from a path. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from ...routes import routes
from ...routes.routes import PATH_PLACE, path_parameters
from .form_error import FormError, FormFieldError


def fill_path(template: str, values: Mapping[str, str]) -> str:
    """Return the template filled as `routes.path_template` does; raises `FormError` with the field to fill."""
    for name in path_parameters(template.partition("?")[0]):
        if not values.get(name):
            text = f"{name} needs a value: it is part of the path"
            raise FormError(FormFieldError(where=f"path_values.{name}", text=text, missing=True))
    return routes.fill_path(template, values)


def try_read_path(template: str, path: str) -> dict[str, str] | None:
    """Return the values that lead from the template to the path, None where none do."""
    pattern, end = "", 0
    for place in PATH_PLACE.finditer(template):
        pattern += re.escape(template[end : place.start()])
        pattern += "(.+)" if place.group(2) == "path" else "([^/]+)"
        end = place.end()
    match = re.fullmatch(pattern + re.escape(template[end:]), path)
    if match is None:
        return None
    return dict(zip(path_parameters(template), map(unquote, match.groups()), strict=False))
