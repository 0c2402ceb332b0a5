"""Interrupting a cell that waits for the app: the prompt is back in half a second, and the next request works.

What `truth.py` printed on two cores when this was written (ipykernel 7.4 and 6.29, ten SIGINTs each): 0.05 to 0.2 s
where the app can be cancelled, 0.25 to 0.3 s where it cannot (0.2 s of that is the grace it is given), up to 0.55 s
while it spins in pure Python, because IPython then draws the traceback with half the processor. A loop that is
blocked is replaced by the next request, which takes that one second longer (``SUSPECT_PATIENCE_S``).

The times asserted are looser than the ones promised: other work may share the machine.
"""

import statistics
import time

import pytest

from .kernels import LiveKernel
from .truth import KINDS, MEND, SET_UP, Kind, Round, interrupt_once

pytestmark = [pytest.mark.kernel, pytest.mark.serial]

PROMPT_S = 0.5
BEST_S, WORST_S = 8 * PROMPT_S, 15.0
LIFESPAN_THEN = {"lifespan startup": "startup failed", "lifespan shutdown": "shutdown failed"}


@pytest.fixture(autouse=True)
def _attached(kernel: LiveKernel) -> None:
    if not kernel.value("'explorer' in globals()"):
        kernel.do(SET_UP)
    kernel.do(MEND + grace_of(ends=False))


def grace_of(*, ends: bool) -> str:
    """Return code that gives an app that can be cancelled longer to end: a busy machine may leave it no turn."""
    return f"from ipyasgi.engine import graces\ngraces.CANCEL_S = {5.0 if ends else 0.2}"


def judge(rounds: list[Round], what: str, next_s: float = 2.0) -> None:
    back = sorted(each.back_s for each in rounds)
    print(f"{what}: prompt back after {back[0]:.3f} / {statistics.median(back):.3f} / {back[-1]:.3f} s")
    assert {each.error for each in rounds} == {"KeyboardInterrupt"}
    assert back[0] < BEST_S
    assert back[-1] < WORST_S
    assert min(each.next_s for each in rounds) < next_s


def wait_for_threads(kernel: LiveKernel) -> None:
    """One loop is left, and no more idle workers than anyio keeps for reuse."""
    kernel.do("release()")
    until = time.monotonic() + 60
    while True:
        names = kernel.value("our_threads()")
        if names.count("ipyasgi-loop") == 1 and len(names) <= 5:
            return
        assert time.monotonic() < until, names
        time.sleep(0.05)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "-"))
def test_the_prompt_comes_back(kernel: LiveKernel, kind: Kind) -> None:
    """However the app hangs: KeyboardInterrupt, the next request works, the state has a name, nothing piles up."""
    before = kernel.value("len(explorer.history)")
    rounds = []
    kernel.do(grace_of(ends=kind.ends))
    for _ in range(kind.rounds):
        rounds.append(interrupt_once(kernel, kind))
        kernel.do(MEND)
    judge(rounds, f"{kind.name} on {kernel.label}", 6.0 if kind.blocks else 2.0)
    then = "lost" if kind.blocks else LIFESPAN_THEN.get(kind.name, "running")
    assert {each.status for each in rounds} == {then}
    assert kernel.value("len(explorer.history)") >= before + kind.rounds
    wait_for_threads(kernel)


def test_an_interrupted_request_is_cancelled_and_kept(kernel: LiveKernel) -> None:
    """The app's coroutine is cancelled, and the exchange is in the history with the interrupt as its exception."""
    kernel.do("log.clear()\n" + grace_of(ends=True))
    interrupt_once(kernel, KINDS[0])
    assert kernel.value("log") == ["cancelled"]
    kept = "[(type(each.exception).__name__, each.run.outcome) for each in list(explorer.history)[-2:]]"
    assert kernel.value(kept) == [("KeyboardInterrupt", "cancelled"), ("NoneType", "returned")]


def test_abandoned_endpoints_starve_nobody(kernel: LiveKernel) -> None:
    """An endpoint left behind in its thread gives its place in the thread limit back, and takes it again at its end."""
    kernel.do("explorer.client.call(thread_limit, 1)")
    for _ in range(2):
        interrupt_once(kernel, KINDS[1])
    kernel.do("assert explorer.get('/threaded').status_code == 200")
    assert kernel.value("explorer.client.call(thread_limit)") == 3
    kernel.do("release()")
    until = time.monotonic() + 60
    while (limit := kernel.value("explorer.client.call(thread_limit)")) != 1:
        assert time.monotonic() < until, f"a limit of {limit}, though nothing is left behind"
        time.sleep(0.05)
    kernel.do("explorer.client.call(thread_limit, 40)")


@pytest.mark.parametrize(
    "kind", [KINDS[0], *(each for each in KINDS if each.name in LIFESPAN_THEN)], ids=lambda kind: kind.name
)
def test_the_traceback_is_short(kernel: LiveKernel, kind: Kind) -> None:
    """Where we waited is not shown: the frames of httpx and of the engine say nothing about an interrupt."""
    traceback = interrupt_once(kernel, kind).traceback
    assert "explorer" in traceback
    assert [file for file in ("_client.py", "call.py", "inbox.py") if file in traceback] == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.client_cell], ids=lambda kind: kind.name)
def test_a_bare_client_is_as_good(kernel: LiveKernel, kind: Kind) -> None:
    """A `TestClient` outside ``with`` lets go as fast, and its shared loop is replaced when it is blocked."""
    kernel.do("client = TestClient(app)\nclient.get('/quick')")
    cell = kernel.begin_hanging(kind.client_cell)
    time.sleep(0.1)
    pressed = kernel.interrupt()
    kernel.finish(cell)
    assert cell.error == "KeyboardInterrupt"
    assert cell.idle_s is not None
    print(f"{kind.name}, bare client, on {kernel.label}: {cell.idle_s - pressed:.3f} s")
    assert cell.idle_s - pressed < WORST_S
    kernel.do("assert client.get('/quick').text == 'ok'")
    kernel.do("release(); client.close(); del client")
    wait_for_threads(kernel)


@pytest.mark.parametrize("path", ["/async", "/sync", "/time.sleep", "/stream/time.sleep", "/ws/time.sleep"])
def test_pressing_twice_is_harmless(kernel: LiveKernel, path: str) -> None:
    """A second SIGINT during the grace of the first ends the wait at once and leaves nothing in doubt."""
    if path.startswith("/ws"):
        code = f"with explorer.client.websocket_connect('{path}') as websocket:\n    websocket.receive()"
    elif path.startswith("/stream"):
        code = f"with explorer.client.stream('GET', '{path}') as response:\n    response.read()"
    else:
        code = f"explorer.get('{path}', timeout=None)"
    cell = kernel.begin_hanging(code)
    pressed = kernel.interrupt()
    time.sleep(0.05)
    kernel.interrupt()
    kernel.finish(cell)
    assert cell.idle_s is not None
    assert cell.idle_s - pressed < WORST_S
    kernel.do("assert explorer.get('/quick').status_code == 200")
    wait_for_threads(kernel)


@pytest.mark.parametrize("path", ["/stream/tidy", "/ws/tidy"])
def test_leaving_a_with_block_by_interrupt_does_not_wait_for_the_app(kernel: LiveKernel, path: str) -> None:
    """An app that takes its time to clean up after the disconnect is not waited for when it was an interrupt."""
    call = "websocket_connect(" if path.startswith("/ws") else "stream('GET', "
    took = []
    for _ in range(3):
        cell = kernel.begin_hanging(f"with explorer.client.{call}'{path}'):\n    say('hangs'); time.sleep(60)")
        pressed = kernel.interrupt()
        kernel.finish(cell)
        assert cell.error == "KeyboardInterrupt"
        assert cell.idle_s is not None
        took.append(cell.idle_s - pressed)
    print(f"{path} on {kernel.label}: {sorted(took)}")
    assert min(took) < 12  # the app takes twenty
    kernel.do("assert explorer.get('/quick').status_code == 200")


@pytest.mark.parametrize("way", ["async", "sync", "time.sleep"])
def test_attaching_can_be_interrupted(kernel: LiveKernel, way: str) -> None:
    """A startup that hangs, cancellable or not, does not keep `Explorer(app)` from letting go."""
    cell = kernel.begin_hanging(f"ways['startup'] = '{way}'\nother = Explorer(app)")
    pressed = kernel.interrupt()
    kernel.finish(cell)
    assert cell.error == "KeyboardInterrupt"
    assert cell.idle_s is not None
    print(f"attach, {way}, on {kernel.label}: {cell.idle_s - pressed:.3f} s")
    assert cell.idle_s - pressed < WORST_S
    kernel.do("release(); other = Explorer(app); assert other.lifespan.status == 'running'; other.close()")
    wait_for_threads(kernel)


STORM = """
import random, signal

def storm(send, most):
    hits, until = 0, time.monotonic() + 90
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    while hits < most and time.monotonic() < until:
        try:
            signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0002, 0.006))
            send('/counted', timeout=1)
        except KeyboardInterrupt:
            hits += 1
        except TimeoutError:  # CPython drops an interrupt that hits the callback of a weak reference, here anyio's
            pass
    return hits
"""


@pytest.mark.parametrize("sender", ["explorer.get", "client.get"])
def test_interrupts_at_any_moment(kernel: LiveKernel, sender: str) -> None:
    """Hundreds of interrupts wherever they hit a request: no call of the app is left behind, no lock, no thread."""
    kernel.do(STORM + "client = TestClient(app)\nclient.get('/quick')")
    kernel.do(f"hits = storm({sender}, 200)", within_s=120)
    assert kernel.value("hits") == 200
    kernel.do(f"assert {sender}('/quick').status_code == 200")
    until = time.monotonic() + 60
    while kernel.value("counted"):
        assert time.monotonic() < until, "calls of the app run on that nobody waits for"
        time.sleep(0.05)
    kernel.do("client.close(); del client")
    wait_for_threads(kernel)
