"""What the state inspector shows: marks in the trees, changes, and what changed them; secrets masked."""

from typing import Any

from ipyasgi import Explorer
from ipyasgi.records.redaction import MASK
from ipyasgi.records.state import look_at
from ipyasgi.views.inspection import inspect_state, view_inspection
from ipyasgi.views.state import Node, view_look


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Put something into the state at startup, and something secret with each request."""
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["kept"] = {"count": 0, "plain": 1}
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    kept = scope["state"]["kept"]
    kept["count"] += 1
    kept["token"] = f"s3cret-{kept['count']}"
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def nodes_of(nodes: tuple[Node, ...]) -> dict[str, Node]:
    """Return every node by its path."""
    found = {node.path: node for node in nodes}
    for node in nodes:
        found |= nodes_of(node.nodes)
    return found


def test_what_changed_is_marked_where_it_is_and_told_by_exchange() -> None:
    """The tree marks the changed values, the newest exchange comes first, the steps of the lifespan last."""
    with Explorer(app) as explorer:
        before = look_at(explorer.state.places(), None, explorer.settings)
        explorer.get("/a")
        explorer.get("/b")
        look = look_at(explorer.state.places(), before, explorer.settings)
        shown = inspect_state(look, explorer.history, explorer.lifespan, explorer.settings)
        text = view_inspection(look, explorer.history, explorer.lifespan, explorer.settings).text
    marks = {path: node.mark for path, node in nodes_of(shown.trees).items() if node.mark}
    assert marks == {"state['kept']['count']": "changed", "state['kept']['token']": "added"}
    assert [one.name for one in shown.changed_by] == ["r2", "r1", ""]
    assert shown.changed_by[0].what == "GET /b"
    assert shown.changed_by[-1].what == "lifespan.startup"
    assert "state['kept']['count'] 0 → 2" in text


def test_no_secret_is_shown() -> None:
    """A secret is masked in the tree, among the changes and in what each exchange changed, in both forms."""
    with Explorer(app) as explorer:
        before = look_at(explorer.state.places(), None, explorer.settings)
        explorer.get("/a")
        look = look_at(explorer.state.places(), before, explorer.settings)
        inspected = (look, explorer.history, explorer.lifespan, explorer.settings)
        shown, view = inspect_state(*inspected), view_inspection(*inspected)
        alone = view_look(look, explorer.settings)
    assert nodes_of(shown.trees)["state['kept']['token']"].text == MASK
    for text in (repr(shown), view.text, view.html, alone.text, alone.html):
        assert "s3cret" not in text
        assert MASK in text


def test_many_changes_are_cut_and_counted() -> None:
    """A list of changes is bounded, and how many are left out is told."""
    with Explorer(app) as explorer:
        before = look_at({"state": {}}, None, explorer.settings)
        look = look_at({"state": {f"k{n}": n for n in range(50)}}, before, explorer.settings)
        shown = inspect_state(look, explorer.history, explorer.lifespan, explorer.settings)
    assert (len(shown.changes), shown.more) == (40, 10)
