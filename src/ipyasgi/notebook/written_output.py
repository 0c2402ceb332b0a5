"""`WrittenOutput`: an exchange that is shown in the cell that sent it leaves out what is above it already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..history.exchange import Exchange
from ..shown import Shown


class WrittenOutput:
    """
    Displays exchanges of one shell without the output that the app has written into the same cell.

    What the app writes during ``explorer.get("/")`` appears in the cell at once, as that of any Python call. ``%asgi``
    holds it back where it shows the exchange, which then has it.

    :param build_bundle: returns the MIME bundle of a value
    """

    def __init__(self, shell: Any, build_bundle: Callable[[Shown], Mapping[str, Any]]) -> None:
        self._shell = shell
        self._formats = shell.display_formatter.mimebundle_formatter
        self._build_bundle = build_bundle
        self._cell_began: datetime | None = None

    def open(self) -> None:
        """Register the formatter, and event handlers for the beginning and the end of each cell."""
        self._shell.events.register("pre_run_cell", self._begin_cell)
        self._shell.events.register("post_run_cell", self._end_cell)
        self._formats.for_type(Exchange, self._build)

    def close(self) -> None:
        """Take them back."""
        self._formats.pop(Exchange, None)
        self._shell.events.unregister("pre_run_cell", self._begin_cell)
        self._shell.events.unregister("post_run_cell", self._end_cell)

    def _begin_cell(self, info: object) -> None:
        self._cell_began = datetime.now().astimezone()

    def _end_cell(self, result: object) -> None:
        self._cell_began = None

    def _build(self, exchange: Exchange) -> Mapping[str, Any]:
        began = self._cell_began
        if began is not None and exchange.sent_at >= began and any(line.written for line in exchange.output):
            exchange = replace(exchange, output=tuple(line for line in exchange.output if not line.written))
        return self._build_bundle(exchange)
