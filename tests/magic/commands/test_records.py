"""Export and import from the magic."""

from IPython.core.error import UsageError

from ipyasgi.explorer import Pending


def test_requests_from_elsewhere(shell, tmp_path, monkeypatch):
    """`import` reads files and what stands below, --send sends it; {{name}} is a variable, never an expression."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.http").write_text("GET /items/{{n}}\n\n###\nGET /items/2\n", encoding="utf-8")
    shell.run("explorer = %asgi app\nn = 1")

    assert [one.spec.path for one in shell.run("%asgi import two.http")] == ["/items/1", "/items/2"]
    assert [one.json()["id"] for one in shell.run("%asgi import two.http --send")] == [1, 2]
    assert shell.run("%%asgi import -\ncurl localhost:8000/items/3").specs[0].path == "/items/3"
    code = shell.run("%asgi --as-python import two.http --send")
    assert "import ipyasgi\n" in code
    assert 'ipyasgi.import_requests("two.http", variables=globals())' in code
    imports, _, statement = code.rpartition("\n\n")
    assert shell.run(f"{imports}\nlen({statement})") == 2
    assert "formats" not in code + shell.run("%%asgi --as-python import -\ncurl localhost:8000/items/3")
    assert type(shell.error("%asgi import missing.http")) is UsageError
    assert str(shell.error("%asgi import missing.http")) == "File not found: missing.http."
    assert type(shell.error("%asgi import -")) is UsageError
    assert "expressions are not evaluated" in str(shell.error("%%asgi import -\nGET /items?x={{n + 1}}\n"))


def test_what_an_import_could_not_read_is_said_before_it_is_sent(shell, capsys):
    """Each note of the import is a line, and the other requests are sent."""
    shell.run("explorer = %asgi app")
    text = "GET /items/1\n\n###\nGET /items/2\n\n> {% client.log('x') %}\n\n###\nGET /items?x={{n + 1}}\n"
    notes = shell.run(f"%%asgi import -\n{text}").notes
    assert len(notes) == 2
    capsys.readouterr()
    sent = shell.run(f"%%asgi import - --send\n{text}")
    assert [one.json()["id"] for one in sent] == [1, 2]
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("note: ")] == [f"note: {note}" for note in notes]
    bad = "\n###\n".join(f"GET /items?x={{{{n + {number}}}}}" for number in range(30))
    shell.run(f"%%asgi import - --send\nGET /items/1\n###\n{bad}")
    lines = [line for line in capsys.readouterr().out.splitlines() if "note" in line]
    assert len(lines) == 21
    assert lines[-1] == "note: 10 more notes: import without --send shows all"


def test_a_curl_command_is_sent(shell):
    """`curl` sends the request of a command of a line or a cell, and is written as the explorer's call."""
    shell.run("explorer = %asgi app\nn = 3")

    exchange = shell.run("r = %asgi curl -s 'http://localhost:8000/items/{{n}}?a=1&b=2' -H 'X-Token: s3cret'\nr")
    assert (exchange.name, exchange.json()["id"], exchange.spec.target) == ("r1", 3, "/items/3?a=1&b=2")
    sent = shell.run('%%asgi\ncurl -X POST localhost:8000/items \\\n  --json \'{"name": "saucer", "price": 2}\'')
    assert (sent.status_code, sent.json()["name"]) == (201, "saucer")
    assert shell.run("%%asgi again << curl localhost:8000/items/1 \\\n -H 'X-A: b'\n") is None
    assert shell.run("again.spec.header('x-a')") == "b"
    line = "curl localhost:8000/items/1 -H 'X-Token: s3cret'"
    code = shell.run(f"%asgi {line} --as-python")
    assert code == shell.run(f"%asgi --as-python {line}") == shell.run(f"%%asgi --as-python\n{line}")
    assert 'explorer.get("/items/1", headers={"X-Token": os.environ["X_TOKEN"]})' in code
    assert "s3cret" in shell.run(f"%asgi {line} --show-secrets").to_text() + repr(
        shell.shown(shell.run(f"%asgi {line} --show-secrets"))
    )


def test_what_a_curl_command_leaves_out_is_said(shell, capsys):
    """What was left out of the command is a line below the cell."""
    shell.run("%asgi app;")
    shell.run("%asgi curl localhost:8000/items | jq .x")

    assert "note: the pipe into jq is left out" in capsys.readouterr().out


def test_exports(shell, tmp_path, monkeypatch):
    """`export` gives a text that shows itself as it is, or writes it into a file."""
    monkeypatch.chdir(tmp_path)
    shell.run("explorer = %asgi app\n_ = %asgi GET /items X-Token:s3cret")

    assert repr(shell.run("%asgi export curl")).startswith("curl ")
    assert "s3cret" not in shell.run("%asgi export r1 httpx")
    assert "s3cret" in shell.run("%asgi export r1 httpx --show-secrets")
    path = shell.run("%asgi export method:GET http --to out.http")
    assert "GET" in path.read_text(encoding="utf-8")
    assert "Cannot write x" in str(shell.error("%asgi export curl --to nowhere/x"))
    assert "Did you mean curl?" in str(shell.error("%asgi export r1 crul"))
    shell.run("%asgi ipyasgi.samples.shop:app\n%asgi GET /items")
    assert "from ipyasgi.samples.shop import app" in shell.run("%asgi export pytest")


def test_a_range_is_exported(shell):
    """`export` takes a range of names as `replay` and `recheck` do, and says what the history does not hold."""
    shell.run("explorer = %asgi app\n%asgi GET /items;\n%asgi GET /items/1;\n%asgi GET /items/2;")

    text = shell.run("%asgi export 1-2 curl")
    assert text == shell.run("explorer.history[:2].to_curl()")
    assert shell.run("%asgi export r2-r3 http").count("###") == 2
    assert "holds none of r7 to r9; it holds r1 to r3" in str(shell.error("%asgi export 7-9 curl"))


def test_a_recheck_in_the_background(shell):
    """`recheck` goes on in the background with ``&``, as `replay` does, and shows how far it has come."""
    shell.run("explorer = %asgi app\n%asgi GET /items;\n%asgi GET /items/1;")

    for line in ("%asgi recheck 1-2 &", "%asgi recheck --background --send-twice never --timeout 5"):
        pending = shell.run(line)
        assert isinstance(pending, Pending)
        assert len(pending.result(20).same) == 2
        assert "recheck 2 requests  ended  2 of 2" in shell.shown(pending)["text/plain"]


def test_words_in_another_order_and_a_filter_without_a_match(shell):
    """The format may come first, and a recheck that finds nothing says so."""
    shell.run("%asgi app\n_ = %asgi GET /items\n_ = %asgi GET /items")
    assert shell.run("%asgi export curl r1-r2") == shell.run("%asgi export r1-r2 curl")
    assert shell.run("%asgi export pytest r1") == shell.run("%asgi export r1 pytest")
    assert shell.run("%asgi export r1 .http") == shell.run("%asgi export r1 http")
    assert "no request in the history matches" in shell.run("%asgi recheck path:/nowhere").to_text()


def test_the_history_is_saved_and_restored(shell, tmp_path, monkeypatch):
    """`save` and `restore` take a file, and their errors are one line."""
    monkeypatch.chdir(tmp_path)
    shell.run("explorer = %asgi app")
    shell.run("r = %asgi GET /items/1 X-Token:s3cret-0123456789")
    assert shell.run("%asgi save a.jsonl") == tmp_path / "a.jsonl"
    assert "s3cret" not in (tmp_path / "a.jsonl").read_text(encoding="utf-8")
    shell.run("%asgi save a.jsonl --show-secrets")
    assert "s3cret" in (tmp_path / "a.jsonl").read_text(encoding="utf-8")
    (found,) = shell.run("%asgi restore a.jsonl")
    assert (found.name, found.json()["id"]) == ("r2", 1)
    assert shell.run("%asgi save a.jsonl --show-secrets --as-python") == ('explorer.save("a.jsonl", show_secrets=True)')
    assert shell.run("%asgi restore {{'a' + '.jsonl'}}")[0].name == "r3"
    assert "needs a file" in str(shell.error("%asgi save"))
    assert "there is no file 'b.jsonl'" in str(shell.error("%asgi restore b.jsonl"))
    (tmp_path / "a.jsonl").write_text("GET /", encoding="utf-8")
    assert type(shell.error("%asgi restore a.jsonl")) is UsageError
    assert str(shell.error("%asgi restore a.jsonl")).startswith("a.jsonl, line 1: ")


def test_a_recheck_against_another_app(shell):
    """--against names an attached app; written as Python it is an explorer of that app."""
    shell.run("from starlette.applications import Starlette\nsecond = Starlette()")
    shell.run("%asgi second")
    shell.run("explorer = %asgi app")
    shell.run("r = %asgi GET /items/1")
    checked = shell.run("%asgi recheck --against second")
    assert (checked.against, [one.verdict for one in checked]) == ("second", ["now fails"])
    code = shell.run("%asgi recheck method:GET --against second --as-python")
    assert code.endswith('explorer.recheck("method:GET", against=Explorer(second, name="second"))')
    assert code.startswith("from ipyasgi import Explorer\n")
    assert "'third' is not attached" in str(shell.error("%asgi recheck --against third"))


def test_coverage_of_the_operations(shell):
    """`coverage` is a value with rows."""
    shell.run("%asgi app")
    shell.run("r = %asgi GET /items/1")
    assert len(shell.run("%asgi coverage").tried) == 1
    assert "explorer.coverage()" in shell.run("%asgi coverage --as-python")


def test_a_session_is_exported_to_locust_and_imported_with_its_own_values(shell, tmp_path):
    """`export` knows the format and its file; `import --send` fills in values of the responses just received."""
    shell.run("%asgi app\nmade = %asgi POST /items name=cup price:=3\n_ = %asgi GET /items/{{made.json()['id']}}")
    text = shell.run("%asgi export r1-r2 locust")
    assert 'f"/items/{item_id}"' in text
    assert 'explorer.history.select("r1-r2").to_locust()' in shell.run("%asgi export --as-python r1-r2 locust")
    target = tmp_path / "session.http"
    shell.run(f"%asgi export r1-r2 http --to {target}")
    sent = shell.run(f"%asgi import {target} --send")
    first, second = (one.json()["id"] for one in sent)
    assert first == second != shell.run("made.json()['id']")
    assert ").send_each(" in shell.run(f"%asgi import --as-python {target} --send")


def test_the_history_is_cleared(shell, capsys):
    """`history clear` removes all exchanges and says how many; the word is still found as `path:/clear`."""
    shell.run("explorer = %asgi app\n%asgi GET /items;\n%asgi GET /clear;")
    assert [one.name for one in shell.run("%asgi history path:/clear")] == ["r2"]
    assert shell.run("%asgi history clear") is None
    assert capsys.readouterr().out.endswith("2 exchanges removed from the history\n")
    assert len(shell.run("%asgi history")) == 0
    assert shell.run("%asgi GET /items").name == "r3"
    assert "explorer.history.clear()" in str(shell.run("%asgi history clear --as-python"))


def test_an_empty_history_suggests_a_request(shell):
    """What needs an exchange names one of the app's own requests, as the display of an empty history does."""
    shell.run("from fastapi import FastAPI\napi = FastAPI()\n@api.get('/pets')\nasync def pets(): return []")
    shell.run("explorer = %asgi api")
    suggestion = "Send a request first: %asgi GET /pets"
    assert shell.run("explorer.history.to_text()").endswith("try: %asgi GET /pets")
    for line in ("show", "replay", "load", "export curl"):
        assert str(shell.error(f"%asgi {line}")) == f"The history is empty. {suggestion}"
