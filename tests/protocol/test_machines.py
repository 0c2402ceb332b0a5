"""The tables of the three life cycles."""

import pytest

from ipyasgi.protocol.machines import HTTP, LIFESPAN, WEBSOCKET, Machine, token_of

MACHINES = [HTTP, WEBSOCKET, LIFESPAN]
ROWS = [(machine, state, token, after) for machine in MACHINES for (state, token), after in machine.table.items()]
TOKENS = {token for machine in MACHINES for _, token in machine.table}


@pytest.mark.parametrize(("machine", "state", "token", "after"), ROWS)
def test_every_row_is_walked(machine: Machine, state: str, token: str, after: str) -> None:
    """Each row of each table gives its next state, and is listed as possible in its state."""
    assert machine.advance(state, token) == after
    assert token in machine.possible(state)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.kind)
def test_what_is_not_in_the_table_is_not_allowed(machine: Machine) -> None:
    """A token without a row gives None in every state, and in unknown states."""
    for state in (*machine.states(), "no such state"):
        for token in TOKENS | {"no.such.message"}:
            if (state, token) not in machine.table and token not in machine.anywhere:
                assert machine.advance(state, token) is None


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.kind)
def test_every_state_can_be_reached(machine: Machine) -> None:
    """Every state of a table can be reached from its initial state."""
    reached = {machine.initial}
    while more := {after for (state, _), after in machine.table.items() if state in reached} - reached:
        reached |= more
    assert reached == set(machine.states())


def test_a_message_that_is_allowed_anywhere_changes_nothing() -> None:
    """``http.response.debug`` is allowed in every state and does not change it."""
    assert {state: HTTP.advance(state, "http.response.debug") for state in HTTP.states()} == {
        state: state for state in HTTP.states()
    }


@pytest.mark.parametrize(
    ("machine", "tokens", "end"),
    [
        (HTTP, ["http.response.start", "http.response.body"], "complete"),
        (HTTP, ["http.response.start", "http.response.body+more", "http.response.body"], "complete"),
        (
            HTTP,
            ["http.response.start+trailers", "http.response.body", "http.response.trailers+more"],
            "trailers due",
        ),
        (WEBSOCKET, ["websocket.connect", "websocket.accept", "websocket.send", "websocket.close"], "closed"),
        (
            LIFESPAN,
            ["lifespan.startup", "lifespan.startup.complete", "lifespan.shutdown", "lifespan.shutdown.complete"],
            "stopped",
        ),
        (LIFESPAN, ["lifespan.startup", "lifespan.startup.complete", "loop.lost"], "lost"),
    ],
)
def test_whole_lives(machine: Machine, tokens: list[str], end: str) -> None:
    """Usual sequences of messages lead to the expected final states."""
    state: str | None = machine.initial
    for token in tokens:
        assert state is not None
        state = machine.advance(state, token)
    assert state == end


@pytest.mark.parametrize(
    ("message", "token"),
    [
        ({"type": "http.response.start", "status": 200}, "http.response.start"),
        ({"type": "http.response.start", "status": 200, "trailers": True}, "http.response.start+trailers"),
        ({"type": "http.response.start", "status": 200, "more_body": True}, "http.response.start"),
        ({"type": "http.response.body", "more_body": True}, "http.response.body+more"),
        ({"type": "http.response.body", "more_body": False}, "http.response.body"),
        ({"type": "http.response.body", "trailers": True}, "http.response.body"),
        ({"type": "http.response.trailers", "more_trailers": True}, "http.response.trailers+more"),
        ({"type": "websocket.http.response.body", "more_body": True}, "websocket.http.response.body+more"),
        ({"type": "websocket.send", "text": "a", "more_body": True}, "websocket.send"),
    ],
)
def test_the_word_of_a_message(message: dict[str, object], token: str) -> None:
    """A flag changes the token only of its own message, and only if it is set."""
    assert token_of(message) == token
