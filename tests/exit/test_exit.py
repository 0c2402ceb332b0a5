"""The interpreter ends while an app is attached: at once, with the right code, its lifespan shut down, and no noise.

Measured on 3.11.7, 3.12.1 and 3.13.0: the loops' threads go on while atexit runs, so a shutdown that only awaits always
comes to its end. A new thread (anyio's or trio's workers) is refused on 3.12 only, ``asyncio.to_thread`` on all three.
Then one line on stderr names the app and says why. After SIGTERM without a handler, and ``os._exit``, nothing runs.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"
END_S = 12.0
"""What is waited for by mistake takes a minute."""
_LISTED = [each for each in os.environ.get("IPYASGI_EXIT_PYTHONS", "").split(os.pathsep) if each]
PYTHONS = [sys.executable, *_LISTED]
PROMISE = "ipyasgi: the lifespan shutdown of shop did not finish at interpreter exit: "

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("python", PYTHONS, ids=[Path(each).parents[1].name for each in PYTHONS]),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """
    How a process ended.

    :ivar seconds: from the script's last word to the process's end
    """

    code: int
    seconds: float
    out: list[str]
    err: str


def end_of(python: str, script: str, exit_s: float = 10.0) -> End:
    """
    Run a script, and time its end from where it says "ends".

    :param exit_s: how long the apps may take to shut down: usually 1.2 s, in which on a busy machine they may not
    """
    # A runner that was started with SIGINT ignored (nohup, a shell's background job) hands that down to its children.
    restored = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    patience = f"import ipyasgi.engine.exit\nipyasgi.engine.exit.EXIT_S = {exit_s}\n"
    code = f"{restored}{patience}from ending import *\n{script}\n"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCE), str(HERE)])}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        process = subprocess.Popen([python, "-c", code], env=environment, text=True, stdout=subprocess.PIPE, stderr=err)
        watchdog = threading.Timer(50, process.kill)
        watchdog.start()
        out: list[str] = []
        said_s = time.monotonic()
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                out.append(line.strip())
                if out[-1] == "ends":
                    said_s = time.monotonic()
        returned = process.wait()
        seconds = time.monotonic() - said_s
        watchdog.cancel()
        err.seek(0)
        told = err.read()
    print(f"ended after {seconds:.2f} s: {told.strip()}")
    return End(code=returned, seconds=seconds, out=out, err=told)


@pytest.mark.parametrize(
    ("last", "code", "told"),
    [
        ("", 0, ""),
        ("raise ValueError('mine')", 1, "ValueError: mine"),
        ("raise SystemExit(7)", 7, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGINT); time.sleep(5)", -2, "KeyboardInterrupt"),
    ],
    ids=["falls off the end", "raises", "exits", "interrupted"],
)
def test_however_it_ends_the_app_is_shut_down(python: str, last: str, code: int, told: str) -> None:
    """The end of the script, an exception, ``sys.exit`` and Ctrl+C: the code is theirs, the shutdown has run."""
    end = end_of(python, f"explorer = attach()\nsay('ends')\n{last}")
    assert end.code == code
    assert end.out == ["ends", "shut down"]
    assert end.seconds < END_S
    assert end.err.strip().endswith(told) if told else end.err == ""


def test_sigterm_ends_it_as_always(python: str) -> None:
    """SIGTERM without a handler ends the process on the spot: nothing runs, and nothing is said."""
    end = end_of(python, "import os, signal\nexplorer = attach()\nsay('ends')\nos.kill(os.getpid(), signal.SIGTERM)")
    assert (end.code, end.out, end.err) == (-15, ["ends"], "")
    assert end.seconds < END_S


ALL_UNDER_WAY = """
pending = [submit(explorer, path) for path in ("/async", "/sync")]
stream = read_one(explorer.client)
session = enter(explorer.client.websocket_connect("/ws"))
task = explorer.client.portal.start_task_soon(anyio.sleep, 60)
"""


@pytest.mark.parametrize(
    "work",
    [
        f"explorer = attach(){ALL_UNDER_WAY}",
        f"explorer = attach(backend='trio'){ALL_UNDER_WAY}",
        "explorer = attach(lifespan='off'); explorer.lifespan.step(); explorer.lifespan.step()",
    ],
    ids=["asyncio", "trio", "stepped"],
)
def test_work_under_way_does_not_hold_it_up(python: str, work: str) -> None:
    """Requests, a stream, a socket, a task, a step that have not ended: all quiet, and the shutdown has run."""
    end = end_of(python, f"{work}\nsay('ends')", exit_s=3.0)  # all of it, where trio waits for the endpoint's thread
    assert end.err == ""
    assert end.code == 0
    assert [each for each in end.out if each != "under way"] == ["ends", "shut down"]
    assert end.seconds < END_S


def test_bare_clients_end_quietly(python: str) -> None:
    """A client outside ``with`` has no lifespan to shut down; its loop ends once the last thread has used it."""
    script = """
import threading
from ipyasgi import TestClient
client = TestClient(build_app())
stream = read_one(client)
def get():
    time.sleep(0.2)
    say(client.get("/").text)
threading.Thread(target=get).start()
say("ends")
"""
    end = end_of(python, script)
    assert (end.code, end.out, end.err) == (0, ["ends", "ok"], "")
    assert end.seconds < END_S


@pytest.mark.parametrize(
    ("script", "reasons"),
    [
        ("[attach('hangs'), attach('blocks')]", ["no lifespan.shutdown.complete within"] * 2),
        ("[attach('raises'), attach('asyncio thread')]", ["OSError: the disk is full", "RuntimeError: can"]),
        ("attach(); submit(all, '/blocking')", ["no lifespan.shutdown.complete within"]),
    ],
    ids=["too slow", "raises", "blocked loop"],
)
def test_what_could_not_run_is_said_in_one_line(python: str, script: str, reasons: list[str]) -> None:
    """A shutdown that hangs, blocks, raises or needs a thread pool: the process ends; a line each says what and why."""
    end = end_of(python, f"all = {script}\nsay('ends')", exit_s=1.5)
    assert end.code == 0
    assert "shut down" not in end.out
    lines = sorted(end.err.splitlines())
    assert len(lines) == len(reasons)
    for line, reason in zip(lines, reasons, strict=True):
        assert line.startswith(PROMISE + reason)
    assert end.seconds < END_S


def test_a_shutdown_that_needs_a_new_thread(python: str) -> None:
    """Where no thread can be started any more (Python 3.12), that is what the line says; elsewhere it runs."""
    end = end_of(python, "all = [attach('anyio thread', backend=each) for each in ('asyncio', 'trio')]\nsay('ends')")
    assert end.code == 0
    assert end.seconds < END_S
    lines = end.err.splitlines()
    assert end.out.count("shut down") + len(lines) == 2
    assert all(line.startswith(f"{PROMISE}RuntimeError: can't create new thread") for line in lines)


def test_an_idle_worker_thread_is_enough(python: str) -> None:
    """An app whose worker thread exists already can use it to shut down, on every version."""
    script = "explorer = attach('anyio thread')\nexplorer.client.call(anyio.to_thread.run_sync, time.time)\nsay('ends')"
    end = end_of(python, script)
    assert (end.code, end.out, end.err) == (0, ["ends", "shut down"], "")


def test_many_share_one_deadline(python: str) -> None:
    """Three apps whose shutdown hangs cost no more time than one, and leave time for those that can shut down."""
    end = end_of(
        python, "all = [attach(each) for each in ('hangs', 'quick', 'hangs', 'quick', 'hangs')]\nsay('ends')", 2.0
    )
    assert end.code == 0
    assert end.out == ["ends", "shut down", "shut down"]
    assert end.err.count(PROMISE) == end.err.count("\n") == 3
    assert end.seconds < END_S


def test_a_forked_child_leaves_its_parent_s_app_alone(python: str) -> None:
    """The child of a fork ends at once and shuts nothing down; the parent does so once."""
    script = (
        "import os, warnings\nwarnings.simplefilter('ignore')\nexplorer = attach()\nchild = os.fork()\n"
        "if child:\n    os.waitpid(child, 0)\n    say('ends')"
    )
    end = end_of(python, script)
    assert (end.code, end.out, end.err) == (0, ["ends", "shut down"], "")
    assert end.seconds < END_S


def test_a_block_that_was_interrupted_is_said(python: str) -> None:
    """A loop that an interrupted request left blocked: the process ends, and one line says what did not run."""
    script = """
import signal
from ipyasgi import TestClient
client = TestClient(build_app()).__enter__()
signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, 0.3)
try:
    client.get("/blocking")
except KeyboardInterrupt:
    say("ends")
"""
    end = end_of(python, script)
    assert end.code == 0
    assert "shut down" not in end.out
    assert end.err.startswith(PROMISE + "LoopError: something blocks the event loop")
    assert len(end.err.splitlines()) == 1
    assert end.seconds < END_S
