"""`Subject`: what an experiment needs of an attached app. `Explorer` fulfils it."""

from __future__ import annotations

from typing import Any, Protocol

from ..client.testclient import TestClient
from ..history.exchange import Exchange
from ..history.history import History
from ..openapi.document import Document
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..routes.routes import Routes


class Life(Protocol):
    """The lifespan of the app."""

    def restart(self) -> Any:
        """Shut the app down, and start it again; raises its exception."""


class Subject(Protocol):
    """
    An app under an experiment.

    :ivar app: the app
    :ivar name: shown in displays
    :ivar client: sends the requests, and has the app's loop
    :ivar settings: how values are shown, and the timeout
    :ivar history: the recorded exchanges
    """

    app: Any
    name: str
    client: TestClient
    settings: Settings
    history: History

    @property
    def lifespan(self) -> Life:
        """The lifespan of the app."""

    @property
    def openapi(self) -> Document:
        """The app's OpenAPI document."""

    @property
    def routes(self) -> Routes:
        """The app's routes."""

    def send(self, spec: RequestSpec, *, on_call: Any = None, replay_of: str = "", **kwargs: Any) -> Exchange:
        """Send a request, add the exchange to the history and return it; raises the app's exception."""
