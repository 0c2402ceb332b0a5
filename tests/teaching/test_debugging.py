"""Wrong answers to the exercises of notebook 12 are distinguished; the right ones are run from the notebook itself."""

import anyio
import pytest

from ipyasgi.teaching import check

from .apps import answering


async def first_message(receive):
    return (await receive())["body"]


async def without_the_end(receive):
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def until_empty(receive):
    body = b""
    while piece := (await receive()).get("body", b""):
        body += piece
    return body


async def never_closed(store):
    store.open()
    for row in store.rows:
        yield row
    store.close()


async def closed_twice(store):
    store.open()
    try:
        for row in store.rows:
            yield row
        store.close()
    finally:
        store.close()


def not_a_generator(store):
    store.open()


async def patient(scope, receive, send):
    message = await receive()
    await answering(200, b"%d" % len(message["body"]))(scope, receive, send)


async def never_waits(scope, receive, send):
    body = b""
    while True:
        with anyio.move_on_after(1) as limit:
            message = await receive()
        if limit.cancelled_caught:
            await answering(500, b"late")(scope, receive, send)
            return
        body += message.get("body", b"")
        if not message.get("more_body"):
            await answering(200, b"%d" % len(body))(scope, receive, send)
            return


@pytest.mark.parametrize(
    ("exercise", "solution", "said"),
    [
        ("12-1", first_message, "of two messages it returns b'hello '"),
        ("12-1", without_the_end, "of a client that leaves at once it returns b''"),
        ("12-1", until_empty, "calls `receive` again"),
        ("12-2", never_closed, "with a client that leaves, `close` was called 0 times"),
        ("12-2", closed_twice, "`close` was called 2 times"),
        ("12-2", not_a_generator, "not an async generator"),
        ("12-3", patient, "returns '4', not '9'"),
        ("12-3", never_waits, "500"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_wrong_solution(exercise, solution, said):
    """The result says what it does instead."""
    result = check(exercise, solution)
    assert (result.state, said in result.message) == ("wrong", True), result
