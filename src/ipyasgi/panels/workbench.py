"""`Workbench`: several panels on one explorer; each also works alone."""

from __future__ import annotations

from ..explorer.explorer import Explorer
from ..history.exchange import Exchange
from ..views.explorer import view_explorer
from ..views.view import View
from .comm_writer import CommWriter
from .history_table import HistoryTable
from .lifespan_stepper import LifespanStepper
from .panel import Panel, fold, join_views
from .request_builder.builder import RequestBuilder
from .state_inspector import StateInspector


class Workbench(Panel):
    """Lifespan, request builder, history and state of one app; several workbenches on one app stay in sync."""

    def __init__(self, explorer: Explorer, *, writer: CommWriter | None = None) -> None:
        super().__init__(explorer, writer=writer)
        self.add_class("ipyasgi-workbench")
        self.lifespan = LifespanStepper(explorer, writer=self._writer, folded=True)
        self.request = RequestBuilder(
            explorer,
            writer=self._writer,
            on_shown=lambda exchange: self.history.mark_shown(exchange),
            on_document=lambda document: self.lifespan.name_app(document.title, document.version),
        )
        self.history = HistoryTable(explorer, writer=self._writer, on_show=self.show, on_fill=self.fill, folded=True)
        self.state = StateInspector(explorer, writer=self._writer, on_show=self.show)
        state = fold(self, "App state and changes", self.state)
        self.children = (self.lifespan, self.notice, self.request, self.history, state)

    def show(self, exchange: Exchange) -> None:
        """Show an exchange beside the form; from any thread."""
        self.request.show(exchange)

    def fill(self, exchange: Exchange) -> None:
        """Show an exchange, and its request in the form; raises `RequestError` if its body is not text."""
        self.request.show(exchange)
        self.request.fill(exchange.spec)

    def view(self) -> View:
        """Return the app's summary, and the exchange that is shown."""
        shown = self.request.view() if self.request.shown is not None else None
        return join_views(view_explorer(self.explorer, self.explorer.settings), shown)

    def end(self) -> None:
        for panel in (self.request, self.lifespan, self.history, self.state):
            panel.close()
