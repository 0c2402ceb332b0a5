"""Looks at an app's state: what is there, and what changed since the look before."""

from types import SimpleNamespace
from typing import Any

from ipyasgi import Explorer, Settings
from ipyasgi.records.state_look import look_at


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
