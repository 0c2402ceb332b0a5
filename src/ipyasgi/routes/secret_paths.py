"""`SecretPaths`: where the paths of an app have secrets, by the names of their fields: ``/reset/{token}``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .path_template import PathTemplate
from .route import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretPaths:
    """
    The secrets in the paths of one app.

    :ivar templates: those with a field that is secret, and ``names``, the names of such fields
    :ivar plain: the paths of other routes that a template matches too: ``/auth/login`` beside ``/auth/{token}``
    """

    templates: tuple[PathTemplate, ...]
    names: frozenset[str]
    plain: frozenset[str]

    def spans(self, path: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and name of each secret in a path; a template itself has none."""
        for template in self.templates if path not in self.plain else ():
            for name, start, end in template.spans(path) or ():
                is_field = path[start:end].startswith("{") and path[start:end].endswith("}")
                if name in self.names and not is_field:
                    yield start, end, name


def find_secret_paths(
    routes: Iterable[Route], is_secret: Callable[[str], bool], before: Iterable[PathTemplate] = ()
) -> SecretPaths | None:
    """
    Return the secrets in the paths of routes, None without any.

    :param is_secret: whether the value of a field with this name is a secret
    :param before: templates of an earlier app, to which exchanges of the history were sent
    """
    fields = {one: one.names for one in (*before, *(PathTemplate(route.path) for route in routes))}
    names = frozenset(name for name in {name for named in fields.values() for name in named} if is_secret(name))
    if not names:
        return None
    found = tuple(template for template, named in fields.items() if not names.isdisjoint(named))
    plain = (template.text for template, named in fields.items() if not named)
    return SecretPaths(
        templates=found,
        names=names,
        plain=frozenset(path for path in plain if any(one.match(path) is not None for one in found)),
    )
