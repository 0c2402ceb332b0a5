"""Completion of ``%asgi``, asked for as IPython's front ends do."""

import threading
import time

import pytest
from IPython.core.completer import provisionalcompleter

from ipyasgi.explorer.explored_app import document_source_of
from ipyasgi.magic.completion import _OFFERS, _WORDS
from ipyasgi.notebook.magics import COMMANDS

ROUTER = """
from fastapi import Depends, FastAPI
api = FastAPI()
def get_db(): return "real"
def fake_db(): return "fake"
@api.get("/items")
async def every(db=Depends(get_db)): return []
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
        ("%asgi recheck --against a", ["api"]),
        ("%asgi history contr", ["contract:error"]),
        ("%asgi help al", ["all"]),
        ("%asgi lifespan st", ["start", "step", "stop", "status"]),
        ("%asgi GET /items X-Key:1 --lose X-K", ["X-Key"]),
        ("%asgi override ge", ["get_db="]),
        ("%asgi override get_db=fake", ["get_db=fake_db"]),
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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("%asgi restore ", ["b.jsonl", '"with space.jsonl"', "A.har", "sub/"]),
        ("%asgi save b", ["b.jsonl"]),
        ("%asgi import ", ["A.har", "b.jsonl", "sub/", '"with space.jsonl"']),
        ('%asgi import "with', ['"with space.jsonl"']),
        ("%asgi restore sub/", ["sub/deep.jsonl", "sub/inner/"]),
        ('%asgi restore "sub/i', ['"sub/inner/']),
        ("%asgi restore .", [".hidden.jsonl"]),
        ("%asgi restore nowhere/", []),
        ("%asgi restore b.jsonl ", []),
        ("%asgi export r1 har --to A", ["A.har"]),
        ("%asgi POST /items photo@sub/d", ["sub/deep.jsonl"]),
    ],
)
def test_files(complete, tmp_path, monkeypatch, text, wanted):
    """A word that is a file is completed from its folder: the usual suffixes first, nothing hidden."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub" / "inner").mkdir(parents=True)
    for name in ("b.jsonl", "A.har", "with space.jsonl", ".hidden.jsonl", "sub/deep.jsonl", 'quo"te.jsonl'):
        (tmp_path / name).touch()
    assert complete(text) == wanted


SCHEMA = """
from enum import Enum
from typing import Annotated, Literal, Union
from fastapi import FastAPI, Form, Header, Query, UploadFile
from pydantic import BaseModel
class Color(str, Enum):
    red = "red"
    blue = "blue"
class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int
class Dog(BaseModel):
    kind: Literal["dog"]
    bone: str
class Item(BaseModel):
    note: str = ""
    price: float
    sold: bool
    color: Color | None = None
    pets: list[Union[Cat, Dog]] = []
    parent: "Item | None" = None
described = FastAPI()
@described.post("/things/{thing_id}")
async def add(
    thing_id: int,
    item: Item,
    limit: int = 1,
    color: Color = Color.red,
    x_mode: Annotated[Literal["fast", "slow"], Header()] = "fast",
): ...
@described.get("/things/new")
async def new(fresh: bool = True): ...
@described.post("/upload")
async def upload(picture: UploadFile, text: Annotated[str, Form()]): ...
"""


@pytest.fixture
def complete_with_document(shell, complete):
    """Give what `complete` gives, on an app whose document is read."""
    shell.run(SCHEMA)
    shell.run("found = %asgi described")
    assert len(shell.ip.user_ns["found"].openapi) == 3
    return complete


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("%asgi POST /things/{thing_id} th", ["thing_id="]),
        ("%asgi POST /things/7 th", []),
        ("%asgi POST /things/7 li", ["limit=="]),
        ("%asgi POST /things/7?a=1 li", ["limit=="]),
        ("%asgi POST /things/7 limit==3 li", []),
        ("%asgi POST /things/7 X-M", ["X-Mode:"]),
        ("%asgi POST /things/7 x-mode:", ["fast", "slow"]),
        ("%asgi POST /things/7 color==b", ["blue"]),
        ("%asgi POST /things/7 p", ["price:=", "pets:=", "parent:="]),
        ("%asgi POST /things/7 s", ["sold:="]),
        ("%asgi POST /things/7 sold:=", ["true", "false"]),
        ("%asgi POST /things/7 color=r", ["red"]),
        ("%asgi POST /things/7 color:=", ['"red"', '"blue"']),
        ("%asgi GET /things/new f", ["fresh=="]),
        ("%asgi GET /things/new fresh==", ["true", "false"]),
        ("%asgi POST /upload ", ["picture@", "text="]),
        ("%asgi GET /nothing li", []),
        ("%%asgi POST /things/7\nX-M|\n\n{}", ["X-Mode: "]),
        ("%%asgi POST /things/7\nX-Mode: f", ["fast"]),
        ("%%asgi POST /things/7\n\n{", ['"price": ', '"sold": ', '"note": ', '"color": ', '"pets": ', '"parent": ']),
        ('%%asgi POST /things/7\n\n{"p', ['"price": ', '"pets": ', '"parent": ']),
        ('%%asgi POST /things/7\n\n{"p|"', ['"price', '"pets', '"parent']),
        ('%%asgi POST /things/7\n\n{"price": {{1}}, "p', ['"pets": ', '"parent": ']),
        ('%%asgi POST /things/7\n\n{"parent": {"parent": {"s', ['"sold": ']),
        ('%%asgi POST /things/7\n\n{"pets": [{"kind": "cat"}, {"', ['"kind": ', '"lives": ', '"bone": ']),
        ('%%asgi POST /things/7\n\n{"pets": [{"kind": ', ['"cat"', '"dog"']),
        ('%%asgi POST /things/7\n\n{"sold": t', ["true"]),
        ('%%asgi POST /things/7\n\n{"color": "b', ['"blue"']),
        ('%%asgi POST /things/7\n\n{"note": "zz', []),
        ('%asgi POST /things/7 {"p', ['"price": ', '"pets": ', '"parent": ']),
        ('%asgi post /things/7 X-A:1 {"sold": t', ["true"]),
        ('%%asgi POST /things/7\n\n{"price": 1.5', []),
    ],
)
def test_what_the_document_knows(complete_with_document, text, wanted):
    """Parameters, properties and their few values are offered for the operation that is typed."""
    found = complete_with_document(text)
    assert [one for one in found if one.strip('"')[:1].islower() or one == "X-Mode:" or one == "X-Mode: "] == wanted


def test_the_document_is_made_elsewhere(shell, complete):
    """A key press begins to make the document on another thread and goes on; later it is there, also after a change."""
    shell.run(SCHEMA)
    shell.run(
        "import threading\nmade_by, gate = [], threading.Event()\nmake = described.openapi\n"
        "def openapi():\n    made_by.append(threading.current_thread())\n    gate.wait(20)\n    return make()\n"
        "described.openapi = openapi"
    )
    shell.run("found = %asgi described")
    made_by, explorer = shell.ip.user_ns["made_by"], shell.ip.user_ns["found"]
    assert made_by == []
    assert complete("%asgi POST /things/7 li") == []
    shell.ip.user_ns["gate"].set()
    _wait(lambda: document_source_of(explorer).ready)
    assert complete("%asgi POST /things/7 li") == ["limit=="]
    assert threading.current_thread() not in made_by
    assert len(made_by) == 1


def test_the_document_is_there_before_a_key_is_pressed(shell, complete):
    """Attaching an app of FastAPI begins its document, and so does taking another app under the same name."""
    shell.run(SCHEMA)
    shell.run("found = %asgi described")
    explorer = shell.ip.user_ns["found"]
    _wait(lambda: document_source_of(explorer).ready)
    assert complete("%asgi POST /things/7 li") == ["limit=="]

    shell.run(SCHEMA.replace("limit", "largest"))
    _wait(lambda: document_source_of(explorer).ready)
    assert complete("%asgi POST /things/7 la") == ["largest=="]


BROKEN = """
from pydantic import GetCoreSchemaHandler
class Odd:
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler): return {"type": "any"}
    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        tried.append(1)
        raise ValueError("no schema of this")
tried = []
broken = FastAPI()
@broken.get("/odd")
async def odd() -> Odd: ...
"""


def test_a_document_that_cannot_be_made_says_so_when_asked_for(shell, capfd):
    """What fails while it is made ahead is neither raised nor printed in a cell; who asks for it is told."""
    shell.run("from fastapi import FastAPI")
    shell.run(BROKEN)
    shell.run("found = %asgi broken")
    _wait(lambda: shell.ip.user_ns["tried"])
    shell.run("pass")
    assert capfd.readouterr() == ("", "")
    assert "no schema of this" in shell.run("found.openapi.problems[0]")


def test_only_the_magic_reads_ahead(shell, capfd):
    """An explorer that Python made, and an app whose own document-maker may keep what it made, are left alone."""
    shell.run(SCHEMA)
    shell.run("from ipyasgi import Explorer\nwith Explorer(described, lifespan='off') as mine: pass")
    shell.run("described.openapi = lambda: made.append(1) or {}\nmade = []\nfound = %asgi described")
    shell.run("again = %asgi app")
    _wait(lambda: document_source_of(shell.ip.user_ns["again"]).ready is not None)
    assert document_source_of(shell.ip.user_ns["mine"]).ready is None
    assert shell.ip.user_ns["made"] == []


def _wait(condition):
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


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
    """No kind of place but IPython's own is forgotten, and no subcommand is completed that there is not."""
    import typing

    from ipyasgi.magic.cursor import Kind

    assert {*_OFFERS, "expression"} == set(typing.get_args(Kind))
    assert set(_WORDS) <= set(COMMANDS)


def test_unloading_takes_the_matcher_back(shell):
    """Loaded twice there is one matcher, unloaded none."""
    matchers = shell.ip.Completer.custom_matchers
    assert len(matchers) == 1
    shell.run("%reload_ext ipyasgi")
    assert len(matchers) == 1
    shell.run("%unload_ext ipyasgi")
    assert matchers == []


@pytest.mark.serial
def test_a_large_app(shell, capsys):
    """On an app with a thousand routes completing is quick; the times are printed, and no request is sent."""
    shell.run(
        "from fastapi import FastAPI\nlarge = FastAPI()\n"
        "for number in range(1000):\n    large.get(f'/things{number}/{{id}}')(lambda id, limit=1: 1)\n"
        "found = %asgi large"
    )
    took = []
    with provisionalcompleter():

        def measure(line):
            began = time.perf_counter()
            found = [one.text for one in shell.ip.Completer.completions(line, len(line))]
            took.append((time.perf_counter() - began) * 1e3)
            return found

        _wait(lambda: len(measure("%asgi GET /things99")) == 11)  # until the routes are read
        for _ in range(5):
            assert len(measure("%asgi GET /things99")) == 11
        paths, begun = list(took), len(took)
        measure("%asgi GET /things990/7 lim")  # its other matchers begin, which takes IPython seconds
        begun = len(took)
        while not document_source_of(shell.ip.user_ns["found"]).ready:
            measure("%asgi GET /things990/7 lim")
            time.sleep(0.02)
        making, made = took[begun:] or [0], len(took)
        for _ in range(5):
            assert measure("%asgi GET /things990/7 lim") == ["limit=="]
    with capsys.disabled():
        print(
            f"\ncompletion on 1,000 routes: first {paths[0]:.1f} ms, then {min(paths[1:]):.1f} ms; while the document "
            f"is made {sorted(making)[len(making) // 2]:.1f} ms (median of {made - begun}), with it "
            f"{min(took[made:]):.1f} ms"
        )


@pytest.mark.parametrize("text", [
    "%asgi GET /", "%asgi GET /ab", "r = %asgi GET /", "%%asgi\nGET /", "%asgi ws /", "%asgi POST /a pr", "%asgi show ",
    "%asgi history ab", "%asgi use ab", "%asgi GET ",
])  # fmt: skip
@pytest.mark.parametrize("attached", [False, True])
def test_without_routes_there_is_nothing_of_python(shell, attached: bool, text: str) -> None:
    """Where we have nothing to offer, IPython's names of Python are not offered instead."""
    if attached:
        shell.run("async def raw(scope, receive, send): ...\n%asgi raw --no-lifespan")
    with provisionalcompleter():
        found = [one.text for one in shell.ip.Completer.completions(text, len(text))]
    assert [one for one in found if one.strip("/").isidentifier() and one.strip("/") not in text] == []


def test_without_routes_the_recorded_paths_are_offered(shell) -> None:
    """The paths of recorded requests, the newest first, are offered for an app without a route table."""
    shell.run(
        "async def raw(scope, receive, send):\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body'})\n"
        "%asgi raw --no-lifespan"
    )
    shell.run("%asgi GET /cups/1\n%asgi GET /cups/2 a==1\n%asgi GET /plates;")
    for text in ("%asgi GET /cu", "r = %asgi POST /cu", "%%asgi\nGET /cu"):
        with provisionalcompleter():
            found = [one.text for one in shell.ip.Completer.completions(text, len(text))]
        assert found == ["/cups/2", "/cups/1"]


RAW = """
async def raw(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x"})
%asgi attach raw --no-lifespan
_ = %asgi GET /a/1?q=2
_ = %asgi GET /b
"""


@pytest.mark.parametrize(
    "line", ["%asgi GET {}", "r = %asgi GET {}", "  %asgi POST {}", "%%asgi\nGET {}", "%%asgi GET {}"]
)
def test_paths_without_routes(shell, complete, line):
    """An app without routes has the paths of its history; Python's names are never offered."""
    shell.run(RAW)
    assert complete(line.format("/")) == ["/b", "/a/1", "/"]
    assert complete(line.format("")) == ["/b", "/a/1", "/"]
    assert complete(line.format("/a")) == ["/a/1"]
    assert set(complete(line.format("/ab"))) <= {"/ab"}
    shell.run("%asgi detach raw\n%asgi detach")
    assert complete(line.format("/")) == ["/"]


def test_it_is_quick_without_routes(shell, complete):
    """IPython's own completion, which takes Jedi a second, is not asked."""
    shell.run(RAW)
    complete("%asgi GET /zz")
    began_s = time.thread_time()
    for _ in range(5):
        complete("%asgi GET /zz")
    assert time.thread_time() - began_s < 1
