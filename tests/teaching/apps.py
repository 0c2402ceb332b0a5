"""Answers that readers might give: raw apps, each of a few lines."""

import json


def answering(status=200, body=b"", headers=()):
    """Return an app that answers every request in the same way."""

    async def app(scope, receive, send):
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    return app


def computing(answer):
    """Return an app that answers with the JSON of what ``answer(scope, body)`` returns, a status and a value."""

    async def app(scope, receive, send):
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        status, value = answer(scope, body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(value).encode()})

    return app


def living(startup, shutdown="lifespan.shutdown.complete", **message):
    """Return an app of a lifespan alone; ``startup(state)`` returns the type of the first answer."""

    async def app(scope, receive, send):
        if scope["type"] != "lifespan":
            raise NotImplementedError(scope["type"])
        await receive()
        await send({"type": startup(scope["state"]), **message})
        await receive()
        await send({"type": shutdown})

    return app


async def silent(scope, receive, send):
    """Do nothing at all: the exercise as it stands in the notebook."""
