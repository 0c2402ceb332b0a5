"""Searching for failures from the magic."""

import sys

from IPython.core.error import UsageError

from ipyasgi.experiments import Shrunk


def test_shrink(shell):
    """`shrink` makes one call of `explorer.shrink`, and names what can be given."""
    shell.run("explorer = %asgi app")
    shell.run("%asgi GET /items")
    shell.run("%asgi POST /items name=saucer price:=2")
    shell.run("%asgi GET /nowhere")
    found = shell.run("%asgi shrink r3 --seconds 9")
    assert isinstance(found, Shrunk)
    assert [one.status_code for one in found.steps] == [404]
    assert found.earlier == 2
    assert shell.run("%asgi shrink r3 --seconds 9 --as-python") == 'explorer.shrink("r3", seconds=9.0)'
    assert "%asgi shrink r40" in str(shell.error("%asgi shrink"))
    assert type(shell.error("%asgi shrink")) is UsageError
    assert "r99" in str(shell.error("%asgi shrink r99"))
    assert "r1 did not fail" in str(shell.error("%asgi shrink r1"))
    assert "--seconds 5" in str(shell.error("%asgi shrink r3 --seconds soon"))


def test_fuzz(shell):
    """`fuzz` is one call of `explorer.fuzz`; its words name operations."""
    shell.run("explorer = %asgi app")
    code = shell.run('%asgi fuzz "POST /items" --seconds 9 --seed 7 --as-python')
    assert code == 'explorer.fuzz("POST /items", seconds=9.0, seed=7)'
    assert shell.run("%asgi fuzz POST /items --as-python") == 'explorer.fuzz("POST /items")'
    assert shell.run("%asgi fuzz --as-python") == "explorer.fuzz()"
    assert "--seed soon" in str(shell.error("%asgi fuzz --seed soon"))


def test_fuzz_without_the_extra(shell, monkeypatch):
    """Without schemathesis one line names the extra, and nothing is sent."""
    monkeypatch.setitem(sys.modules, "schemathesis.engine", None)
    shell.run("explorer = %asgi app")
    error = shell.error("%asgi fuzz --seconds 1")
    assert type(error) is UsageError
    assert str(error) == 'fuzzing needs schemathesis: pip install "ipyasgi[fuzz]"'
    assert shell.run("len(explorer.history)") == 0


def test_in_the_background(shell):
    """With ``&`` both are one call that returns a handle, as `time` and `load` are."""
    shell.run("explorer = %asgi app")
    shell.run("%asgi GET /nowhere")
    assert shell.run("%asgi shrink r1 --seconds 9 --as-python &") == 'explorer.begin_shrink("r1", seconds=9.0)'
    assert shell.run("%asgi fuzz POST /items --seed 7 --as-python &") == 'explorer.begin_fuzz("POST /items", seed=7)'
    pending = shell.run("p = %asgi shrink r1 &\np")
    assert isinstance(pending.result(60), Shrunk)
