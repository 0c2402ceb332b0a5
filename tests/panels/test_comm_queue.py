"""What a panel's queue decides to write next; time is a number here, and nothing runs by itself."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from ipyasgi.panels import comm_queue as comm_queue_module
from ipyasgi.panels.comm_queue import PIECE_BYTES, REPEAT_AFTER_S, ROWS_PER_MESSAGE, CommQueue, Write

from .canvas import Canvas


@pytest.fixture
def canvas() -> Canvas:
    """Give the widget's stand-in."""
    return Canvas()


@pytest.fixture
def queue(canvas: Canvas) -> CommQueue:
    """Give a queue that keeps 1,000 rows."""
    return CommQueue(canvas, keep_rows=1000, wake=lambda: None)


def drain(queue: CommQueue, now_s: float) -> Iterator[Write]:
    while (write := queue.next_write(now_s)) is not None:
        yield write


def contents(queue: CommQueue, now_s: float) -> list[Any]:
    return [write.content for write in drain(queue, now_s)]


def test_rows_come_in_numbered_batches(queue: CommQueue) -> None:
    """Rows put within a tenth of a second travel in one message, numbered on from the last."""
    queue.put("a")
    assert contents(queue, 10.0) == [{"paint": "rows", "first": 1, "rows": ["a"], "oldest": 1, "dropped": 0}]
    queue.put("b")
    queue.put("c")
    assert contents(queue, 10.05) == []
    assert queue.due_s(10.05) == pytest.approx(0.05)
    assert contents(queue, 10.1) == [{"paint": "rows", "first": 2, "rows": ["b", "c"], "oldest": 1, "dropped": 0}]


def test_a_message_is_bounded(queue: CommQueue) -> None:
    """More rows than one message holds wait for the next batch."""
    for number in range(ROWS_PER_MESSAGE + 1):
        queue.put(number)
    assert [len(content["rows"]) for content in contents(queue, 1.0)] == [ROWS_PER_MESSAGE]
    assert [content["rows"] for content in contents(queue, 1.2)] == [[ROWS_PER_MESSAGE]]


def test_only_the_newest_rows_are_held(queue: CommQueue) -> None:
    """Rows pushed out before they were written count as dropped; those written before do not."""
    for number in range(1, 101):
        queue.put(number)
    assert len(contents(queue, 1.0)) == 1
    for number in range(101, 1351):
        queue.put(number)
    first, second = contents(queue, 1.5) + contents(queue, 1.7)
    assert (first["first"], first["rows"][0], first["oldest"], first["dropped"]) == (351, 351, 351, 250)
    assert (second["first"], second["rows"][-1]) == (851, 1350)


def test_missed_rows_are_given_again(queue: CommQueue, canvas: Canvas) -> None:
    """The front end gets the span it asks for, in several messages where it is long, before anything newer."""
    for number in range(1, 901):
        queue.put(number)
    assert len(contents(queue, 1.0) + contents(queue, 1.2)) == 2
    canvas.hear(paint="ask", first=101, last=800)
    canvas.hear(paint="ask", first=101, last=800)
    assert [(content["first"], len(content["rows"])) for content in contents(queue, 1.2)] == [(101, 500), (601, 200)]


@pytest.mark.parametrize(("first", "last", "held"), [(1, 0, (5, [5, 6])), (1, 5, (5, [5])), (6, 99, (6, [6]))])
def test_an_ask_is_cut_to_what_is_held_and_sent(first: int, last: int, held: tuple[int, list[int]]) -> None:
    """Rows no longer held are left out; rows not yet written come by themselves; last 0 means the newest."""
    canvas = Canvas()
    queue = CommQueue(canvas, keep_rows=3, wake=lambda: None)
    for number in range(1, 7):
        queue.put(number)
    assert len(contents(queue, 1.0)) == 1
    queue.put(7)
    canvas.hear(paint="ask", first=first, last=last)
    (content,) = contents(queue, 1.0)
    assert (content["first"], content["rows"]) == held


def test_an_ask_for_nothing_is_answered(queue: CommQueue, canvas: Canvas) -> None:
    """A page that opens before the first row is told so, and stops asking."""
    canvas.hear(paint="ask", first=1, last=0)
    assert contents(queue, 1.0) == [{"paint": "tail", "last": 0, "oldest": 1, "dropped": 0}]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"paint": "ask"},
        {"paint": "ask", "first": "1", "last": 2},
        {"paint": "fetch", "key": 1, "index": -1},
        {"click": 1},
    ],
)
def test_other_messages_are_left_alone(queue: CommQueue, canvas: Canvas, content: dict[str, object]) -> None:
    """A panel's own messages, and malformed ones, are none of the queue's business."""
    canvas.hear(**content)
    assert contents(queue, 1.0) == []


def test_questions_are_bounded(queue: CommQueue, canvas: Canvas) -> None:
    """A front end that asks without end is answered 64 times, and may ask again."""
    for index in range(1000):
        canvas.hear(paint="fetch", key=1, index=index)
    assert len(contents(queue, 1.0)) == comm_queue_module.ASKS_HELD


def test_the_latest_value_of_a_trait_wins(queue: CommQueue, canvas: Canvas) -> None:
    """Values set between two writes become one message per widget, with the last of each."""
    other = Canvas()
    queue.state(value=1, disabled=True)
    queue.state(other, value="x")
    queue.state(value=2)
    writes = list(drain(queue, 1.0))
    assert [(write.surface, write.traits) for write in writes] == [
        (canvas, {"value": 2, "disabled": True}),
        (other, {"value": "x"}),
    ]


def test_no_kind_of_write_starves_another(queue: CommQueue, canvas: Canvas) -> None:
    """Rows, traits and answers take turns, even while each always has more."""
    kinds = []
    for step in range(30):
        queue.put(step)
        queue.state(value=step)
        canvas.hear(paint="fetch", key=7, index=step)
        write = queue.next_write(step / 10)
        assert write is not None
        kinds.append(write.content["paint"] if write.content else "state")
    assert {kinds.count(kind) for kind in ("rows", "state", "gone")} == {10}


@pytest.mark.parametrize("size", [1, PIECE_BYTES, PIECE_BYTES + 1, 5_000_000])
def test_a_body_is_whole_when_its_pieces_are_joined(queue: CommQueue, canvas: Canvas, size: int) -> None:
    """Each piece asked for is the right slice, in any order, as often as asked."""
    body = bytes(itertools.islice(itertools.cycle(range(251)), size))
    offer = queue.body(body)
    assert offer == {"key": 1, "size_bytes": size, "piece_bytes": PIECE_BYTES}
    count = -(-size // PIECE_BYTES)
    for index in [*reversed(range(count)), 0]:
        canvas.hear(paint="fetch", key=offer["key"], index=index)
    pieces = {write.content["index"]: write.buffers[0] for write in drain(queue, 1.0) if write.content}
    assert b"".join(pieces[index] for index in range(count)) == body


def test_old_bodies_make_room(queue: CommQueue, canvas: Canvas) -> None:
    """Eight bodies are held; asking for an older one says that it is gone."""
    offers = [queue.body(b"x") for _ in range(comm_queue_module.BODIES_HELD + 1)]
    canvas.hear(paint="fetch", key=offers[0]["key"], index=0)
    canvas.hear(paint="fetch", key=offers[1]["key"], index=0)
    assert [content["paint"] for content in contents(queue, 1.0)] == ["gone", "piece"]


def test_the_last_word_is_said_again(queue: CommQueue, canvas: Canvas) -> None:
    """When it is quiet the newest number and the traits go out again, four times, then no more."""
    queue.put("row")
    queue.state(value=1, disabled=True)
    queue.state(text="typed by the reader", repeat=False)
    assert len(list(drain(queue, 0.0))) == 2
    at_s, said = 0.0, []
    while (due_s := queue.due_s(at_s)) is not None:
        at_s += due_s
        said.append((at_s, [write.content or sorted(write.resend) for write in drain(queue, at_s)]))
    tail = {"paint": "tail", "last": 1, "oldest": 1, "dropped": 0}
    assert said == [(at_s, [["disabled", "value"], tail]) for at_s in itertools.accumulate(REPEAT_AFTER_S)]


def test_a_new_value_is_not_overtaken_by_its_repetition(queue: CommQueue) -> None:
    """Setting a trait anew starts the quiet time anew; setting it once without repeating ends it."""
    queue.state(value=1)
    assert len(list(drain(queue, 0.0))) == 1
    queue.state(value=2)
    assert len(list(drain(queue, 0.9))) == 1
    assert list(drain(queue, 1.5)) == []
    queue.state(value=3, repeat=False)
    assert len(list(drain(queue, 1.6))) == 1
    assert queue.due_s(1.6) is None


def test_a_lost_trait_is_sent_again_once(queue: CommQueue, canvas: Canvas) -> None:
    """The page asks for what is too long to be repeated."""
    queue.state(long=1, repeat=False)
    assert len(list(drain(queue, 0.0))) == 1
    queue.resend(canvas, "long")
    assert [write.resend for write in drain(queue, 0.1)] == [("long",)]
    assert queue.due_s(0.1) is None


def test_after_close_nothing_is_taken_and_what_was_is_written(queue: CommQueue, canvas: Canvas) -> None:
    """Close keeps no row back for the next batch, and ignores whatever comes later."""
    for number in range(ROWS_PER_MESSAGE + 1):
        queue.put(number)
    queue.close()
    queue.put("late")
    queue.state(value="late")
    canvas.hear(paint="ask", first=1, last=0)
    assert [len(content["rows"]) for content in contents(queue, 1.0)] == [ROWS_PER_MESSAGE, 1]
    queue.let_go()
    assert canvas.hooks == []
    assert queue.due_s(1.0) is None
