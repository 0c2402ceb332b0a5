"""The lifespan of a real app of each framework."""

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.views.lifespan import view_lifespan

from .conftest import House


def test_startup_and_shutdown(house: House) -> None:
    """What is made at startup is there for the requests, and is put away at the end."""
    if not house.lifespan:
        pytest.skip("it has none")
    with Explorer(house.app) as explorer:
        assert explorer.lifespan.status == "running"
        assert house.log == ["lit"]
        assert explorer.get("/kettle").text == "boiling"
        explorer.lifespan.restart()
        assert explorer.get("/kettle").text == "boiling"
    assert house.log == ["lit", "out", "lit", "out"]
    assert explorer.lifespan.status == "stopped"


def test_by_steps(house: House) -> None:
    """Each message can be let pass alone."""
    if not house.lifespan:
        pytest.skip("it has none")
    with Explorer(house.app, lifespan="off") as explorer:
        statuses = [explorer.lifespan.step().status for _ in range(2)]
        assert house.log == ["lit"]
    assert statuses == ["starting", "running"]
    assert house.log == ["lit", "out"]


def test_none_at_all(house: House) -> None:
    """A framework without a lifespan is said to have none, in plain words, and requests are sent all the same."""
    if house.lifespan:
        pytest.skip("it has one")
    with Explorer(house.app) as explorer:
        said = view_lifespan(explorer.lifespan, Settings()).text
        assert explorer.lifespan.status == "unsupported"
        assert "does not take part in the lifespan protocol; requests work without it" in said
        assert explorer.get("/greet/Ada").notes == ()
