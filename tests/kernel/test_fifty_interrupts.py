"""Fifty interrupts in a row of each kind of endpoint: the prompt comes back each time, and nothing wears out.

Each SIGINT is sent as soon as the endpoint says that it hangs, and the next cell is the next request, so nothing has
time to recover. What cannot be cancelled is let go at the beginning of the next cell: a loop that is lost for good is
`test_interrupt`'s. The times asserted are looser than those promised: other work may share the machine.
"""

import statistics
import time
from dataclasses import dataclass

import pytest

from .kernels import LiveKernel
from .test_interrupt import BEST_S, PROMPT_S, WORST_S, wait_for_threads
from .truth import MEND, SET_UP

pytestmark = [pytest.mark.kernel, pytest.mark.slow, pytest.mark.timeout(240)]

ROUNDS = 50
TASKS = """
import asyncio
async def count_tasks():
    return len(asyncio.all_tasks()) - 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One kind of endpoint.

    :ivar cell: hangs in it
    :ivar kept: whether each interrupt is an exchange of the history
    :ivar then: the lifespan's status after one
    """

    name: str
    cell: str
    kept: bool = True
    then: str = "running"


ROWS = [
    Row(name="async", cell="explorer.get('/async', timeout=None)"),
    Row(name="sync", cell="release(); explorer.get('/sync', timeout=None)"),
    Row(name="streaming", cell="explorer.get('/stream/async', timeout=None)"),
    Row(
        name="WebSocket",
        cell="with explorer.client.websocket_connect('/ws/async') as websocket:\n    websocket.receive()",
        kept=False,
    ),
    Row(
        name="lifespan",
        cell="ways['startup'] = 'async'\nexplorer.lifespan.restart()",
        kept=False,
        then="startup failed",
    ),
    Row(name="CPU-bound", cell="release(); explorer.get('/cpu', timeout=None)"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_fifty_in_a_row(kernel: LiveKernel, row: Row) -> None:
    """Fifty times KeyboardInterrupt and the prompt; then loop, lifespan and history work, no thread or task is left."""
    if not kernel.value("'count_tasks' in globals()"):
        kernel.do(SET_UP + TASKS)
    kernel.do(MEND)
    tasks = kernel.value("explorer.client.call(count_tasks)")
    back = []
    errors = set()
    for _ in range(ROUNDS):
        cell = kernel.begin_hanging(row.cell)
        pressed_s = kernel.interrupt()
        kernel.finish(cell)
        assert cell.idle_s is not None
        back.append(cell.idle_s - pressed_s)
        errors.add(cell.error)

    median_s, over = statistics.median(back), sum(one > PROMPT_S for one in back)
    print(
        f"{row.name} on {kernel.label}: {ROUNDS} interrupts, prompt back after {median_s:.3f} s (median), "
        f"{max(back):.3f} s (worst), {over} later than {PROMPT_S} s"
    )
    assert errors == {"KeyboardInterrupt"}
    assert median_s < BEST_S
    assert max(back) < WORST_S
    assert kernel.value("explorer.lifespan.status") == row.then
    kernel.do(MEND)
    kernel.do("assert explorer.get('/quick').text == 'ok' and explorer.lifespan.status == 'running'", within_s=5)
    if row.kept:
        kept = kernel.value("[each.outcome for each in list(explorer.history)[-51:]]")
        assert kept == ["interrupted"] * ROUNDS + ["200 OK"]
    wait_for_threads(kernel)
    until_s = time.monotonic() + 5
    while (left := kernel.value("explorer.client.call(count_tasks)")) > tasks:
        assert time.monotonic() < until_s, f"{left - tasks} tasks are left over"
        time.sleep(0.05)
