"""Wrong answers to the exercises of notebook 09 are distinguished; the right ones are run from the notebook itself."""

import pytest

from ipyasgi.teaching import check

from .apps import answering


def onion_from_inside(app, layers):
    for layer in layers:
        app = layer(app)
    return app


def onion_that_takes(app, layers):
    while layers:
        app = layers.pop()(app)
    return app


def louder_for_all(app):
    async def around(scope, receive, send):
        async def send_louder(message):
            body = {"body": message["body"].upper()} if "body" in message else {}
            await send({**message, **body})

        await app(scope, receive, send_louder)

    return around


def louder_at_once(app):
    async def around(scope, receive, send):
        bodies = []

        async def hold(message):
            if message["type"] != "http.response.body":
                await send(message)
                return
            bodies.append(message.get("body", b""))
            if not message.get("more_body"):
                await send({"type": "http.response.body", "body": b"".join(bodies).upper()})

        await app(scope, receive, hold)

    return around


def only_http(app):
    """Answer with 500 for whatever is no request."""

    async def around(scope, receive, send):
        if scope["type"] == "http":
            await app(scope, receive, send)
        else:
            raise NotImplementedError(scope["type"])

    return around


def net_over_all(app):
    async def around(scope, receive, send):
        try:
            await app(scope, receive, send)
        except Exception:
            await answering(500)({"type": "http"}, receive, send)

    return around


def with_path(name, change, kinds=("http",)):
    """Return a layer that changes the path in a copy of the scope."""

    def layer(app):
        async def around(scope, receive, send):
            await app({**scope, "path": change(scope["path"])} if scope["type"] in kinds else scope, receive, send)

        return around

    layer.__name__ = name
    return layer


def path_in_place(app):
    async def around(scope, receive, send):
        if scope.get("path", "/") != "/":
            scope["path"] = scope["path"].rstrip("/")
        await app(scope, receive, send)

    return around


def path_of_everything(app):
    async def around(scope, receive, send):
        await app({**scope, "path": scope["path"].rstrip("/") or "/"}, receive, send)

    return around


def slash_refused(app):
    async def around(scope, receive, send):
        if scope["type"] == "http" and scope["path"].endswith("/"):
            await answering(404)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return around


def first_name(exchange):
    return exchange.trace.layers[0].name


def last_name(exchange):
    return exchange.trace.layers[-1].name


def last_responder(exchange):
    return [layer.name for layer in exchange.trace.layers if layer.responded][-1]


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        ("09-3", with_path("of_requests", lambda path: path.rstrip("/") or "/")),
        ("09-3", with_path("of_websockets", lambda path: path.rstrip("/") or "/", ("http", "websocket"))),
        ("09-5", ("cors", "zip", "log", "auth")),
        ("09-6", last_responder),
    ],
)
def test_right(exercise, answer):
    """Right answers other than the notebook's own are accepted, too."""
    result = check(exercise, answer)
    assert result.passed, result


@pytest.mark.parametrize(
    ("exercise", "answer", "what"),
    [
        ("09-1", onion_from_inside, "a request passes ['cellar', 'hall', 'door']"),
        ("09-1", onion_that_takes, "the list of layers was changed"),
        ("09-1", lambda app, layers: app, "a request passes []"),
        ("09-2", louder_for_all, "the JSON"),
        ("09-2", louder_at_once, "are not sent one by one"),
        ("09-3", with_path("root", lambda path: path.rstrip("/")), "for / the app gets ''"),
        ("09-3", with_path("always", lambda path: "/tea"), "for / the app gets '/tea'"),
        ("09-3", path_in_place, "the scope of the caller was changed"),
        ("09-3", path_of_everything, "the lifespan does not reach the inner app"),
        ("09-3", slash_refused, "the request for /tea/ does not reach the inner app"),
        ("09-4", only_http, "the lifespan does not reach the inner app"),
        ("09-4", net_over_all, "the app raises after it has sent its status"),
        ("09-5", ["log", "auth", "zip", "cors"], "'log' is number 3 from the outside, not 1"),
        ("09-5", ["cors", "zip", "auth", "log"], "'auth' is number 4 from the outside, not 3"),
        ("09-5", ["log", "auth"], "should be a list of the four names"),
        ("09-5", "cors zip log auth", "should be a list of the four names"),
        ("09-6", first_name, "it returns '_pass_on.around'"),
        ("09-6", last_name, "it returns"),
        ("09-6", lambda exchange: exchange.trace.layers[0], "it returns"),
    ],
)
def test_wrong(exercise, answer, what):
    """Each wrong answer has a message of its own."""
    result = check(exercise, answer)
    assert (result.state, what in result.message) == ("wrong", True), result


@pytest.mark.parametrize("number", [1, 2, 3, 4, 6])
def test_nothing_is_open(number):
    """A function that returns nothing is an exercise not begun."""
    assert check(f"09-{number}", lambda *given: None).state == "open"


@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_layer_that_changes_nothing_is_open(number):
    """The layers that the notebook begins pass everything on."""
    result = check(f"09-{number}", with_path("nothing", str))
    assert result.state == "open", result
