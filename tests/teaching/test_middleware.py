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


@pytest.mark.parametrize(
    ("exercise", "answer", "what"),
    [
        ("09-1", onion_from_inside, "a request passes ['cellar', 'hall', 'door']"),
        ("09-1", onion_that_takes, "the list of layers was changed"),
        ("09-1", lambda app, layers: app, "a request passes []"),
        ("09-2", lambda app: app, "is unchanged"),
        ("09-2", louder_for_all, "the JSON"),
        ("09-2", louder_at_once, "are not sent one by one"),
        ("09-3", lambda app: app, "is not caught"),
        ("09-3", only_http, "the lifespan does not reach the inner app"),
        ("09-3", net_over_all, "the app raises after it has sent its status"),
    ],
)
def test_wrong(exercise, answer, what):
    """Each wrong answer has a message of its own."""
    result = check(exercise, answer)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_nothing_is_open():
    """A function that returns nothing is an exercise not begun."""
    assert {check(f"09-{one}", lambda *given: None).state for one in (1, 2, 3)} == {"open"}
