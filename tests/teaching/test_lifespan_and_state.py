"""Wrong answers to the exercises of notebook 04 are distinguished; the right ones are run from the notebook itself."""

import pytest

from ipyasgi.teaching import check

from .apps import computing, living, silent

COMPLETE = "lifespan.startup.complete"


def opened(state):
    state["log"] = ["open"]
    return COMPLETE


def closed_too_early(state):
    state["log"] = ["open", "closed"]
    return COMPLETE


@pytest.mark.parametrize(
    ("app", "what"),
    [
        (living(lambda state: COMPLETE), "no `log`"),
        (living(opened), "after shutdown `log` is ['open']"),
        (living(closed_too_early), "after startup `log` is ['open', 'closed']"),
        (living(lambda state: "lifespan.startup.failed", message="no"), "'startup failed'"),
        (living(lambda state: state["pot"]), "KeyError"),
        (living(opened, "lifespan.shutdown.failed"), "shutdown"),
    ],
)
def test_log(app, what):
    """04-1: nothing in the state, nothing done at shutdown, a startup or shutdown that fails or raises."""
    result = check("04-1", app)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_log_open():
    """04-1: an app that ends without a word is the exercise as it stands."""
    assert check("04-1", silent).state == "open"


async def in_the_copy(scope, receive, send):
    state = scope["state"]
    if scope["type"] == "lifespan":
        state["served"] = 0
        await living(lambda state: COMPLETE)(scope, receive, send)
        return
    state["served"] += 1
    await computing(lambda scope, body: (200, {"served": state["served"]}))(scope, receive, send)


def test_served():
    """04-2: a number in the copy never grows, and one that outlives a restart is too old."""
    assert "return [1, 1, 1]" in check("04-2", in_the_copy).message
    numbers = iter(range(1, 99))

    async def for_ever(scope, receive, send):
        if scope["type"] == "lifespan":
            await living(lambda state: COMPLETE)(scope, receive, send)
        else:
            await computing(lambda scope, body: (200, {"served": next(numbers)}))(scope, receive, send)

    assert "after a restart the first request returns 4" in check("04-2", for_ever).message


def refuse_by_raising(url):
    def startup(state):
        if not url:
            raise RuntimeError("no database")
        return COMPLETE

    return living(startup)


def test_make_app():
    """04-3: a startup that raises, one that says nothing, and one that always works."""
    assert "raises RuntimeError" in check("04-3", refuse_by_raising).message
    assert "is 'running'" in check("04-3", lambda url: living(lambda state: COMPLETE)).message
    failed = "lifespan.startup.failed"
    assert "is ''" in check("04-3", lambda url: living(lambda state: COMPLETE if url else failed)).message
    assert check("04-3", lambda url: None).state == "open"
