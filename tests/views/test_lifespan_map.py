"""The drawn table of the lifespan."""

import pytest

from ipyasgi.protocol.machines import LIFESPAN
from ipyasgi.views.lifespan_map import HEIGHT, WIDTH, draw_lifespan


@pytest.mark.parametrize("status", LIFESPAN.states())
def test_the_drawing_is_the_table(status: str) -> None:
    """Every state has a box inside the drawing, every transition an arrow; the present and next states are marked."""
    drawn = draw_lifespan(status)
    assert {box.name for box in drawn.boxes} == set(LIFESPAN.states())
    assert all(box.x >= 0 and box.x + box.width <= WIDTH and box.y + box.height <= HEIGHT for box in drawn.boxes)
    ways = {(state, then) for (state, _), then in LIFESPAN.table.items() if state != then}
    assert len(drawn.arrows) == len(ways)
    assert [box.name for box in drawn.boxes if box.tone == "now"] == [status]
    following = {then for state, then in ways if state == status}
    assert {box.name for box in drawn.boxes if box.tone == "next"} == following
    assert sum(arrow.tone == "lit" for arrow in drawn.arrows) == len(following)


def test_every_message_is_named() -> None:
    """Each token of the table that leads to another state is the label of an arrow, or the cause in the box below."""
    drawn = draw_lifespan("running")
    words = " ".join(
        [*(" ".join(arrow.label) for arrow in drawn.arrows), *(" ".join(box.cause) for box in drawn.boxes)]
    )
    assert sorted(set(words.replace(" .", ".").split())) == [
        *("blocked", "cancelled", "deadline", "failed", "loop", "passed", "raises", "returns"),
        *("shutdown", "shutdown.complete", "startup", "startup.complete"),
    ]


def test_boxes_do_not_overlap() -> None:
    """No box covers another."""
    boxes = draw_lifespan("running").boxes
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart_x or one.y + one.height <= other.y or other.y + other.height <= one.y
