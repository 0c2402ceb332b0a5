"""`AppTraces`: begins the traces of one app's calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..tracing.layer_taps import LayerPlan
    from ..tracing.traced_call import TracedCall


class AppTraces:
    """
    Begins the traces of one app, whose layers are found once.

    The first trace imports what traces: most requests are sent without one.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._plan: LayerPlan | None = None

    def begin(self) -> TracedCall:
        """Return what traces the next call."""
        from ..tracing.layer_taps import LayerPlan
        from ..tracing.traced_call import TracedCall

        if self._plan is None:
            self._plan = LayerPlan()
        return TracedCall(self._app, self._plan)
