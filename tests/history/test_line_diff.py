"""The difference of two texts, by lines."""

import pytest

from ipyasgi.history.line_diff import find_line_changes

_TEN = "\n".join("abcdefghij")


def told(before: str, after: str) -> list[str]:
    """Return each line with its mark."""
    return [f"{line.mark}{line.text}" for line in find_line_changes(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        (_TEN, _TEN, []),
        ("a", "b", ["-a", "+b"]),
        ("a\n", "a", [" a", "-"]),
        (_TEN, "x\n" + _TEN, ["+x", " a", " b"]),
        (_TEN, _TEN[2:], ["-a", " b", " c"]),
        (_TEN, _TEN + "\nx", ["…", " i", " j", "+x"]),
        (_TEN, _TEN.replace("e", "E"), ["…", " c", " d", "-e", "+E", " f", " g"]),
        (_TEN, _TEN.replace("c", "C").replace("f", "F"), [" a", " b", "-c", "+C", " d", " e", "-f", "+F", " g", " h"]),
        (
            _TEN,
            _TEN.replace("b", "B").replace("i", "I"),
            [" a", "-b", "+B", " c", " d", "…", " g", " h", "-i", "+I", " j"],
        ),
    ],
)
def test_lines(before: str, after: str, expected: list[str]) -> None:
    """Changed lines stand between two unchanged ones each side; a mark says where some are left out."""
    assert told(before, after) == expected
