"""Pictures of state and their difference."""

import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from litestar.datastructures import State

from ipyasgi import Explorer, Settings
from ipyasgi.records.contents import MAX_TEXT
from ipyasgi.records.state import MAX_NODES, compare, look_at, take_brief_picture, take_picture


def changes(value, change):
    """Return the texts of what ``change(value)`` did to a value."""
    before = take_picture(value)
    change(value)
    return [str(one) for one in compare({"state": before}, {"state": take_picture(value)})]


class Custom:
    def __init__(self):
        self.count = 1


def test_added_removed_changed():
    """Keys that came, went or have another value are told apart."""
    state = {"a": 1, "b": 2, "c": 3}

    def change(state):
        state["a"] = 10
        del state["b"]
        state["d"] = "new"

    assert changes(state, change) == ["state['a'] 1 → 10", "state['b'] removed (was 2)", "state['d'] = 'new'"]


@pytest.mark.parametrize(
    ("value", "change", "said"),
    [
        ([1], lambda v: v["x"].append(2), "state['x'][1] = 2"),
        ({"k": {"deep": 1}}, lambda v: v["x"]["k"].update(deep=2), "state['x']['k']['deep'] 1 → 2"),
        ({1}, lambda v: v["x"].add(2), "state['x'][2] = None"),
        (Custom(), lambda v: setattr(v["x"], "count", 2), "state['x'].count 1 → 2"),
        (SimpleNamespace(n=1), lambda v: setattr(v["x"], "n", 5), "state['x'].n 1 → 5"),
    ],
    ids=["list", "dict", "set", "object", "namespace"],
)
def test_changes_inside_are_found(value, change, said):
    """What changed inside a list, dict, set or object is told at its place."""
    assert changes({"x": value}, change) == [said]


def test_starlettes_state_is_read_through():
    """An object that keeps everything in one dict called _state is shown as that dict, without asking it."""

    class State:
        def __init__(self):
            object.__setattr__(self, "_state", {})

        def __getattr__(self, name):
            raise AssertionError("asked")

    state = State()
    assert changes(state, lambda s: s.__dict__["_state"].update(n=1)) == ["state.n = 1"]


class Slotted:
    __slots__ = ("_lock", "_state", "unset")

    def __init__(self, **state):
        self._lock, self._state = None, state

    def __getattribute__(self, name):
        raise AssertionError("asked")


class Point:
    __slots__ = "x"

    def __init__(self):
        self.x = 1


class Named(Point):
    __slots__ = ("__dict__", "name")


def test_slots_are_read():
    """What an object keeps in its slots, and in those of its bases, is seen; Litestar's State is read through."""
    point = Named()

    def move(point):
        point.x, point.name, point.more = 2, "here", 3

    assert changes(point, move) == ["state.x 1 → 2", "state.name = 'here'", "state.more = 3"]
    assert take_picture(anyio.CapacityLimiter(1)).items == ()
    assert [key for key, _ in take_picture(Slotted(kettle="on")).items] == [".kettle"]
    state = State({"kettle": "cold"})
    assert changes(state, lambda s: s.update(kettle="hot")) == ["state.kettle 'cold' → 'hot'"]


class Hostile:
    """Every way of looking at it that calls its code is a trap."""

    def __init__(self):
        self.value = 1

    def trap(self, *args):
        raise BaseException("the user's code was called")

    __repr__ = __str__ = __len__ = __iter__ = __eq__ = __hash__ = __bool__ = trap
    something = property(trap)


def test_users_code_is_never_called():
    """No repr, property, comparison or iterator of the user's runs while taking a picture."""
    state = {"x": Hostile(), "list": [Hostile()], Hostile.__mro__[0]: 1}
    picture = take_picture(state)

    assert [item.type_name for _, item in picture.items] == ["Hostile", "list", "int"]
    assert compare({"state": picture}, {"state": take_picture(state)}) == ()


def count(picture):
    """Return how many pictures there are in one."""
    return 1 + sum(count(item) for _, item in picture.items)


def test_a_container_that_changes_meanwhile_is_no_error():
    """A set and a dict that another thread changes all the time are pictured, never an error of the app's."""
    changing: dict = {"set": set(range(50)), "dict": dict.fromkeys(range(50))}
    stop = threading.Event()

    def change():
        n = 0
        while not stop.is_set():
            n += 1
            changing["set"].add(n % 5000 + 50)
            changing["set"].discard((n + 7) % 5000 + 50)
            changing["dict"][n % 5000 + 50] = n
            changing["dict"].pop((n + 7) % 5000 + 50, None)

    before, thread = sys.getswitchinterval(), threading.Thread(target=change)
    sys.setswitchinterval(1e-5)
    thread.start()
    try:
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            take_picture(changing)
    finally:
        stop.set()
        thread.join()
        sys.setswitchinterval(before)


@pytest.mark.serial
def test_pictures_are_bounded():
    """A value without end, very deep, very wide or that holds itself takes a bounded time and size."""
    endless: list = []
    endless.append(endless)
    wide = {n: [list(range(100)) for _ in range(100)] for n in range(100)}
    deep: dict = {}
    for _ in range(10_000):
        deep = {"d": deep}
    large = [10**100_000, "x" * 10**7, b"x" * 10**7, set(range(300_000)), dict.fromkeys(range(300_000))]
    large += [{10**5000: 1}, {10**5000}, [0] * 300_000]
    began = time.thread_time()
    pictures = [take_picture(value) for value in (endless, wide, deep, *large)]

    assert time.thread_time() - began < 1
    assert all(count(picture) <= MAX_NODES + 1 for picture in pictures)
    assert all(len(picture.text) <= MAX_TEXT for picture in pictures)


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (lambda n: {"id": n, "name": "cup"}, lambda one: one.update(name="mug")),
        (lambda n: [n, "cup"], lambda one: one.append("mug")),
        (lambda n: SimpleNamespace(name="cup"), lambda one: setattr(one, "name", "mug")),
    ],
    ids=["dict", "list", "object"],
)
def test_a_change_inside_what_is_not_shown_is_found(make, change):
    """A record past the first sixty is compared with its plain values, and is not shown."""
    items = {"x": {n: make(n) for n in range(100)}}
    assert changes(items, lambda v: change(v["x"][80])) == ["state['x'] changed past the first 60 items"]
    assert take_picture(items).items[0][1].blind is False


def test_what_is_too_deep_to_be_compared_is_said():
    """A record past the first sixty that holds another container: its inside is not compared, as the state says."""
    items = {"x": {n: {"tags": ["a"]} for n in range(100)}}
    assert changes(items, lambda v: v["x"][80]["tags"].append("b")) == []
    assert changes(items, lambda v: v["x"][80].update(tags=[])) == ["state['x'] changed past the first 60 items"]
    assert take_picture(items).items[0][1].blind is True
    shown = look_at({"app.state": items}, None, Settings()).to_text()
    assert "… 40 more items; changes deep inside them are not compared" in shown


def test_another_object_of_equal_content_is_no_change():
    """Replacing a plain value by an equal one says nothing."""
    assert changes({"a": 1, "t": "text"}, lambda s: s.update(a=1, t="te" + "xt")) == []


def test_a_picture_holds_no_live_reference():
    """What was pictured can be collected while the picture lives."""
    import gc
    import weakref

    value = Custom()
    watched = weakref.ref(value)
    picture = take_picture({"x": value})
    del value
    gc.collect()

    assert watched() is None
    assert picture.items[0][1].type_name == "Custom"


def test_another_object_of_the_same_look_is_told():
    """A value replaced by another object that looks the same is not called changed inside."""
    value = {"x": object(), "y": Custom()}

    def change(state):
        state["x"] = object()

    assert changes(value, change) == ["state['x'] replaced (new <object>)"]


def test_another_object_with_other_objects_inside_is_told_once():
    """The parts of an object that was replaced are not listed when nothing but the objects is new; values are."""

    class Pool:
        def __init__(self, size):
            self.size, self._waiting, self._lent = size, object(), object()

    value = {"x": Pool(2)}

    assert changes(value, lambda state: state.update(x=Pool(2))) == ["state['x'] replaced (new <Pool>)"]
    assert changes(value, lambda state: state.update(x=Pool(3)))[0] == "state['x'].size 2 → 3"
    assert changes(value, lambda state: setattr(state["x"], "_lent", object())) == [
        "state['x']._lent replaced (new <object>)"
    ]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Count requests in the lifespan state."""
    scope["state"].setdefault("seen", []).append(scope["path"])
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_the_first_look_has_nothing_to_compare_with() -> None:
    """What is there is no news to who looks for the first time."""
    look = look_at({"app.state": SimpleNamespace(count=3)}, None, Settings())
    assert look.changes == ()
    assert dict(look.pictures["app.state"].items)[".count"].text == "3"


def test_a_later_look_tells_what_came_changed_and_went() -> None:
    """Each change names its path; a place that came is told like a value that came."""
    state = {"a": 1, "b": [1]}
    first = look_at({"state": state}, None, Settings())
    state["b"].append(2)
    state["c"] = "new"
    del state["a"]
    second = look_at({"state": state, "app.state": SimpleNamespace(x=1)}, first, Settings())
    told = {change.path: change.kind for change in second.changes}
    assert told["state['a']"] == "removed"
    assert told["state['b'][1]"] == "added"
    assert told["state['c']"] == "added"
    assert any(path.startswith("app.state") for path in told)


def test_the_explorer_remembers_the_last_look() -> None:
    """`explorer.state.look()` compares with the look before it, and shows no value when it is shown bare."""
    with Explorer(app, lifespan="off") as explorer:
        explorer.state.lifespan["seen"] = []
        assert explorer.state.look().changes == ()
        explorer.get("/x")
        look = explorer.state.look()
        assert [change.path for change in look.changes] == ["state['seen'][0]"]
        assert "/x" not in repr(look)
        assert explorer.state.look().changes == ()


class Watching:
    """An object with many parts, of which only the class is shown."""

    def __init__(self) -> None:
        self.parts = [{"number": number, "inside": list(range(100))} for number in range(100)]


def test_a_brief_picture() -> None:
    """It has the text of a picture, of values up to two levels, and reads few of their items."""
    values = [3, "a", None, [1, 2], list(range(1000)), {"a": 1, "b": [1]}, {1, 2}, Watching(), 2.5, (1,), b"x"]

    for value in values:
        full, brief = take_picture(value), take_brief_picture(value)
        assert (brief.text, brief.form, brief.type_name) == (full.text, full.form, full.type_name)
    assert take_brief_picture(Watching()).items == ()
    assert len(take_brief_picture(list(range(1000))).items) == 6
