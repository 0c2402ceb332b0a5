"""Secrets in the paths of an app: which fields have them, where they are in a path, and what only looks like one."""

import pytest

from ipyasgi import Explorer
from ipyasgi.records.redaction import Redactor
from ipyasgi.routes.route import Route
from ipyasgi.routes.secret_paths import SecretPaths, find_secret_paths

PATHS = ("/auth/login", "/auth/{token}", "/a/{item}/{api_key}/x", "/files/{secret:path}", "/items/{item}", "/other")


def find(*paths: str) -> SecretPaths | None:
    routes = [Route(kind="http", method="GET", path=path) for path in paths]
    return find_secret_paths(routes, Redactor().is_secret)


@pytest.mark.parametrize(
    ("path", "masked"),
    [
        ("/auth/abc", "/auth/•••"),
        ("/auth/a%2Fb?page=2", "/auth/•••?page=2"),
        ("http://testserver/auth/abc#top", "http://testserver/auth/•••#top"),
        ("/a/7/abc/x", "/a/7/•••/x"),
        ("/files/a/b/c", "/files/•••"),
        ("/auth/login", "/auth/login"),
        ("/auth/{token}", "/auth/{token}"),
        ("/files/{secret:path}", "/files/{secret:path}"),
        ("/items/7", "/items/7"),
        ("/auth/abc/more", "/auth/abc/more"),
        ("auth/abc", "auth/abc"),
        ("", ""),
    ],
)
def test_a_field_with_the_name_of_a_secret_is_masked(path: str, masked: str) -> None:
    """Its value is masked in a path and in a URL; other fields, other routes and the template itself are not."""
    paths = find(*PATHS)
    assert paths is not None
    assert Redactor(paths=frozenset((paths,))).url(path) == masked
    assert Redactor(paths=frozenset((paths,)), show=True).url(path) == path


def test_most_apps_have_none() -> None:
    """Then nothing is searched; of the other routes only those are kept that a template matches too."""
    assert find("/items/{item}", "/other") is None
    paths = find(*PATHS)
    assert paths is not None
    assert (paths.names, paths.plain) == ({"token", "api_key", "secret"}, {"/auth/login"})
    assert len(paths.templates) == 3


def test_earlier_exchanges_are_masked_too() -> None:
    """What was sent before the routes were read has the mask then, and a placeholder in exports."""

    class Field:
        methods, path, name, endpoint = ("GET",), "/door/{token}", "door", None

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    app.routes = [Field()]
    with Explorer(app, lifespan="off") as explorer:
        explorer.get("/door/abc")
        assert list(explorer.routes) == ["GET /door/{token}"]
        exchange = explorer.history["r1"]
        assert repr(exchange) == "<Exchange r1: GET /door/••• → 204 No Content>"
        for kind in ("curl", "httpx", "pytest", "http", "har"):
            assert "abc" not in getattr(exchange, f"to_{kind}")()
        assert "test_get_door_token(client)" in exchange.to_pytest()
        assert exchange.with_secrets().to_curl() == "curl http://localhost:8000/door/abc\n"
        explorer.replay("r1")
        assert explorer.history["r2"].spec.path == "/door/abc"


def test_an_app_that_replaces_another_unmasks_nothing() -> None:
    """The earlier app's templates stay, and a new route beside one of them is shown."""
    before = find("/auth/{token}")
    assert before is not None
    routes = [Route(kind="http", method="GET", path=path) for path in ("/auth/logout", "/pin/{pin}")]
    paths = find_secret_paths(routes, Redactor().is_secret, before.templates)
    assert paths is not None
    redactor = Redactor(paths=frozenset((paths,)))
    assert [redactor.url(path) for path in ("/auth/abc", "/auth/logout", "/pin/1234")] == [
        "/auth/•••",
        "/auth/logout",
        "/pin/•••",
    ]
