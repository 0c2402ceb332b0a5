"""Wrong answers to the exercises of notebook 00 are distinguished; the right ones are run from the notebook itself."""

import pytest
from fastapi import FastAPI

from ipyasgi import Explorer
from ipyasgi.samples.shop import app
from ipyasgi.teaching import check

from .apps import computing


def test_blue():
    """00-1: another number, a number that looks like one, a forgotten explorer, and no explorer."""
    with Explorer(computing(lambda scope, body: (200, [{"name": "cup"}, {"name": "jug"}]))) as explorer:
        assert "`blue` is 3, but the shop lists ['cup', 'jug']" in check("00-1", (explorer, 3)).message
        assert check("00-1", (explorer, 2.0)).state == "wrong"
        assert check("00-1", (explorer, 2)).passed
    assert "`explorer` is 5" in check("00-1", (5, 2)).message
    assert "pass `(explorer, blue)`" in check("00-1", 2).message


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
    """00-2: a question instead of an addition, a refused one, the wrong color, too cheap."""
    with Explorer(app) as explorer:
        result = check("00-2", explorer.request(method, "/items", json=item or None))
    assert (result.state, what in result.message) == ("wrong", True), result
    assert "should be an exchange" in check("00-2", 5).message


def test_counted():
    """00-3: a guess, a truth value that equals a number, and the number itself."""
    with Explorer(app) as explorer:
        before = explorer.state.lifespan["served"]["http"]
        assert check("00-3", (explorer, before, ...)).state == "open"
        explorer.get("/nowhere")
        assert "the counter was 0 and is 1" in check("00-3", (explorer, before, 0)).message
        assert check("00-3", (explorer, before, True)).state == "wrong"
        assert check("00-3", (explorer, before, 1)).passed


def test_shutting_down():
    """00-4: running is where it begins, stopped is a step too far."""
    with Explorer(app) as explorer:
        assert check("00-4", explorer).state == "open"
        explorer.lifespan.step()
        assert check("00-4", explorer).passed
        explorer.lifespan.step()
        assert "'stopped'" in check("00-4", explorer).message


@pytest.mark.parametrize(
    ("failed", "what"),
    [
        ([], "/boom raises ZeroDivisionError"),
        (["/boom", "/nowhere"], "/nowhere is in `failed`, but the shop responds to it with 404"),
        ("/boom", "not a list of paths"),
        (["/slow"], "not among the paths"),
    ],
)
def test_failed(failed, what):
    """00-5: a missing path, a rejected one, one that is not in a list, and another one."""
    with Explorer(app) as explorer:
        result = check("00-5", (explorer, failed))
        assert (result.state, what in result.message) == ("wrong", True), result
        assert check("00-5", (explorer, ("/boom",))).passed


def test_added():
    """00-6: a wrong guess gets the number before and after."""
    shop = FastAPI()
    shop.state.added = 3
    with Explorer(shop) as explorer:
        assert "was 2 and is 3" in check("00-6", (explorer, 2, 3)).message
        assert check("00-6", (explorer, 2, 1)).passed
        assert check("00-6", (explorer, 2, ...)).state == "open"
