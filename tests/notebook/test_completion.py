"""Completion of ``%asgi``, asked for as IPython's front ends do."""

import time

import pytest
from IPython.core.completer import provisionalcompleter

from ipyasgi.notebook.commands import COMMANDS
from ipyasgi.notebook.completion import _OFFERS, _WORDS

ROUTER = """
from fastapi import FastAPI
api = FastAPI()
@api.get("/items")
async def every(): return []
@api.post("/items/{item_id}/{part}")
async def add(item_id: int, part: str): return 1
@api.websocket("/talk")
async def talk(websocket): ...
"""


@pytest.fixture
def complete(shell):
    """Give what stands there after completing the text at its end, or at the bar."""

    def ask(text):
        before, _, after = text.partition("|")
        with provisionalcompleter():
            found = list(shell.ip.Completer.completions(before + after, len(before)))
        return [one.text for one in found]

    shell.run(ROUTER)
    shell.run("%asgi api;")
    return ask


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("%asgi PO", ["POST"]),
        ("%asgi lifes", ["lifespan"]),
        ("%asgi ap", ["app", "api"]),
        ("%asgi GET /i", ["/items"]),
        ("%asgi POST /i", ["/items/{item_id}/{part}"]),
        ("r = %asgi GET /i", ["/items"]),
        ("if True:\n    %asgi GET /i", ["/items"]),
        ("%asgi GET /i|tems?x=1", ["/items"]),
        ("%asgi POST /items/{item_id}/{part} item_id=1 p", ["part="]),
        ("%asgi GET /items X-Req", ["X-Request-ID:"]),
        ("%asgi GET /items Content-Type:text/p", ["text/plain"]),
        ("%asgi GET /items --no-r", ["--no-redirects"]),
        ("%asgi recheck --send-twice al", ["always"]),
        ("%asgi lifespan st", ["start", "step", "stop", "status"]),
        ("%asgi ws /", ["/talk"]),
        ("%%asgi GET /i", ["/items"]),
        ("%%asgi\nGET /i", ["/items"]),
        ("%%asgi GET /items\nAcc|\n\n{}", ["Accept: ", "Accept-Encoding: ", "Accept-Language: "]),
        ("%%asgi GET /items\nAuthorization: B", ["Basic ", "Bearer "]),
    ],
)
def test_what_may_stand_there(complete, text, wanted):
    """Each part of the language is completed with what fits there, and nothing else is offered beside it."""
    assert complete(text) == wanted


def test_exchanges_by_name(shell, complete):
    """What was sent can be named, the newest first."""
    shell.run("%asgi GET /items;\n%asgi GET /items;")
    assert complete("%asgi show r") == ["r2", "r1"]


@pytest.mark.parametrize("text", ["GET /i", "print(GET /i", "# %asgi GET /i", "x = '%asgi GET /i"])
def test_nothing_outside_the_magic(shell, complete, text):
    """Elsewhere IPython completes as it did."""
    assert not any("/items" in one for one in complete(text))


def test_python_inside_braces(shell, complete):
    """Inside ``{{ }}`` it is Python that is completed."""
    shell.run("quantity_of_it = 1")
    assert any(one == "quantity_of_it" for one in complete("%asgi GET /items n:={{quantity_o"))


def test_each_kind_of_place_and_each_word_is_known():
    """No kind of place is forgotten, and no subcommand is completed that there is not."""
    import typing

    from ipyasgi.notebook.cursor import Kind

    assert set(_OFFERS) == set(typing.get_args(Kind))
    assert set(_WORDS) <= set(COMMANDS)


def test_unloading_takes_the_matcher_back(shell):
    """Loaded twice there is one matcher, unloaded none."""
    matchers = shell.ip.Completer.custom_matchers
    assert len(matchers) == 1
    shell.run("%reload_ext ipyasgi")
    assert len(matchers) == 1
    shell.run("%unload_ext ipyasgi")
    assert matchers == []


def test_a_large_app(shell, capsys):
    """On an app with a thousand routes completing is quick; the times are printed, and no request is sent."""
    shell.run(
        "from fastapi import FastAPI\nlarge = FastAPI()\n"
        "for number in range(1000):\n    large.get(f'/things{number}/{{id}}')(lambda id: 1)\n"
        "%asgi large;"
    )
    took = []
    with provisionalcompleter():
        for _ in range(5):
            began = time.perf_counter()
            found = list(shell.ip.Completer.completions("%asgi GET /things99", 19))
            took.append((time.perf_counter() - began) * 1e3)
    assert len(found) == 11
    with capsys.disabled():
        print(f"\ncompletion on 1,000 routes: first {took[0]:.1f} ms, then {min(took[1:]):.1f} ms")
