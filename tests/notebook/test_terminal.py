"""Colours and paging, in a terminal only."""

import re
import sys
from collections.abc import Iterator

import IPython
import pytest
from IPython.core import page
from IPython.terminal.interactiveshell import TerminalInteractiveShell
from traitlets.config import Config

from .conftest import Shell

APP = """
import json
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError
    await receive()
    status = int(scope["path"][1:4])
    if status == 599:
        raise ValueError("\\x1b[41m it broke")
    print("\\x1b[42m printed")
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps({"name": "\\x1b[31m", "n": [1.5, None]}).encode()})
"""
_OURS = re.compile(r"\x1b\[(?:0|1|2|3[1-6])m")


class TerminalShell(Shell):
    """A shell in a terminal."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.TerminalInteractiveShell.simple_prompt = True
        config.TerminalInteractiveShell.term_title = False
        self.ip = TerminalInteractiveShell(config=config)
        self.ip.displayhook.flush = lambda: None


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the standard output be a terminal of 24 lines."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


@pytest.fixture
def terminal(screen: None) -> Iterator[TerminalShell]:
    """Give a shell in a terminal, with an app attached."""
    shell = TerminalShell()
    shell.run(f"%load_ext ipyasgi\n{APP}\n%asgi app")
    yield shell
    shell.run("%unload_ext ipyasgi")
    TerminalInteractiveShell.clear_instance()


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what the pager was asked to show."""
    shown: list[str] = []
    monkeypatch.setattr(page, "page", shown.append)
    return shown


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("%asgi panel", "%asgi routes, %asgi history"),
        ("explorer.panel()", "%asgi routes, %asgi history"),
        *((f"%asgi panel {name}", f"%asgi {name}") for name in ("history", "state", "lifespan")),
        ("%asgi panel request", "%asgi docs, %asgi GET /path"),
        ("%asgi panel response", "%asgi show"),
        ("%asgi panel websocket", "%asgi ws /path"),
    ],
)
def test_a_panel_says_what_to_do_instead(terminal: TerminalShell, line: str, instead: str) -> None:
    """One line after its last state: the command that opens a notebook, and the commands that show the same here."""
    terminal.run("explorer = %asgi attach ipyasgi.samples.shop:app")
    shown = terminal.shown(terminal.run(line))
    assert list(shown) == ["text/plain"]
    *state, hint = shown["text/plain"].split("\n")
    assert state
    command = "ipyasgi --lab ipyasgi.samples.shop:app"
    assert hint == f"A panel opens in a notebook: run `{command}`. In the terminal: {instead}"


def test_the_app_of_a_panel_is_named_as_the_command_takes_it(terminal: TerminalShell) -> None:
    """A variable is not known outside of the session; a factory needs its option."""
    (_, hint) = terminal.shown(terminal.run("%asgi panel history"))["text/plain"].rsplit("\n", 1)
    assert "`ipyasgi --lab module:app`" in hint
    terminal.run("import sys, types\nmine = sys.modules['mine'] = types.ModuleType('mine')\nmine.make = lambda: app")
    terminal.run("%asgi attach mine:make --factory")
    (_, hint) = terminal.shown(terminal.run("%asgi panel history"))["text/plain"].rsplit("\n", 1)
    assert "`ipyasgi --lab mine:make --factory`" in hint


@pytest.mark.parametrize(("status", "code"), [(200, 32), (304, 32), (404, 33), (500, 31)])
def test_a_display_has_colours(terminal: TerminalShell, status: int, code: int) -> None:
    """The method, the status, the time and JSON; every escape sequence is one of ours, whatever the app sends."""
    exchange = terminal.run(f"r = %asgi GET /{status}\nr")
    text = terminal.shown(exchange)["text/plain"]
    assert text.startswith(f"\x1b[1mGET\x1b[0m /{status} → \x1b[{code}m{status} ")
    assert re.search(r"  \x1b\[2m[\d.]+ (µs|ms|s)\x1b\[0m  ", text)
    assert '\x1b[36m"name"\x1b[0m: \x1b[32m"\\u001b[31m"\x1b[0m' in text
    assert "\x1b[35m1.5\x1b[0m" in text
    assert "\x1b" not in _OURS.sub("", text)
    assert _OURS.sub("", text) == exchange.to_text()


def test_an_exception_and_the_history_have_colours(terminal: TerminalShell) -> None:
    """The type of an exception is red; each row of the history is like a summary."""
    terminal.error("%asgi GET /599")
    exchange = terminal.run("r1 = %asgi show r1\nr1")
    text = terminal.shown(exchange)["text/plain"]
    assert "\x1b[31mValueError\x1b[0m: ␛[41m it broke" in text
    assert re.search(r"\n\x1b\[1m +→ \d+ +raise ValueError.*\x1b\[0m", text)
    history = terminal.shown(terminal.run("%asgi history"))["text/plain"]
    assert re.search(r"\n   r1  [\d:]{8}  \x1b\[1mGET\x1b\[0m /599 → \x1b\[31m", history)


@pytest.mark.parametrize(
    "quiet", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"colors": "NoColor"}, {"pipe": "yes"}], ids=lambda one: str([*one])
)
def test_there_may_be_no_colours(
    terminal: TerminalShell, quiet: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither for those who want none, nor where they would be rubbish; asked before each display."""
    exchange = terminal.run("r = %asgi GET /200\nr")
    assert "\x1b" in terminal.shown(exchange)["text/plain"]
    for name, value in quiet.items():
        monkeypatch.setenv(name, value)
    if "colors" in quiet:
        terminal.run("%colors " + ("nocolor" if IPython.version_info[0] >= 9 else "NoColor"))
    if "pipe" in quiet:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert terminal.shown(exchange)["text/plain"] == exchange.to_text()


def test_another_front_end_has_none(shell: Shell, screen: None) -> None:
    """A kernel's shell is not a terminal, even where its standard output says that it is one."""
    exchange = shell.run("%asgi app\n%asgi GET /items")
    assert "\x1b" not in shell.shown(exchange)["text/plain"]


def test_unloading_takes_the_colours_back(terminal: TerminalShell) -> None:
    """A value shows itself as without the extension."""
    exchange = terminal.run("r = %asgi GET /200\nr")
    terminal.run("%unload_ext ipyasgi")
    assert terminal.shown(exchange)["text/plain"] == exchange.to_text()


def test_what_is_longer_than_the_screen_is_paged(
    terminal: TerminalShell, pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The help and a traceback; results of other kinds and short texts are shown as IPython shows any result."""
    terminal.run("%asgi help all")
    assert len(pages) == 1
    assert "%asgi METHOD /path" in pages[0]
    assert "routes" in terminal.shown(terminal.run("%asgi help routes"))["text/plain"]
    assert "No route" in terminal.shown(terminal.run("%asgi docs"))["text/plain"]
    assert len(pages) == 1
    terminal.error("%asgi GET /599")
    terminal.run("%asgi tb")
    assert len(pages) == 2
    assert "it broke" in pages[1]
    monkeypatch.setenv("LINES", "1")
    terminal.run("%asgi docs")
    assert len(pages) == 3
    assert "text/plain" in terminal.shown(terminal.run("%asgi history"))
    assert len(pages) == 3
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    terminal.run("%asgi docs\n%asgi tb")
    assert len(pages) == 3
