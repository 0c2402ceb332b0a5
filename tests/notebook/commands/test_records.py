"""Export and import from the magic."""

from IPython.core.error import UsageError


def test_requests_from_elsewhere(shell, tmp_path, monkeypatch):
    """`import` reads files and what stands below, --send sends it; {{name}} is a variable, never an expression."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.http").write_text("GET /items/{{n}}\n\n###\nGET /items/2\n")
    shell.run("explorer = %asgi app\nn = 1")

    assert [one.spec.path for one in shell.run("%asgi import two.http")] == ["/items/1", "/items/2"]
    assert [one.json()["id"] for one in shell.run("%asgi import two.http --send")] == [1, 2]
    assert shell.run("%%asgi import -\ncurl localhost:8000/items/3").specs[0].path == "/items/3"
    assert type(shell.error("%asgi import missing.http")) is UsageError
    assert type(shell.error("%asgi import -")) is UsageError
    assert "may only name variables" in str(shell.error("%%asgi import -\nGET /items?x={{n + 1}}\n"))


def test_exports(shell, tmp_path, monkeypatch):
    """`export` gives a text that shows itself as it is, or writes it into a file."""
    monkeypatch.chdir(tmp_path)
    shell.run("explorer = %asgi app\n_ = %asgi GET /items X-Token:s3cret")

    assert repr(shell.run("%asgi export curl")).startswith("curl ")
    assert "s3cret" not in shell.run("%asgi export r1 httpx")
    assert "s3cret" in shell.run("%asgi export r1 httpx --show-secrets")
    path = shell.run("%asgi export method:GET http --to out.http")
    assert "GET" in path.read_text()
    assert "cannot be written" in str(shell.error("%asgi export curl --to nowhere/x"))
    assert "did you mean 'curl'" in str(shell.error("%asgi export r1 crul"))
    shell.run("%asgi ipyasgi.samples.shop:app\n%asgi GET /items")
    assert "from ipyasgi.samples.shop import app" in shell.run("%asgi export pytest")
