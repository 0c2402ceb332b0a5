"""Registers the views with a shell's formatters, and shows an app's exception with its own frames first."""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable
from typing import Any

from ..engine.runs import HttpRun, LifespanRun, WebSocketRun
from ..explore.comparison import Comparison
from ..explore.defaults import DefaultCookies, DefaultHeaders
from ..explore.exchange import Exchange, ExchangeHead, Exchanges
from ..explore.explorer import Explorer, ExplorerState
from ..explore.formats.imported import Imported
from ..explore.history import History
from ..explore.lifespan import ExplorerLifespan
from ..explore.pending import Pending, PendingExchange, PendingExchanges
from ..explore.preview import Preview
from ..explore.raised import is_folded
from ..explore.replay import Recheck
from ..explore.replays import PendingRecheck, PendingReplay
from ..explore.routes import RouteDocs, Routes
from ..explore.settings import Settings
from ..explore.state_look import StateLook
from ..protocol.errors import IpyasgiError
from ..views.comparison import view_comparison, view_recheck
from ..views.docs import view_docs
from ..views.exchange import view_exchange, view_exchanges
from ..views.explorer import view_explorer
from ..views.history import view_history
from ..views.imported import view_imported
from ..views.lifespan import view_lifespan
from ..views.pairs import view_cookies, view_head, view_headers, view_settings
from ..views.pending import view_pending
from ..views.preview import view_preview
from ..views.routes import view_routes
from ..views.run import view_run
from ..views.state import view_look, view_state
from ..views.view import View
from .panels.pending_board import PendingBoard

VIEWS: dict[type, Callable[[Any, Settings], View]] = {
    DefaultCookies: view_cookies,
    DefaultHeaders: view_headers,
    Comparison: view_comparison,
    Exchange: view_exchange,
    ExchangeHead: view_head,
    Exchanges: view_exchanges,
    Explorer: view_explorer,
    ExplorerLifespan: view_lifespan,
    ExplorerState: view_state,
    History: view_history,
    Imported: view_imported,
    PendingExchange: lambda pending, settings: view_pending([pending], settings),
    PendingExchanges: view_pending,
    PendingRecheck: lambda pending, settings: view_pending([pending], settings),
    PendingReplay: lambda pending, settings: view_pending([pending], settings),
    RouteDocs: view_docs,
    Recheck: view_recheck,
    HttpRun: view_run,
    LifespanRun: view_run,
    Preview: view_preview,
    Routes: view_routes,
    WebSocketRun: view_run,
    Settings: view_settings,
    StateLook: view_look,
}
LIVE = (PendingExchange, PendingExchanges, PendingRecheck, PendingReplay)
"""What is shown by a panel that goes on, where there is a page for one."""


class Displays:
    """The views of one shell. Each value is shown by its own settings, never by those of another app."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell

    def open(self) -> None:
        """Register a text and an HTML form of each type with a view."""
        formatters = self._shell.display_formatter.formatters
        for kind, view in VIEWS.items():
            formatters["text/html"].for_type(kind, self._html_of(view))
            formatters["text/plain"].for_type(kind, self._text_of(view))
        for kind in LIVE:
            self._shell.display_formatter.mimebundle_formatter.for_type(kind, show_live)

    def close(self) -> None:
        """Take them back."""
        formatters = self._shell.display_formatter.formatters
        for kind in VIEWS:
            for media_type in ("text/html", "text/plain"):
                formatters[media_type].pop(kind, None)
        for kind in LIVE:
            self._shell.display_formatter.mimebundle_formatter.pop(kind, None)

    def _html_of(self, view: Callable[[Any, Settings], View]) -> Callable[[Any], str]:
        return lambda value: view(value, settings_of(value)).html

    def _text_of(self, view: Callable[[Any, Settings], View]) -> Callable[[Any, Any, bool], None]:
        def write(value: Any, printer: Any, cycle: bool) -> None:
            printer.text(view(value, settings_of(value)).text)

        return write


def show_live(value: Any) -> dict[str, Any]:
    """Return the bundle of a board that watches these requests; without one where all have ended already."""
    pending = (value,) if isinstance(value, Pending) else tuple(value)
    explorer: Any = pending[0].explorer if pending else None
    if explorer is None or explorer.closed or all(one.done() for one in pending):
        return {}
    bundle: dict[str, Any] = PendingBoard(explorer, pending)._repr_mimebundle_()
    return bundle


def settings_of(value: Any) -> Settings:
    """Return the settings that a shown value carries, the defaults where it carries none."""
    if isinstance(value, PendingExchanges):
        value = next(iter(value), None)
    if isinstance(value, Pending):
        value = value.explorer
    if isinstance(value, Exchanges):
        kept = [one.settings for one in value]
        return next((one for one in kept if not one.show_secrets), kept[0] if kept else Settings())
    settings = getattr(value, "settings", None)
    return settings if isinstance(settings, Settings) else Settings()


def fold_traceback(shell: Any, exception: BaseException) -> None:
    """
    Have IPython show this exception with the app's frames open and all others in one line.

    The exception and its traceback stay whole, so ``%debug`` lands in the endpoint and ``%tb`` shows all.
    """
    if isinstance(exception, (IpyasgiError, KeyboardInterrupt)):
        return
    _show_as(exception, lambda: _folded_lines(shell, exception))


def show_whole(shell: Any, exception: BaseException) -> None:
    """Show an exception with every frame, also one that was folded before."""
    with contextlib.suppress(TypeError):
        vars(exception).pop("_render_traceback_", None)
    shell.showtraceback((type(exception), exception, exception.__traceback__))


def one_line(exception: BaseException) -> None:
    """Have IPython show an error of ours, or an interrupt, as one line without frames that say nothing."""
    _show_as(exception, lambda: [f"{type(exception).__name__}: {exception}".removesuffix(": ")])


def _show_as(exception: BaseException, render: Callable[[], list[str]]) -> None:
    # Past __setattr__, which a frozen dataclass refuses; one with slots alone keeps IPython's own display.
    with contextlib.suppress(TypeError):
        vars(exception)["_render_traceback_"] = render


def _folded_lines(shell: Any, exception: BaseException) -> list[str]:
    kept, folded = _own_frames(exception.__traceback__)
    if kept is None:
        kept, folded = exception.__traceback__, 0
    lines: list[str] = shell.InteractiveTB.structured_traceback(type(exception), exception, kept)
    if folded:
        lines = [*lines, f"({folded} frames of ipyasgi and the framework are folded: %asgi tb shows all)"]
    return lines


def _own_frames(traceback: types.TracebackType | None) -> tuple[types.TracebackType | None, int]:
    """Return a traceback of the app's frames only, and how many others there were."""
    entries: list[types.TracebackType] = []
    folded = 0
    while traceback is not None:
        if is_folded(traceback.tb_frame.f_code.co_filename):
            folded += 1
        else:
            entries.append(traceback)
        traceback = traceback.tb_next
    chain: types.TracebackType | None = None
    for entry in reversed(entries):
        chain = types.TracebackType(chain, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return chain, folded
