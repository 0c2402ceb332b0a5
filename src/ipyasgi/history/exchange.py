"""`Exchange`: a record with methods to decode, preview and export it. `Exchanges`: several of them, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

from ..formats.exports import ExportMembers
from ..records.record import Record
from ..records.settings import Settings
from ..shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Preview(Shown):
    """The body of a response, shown rendered; ``content_type`` is the header's value, which may be empty or wrong."""

    content: bytes
    content_type: str
    settings: Settings = field(default_factory=Settings)

    def __repr__(self) -> str:
        return f"<Preview {self.content_type or 'of no content type'}, {len(self.content)} bytes>"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Exchange(ExportMembers, Record, Shown):
    """One request, its response, and everything recorded in between. Its fields are those of `Record`."""

    def json(self, **kwargs: Any) -> Any:
        """Return the response's body decoded from JSON."""
        return self._responded().json(**kwargs)

    def preview(self) -> Preview:
        """Return a value that shows the body rendered: media, PDF, or HTML and SVG without scripts and network."""
        content_type = self._responded().headers.get("content-type", "")
        return Preview(content=self.content, content_type=content_type, settings=self.settings)

    def with_secrets(self) -> Exchange:
        """Return a copy of this exchange that shows its secrets."""
        return replace(self, settings=replace(self.settings, show_secrets=True))

    def head(self) -> ExchangeHead:
        """Return a copy of this exchange that shows only the status and the response's headers."""
        return ExchangeHead(**{one.name: getattr(self, one.name) for one in fields(self)})

    def __repr__(self) -> str:
        return f"<Exchange {self.name}: {self.spec.method} {self.spec.path} → {self.outcome}>"

    def _exported(self) -> tuple[Exchange, ...]:
        return (self,)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ExchangeHead(Exchange):
    """An exchange that shows only the status and the response's headers."""


class Exchanges(ExportMembers, Shown, tuple[Exchange, ...]):
    """Several exchanges in order."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return Exchanges(cast("tuple[Exchange, ...]", found)) if isinstance(key, slice) else found

    def __repr__(self) -> str:
        return f"<Exchanges: {span_of(self)}>"

    def _exported(self) -> tuple[Exchange, ...]:
        return self


def span_of(exchanges: Sequence[Exchange]) -> str:
    """Return ``3 exchanges, r1 to r3`` for a repr."""
    if len(exchanges) < 2:
        return exchanges[0].name if exchanges else "empty"
    return f"{len(exchanges)} exchanges, {exchanges[0].name} to {exchanges[-1].name}"
