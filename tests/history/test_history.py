"""The history: names, bounds, what it lets go and when."""

import concurrent.futures
import gc
import threading
import tracemalloc
import weakref

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.history.history import LIVE_EXCEPTIONS, held_bytes, is_name
from ipyasgi.records.requests import build_spec

from ..explorer.replies import Replies, exploring, get, store_of


def printing(number: int) -> bytes:
    """Print a hundred lines."""
    for line in range(100):
        print("line", line + number)
    return b"printed"


def test_index_slice_and_name() -> None:
    """An exchange is found by its place and by its name, several by a slice; a wrong name says what there is."""
    with exploring(Replies()) as explorer:
        with pytest.raises(KeyError, match="the history is empty"):
            explorer.history["r1"]
        get(explorer, "/a", "/b", "/c")
        history = explorer.history
        assert history[0] is history["r1"] is next(iter(history))
        assert [one.name for one in history[1:]] == ["r2", "r3"]
        selections = (history.select(which) for which in ("r2", history[1], history[1:2], "path:/b"))
        assert [[one.name for one in found] for found in selections] == [["r2"]] * 4
        with pytest.raises(KeyError, match="'r9'; it holds r1 to r3"):
            history["r9"]
        history.clear()
        assert (len(history), store_of(explorer).held_bytes) == (0, 0)
        assert explorer.get("/").name == "r4"


def test_a_range_of_names() -> None:
    """``2-3`` and ``r2-r3`` select what the history still holds of these; one that holds nothing says what there is."""
    with exploring(Replies(), history_count=3) as explorer:
        get(explorer, *["/a"] * 5)
        for text, names in (("4-5", "r4 r5"), (" r4-r4 ", "r4"), ("1-3", "r3"), ("r3-999999999", "r3 r4 r5")):
            assert " ".join(one.name for one in explorer.history.select(text)) == names
        for text in ("1-2", "5-3", "r7-r8"):
            with pytest.raises(KeyError, match="it holds r3 to r5"):
                explorer.history.select(text)
        assert len(explorer.history.select("-/b")) == 3  # a filter
        explorer.history.clear()
        with pytest.raises(KeyError, match="the history is empty"):
            explorer.history.select("1-2")


@pytest.mark.parametrize(("text", "told"), [("r1", True), ("r", False), ("r1x", False), ("x1", False), ("r²", False)])
def test_what_is_a_name(text: str, told: bool) -> None:
    """A name is an r and digits, and anything else a filter."""
    assert is_name(text) is told


def test_the_bound_by_count() -> None:
    """The oldest go when there are more than the setting says."""
    with exploring(Replies(), history_count=3) as explorer:
        get(explorer, "/a", "/b", "/c", "/d", "/e")
        assert [one.name for one in explorer.history] == ["r3", "r4", "r5"]
        assert store_of(explorer).held_bytes == sum(map(held_bytes, explorer.history))


def test_the_bound_by_bytes_counts_everything() -> None:
    """Bodies, messages and output count alike; the newest stays even where it alone is over the bound."""

    def printing(number: int) -> bytes:
        print("x" * 30_000)
        return b"printed"

    replies = Replies(bodies={"/large": lambda n: b"%03d" % n * 20_000, "/print": printing})
    with exploring(replies, history_bytes=200_000) as explorer:
        for path in ("/large", "/print"):
            for _ in range(12):
                explorer.get(path)
            assert 1 < len(explorer.history) < 6
            assert store_of(explorer).held_bytes <= 200_000
        explorer.post("/", content=b"y" * 300_000)
        assert [one.spec.method for one in explorer.history] == ["POST"]


def test_what_is_evicted_is_gone_at_once() -> None:
    """An exchange dies the moment the history drops it, with response, request and run, without the collector."""
    replies = Replies(bodies={"/boom": ValueError("x")})
    with exploring(replies, history_count=1) as explorer:
        gc.disable()
        try:
            explorer.get("/", params={"a": "1"})
            first = explorer.history[0]
            assert first.response.elapsed.total_seconds() > 0
            alive = [weakref.ref(one) for one in (first, first.response, first.request, first.response.stream)]
            del first
            assert all(ref() is not None for ref in alive)
            explorer.get("/")
            assert [ref() for ref in alive] == [None] * 4
        finally:
            gc.enable()


class Pool:
    """Something an endpoint holds in a local variable."""


def test_only_the_last_exceptions_live() -> None:
    """The newest three that raised keep frames and locals, older ones their text; what went well does not count."""
    pools: list[weakref.ref[Pool]] = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("none")
        if scope["path"] == "/good":
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body"})
            return
        pool = Pool()
        pools.append(weakref.ref(pool))
        raise LookupError(f"nothing at {scope['path']}")

    with Explorer(app) as explorer:
        for number in range(5):
            explorer.get(f"/{number}", raise_exceptions=False)
            explorer.get("/good")
        gc.collect()
        assert [ref() is not None for ref in pools] == [False, False, True, True, True]
        older, newer = explorer.history["r1"], explorer.history["r5"]
        assert (older.exception, older.run.exception, newer.raised) == (None, None, None)
        assert isinstance(newer.exception, LookupError)
        assert (older.raised.type_name, older.raised.message) == ("LookupError", "nothing at /0")
        assert older.raised.frames[-1].function.endswith("app")
        assert [one.exception_name for one in (older, newer)] == ["LookupError"] * 2
        assert [(one.ok, one.failed, one.outcome) for one in (older, newer)] == [
            (False, True, "500 Internal Server Error")
        ] * 2
        assert str(explorer.last_exception) == "nothing at /4"
        explorer.history.clear()
        del older, newer
        gc.collect()
        assert [ref() for ref in pools] == [None] * 5


@pytest.mark.serial
def test_a_live_exception_goes_with_its_exchange() -> None:
    """An evicted exchange takes its exception along, though it was among the last that raised."""
    replies = Replies(bodies={"/boom": lambda n: ValueError(str(n))})
    with exploring(replies, history_count=2) as explorer:
        get(explorer, "/boom", "/", "/")
        gc.collect()
        # Of its type, for an object of Django's that makes itself when it is first asked would make itself now.
        assert not [one for one in gc.get_objects() if issubclass(type(one), ValueError) and one.args == ("1",)]


def test_what_you_cancelled_pushes_no_exception_out() -> None:
    """Cancelled exchanges stay ``cancelled`` and leave the app's exceptions live."""
    replies = Replies(bodies={"/boom": ValueError("x")}, slow_s={"/slow": 30})
    with exploring(replies) as explorer:
        get(explorer, "/boom")
        for _ in range(LIVE_EXCEPTIONS + 1):
            handle = explorer.submit(build_spec("GET", "/slow"))
            while not replies.seen or replies.seen[-1] != "GET /slow":
                threading.Event().wait(0.01)
            replies.seen.append("")
            handle.cancel()
            with pytest.raises(concurrent.futures.CancelledError):
                handle.result(20)
        assert [one.outcome for one in explorer.history][1:] == ["cancelled"] * (LIVE_EXCEPTIONS + 1)
        assert explorer.history["r1"].exception is explorer.last_exception is not None
        assert explorer.history["r2"].exception.__traceback__ is None


def test_the_end_of_what_is_let_go_may_use_the_history() -> None:
    """What runs when an evicted exchange dies finds the history free, from any thread."""
    stuck: list[bool] = []

    class Last:
        def __del__(self) -> None:
            thread = threading.Thread(target=store_of(explorer).next_name)
            thread.start()
            thread.join(3)
            stuck.append(thread.is_alive())

    with exploring(Replies(), history_count=2) as explorer:
        get(explorer, "/", "/")
        for exchange in explorer.history:
            exchange.request.extensions["last"] = Last()
        del exchange
        get(explorer, "/")
        assert stuck == [False]
        explorer.history.clear()
        assert stuck == [False, False]


def test_threads_append_side_by_side() -> None:
    """Bounds and sizes hold when many threads append at once."""
    replies = Replies(bodies={"/boom": lambda n: ValueError(str(n))})
    with exploring(replies, history_count=20) as explorer:
        threads = [threading.Thread(target=get, args=(explorer, *["/boom", "/"] * 10)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(explorer.history) == 20
        assert sum(one.exception is not None for one in explorer.history) <= LIVE_EXCEPTIONS
        assert store_of(explorer).held_bytes == sum(map(held_bytes, explorer.history))


@pytest.mark.serial
@pytest.mark.parametrize(
    ("path", "content"),
    [("/", b""), ("/large", b""), ("/headers", b""), ("/print", b""), ("/boom", b""), ("/" + "long/" * 500, b""),
     ("/", b"%06d" * 5000)],
    ids=["bare", "large", "headers", "print", "boom", "long", "sent"],
)  # fmt: skip
def test_the_estimate_of_what_is_held(path: str, content: bytes) -> None:
    """Of each kind of exchange the history counts what it really takes, within a factor of three."""
    replies = Replies(
        bodies={
            "/large": lambda n: b"%06d" % n * 10_000,
            "/print": printing,
            "/boom": lambda n: ValueError(f"number {n} is not in stock"),
        },
        headers={"/headers": lambda n: [(b"x-header-%d" % i, b"%d" % (n + i)) for i in range(40)]},
    )
    with exploring(replies) as explorer:

        def send(number: int) -> None:
            explorer.post(path, content=content and content % ((number,) * 5000), raise_exceptions=False)

        for number in range(8):
            send(number)
        explorer.history.clear()
        gc.collect()
        tracemalloc.start()
        try:
            for number in range(40):
                send(number)
            replies.seen.clear()
            gc.collect()
            held = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        estimate = store_of(explorer).held_bytes
        assert estimate / 3 < held < 3 * estimate


def test_redirects_count() -> None:
    """The exchanges that redirects led through are counted with the one they led to."""
    replies = Replies(status={"/move": 302}, headers={"/move": [(b"location", b"/")]})
    with exploring(replies) as explorer:
        moved, plain = explorer.get("/move"), explorer.get("/")
        assert held_bytes(moved) > 1.8 * held_bytes(plain)


@pytest.mark.serial
def test_many_exchanges_stay_within_the_bound() -> None:
    """Of many small requests the memory really used is near the bound: within a factor of two."""
    bound = 600_000
    replies = Replies(bodies=dict.fromkeys(["/items"], lambda n: b'{"id": %d, "name": "Foo"}' % n))
    with exploring(replies, history_count=10_000, history_bytes=bound) as explorer:
        get(explorer, *["/items"] * 20)  # what is made once is made now
        explorer.history.clear()
        gc.collect()
        tracemalloc.start()
        try:
            get(explorer, *(f"/items?page={number}" for number in range(400)))
            replies.seen.clear()
            now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert 50 < len(explorer.history) < 200
        assert store_of(explorer).held_bytes <= bound
        assert bound / 2 < now <= peak < 2 * bound
        assert len(explorer.history.filter("method:GET status:2xx path:/items* body~foo")) == len(explorer.history)


def test_settings_say_the_bounds() -> None:
    """Without settings of its own an explorer keeps 500 exchanges and 64 MB."""
    assert (Settings().history_count, Settings().history_bytes) == (500, 64 * 1024 * 1024)


def test_notes_and_changes_are_counted() -> None:
    """What an exception says, and its notes, count as held: while it is live, and after it became text."""

    def noisy(number: int) -> Exception:
        error = ValueError("x" * 100_000)
        error.add_note("y" * 100_000)
        return error

    with exploring(Replies(bodies={"/boom": noisy})) as explorer:
        for number in range(LIVE_EXCEPTIONS + 1):
            explorer.send(build_spec("GET", "/boom"), raise_exceptions=False)
            assert store_of(explorer).held_bytes > (number + 1) * 100_000
        assert explorer.history[0].exception is None
        assert held_bytes(explorer.history[0]) > 10_000
        assert held_bytes(explorer.history[-1]) > 200_000


def test_counting_an_exception_runs_no_code_of_its_class() -> None:
    """The truth of an exception and of its cause is not asked for while its bytes are counted."""

    class Odd(ValueError):
        def __bool__(self) -> bool:
            raise SystemExit

    def app_of(made: Exception) -> object:
        async def app(scope, receive, send):
            raise made from Odd("cause")

        return app

    with Explorer(app_of(Odd("text")), lifespan="off") as explorer:
        with pytest.raises(Odd):
            explorer.get("/")
        assert len(explorer.history) == 1
