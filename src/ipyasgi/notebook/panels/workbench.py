"""`Workbench`: everything on one explorer. It puts the other panels together and keeps a short history."""

from __future__ import annotations

from typing import Any

from ...explore.exchange import Exchange
from ...explore.explorer import Explorer
from ...explore.news import News
from ...views.explorer import view_explorer
from ...views.view import View
from ..painter import Painter
from .history_strip import HistoryStrip, history_rows
from .lifespan_stepper import LifespanStepper
from .panel import Panel
from .request_builder import RequestBuilder


class Workbench(Panel):
    """
    Lifespan, request builder and history of one app; several workbenches on one app stay in step.

    :param explorer: the attached app
    """

    def __init__(self, explorer: Explorer, *, painter: Painter | None = None) -> None:
        super().__init__(explorer, painter=painter)
        self.lifespan = LifespanStepper(explorer, painter=self._painter, folded=True)
        self.request = RequestBuilder(explorer, painter=self._painter, on_shown=self._shown)
        self.history = self.hold(HistoryStrip(**self._history_traits()))
        self.children = (self.lifespan, self.notice, self.request, self.history)
        self.history.on_msg(self._hear_page)

    def view(self) -> View:
        """Return the app's card, and below it the answer that is shown."""
        views = [view_explorer(self.explorer, self.explorer.settings)]
        if self.request.shown is not None:
            views.append(self.request.view())
        return View(text="\n\n".join(view.text for view in views), html="\n".join(view.html for view in views))

    def take_news(self, news: News) -> None:
        if news.kind == "exchange":
            self.channel.state(self.history, **self._history_traits())

    def end(self) -> None:
        self.request.close()
        self.lifespan.close()

    def _hear_page(self, _strip: object, content: Any, _buffers: object) -> None:
        match content:
            case {"ask": "show" | "fill" as wish, "name": str(name)}:
                self.soon(self._open, wish, name)

    def _open(self, wish: str, name: str) -> None:
        try:
            exchange = self.explorer.history[name]
        except KeyError as exc:
            self.show_notice(str(exc.args[0]))
            return
        self.show_notice()
        self.request.show(exchange)
        if wish == "fill":
            self.request.fill(exchange.spec)

    def _shown(self, exchange: Exchange) -> None:
        self.channel.state(self.history, shown=exchange.name)

    def _history_traits(self) -> dict[str, Any]:
        kept = self.explorer.history
        return {"rows": history_rows(kept, self.explorer.settings), "total": len(kept)}
