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


def test_log_returns_too_early():
    """04-1, 04-5: an app that receives its startup message and returns is not begun."""

    async def receiving(scope, receive, send):
        await receive()

    assert check("04-1", receiving).state == "open"
    assert check("04-5", lambda url: receiving).state == "open"


async def cellar(scope, receive, send):
    if scope["type"] != "lifespan":
        raise NotImplementedError(scope["type"])
    scope["state"]["door"] = "closed"
    await receive()
    await send({"type": COMPLETE})
    scope["state"]["door"] = "open"
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


@pytest.mark.parametrize(
    ("solution", "what"),
    [
        ((cellar, "open", "open"), "after one step the door is not 'open'"),
        ((cellar, "closed", "closed"), "after two steps the door is not 'closed'"),
        ((living(lambda state: COMPLETE), "closed", "open"), "but no `door`"),
        (("closed", "open"), "pass `(cellar, after_one_step, after_two_steps)`"),
    ],
)
def test_steps(solution, what):
    """04-2: each prediction by itself, an app without a door, the app forgotten."""
    result = check("04-2", solution)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_steps_right():
    """04-2: the state at the first `send`, and at the second `receive`."""
    assert check("04-2", (cellar, "closed", "open")).passed
    assert check("04-2", (cellar, "closed", ...)).state == "open"


def counting(count):
    """Return an app that calls ``count(state)`` for each request, and returns the number in the state."""

    def startup(state):
        state["visits"] = {"count": 0}
        return COMPLETE

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await living(startup)(scope, receive, send)
            return
        count(scope["state"])
        await computing(lambda scope, body: (200, scope["state"]["visits"]["count"]))(scope, receive, send)

    return app


def add_to_shared(state):
    state["visits"]["count"] += 1


def replace_shared(state):
    state["visits"] |= {"count": state["visits"]["count"] + 1}


def replace_in_copy(state):
    state["visits"] = {"count": state["visits"]["count"] + 1}


def test_fair():
    """04-3: every way to change the shared object is right; another object in the copy is not, and no line is open."""
    assert check("04-3", counting(add_to_shared)).passed
    assert check("04-3", counting(replace_shared)).passed
    assert "return ['1', '1', '1']" in check("04-3", counting(replace_in_copy)).message
    assert check("04-3", counting(lambda state: None)).state == "open"


async def in_the_copy(scope, receive, send):
    state = scope["state"]
    if scope["type"] == "lifespan":
        state["served"] = 0
        await living(lambda state: COMPLETE)(scope, receive, send)
        return
    state["served"] += 1
    await computing(lambda scope, body: (200, {"served": state["served"]}))(scope, receive, send)


def test_served():
    """04-4: a number in the copy never grows, and one that outlives a restart is too old."""
    assert "return [1, 1, 1]" in check("04-4", in_the_copy).message
    numbers = iter(range(1, 99))

    async def for_ever(scope, receive, send):
        if scope["type"] == "lifespan":
            await living(lambda state: COMPLETE)(scope, receive, send)
        else:
            await computing(lambda scope, body: (200, {"served": next(numbers)}))(scope, receive, send)

    assert "after a restart the first request returns 4" in check("04-4", for_ever).message


def test_served_open():
    """04-4: an app that returns nothing yet."""

    async def empty(scope, receive, send):
        app = living(lambda state: COMPLETE) if scope["type"] == "lifespan" else computing(lambda *_: (200, None))
        await app(scope, receive, send)

    assert check("04-4", empty).state == "open"


def refuse_by_raising(url):
    def startup(state):
        if not url:
            raise RuntimeError("no database")
        return COMPLETE

    return living(startup)


def test_make_app():
    """04-5: a startup that raises, one that says nothing, and one that always works."""
    assert "raises RuntimeError" in check("04-5", refuse_by_raising).message
    assert "is 'running'" in check("04-5", lambda url: living(lambda state: COMPLETE)).message
    failed = "lifespan.startup.failed"
    assert "is ''" in check("04-5", lambda url: living(lambda state: COMPLETE if url else failed)).message
    assert check("04-5", lambda url: None).state == "open"
