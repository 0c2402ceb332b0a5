"""`SentOverride`: a dependency of the app that was overridden while a request was sent."""

from __future__ import annotations

from dataclasses import dataclass

from ..shown import visible

_CHARS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOverride:
    """
    One override; its text is ``get_db=fake_db``, on one line.

    :ivar name: of the dependency, as `Overrides` has it
    :ivar value: the name of what replaced it, never its content: a variable, a function, or ``<dict>``
    :ivar dependency: ``module:name`` that imports the dependency; empty if nothing does
    :ivar replacement: ``module:name`` that imports the function that replaced it; empty if nothing does
    :ivar in_app: whether ``dependency_overrides`` of the app itself has it, not that of a mounted or wrapped app
    """

    name: str
    value: str
    dependency: str = ""
    replacement: str = ""
    in_app: bool = False

    def __str__(self) -> str:
        return "=".join(visible(" ".join(one.split()))[:_CHARS] for one in (self.name, self.value))
