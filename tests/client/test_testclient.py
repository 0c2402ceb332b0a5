"""`TestClient` as Starlette's suites know it: requests, ``with`` and without, lifespan, portal."""

from typing import Any

import pytest

import ipyasgi.testclient
from ipyasgi.client.httpx import httpx
from ipyasgi.protocol.errors import LifespanError, NotAnAppError
from ipyasgi.testclient import TestClient

from .conftest import Make
from .replies import becomes_true, echo_scope, reply, who_runs, with_lifespan

# -- what the app is called with ------------------------------------------------------------------------------


def test_the_doors_names() -> None:
    """The drop-in module has the names of ``starlette.testclient`` that suites import."""
    import starlette.testclient

    for name in ("TestClient", "WebSocketTestSession", "WebSocketDenialResponse", "ASGI2App", "ASGI3App"):
        assert hasattr(starlette.testclient, name)
        assert name in ipyasgi.testclient.__all__
    assert TestClient.__test__ is False


def test_the_scope_of_a_request(client_of: Make) -> None:
    """Method, path, query, body and the usual headers arrive, the headers in Starlette's order."""
    seen = client_of(echo_scope).post("/a%20b/%C3%A9?x=1&y=%20", content="data").json()
    assert seen.pop("headers") == [
        ["host", "testserver"],
        ["accept", "*/*"],
        ["accept-encoding", dict(httpx.Client().headers)["accept-encoding"]],
        ["connection", "keep-alive"],
        ["user-agent", "testclient"],
        ["content-length", "4"],
    ]
    assert seen == {
        "method": "POST",
        "path": "/a b/é",
        "raw_path": "/a%20b/%C3%A9",
        "query": "x=1&y=%20",
        "root_path": "",
        "scheme": "http",
        "server": ["testserver", 80],
        "client": ["testclient", 50000],
        "http_version": "1.1",
        "body": "data",
        "keys": ["body", "type"],
    }


@pytest.mark.parametrize(
    ("base_url", "path", "expected"),
    [
        ("http://testserver", "/x", ("http", ["testserver", 80], "/x", "testserver")),
        ("https://shop.example:8443", "/x", ("https", ["shop.example", 8443], "/x", "shop.example:8443")),
        ("http://[::1]:8000", "/x", ("http", ["::1", 8000], "/x", "[::1]:8000")),
        ("http://testserver/api", "/x", ("http", ["testserver", 80], "/api/x", "testserver")),
        ("http://testserver/api", "https://other/x", ("https", ["other", 443], "/x", "other")),
        ("http://testserver:80", "/x", ("http", ["testserver", 80], "/x", "testserver")),
    ],
)
def test_base_url(make: Make, base_url: str, path: str, expected: tuple[Any, ...]) -> None:
    """The base URL gives scheme, host, port and the beginning of the path; absolute URLs go to the app as they are."""
    seen = make(echo_scope, base_url=base_url).get(path).json()
    assert (seen["scheme"], seen["server"], seen["path"], dict(seen["headers"])["host"]) == expected


def test_root_path_and_client(make: Make) -> None:
    """``root_path`` and ``client`` are copied to the scope."""
    seen = make(echo_scope, root_path="/api", client=("1.2.3.4", 5)).get("/x").json()
    assert (seen["root_path"], seen["client"], seen["path"]) == ("/api", ["1.2.3.4", 5], "/x")


@pytest.mark.parametrize("name", ["user-agent", "User-Agent"])
def test_one_user_agent(make: Make, name: str) -> None:
    """A given user agent replaces the default, in any spelling; the given dict is not changed."""
    given = {name: "mine", "X-A": "1"}
    seen = make(echo_scope, headers=given).get("/").json()["headers"]
    assert [value for key, value in seen if key == "user-agent"] == ["mine"]
    assert ["x-a", "1"] in seen
    assert given == {name: "mine", "X-A": "1"}


@pytest.mark.parametrize("verb", ["get", "options", "head", "post", "put", "patch", "delete"])
def test_every_verb(make: Make, verb: str) -> None:
    """Each verb of httpx reaches the app as its method."""
    methods: list[str] = []

    async def app(scope, receive, send):
        methods.append(scope["method"])
        await reply(send)

    assert getattr(make(app), verb)("/").status_code == 200
    assert methods == [verb.upper()]


def test_cookies_and_redirects(make: Make) -> None:
    """Cookies that the app sets are sent back, and redirects are followed unless configured otherwise."""

    async def app(scope, receive, send):
        if scope["path"] == "/in":
            await reply(send, status=303, headers=[(b"location", b"/home"), (b"set-cookie", b"who=me")])
        else:
            await reply(send, dict(scope["headers"]).get(b"cookie", b"").decode())

    client = make(app)
    assert client.get("/in").json() == "who=me"
    assert client.get("/in", follow_redirects=False).status_code == 303
    assert make(app, follow_redirects=False).get("/in").status_code == 303


@pytest.mark.parametrize("app", [None, 3, "shop:app"])
def test_not_an_app(app: Any) -> None:
    """Something that cannot be called is refused at once."""
    with pytest.raises(NotAnAppError, match="is not an ASGI app: give a callable"):
        TestClient(app)


def test_asgi_2(client_of: Make) -> None:
    """An app of the old form, called twice, is called so."""

    class Old:
        def __init__(self, scope: Any) -> None:
            self.scope = scope

        async def __call__(self, receive: Any, send: Any) -> None:
            if self.scope["type"] == "http":
                await reply(send, self.scope["path"])

    assert client_of(Old).get("/old").json() == "/old"


# -- with and without -----------------------------------------------------------------------------------------


def test_one_loop_inside_with(make: Make) -> None:
    """Inside ``with`` every request, and the lifespan, runs on one loop; bare clients share another."""
    client = make(who_runs)
    outside = client.get("/").json()
    with client:
        inside = client.get("/").json()
        assert client.get("/").json() == inside != outside
        assert make(who_runs).get("/").json() == outside


def test_lifespan_runs_inside_with(make: Make) -> None:
    """The state that the lifespan fills is seen by requests, and survives into the next ``with``."""
    client = make(with_lifespan, lifespan="on")
    assert client.get("/").json() == {}
    with client as entered:
        assert entered is client
        assert client.get("/").json() == {"lives": 1}
        assert client.app_state == {"lives": 1}
        assert client.life.status == "running"
    assert client.life.status == "stopped"
    with client:
        assert client.get("/").json() == {"lives": 2}


def test_the_state_is_copied_for_each_request(make: Make) -> None:
    """Rebinding a key of a request's state is not shared; the objects in the state are."""

    async def app(scope, receive, send):
        scope["state"]["own"] = 1
        scope["state"]["shared"].append(1)
        await reply(send)

    client = make(app)
    client.app_state["shared"] = []
    client.get("/")
    client.get("/")
    assert client.app_state == {"shared": [1, 1]}


def test_nested_with(make: Make) -> None:
    """Entering again inside ``with`` changes nothing, and only the outermost exit ends the app."""
    client = make(with_lifespan, lifespan="on")
    with client:
        portal = client.portal
        with client:
            assert client.get("/").json() == {"lives": 1}
            assert client.portal is portal
        assert client.life.status == "running"
        assert client.get("/").json() == {"lives": 1}
        assert client.portal is portal
    assert client.life.status == "stopped"


def test_a_failing_startup_leaves_nothing(make: Make) -> None:
    """When the startup fails, ``with`` raises, the loop is gone, and the client may be used again."""
    outcomes = iter(["fail", "fine"])

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await reply(send)
            return
        await receive()
        if next(outcomes) == "fail":
            await send({"type": "lifespan.startup.failed", "message": "no database"})
        else:
            await send({"type": "lifespan.startup.complete"})
            await receive()

    client = make(app)
    with pytest.raises(LifespanError, match="no database"), client:
        raise NotImplementedError
    assert client.portal is None
    assert client.get("/").status_code == 200
    with client:
        assert client.life.status == "running"


def test_the_apps_death_is_raised_at_exit(make: Make) -> None:
    """An app whose lifespan raised while it ran is found out at the end of ``with``; requests went on meanwhile."""

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await reply(send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        raise ValueError("died")

    client = make(app)
    with pytest.raises(ValueError, match="died"), client:
        assert becomes_true(lambda: client.life.status == "died")
        assert client.get("/").status_code == 200


def test_the_app_shuts_down_although_the_body_raised(make: Make) -> None:
    """An exception inside ``with`` is raised after the usual shutdown of the app."""
    client = make(with_lifespan)
    with pytest.raises(ZeroDivisionError), client:
        raise ZeroDivisionError
    assert client.life.status == "stopped"


def test_use_after_close(make: Make) -> None:
    """A closed client sends nothing; ``with`` still runs the lifespan, as with Starlette's."""
    client = make(with_lifespan)
    assert not client.is_closed
    client.close()
    assert client.is_closed
    for _ in range(2):
        with pytest.raises(RuntimeError, match="client has been closed"):
            client.get("/")
    with client:
        assert client.life.status == "running"
    client.close()


def test_exit_does_not_close(make: Make) -> None:
    """After ``with`` the client is still usable, on the shared loop."""
    client = make(who_runs)
    with client:
        client.get("/")
    assert not client.is_closed
    assert client.get("/").status_code == 200


def test_lifespan_off(make: Make) -> None:
    """With ``lifespan="off"`` the app is never called for it."""
    client = make(with_lifespan, lifespan="off")
    with client:
        assert client.get("/").json() == {}
        assert client.life.status == "not started"
