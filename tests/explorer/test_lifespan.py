"""What is known of a life that failed."""

import logging
from typing import Any

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.errors import DeadlineError
from ipyasgi.explorer.app_source import describe
from ipyasgi.views.explorer import view_explorer


def failing(way: str) -> Any:
    """Return an app that cannot start, and says so as a framework would."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        try:
            raise OSError("no kettle")
        except OSError as exc:
            if way == "let out":  # Starlette
                await send(
                    {"type": "lifespan.startup.failed", "message": f"Traceback (most recent call last):\n {exc}"}
                )
                raise
            if way == "logged":  # Quart, Falcon
                logging.getLogger("shop").exception("it broke")
            if way == "inside":
                await send({"type": "lifespan.startup.failed", "message": "no"})
                return
        message = "Traceback (most recent call last):\n  File\nOSError: no kettle\n"
        await send({"type": "lifespan.startup.failed", "message": message})

    return app


@pytest.mark.parametrize("way", ["logged", "inside"])
def test_what_was_handled_or_logged_is_known(way: str, caplog: pytest.LogCaptureFixture) -> None:
    """An app that only says that it could not start is asked no more: its exception is there, with its frames."""
    with Explorer(failing(way)) as explorer:
        assert isinstance(explorer.lifespan.handled_exception, OSError)
        assert explorer.lifespan.exception is None
        assert explorer.last_exception is explorer.lifespan.handled_exception
        card = view_explorer(explorer, Settings()).text

    assert "OSError: no kettle" in card
    assert "explorer/test_lifespan.py:" in card
    assert "engine/lifespan.py" not in card


def test_one_that_is_let_out_is_not_caught() -> None:
    """An app that raises has raised, and that is all."""
    with Explorer(failing("let out")) as explorer:
        assert isinstance(explorer.lifespan.exception, OSError)
        assert explorer.lifespan.handled_exception is None


def test_where_nothing_is_known_its_own_words_are_short() -> None:
    """A message that is a whole traceback is told by its last line, and none of our frames are shown as the app's."""
    with Explorer(failing("in silence")) as explorer:
        card = view_explorer(explorer, Settings()).text
        told = describe(explorer.startup_error)

    assert told.startswith("LifespanError: lifespan startup failed: OSError: no kettle. ")
    assert "engine/lifespan.py" not in card


def test_a_group_of_one_is_that_one() -> None:
    """One line about a group with a single member is about the member."""
    assert describe(ExceptionGroup("many", [ExceptionGroup("more", [OSError("no kettle")])])) == "OSError: no kettle"


SLOW = """
import anyio
async def slow(scope, receive, send):
    await receive()
    await anyio.sleep({start})
    await send({{"type": "lifespan.startup.complete"}})
    await receive()
    await anyio.sleep({stop})
    await send({{"type": "lifespan.shutdown.complete"}})
"""


@pytest.mark.parametrize(("start", "stop", "missing"), [(2.6, 0, "startup"), (0, 2.6, "shutdown"), (0, 0, "")])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_long_wait_is_announced_once(capsys, backend, start, stop, missing):
    """A startup or a shutdown that takes more than 2 s is announced on one line, which names the setting."""
    namespace = {}
    exec(SLOW.format(start=start, stop=stop), namespace)
    with Explorer(namespace["slow"], backend=backend):
        pass
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == (1 if missing else 0)
    if missing:
        assert f"lifespan.{missing}.complete, at most 10 s (%asgi config lifespan_timeout=60)" in lines[0]


@pytest.mark.parametrize("act", ["startup", "step", "restart"])
def test_a_deadline_names_the_setting(act):
    """At the deadline the error says which setting to increase; not if the limit was an argument."""
    namespace = {}
    exec(SLOW.format(start=30, stop=0), namespace)
    with Explorer(namespace["slow"], lifespan="off", settings=Settings(lifespan_timeout_s=0.2)) as explorer:
        with pytest.raises(DeadlineError, match=r"Increase it \(%asgi config lifespan_timeout=60\)"):
            getattr(explorer.lifespan, act)()
        with pytest.raises(DeadlineError, match="Increase the timeout"):
            explorer.lifespan.startup(0.2)
