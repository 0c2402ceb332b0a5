"""`Explorer`: attach, call, look, step, close."""

import concurrent.futures
import dataclasses
import gc
import threading
import time
import weakref

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.errors import DeadlineError, LoopError, NotAnAppError, RequestError
from ipyasgi.records.requests import build_spec


def app_of(**behaviour):
    """Return a raw app: a lifespan that sets ``n``, and one behaviour per path."""

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            scope["state"]["n"] = 0
            scope["state"]["seen"] = []
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await behaviour.get(scope["path"].strip("/") or "root", plain)(scope, receive, send)

    return app


async def plain(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"hi"})


async def moved(scope, receive, send):
    await send({"type": "http.response.start", "status": 302, "headers": [(b"location", b"/")]})
    await send({"type": "http.response.body", "body": b""})


async def boom(scope, receive, send):
    missing = {}
    return missing["key"]


async def hang(scope, receive, send):
    await anyio.sleep_forever()


async def ticks(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"tick", "more_body": True})
        await anyio.sleep(0.01)


async def touch(scope, receive, send):
    scope["state"]["seen"].append(scope["path"])
    await plain(scope, receive, send)


@pytest.fixture(params=["asyncio", "trio"])
def explorer(request):
    app = app_of(moved=moved, boom=boom, hang=hang, ticks=ticks, touch=touch)
    with Explorer(app, backend=request.param) as explorer:
        yield explorer


def test_an_exchange_holds_everything(explorer):
    """Status, body, messages, times and the name in the history are on the exchange."""
    exchange = explorer.get("/", params={"a": "1"})

    assert (exchange.status_code, exchange.text, exchange.name) == (200, "hi", "r1")
    assert [event.type for event in exchange.events] == ["http.response.start", "http.response.body"]
    assert exchange.run.scope["query_string"] == b"a=1"
    assert exchange.elapsed_ns > 0
    assert explorer.history["r1"] is exchange is explorer.history[-1]


def test_state_diff_says_what_a_request_changed(explorer):
    """What a request changed inside the lifespan state is on its exchange."""
    explorer.get("/touch")

    assert [str(change) for change in explorer.history[-1].state_diff] == ["state['seen'][0] = '/touch'"]


def test_the_apps_exception_is_raised_and_recorded(explorer):
    """The exception is the app's own object, with its frames, and the exchange keeps it."""
    with pytest.raises(KeyError, match="key") as handled_exception:
        explorer.get("/boom")

    assert explorer.history[-1].exception is handled_exception.value
    assert handled_exception.traceback[-1].name == "boom"
    assert explorer.get("/boom", raise_exceptions=False).exception is not None


def test_redirects_are_previous_exchanges(explorer):
    """A followed redirect is one exchange with the one before it."""
    exchange = explorer.get("/moved")

    assert exchange.status_code == 200
    assert [one.status_code for one in exchange.previous] == [302]
    assert exchange.request.url.path == "/"
    assert explorer.get("/moved", follow_redirects=False).status_code == 302


@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("POST", b"tea")])
def test_redirects_through_several_places(method, body):
    """Each of the redirects is an exchange of its own, with the body that it handed on."""

    async def first(scope, receive, send):
        await send({"type": "http.response.start", "status": 307, "headers": [(b"location", b"/second")]})
        await send({"type": "http.response.body", "body": b""})

    async def second(scope, receive, send):
        await send({"type": "http.response.start", "status": 307, "headers": [(b"location", b"/")]})
        await send({"type": "http.response.body", "body": b""})

    with Explorer(app_of(first=first, second=second)) as explorer:
        exchange = explorer.request(method, "/first", content=body)
    assert exchange.status_code == 200
    assert [(one.spec.path, one.spec.body) for one in exchange.previous] == [("/first", body), ("/second", body)]


@pytest.mark.parametrize("path", ["/hang", "/ticks"])
def test_a_deadline_ends_what_does_not_end(explorer, path):
    """A request that hangs and one that streams for ever end at the deadline, and are in the history."""
    began = time.monotonic()
    with pytest.raises(DeadlineError) as handled_exception:
        explorer.get(path, timeout=0.2)

    assert time.monotonic() - began < 20
    assert isinstance(handled_exception.value, TimeoutError)
    assert explorer.history[-1].exception is handled_exception.value
    assert explorer.get("/").status_code == 200


def test_a_pending_request_leaves_the_caller_free(explorer):
    """A submitted request runs on its own, can be awaited elsewhere and ends when cancelled."""
    handle = explorer.submit(build_spec("GET", "/hang"))
    assert explorer.get("/").status_code == 200
    assert not handle.done()
    handle.cancel()
    with pytest.raises(concurrent.futures.CancelledError):
        handle.result(20)
    assert explorer.history[-1].outcome == "cancelled"
    assert explorer.history[-1].ended_by_you

    assert handle.done()
    assert len(explorer.history) == 2


def test_lifespan_goes_step_by_step(explorer):
    """The statuses are those of the table, each with its events and what the step changed."""
    explorer.lifespan.shutdown()
    seen = []
    for _ in range(4):
        explorer.lifespan.step()
        seen.append((explorer.lifespan.status, len(explorer.lifespan.events)))

    assert seen == [("starting", 1), ("running", 2), ("shutting down", 3), ("stopped", 4)]


def test_a_step_shows_what_it_changed():
    """The step of lifespan.startup shows what startup put into the state."""
    with Explorer(app_of(), lifespan="off") as explorer:
        assert explorer.lifespan.status == "not started"
        explorer.lifespan.step()
        step = explorer.lifespan.steps[0]

        assert step.event.type == "lifespan.startup"
        assert [str(change) for change in step.changes] == ["state['n'] = 0", "state['seen'] = []"]
        assert explorer.lifespan.waiting == "send lifespan.startup.complete"


def test_a_request_before_startup_is_marked():
    """A request sent before startup works as far as the app lets it, and says so."""
    with Explorer(app_of(), lifespan="off") as explorer:
        assert explorer.get("/").notes == ("sent while the lifespan was 'not started'",)


def test_a_failing_startup_leaves_the_explorer():
    """A startup that raises is told by status and startup_error, and requests can still be sent."""

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            raise ValueError("no database")
        await plain(scope, receive, send)

    with Explorer(app) as explorer:
        assert explorer.lifespan.status == "startup failed"
        assert isinstance(explorer.startup_error, ValueError)
        assert explorer.get("/").status_code == 200


def test_an_app_without_lifespan_is_fine():
    """An app that raises for the lifespan scope is unsupported and usable."""

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await plain(scope, receive, send)

    with Explorer(app) as explorer:
        assert explorer.lifespan.status == "unsupported"
        assert explorer.startup_error is None
        assert explorer.get("/").notes == ()


def test_adopting_another_app_keeps_history_and_cookies(explorer):
    """The old app is shut down, the new one started; history, names and cookies go on."""
    explorer.get("/")
    explorer.client.cookies.set("a", "1")
    old = explorer.client.life
    explorer.replace_app(app_of(root=touch))
    exchange = explorer.get("/")

    assert old.status == "stopped"
    assert exchange.name == "r2"
    assert exchange.request.headers["cookie"] == "a=1"
    with pytest.raises(NotAnAppError):
        explorer.replace_app(42)
    assert explorer.get("/").status_code == 200


@pytest.mark.parametrize("given", [42, "app", lambda: None, dict, type("App", (), {"__call__": lambda self: 1})()])
def test_what_is_no_app_is_refused(given):
    """Objects that cannot be an ASGI app are refused at once, saying what to give."""
    with pytest.raises(NotAnAppError, match="is not an ASGI app"):
        Explorer(given)


def test_bad_requests_touch_nothing(explorer):
    """A path without a slash never reaches the app and leaves no exchange."""
    with pytest.raises(RequestError, match="'/items'"):
        explorer.get("items")
    assert len(explorer.history) == 0


def test_closing_ends_everything(explorer):
    """After close the app is shut down, calls say so, closing again is harmless and no thread is left."""
    explorer.submit(build_spec("GET", "/")).result(20)
    explorer.close()
    explorer.close()

    assert explorer.closed
    assert explorer.client.life.status == "stopped"
    with pytest.raises(LoopError, match="detached"):
        explorer.get("/")


def test_failures_of_httpx_are_recorded():
    """A redirect without end is raised by httpx and recorded."""

    async def again(scope, receive, send):
        await send({"type": "http.response.start", "status": 302, "headers": [(b"location", b"/again")]})
        await send({"type": "http.response.body", "body": b""})

    with Explorer(app_of(again=again)) as explorer:
        with pytest.raises(Exception, match="redirects"):
            explorer.get("/again")
        assert explorer.history[-1].response is None
        assert explorer.history[-1].outcome == "TooManyRedirects"


def test_many_threads_share_one_explorer(explorer):
    """Requests from several threads run side by side on the one loop and are all recorded."""
    threads = [threading.Thread(target=explorer.get, args=("/touch",)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(explorer.history) == 20
    assert len({exchange.name for exchange in explorer.history}) == 20
    assert len(explorer.state.lifespan["seen"]) == 20


def test_a_dropped_explorer_leaves_nothing():
    """An explorer that nobody closed is collected with its loops, as when its cell is run again."""
    explorer = Explorer(app_of())
    explorer.submit(build_spec("GET", "/")).result(20)
    gone = weakref.ref(explorer)
    del explorer
    until = time.monotonic() + 30
    while time.monotonic() < until and (gone() is not None or ours()):
        gc.collect()
        time.sleep(0.02)

    assert gone() is None
    assert ours() == []


def ours():
    """Return the names of our threads."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("ipyasgi")]


async def failing_shutdown(scope, receive, send):
    """An app that raises when it is shut down."""
    await receive()
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise ValueError("cannot close")
    await plain(scope, receive, send)


def test_an_app_that_fails_in_shutdown_does_not_keep_the_next_one_out():
    """Adopting goes on when the old app's shutdown raises, and hands the exception back; close raises it."""
    with Explorer(failing_shutdown) as explorer:
        failure = explorer.replace_app(app_of())
        assert str(failure) == "cannot close"
        assert explorer.get("/").status_code == 200
    with pytest.raises(LoopError, match="detached"):
        explorer.replace_app(app_of())
    explorer = Explorer(failing_shutdown)
    with pytest.raises(ValueError, match="cannot close"):
        explorer.close()
    assert explorer.closed


def test_a_redirect_that_hangs_shows_the_call_that_hung(deadlines_from):
    """Where a redirect leads to an app that never answers, messages and output are those of the last call."""
    entered = []
    deadlines_from(lambda: entered)

    async def to_hang(scope, receive, send):
        await send({"type": "http.response.start", "status": 307, "headers": [(b"location", b"/hang")]})
        await send({"type": "http.response.body", "body": b""})

    async def loud_hang(scope, receive, send):
        print("hanging")
        entered.append(True)
        await anyio.sleep_forever()

    with Explorer(app_of(root=to_hang, hang=loud_hang)) as explorer:
        with pytest.raises(DeadlineError):
            explorer.get("/", timeout=0.2)
        exchange = explorer.history[-1]

    assert exchange.run.scope["path"] == "/hang"
    assert "".join(line.text for line in exchange.output) == "hanging\n"


def test_an_exception_that_takes_no_attributes_comes_as_itself():
    """A frozen dataclass as an exception reaches the caller, from a request and from startup."""

    @dataclasses.dataclass(frozen=True)
    class Frozen(Exception):
        code: int

    async def app(scope, receive, send):
        await receive()
        raise Frozen(7)

    with Explorer(app, lifespan="off") as explorer:
        with pytest.raises(Frozen):
            explorer.get("/")
        with pytest.raises(Frozen):
            explorer.lifespan.startup()
        assert explorer.last_exception.code == 7


def test_the_last_exception_is_the_apps():
    """A failed startup, then the newest exchange with an exception; what you cancelled does not count."""
    with Explorer(app_of(boom=boom)) as explorer:
        assert explorer.last_exception is None
        explorer.get("/boom", raise_exceptions=False)
        explorer.get("/")
        assert isinstance(explorer.last_exception, KeyError)


def test_what_is_shown_bare_holds_no_values():
    """The reprs of changes, steps and pictures name places, not values."""

    async def app(scope, receive, send):
        await receive()
        scope["state"]["api_token"] = "s3cret"
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    with Explorer(app) as explorer:
        assert "s3cret" not in repr(explorer.lifespan.steps)
        assert str(explorer.lifespan.steps[0].changes[0]) == "state['api_token'] = 's3cret'"


def test_the_order_of_the_query_is_kept() -> None:
    """Pairs of the same name stay where they were given, between others."""
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["query_string"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    with Explorer(app, lifespan="off") as explorer:
        spec = explorer.get("/x", params=[("a", "1"), ("b", "ä +&"), ("a", "3")]).spec
    assert seen == [b"a=1&b=%C3%A4+%2B%26&a=3"]
    assert spec.target == "/x?a=1&b=%C3%A4+%2B%26&a=3"
