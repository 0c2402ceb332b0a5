"""What the app keeps, as trees."""

from types import SimpleNamespace

from ipyasgi import Explorer, Settings
from ipyasgi.records.redaction import MASK
from ipyasgi.records.state import take_picture
from ipyasgi.views.state import Node, build_node, view_state

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
    return build_node(key, take_picture(value), Settings(**settings))


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


def test_width_is_told() -> None:
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


def test_no_state_is_said() -> None:
    """An app without state shows an empty lifespan state."""

    async def bare(scope, receive, send):
        raise RuntimeError("none")

    with Explorer(bare) as explorer:
        assert view_state(explorer.state, explorer.settings).text == "lifespan state  empty"
