"""`explorer.fuzz` with a stand-in for schemathesis: what becomes of the requests that it sends."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from ipyasgi import Explorer
from ipyasgi.experiments import Fuzzed, fuzz
from ipyasgi.experiments.fuzz import select_operations
from ipyasgi.experiments.fuzz_engine import Contradiction, Stopped
from ipyasgi.openapi.document import Document
from ipyasgi.protocol.errors import RequestError
from ipyasgi.records.requests import build_spec
from ipyasgi.views.shrink import export_hint

from .planted import build_app

ADD = "POST /items"
GET = "GET /items/{item_id}"
LONG_S = 1000  # of which a fifth is for making crashes smaller: no test ends by it


@pytest.fixture
def explorer(monkeypatch):
    """Attach the app with planted faults; schemathesis need not be installed."""
    monkeypatch.setattr("ipyasgi.explorer.explorer.load_schemathesis", lambda: None)
    with Explorer(build_app()) as explorer:
        yield explorer


def engine_of(monkeypatch, run, problems=()):
    """Replace the engine by one that runs a function, and return a list of the engines that were made."""
    made = []

    class Engine:
        is_late = False

        def __init__(self, **options):
            self.__dict__ |= options
            self.stopped = threading.Event()
            self.problems = dict.fromkeys(problems)
            made.append(self)

        def stop(self):
            self.stopped.set()

        def run(self):
            yield from run(self) or ()

    monkeypatch.setattr(fuzz, "FuzzEngine", Engine)
    return made


def item(**fields):
    """Return the request that adds an item."""
    return build_spec("POST", "/items", json={"name": "kettle", "price": 1.5, **fields})


def test_a_crash_is_small_and_in_the_history(explorer, monkeypatch):
    """The smallest request of a crash becomes smaller still, and is in the history with its exception."""

    def run(engine):
        for tags in (["long", "long"], ["a", "a"], ["much longer"] * 2):
            engine.send(ADD, item(tags=tags))

    engine_of(monkeypatch, run)
    found = explorer.fuzz(seconds=LONG_S, seed=7)
    assert isinstance(found, Fuzzed)
    (crash,) = found.findings
    assert (crash.kind, crash.operation, crash.title, crash.seen) == ("crash", ADD, "ZeroDivisionError", 3)
    assert crash.exchange.spec.body == b'{"name": "0", "price": 0, "tags": ["", ""]}'
    assert crash.on_fresh_start
    assert explorer.history[-1] is crash.exchange
    assert isinstance(crash.exchange.exception, ZeroDivisionError)
    assert len(explorer.history) == 1
    assert (found.seed, found.stopped, found.requests, found.of_operations) == (7, "finished", 3, 9)
    assert found.outcomes == {ADD: {"500 Internal Server Error": 3}}
    assert "ZeroDivisionError" in found.exchanges.to_pytest(app="shop:app")


def test_the_last_progress_has_the_counts(explorer, monkeypatch):
    """What stays of the progress says what was sent, and not what the run was doing."""
    engine_of(monkeypatch, lambda engine: engine.send(ADD, item(tags=["a", "a"])) and ())
    reports = []
    explorer.fuzz(seconds=LONG_S, on_progress=reports.append)
    assert reports[-1].about == "1 request, 1 of 9 operations, 1 finding"


def test_a_crash_with_what_it_needs(explorer, monkeypatch):
    """A crash that needs earlier requests has them, each in the history before it."""

    def run(engine):
        engine.send(ADD, item())
        engine.send("GET /health", build_spec("GET", "/health"))
        engine.send("DELETE /items/{item_id}", build_spec("DELETE", "/items/2"))
        engine.send(GET, build_spec("GET", "/items/2"))

    engine_of(monkeypatch, run)
    (crash,) = explorer.fuzz(seconds=LONG_S).findings
    assert [one.spec.path for one in crash.before] == ["/items/1"]
    assert [one.name for one in (*crash.before, crash.exchange)] == ["r1", "r2"]
    assert crash.exchange.exception_name == "KeyError"


def test_the_last_requests_before_a_crash_are_kept(explorer, monkeypatch):
    """Of many requests the last ones before a crash are candidates, whatever was sent before and after them."""
    monkeypatch.setattr(fuzz, "_FIRST", 1)
    monkeypatch.setattr(fuzz, "_MOST_EARLIER", 3)

    def run(engine):
        for _ in range(3):
            engine.send(ADD, item())
        engine.send("DELETE /items/{item_id}", build_spec("DELETE", "/items/2"))
        engine.send(GET, build_spec("GET", "/items/2"))
        for _ in range(3):
            engine.send(ADD, item())

    engine_of(monkeypatch, run)
    (crash,) = explorer.fuzz(seconds=LONG_S).findings
    assert [(one.spec.method, one.spec.path) for one in crash.before] == [("DELETE", "/items/1")]


def test_the_first_requests_are_kept(explorer, monkeypatch):
    """A crash that needs the first of many requests, as where an app counts its items, has it before it."""
    monkeypatch.setattr(fuzz, "_FIRST", 2)
    monkeypatch.setattr(fuzz, "_MOST_EARLIER", 4)

    def run(engine):
        engine.send(ADD, item())
        engine.send("DELETE /items/{item_id}", build_spec("DELETE", "/items/1"))
        for _ in range(10):
            engine.send(ADD, item())
        engine.send(GET, build_spec("GET", "/items/1"))

    engine_of(monkeypatch, run)
    (crash,) = explorer.fuzz(seconds=LONG_S).findings
    assert [(one.spec.method, one.spec.path) for one in crash.before] == [("DELETE", "/items/1")]


def test_the_first_request_of_a_crash_is_tried_too(monkeypatch):
    """If the smallest request of a crash does not crash again, the first one may, which needs less before it."""
    monkeypatch.setattr("ipyasgi.explorer.explorer.load_schemathesis", lambda: None)
    monkeypatch.setattr(fuzz, "_FIRST", 2)
    monkeypatch.setattr(fuzz, "_MOST_EARLIER", 4)
    app = build_app()

    @app.post("/turns/{name}")
    async def take_turn(name: str):
        app.state.deleted.add(len(app.state.deleted))
        if len(app.state.deleted) % 3 == 0:
            raise LookupError(name)

    def run(engine):
        for name in ("long", "long", "longer", "a", "b", "c", "d", "e", "f"):
            engine.send("POST /turns/{name}", build_spec("POST", f"/turns/{name}"))

    engine_of(monkeypatch, run)
    with Explorer(app) as explorer:
        (crash,) = explorer.fuzz(seconds=LONG_S).findings
    assert (crash.seen, crash.on_fresh_start) == (3, True)
    assert [one.spec.path for one in (*crash.before, crash.exchange)] == ["/turns/long", "/turns/long", "/turns/longer"]


def test_what_the_user_did_before_may_be_needed(explorer, monkeypatch):
    """Requests of the history since the last start are candidates too."""
    explorer.delete("/items/1")
    engine_of(monkeypatch, lambda engine: engine.send(GET, build_spec("GET", "/items/1")) and ())
    (crash,) = explorer.fuzz(seconds=LONG_S).findings
    assert [one.spec.method for one in crash.before] == ["DELETE"]


def test_contradictions_come_after_crashes(explorer, monkeypatch):
    """Wrong bodies come before the rest; the smallest of a kind is kept and counted; a crash is none."""

    def run(engine):
        def contradict(operation, check, title, spec):
            exchange = engine.send(operation, spec)
            return Contradiction(
                operation=operation, check=check, title=title, message="\n\nis wrong", exchange=exchange
            )

        yield contradict("GET /health", "status_code_conformance", "Status", build_spec("GET", "/health?x=1"))
        yield contradict(
            "GET /report", "response_schema_conformance", "Schema", build_spec("GET", "/report?deep=true&a")
        )
        yield contradict("GET /report", "response_schema_conformance", "Schema", build_spec("GET", "/report?deep=1"))
        yield contradict(ADD, "not_a_server_error", "Server error", item(tags=["a", "a"]))

    engine_of(monkeypatch, run)
    found = explorer.fuzz(seconds=LONG_S)
    assert [(one.kind, one.title, one.seen) for one in found.findings] == [
        ("crash", "ZeroDivisionError", 1),
        ("contradiction", "Schema", 2),
        ("contradiction", "Status", 1),
    ]
    assert found.contradictions[0].exchange.spec.target == "/report?deep=1"
    text = found.to_text()
    assert text.index("Crashes") < text.index("Contradictions to the document") < text.index("1 more: Status (1)")
    assert "Schema: is wrong" in text
    assert [one["title"] for one in found.to_dict()["findings"]] == ["ZeroDivisionError", "Schema", "Status"]
    html = found._repr_mimebundle_()["text/html"]
    assert html.count("<details") == 1


def test_the_hint_exports_findings_in_any_order(explorer):
    """Crashes come first, so the numbers of findings may fall; the span of the hint can be exported."""
    first, second = explorer.get("/items/1"), explorer.get("/items/1")
    assert export_hint([second, first]) == "%asgi export 1-2 pytest"


def test_the_credentials_and_defaults_are_used(explorer, monkeypatch):
    """The engine gets what signs a request; with default cookies, requests without them cannot be checked."""
    made = engine_of(monkeypatch, lambda engine: None)
    explorer.fuzz(seconds=1)
    assert made[0].sign is None
    explorer.login(token="t-ann")
    explorer.cookies["a"] = "b"
    explorer.fuzz(seconds=1)
    assert dict(made[1].sign(build_spec("GET", "/me")).headers) == {b"authorization": b"Bearer t-ann"}
    assert made[1].without == ["ignored_auth"]
    assert dict(explorer.cookies) == {"a": "b"}


def test_a_stream_that_does_not_end_is_no_crash():
    """A response that begins and goes on is cut off, and the next one earlier; no response at all is a crash."""
    limits = []

    class Trials:
        def send(self, spec, timeout_s, sees_state):
            limits.append(timeout_s)
            late = {"exception": None, "raised": None, "handled_exception": None, "outcome": "ReadTimeout"}
            return SimpleNamespace(
                spec=spec,
                failed=True,
                ok=False,
                ended_by_you=False,
                cut_off=spec.path == "/stream",
                status_code=200,
                state_diff=(),
                **late,
            )

    run = fuzz.FuzzRun(
        trials=Trials(), document=Document(), operations=("GET /stream", "GET /silent"), seed=1, seconds=1, base_url=""
    )
    for path in ("/stream", "/stream", "/silent"):
        run._send(f"GET {path}", build_spec("GET", path))
    assert limits == [None, fuzz._STREAM_S, None]
    assert "1 finding" in run.progress().about


def test_what_the_app_prints_is_not_written(explorer, monkeypatch, capsys):
    """The output of generated requests and of restarts is not on the page, but in the exchanges."""

    async def app(scope, receive, send):
        print("the app says", scope["type"])
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            print("the app ends")
            await send({"type": "lifespan.shutdown.complete"})
            return
        raise KeyError("always")

    app.openapi = lambda: {"openapi": "3.1.0", "paths": {"/": {"get": {"responses": {}}}}}
    engine_of(monkeypatch, lambda engine: engine.send("GET /", build_spec("GET", "/")) and ())
    with Explorer(app) as own:
        capsys.readouterr()
        found = own.fuzz(seconds=LONG_S)
        assert capsys.readouterr().out == "the app ends\n"  # the one that the user had started
        own.lifespan.restart()
        assert capsys.readouterr().out == "the app ends\nthe app says lifespan\n"
        assert [line.text for line in found.crashes[0].exchange.output] == ["the app says http\n"]


def test_cookies_of_the_app_do_not_stay(monkeypatch):
    """Each generated request has the user's cookies and no others; those that the app sets are gone afterwards."""
    monkeypatch.setattr("ipyasgi.explorer.explorer.load_schemathesis", lambda: None)
    received = []

    async def app(scope, receive, send):
        received.append(dict(scope["headers"]).get(b"cookie"))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"theirs=2")]})
        await send({"type": "http.response.body"})

    app.openapi = lambda: {"openapi": "3.1.0", "paths": {"/": {"get": {"responses": {}}}}}
    engine_of(monkeypatch, lambda engine: [engine.send("GET /", build_spec("GET", "/")) for _ in range(2)] and ())
    with Explorer(app, lifespan="off") as explorer:
        explorer.cookies["mine"] = "1"
        explorer.fuzz(seconds=LONG_S)
        assert dict(explorer.cookies) == {"mine": "1"}
    assert received == [b"mine=1"] * 2


def test_an_app_that_wants_a_sign_in(explorer, monkeypatch):
    """Operations that only ever refused are named, with what to do."""
    engine_of(monkeypatch, lambda engine: engine.send("GET /me", build_spec("GET", "/me")) and ())
    found = explorer.fuzz(seconds=1)
    assert found.never_succeeded == ("GET /me",)
    assert found.notes[0] == "only 401 or 403 from GET /me: sign in first, %asgi login"


def test_the_time_for_schemathesis_is_in_the_seconds(monkeypatch):
    """What is prepared before the first request, such as the import, takes part of the time."""
    loaded_s = []
    monkeypatch.setattr("ipyasgi.explorer.explorer.load_schemathesis", lambda: loaded_s.append(time.monotonic()))
    made = engine_of(monkeypatch, lambda engine: None)
    with Explorer(build_app()) as explorer:
        explorer.fuzz(seconds=LONG_S)
    assert made[0].until_s <= loaded_s[0] + LONG_S * fuzz._SHARE
    assert made[0].least_s == fuzz._LEAST_S


def test_how_often_the_state_is_looked_at(explorer, monkeypatch):
    """Later only for an operation whose requests should not change the state and have done so."""
    looks = []
    monkeypatch.setattr(fuzz, "_LOOKS", 1)
    send = type(explorer._trials()).send

    def counting(trials, spec, *more, sees_state=True, **options):
        looks.append((spec.method, sees_state))
        return send(trials, spec, *more, sees_state=sees_state, **options)

    monkeypatch.setattr("ipyasgi.explorer.trials.ExplorerTrials.send", counting)

    def run(engine):
        for _ in range(2):
            engine.send(ADD, item())
            engine.send("GET /health", build_spec("GET", "/health"))
            engine.send("GET /count", build_spec("GET", "/count"))

    @explorer.app.get("/count")
    async def count():
        explorer.app.state.counted = getattr(explorer.app.state, "counted", 0) + 1

    engine_of(monkeypatch, run)
    explorer.fuzz(seconds=LONG_S)
    assert looks == [
        ("POST", True),
        ("GET", True),
        ("GET", True),
        ("POST", False),
        ("GET", False),
        ("GET", True),
    ]


def test_the_app_is_restarted(explorer, monkeypatch):
    """The requests' state is gone afterwards, and the value says so."""
    engine_of(monkeypatch, lambda engine: engine.send(ADD, item()) and ())
    found = explorer.fuzz(seconds=1)
    assert list(explorer.app.state.items) == [1]
    assert "the app was restarted" in found.notes[-1]
    assert len(explorer.history) == 0


def test_an_app_that_does_not_start_again(monkeypatch):
    """The findings are there, and a note has the app's exception, masked."""
    monkeypatch.setattr("ipyasgi.explorer.explorer.load_schemathesis", lambda: None)
    starts = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            starts.append(1)
            if len(starts) > 1:
                raise OSError("port in use, password=hunter2")
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        raise KeyError("always")

    app.openapi = lambda: {"openapi": "3.1.0", "paths": {"/": {"get": {"responses": {}}}}}
    engine_of(monkeypatch, lambda engine: engine.send("GET /", build_spec("GET", "/")) and ())
    with Explorer(app) as explorer:
        found = explorer.fuzz(seconds=LONG_S)
        assert [one.title for one in found.crashes] == ["KeyError"]
        assert found.notes[-1].startswith("the app did not start again: OSError: port in use")
        assert "not made to crash on a fresh start" in found.to_text()
        assert "hunter2" not in found.to_text() + str(found.to_dict())


def test_an_interrupt_shows_what_was_found(explorer, monkeypatch):
    """An interrupt stops the engine, and the value has the findings so far, not made smaller."""
    reached = threading.Event()

    def run(engine):
        engine.send(ADD, item(tags=["a", "a"]))
        reached.set()
        assert engine.stopped.wait(20)
        raise Stopped

    def on_progress(progress):
        assert progress.about in ("generating requests", "1 request, 1 of 9 operations, 1 finding")
        if reached.is_set():
            raise KeyboardInterrupt

    engine_of(monkeypatch, run)
    found = explorer.fuzz(seconds=60, on_progress=on_progress)
    assert found.stopped == "interrupted"
    assert [one.title for one in found.findings] == ["ZeroDivisionError"]
    assert found.findings[0].exchange is explorer.history[-1]
    assert "have changed the app's state" in found.notes[-1]
    assert explorer.get("/health").status_code == 200


def test_an_interrupt_ends_a_request_that_waits(monkeypatch):
    """A request that the app does not answer is cancelled, and the prompt does not wait for it."""
    monkeypatch.setattr("ipyasgi.explorer.explorer.load_schemathesis", lambda: None)
    monkeypatch.setattr("ipyasgi.explorer.explorer.longest_wait", lambda settings: 1000.0)
    entered, left = threading.Event(), threading.Event()

    async def app(scope, receive, send):
        entered.set()
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            left.set()

    app.openapi = lambda: {"openapi": "3.1.0", "paths": {"/": {"get": {"responses": {}}}}}
    engine_of(monkeypatch, lambda engine: engine.send("GET /", build_spec("GET", "/")) and ())

    def on_progress(progress):
        if entered.is_set():
            raise KeyboardInterrupt

    with Explorer(app, lifespan="off") as explorer:
        found = explorer.fuzz(seconds=60, on_progress=on_progress)
        assert found.stopped == "interrupted"
        assert left.wait(20)


def test_a_problem_of_the_engine(explorer, monkeypatch):
    """If nothing was sent, the problem is the error; else it is a note."""
    engine_of(monkeypatch, lambda engine: None, problems=["GET /items: Schema Error: wrong"])
    with pytest.raises(RequestError, match="nothing could be fuzzed: GET /items: Schema Error: wrong"):
        explorer.fuzz(seconds=1)
    engine_of(monkeypatch, lambda engine: engine.send(ADD, item()) and (), problems=["GET /items: wrong"])
    assert "GET /items: wrong" in explorer.fuzz(seconds=1).notes


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), "5", True])
def test_impossible_seconds(explorer, monkeypatch, seconds):
    """Seconds that cannot be are one clear line, and nothing is sent."""
    made = engine_of(monkeypatch, lambda engine: None)
    with pytest.raises(RequestError, match=r"^seconds must be a positive number"):
        explorer.fuzz(seconds=seconds)
    with pytest.raises(RequestError, match=r"^seconds must be a positive number"):
        explorer.shrink("r1", seconds=seconds)
    with pytest.raises(RequestError, match=r"^seed must be a number"):
        explorer.fuzz(seed=str(seconds))
    assert made == []


def test_no_request_in_time(explorer, monkeypatch):
    """If the time was over before the first request, the value says what to do."""

    def run(engine):
        engine.is_late = True

    engine_of(monkeypatch, run)
    found = explorer.fuzz(seconds=1)
    assert (found.requests, found.stopped) == (0, "time")
    assert "the time was over before the first request: give it more --seconds" in found.to_text()


def test_secrets_are_masked(explorer, monkeypatch):
    """What schemathesis says of a response, and the bodies, are masked in every form."""

    def run(engine):
        exchange = engine.send(ADD, item(password="hunter2"))
        yield Contradiction(
            operation=ADD,
            check="response_schema_conformance",
            title="Schema",
            message='{"password": "hunter2"} is wrong',
            exchange=exchange,
        )

    engine_of(monkeypatch, run)
    found = explorer.fuzz(seconds=1)
    shown = found.to_text() + str(found.to_dict()) + found._repr_mimebundle_()["text/html"]
    assert "hunter2" not in shown
    assert "is wrong" in shown


DOCUMENT = Document(
    {
        "openapi": "3.1.0",
        "paths": {
            "/items": {"get": {"tags": ["Items"]}, "post": {"tags": ["Items"]}},
            "/items/{id}": {"delete": {}},
            "/health": {"get": {}},
        },
    }
)


@pytest.mark.parametrize(
    ("which", "found"),
    [
        (None, ["GET /items", "POST /items", "DELETE /items/{id}", "GET /health"]),
        ("POST /items", ["POST /items"]),
        ("post  /items", ["POST /items"]),
        ("method:GET,DELETE", ["GET /items", "DELETE /items/{id}", "GET /health"]),
        ("method:GET path:/items*", ["GET /items"]),
        ("path:/items/*", ["DELETE /items/{id}"]),
        ("tag:items", ["GET /items", "POST /items"]),
        ("health", ["GET /health"]),
        ("GET items", ["GET /items"]),
    ],
)
def test_which_operations(which, found):
    """A key names one operation; terms must all match."""
    assert list(select_operations(DOCUMENT, which)) == found


def test_no_operation():
    """What is named and not there is an error with what is there; an app without a document says so."""
    with pytest.raises(RequestError, match="no operation matches 'PUT /items'; the document has GET /items, POST"):
        select_operations(DOCUMENT, "PUT /items")
    with pytest.raises(RequestError, match="nothing to fuzz: the app has no OpenAPI document"):
        select_operations(Document(), None)
    with pytest.raises(RequestError, match=r"nothing to fuzz: Swagger 2\.0 is not supported"):
        select_operations(Document({"swagger": "2.0", "paths": {"/": {"get": {}}}}), None)
