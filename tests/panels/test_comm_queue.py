"""What a panel channel decides to write next; time is a number here, and nothing runs by itself."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from ipyasgi.panels import channel as channel_module
from ipyasgi.panels.comm_queue import PIECE_BYTES, PanelChannel, Write
from ipyasgi.panels.resend_schedule import REPEAT_AFTER_S
from ipyasgi.panels.rows import ROWS_PER_MESSAGE

from .canvas import Canvas


@pytest.fixture
def canvas() -> Canvas:
    """Give the widget's stand-in."""
    return Canvas()


@pytest.fixture
def channel(canvas: Canvas) -> PanelChannel:
    """Give a channel that keeps 1,000 rows."""
    return PanelChannel(canvas, keep_rows=1000, wake=lambda: None)


def drain(channel: PanelChannel, now_s: float) -> Iterator[Write]:
    while (write := channel.next_write(now_s)) is not None:
        yield write


def contents(channel: PanelChannel, now_s: float) -> list[Any]:
    return [write.content for write in drain(channel, now_s)]


def test_rows_come_in_numbered_batches(channel: PanelChannel) -> None:
    """Rows put within a tenth of a second travel in one message, numbered on from the last."""
    channel.put("a")
    assert contents(channel, 10.0) == [{"paint": "rows", "first": 1, "rows": ["a"], "oldest": 1, "dropped": 0}]
    channel.put("b")
    channel.put("c")
    assert contents(channel, 10.05) == []
    assert channel.due_s(10.05) == pytest.approx(0.05)
    assert contents(channel, 10.1) == [{"paint": "rows", "first": 2, "rows": ["b", "c"], "oldest": 1, "dropped": 0}]


def test_a_message_is_bounded(channel: PanelChannel) -> None:
    """More rows than one message holds wait for the next batch."""
    for number in range(ROWS_PER_MESSAGE + 1):
        channel.put(number)
    assert [len(content["rows"]) for content in contents(channel, 1.0)] == [ROWS_PER_MESSAGE]
    assert [content["rows"] for content in contents(channel, 1.2)] == [[ROWS_PER_MESSAGE]]


def test_only_the_newest_rows_are_held(channel: PanelChannel) -> None:
    """Rows pushed out before they were written count as dropped; those written before do not."""
    for number in range(1, 101):
        channel.put(number)
    assert len(contents(channel, 1.0)) == 1
    for number in range(101, 1351):
        channel.put(number)
    assert channel.dropped == 250
    first, second = contents(channel, 1.5) + contents(channel, 1.7)
    assert (first["first"], first["rows"][0], first["oldest"], first["dropped"]) == (351, 351, 351, 250)
    assert (second["first"], second["rows"][-1]) == (851, 1350)


def test_missed_rows_are_given_again(channel: PanelChannel, canvas: Canvas) -> None:
    """The front end gets the span it asks for, in several messages where it is long, before anything newer."""
    for number in range(1, 901):
        channel.put(number)
    assert len(contents(channel, 1.0) + contents(channel, 1.2)) == 2
    canvas.hear(paint="ask", first=101, last=800)
    canvas.hear(paint="ask", first=101, last=800)
    assert [(content["first"], len(content["rows"])) for content in contents(channel, 1.2)] == [(101, 500), (601, 200)]


@pytest.mark.parametrize(("first", "last", "held"), [(1, 0, (5, [5, 6])), (1, 5, (5, [5])), (6, 99, (6, [6]))])
def test_an_ask_is_cut_to_what_is_held_and_sent(first: int, last: int, held: tuple[int, list[int]]) -> None:
    """Rows no longer held are left out; rows not yet written come by themselves; last 0 means the newest."""
    canvas = Canvas()
    channel = PanelChannel(canvas, keep_rows=3, wake=lambda: None)
    for number in range(1, 7):
        channel.put(number)
    assert len(contents(channel, 1.0)) == 1
    channel.put(7)
    canvas.hear(paint="ask", first=first, last=last)
    (content,) = contents(channel, 1.0)
    assert (content["first"], content["rows"]) == held


def test_an_ask_for_nothing_is_answered(channel: PanelChannel, canvas: Canvas) -> None:
    """A page that opens before the first row is told so, and stops asking."""
    canvas.hear(paint="ask", first=1, last=0)
    assert contents(channel, 1.0) == [{"paint": "tail", "last": 0, "oldest": 1, "dropped": 0}]


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
def test_other_messages_are_left_alone(channel: PanelChannel, canvas: Canvas, content: dict[str, object]) -> None:
    """A panel's own messages, and malformed ones, are none of the channel's business."""
    canvas.hear(**content)
    assert contents(channel, 1.0) == []


def test_questions_are_bounded(channel: PanelChannel, canvas: Canvas) -> None:
    """A front end that asks without end is answered 64 times, and may ask again."""
    for index in range(1000):
        canvas.hear(paint="fetch", key=1, index=index)
    assert len(contents(channel, 1.0)) == channel_module.ASKS_HELD


def test_the_latest_value_of_a_trait_wins(channel: PanelChannel, canvas: Canvas) -> None:
    """Values set between two writes become one message per widget, with the last of each."""
    other = Canvas()
    channel.state(value=1, disabled=True)
    channel.state(other, value="x")
    channel.state(value=2)
    writes = list(drain(channel, 1.0))
    assert [(write.surface, write.traits) for write in writes] == [
        (canvas, {"value": 2, "disabled": True}),
        (other, {"value": "x"}),
    ]


def test_no_kind_of_write_starves_another(channel: PanelChannel, canvas: Canvas) -> None:
    """Rows, traits and answers take turns, even while each always has more."""
    kinds = []
    for step in range(30):
        channel.put(step)
        channel.state(value=step)
        canvas.hear(paint="fetch", key=7, index=step)
        write = channel.next_write(step / 10)
        assert write is not None
        kinds.append(write.content["paint"] if write.content else "state")
    assert {kinds.count(kind) for kind in ("rows", "state", "gone")} == {10}


@pytest.mark.parametrize("size", [1, PIECE_BYTES, PIECE_BYTES + 1, 5_000_000])
def test_a_body_is_whole_when_its_pieces_are_joined(channel: PanelChannel, canvas: Canvas, size: int) -> None:
    """Each piece asked for is the right slice, in any order, as often as asked."""
    body = bytes(itertools.islice(itertools.cycle(range(251)), size))
    offer = channel.body(body)
    assert offer.as_dict() == {"key": 1, "size_bytes": size, "piece_bytes": PIECE_BYTES}
    count = -(-size // PIECE_BYTES)
    for index in [*reversed(range(count)), 0]:
        canvas.hear(paint="fetch", key=offer.key, index=index)
    pieces = {write.content["index"]: write.buffers[0] for write in drain(channel, 1.0) if write.content}
    assert b"".join(pieces[index] for index in range(count)) == body


def test_old_bodies_make_room(channel: PanelChannel, canvas: Canvas) -> None:
    """Eight bodies are held; asking for an older one says that it is gone."""
    offers = [channel.body(b"x") for _ in range(channel_module.BODIES_HELD + 1)]
    canvas.hear(paint="fetch", key=offers[0].key, index=0)
    canvas.hear(paint="fetch", key=offers[1].key, index=0)
    assert [content["paint"] for content in contents(channel, 1.0)] == ["gone", "piece"]


def test_the_last_word_is_said_again(channel: PanelChannel, canvas: Canvas) -> None:
    """When it is quiet the newest number and the traits go out again, four times, then no more."""
    channel.put("row")
    channel.state(value=1, disabled=True)
    channel.state(text="typed by the reader", repeat=False)
    assert len(list(drain(channel, 0.0))) == 2
    at_s, said = 0.0, []
    while (due_s := channel.due_s(at_s)) is not None:
        at_s += due_s
        said.append((at_s, [write.content or sorted(write.resend) for write in drain(channel, at_s)]))
    tail = {"paint": "tail", "last": 1, "oldest": 1, "dropped": 0}
    assert said == [(at_s, [["disabled", "value"], tail]) for at_s in itertools.accumulate(REPEAT_AFTER_S)]


def test_a_new_value_is_not_overtaken_by_its_repetition(channel: PanelChannel) -> None:
    """Setting a trait anew starts the quiet time anew; setting it once without repeating ends it."""
    channel.state(value=1)
    assert len(list(drain(channel, 0.0))) == 1
    channel.state(value=2)
    assert len(list(drain(channel, 0.9))) == 1
    assert list(drain(channel, 1.5)) == []
    channel.state(value=3, repeat=False)
    assert len(list(drain(channel, 1.6))) == 1
    assert channel.due_s(1.6) is None


def test_after_close_nothing_is_taken_and_what_was_is_written(channel: PanelChannel, canvas: Canvas) -> None:
    """Close keeps no row back for the next batch, and ignores whatever comes later."""
    for number in range(ROWS_PER_MESSAGE + 1):
        channel.put(number)
    channel.close()
    channel.put("late")
    channel.state(value="late")
    canvas.hear(paint="ask", first=1, last=0)
    assert [len(content["rows"]) for content in contents(channel, 1.0)] == [ROWS_PER_MESSAGE, 1]
    channel.let_go()
    assert canvas.hooks == []
    assert channel.due_s(1.0) is None
