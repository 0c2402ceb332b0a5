"""What a line shows, and when: the value alone, more of it, less of it, or nothing."""

from ipyasgi import Exchange


def run(shell, cell):
    """Run a cell as a notebook does, which remembers it."""
    result = shell.ip.run_cell(cell, store_history=True)
    result.raise_error()
    return result.result


def test_a_semicolon_shows_nothing_and_loses_nothing(shell):
    """A line that ends with ; has no value to show where it would be shown, and keeps it where it is assigned."""
    assert run(shell, "%asgi app;") is None
    assert run(shell, "%asgi GET /items;") is None
    assert run(shell, "r = %asgi GET /items;\nr").name == "r2"
    assert run(shell, "%%asgi\nGET /items;") is None
    assert run(shell, "%asgi show").name == "r3"
    assert run(shell, "%asgi show").request.url.path == "/items"


def test_show_shows_above_the_last_line(shell, monkeypatch):
    """--show publishes a value that is not the last of its cell, or is assigned; never the same one twice."""
    published = []
    monkeypatch.setattr(
        shell.ip.display_pub, "publish", lambda data, metadata=None: published.append(data["text/plain"])
    )
    shell.run("%asgi app")
    run(shell, "%asgi GET /items/1 --show\n%asgi GET /items/2")
    assert len(published) == 1
    assert "GET /items/1" in published[0]
    run(shell, "%asgi r << GET /items/3 --show")
    run(shell, "%asgi GET /items/4 --show")
    assert len(published) == 2
    assert "GET /items/3" in published[1]


def test_headers_and_secrets_are_ways_of_showing(shell):
    """--headers shows the head alone, --show-secrets masks nothing; both give an exchange; the history's is masked."""
    shell.run("%asgi app")
    head = shell.run("%asgi GET /items --headers")
    shown = shell.shown(head)
    assert isinstance(head, Exchange)
    assert "content-type" in shown["text/plain"]
    assert "teapot" not in shown["text/html"]
    assert head.json()[0]["name"] == "teapot"

    opened = shell.run("%asgi GET /items X-Token:s3cret --show-secrets")
    assert "s3cret" in shell.shown(opened)["text/html"]
    assert "s3cret" not in shell.shown(shell.run("%asgi show"))["text/html"]
    assert "s3cret" in shell.shown(shell.run("%asgi show --show-secrets"))["text/html"]


def test_repeat_gives_exchanges(shell):
    """--repeat sends one after another and shows them as a list."""
    shell.run("%asgi app")
    exchanges = shell.run("%asgi GET /items --repeat 3")

    assert [one.name for one in exchanges] == ["r1", "r2", "r3"]
    assert "3 exchanges" in shell.shown(exchanges)["text/plain"]


def test_the_output_of_an_app_is_shown_once(shell, capsys):
    """Where a line shows its exchange, the exchange shows the output; else it is written as it always was."""
    shell.run(
        "async def noisy(scope, receive, send):\n"
        "    print('said', 'this')\n"
        "    if scope['path'] == '/boom': raise LookupError\n"
        "    if scope['path'] == '/long': print('more\\n' * 30)\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': b''})\n"
        "%asgi attach noisy --no-lifespan"
    )

    def written(cell):
        capsys.readouterr()
        shell.ip.run_cell(cell, store_history=True)
        return capsys.readouterr().out

    shown = written("%asgi GET /")
    assert (shown.count("said this"), "Output\n" in shown) == (1, True)
    assert written("r = %asgi GET /") == "said this\n"
    assert written("%asgi GET /;") == "said this\n"
    assert written("%asgi GET / --headers").startswith("said this\n")
    assert written("%asgi GET /boom").startswith("said this\n")
    assert written("%asgi GET /long").startswith("said this\nmore\n")


CHATTY = """
import io, logging, sys
logging.getLogger("app").handlers = [logging.StreamHandler(sys.stderr)]
logging.getLogger("kept").handlers, logging.getLogger("kept").propagate = [logging.StreamHandler(io.StringIO())], False
async def chatty(scope, receive, send):
    print("said this")
    logging.getLogger("app").error("logged this")
    logging.getLogger("kept").error("logged elsewhere")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
explorer = %asgi attach chatty --no-lifespan
"""


def test_the_output_of_a_python_call_is_shown_once_in_its_cell(shell, capsys):
    """It is written as the app writes it, so the exchange below has only what was not; in a later cell it has all."""
    shell.run(CHATTY)
    every = ("said this", "logged this", "logged elsewhere")

    def counts(cell):
        capsys.readouterr()
        shell.ip.run_cell(cell, store_history=True)
        out, err = capsys.readouterr()
        return [(out + err).count(text) for text in every]

    assert counts("explorer.get('/')") == [1, 1, 1]
    assert counts("r = explorer.get('/')\nr") == [1, 1, 1]
    assert counts("_ = explorer.get('/')") == [1, 1, 0]
    assert counts("r") == [1, 1, 1]
    assert counts("%asgi GET /") == [1, 1, 1]
    assert counts("r = %asgi GET /\nr") == [1, 1, 1]
    assert len(shell.run("r").output) == 3
