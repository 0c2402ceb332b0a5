"""`Workbench`: everything on one explorer. Here stands which panels it has and in which order; each works alone too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..explorer.explorer import Explorer
from ..history.exchange import Exchange
from ..views.explorer import view_explorer
from ..views.view import View
from .comm_writer import CommWriter
from .fold import fold
from .history_table import HistoryTable
from .lifespan_stepper import LifespanStepper
from .panel import Panel
from .request_builder import RequestBuilder
from .state_inspector import StateInspector


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """
    A panel's place below the request builder.

    :ivar name: the attribute under which the workbench has it
    :ivar title: of its fold; empty where the panel is always open
    """

    name: str
    title: str = ""
    make: Callable[[Workbench, CommWriter], Panel]


_PLACES = (
    _Place(
        name="history",
        make=lambda bench, writer: HistoryTable(bench.explorer, writer=writer, on_show=bench.show, on_fill=bench.fill),
    ),
    _Place(
        name="state",
        title="State: app.state, the lifespan state, and what changed them",
        make=lambda bench, writer: StateInspector(bench.explorer, writer=writer, on_show=bench.show),
    ),
)


class Workbench(Panel):
    """
    Lifespan, request builder, history and state of one app; several workbenches on one app stay in step.

    :param explorer: the attached app
    """

    lifespan: LifespanStepper
    request: RequestBuilder
    history: HistoryTable
    state: StateInspector

    def __init__(self, explorer: Explorer, *, writer: CommWriter | None = None) -> None:
        super().__init__(explorer, writer=writer)
        self.lifespan = LifespanStepper(explorer, writer=self._writer, folded=True)
        self.request = RequestBuilder(explorer, writer=self._writer, on_shown=self._shown)
        self._panels: list[Panel] = [self.request, self.lifespan]
        below = []
        for place in _PLACES:
            panel = place.make(self, self._writer)
            self._panels.append(panel)
            setattr(self, place.name, panel)
            below.append(fold(self, place.title, panel) if place.title else panel)
        self.children = (self.lifespan, self.notice, self.request, *below)

    def show(self, exchange: Exchange) -> None:
        """Show an exchange as the answer; from any thread."""
        self.request.show(exchange)

    def fill(self, exchange: Exchange) -> None:
        """Show an exchange and put its request into the form; raises `RequestError` where its body is no text."""
        self.request.show(exchange)
        self.request.fill(exchange.spec)

    def view(self) -> View:
        """Return the app's card, and below it the answer that is shown."""
        views = [view_explorer(self.explorer, self.explorer.settings)]
        if self.request.shown is not None:
            views.append(self.request.view())
        return View(text="\n\n".join(view.text for view in views), html="\n".join(view.html for view in views))

    def end(self) -> None:
        for panel in self._panels:
            panel.close()

    def _shown(self, exchange: Exchange) -> None:
        self.history.mark_shown(exchange)
