"""Kept requests sent again, waited for and in the background."""

import asyncio
import concurrent.futures
import json
import re
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from ipyasgi import Explorer
from ipyasgi.errors import FilterError, LoopError
from ipyasgi.explorer import Progress
from ipyasgi.history import Comparison
from ipyasgi.history.history import LIVE_EXCEPTIONS

from .replies import Replies, exploring, get

NOW = datetime.now().astimezone()
NOTE = "sent with the recorded headers; the present defaults differ in authorization, cookie"


def test_one_is_sent_again() -> None:
    """A replay is a new exchange with the same request, and knows which one it replays."""
    replies = Replies()
    with exploring(replies) as explorer:
        first = explorer.post("/items?a=1", json={"n": 1}, headers={"x-a": "b"})
        again = explorer.replay("r1")
        assert (again.name, again.replay_of, again.spec) == ("r2", "r1", first.spec)
        assert explorer.history[-1] is again
        assert explorer.replay(again).replay_of == "r2"
        assert replies.seen == ["POST /items"] * 3
        with pytest.raises(KeyError, match="it holds r1 to r3"):
            explorer.replay("r9")
        assert explorer.submit(first.spec, replay_of="r1").result(20).replay_of == "r1"
        with pytest.raises(FilterError):
            explorer.replay("status:")


def test_many_are_sent_in_order_and_one_that_fails_keeps_none_back() -> None:
    """What raises and what passes its deadline is on its exchange, and the next one is sent all the same."""
    replies = Replies(bodies={"/boom": KeyError("x")}, slow_s={"/slow": 30})
    with exploring(replies) as explorer:
        get(explorer, "/a", "/boom")
        with pytest.raises(TimeoutError):
            explorer.get("/slow", timeout=0.05)
        get(explorer, "/b")
        replies.seen.clear()
        done = explorer.replay("method:GET", timeout=2)
        assert replies.seen == ["GET /a", "GET /boom", "GET /slow", "GET /b"]
        assert [one.replay_of for one in done] == ["r1", "r2", "r3", "r4"]
        assert [one.exception_name for one in done] == ["", "KeyError", "AppReadTimeout", ""]
        assert [one.name for one in explorer.replay(explorer.history[:2])] == ["r9", "r10"]
        assert len(explorer.replay("path:/nowhere")) == 0


def test_a_long_replay_keeps_few_exceptions() -> None:
    """Of many replays that fail only the last keep their frames, in what is returned too."""
    with exploring(Replies(bodies={"/boom": lambda n: KeyError(str(n))})) as explorer:
        get(explorer, *["/boom"] * 6)
        done = explorer.replay(explorer.history[:])
        assert [one.exception is not None for one in done] == [False] * 3 + [True] * LIVE_EXCEPTIONS
        assert all(one.exception_name == "KeyError" for one in done)


def test_redirects_as_they_were() -> None:
    """A request that was told not to follow a redirect is not made to, and one that followed it follows it."""
    replies = Replies(status={"/move": 302}, headers={"/move": [(b"location", b"/")]})
    with exploring(replies) as explorer:
        explorer.get("/move", follow_redirects=False)
        followed = explorer.get("/move")
        assert explorer.replay("r1").status_code == 302
        assert explorer.replay(followed).status_code == 200


def test_compare_by_name() -> None:
    """Two exchanges are compared by their names or as they are."""
    with exploring(Replies(bodies={"/a": b"1", "/b": b"2"})) as explorer:
        get(explorer, "/a", "/b")
        assert explorer.compare("r1", explorer.history[1]).verdict == "changed"
        assert explorer.compare("r1", "r1").verdict == "same"
        with pytest.raises(KeyError):
            explorer.compare("r1", "path:/b")


def test_recheck_tells_what_became_otherwise() -> None:
    """Each kept request is sent to the app as it is now; the summary says what became of its answer."""
    replies = Replies(bodies={"/mended": KeyError("x")})
    with exploring(replies) as explorer:
        get(explorer, "/same", "/changed", "/boom", "/gone", "/mended")
        replies.bodies = {"/changed": b"otherwise", "/boom": KeyError("x")}
        replies.status["/gone"] = 404
        found = explorer.recheck()
        assert [one.verdict for one in found] == ["same", "changed", "now fails", "now fails", "now works"]
        assert (len(found), found.ok) == (5, False)
        assert [len(those) for those in (found.same, found.changed, found.now_fails, found.now_works)] == [1, 1, 2, 1]
        assert repr(found) == "<Recheck: 1 same, 1 changed, 2 now fail, 1 now work>"
        again = explorer.recheck("path:/same name:r1")
        assert (again.ok, len(again)) == (True, 1)
        assert len(explorer.recheck()) == 5  # replays themselves are not rechecked


def test_what_differs_every_time_is_found_and_ignored() -> None:
    """An answer that differs is asked for once more, and what differs then too is no change."""
    replies = Replies(bodies={"/": lambda n: b'{"n": %d}' % n, "/steady": b"x"})
    with exploring(replies) as explorer:
        get(explorer, "/", "/steady")
        replies.seen.clear()
        found = explorer.recheck()
        assert found.ok
        assert replies.seen == ["GET /", "GET /", "GET /steady"]
        assert found.comparisons[0].ignored == ("$.n",)


@pytest.mark.parametrize(("send_twice", "method", "sent"), [
    ("safe", "GET", 2), ("safe", "POST", 1), ("safe", "DELETE", 1), ("always", "POST", 2), ("never", "GET", 1),
])  # fmt: skip
def test_only_what_is_safe_is_sent_twice(send_twice: str, method: str, sent: int) -> None:
    """Unless asked to, a recheck does not send a request twice that may change the app's state."""
    replies = Replies(bodies={"/": lambda n: b'{"n": %d}' % n})
    with exploring(replies) as explorer:
        explorer.request(method, "/")
        replies.seen.clear()
        found: list[Comparison] = list(explorer.recheck("r1", send_twice=send_twice))
        assert replies.seen == [f"{method} /"] * sent
        assert found[0].same is (sent == 2)


def test_a_recheck_leaves_out_what_you_cancelled() -> None:
    """What was cancelled has no answer to compare with, and nothing to send again is no error."""
    with exploring(Replies()) as explorer:
        assert repr(explorer.recheck()) == "<Recheck: nothing was sent>"
        assert explorer.recheck().ok


def test_after_close() -> None:
    """A closed explorer replays nothing and says so."""
    with exploring(Replies()) as explorer:
        get(explorer, "/")
    for again in (explorer.replay, explorer.recheck):
        with pytest.raises(LoopError, match="detached"):
            again("r1")
    assert explorer.compare("r1", "r1").same


def test_a_replay_in_the_background_counts() -> None:
    """Its progress counts what has ended and what failed, and names the new exchanges, which are its value."""
    replies = Replies(slow_s={"/slow": 0.1}, status={"/bad": 500})
    with exploring(replies) as explorer:
        get(explorer, "/bad", "/slow", "/slow")
        seen: set[int] = set()
        pending = explorer.begin_replay("1-3", on_change=lambda pending: seen.add(pending.progress.done))
        pending.result(20)
        assert seen >= {1, 2}
        done = pending.progress
        assert (done.done, done.total, done.failed, done.first, done.last) == (3, 3, 1, "r4", "r6")
        assert done.elapsed_s >= 0.2
        assert [one.replay_of for one in pending.result(20)] == ["r1", "r2", "r3"]
        assert repr(pending) == "<the replay of 3 requests: ended, 3 done>"


def test_cancelling_a_replay() -> None:
    """The request under way is cancelled in the app and no other is sent; what was sent is in the history."""
    replies = Replies(slow_s={"/slow": 0.01})
    with exploring(replies) as explorer:
        get(explorer, "/a", *["/slow"] * 3)
        replies.seen.clear()
        replies.slow_s["/slow"] = 30
        pending = explorer.begin_replay("1-4", timeout=None)
        until_s = time.monotonic() + 30
        while replies.seen != ["GET /a", "GET /slow"]:
            assert time.monotonic() < until_s
            time.sleep(0.005)
        pending.cancel()
        with pytest.raises(concurrent.futures.CancelledError, match="the replay of 4 requests was cancelled"):
            pending.result(20)
        assert replies.seen == ["GET /a", "GET /slow"]
        assert [one.outcome for one in explorer.history[4:]] == ["200 OK", "cancelled"]
        assert (pending.progress.done, pending.progress.failed) == (2, 0)


def test_a_replay_can_be_awaited_and_outlived() -> None:
    """``await`` gives the exchanges; a result that takes too long cancels nothing; a closed explorer begins none."""
    replies = Replies(slow_s={"/slow": 0.2})
    with exploring(replies) as explorer:
        get(explorer, "/slow")
        pending = explorer.begin_replay("r1")
        with pytest.raises(TimeoutError, match="has not ended yet"):
            pending.result(0.01)

        async def main() -> int:
            return len(await pending)

        assert asyncio.run(main()) == 1
        with pytest.raises(KeyError):
            explorer.begin_replay("r9")
    with pytest.raises(LoopError, match="detached"):
        explorer.begin_replay("r1")


def test_a_recheck_in_the_background() -> None:
    """Its value is the recheck that `recheck` would give, of all but replays where nothing is named."""
    replies = Replies(bodies={"/clock": lambda count: str(count).encode()})
    with exploring(replies) as explorer:
        get(explorer, "/a", "/clock")
        explorer.replay("r1")
        replies.bodies["/a"] = b"other"
        pending = explorer.begin_recheck()
        found = pending.result(20)
        assert ([one.before.name for one in found.changed], len(found)) == (["r1"], 2)
        assert pending.progress.done == pending.progress.total == 2
        assert repr(pending) == "<the recheck of 2 requests: ended, 2 done>"
        assert [one.before.name for one in explorer.begin_recheck("2-3", send_twice="never").result(20).changed] == [
            "r2",
            "r3",
        ]


def test_cancelling_a_recheck() -> None:
    """No second sending begins after it was cancelled, nor another request."""
    replies = Replies(bodies={"/clock": lambda count: str(count).encode()})
    with exploring(replies) as explorer:
        get(explorer, "/clock", "/a")
        replies.slow_s["/clock"] = 30
        pending = explorer.begin_recheck(timeout=None)
        until_s = time.monotonic() + 30
        while len(replies.seen) < 3:
            assert time.monotonic() < until_s
            time.sleep(0.005)
        pending.cancel()
        with pytest.raises(concurrent.futures.CancelledError, match="the recheck of 2 requests was cancelled"):
            pending.result(20)
        assert replies.seen == ["GET /clock", "GET /a", "GET /clock"]


@pytest.mark.parametrize("way", ["replay", "recheck"])
def test_progress_of_one_that_is_waited_for(way: str) -> None:
    """`replay` and `recheck` report before the first request and after each; what is raised there ends them."""
    with exploring(Replies(bodies={"/boom": KeyError("x")})) as explorer:
        get(explorer, "/a", "/boom", "/b")
        seen: list[Progress] = []
        getattr(explorer, way)("1-3", on_progress=seen.append)
        assert [(one.done, one.total, one.failed) for one in seen] == [(0, 3, 0), (1, 3, 0), (2, 3, 1), (3, 3, 1)]
        assert (seen[0].first, seen[-1].first, seen[-1].last) == ("", "r4", "r6")

        def enough(progress: Progress) -> None:
            if progress.done == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            getattr(explorer, way)("1-3", on_progress=enough)
        assert [one.replay_of for one in explorer.history[-2:]] == ["r1", "r2"]


def test_a_replay_sends_what_was_sent() -> None:
    """Recorded headers and cookies are sent again, whatever the defaults are now; a note names those that differ."""
    seen: list[dict[str, str]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        seen.append({name: headers.get(name, "") for name in ("authorization", "cookie", "x-mine")})
        allowed = "authorization" in headers
        await send({"type": "http.response.start", "status": 200 if allowed else 401, "headers": []})
        await send({"type": "http.response.body", "body": b"me" if allowed else b"who?"})

    with Explorer(app, lifespan="off") as explorer:
        explorer.get("/me")
        explorer.get("/me", headers={"x-mine": "1"}, cookies={"a": "b"}, auth=("ann", "pw"))
        explorer.headers["Authorization"] = "abc"
        explorer.cookies["session"] = "new"
        sent = list(seen)
        found = explorer.recheck()
        assert seen[2:] == sent
        assert [one.verdict for one in found] == ["same", "same"]
        assert explorer.history["r3"].notes[-1] == NOTE
        assert f"1 request: {NOTE}" in found.to_text()
        explorer.get("/me")  # not a replay, so with the defaults
        assert seen[-1] == {"authorization": "abc", "cookie": "session=new", "x-mine": ""}
        explorer.headers.clear()
        explorer.cookies.clear()
        assert explorer.replay("r5").status_code == 200
        assert NOTE not in explorer.replay("r1").notes


def test_a_request_that_passed_its_deadline_is_sent_once_with_that_deadline(deadlines_from: Any) -> None:
    """A recheck neither waits longer than the recorded request did, nor sends it twice, nor says that it changed."""
    replies = Replies(slow_s={"/hang": 60})
    with exploring(replies) as explorer:
        with pytest.raises(TimeoutError):
            explorer.get("/hang", timeout=0.1)
        replies.seen.clear()
        deadlines_from(lambda: replies.seen)
        found = explorer.recheck()
        assert replies.seen == ["GET /hang"]
        assert [one.verdict for one in found] == ["same"]
        get(explorer, *["/boom"] * (LIVE_EXCEPTIONS + 1))
        assert explorer.recheck("r1").ok  # also after its exception became text
        replies.slow_s.clear()
        assert explorer.recheck("r1").comparisons[0].verdict == "now works"


@pytest.mark.parametrize(
    ("body", "headers", "ignored"),
    [
        (lambda n: json.dumps({"at": (NOW + n * timedelta(seconds=1)).isoformat()}).encode(), None, ("$.at",)),
        (lambda n: json.dumps({"beat": int(NOW.timestamp() * 1000) + n}).encode(), None, ("$.beat",)),
        (lambda n: json.dumps({"access_token": f"opaque{n}"}).encode(), None, ("$.access_token",)),
        (lambda n: json.dumps({"key": str(uuid.uuid4())}).encode(), None, ("$.key",)),
        (b"x", lambda n: [(b"set-cookie", b"sid=%d; Path=/; HttpOnly" % n)], ("set-cookie",)),
        (b"x", lambda n: [(b"expires", b"Sun, 29 Nov 2026 10:00:%02d GMT" % n)], ("expires",)),
    ],
)
def test_dates_and_cookies_are_not_changes(body: Any, headers: Any, ignored: tuple[str, ...]) -> None:
    """Times, identifiers, secrets and the values of cookies are ignored, also where a second request is not sent."""
    replies = Replies(bodies={"/": body})
    if headers is not None:
        replies.headers["/"] = headers
    with exploring(replies) as explorer:
        explorer.post("/")
        replies.seen.clear()
        found = explorer.recheck()
        assert replies.seen == ["POST /"]
        assert [(one.verdict, one.ignored) for one in found] == [("same", ignored)]
        assert explorer.compare("r1", "r2").verdict == "changed"  # a diff that was asked for shows them


@pytest.mark.parametrize("after", [b"sid=2; Path=/", b"other=1; Path=/; HttpOnly"])
def test_another_cookie_is_a_change(after: bytes) -> None:
    """A cookie with another name or other attributes is a change."""
    replies = Replies(headers={"/": lambda n: [(b"set-cookie", b"sid=1; Path=/; HttpOnly" if n == 1 else after)]})
    with exploring(replies) as explorer:
        explorer.post("/")
        assert [one.verdict for one in explorer.recheck()] == ["changed"]


def test_a_recheck_leaves_its_knowledge_with_the_exchange() -> None:
    """What was found to change each time is not pinned by an exported test."""
    replies = Replies(bodies={"/": lambda n: b'{"n": %d, "m": 1}' % n})
    with exploring(replies) as explorer:
        get(explorer, "/")
        explorer.recheck()
        assert '"n": ANY' in explorer.history["r1"].to_pytest(app="shop:app")


@pytest.mark.parametrize(
    "which", ["method:POST", "path:/go", "status:303", "go", "name:r1", "r1-r1", "path:/done", "r2"]
)
def test_a_redirected_request_is_found_by_either_end(which: str) -> None:
    """A POST that was redirected is one exchange, found by what was sent and by what came at the end."""
    replies = Replies(status={"/go": 303}, headers={"/go": [(b"location", b"/done")]})
    with exploring(replies) as explorer:
        explorer.post("/go", json={"a": 1})
        get(explorer, "/else")
        assert [one.name for one in explorer.history.select(which)] == ["r2"]
        assert 'client.post("/go"' in explorer.history.select(which).to_pytest(app="shop:app")
        assert explorer.history["r1"].status_code == 303
        assert re.search(r'client\.post\(\s*"/go"', explorer.history["r1"].to_pytest(app="shop:app"))
        replies.seen.clear()
        assert explorer.replay("r2").status_code == 200
        assert replies.seen == ["POST /go", "GET /done"]


def test_against_another_app() -> None:
    """Requests of one history are sent to another app, and the responses are compared with the recorded ones."""
    with exploring(Replies(bodies={"/a": b"1"})) as explorer, exploring(Replies(bodies={"/a": b"2"})) as other:
        get(explorer, "/a", "/b")
        checked = explorer.recheck(against=other)
        assert [one.verdict for one in checked] == ["changed", "same"]
        assert (checked.against, len(explorer.history)) == (other.name, 2)
        assert other.history[0].replay_of == f"r1 of {explorer.name}"
        assert checked.to_text().startswith(f"2 requests sent to {other.name}: ")
        begun = explorer.begin_recheck("r2", against=other).result(20)
        assert (len(begun), begun.ok, begun.against) == (1, True, other.name)
        assert explorer.recheck(against=explorer, send_twice="never").against == ""
        assert explorer.history[-1].replay_of == "r2"
