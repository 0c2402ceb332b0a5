"""`explorer.shrink`: which earlier requests a failure needs, on fresh starts of the app."""

from __future__ import annotations

import json
import math
import time

import pytest

from ipyasgi import Explorer
from ipyasgi.experiments import Shrunk
from ipyasgi.experiments.shrink import Shrinker, Step, TimeIsUp
from ipyasgi.experiments.trials import read_failure
from ipyasgi.protocol.errors import RequestError

from .planted import build_app

LONG_S = 300  # no search ends by it


@pytest.fixture
def explorer():
    """Attach the app with planted faults."""
    with Explorer(build_app()) as explorer:
        yield explorer


def explore(explorer):
    """Send what a person sends, up to the crash; return its exchange."""
    explorer.get("/items")
    for number in range(6):
        explorer.post("/items", json={"name": f"n{number}", "price": number, "tags": ["a", "b"]})
        explorer.get("/items", params={"limit": 3})
    explorer.delete("/items/1")
    explorer.delete("/items/4")
    explorer.get("/health")
    return explorer.get("/items/1", raise_exceptions=False)


def test_the_requests_that_a_crash_needs(explorer):
    """Of fifteen earlier requests one is needed; both are in the history, and the last has its exception."""
    target = explore(explorer)
    found = explorer.shrink(target.name, seconds=LONG_S)
    assert isinstance(found, Shrunk)
    assert [(one.spec.method, one.spec.path) for one in found.steps] == [("DELETE", "/items/1"), ("GET", "/items/1")]
    assert found.steps == explorer.history[-2:]
    assert isinstance(found.steps[-1].exception, KeyError)
    assert found.earlier == 16
    assert found.before[-1] is target
    assert found.failure == read_failure(found.steps[-1])
    assert "get_item" in found.failure.place
    assert found.stopped == "finished"


def test_one_of_the_first_requests_is_tried_early(explorer):
    """A request that many others followed is among the first tries."""
    explorer.post("/items", json={"name": "first", "price": 1})
    explorer.delete("/items/01")  # the same item; a request to the same path would be tried before
    for number in range(100):
        explorer.post("/items", json={"name": f"n{number}", "price": number})
    found = explorer.shrink(explorer.get("/items/1", raise_exceptions=False), seconds=LONG_S)
    assert [one.spec.method for one in found.steps] == ["DELETE", "GET"]
    made_again = 102
    assert found.requests - made_again < 50


def test_the_smallest_body(explorer):
    """A body has what the crash needs and nothing more; equal texts stay equal."""
    crash = explorer.post(
        "/items",
        json={"name": "a long name", "price": 1234.5, "tags": ["winter sale", "winter sale"]},
        raise_exceptions=False,
    )
    found = explorer.shrink(crash, seconds=LONG_S)
    assert found.steps[0].spec.body == b'{"name": "0", "price": 0, "tags": ["", ""]}'
    assert found.before[0].spec is crash.spec


def test_the_bodies_of_earlier_requests_become_smaller_too():
    """A body that is needed only for what it creates is as small as one that fails."""
    names = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            names.clear()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = json.loads((await receive())["body"])
        if body["name"] in names:
            raise KeyError(body["name"])
        names.append(body["name"])
        await send({"type": "http.response.start", "status": 201})
        await send({"type": "http.response.body"})

    with Explorer(app) as explorer:
        explorer.post("/", json={"name": "saucer"})
        explorer.post("/", json={"name": "teapot", "price": 24.5, "tags": ["x", "y"]})
        found = explorer.shrink(
            explorer.post("/", json={"name": "teapot", "price": 3}, raise_exceptions=False), seconds=LONG_S
        )
    # Not the name itself: one of two requests alone would be another name.
    assert [one.spec.body for one in found.steps] == [b'{"name": "teapot"}'] * 2


def test_an_item_that_is_always_there_takes_the_place_of_a_created_one(explorer):
    """Numbers in paths become smaller in all requests at once, and what made the item is not needed."""
    explorer.post("/items", json={"name": "kettle", "price": 3.5})
    explorer.post("/items", json={"name": "pan", "price": 5})
    explorer.delete("/items/3")
    found = explorer.shrink(explorer.get("/items/3", raise_exceptions=False), seconds=LONG_S)
    assert [(one.spec.method, one.spec.path) for one in found.steps] == [("DELETE", "/items/1"), ("GET", "/items/1")]
    assert "was /items/3" in found.to_text()


def test_the_state_is_made_again(explorer):
    """Afterwards the app's state is that of before; the value names a counter of starts, which is not."""
    target = explore(explorer)
    before = dict(explorer.app.state.items), set(explorer.app.state.deleted)
    found = explorer.shrink(target, seconds=LONG_S)
    assert (explorer.app.state.items, explorer.app.state.deleted) == before
    assert "differs from before in app.state.starts" in found.notes[-1]
    assert explorer.app.state.starts > found.tries
    explorer.post("/items", json={"name": "late", "price": 1})
    before = dict(explorer.app.state.items)
    explorer.shrink(target)  # what the first one sent again is sent again
    assert explorer.app.state.items == before


def test_only_what_this_start_received_is_made_again(explorer):
    """Requests from before the last restart are not sent again for the state."""
    explorer.post("/items", json={"name": "old", "price": 1})
    explorer.lifespan.restart()
    explorer.delete("/items/1")
    found = explorer.shrink(explorer.get("/items/1", raise_exceptions=False), seconds=LONG_S)
    assert explorer.app.state.items == {}
    assert found.notes[-1].endswith("differs from before in app.state.starts")


def test_a_status_is_a_failure_too(explorer):
    """A 404 is shrunk as a crash is."""
    explorer.post("/items", json={"name": "a", "price": 1})
    explorer.delete("/items/2")
    found = explorer.shrink(explorer.delete("/items/2"), seconds=LONG_S)
    assert [one.status_code for one in found.steps] == [404]
    assert len(found.steps) == 1  # on a fresh start there is no second item at all


def test_what_did_not_fail_is_refused(explorer):
    """A response below 400 is not a failure, and an unknown name is not in the history."""
    done = explorer.get("/health")
    with pytest.raises(RequestError, match="r1 did not fail"):
        explorer.shrink(done)
    with pytest.raises(KeyError, match="r9"):
        explorer.shrink("r9")
    assert len(explorer.history) == 1


def app_that_counts():
    """Return an app that fails at the second request of its life, whatever restarts it."""
    seen = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        seen.append(scope["path"])
        if len(seen) == 2:
            raise RuntimeError("second")
        await send({"type": "http.response.start", "status": 200 + (scope["path"] == "/other" and len(seen) > 2)})
        await send({"type": "http.response.body"})

    return app


def test_a_failure_that_does_not_come_back():
    """If its cause is outside the lifespan, the value has no steps and says why, with what differed."""
    with Explorer(app_that_counts()) as explorer:
        explorer.post("/other")
        found = explorer.shrink(explorer.get("/", raise_exceptions=False), seconds=LONG_S)
    assert not found.failed_again
    assert found.steps == ()
    assert "does not fail on a fresh start" in found.notes[0]
    assert found.notes[1] == "another outcome than recorded: r1"
    assert "did not fail again" in found.to_text()
    assert len(explorer.history) == 2


def test_an_app_without_a_lifespan():
    """Without a lifespan no try is fresh, which the value says."""

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        raise KeyError("always")

    with Explorer(app) as explorer:
        found = explorer.shrink(explorer.get("/", raise_exceptions=False), seconds=LONG_S)
    assert found.failed_again
    assert found.notes == (
        "the app's lifespan does not run: each try began with the state that the one before had left",
    )


def test_a_lifespan_that_was_not_started_stays_so():
    """An app that the user has not started is not started by the tries."""
    with Explorer(build_app(), lifespan="off") as explorer:
        found = explorer.shrink(explorer.get("/items", raise_exceptions=False), seconds=LONG_S)
        assert found.failure.error == "AttributeError"
        assert explorer.lifespan.status == "not started"


def test_the_time_is_bounded(explorer):
    """When the time is over, the smallest that was found is returned, if only the request as it was."""
    target = explore(explorer)
    seen = []

    def on_progress(progress):
        seen.append(progress)
        time.sleep(0.3 * (len(seen) == 3))

    found = explorer.shrink(target, seconds=0.3, on_progress=on_progress)
    assert found.stopped == "time"
    assert len(seen) <= found.tries <= 4
    assert "the time was over" in found.to_text()


def test_the_time_ends_a_try(explorer):
    """A try with many requests does not go on after the time; those that make the state again do."""
    target = explore(explorer)
    sent = []

    class Slow:
        def restart(self):
            """Start again at once."""

        def send(self, spec, like=None):
            sent.append(spec)
            shrinker.until_s = time.monotonic()  # this request takes all the time

    step = Step(spec=target.spec, origin=target)
    shrinker = Shrinker(trials=Slow(), failure=read_failure(target), until_s=math.inf)
    with pytest.raises(TimeIsUp):
        shrinker.fails([step] * 3)
    assert len(sent) == 1
    shrinker.send([step] * 3)
    assert len(sent) == 4


def test_an_interrupt_returns_what_was_found(explorer):
    """An interrupt ends the search; the app runs on."""
    target = explore(explorer)
    seen = []

    def on_progress(progress):
        seen.append(progress)
        if len(seen) == 3:
            raise KeyboardInterrupt

    found = explorer.shrink(target, seconds=LONG_S, on_progress=on_progress)
    assert found.stopped == "interrupted"
    assert found.steps[-1].exception_name == "KeyError"
    assert "%asgi replay r1-r17 sends again what it had received" in found.notes[-1]
    assert explorer.get("/health").status_code == 200


def test_cookies_are_those_of_the_beginning():
    """Each try begins with the cookies of the first request; the user's are there afterwards."""

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        cookie = dict(scope["headers"]).get(b"cookie", b"")
        if b"signed=in" in cookie and b"mine=1" in cookie and scope["path"] == "/crash":
            raise RuntimeError("signed in")
        headers = [(b"set-cookie", b"signed=in")] if scope["path"] == "/in" else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body"})

    with Explorer(app) as explorer:
        explorer.cookies["mine"] = "1"
        explorer.get("/")
        explorer.get("/in")
        explorer.get("/")
        found = explorer.shrink(explorer.get("/crash", raise_exceptions=False), seconds=LONG_S)
        assert [one.spec.path for one in found.steps] == ["/in", "/crash"]
        assert dict(explorer.cookies) == {"mine": "1", "signed": "in"}


def test_the_tries_are_not_events(explorer):
    """Only the exchanges that are kept are in the history and reach subscribers."""
    target = explore(explorer)
    names = []
    unsubscribe = explorer.subscribe(lambda event: names.append(event.kind) if event.kind == "exchange" else None)
    found = explorer.shrink(target, seconds=LONG_S)
    unsubscribe()
    assert len(names) == len(found.steps) == 2


def test_the_display(explorer):
    """The text has what was found, the bodies before and after, the cost and the export, with secrets masked."""
    crash = explorer.post(
        "/items",
        json={"name": "kettle", "price": 1, "tags": ["<b>", "<b>"], "password": "hunter2"},
        raise_exceptions=False,
    )
    found = explorer.shrink(crash, seconds=LONG_S)
    text = found.to_text()
    assert text.startswith("r1 POST /items → ZeroDivisionError fails alone")
    assert '{"name": "0", "price": 0, "tags": ["", ""]}' in text
    assert "was " in text
    assert "hunter2" not in text
    assert "%asgi export r2 pytest" in text
    html = found._repr_mimebundle_()["text/html"]
    assert "hunter2" not in html
    assert "&lt;b&gt;" in html
    data = found.to_dict()
    assert data["steps"][0]["name"] == "r2"
    assert data["failed_again"] is True
    assert "hunter2" not in str(data)
