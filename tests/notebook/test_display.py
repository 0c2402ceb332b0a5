"""How IPython shows exceptions of an app."""

import re

import pytest

APP = """
import asyncio, anyio
from starlette.middleware.base import BaseHTTPMiddleware

async def child(number):
    raise ValueError(f"child {number}")

class Slotted(Exception):
    __slots__ = ("item",)

class Leaves(Exception):
    def __str__(self):
        raise SystemExit(3)

async def nested():
    async with asyncio.TaskGroup() as group:
        group.create_task(child(7))

async def endpoint(scope, receive, send):
    amount = 42
    match scope["path"]:
        case "/group":
            async with asyncio.TaskGroup() as group:
                group.create_task(child(1))
                group.create_task(nested())
        case "/cause":
            try:
                anyio.from_thread.run(child)
            except RuntimeError as exc:
                raise KeyError("second") from exc
        case "/suppressed":
            try:
                await child(3)
            except ValueError:
                raise KeyError("second") from None
        case "/star":
            try:
                await nested()
            except* ValueError:
                raise KeyError("from except*")
        case "/slots":
            raise Slotted("slotted")
        case "/leaves":
            raise Leaves
        case "/escape":
            error = ValueError("\\x1b]0;title\\x07 \\x9b2J \\u202e \\x1b[31m")
            error.add_note("\\x1b]52;c;x\\x07")
            raise error
    raise ValueError("boom")

async def pass_on(request, call_next):
    return await call_next(request)

async def in_group(scope, receive, send):
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(endpoint, scope, receive, send)
    except BaseExceptionGroup as exc:
        raise exc.exceptions[0]

async def app(scope, receive, send):
    if scope["type"] != "lifespan":  # raising it again would replace its context
        await (endpoint if scope["path"] == "/star" else in_group)(scope, receive, send)

middleware = BaseHTTPMiddleware(app, pass_on)
"""


@pytest.fixture
def shown(shell, capsys):
    """Return what a cell shows; the app above is attached."""
    shell.run(APP)
    shell.run("explorer = %asgi app")
    capsys.readouterr()

    def show(cell):
        shell.ip.run_cell(cell)
        out, err = capsys.readouterr()
        assert err == ""
        return re.sub(r"\x1b\[[0-9;]*m", "", out)

    return show


@pytest.mark.parametrize(
    "cell",
    [
        "%asgi GET /boom",
        "r = %asgi GET /boom",
        "%%asgi\nGET /boom",
        "%asgi ws /boom hello",
        "explorer.get('/boom')",
        "h = %asgi GET /boom &\nh.result()",
        "%asgi middleware\n%asgi GET /boom",
    ],
)
@pytest.mark.parametrize("mode", ["Context", "Plain", "Minimal", "Verbose"])
def test_a_group_in_the_context_is_folded(shell, shown, cell, mode):
    """An exception that came out of a task group shows the app's frames only, by every way to send, in every mode."""
    shell.error("%asgi GET /boom")
    shell.ip.run_line_magic("xmode", mode)
    shown("None")

    text = shown(cell)

    assert "ValueError: boom" in text
    assert "explorer.py" not in text
    assert "interactiveshell.py" not in text
    assert "ExceptionGroup" not in text.replace("except BaseExceptionGroup", "")
    assert ("endpoint" in text) == (mode != "Minimal")
    assert "%asgi tb shows all" in text


@pytest.mark.parametrize(
    ("path", "there", "missing"),
    [
        ("/group", ["member 2 of 2", "ValueError: child 1", "ValueError: child 7", "nested"], ["taskgroups.py"]),
        ("/cause", ["direct cause", "KeyError: 'second'", "RuntimeError"], ["explorer.py"]),
        ("/suppressed", ["KeyError: 'second'"], ["child 3", "During handling"]),
        ("/star", ["KeyError: 'from except*'", "ValueError: child 7"], ["taskgroups.py"]),
        ("/slots", ["Slotted: slotted", "frames of ipyasgi"], ["explorer.py"]),
        ("/leaves", ["Leaves", "str() of this exception raised SystemExit"], ["explorer.py"]),
    ],
)
def test_causes_and_members_are_folded(shown, path, there, missing):
    """Causes and members of groups have their own frames; a suppressed context is not shown."""
    text = shown(f"%asgi GET {path}")

    assert [one for one in there if one not in text] == []
    assert [one for one in missing if one in text] == []
    assert "2" in shown("1 + 1")


def test_all_frames_of_a_group(shown):
    """`%asgi tb` shows every frame, also where a group is in the context; `%tb` shows it folded again."""
    shown("%asgi GET /group")
    whole = shown("%asgi tb")

    assert "explorer.py" in whole
    assert "taskgroups.py" in whole
    assert "ValueError: child 7" in whole
    assert "explorer.py" not in shown("%tb")


def test_escapes_of_the_app_are_visible(shell, shown, capsys):
    """Control characters in the text of an exception and in its notes are shown, and have no effect."""
    shell.ip.run_cell("%asgi GET /escape")
    text = capsys.readouterr().out

    assert "␛]0;title␇ [U+009B]2J [U+202E] ␛[31m" in text
    assert "␛]52;c;x␇" in text or "Note" not in text
    assert not re.search("\x1b[^[]|\x07|\x9b|\u202e", text)


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("line", ["%asgi GET /", "%asgi GET /leaves"])
def test_ipython_keeps_what_was_shown(shell, line):
    """For its history of the session IPython gets the folded lines, and formats no frame of a framework for it."""
    if not hasattr(shell.ip, "_format_exception_for_storage"):
        pytest.skip("this IPython keeps no exceptions")
    result = shell.ip.run_cell(line, store_history=True)
    kept = "\n".join(shell.ip.history_manager.exceptions[result.execution_count]["traceback"])

    assert "endpoint" in kept
    assert "explorer.py" not in kept
    other = shell.ip.run_cell("1 / 0", store_history=True)
    assert shell.ip.history_manager.exceptions[other.execution_count]["ename"] == "ZeroDivisionError"


def test_unloading_restores_the_shell(shell):
    """Without the extension the shell has its own methods again; another's replacement stays."""
    assert "showtraceback" in vars(shell.ip)
    shell.run("%unload_ext ipyasgi")
    assert not {"showtraceback", "_format_exception_for_storage"} & set(vars(shell.ip))
    shell.run("%load_ext ipyasgi")
    shell.ip.showtraceback = other = lambda *_, **__: None
    shell.run("%unload_ext ipyasgi")
    assert shell.ip.showtraceback is other
    del shell.ip.showtraceback


HOSTILE = "\x1b]0;t\x07\x9b2J\u202e\u2028"


@pytest.mark.parametrize(
    "line",
    [
        "%asgi GET /x -H a",
        "%asgi import hostile.sh",
        "%asgi import hostile.http",
        "%asgi show {{HOSTILE}}",
        "%asgi history path:{{HOSTILE}}",
        "%asgi ws /{{HOSTILE}} x",
        "%asgi GET /x Cookie:{{HOSTILE}}",
        "%asgi GET /{{HOSTILE}}",
        "%asgi export r1 http",
        "%asgi export r1 har",
        "%asgi export r1 curl",
        "%asgi routes",
        "explorer.history['r1']",
        "[explorer.history['r1'].spec]",
        "[explorer.history['r1'], explorer.routes]",
        "explorer.get('http://' + HOSTILE)",
        "explorer.get('/', headers={HOSTILE: 'x'})",
        "explorer.history[HOSTILE]",
    ],
)
def test_what_a_line_shows_has_no_effect_on_a_terminal(shell, capsys, tmp_path, monkeypatch, line):
    """Foreign text in errors, exports, names and reprs is shown with its control characters visible."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hostile.sh").write_text(f"curl 'http://localhost/' -u 'x{HOSTILE}' --foo{HOSTILE}\n", encoding="utf-8")
    (tmp_path / "hostile.http").write_text(f"GET /x\n\n{{{{{HOSTILE}}}}}\n", encoding="utf-8")
    shell.run(
        "from starlette.applications import Starlette\nfrom starlette.routing import Route\n"
        "from starlette.responses import PlainTextResponse\n"
        "async def page(request): return PlainTextResponse(HOSTILE)\n"
        f"HOSTILE = {HOSTILE!r}\n"
        "odd = Starlette(routes=[Route('/' + HOSTILE, page, name=HOSTILE), Route('/{rest:path}', page)])\n"
    )
    shell.run("explorer = %asgi odd")
    shell.run("explorer.get('/first', headers={'cookie': 'a=\\x1b]0'}, content=HOSTILE.encode())")
    capsys.readouterr()

    shell.ip.colors = "nocolor"
    shell.ip.run_cell(line)
    text = "".join(capsys.readouterr())

    assert text
    assert re.findall("\x1b[^[]|\x1b\\[[^0-9]|[\x07\x9b\u202e\u2028]", text) == []


def test_an_export_keeps_its_bytes(shell, tmp_path, monkeypatch):
    """Only what is shown is changed: the value of an export, and the file, have what was sent."""
    monkeypatch.chdir(tmp_path)
    shell.run("explorer = %asgi app")
    shell.run("explorer.post('/items', content='\\x9b\\u202e', raise_exceptions=False)")
    shell.run("%asgi export r1 http --to out.http")
    assert "\x9b\u202e" in (tmp_path / "out.http").read_text("utf-8")


def test_a_factory_that_raises_is_shown_as_the_app_is(shell, capsys):
    """Its own frames, ours folded; ``%asgi tb`` is about another app, so it is not the hint."""
    shell.run("%asgi app\ndef make():\n    raise OSError('no database')")
    capsys.readouterr()
    assert type(shell.error("%asgi attach make --factory")) is OSError
    text = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert "raise OSError('no database')" in text
    assert "OSError: no database" in text
    assert "app_source.py" not in text
    assert re.search(
        r"\(\d+ frames of ipyasgi and the framework are folded: traceback.print_last\(\) shows all\)", text
    )
