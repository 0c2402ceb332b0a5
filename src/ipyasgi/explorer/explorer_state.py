"""`ExplorerState`: the app's state as the explorer sees it: live, and by snapshots."""

from __future__ import annotations

from typing import Any

from ..records.settings import Settings
from ..records.state import StateLook, look_at
from ..shown import Shown


class ExplorerState(Shown):
    """
    The app's state, live.

    :ivar app: ``app.state``; None for an app without one
    :ivar lifespan: the lifespan state; each request gets a shallow copy of it
    """

    def __init__(self, app: Any, lifespan: dict[str, Any], settings: Settings) -> None:
        self._app = app
        self._seen: StateLook | None = None
        self.lifespan = lifespan
        self.settings = settings

    @property
    def app(self) -> Any:
        return getattr(self._app, "state", None)

    def places(self) -> dict[str, Any]:
        """Return the watched values by the path under which each is shown."""
        return {"state": self.lifespan} if self.app is None else {"app.state": self.app, "state": self.lifespan}

    def look(self) -> StateLook:
        """Return the current state, with the changes since the last call."""
        self._seen = look_at(self.places(), self._seen, self.settings)
        return self._seen

    def __repr__(self) -> str:
        return f"<ExplorerState: {', '.join(self.places())}>"
