"""Talking over a WebSocket from the magic."""

import pytest
from IPython.core.error import UsageError

ECHO = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError
    await receive()
    if scope["path"] == "/denied":
        return await send({"type": "websocket.close", "code": 4001})
    await send({"type": "websocket.accept", "subprotocol": (scope["subprotocols"] or [None])[-1]})
    while (message := await receive())["type"] != "websocket.disconnect":
        if message.get("text") == "boom":
            raise ValueError("the app broke")
        if message.get("text") == "bye":
            return await send({"type": "websocket.close", "code": 1000})
        await send({**message, "type": "websocket.send"})
explorer = %asgi app
"""


def said(run, direction="receive"):
    """Give what was said by the client, or by the app."""
    payloads = [event.message for event in run.events if event.direction == direction]
    return [one.get("text") or one.get("bytes") for one in payloads if one.get("text") or one.get("bytes")]


def test_words_and_fields_are_messages(shell):
    """Texts go as they are, fields make one message of JSON, quotes keep signs; what the app says is in the record."""
    shell.run(ECHO)
    run = shell.run("%asgi ws /chat hello 'a: b' name=x n:=2 q==1 X-A:b --wait 0.2")

    assert said(run) == ["hello", "a: b", '{"name": "x", "n": 2}']
    assert said(run, "send") == said(run)
    assert run.scope["query_string"] == b"q=1"
    assert (b"x-a", b"b") in run.scope["headers"]
    assert run.outcome == "returned"
    typed = shell.run('%asgi ws /chat {"say": "a b"} --wait 0.2')
    assert said(typed) == ['{"say": "a b"}']


def test_a_cell_has_messages_below(shell, tmp_path, monkeypatch):
    """Headers, an empty line, messages with === between them; @file is a message of bytes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "blob").write_bytes(b"\xff")
    shell.run(f"n = 7\n{ECHO}")
    run = shell.run("%%asgi ws /chat @blob --wait 0.2\nX-A: b\n\nfirst {{n}}\n===\nsecond\nline")

    assert said(run) == [b"\xff", "first 7", "second\nline"]
    assert (b"x-a", b"b") in run.scope["headers"]


def test_it_ends_when_the_app_closes(shell):
    """A close of the app ends the conversation at once, and is in the record; so is a handshake that is denied."""
    shell.run(ECHO)
    run = shell.run("%asgi ws /chat bye --wait 30")
    assert run.events[-1].message["code"] == 1000
    assert shell.run("%asgi ws /denied --wait 30").events[-1].message["code"] == 4001


def test_subprotocols_are_offered(shell):
    """--subprotocol offers one, or several with commas."""
    shell.run(ECHO)
    run = shell.run("%asgi ws /chat --subprotocol a,b --wait 0.1")

    assert list(run.scope["subprotocols"]) == ["a", "b"]


def test_what_the_app_raises_is_raised(shell):
    """The app's exception comes as itself."""
    shell.run(ECHO)

    assert type(shell.error("%asgi ws /chat boom --wait 5")) is ValueError


@pytest.mark.parametrize(
    ("line", "description"),
    [
        ("%asgi ws", "needs a path"),
        ('%asgi ws /chat {"a": 1,}', "write `%%asgi ws /chat`"),
        ("%asgi ws chat", "does not begin with '/'"),
        ("%asgi ws http://x/chat", "does not begin with '/'"),
        ("%asgi ws /chat --wait soon", "Give seconds"),
        ("%asgi ws /chat n:=oops", "Invalid JSON in n:=oops"),
    ],
)
def test_mistakes(shell, line, description):
    """Each is one line."""
    shell.run(ECHO)
    error = shell.error(line)

    assert type(error) is UsageError
    assert description in str(error)


def test_traced(shell):
    """With --trace the exchange of the WebSocket in the history has a trace, without it none."""
    shell.run(ECHO)
    shell.run("%asgi ws /chat hello --wait 0.1 --trace")
    shell.run("%asgi ws /chat hello --wait 0.1")
    traces = [one.trace for one in shell.run("explorer.history")]

    assert [trace is not None for trace in traces] == [True, False]
    assert "websocket.send" in [event.type for event in traces[0].messages]
