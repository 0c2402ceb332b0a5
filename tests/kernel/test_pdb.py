"""``--pdb`` in a real kernel and a real terminal: a prompt at breakpoint(), by which one can always leave."""

import re
import sys
from pathlib import Path

import pytest

from .kernels import LiveKernel, kernel_pythons, name_of
from .terminal import Terminal

pytestmark = [pytest.mark.kernel, pytest.mark.serial]

APP = """\
import anyio.to_thread

def work():
    answer = 40
    breakpoint()
    answer += 1
    return answer

async def app(scope, receive, send):
    answer = 40
    if scope["path"] == "/def":
        answer = await anyio.to_thread.run_sync(work)
    elif scope["path"] == "/async":
        breakpoint()
        answer += 1
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"%d" % answer})
"""
PATHS = pytest.mark.parametrize("path", ["/def", "/async"])
LOOPS = pytest.mark.parametrize("loop", ["", "--kernel-loop"], ids=["own-loop", "kernel-loop"])


@pytest.fixture(autouse=True)
def _attached(kernel: LiveKernel, request: pytest.FixtureRequest) -> None:
    loop = request.node.callspec.params.get("loop", "")
    kernel.do("%load_ext ipyasgi")
    kernel.do("%asgi detach" if kernel.value("'explorer' in globals()") else "")
    kernel.do(APP)
    kernel.do(f"explorer = %asgi attach app --no-lifespan {loop}")


def outcome_and_next(kernel: LiveKernel) -> tuple[str, str]:
    """Return how the last request has ended, and what the next one is answered."""
    found: tuple[str, str] = kernel.value("(explorer.history[-1].outcome, explorer.get('/').text)")
    return found


@PATHS
@LOOPS
def test_a_prompt_in_the_cell(kernel: LiveKernel, path: str, loop: str) -> None:
    """The cell asks; what pdb shows is under the cell, and the response comes after ``c``."""
    cell = kernel.begin(f"r = %asgi GET {path} --pdb\nprint('text', r.text, r.output)")
    for typed in ("p answer + 2", "!answer = 6 * 7", "c"):
        assert kernel.wait_asked().strip() in ("ipdb>", "(Pdb)")
        kernel.type(typed)
    kernel.finish(cell)

    assert not cell.error, cell.traceback
    assert "text 43 ()" in cell.text()
    assert "+= 1" in re.sub(r"\x1b\[[\d;]*m", "", cell.text())
    assert "\n42\n" in cell.text()


@PATHS
@LOOPS
@pytest.mark.parametrize("end", ["q", "interrupt"])
def test_leaving(kernel: LiveKernel, path: str, end: str, loop: str) -> None:
    """``q`` and the stop button interrupt the request, and the app answers again."""
    cell = kernel.begin(f"%asgi GET {path} --pdb")
    kernel.wait_asked()
    if end == "q":
        kernel.type("q")
    else:
        kernel.interrupt()
    kernel.finish(cell)

    assert cell.error == "KeyboardInterrupt"
    assert outcome_and_next(kernel) == ("interrupted", "40")


def test_a_front_end_that_cannot_ask(kernel: LiveKernel) -> None:
    """One line says so, and the app answers again."""
    cell = kernel.finish(kernel.begin("%asgi GET /async --pdb", asks=False))

    assert "needs an input prompt, and there is none here" in cell.text("stderr") + cell.traceback
    assert outcome_and_next(kernel)[1] == "40"


@PATHS
@pytest.mark.parametrize("python", kernel_pythons(sys.executable), ids=name_of)
def test_a_prompt_in_the_terminal(python: str, path: str, tmp_path: Path) -> None:
    """The terminal asks, at its own prompt; ``q`` gives IPython's prompt back."""
    (tmp_path / "shop.py").write_text(APP, encoding="utf-8")
    terminal = Terminal(python, tmp_path, "--simple-prompt", "--colors=NoColor", echo=False)
    try:
        terminal.wait_for(r"^In \[1\]: ")
        for number, cell in enumerate(("%load_ext ipyasgi", "e = %asgi shop:app --no-lifespan"), 2):
            terminal.type(f"{cell}\n")
            terminal.wait_for(rf"^In \[{number}\]: ")
        terminal.type(f"r = %asgi GET {path} --pdb\n")
        terminal.wait_for(r"\(Pdb\) |ipdb> ")
        terminal.type("c\n")
        terminal.wait_for(r"^In \[4\]: ")
        start = len(terminal.seen)
        terminal.type(f"print(r.text)\n%asgi GET {path} --pdb\n")
        terminal.wait_for(r"\(Pdb\) |ipdb> ", start=start)
        assert "41" in terminal.plain(start)
        terminal.type("q\n")
        terminal.wait_for(r"^In \[6\]: ", start=start)
        assert "KeyboardInterrupt" in terminal.plain(start)
    finally:
        status = terminal.close()
    assert status == 0
