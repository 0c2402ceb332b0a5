"""`Exchange`: a record with methods to decode, preview and export it. `Exchanges`: several of them, in order."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from ..client.response import is_whole, kept_content
from ..formats.exports import ExportMembers
from ..formats.volatile_fields import Path
from ..openapi.contract import AppResponded, Contract
from ..protocol.errors import RequestError
from ..records.carried import CarriedUse
from ..records.contract_error import ContractError
from ..records.record import Record
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..shown import Shown, hint
from .request_times import RequestTimes, try_times
from .table import to_frame, to_rows

if TYPE_CHECKING:
    from ..tracing.profile import Profile
    from ..tracing.trace import Trace, TraceRecord


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Preview(Shown):
    """The body of a response, shown rendered; ``content_type`` is the header's value, which may be empty or wrong."""

    content: bytes
    content_type: str
    settings: Settings = field(default_factory=Settings)

    def __repr__(self) -> str:
        return f"<Preview {self.content_type or 'of no content type'}, {len(self.content)} bytes>"


class KeepsExchanges(Protocol):
    """The history of an exchange, which knows other responses to the same request."""

    def find_changing(self) -> Mapping[RequestSpec, Collection[Path]]:
        """Return for each request the paths in the body that differed; the empty path is the whole body."""

    def route_finder(self) -> Callable[[RequestSpec], str]:
        """Return a function that returns the path of a request's route, such as ``/items/{item_id}``, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Exchange(ExportMembers, Record, Shown):
    """
    One request, its response, and everything recorded in between. Its fields are those of `Record`.

    :ivar traced: the record of what happened inside the app, if the request was traced, else None
    :ivar profile: the functions in which its time was spent, if the request was profiled, else None
    :ivar contract: compares the response with the app's document, at the first look at `errors`
    :ivar restored: whether it was restored from a file, so that the present app did not receive it
    :ivar kept_in: the history, if it still exists
    """

    traced: TraceRecord | None = None
    profile: Profile | None = None
    contract: Contract | None = None
    restored: bool = False
    kept_in: weakref.ref[KeepsExchanges] | None = None

    def __post_init__(self) -> None:
        if self.profile is not None and self.profile.settings is not self.settings:
            object.__setattr__(self, "profile", replace(self.profile, settings=self.settings))

    @property
    def trace(self) -> Trace | None:
        """What happened inside the app, if the request was traced, else None."""
        return self.traced.read(self.settings) if self.traced is not None else None

    @property
    def errors(self) -> tuple[ContractError, ...]:
        """
        What in the response contradicts the app's own OpenAPI document: its status, its media type or its JSON body.

        Empty as long as the document has not been read, which `Explorer.openapi` does, and without the setting
        ``contract``. A body that is cut off or longer than 512 KiB is not compared with its schema.
        """
        if self.contract is None or self.response is None or not self.answered or not self.settings.contract:
            return ()
        is_kept = is_whole(self.response) and not self.cut_off
        return self.contract.errors(
            AppResponded(
                method=self.request.method,
                path=self.request.url.raw_path.decode("ascii", "replace").partition("?")[0],
                status=self.response.status_code,
                content_type=self.response.headers.get("content-type", ""),
                body=kept_content(self.response) if is_kept else None,
            )
        )

    @property
    def is_request(self) -> bool:
        """Whether it is a request, which can be replayed, compared and exported, and no WebSocket."""
        return True

    def json(self, **kwargs: Any) -> Any:
        """Return the response's body decoded from JSON; the error about a cut-off body has a note."""
        try:
            return self._responded().json(**kwargs)
        except ValueError as exc:
            if self.cut_off:
                exc.add_note(f"The response of {self.name} was cut off, so its body is incomplete: see .text")
            raise

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
        return (
            f"<Exchange {self.name}: {self.spec.method} {self.settings.redactor.url(self.spec.path)} → "
            f"{self.settings.redactor.text(self.outcome)}>"
        )

    def _exported(self) -> tuple[Exchange, ...]:
        return only_requests([self], "exported")

    def _changing(self) -> tuple[Collection[Path], ...]:
        return find_changing(self._exported())

    def _routes(self) -> Sequence[str]:
        return find_routes(self._exported())

    def _find_carried(
        self, exchanges: Sequence[Record], specs: Sequence[RequestSpec]
    ) -> Sequence[Sequence[CarriedUse]]:
        from .carried_values import find_carried  # for exports

        return find_carried(exchanges, specs)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ExchangeHead(Exchange):
    """An exchange that shows only the status and the response's headers."""


class Exchanges(ExportMembers, Shown, tuple[Exchange, ...]):
    """Several exchanges in order."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return Exchanges(cast("tuple[Exchange, ...]", found)) if isinstance(key, slice) else found

    @property
    def times(self) -> RequestTimes | None:
        """Their times in a few figures, as after ``--repeat``; None without a response."""
        return try_times(self)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return a row of plain values for each exchange, such as for ``polars.DataFrame``; secrets are masked."""
        return to_rows(self)

    def to_dataframe(self) -> Any:
        """Return the rows of `to_dicts` as a ``pandas.DataFrame``; raises ``ImportError`` without pandas."""
        return to_frame(self.to_dicts())

    def __repr__(self) -> str:
        return f"<Exchanges: {span_of(self)}>"

    def _exported(self) -> tuple[Exchange, ...]:
        return only_requests(self, "exported")

    def _changing(self) -> tuple[Collection[Path], ...]:
        return find_changing(self._exported())

    def _routes(self) -> Sequence[str]:
        return find_routes(self._exported())

    def _find_carried(
        self, exchanges: Sequence[Record], specs: Sequence[RequestSpec]
    ) -> Sequence[Sequence[CarriedUse]]:
        from .carried_values import find_carried  # for exports

        return find_carried(exchanges, specs)


def only_requests(exchanges: Iterable[Exchange], verb: str) -> Exchanges:
    """Return the exchanges without the WebSockets; raises `RequestError` if only WebSockets were given."""
    every = tuple(exchanges)
    found = Exchanges(one for one in every if one.is_request)
    if every and not found:
        again = hint("%asgi ws PATH", "explorer.websocket_exchange(PATH)")
        raise RequestError(f"{every[0].name} is a WebSocket and cannot be {verb}. Open it again with {again}.")
    return found


def find_changing(exchanges: Iterable[Exchange]) -> tuple[Collection[Path], ...]:
    """Return for each exchange the paths that differed between responses to its request in its history."""
    found: dict[KeepsExchanges | None, Mapping[RequestSpec, Collection[Path]]] = {None: {}}
    paths = []
    for exchange in exchanges:
        keeper = exchange.kept_in() if exchange.kept_in is not None else None
        if keeper not in found:
            found[keeper] = keeper.find_changing() if keeper is not None else {}
        paths.append(found[keeper].get(exchange.spec, ()))
    return tuple(paths)


def find_routes(exchanges: Iterable[Exchange]) -> tuple[str, ...]:
    """Return for each exchange the path of its route in the app that its history belongs to; empty if unknown."""
    finders: dict[KeepsExchanges | None, Callable[[RequestSpec], str]] = {None: lambda spec: ""}
    found = []
    for exchange in exchanges:
        keeper = exchange.kept_in() if exchange.kept_in is not None else None
        if keeper not in finders:
            finders[keeper] = keeper.route_finder() if keeper is not None else finders[None]
        found.append(finders[keeper](exchange.spec))
    return tuple(found)


def span_of(exchanges: Sequence[Exchange]) -> str:
    """Return ``3 exchanges, r1 to r3`` for a repr."""
    if len(exchanges) < 2:
        return exchanges[0].name if exchanges else "empty"
    return f"{len(exchanges)} exchanges, {exchanges[0].name} to {exchanges[-1].name}"
