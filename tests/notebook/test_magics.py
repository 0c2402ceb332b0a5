"""``%asgi`` in a real IPython shell."""

import re
import sys
import threading

import pytest
from IPython.core.error import UsageError
from ipywidgets.widgets.widget import _instances

from ipyasgi import Exchange, Explorer

HANG = """
import anyio
async def hanging(scope, receive, send):
    if scope["type"] == "http":
        await anyio.sleep_forever()
    await receive(); await send({"type": "lifespan.startup.complete"})
    await receive(); await send({"type": "lifespan.shutdown.complete"})
"""

INTERRUPTS = """
import _thread, anyio
async def stuck(scope, receive, send):
    await receive()
    _thread.interrupt_main()  # as Ctrl-C does
    await anyio.sleep_forever()
"""


def counts(ip):
    """Return everything that loading the extension could leave behind."""
    formatters = ip.display_formatter.formatters
    return {
        "line": "asgi" in ip.magics_manager.magics["line"],
        "cell": "asgi" in ip.magics_manager.magics["cell"],
        "registry": sorted(ip.magics_manager.registry),
        "configurables": len(ip.configurables),
        "matchers": len(ip.Completer.custom_matchers),
        "html": len(formatters["text/html"].type_printers),
        "plain": len(formatters["text/plain"].type_printers),
        "events": {name: len(found) for name, found in ip.events.callbacks.items()},
        "widgets": len(_instances),
        "threads": sorted(thread.name for thread in threading.enumerate() if "ipyasgi" in thread.name),
    }


def test_attach_gives_the_explorer_and_starts_the_lifespan(shell):
    """The value of an attach is the Explorer, its lifespan runs, and its display is HTML and text."""
    explorer = shell.run("explorer = %asgi app\nexplorer")

    assert isinstance(explorer, Explorer)
    assert explorer.lifespan.status == "running"
    assert shell.run("%asgi app") is explorer
    assert {"text/html", "text/plain"} <= set(shell.shown(explorer))


def test_a_request_gives_the_exchange(shell):
    """The value of a request line is its Exchange, assigned or shown."""
    shell.run("%asgi app")
    exchange = shell.run("r = %asgi GET /items limit==2\nr")

    assert isinstance(exchange, Exchange)
    assert exchange.status_code == 200
    assert len(exchange.json()) == 2
    shown = shell.shown(exchange)
    assert "200 OK" in shown["text/html"]
    assert "200 OK" in shown["text/plain"]


def test_the_cell_form_sends_headers_and_body(shell):
    """Headers, an empty line and a JSON body with a Python value; << keeps the exchange under a name and is silent."""
    shell.run("%asgi app\nprice = 3.5")

    assert shell.run('%%asgi made << POST /items\nX-A: 1\n\n{"name": "saucer", "price": {{price}}}') is None
    made = shell.run("made")
    assert (made.status_code, made.json()["price"]) == (201, 3.5)
    assert made.request.headers["x-a"] == "1"
    both = shell.run("%%asgi\nGET /items/1\n###\nGET /items/2")
    assert [one.json()["id"] for one in both] == [1, 2]


def test_braces_of_a_path_are_not_ipythons(shell):
    """A path template is filled from items, never from a variable of that name."""
    shell.run("%asgi app\nitem_id = 1")

    assert shell.run("%asgi GET /items/{item_id} item_id=2").json()["id"] == 2
    assert shell.run("%asgi GET /items/{{item_id}}").json()["id"] == 1
    assert isinstance(shell.error("%asgi GET /items/{item_id}"), UsageError)


def test_lifespan_by_steps(shell):
    """The lifespan goes through its statuses by steps, each with its events."""
    shell.run("explorer = %asgi app --no-lifespan")
    seen = [shell.run("explorer.lifespan.status")]
    for _ in range(4):
        life = shell.run("%asgi lifespan step")
        seen.append((life.status, len(life.events)))

    assert seen == ["not started", ("starting", 1), ("running", 2), ("shutting down", 3), ("stopped", 4)]
    assert shell.run("%asgi lifespan start").status == "running"
    assert shell.run("%asgi lifespan restart").status == "running"
    assert shell.run("%asgi lifespan stop").status == "stopped"
    assert isinstance(shell.error("%asgi lifespan stop"), UsageError)


def test_what_subcommands_give(shell):
    """Routes, state, history and one exchange are the public objects themselves."""
    shell.run("explorer = %asgi app\n_ = %asgi GET /items")

    assert shell.run("%asgi routes")["POST /items"].handler
    assert shell.run("%asgi routes")["WS /chat"].kind == "websocket"
    assert shell.run("%asgi state").lifespan["served"]
    assert len(shell.run("%asgi history")) == 1
    assert shell.run("%asgi show r1") is shell.run("%asgi show") is shell.run("explorer.history[0]")
    assert "%asgi lifespan" in repr(shell.run("%asgi help all"))
    assert "explorer.lifespan" in repr(shell.run("%asgi help lifespan"))
    for value in ("%asgi routes", "%asgi state", "%asgi history", "%asgi lifespan"):
        assert {"text/html", "text/plain"} <= set(shell.shown(shell.run(value)))


@pytest.mark.parametrize(
    ("line", "description"),
    [
        ("%asgi GET items", "write '/items'"),
        ("%asgi nothing_here", "there is no variable 'nothing_here'"),
        ("%asgi 42", "there is no variable '42'"),
        ("%asgi number", "is not an ASGI app"),
        ("%asgi make_app", "is not an ASGI app"),
        ("%asgi no_such_module:app", "there is no module 'no_such_module'"),
        ("%asgi ipyasgi.samples.shop:ap", "did you mean 'app'"),
        ("%asgi broken_module:app", "ZeroDivisionError"),
        ("%asgi rutes", "Did you mean routes?"),
        ("%asgi lifespan strat", "Did you mean start?"),
        ("%asgi use other", "is not attached"),
        ("%asgi show r99", "no exchange is called 'r99'"),
        ("%asgi routes now", "takes no 'now'"),
        ("%asgi auth", "run `%asgi login NAME` or `%asgi login --token {{token}}`"),
        ("%asgi http GET /items", "Write the method first"),
        ("%asgi get", "Unknown command or variable 'get'. Did you mean GET?"),
        ("%asgi curl", "needs a URL"),
        ("%asgi curl localhost/items --config x", "--config"),
        ("%asgi curl -d @secret.txt localhost/items", "secret.txt"),
        ("%asgi curl localhost/items --next localhost/2", "--next"),
        ("%%asgi\ncurl localhost/items/1\ncurl localhost/items/2", "takes one command, not 2"),
        ("%%asgi\ncurl localhost/items/1\n###\nGET /items", "%%asgi sends requests"),
        ("%asgi /items", "Write %asgi GET /items"),
        ("%asgi http://x/items", "Write %asgi GET http"),
        ("%asgi diff r1", "needs two names"),
        ("%asgi diff r1 r99", "no exchange is called 'r99'"),
        ("%asgi replay r99", "no exchange is called 'r99'"),
        ("%asgi history statu:4xx", "did you mean status:"),
        ("%asgi recheck r1 --send-twice sometimes", "takes one of safe, always, never, not 'sometimes'"),
        ("%asgi app --as-pyton", "Did you mean --as-python?"),
        ("%asgi headers --repeat 2", "takes no --repeat"),
        ("%%asgi\nGET /items\n###\nroutes", "%%asgi sends requests"),
        ("%asgi panel nothing", "takes one of"),
        ("%%asgi POST /items\n\n{oops", "Invalid JSON in the body"),
        ("%%asgi routes\n\nx", "%%asgi sends requests"),
        ("%asgi GET / --nope", "Unknown option --nope"),
        ("%asgi GET /items limit=2", "limit==2"),
        ("%asgi GET /items --factory", "takes no --factory"),
        ("%asgi routes --timeout 5", "takes no --timeout"),
        ("%asgi GET /items --timeout -5", "Give seconds"),
        ("%asgi GET /items --timeout nan", "Give seconds"),
    ],
)
def test_mistakes_are_one_line_and_touch_nothing(shell, tmp_path, monkeypatch, line, description):
    """A mistake is exactly a UsageError of one line; the attached app goes on as it was."""
    (tmp_path / "broken_module.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    shell.run("explorer = %asgi app\nnumber = 42\ndef make_app(): return app\n_ = %asgi GET /items")
    error = shell.error(line)

    assert type(error) is UsageError
    assert description in str(error)
    assert "\n" not in str(error)
    assert shell.run("%asgi GET /items").status_code == 200
    assert shell.run("explorer.lifespan.status") == "running"


def test_nothing_attached_says_how(shell):
    """A request without an app says how to attach one."""
    error = shell.error("%asgi GET /")

    assert type(error) is UsageError
    assert str(error) == "No app attached. Run `%asgi myapp` or `%asgi package.module:app`."


def test_an_exception_of_the_app_comes_as_itself(shell, capsys):
    """The app's exception is raised as itself; its frames are shown, the others folded; tb shows all."""
    shell.run("%asgi app")
    error = shell.error("%asgi GET /boom")
    folded = capsys.readouterr().out

    assert type(error) is ZeroDivisionError
    assert "average_price" in folded
    assert "explorer.py" not in folded
    assert "frames of ipyasgi and the framework are folded" in folded
    shell.run("%asgi tb")
    assert "explorer.py" in capsys.readouterr().out
    assert shell.run("%asgi show").exception is error


def test_a_deadline_is_one_line(shell, capsys):
    """A request that takes too long ends at its --timeout with one line that names what did not come."""
    shell.run(HANG + "\n%asgi hanging")
    error = shell.error("%asgi GET / --timeout 0.2")

    assert isinstance(error, TimeoutError)
    assert "no response within 0.2 s" in capsys.readouterr().out
    assert len(shell.run("%asgi history")) == 1


def test_a_rebound_name_is_followed(shell, capsys):
    """Running the cell that defines the app again attaches the new object: old one shut down, history kept."""
    define = HANG.replace("anyio.sleep_forever()", "_answer(send, {})").replace(
        "import anyio",
        "import anyio\nasync def _answer(send, n):\n"
        "    await send({{'type': 'http.response.start', 'status': n, 'headers': []}})\n"
        "    await send({{'type': 'http.response.body', 'body': b''}})",
    )
    shell.run(define.replace("{}", "201").replace("{{", "{").replace("}}", "}"))
    shell.run("explorer = %asgi hanging")
    first = shell.run("explorer.app")
    assert shell.run("%asgi GET /").status_code == 201
    capsys.readouterr()
    shell.run(define.replace("{}", "202").replace("{{", "{").replace("}}", "}"))

    assert "hanging is a new object" in capsys.readouterr().out
    assert shell.run("%asgi GET /").status_code == 202
    assert shell.run("explorer.app") is not first
    assert len(shell.run("%asgi history")) == 2


def test_several_apps(shell):
    """Apps are attached side by side, switched by use and let go by detach."""
    shell.run(HANG + "\none = %asgi app\ntwo = %asgi hanging")

    assert shell.run("%asgi use") is shell.run("two")
    assert shell.run("%asgi use app") is shell.run("one")
    shell.run("%asgi detach hanging")
    assert shell.run("two.closed")
    assert shell.run("%asgi use") is shell.run("one")
    shell.run("%asgi detach")
    assert type(shell.error("%asgi routes")) is UsageError


def test_a_factory_and_a_module(shell):
    """--factory calls what is found; module:attr is imported."""
    shell.run("def make(): return app")

    assert shell.run("%asgi make --factory").app is shell.run("app")
    assert shell.run("%asgi ipyasgi.samples.shop:app").lifespan.status == "running"


def test_load_reload_unload_leave_no_trace(shell):
    """Loading, loading again, reloading and unloading, in any order, leave the shell as it was."""
    shell.run("%unload_ext ipyasgi")
    before = counts(shell.ip)
    shell.run("%load_ext ipyasgi")
    loaded = counts(shell.ip)
    shell.run("%asgi app\n_ = %asgi GET /items")
    shell.run("%reload_ext ipyasgi")
    assert counts(shell.ip) == loaded
    shell.run("%unload_ext ipyasgi")
    assert counts(shell.ip) == before
    shell.run("%load_ext ipyasgi")
    shell.run("%unload_ext ipyasgi")
    assert counts(shell.ip) == before
    shell.run("%load_ext ipyasgi")


FAILING = """
async def failing(scope, receive, send):
    await receive()
    if scope["type"] == "lifespan":
        {}
        await send({{"type": "lifespan.startup.complete"}})
        await receive()
        raise ValueError("cannot close")
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    await send({{"type": "http.response.body", "body": b""}})
"""


def test_unloading_is_whole_when_an_app_fails_in_its_shutdown(shell):
    """The app's error is shown, and the shell is as it was before loading all the same."""
    shell.run("%unload_ext ipyasgi")
    before = counts(shell.ip)
    shell.run("%load_ext ipyasgi")
    shell.run(FAILING.format("pass") + "\none = %asgi app\ntwo = %asgi failing\npanel = %asgi panel")
    error = shell.error("%unload_ext ipyasgi")

    assert "cannot close" in str(error)
    assert counts(shell.ip) == before
    assert shell.run("one.closed and two.closed")
    shell.run("%load_ext ipyasgi")


def test_attaching_a_name_again_takes_the_object_it_means_now(shell, capsys):
    """Attaching on purpose adopts the new object also where following is off, and says what the old one did."""
    shell.run(FAILING.format("pass") + "\ne = %asgi failing --no-follow")
    shell.run(FAILING.format("pass"))
    capsys.readouterr()

    assert shell.run("%asgi failing") is shell.run("e")
    assert shell.run("e.app is failing")
    assert "failed while shutting down (ValueError: cannot close)" in capsys.readouterr().out
    assert shell.run("%asgi GET /").status_code == 200
    shell.error("%asgi detach")


def test_a_startup_that_fails_is_told_and_can_be_traced(shell, capsys):
    """An assigned attach says in one line that startup failed, and tb shows where."""
    shell.run(FAILING.format('raise OSError("no database")') + "\ne = %asgi failing")

    assert "startup failed: OSError: no database" in capsys.readouterr().out
    shell.error("%asgi rutes")
    shell.run("%asgi tb")
    assert 'raise OSError("no database")' in _plain(capsys.readouterr().out)


def test_help_sends_nothing(shell):
    """--help on a request explains and leaves the app alone."""
    shell.run("explorer = %asgi app")

    assert "name==value" in repr(shell.run("%asgi DELETE /items/1 --help"))
    assert shell.run("len(explorer.history)") == 0


def test_a_mistake_in_a_later_request_of_a_cell_sends_none(shell):
    """All requests of a cell are read before the first is sent; each may have a name of its own."""
    shell.run("explorer = %asgi app")

    assert type(shell.error("%%asgi\nDELETE /items/2\n###\nGETT /x")) is UsageError
    assert shell.run("len(explorer.history)") == 0
    assert shell.run("%%asgi a << GET /items/1\n###\nb << GET /items/2\n###\nGET /items/3").json()["id"] == 3
    assert [shell.run(f"{name}.json()['id']") for name in "ab"] == [1, 2]


def test_what_is_shown_is_masked_by_its_own_settings(shell):
    """An exchange of one app is not opened because another app's settings show secrets."""
    shell.run("from ipyasgi import Explorer, Settings\nother = Explorer(app, settings=Settings(show_secrets=True))")
    shell.run("explorer = %asgi app")
    closed = shell.run("explorer.get('/items', headers={'Authorization': 'Bearer s3cret'})")
    opened = shell.run("other.get('/items', headers={'Authorization': 'Bearer s3cret'})")
    shell.run("other.close()")

    assert "s3cret" not in shell.shown(closed)["text/html"]
    assert "s3cret" in shell.shown(opened)["text/html"]


def _plain(text):
    """Return a text without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize(
    "line",
    [
        "%asgi nope-https://u:s3cret9XyZq@h/",
        "%asgi http:/x?password=s3cret9XyZq",
    ],
)
def test_an_error_that_quotes_a_secret_masks_it(shell, line):
    """An error of one line may quote what was typed, and is saved with the notebook."""
    error = shell.error(line)

    assert isinstance(error, UsageError)
    assert "s3cret9XyZq" not in str(error)


def test_the_host_of_requests(shell):
    """`--base-url` is for one app and outlives other settings; the setting is for all others, those attached too."""
    shell.run("%asgi attach app --base-url shop.example")
    shell.run("%asgi config timeout=7")
    assert shell.run("r = %asgi GET /items\nr.request.url.host") == "shop.example"
    shell.run("%asgi config base_url=https://other.example")
    assert str(shell.run("r = %asgi GET /items\nr.request.url")) == "https://other.example/items"
    assert "Give a URL" in str(shell.error("%asgi config base_url=ftp://x"))
    assert "Give a URL" in str(shell.error("%asgi attach app --base-url ftp://x"))


def test_an_app_on_the_shells_thread(shell):
    """`--kernel-loop` runs the app on the thread of the cells; `--as-python` writes it so."""
    shell.run(
        "import threading\nasync def here(scope, receive, send):\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': threading.current_thread().name.encode()})"
    )
    name = shell.run("threading.current_thread().name")
    shell.run("%asgi attach here --kernel-loop --no-lifespan")
    assert shell.run("r = %asgi GET /\nr.text") == name
    assert shell.run("h = %asgi GET / &\nh.result(20).text") == name
    assert "loop=KernelLoop()" in str(shell.run("%asgi attach here --kernel-loop --as-python"))
    shell.run("%asgi detach here")


def test_an_interrupted_attach_changes_nothing(shell, tmp_path, monkeypatch):
    """Ctrl-C while a file is imported, or an app started: one line of what was interrupted, and the old app stays."""
    explorer = shell.run("explorer = %asgi app\nexplorer")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stops.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    path = list(sys.path)
    error = shell.error("%asgi stops.py")
    assert type(error) is KeyboardInterrupt
    assert re.fullmatch(r"importing stops\.py was interrupted at .*stops\.py:1", str(error))
    assert "stops" not in sys.modules
    assert sys.path == path
    shell.run(INTERRUPTS)
    error = shell.error("%asgi stuck")
    assert type(error) is KeyboardInterrupt
    assert str(error) == "starting stuck was interrupted; it is not attached"
    assert shell.run("%asgi use") is explorer
    assert shell.run("%asgi GET /").status_code == 200
