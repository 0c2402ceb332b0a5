"""The app's state as trees, and what changed it."""

from types import SimpleNamespace
from typing import Any

from ipyasgi import Explorer, Settings
from ipyasgi.records.secret_rules import MASK
from ipyasgi.records.state import look_at, take_picture
from ipyasgi.views.state import Node, build_node, inspect_state, view_inspection, view_look, view_state

from .conftest import Markup


async def app(scope, receive, send):
    """Put something into the lifespan state."""
    assert scope["type"] == "lifespan"
    await receive()
    scope["state"]["db"] = {"pool": [1, 2]}
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


def node_of(value: object, key: str = "x", **settings: bool) -> Node:
    """Return the tree of a value."""
    return build_node(key, take_picture(value), Settings(**settings), path="", marks={})


def test_both_states_are_trees() -> None:
    """`app.state` and the lifespan state are shown, objects by their attributes, lists by their items."""
    app.state = SimpleNamespace(count=3, user=SimpleNamespace(name="Ada"))
    with Explorer(app) as explorer:
        view = view_state(explorer.state, explorer.settings)
    lines = view.text.split("\n")
    assert lines[:4] == ["app.state", "  count: 3", "  user: <SimpleNamespace>  (SimpleNamespace)", "    name: 'Ada'"]
    assert "  'db': {'pool': [1, 2]}  (dict, 1 item)" in lines
    markup = Markup(view.html)
    assert sum(tag == "details" for tag, _ in markup.elements) == 5
    assert sum("open" in attributes for tag, attributes in markup.elements if tag == "details") == 2


def test_nothing_of_the_users_is_called() -> None:
    """Neither ``repr`` nor a property runs when state is shown."""

    class Awful:
        def __init__(self) -> None:
            self.inside = 1

        def __repr__(self) -> str:
            raise AssertionError("called")

        __str__ = __hash__ = __eq__ = __iter__ = __len__ = __repr__

        @property
        def trap(self) -> None:
            raise AssertionError("called")

    node = node_of(Awful())
    assert (node.text, [inner.key for inner in node.nodes]) == ("<Awful>", ["inside"])


def test_left_out_items_are_counted() -> None:
    """Items that a picture leaves out are counted."""
    node = node_of(list(range(100)))
    assert (len(node.nodes), node.missing) == (60, "40 more items")


def test_secrets_are_masked_at_any_depth() -> None:
    """A value under a secret name is masked, in its own node and in the short text of what holds it."""
    value = {"api_key": "k1", "db": {"password": ["k2"], "credentials": SimpleNamespace(user="k3", ready=None)}}
    texts: list[str] = []

    def walk(node: Node) -> None:
        texts.append(node.text)
        for inner in node.nodes:
            walk(inner)

    walk(node_of(value))
    assert not any(secret in text for text in texts for secret in ("k1", "k2", "k3"))
    assert texts.count(MASK) == 3
    assert "None" in texts
    texts.clear()
    walk(node_of(value, show_secrets=True))
    assert {"'k1'", "'k2'", "'k3'"} <= set(texts)


def test_an_empty_state_is_shown() -> None:
    """An app without state shows an empty lifespan state."""

    async def bare(scope, receive, send):
        raise RuntimeError("none")

    with Explorer(bare) as explorer:
        assert view_state(explorer.state, explorer.settings).text == "lifespan state  empty"


async def counting(scope: Any, receive: Any, send: Any) -> None:
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


def test_changes_are_marked_and_listed_by_exchange() -> None:
    """The tree marks the changed values, the newest exchange comes first, the steps of the lifespan last."""
    with Explorer(counting) as explorer:
        before = look_at(explorer.state.places(), None, explorer.settings)
        explorer.get("/a")
        explorer.get("/b")
        look = look_at(explorer.state.places(), before, explorer.settings)
        shown = inspect_state(look, explorer.history, explorer.lifespan, explorer.settings)
        text = view_inspection(look, explorer.history, explorer.lifespan, explorer.settings).text
    marks = {path: node.mark for path, node in nodes_of(shown.trees).items() if node.mark}
    assert marks == {"state['kept']['count']": "changed", "state['kept']['token']": "added"}
    assert [one.name for one in shown.changed_by] == ["r2", "r1", ""]
    assert shown.changed_by[0].cause == "GET /b"
    assert shown.changed_by[-1].cause == "lifespan.startup"
    assert "state['kept']['count'] 0 → 2" in text


def test_no_secret_is_shown() -> None:
    """A secret is masked in the tree, among the changes and in what each exchange changed, in both forms."""
    with Explorer(counting) as explorer:
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
    """A list of changes is bounded, and the others are counted."""
    with Explorer(counting) as explorer:
        before = look_at({"state": {}}, None, explorer.settings)
        look = look_at({"state": {f"k{n}": n for n in range(50)}}, before, explorer.settings)
        shown = inspect_state(look, explorer.history, explorer.lifespan, explorer.settings)
    assert (len(shown.changes), shown.more) == (40, 10)


class Secret:
    """A value with a type of its own, as Starlette has it."""

    def __init__(self, value: str) -> None:
        self._value = value


class URL:
    """A parsed URL."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._netloc = url.partition("//")[2]


def test_secrets_of_the_state_are_masked_by_type_look_and_name() -> None:
    """Types made for secrets, users of URLs, pairs with a name, and tokens as keys are masked, in changes too."""
    secret = "s3cret9XyZq7"
    state = {
        "signer": Secret(secret),
        "url": URL(f"https://u:{secret}@h/x"),
        "database": SimpleNamespace(dsn=f"postgres://u:{secret}@h", signing_key=secret),
        "long": "postgres://user:" + secret * 20 + "@h",
        "headers": [["Authorization", f"Bearer {secret}"], (b"x-api-key", secret.encode())],
        "row": {"name": "X-Api-Key", "value": secret},
        "keyed": {f"Bearer {secret}": 1},
        "kept": {"token_type": "bearer", "tokens": 3, "public_key": "abc"},
    }
    look = look_at({"app.state": state}, look_at({"app.state": {}}, None, Settings()), Settings())
    view = view_look(look, Settings())

    assert secret[:6] not in view.text + view.html
    assert all(shown in view.text for shown in ("'bearer'", "tokens': 3", "'abc'", f"https://{MASK}@h/x"))
