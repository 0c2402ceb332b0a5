"""`Exchange`: a record and what can be made of it: JSON, a preview, other formats. It renders and sends nothing."""

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
    """
    A response's body, to be drawn.

    :ivar content_type: the field's value, perhaps empty or wrong
    :ivar settings: they say how it is shown
    """

    content: bytes
    content_type: str
    settings: Settings = field(default_factory=Settings)

    def __repr__(self) -> str:
        return f"<Preview {self.content_type or 'of no content type'}, {len(self.content)} bytes>"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Exchange(ExportMembers, Record, Shown):
    """
    One request and what came of it, with what can be made of that.

    Its values are those of `Record`: ``name``, ``spec``, ``request``, ``response``, ``run``, ``state_diff``,
    ``output``, ``endpoint``, ``exception``, ``raised``, ``sent_at``, ``elapsed_ns``, ``notes``, ``previous``,
    ``replay_of`` and ``settings``.
    """

    def json(self, **kwargs: Any) -> Any:
        """Return the response's body decoded from JSON."""
        return self._responded().json(**kwargs)

    def preview(self) -> Preview:
        """Return the body, to be drawn: HTML and SVG in a frame without scripts and network, media, a PDF."""
        response = self._responded()
        return Preview(
            content=response.content, content_type=response.headers.get("content-type", ""), settings=self.settings
        )

    def with_secrets(self) -> Exchange:
        """Return this exchange with nothing masked where it is shown; the one in the history stays as it is."""
        return replace(self, settings=replace(self.settings, show_secrets=True))

    def head(self) -> ExchangeHead:
        """Return this exchange as one of which only the status and the response's headers are shown."""
        return ExchangeHead(**{one.name: getattr(self, one.name) for one in fields(self)})

    def __repr__(self) -> str:
        return f"<Exchange {self.name}: {self.spec.method} {self.spec.path} → {self.outcome}>"

    def _exported(self) -> tuple[Exchange, ...]:
        return (self,)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ExchangeHead(Exchange):
    """An exchange of which only the status and the response's headers are shown."""


class Exchanges(ExportMembers, Shown, tuple[Exchange, ...]):
    """Several exchanges in order, with a display of their own."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return Exchanges(cast("tuple[Exchange, ...]", found)) if isinstance(key, slice) else found

    def __repr__(self) -> str:
        return f"<Exchanges: {span_of(self)}>"

    def _exported(self) -> tuple[Exchange, ...]:
        return self


def span_of(exchanges: Sequence[Exchange]) -> str:
    """Return ``3 exchanges, r1 to r3`` for a repr: how many there are, the first and the last."""
    names = [one.name for one in exchanges]
    return (
        "empty" if not names else names[0] if len(names) == 1 else f"{len(names)} exchanges, {names[0]} to {names[-1]}"
    )
