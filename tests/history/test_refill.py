"""A recheck of a session: it has the ids, tokens, links and cookies of its own run, and these are not differences."""

import json
from typing import Any

import pytest

from ipyasgi import Explorer
from ipyasgi.history.refill import is_renewed

from ..formats import things


def test_a_session_is_the_same_in_a_new_process(tmp_path: Any) -> None:
    """What was restored is sent with the values of a fresh app, and only a code that no request needed differs."""
    with Explorer(things.Things(), lifespan="off") as explorer:
        things.record(explorer)
        path = explorer.save(tmp_path / "a.jsonl", show_secrets=True)
    with Explorer(things.Things(), lifespan="off") as explorer:
        explorer.restore(path)
        found = explorer.recheck()
        changed = {one.before.name: [change.path for change in one.body.changes] for one in found.changed}
        assert changed == {"r4": ["$.code"], "r5": ["$[1].code"]}
        assert [one.after.status for one in found] == [one.before.status for one in found]


def test_the_same_and_another_app_are_rechecked() -> None:
    """The values are those of the app that the requests are sent to."""
    with Explorer(things.Things(), lifespan="off") as explorer, Explorer(things.Things(), lifespan="off") as other:
        things.record(explorer)
        for found in (explorer.recheck(), explorer.recheck(against=other)):
            assert not found.now_fails
            assert [one.before.name for one in found.changed] in (["r4"], ["r4", "r5"])


def test_a_replay_sends_what_was_sent() -> None:
    """Only a recheck takes new values: a replay has the recorded path and token."""
    with Explorer(things.Things(), lifespan="off") as explorer:
        things.record(explorer)
        done = explorer.replay("r1-r3")
        assert done[2].spec == explorer.history["r3"].spec


class Counter:
    """Numbers what it makes; ``POST /items`` also says how many there are, and its cookie is needed to read one."""

    def __init__(self, first: int, **wrong: Any) -> None:
        self.number, self.wrong = first, wrong

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        pairs = [(b"content-type", b"application/json")]
        status, found = 200, {"text": f"item {self.number} is here", "id": self.number}
        if scope["method"] == "POST":
            self.number += 1
            pairs.append((b"set-cookie", b"session=of-%d-abcdefgh" % self.number))
            found = {"id": self.number, "total": self.number, **self.wrong}
        elif headers.get("cookie") != f"session=of-{self.number}-abcdefgh" or scope["path"] != f"/items/{self.number}":
            status, found = 403, {}
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": json.dumps(found).encode()})


def test_numbers_and_cookies_are_those_of_the_run() -> None:
    """A number counts as renewed where it is an id, and in a text of a response that is about it; a count does not."""
    with Explorer(Counter(6), lifespan="off") as explorer, Explorer(Counter(70), lifespan="off") as other:
        explorer.post("/items")
        explorer.get("/items/7")
        made, read = explorer.recheck(against=other)
        assert [change.path for change in made.body.changes] == ["$.total"]
        assert (read.verdict, read.after.outcome) == ("same", "200 OK")
        assert set(read.ignored) == {"$.text", "$.id"}


@pytest.mark.parametrize("wrong", ["no number", None, True, [], "7\r\nX-Evil: 1", {"a": 1}])
def test_a_value_that_cannot_be_sent_is_not(wrong: Any) -> None:
    """Where the new response has no such value, the recorded one is sent."""
    with Explorer(Counter(6), lifespan="off") as explorer, Explorer(Counter(7, id=wrong), lifespan="off") as other:
        explorer.post("/items")
        explorer.get("/items/7")
        explorer.recheck(against=other)
        assert other.history[-1].spec.path == "/items/7"
        assert other.history[-1].status_code == 403


@pytest.mark.parametrize(
    ("before", "after", "is_id", "expected"),
    [
        ("abc", "xyz", False, True),
        ("the abc is", "the xyz is", False, True),
        ("/a/abc?x=1", "/a/xyz?x=1", False, True),
        ("the abc is", "the xyz was", False, False),
        ("abcd", "xyz", False, False),
        (7, 8, True, True),
        (7, 8, False, False),
        (7, "8", True, False),
        (True, False, True, False),
        ({"id": 7}, {"id": 8}, True, False),
    ],
)
def test_what_is_renewed(before: Any, after: Any, is_id: bool, expected: bool) -> None:
    """A value, or a text that differs in nothing else."""
    assert is_renewed(before, after, {"abc": "xyz", "7": "8", "True": "False"}, is_id=is_id) is expected
