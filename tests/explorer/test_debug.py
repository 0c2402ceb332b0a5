"""Requests with ``debug="pdb"``: a prompt where the app calls breakpoint(), read by the thread that waits."""

import builtins
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import anyio
import anyio.to_thread
import pytest

from ipyasgi import Explorer
from ipyasgi.engine.loops import Backend
from ipyasgi.errors import RequestError

Answer = str | BaseException
# Since Python 3.13 at the line of breakpoint(), before that at the next one.
_STOPS_AT_BREAKPOINT = sys.version_info >= (3, 13)


def work() -> int:
    answer = 40
    breakpoint()
    answer += 1
    return answer


async def app(scope, receive, send):
    if scope["path"] == "/def":
        answer = await anyio.to_thread.run_sync(work)
    elif scope["path"] == "/input":
        answer = int(input("how many? "))
    else:
        answer = 40
        if scope["path"] == "/async":
            breakpoint()
        await anyio.sleep(0)
        answer += 1
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"%d" % answer})


@pytest.fixture(params=["asyncio", "trio"])
def explorer(request: pytest.FixtureRequest, typed: list[Answer]) -> Iterator[Explorer]:
    """Give an explorer on each backend, whose requests may take three seconds."""
    backend: Backend = request.param
    with Explorer(app, lifespan="off", timeout=3, backend=backend) as found:
        yield found


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """Give the list of what the user will type, or how the input will fail."""
    answers: list[Answer] = []

    def read(prompt: object = "") -> str:
        assert threading.current_thread() is threading.main_thread()
        if isinstance(answer := answers.pop(0), BaseException):
            raise answer
        return answer

    monkeypatch.setattr(builtins, "input", read)
    return answers


@pytest.mark.parametrize("path", ["/def", "/async"])
def test_a_prompt(explorer: Explorer, typed: list[Answer], path: str, capsys: pytest.CaptureFixture[str]) -> None:
    """pdb shows the line, steps over an ``await``, changes variables, and is no output of the app."""
    steps = ["n"] * (1 + (_STOPS_AT_BREAKPOINT and path == "/def"))
    typed += ["p answer", *steps, "!answer = 6 * 7", "c"]
    exchange = explorer.get(path, debug="pdb")
    shown = capsys.readouterr().out

    assert exchange.text == ("42" if path == "/def" else "43")
    assert ("-> answer += 1" if path == "/def" else "-> await anyio.sleep(0)") in shown
    assert "\n40\n" in shown
    assert exchange.output == ()
    assert typed == []


@pytest.mark.parametrize("path", ["/def", "/async"])
def test_stepping_out_of_the_endpoint(explorer: Explorer, typed: list[Answer], path: str) -> None:
    """Steps beyond the user's code end the prompt with the request, and the next request is not traced."""
    typed += ["n"] * 20
    assert explorer.get(path, debug="pdb").text == "41"
    assert explorer.get("/plain").text == "41"

    assert 20 - len(typed) == (3 if path == "/def" else 4) + _STOPS_AT_BREAKPOINT  # its lines, and the return of a def


@pytest.mark.parametrize("path", ["/def", "/async", "/input"])
@pytest.mark.parametrize("end", ["q", KeyboardInterrupt(), EOFError()], ids=["q", "interrupt", "end-of-input"])
def test_leaving(
    explorer: Explorer, typed: list[Answer], path: str, end: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ``q``, an interrupt or the end of the input the request is interrupted, and the app answers again."""
    if path == "/input" and not isinstance(end, KeyboardInterrupt):
        pytest.skip("the app's own business")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    typed.append(end)
    with pytest.raises(KeyboardInterrupt):
        explorer.get(path, debug="pdb")

    assert explorer.history[-1].outcome == "interrupted"
    assert explorer.get("/plain").text == "41"


def test_input_in_an_endpoint(explorer: Explorer, typed: list[Answer]) -> None:
    """``input()`` asks the user too."""
    typed.append("7")
    assert explorer.get("/input", debug="pdb").text == "7"


@pytest.mark.parametrize(
    "failure", [EOFError(), OSError("captured"), RuntimeError("lost sys.stdin")], ids=["end", "captured", "lost"]
)
def test_nobody_can_type(explorer: Explorer, typed: list[Answer], failure: BaseException) -> None:
    """Without an input prompt the error says so, and the app answers again."""
    typed.append(failure)
    with pytest.raises(RequestError, match="needs an input prompt, and there is none here"):
        explorer.get("/async", debug="pdb")
    assert explorer.get("/plain").text == "41"


def test_a_slow_user(typed: list[Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    """The timeout does not count the time at the prompt."""
    slow, read = threading.Event(), builtins.input

    def read_slowly(prompt: object = "") -> str:
        slow.wait(2.5)
        return read(prompt)

    with Explorer(app, lifespan="off", timeout=2) as other:
        monkeypatch.setattr(builtins, "input", read_slowly)
        typed.append("c")
        assert other.get("/async", debug="pdb").text == "41"


def test_other_values_and_the_background(explorer: Explorer) -> None:
    """``debug`` takes one value, and a request without a caller that waits takes none."""
    with pytest.raises(RequestError, match="'pdb' or None, not 'gdb'"):
        explorer.get("/", debug="gdb")  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="without & and not with begin"):
        explorer.begin("GET", "/", debug="pdb")
