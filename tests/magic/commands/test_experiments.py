"""`%asgi time` and `%asgi load`."""

import pytest

from ipyasgi.experiments import Load, Timing


@pytest.fixture
def attached(shell):
    """Give a shell with two attached apps, of which the second is current."""
    shell.run("%asgi app --name old")
    shell.run("other = app")
    shell.run("%asgi other")
    return shell


def test_timing(attached):
    """A request is timed, alone and against another attached app by its name, or a variable that holds an explorer."""
    alone = attached.run("%asgi time GET /items limit==1 --runs 1")
    assert isinstance(alone, Timing)
    assert (alone.spec.target, alone.ratio) == ("/items?limit=1", None)
    timing = attached.run("%asgi time get /items --runs 1 --against old")
    assert (timing.samples.name, timing.against.name) == ("other", "old")
    attached.run("third = %asgi app")
    attached.run("%asgi use other")
    assert attached.run("%asgi time GET /items --runs 1 --against third").against.name == "old"
    pending = attached.run("p = %asgi time GET /items --runs 1 &\np")
    assert isinstance(pending.result(30), Timing)


def test_load(attached):
    """The newest request, or those that are named, are sent by as many users as are given."""
    attached.run("%asgi GET /items")
    load = attached.run("%asgi load --users 1,2 --seconds 0.01")
    assert isinstance(load, Load)
    assert [step.users for step in load.steps] == [1, 2]
    pending = attached.run("p = %asgi load r1 --users 1 --seconds 0.01 &\np")
    assert [step.users for step in pending.result(30).steps] == [1]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "time POST /items name=x price:=2 --runs 5 --timeout 3",
            'explorer.time("POST", "/items", json={"name": "x", "price": 2}, timeout=3.0, runs=5)',
        ),
        ("time GET /items &", 'explorer.begin_time("GET", "/items")'),
        ("time GET /items --against old", 'explorer.time("GET", "/items", against=Explorer(old, name="old"))'),
        ("load r1-r3 --users 1,8 --seconds 0.5", 'explorer.load("r1-r3", seconds=0.5, users=(1, 8))'),
        ("load", "explorer.load(explorer.history[-1])"),
        ("load r1 --background", 'explorer.begin_load("r1")'),
    ],
)
def test_as_python(attached, line, wanted):
    """Each line is one call of the explorer."""
    assert attached.run(f"%asgi --as-python {line}").splitlines()[-1] == wanted


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("time", "needs a request, such as %asgi time GET /items"),
        ("time /items", "Unknown HTTP method /ITEMS"),
        ("time GET /items --runs 0", "Invalid value: --runs 0. Give a number from 1 to 100,000."),
        ("time GET /items --against oldd", "'oldd' is not attached. Did you mean old?"),
        ("time GET /items --users 4", "takes no --users"),
        ("load r1 --users 1,x", "Invalid value: --users x"),
        ("load r1 --users 2000", "Give a number from 1 to 1,000."),
        ("load r1 --seconds -1", "Invalid value: --seconds -1"),
        ("load r99", "r99"),
    ],
)
def test_mistakes(attached, line, told):
    """What is wrong is said, and nothing is sent."""
    assert told in str(attached.error(f"%asgi {line}"))
    assert len(attached.run("%asgi history")) == 0
