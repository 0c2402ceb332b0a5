"""What values of many classes contain, and that a change inside them is seen."""

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import itertools
import pathlib
import re
import types
import uuid
from typing import Any

import attrs
import msgspec
import pydantic
import pytest
from starlette.datastructures import Headers, MutableHeaders, QueryParams, Secret

from ipyasgi import Settings
from ipyasgi.records.contents import read_contents
from ipyasgi.records.state import compare, take_picture
from ipyasgi.views.state import build_node


class Cache(dict):
    hits = 0


class Number(int): ...


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class Place(pathlib.PurePosixPath): ...


class Model(pydantic.BaseModel):
    model_config = {"extra": "allow"}
    n: int = 1
    _private: int = pydantic.PrivateAttr(1)


@attrs.define
class Defined:
    _n: int = 1


class Packed(msgspec.Struct):
    n: int = 1


@dataclasses.dataclass(slots=True)
class Slotted:
    _n: int = 1


Point = collections.namedtuple("Point", "x y")
HELD = {"a": 1}
NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def changes(value, change):
    """Return the texts of what ``change(value)`` did to a value."""
    before = take_picture(value)
    change(value)
    after = take_picture(value)
    assert compare({"s": after}, {"s": take_picture(value)}) == ()
    return [str(one) for one in compare({"s": before}, {"s": after})]


def change_model(model):
    model.n, model._private, model.more = 2, 2, "new"


@pytest.mark.parametrize(
    ("value", "change", "said"),
    [
        (collections.Counter("a"), lambda v: v.update("a"), ["s['a'] 1 → 2"]),
        (collections.defaultdict(list), lambda v: v["a"].append(1), ["s['a'] = [1]"]),
        (collections.OrderedDict(a=1), lambda v: v.update(a=2), ["s['a'] 1 → 2"]),
        (Cache(a=1), lambda v: (v.update(a=2), setattr(v, "hits", 1)), ["s['a'] 1 → 2", "s.hits = 1"]),
        (type("L", (list,), {})([1]), lambda v: v.append(2), ["s[1] = 2"]),
        (type("S", (set,), {})([1]), lambda v: v.add(2), ["s[2] = None"]),
        (collections.deque([1]), lambda v: v.append(2), ["s[1] = 2"]),
        (types.MappingProxyType(HELD), lambda v: HELD.update(a=2), ["s['a'] 1 → 2"]),
        (collections.ChainMap({"a": 1}), lambda v: v.update(a=2), ["s.maps[0]['a'] 1 → 2"]),
        (collections.UserDict(a=1), lambda v: v.update(a=2), ["s['a'] 1 → 2"]),
        (collections.UserList([1]), lambda v: v.append(2), ["s[1] = 2"]),
        (MutableHeaders({"a": "1"}), lambda v: v.__setitem__("a", "2"), ["s['a'] '1' → '2'"]),
        (Model(), change_model, ["s.n 1 → 2", "s._private 1 → 2", "s.more = 'new'"]),
        (Defined(), lambda v: setattr(v, "_n", 2), ["s._n 1 → 2"]),
        (Packed(), lambda v: setattr(v, "n", 2), ["s.n 1 → 2"]),
        (Slotted(), lambda v: setattr(v, "_n", 2), ["s._n 1 → 2"]),
        (array.array("i", [1]), lambda v: v.append(2), ["s[1] = 2"]),
        (bytearray(b"a"), lambda v: v.extend(b"b"), ["s bytearray(b'a') → bytearray(b'ab')"]),
        (itertools.count(1), next, ["s count(1) → count(2)"]),
        ({(1, "a"): 1}, lambda v: v.update({(1, "a"): 2}), ["s[(1, 'a')] 1 → 2"]),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, list) else "",
)
def test_a_change_inside_is_seen(value, change, said):
    """Subclasses, mappings, models and slots are read through, and each change has its values."""
    assert changes(value, change) == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (NEW_YEAR, NEW_YEAR + datetime.timedelta(hours=2), "2026-01-01 00:00:00 UTC → 2026-01-01 02:00:00 UTC"),
        (datetime.date(2026, 1, 1), datetime.date(2026, 1, 2), "2026-01-01 → 2026-01-02"),
        (datetime.time(1), datetime.time(1, 2), "01:00:00 → 01:02:00"),
        (datetime.timedelta(1), datetime.timedelta(2), "1 day, 0:00:00 → 2 days, 0:00:00"),
        (decimal.Decimal("1.50"), decimal.Decimal(2), "1.50 → 2"),
        (fractions.Fraction(1, 3), fractions.Fraction(2, 3), "1/3 → 2/3"),
        (uuid.UUID(int=0), uuid.UUID(int=1), f"{uuid.UUID(int=0)} → {uuid.UUID(int=1)}"),
        (pathlib.Path("/a"), pathlib.Path("/b"), "/a → /b"),
        (Place("/a/b"), Place("/c"), "/a/b → /c"),
        (Colour.RED, Colour.BLUE, "Colour.RED → Colour.BLUE"),
        (Rights.READ, Rights.READ | Rights.WRITE, "Rights.READ → Rights.READ|WRITE"),
        (Number(1), Number(2), "1 → 2"),
        (range(2), range(0, 9, 3), "range(0, 2) → range(0, 9, 3)"),
        (re.compile("a"), re.compile("b"), "re.compile('a') → re.compile('b')"),
        (memoryview(b"a"), memoryview(b"b"), "memoryview(b'a') → memoryview(b'b')"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_have_a_text(before: Any, after: Any, said: str) -> None:
    """A value of the standard library is shown as a value, and equal ones are no change."""
    assert changes({"x": before}, lambda v: v.update(x=after)) == [f"s['x'] {said}"]


def test_parts_of_a_value_that_was_replaced_are_compared() -> None:
    """The fields of a named tuple and the parameters of a query are named."""
    assert changes({"p": Point(1, 2)}, lambda v: v.update(p=Point(1, 3))) == ["s['p'].y 2 → 3"]
    assert changes({"q": QueryParams("a=1")}, lambda v: v.update(q=QueryParams("a=2"))) == ["s['q']['a'] '1' → '2'"]
    assert take_picture(Headers({"authorization": "x"})).items[0][0] == "'authorization'"


def test_numpy_arrays() -> None:
    """An array shows its type, shape and first values; a change past these is seen."""
    numpy = pytest.importorskip("numpy")
    value = {"a": numpy.zeros((30, 30)), "n": numpy.int64(1)}
    assert changes(value, lambda v: v["a"].__setitem__((0, 1), 5)) == ["s['a'][1] 0.0 → 5.0"]
    assert changes(value, lambda v: v["a"].__setitem__((29, 1), 5)) == ["s['a'] changed past the first 60 items"]
    assert take_picture(value["a"]).text.startswith("ndarray of float64 30×30 [0.0, 5.0")


@pytest.mark.parametrize("secret", [pydantic.SecretStr("hidden"), pydantic.SecretBytes(b"hidden"), Secret("hidden")])
def test_secret_types_are_not_read(secret: Any) -> None:
    """Only the type of a value that its class keeps secret is in a picture."""
    picture = take_picture({"x": secret}).items[0][1]
    assert (picture.type_name, picture.text, picture.items) == (type(secret).__name__, f"<{type(secret).__name__}>", ())


class Meta(type):
    def __hash__(cls):
        raise AssertionError("called")

    __eq__ = __getattribute__ = __hash__  # type: ignore[assignment]


def trap(*args: Any) -> Any:
    """Fail the test."""
    raise AssertionError("called")


NAMES = "__iter__ __len__ __repr__ __str__ __getitem__ __eq__ __hash__ __bool__ __getattribute__ items keys values"
TRAPS = {**dict.fromkeys(NAMES.split(), trap), "__class__": property(trap)}


@pytest.mark.parametrize("base", [dict, list, set, frozenset, str, int, float, bytes, bytearray, collections.deque])
def test_subclasses_run_no_code(base: Any) -> None:
    """Nothing that a subclass or its metaclass overrides is called."""
    value = base.__new__(Meta("Trapped", (base,), {**TRAPS, "__slots__": ()}))
    assert take_picture(value).type_name == "Trapped"


def test_a_dict_of_the_class_is_not_asked() -> None:
    """A property called ``__dict__`` is the user's code; so is a ``tzinfo``."""

    class Zone(datetime.tzinfo):
        utcoffset = tzname = dst = __repr__ = trap

    kind = type("Proxy", (), {"__dict__": property(trap), "__slots__": ()})
    assert take_picture(kind()).text == "<Proxy>"
    assert take_picture(datetime.datetime(2026, 1, 1, tzinfo=Zone())).text == "2026-01-01 00:00:00 Zone"


def test_values_that_cannot_be_read() -> None:
    """A released buffer, an object whose ``__init__`` did not run and a user's text are objects without items."""
    view = memoryview(b"x")
    view.release()
    for value in (view, object.__new__(pathlib.PurePosixPath), fractions.Fraction.__base__, range(10**5000)):
        assert read_contents(value) is not None
    assert take_picture(range(10**5000)).text == "range(0, <int of 16610 bits>)"
    assert take_picture(decimal.Decimal(10**20_000)).text.startswith("<Decimal of ")


@pytest.mark.parametrize(
    ("value", "change", "said"),
    [
        (dict.fromkeys(range(500)), lambda v: v.update({400: 1}), "s changed past the first 60 items"),
        ([0] * 500, lambda v: v.__setitem__(400, 1), "s changed past the first 60 items"),
        (collections.deque([[]] * 500), lambda v: v.__setitem__(400, []), "s changed past the first 60 items"),
        ({"t": "x" * 200}, lambda v: v.update(t="x" * 199 + "y"), "s['t'] changed past the first 120 characters"),
        (bytearray(200), lambda v: v.__setitem__(199, 1), "s changed past the first 120 characters"),
    ],
    ids=["dict", "list", "deque", "str", "bytearray"],
)
def test_changes_past_the_limits_are_said(value: Any, change: Any, said: str) -> None:
    """A change that is not shown is said."""
    assert changes(value, change) == [said]


def test_what_is_not_compared_is_said() -> None:
    """Where too much is left out to be compared, the display says so."""
    shown = build_node("x", take_picture(list(range(5000))), Settings(), path="", marks={})
    assert shown.missing == "4,940 more items, whose changes are not compared"
    shown = build_node("x", take_picture("x" * 200_000), Settings(), path="", marks={})
    assert shown.about == "200,000 characters, changes past the first 120 are not compared"
    shown = build_node("x", take_picture([0] * 100), Settings(), path="", marks={})
    assert shown.missing == "40 more items"
    deep = take_picture({"a": {"a": {"a": {"a": {"a": {"a": [1]}}}}}}).items[0][1].items[0][1].items[0][1].items[0][1]
    shown = build_node("x", deep.items[0][1], Settings(), path="", marks={})
    assert shown.missing == "1 more item, whose changes are not compared"
