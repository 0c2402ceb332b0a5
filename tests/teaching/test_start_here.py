"""Wrong answers to the exercises of notebook 00 are distinguished; the right ones are run from the notebook itself."""

import json

import pytest

from ipyasgi import Explorer
from ipyasgi.samples.shop import app
from ipyasgi.teaching import check

from .apps import computing


@pytest.mark.parametrize(
    ("method", "item", "what"),
    [
        ("GET", {}, "adds nothing"),
        ("POST", {"name": "urn", "price": "120"}, "422"),
        ("POST", {"name": "urn", "price": 120, "color": "red"}, "'red'"),
        ("POST", {"name": "urn", "price": 100, "color": "green"}, "100"),
    ],
)
def test_green(method, item, what):
    """00-1: a question instead of an addition, a refused one, the wrong color, too cheap."""
    with Explorer(app) as explorer:
        result = check("00-1", explorer.request(method, "/items", json=item or None))
    assert (result.state, what in result.message) == ("wrong", True), result
    assert "should be an exchange" in check("00-1", 5).message


def test_blue():
    """00-2: another number, a number that looks like one, and no explorer."""
    with Explorer(computing(lambda scope, body: (200, json.loads("[1, 2]")))) as explorer:
        assert "`blue` is 3" in check("00-2", (explorer, 3)).message
        assert check("00-2", (explorer, 2.0)).state == "wrong"
        assert check("00-2", (explorer, 2)).passed
    assert "`explorer` is 5" in check("00-2", (5, 2)).message


def test_shutting_down():
    """00-3: running is where it begins, stopped is a step too far."""
    with Explorer(app) as explorer:
        assert check("00-3", explorer).state == "open"
        explorer.lifespan.step()
        assert check("00-3", explorer).passed
        explorer.lifespan.step()
        assert "'stopped'" in check("00-3", explorer).message
