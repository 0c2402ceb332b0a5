"""The state inspector: live, with what changed since the last look and by which exchange."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.panels import StateInspector


class Keeper:
    """Keeps a count and a secret; one path lets the count go on after the response."""

    def __init__(self) -> None:
        self.state = SimpleNamespace(count=0, api_token="s3cret", items=["a"])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        self.state.count += 1
        self.state.api_token = f"s3cret-{self.state.count}"
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        await anyio.sleep(0)


@pytest.fixture
def keeper() -> Keeper:
    """Give the app."""
    return Keeper()


@pytest.fixture
def keeping(keeper: Keeper) -> Iterator[Explorer]:
    """Give an explorer of it."""
    with Explorer(keeper, lifespan="off") as explorer:
        yield explorer


def leaf(tree: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the node of this name below the top of a tree."""
    return next(node for node in tree["nodes"] if node["key"] == key)


def test_an_exchange_moves_the_tree_and_is_told(keeping: Explorer, until: Callable) -> None:
    """The value is new and marked, the change is counted, and the exchange that made it is named."""
    inspector = StateInspector(keeping)
    assert leaf(inspector.tree.trees[0], "count")["text"] == "0"
    keeping.get("/x")
    until(lambda: leaf(inspector.tree.trees[0], "count")["text"] == "1")
    assert leaf(inspector.tree.trees[0], "count")["mark"] == "changed"
    assert inspector.tree.changes[0] == {"path": "app.state.count", "kind": "changed", "before": "0", "after": "1"}
    # The state may be looked at before the exchange has ended.
    until(lambda: [(one["name"], one["description"]) for one in inspector.tree.changed_by] == [("r1", "GET /x")])


def test_seen_makes_this_look_the_last(keeping: Explorer, page_says: Callable, until: Callable) -> None:
    """From then on what is there is compared with what was seen; in Python `look` does the same."""
    inspector = StateInspector(keeping)
    keeping.get("/x")
    until(lambda: inspector.tree.changes)
    page_says(inspector.tree, ask="seen")
    until(lambda: not inspector.tree.changes)
    assert leaf(inspector.tree.trees[0], "count")["mark"] == ""
    keeping.get("/x")
    assert [change.path for change in inspector.changes] == ["app.state.count", "app.state.api_token"]
    assert len(inspector.look().changes) == 2
    assert inspector.look().changes == ()


def test_what_changes_without_an_exchange_is_seen_too(keeper: Keeper, keeping: Explorer, until: Callable) -> None:
    """A background task, or a cell, changes the state: the tree follows by itself."""
    inspector = StateInspector(keeping)
    keeper.state.items.append("b")
    until(lambda: [one["path"] for one in inspector.tree.changes] == ["app.state.items[1]"])


def test_no_secret_is_in_its_state(keeping: Explorer, until: Callable) -> None:
    """Neither the tree nor the changes nor what each exchange changed hold what is masked elsewhere."""
    inspector = StateInspector(keeping)
    keeping.get("/x")
    until(lambda: inspector.tree.changed_by)
    assert "s3cret" not in repr(inspector.tree.get_state())
    bundle = inspector._repr_mimebundle_()
    assert "s3cret" not in bundle["text/plain"] + bundle["text/html"]


def test_an_exchange_is_opened_where_somebody_shows_it(keeping: Explorer, page_says: Callable, until: Callable) -> None:
    """Alone it offers no such thing; one that has left the history is said to be gone."""
    assert not StateInspector(keeping).tree.opens
    opened: list[str] = []
    inspector = StateInspector(keeping, on_show=lambda exchange: opened.append(exchange.name))
    keeping.get("/x")
    page_says(inspector.tree, ask="show", name="r1")
    until(lambda: opened == ["r1"])
    page_says(inspector.tree, ask="show", name="r9")
    until(lambda: "r9" in inspector.notice.text)


def test_the_adopted_app_is_looked_at(keeping: Explorer, until: Callable) -> None:
    """After a cell with the app ran again, the tree is the new app's."""
    inspector = StateInspector(keeping)
    other = Keeper()
    other.state.count = 41
    keeping.replace_app(other)
    until(lambda: leaf(inspector.tree.trees[0], "count")["text"] == "41")


def test_text_that_acts_is_seen_instead(keeper: Keeper, keeping: Explorer) -> None:
    """Control characters and what turns the reading direction round are written out."""
    keeper.state.items[:] = ["\x1b[31m \u202e"]
    inspector = StateInspector(keeping)
    assert not {"\x1b", "\u202e"} & set(repr(inspector.tree.trees))
