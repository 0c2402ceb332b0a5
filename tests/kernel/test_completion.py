"""Completion as front ends ask for it: the same words from IPython 9 and from 7.34, which has no matcher API."""

from collections.abc import Iterator

import pytest

from .kernels import ON_HOSTED_TOO, LiveKernel

pytestmark = [pytest.mark.kernel, ON_HOSTED_TOO]

APP = """
%load_ext ipyasgi
from ipyasgi.samples.shop import app

DOCUMENT = {
    "openapi": "3.1.0", "info": {"title": "toys", "version": "1"},
    "paths": {"/toys": {"post": {
        "parameters": [{"name": "color", "in": "query", "schema": {"enum": ["red", "blue"]}}],
        "requestBody": {"content": {"application/json": {"schema": {
            "type": "object", "properties": {"price": {"type": "number"}, "sold": {"type": "boolean"}},
        }}}},
        "responses": {"200": {"description": "OK"}},
    }}},
}

class Toys:
    def openapi(self):
        return DOCUMENT
    async def __call__(self, scope, receive, send):
        await app(scope, receive, send)

shop_of_mine = %asgi app
"""

LINES = {
    "%asgi lifes": ["lifespan"],
    "%asgi GET /it": ["/items", "/items/{item_id}"],
    "r = %asgi GET /it": ["/items", "/items/{item_id}"],
    "r = 1\nif r:\n    %asgi POST /it": ["/items"],
    "%asgi GET /items/{it": ["/items/{item_id}"],
    "%asgi GET /items/{item_id} it": ["item_id="],
    "%asgi GET /items X-Req": ["X-Request-ID:"],
    "%asgi GET /items Content-Type:text/p": ["text/plain"],
    "%asgi GET /items --no-r": ["--no-redirects"],
    "%asgi lifespan st": ["start", "step", "stop", "status"],
    "%asgi ws /": ["/chat"],
    "%%asgi\nGET /it": ["/items", "/items/{item_id}"],
    "%%asgi GET /items\nCache-C": ["Cache-Control: "],
    "%%asgi GET /items\nAuthorization: B": ["Basic ", "Bearer "],
    "%asgi GET /nowhere": [],
}


@pytest.fixture(autouse=True)
def _attached(kernel: LiveKernel) -> Iterator[None]:
    kernel.do(APP)
    yield
    kernel.do("%config Completer.use_jedi = True\n%unload_ext ipyasgi")


@pytest.mark.parametrize("jedi", [True, False])
def test_what_may_stand_there(kernel: LiveKernel, jedi: bool) -> None:
    """A ``complete_request`` is answered with our words alone, in our order, each in the place of what is typed."""
    kernel.do(f"%config Completer.use_jedi = {jedi}")
    found = {line: kernel.complete(line) for line in LINES}

    assert found == {line: [_stem(line) + word for word in words] for line, words in LINES.items()}


def test_in_a_body(kernel: LiveKernel) -> None:
    """What the app's document says counts on any line of a cell, which no hook of 7.34 is shown."""
    kernel.do("toys = Toys()\ntoys = %asgi toys\nassert len(toys.openapi) == 1")

    assert kernel.complete("%asgi POST /toys col") == ["%asgi POST /toys color=="]
    assert kernel.complete("%asgi POST /toys color==b") == ["%asgi POST /toys color==blue"]
    cell = '%%asgi POST /toys\n\n{\n  "price": 1,\n  '
    assert kernel.complete(cell + '"so') == [cell + '"sold": ']


def test_elsewhere_as_ever(kernel: LiveKernel) -> None:
    """Other lines are completed by IPython, and so is an expression in one of ours."""
    assert kernel.complete("shop_of_m") == ["shop_of_mine"]
    assert kernel.complete("%load_e") == ["%load_ext"]
    assert "%asgi GET /items/{{shop_of_mine" in kernel.complete("%asgi GET /items/{{shop_of_m")


@pytest.mark.parametrize(
    ("asking", "words"),
    [
        ("None, '%asgi GET /it'", ["/items", "/items/{item_id}"]),
        ("'/it', '%asgi GET /it', 13", ["/items", "/items/{item_id}"]),
        ("'', 'r = %asgi GET /it', 17", ["/items", "/items/{item_id}"]),
        ("'', '%asgi PO /items', 8", ["POST"]),
        ("'/it', '%asgi GET /it'", []),  # without a cursor it is as long as the first: IPython's own rule
    ],
)
def test_by_the_older_method(kernel: LiveKernel, asking: str, words: list[str]) -> None:
    """``get_ipython().complete`` gives the same for a line and a place in it."""
    assert kernel.value(f"get_ipython().complete({asking})[1]") == words


def test_unloading_leaves_nothing(kernel: LiveKernel) -> None:
    """Unloaded, the shell's completer is what it was; loaded twice, it is hooked once."""
    state = "(sorted(vars(get_ipython().Completer)), len(get_ipython().Completer.custom_matchers))"
    loaded = kernel.value(state)
    kernel.do("%reload_ext ipyasgi")
    again = kernel.value(state)
    kernel.do("%unload_ext ipyasgi")
    unloaded = kernel.value(state)
    kernel.do("%load_ext ipyasgi")

    assert again == loaded
    assert unloaded != loaded
    assert unloaded[1] == 0
    assert not {"complete", "completions"} & set(unloaded[0])


def _stem(line: str) -> str:
    """Return what stays of a line when its last part is completed."""
    for sign in ("Content-Type:", "Authorization: "):
        if sign in line:
            return line[: line.index(sign) + len(sign)]
    return line[: max(line.rfind(" "), line.rfind("\n")) + 1]
