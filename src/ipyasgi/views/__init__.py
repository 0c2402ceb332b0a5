"""Floor 10: records drawn as text and HTML. Sends nothing, keeps nothing; IPython and widgets are above.

Importing it registers the view and the data of each type with `ipyasgi.shown`. A value is shown by its own settings,
never by those of another app.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..engine.pending import Pending
from ..engine.runs import Run
from ..explorer.background import PendingExchanges
from ..explorer.defaults import DefaultCookies, DefaultHeaders
from ..explorer.explorer import Explorer, ExplorerState
from ..explorer.lifespan import ExplorerLifespan
from ..explorer.replay import Recheck
from ..formats.imported import Imported
from ..history.comparison import Comparison
from ..history.exchange import Exchange, ExchangeHead, Exchanges, Preview
from ..history.history import History
from ..records.settings import Settings
from ..records.state import StateLook
from ..routes.routes import RouteDocs, Routes
from ..shown import VIEWS, View
from . import data
from .comparison import view_comparison, view_recheck
from .exchange import view_exchange, view_exchanges, view_history
from .explorer import view_explorer
from .lifespan import view_lifespan
from .pairs import view_cookies, view_head, view_headers, view_imported, view_settings
from .pending import view_pending
from .preview import view_preview
from .routes import view_docs, view_routes
from .run import view_run
from .state import view_look, view_state

_TABLE: tuple[tuple[type, Callable[[Any, Settings], View], Callable[[Any, Settings], dict[str, Any]]], ...] = (
    (Comparison, view_comparison, data.read_comparison),
    (DefaultCookies, view_cookies, data.read_cookies),
    (DefaultHeaders, view_headers, data.read_headers),
    (Exchange, view_exchange, data.read_exchange),
    (ExchangeHead, view_head, data.read_head),
    (Exchanges, view_exchanges, data.read_exchanges),
    (Explorer, view_explorer, data.read_explorer),
    (ExplorerLifespan, view_lifespan, data.read_lifespan),
    (ExplorerState, view_state, data.read_state),
    (History, view_history, data.read_exchanges),
    (Imported, view_imported, data.read_imported),
    (Pending, lambda pending, settings: view_pending([pending], settings), data.read_pending),
    (PendingExchanges, view_pending, data.read_pending),
    (Preview, view_preview, data.read_preview),
    (Recheck, view_recheck, data.read_recheck),
    (RouteDocs, view_docs, data.read_docs),
    (Routes, view_routes, data.read_routes),
    (Run, view_run, data.read_run),
    (Settings, view_settings, data.read_settings),
    (StateLook, view_look, data.read_look),
)


def _by_settings(function: Callable[[Any, Settings], Any], value: Any) -> Any:
    return function(value, _settings_of(value))


def _settings_of(value: Any) -> Settings:
    """Return the settings that a shown value carries, the defaults where it carries none."""
    if isinstance(value, PendingExchanges):
        value = next(iter(value), None)
    if isinstance(value, Pending):
        value = value.owner
    if isinstance(value, Exchanges):
        kept = [one.settings for one in value]
        return next((one for one in kept if not one.show_secrets), kept[0] if kept else Settings())
    settings = getattr(value, "settings", None)
    return settings if isinstance(settings, Settings) else Settings()


for _kind, _view, _read in _TABLE:
    VIEWS.add(_kind, view=functools.partial(_by_settings, _view), data=functools.partial(_by_settings, _read))
