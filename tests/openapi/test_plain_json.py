"""What an app gives as its document becomes plain JSON: unchanged if it is, converted or left out with a note."""

import collections
import decimal
import enum
import json
import types
import uuid
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any

import pytest

from ipyasgi.openapi.plain_json import MAX_LEVELS, read_plain


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


def converted(data: Any) -> tuple[Any, list[str]]:
    notes: list[str] = []
    return read_plain(data, notes.append).data, notes


def test_plain_json_stays_the_same_object() -> None:
    """A document that is JSON already is not copied."""
    data = {"a": [1, 1.5, "é", None, True, {"b": []}]}
    assert converted(data) == (data, [])
    assert converted(data)[0] is data


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, 2), [1, 2]),
        ({1}, [1]),
        (types.MappingProxyType({"a": collections.OrderedDict(b=1)}), {"a": {"b": 1}}),
        (collections.UserDict({2: 2, None: 3, True: 4, 1.5: 5}), {"2": 2, "true": 4, "null": 3, "1.5": 5}),
        (Colour.RED, "red"),
        ({Colour.RED: Level.HIGH}, {"red": 3}),
        (date(2020, 1, 2), "2020-01-02"),
        (datetime(2020, 1, 2, tzinfo=UTC), "2020-01-02T00:00:00+00:00"),
        (decimal.Decimal("1.5"), 1.5),
        (uuid.UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (PurePosixPath("/a"), "/a"),
        (b"a\xff", "a\ufffd"),
        ("\ud800a\U0001f600", "\ufffda\U0001f600"),
    ],
)
def test_values_of_python(value: Any, expected: Any) -> None:
    """Python's own values have the JSON that frameworks give them."""
    found, notes = converted({"x": value, "nan": float("nan")})
    assert found == {"x": expected, "nan": None}
    assert notes == ["a number that JSON cannot hold: left out"]


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), 10**400, decimal.Decimal("NaN"), object(), len])
def test_what_json_cannot_hold(value: Any) -> None:
    """It becomes null with a note."""
    found, notes = converted({"a": [value, 1], "b": 2, "c": 10**5000})
    assert found == {"a": [None, 1], "b": 2, "c": None}
    assert "left out" in notes[0]


def test_what_contains_itself_or_is_shared_or_deep() -> None:
    """A circle is cut, a shared object is converted once, and what is nested very deeply is cut with a note."""
    circle: dict[str, Any] = {"a": 1}
    circle["self"] = [circle]
    assert converted(circle)[0] == {"a": 1, "self": [None]}
    shared: Any = {"z": (1,)}
    for _ in range(100):
        shared = {"x": shared, "y": shared}
    found, _ = converted(shared)
    assert found["x"] is found["y"]
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    found, notes = converted(deep)
    assert len(json.dumps(found)) < 2 * MAX_LEVELS + 10
    assert "nested too deeply" in notes[0]


class Uncomparable:
    """A value of the app's own, which nothing of ours may compare."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("compared")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"format": "password"}, True),
        ({"writeOnly": True}, True),
        ({"format": "email", "writeOnly": False, "required": ["password", "writeOnly"]}, False),
        ({"format": ["password"], "writeOnly": 1}, False),
        ({"format": Uncomparable(), "writeOnly": Uncomparable()}, False),
    ],
)
@pytest.mark.parametrize("wrap", [list, tuple], ids=["plain", "converted"])
def test_one_look_finds_secret_schemas(schema: dict[str, Any], expected: bool, wrap: type) -> None:
    """Wherever it is, in a document that is JSON already and in one that becomes it; nothing else is one."""
    data = {"paths": {}, "components": wrap([{"a": {"properties": {"b": schema}}}])}
    assert read_plain(data, bool).has_secret is expected


@pytest.mark.parametrize("inner", [[0] * 30_000, [{"writeOnly": True}] * 30_000, {str(n): n for n in range(30_000)}])
def test_what_occurs_in_an_array_many_times(inner: Any) -> None:
    """It is not looked at each time, which would be a thousand million values: it is converted, once."""
    found = read_plain({"a": [inner] * 30_000}, bool)
    assert found.data["a"][0] == inner
    assert found.data["a"][0] is found.data["a"][-1]
    assert found.has_secret is (inner[0] == {"writeOnly": True} if isinstance(inner, list) else False)


def test_a_mapping_that_raises() -> None:
    """An object of the app's own that fails is left out with a note."""

    class Broken(dict):  # type: ignore[type-arg]
        def items(self) -> Any:
            raise RuntimeError("broken")

    assert converted({"a": Broken(b=1)}) == (
        {"a": None},
        ["a value of type Broken cannot be read, RuntimeError: left out"],
    )
