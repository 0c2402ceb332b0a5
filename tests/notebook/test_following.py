"""What is attached, and how it is followed: cells that run again, modules that are imported again, factories."""

import sys
import textwrap

import pytest
from IPython.core.error import UsageError

APP = """
def build(status):
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            return await send({"type": "lifespan.shutdown.complete"})
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    return app
"""


@pytest.fixture
def apps(shell):
    """A shell with ``build(status)``, which makes an app."""
    shell.run(APP)
    return shell


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A function that writes the module ``reloaded``, with an app of a status."""
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / "reloaded.py"

    def write(status):
        path.write_text(
            f"{textwrap.dedent(APP)}\napp = build({status})\ndef make(): return build({status} + 1)\n", encoding="utf-8"
        )
        sys.dont_write_bytecode = True

    before = sys.dont_write_bytecode
    write(200)
    yield write
    sys.dont_write_bytecode = before
    sys.modules.pop("reloaded", None)


def test_it_follows_after_the_cell(apps, capsys):
    """The cell that defines the app anew ends with the new one running, before any magic asks."""
    apps.run("app = build(201)\nexplorer = %asgi app")
    capsys.readouterr()
    apps.run("app = build(202)")

    assert apps.run("explorer.app is app and explorer.lifespan.status == 'running'")
    assert "app is a new object: the old app was shut down, the new one is running" in capsys.readouterr().out
    apps.run("1 + 1")
    assert "new object" not in capsys.readouterr().out


def test_every_attached_app_is_followed(apps):
    """Not only the current one: panels of the others are looked at too."""
    apps.run("one = build(201)\ntwo = build(202)\ne1 = %asgi one\ne2 = %asgi two")
    apps.run("one = build(203)\ntwo = build(204)")

    assert apps.run("e1.app is one and e2.app is two")
    assert apps.run("%asgi use one").get("/").status_code == 203


def test_default_headers_cookies_and_history_stay(apps):
    """A new app takes the place of the old one, and everything said to the explorer stays said."""
    apps.run("app = build(201)\nexplorer = %asgi app\n%asgi headers X-A:b\n%asgi cookies c=d\n%asgi config timeout=7")
    apps.run("%asgi GET /")
    apps.run("app = build(202)")
    exchange = apps.run("%asgi GET /")

    assert (exchange.request.headers["x-a"], exchange.request.headers["cookie"]) == ("b", "c=d")
    assert exchange.settings.timeout_s == 7
    assert apps.run("len(explorer.history)") == 2


@pytest.mark.parametrize("cell", ["app = 42", "del app", "app = lambda: 1", "raise ValueError"])
def test_what_is_no_app_is_left_alone(apps, cell):
    """A name that means no app for a while changes nothing; once it is one again it is followed."""
    apps.run("app = build(201)\nexplorer = %asgi app\nfirst = app")
    apps.error(cell)

    assert apps.run("explorer.app is first and explorer.lifespan.status == 'running'")
    apps.run("app = build(203)")
    assert apps.run("%asgi GET /").status_code == 203


def test_an_app_that_fails_to_start_is_told_after_the_cell(apps, capsys):
    """The explorer stays, its status says so, and running a good cell again mends it."""
    apps.run("app = build(201)\nexplorer = %asgi app")
    apps.run("async def app(scope, receive, send):\n    await receive()\n    raise OSError('no database')")

    assert "startup failed: OSError: no database" in capsys.readouterr().out
    assert apps.run("explorer.lifespan.status") == "startup failed"
    apps.run("app = build(204)")
    assert apps.run("%asgi GET /").status_code == 204


def test_no_follow(apps):
    """--no-follow keeps to the object, until it is attached again."""
    apps.run("app = build(201)\nexplorer = %asgi app --no-follow")
    apps.run("app = build(202)")

    assert apps.run("%asgi GET /").status_code == 201
    assert apps.run("%asgi app") is apps.run("explorer")
    assert apps.run("%asgi GET /").status_code == 202


def test_a_factory_is_followed(apps, capsys):
    """When the cell of the factory runs again, the new one makes the app; the old one is not called again."""
    apps.run("calls = []\ndef make():\n    calls.append(1)\n    return build(201)\nexplorer = %asgi make --factory")
    apps.run("1\n%asgi GET /\n%asgi make\n%asgi make --factory")
    assert apps.run("len(calls)") == 1
    apps.run("def make():\n    calls.append(2)\n    return build(202)")

    assert apps.run("calls") == [1, 2]
    assert apps.run("%asgi GET /").status_code == 202
    capsys.readouterr()
    apps.run("def make():\n    raise OSError('no settings')")
    assert "Cannot switch to the new make: OSError: no settings" in capsys.readouterr().out
    assert apps.run("%asgi GET /").status_code == 202


@pytest.mark.parametrize(
    ("cell", "description"),
    [
        ("async def make(): return build(201)", "it is async"),
        ("def make(n): return build(n)", "takes no arguments"),
        ("make = 42", "remove --factory"),
        ("def make(): return 42", "is not an ASGI app"),
    ],
)
def test_what_is_no_factory(apps, cell, description):
    """Each says in one line what to do."""
    error = apps.error(f"{cell}\n%asgi make --factory")

    assert type(error) is UsageError
    assert description in str(error)


@pytest.mark.parametrize("attach", ["reloaded:app", "app", "reloaded.app"])
def test_a_module_that_is_imported_again(apps, module, attach):
    """After a reload the app of the module is followed: by module:attr, by module.attr, and by an imported name."""
    apps.run(f"import reloaded, importlib\nfrom reloaded import app\nexplorer = %asgi {attach}")
    assert apps.run("%asgi GET /").status_code == 200
    module(202)
    apps.run("importlib.reload(reloaded)")

    assert apps.run("%asgi GET /").status_code == 202
    apps.run("1")
    assert apps.run("%asgi GET /").status_code == 202
    if attach == "app":
        apps.run("app = build(203)")
        assert apps.run("%asgi GET /").status_code == 203


def test_autoreload(apps, module):
    """IPython's %autoreload 2 imports a changed module again, and the explorer follows."""
    apps.run("%load_ext autoreload\n%autoreload 2\nfrom reloaded import app\nexplorer = %asgi app")
    assert apps.run("%asgi GET /").status_code == 200
    module(2020)
    module(202)
    apps.run("import os, reloaded; os.utime(reloaded.__file__, (2e9, 2e9))")
    apps.run("1")

    assert apps.run("%asgi GET /").status_code == 202
    apps.run("%autoreload 0")


def test_a_factory_in_a_module(apps, module):
    """module:attr with --factory is followed through a reload too."""
    apps.run("explorer = %asgi reloaded:make --factory")
    assert apps.run("%asgi GET /").status_code == 201
    module(300)
    apps.run("import importlib, reloaded; importlib.reload(reloaded)")

    assert apps.run("%asgi GET /").status_code == 301


def test_an_instance_and_an_expression(apps):
    """An object with an async __call__ is an app; {{expr}} attaches what it comes to, and is not followed."""
    apps.run(
        "class App:\n    def __init__(self, app): self.app = app\n"
        "    async def __call__(self, scope, receive, send): await self.app(scope, receive, send)\n"
        "app = App(build(201))\nboth = [App(build(202))]"
    )
    apps.run("%asgi app")
    assert apps.run("%asgi GET /").status_code == 201
    explorer = apps.run("%asgi {{both[0]}} --name second")
    assert (explorer.name, explorer.get("/").status_code) == ("second", 202)
    apps.run("both = None")
    assert apps.run("%asgi GET /").status_code == 202
    assert apps.run("%asgi use app").get("/").status_code == 201
    assert apps.run("%asgi use second") is explorer
    assert "is not an ASGI app" in str(apps.error("%asgi {{42}}"))


def test_a_mounted_app_by_itself(apps):
    """A sub-application is attached like any other, beside the one it is mounted in."""
    apps.run(
        "from starlette.applications import Starlette\nfrom starlette.routing import Mount, Route\n"
        "from starlette.responses import PlainTextResponse\n"
        "api = Starlette(routes=[Route('/users', lambda request: PlainTextResponse('users'))])\n"
        "app = Starlette(routes=[Mount('/api', api)])"
    )
    apps.run("whole = %asgi app\npart = %asgi api\nagain = %asgi {{app.routes[0].app}}")

    assert apps.run("whole.get('/api/users').text") == "users"
    assert apps.run("part.get('/users').text") == "users"
    assert apps.run("list(part.routes)") == ["GET /users"]
    assert apps.run("again.app is api")


def test_only_apps_that_changed_are_touched(apps):
    """Cells that have nothing to do with the app leave its life alone."""
    apps.run("app = build(201)\nexplorer = %asgi app")
    client = apps.run("explorer.client")
    for cell in ("x = 1", "1 / 0", "%asgi GET /", "import os"):
        apps.error(cell)

    assert apps.run("explorer.client") is client


@pytest.mark.parametrize("attached", ["reloaded:make --factory", "reloaded:app", "reloaded:Apps.make --factory"])
def test_a_pytest_export_has_the_attached_app(apps, module, attached, tmp_path):
    """A factory is imported by its name and called, also a nested one; the exported test runs as it is."""
    with (tmp_path / "reloaded.py").open("a", encoding="utf-8") as file:
        file.write("\nclass Apps:\n    make = staticmethod(make)\n")
    apps.run(f"explorer = %asgi {attached}\n%asgi GET /")
    text = str(apps.run("%asgi export pytest"))

    name = attached.partition(":")[2].partition(" ")[0]
    factory = "--factory" in attached
    assert f"from reloaded import {name.partition('.')[0]}\n" in text
    assert f"with TestClient({name}{'()' if factory else ''}, base_url=" in text
    assert ("factory=True" in str(apps.run("%asgi --as-python export pytest"))) == factory
    names = {}
    exec(text, names)
    (test,) = (value for key, value in names.items() if key.startswith("test_"))
    with names["TestClient"](eval(name + "()" * factory, names)) as client:
        test(client)
