"""`Subject`: the protocol that an `Explorer` fulfils."""

from __future__ import annotations

from ipyasgi import Explorer
from ipyasgi.experiments import Subject


async def app(scope, receive, send):
    """An app that is never called."""


def test_an_explorer_has_every_member_of_the_protocol():
    """Each name that an experiment may use is there."""
    with Explorer(app, lifespan="off") as explorer:
        names = {*Subject.__annotations__, *(name for name in vars(Subject) if not name.startswith("_"))}
        assert names >= {"app", "client", "history", "lifespan", "openapi", "routes", "send", "settings"}
        assert all(hasattr(explorer, name) for name in names)
        assert callable(explorer.lifespan.restart)
