"""The Python that a line stands for: it runs as it stands, and gives what the line gives."""

import ast

import pytest

from ipyasgi import Exchange, Exchanges, Explorer
from ipyasgi.explorer import Pending, PendingExchanges
from ipyasgi.explorer.explorer_state import ExplorerState
from ipyasgi.formats.python_code import PythonCode
from ipyasgi.magic.python_call import PythonCall, ShownText, run, write
from ipyasgi.notebook.magics import COMMANDS
from ipyasgi.panels.request_builder.code_kinds import build_code_as

LINES = [
    "GET /items limit==2",
    "GET /items/{item_id} item_id={{n}}",
    "POST /items name=cup price:=3.5",
    "POST /items name={{name}} price:={{n}}",
    'POST /items --raw \'{"name": "{{name}}", "price": {{n}}}\'',
    "GET /items --repeat 2",
    "GET /items --headers --show-secrets",
    "GET /items --timeout 5 --no-redirects",
    "GET /items --trace",
    "GET /items --split 3 --slow-up 20ms --slow-down 1s --leave-after 3 --lose X-Key",
    "override",
    "QUERY /items",
    "GET /items &",
    "GET /items --repeat 2 &",
    "routes",
    "middleware",
    "docs items",
    "state",
    "lifespan",
    "lifespan restart --timeout 5",
    "history",
    "history method:GET",
    "show",
    "show r1 --show-secrets",
    "replay r1",
    "replay 1-2 &",
    "recheck r1",
    "recheck 1-2 --send-twice never &",
    "diff r1 r2",
    "export r1 curl",
    "export 1-2 http",
    "export pytest",
    "ws /chat hello --wait 0.1",
    "headers X-A:b",
    "headers",
    "cookies theme=dark",
    "config timeout=5",
    "config",
    "panel",
    "panel request",
    "tb",
    "use",
]


@pytest.mark.parametrize("line", LINES)
def test_the_code_gives_what_the_line_gives(shell, line):
    """Run in the notebook, the code of a line comes to a value of the same type as the line itself."""
    shell.run("explorer = %asgi app\nn = 2\nname = 'saucer'\n%asgi GET /items\n%asgi GET /items/1")
    shell.error("%asgi GET /boom")
    code = shell.run(f"%asgi --as-python {line}")

    assert isinstance(code, ShownText)
    before = shell.run("len(explorer.history)")
    in_python = shell.run(code)
    by_magic = shell.run(f"%asgi {line}")
    if isinstance(by_magic, str):
        assert in_python == by_magic
    else:
        assert type(in_python) is type(by_magic)
    if isinstance(by_magic, (Exchange, Exchanges)) and line.partition(" ")[0].isupper():
        assert shell.run("len(explorer.history)") == before + 2 * (2 if "--repeat 2" in line else 1)
    if isinstance(by_magic, (Pending, PendingExchanges)):
        in_python.result(20)
        by_magic.result(20)
    for panel in (in_python, by_magic):
        if hasattr(panel, "channel"):
            panel.close()


def test_the_code_stands_alone(shell):
    """Where no variable holds the explorer the code begins with making one, and runs in an empty namespace."""
    shell.run("%asgi ipyasgi.samples.shop:app")
    code = shell.run("%asgi --as-python r << GET /items limit==2")
    names = {}
    exec(code, names)

    assert names["r"].json()[0]["name"] == "teapot"
    names["explorer"].close()
    assert code.startswith("from ipyasgi import Explorer\nfrom ipyasgi.samples.shop import app\n")


def test_attaching_in_python(shell):
    """An attach is the making of an explorer, options and all."""
    shell.run("def make(): return app")
    code = shell.run("%asgi --as-python make --factory --no-lifespan --name shop")

    assert code == 'from ipyasgi import Explorer\n\nexplorer = Explorer(make(), lifespan="off", name="shop")'
    assert type(shell.error("%asgi use")).__name__ == "UsageError"
    shell.run(f"{code}\nexplorer.close()")


def test_nothing_is_done_for_it(shell):
    """Asking for the Python sends nothing, attaches nothing and changes nothing."""
    shell.run("explorer = %asgi app")
    for line in ("GET /items", "headers X-A:b", "config timeout=1", "detach", "lifespan stop", "ws /chat x"):
        shell.run(f"%asgi --as-python {line}")

    assert shell.run("len(explorer.history)") == 0
    assert "x-a" not in shell.run("explorer.headers")
    assert shell.run("explorer.settings.timeout_s") == 30
    assert shell.run("explorer.lifespan.status") == "running"


def test_secrets_come_from_the_environment(shell, monkeypatch):
    """A secret typed into the line is not in the code, unless it is asked for; the code takes it from os.environ."""
    shell.run("explorer = %asgi app")
    line = "POST /items Authorization:'Bearer s3cret' api_key==s3cret name=x password=s3cret"
    line += ' deep:=\'{"token": "s3cret"}\''
    code = shell.run(f"%asgi --as-python {line}")

    assert "s3cret" not in code
    assert shell.run(f"%asgi --as-python {line} --show-secrets").count("s3cret") == 4
    for name in ("API_KEY", "PASSWORD", "TOKEN"):
        monkeypatch.setenv(name, "from-outside")
    sent = shell.run(code)
    assert sent.request.headers["authorization"] == "Bearer from-outside"
    assert b"s3cret" not in sent.request.content


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("X-Token:s3cret n:={{n}}", 'headers={"X-Token": os.environ["X_TOKEN"]}, json={"n": n}'),
        ("token==s3cret n:={{n}}", 'params={"token": os.environ["TOKEN"]}, json={"n": n}'),
        ("--form password=s3cret n={{n}}", 'data={"password": os.environ["PASSWORD"], "n": str(n)}'),
        ('--raw \'{"pin": 73019, "n": {{n}}}\'', 'json={"pin": json.loads(os.environ["PIN"]), "n": n}'),
        ("--raw 'password=s3cret&n={{n}}'", 'content=os.environ["BODY"]'),
        ("token:='[\"s3cret\", {{n}}]'", 'json={"token": [os.environ["TOKEN"], n]}'),
        ("Referer:/?token=s3cret n:={{n}}", 'headers={"Referer": "/?token=" + os.environ["TOKEN"]}'),
    ],
)
def test_secrets_beside_values_of_python(shell, line, written):
    """In a line with expressions of the user these stay, and what is secret comes from the environment."""
    code = shell.run(f"n = 1\n%asgi --as-python POST /items {line}")

    assert written in code
    assert "s3cret" not in code
    assert "73019" not in code


def test_names_that_the_user_calls_secret(shell):
    """The settings of the attached app say what is not written into the code."""
    shell.run("explorer = %asgi app\n%asgi config secret_names=gate")
    code = shell.run("%asgi --as-python POST /items gate=s3cret key=fine")

    assert code.endswith('explorer.post("/items", json={"gate": os.environ["GATE"], "key": "fine"})')


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("/items/{item_id} item_id=7 q=={{n}}", 'explorer.get("/items/7", params={"q": str(n)})'),
        ("/items/{item_id} item_id={{n}}", 'explorer.get("/items/" + quote(str(n), safe=""))'),
        ("'/items?a=1&q={{n}}'", 'explorer.get("/items?a=1&q=" + quote(str(n), safe=""))'),
        (
            "'/items?token=s3%20cret&q={{n}}'",
            'explorer.get("/items?token=" + quote_plus(os.environ["TOKEN"]) + "&q=" + quote(str(n), safe=""))',
        ),
    ],
)
def test_values_of_python_in_the_path(shell, line, written):
    """What is not an expression is written as the text it is; a secret of a written query is not."""
    assert written in shell.run(f"n = 1\n%asgi --as-python GET {line}").replace("\n    ", "").replace(",\n)", ")")


def test_a_cell_is_several_statements(shell):
    """Each request of a cell is a statement, with its name; a body of JSON is written as Python."""
    shell.run("explorer = %asgi app\nn = 3")
    code = shell.run('%%asgi --as-python\na << POST /items\n\n{"name": "x{{n}}", "price": {{n}}}\n###\nGET /items')

    assert code == ('a = explorer.post("/items", json={"name": "x" + str(n), "price": n})\nexplorer.get("/items")')
    shell.run(code)
    assert shell.run("a.json()['name']") == "x3"


def test_every_subcommand_has_a_twin_that_help_shows(shell):
    """Help shows for each subcommand the Python of an example; it is Python, and every option it names exists."""
    for name in COMMANDS:
        told = shell.run(f"%asgi help {name}")
        code = told.rpartition(":  ")[2]
        compile(code, name, "eval")
        assert told.startswith(f"%asgi {name}")


def test_help_is_the_same_from_every_side(shell):
    """%asgi, %asgi --help, %asgi help and %asgi? say the same, from one table."""
    told = shell.run("%asgi help all")

    assert shell.run("%asgi") == shell.run("%asgi --help") == shell.run("%asgi help")
    assert told in shell.ip.object_inspect("%asgi")["docstring"]
    assert all(f"%asgi {name}" in told for name in COMMANDS)
    assert shell.run("%asgi GET --help") == shell.run("%asgi help GET")


def test_a_twin_is_written_as_it_is_run():
    """Attributes, items and calls are done and written in the order they were built."""
    explorer = PythonCall()
    python = explorer.history["r1"].to_curl(show_secrets=True)

    class Stand:
        def __init__(self):
            self.history = {"r1": self}

        def to_curl(self, show_secrets):
            return show_secrets

    assert run(python, Stand()) is True
    code = PythonCode()
    assert write(python, code, "e") == 'e.history["r1"].to_curl(show_secrets=True)'
    assert not code.imports
    with pytest.raises(AttributeError):
        explorer.__wrapped__  # noqa: B018  (what copying and printing ask for is not the explorer's)


def test_values_of_lines_are_public_objects(shell):
    """What subcommands give are the explorer's own objects."""
    shell.run("explorer = %asgi app")

    assert isinstance(shell.run("%asgi state"), ExplorerState)
    assert isinstance(shell.run("%asgi use"), Explorer)


SAME = [
    "GET /items",
    "GET /items limit==2 q=='a b'",
    "GET '/items?x=1'",
    "GET '/items?q=a%20b&x=[1]'",
    "POST /items?x=1 X-Token:s3cret name=saucer price:=3.5",
    "POST /items name=" + "saucer" * 20 + " tags:='[1, null, true]'",
    'POST /items Authorization:\'Bearer s3cret\' deep:=\'{"token": "s3cret", "pin": 1234}\'',
    "POST /items --raw '{\"a\":  1}'",
    'POST /items Content-Type:text/plain --raw "it\'s token=s3cret"',
    "POST /login --form user=ann password=s3cret user=bob",
    "GET /items token==s3cret Cookie:'sid=s3cret; theme=dark'",
    "DELETE /items/1 reason=none",
    "QUERY /items --raw null",
    'POST /items {"name": "a b", "password": "s3cret", "price": 3.50}',
    "POST /nothing",
]


@pytest.mark.parametrize("line", SAME)
def test_every_way_out_writes_the_same_call(shell, line):
    """--as-python, the panel's Python tab and the export of the exchange agree but for who sends it."""
    shell.run("explorer = %asgi app")
    written = shell.run(f"%asgi --as-python {line}")
    exchange = shell.run(f"%asgi {line}")

    assert written == build_code_as("python", exchange.spec, exchange.settings.redactor)
    assert "s3cret" not in written
    (exported,) = calls_in(exchange.to_httpx(), "client")
    assert [exported] == calls_in(written, "explorer")


def calls_in(code, receiver):
    """Return the calls of a receiver's functions, as Python without its layout."""
    found = [one for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Call)]
    functions = [(one, one.func) for one in found if isinstance(one.func, ast.Attribute)]
    return [
        ast.unparse(one).removeprefix(receiver)
        for one, function in functions
        if isinstance(function.value, ast.Name) and function.value.id == receiver
    ]
