"""``%asgi override``: sets, lists and removes, and follows the variable that it names."""

import pytest
from IPython.core.error import UsageError

APP = """
from fastapi import Depends, FastAPI
def get_db(): return "real"
def build():
    app = FastAPI()
    @app.get("/")
    def read(db=Depends(get_db)): return db
    return app
app = build()
def fake_db(): return "fake"
explorer = %asgi app
"""


@pytest.fixture
def apps(shell):
    """A shell with an app of FastAPI and its ``fake_db``."""
    shell.run(APP)
    return shell


def test_set_list_and_remove(apps):
    """A variable replaces a dependency until it is removed; without words all are listed."""
    assert "0 of 1 dependencies overridden" in apps.run("%asgi override").to_text()
    assert "fake_db instead of cell:" in apps.run("%asgi override get_db=fake_db").to_text()
    assert apps.run("%asgi GET /").json() == "fake"
    assert len(apps.run("%asgi override get_db=")) == 0
    assert apps.run("%asgi GET /").json() == "real"


def test_a_cell_that_runs_again(apps):
    """The newest value of the variable is taken, of whatever name its function is; the app that is new keeps it."""
    apps.run("other = lambda: 'first'\n%asgi override get_db=other")
    assert apps.run("%asgi GET /").json() == "first"
    apps.run("other = lambda: 'second'")
    exchange = apps.run("%asgi GET /")
    assert (exchange.json(), str(exchange.overrides[0])) == ("second", "get_db=other")
    apps.run("app = build()")
    assert apps.run("explorer.app is app")
    assert apps.run("%asgi GET /").json() == "second"


def test_an_override_that_has_ended(apps, capsys):
    """The line about a new app says which override it lacks."""
    apps.run("%asgi override get_db=fake_db")
    apps.run("app = FastAPI()")
    assert "it has no dependency get_db, so the override has ended" in capsys.readouterr().out


def test_a_value(apps):
    """A Python value in braces is the dependency's value."""
    apps.run("%asgi override get_db={{'a' * 3}}")
    assert apps.run("%asgi GET /").json() == "aaa"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("get_dv=fake_db", r"no dependency 'get_dv': did you mean get_db\?"),
        ("get_db=fake_dv", "there is no variable 'fake_dv'; did you mean 'fake_db'"),
        ("get_db=5", r"Not a variable: '5'. Write get_db=fake_db, or a value as get_db=\{\{5\}\}"),
        ("get_db", "Not an override: 'get_db'"),
        ("get_db=", "'get_db' is not overridden"),
    ],
)
def test_mistakes(apps, words, said):
    """A mistake is said in one line, with what to write."""
    with pytest.raises(UsageError, match=said):
        apps.run(f"%asgi override {words}")


def test_as_python(apps):
    """The line as Python is one call of the mapping."""
    written = apps.run("%asgi override get_db=fake_db old= --as-python")
    assert 'explorer.overrides.remove("old").set({"get_db": fake_db})' in written


def test_detach_restores(apps):
    """After `detach` the app is as it was."""
    apps.run("%asgi override get_db=fake_db")
    apps.run("%asgi detach")
    assert apps.run("app.dependency_overrides") == {}
