"""`AppTraces`: begins the traces of one app's calls."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..tracing.traced_call import TracedCall


class AppTraces:
    """Begins the traces of one app; finds its layers and imports what traces once, because most requests have none."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._begin: Callable[[], TracedCall] | None = None

    def prepare(self) -> Callable[[], TracedCall]:
        """Import what traces, before the time of a request begins; return the function that begins a trace."""
        if self._begin is None:
            from ..tracing.layer_taps import LayerPlan
            from ..tracing.traced_call import TracedCall

            self._begin = functools.partial(TracedCall, self._app, LayerPlan())
        return self._begin

    def begin(self) -> TracedCall:
        """Return what traces the next call."""
        return self.prepare()()
