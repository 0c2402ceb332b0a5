"""The truth about interrupts, as a table: ``python -m tests.kernel.truth [python ...]`` in the root of the checkout.

For each way an endpoint can hang and each kernel: how long the prompt takes to come back after SIGINT, how long the
next request takes then, and what state the explorer is in.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .kernels import LiveKernel, kernel_pythons

HANGING = Path(__file__).with_name("hanging.py").read_text("utf-8")
SET_UP = HANGING + "\nfrom ipyasgi import Explorer, TestClient\nexplorer = Explorer(app)\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """
    One way of hanging.

    :ivar cell: the cell that hangs, through an `Explorer`; ``client_cell`` through a bare ``TestClient``
    :ivar blocks: whether the loop itself is blocked, so that it has to be replaced
    :ivar ends: whether it can be cancelled
    :ivar rounds: how often it is interrupted
    """

    name: str
    cell: str
    client_cell: str = ""
    blocks: bool = False
    ends: bool = True
    rounds: int = 10


def reading(name: str) -> str:
    return f"with {name}.stream('GET', '/stream/async') as response:\n    list(response.iter_bytes())"


def listening(name: str, path: str = "/ws/async") -> str:
    return f"with {name}.websocket_connect('{path}') as websocket:\n    websocket.receive()"


def getting(path: str) -> dict[str, str]:
    return {"cell": f"explorer.get('{path}', timeout=None)", "client_cell": f"client.get('{path}')"}


KINDS = [
    Kind(name="async sleep", **getting("/async")),
    Kind(name="sync endpoint", **getting("/sync"), ends=False, rounds=4),
    Kind(name="CPU-bound in async", **getting("/cpu"), blocks=True, ends=False, rounds=2),
    Kind(name="time.sleep in async", **getting("/time.sleep"), blocks=True, ends=False, rounds=2),
    Kind(name="stream, read", cell=reading("explorer.client"), client_cell=reading("client")),
    Kind(name="stream, endless", **getting("/flood"), rounds=4),
    Kind(name="WebSocket", cell=listening("explorer.client"), client_cell=listening("client")),
    Kind(name="lifespan startup", cell="ways['startup'] = 'async'\nexplorer.lifespan.restart()"),
    Kind(name="lifespan shutdown", cell="ways['shutdown'] = 'async'\nexplorer.lifespan.shutdown()", rounds=4),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """
    One interrupt.

    :ivar back_s: from SIGINT to idle
    :ivar next_s: what the next request took
    """

    error: str
    back_s: float
    next_s: float
    status: str
    traceback: str


def interrupt_once(kernel: LiveKernel, kind: Kind) -> Round:
    """Let it hang, interrupt it, send the next request, and put the kernel in order again."""
    cell = kernel.begin_hanging(kind.cell)
    time.sleep(0.1)
    pressed = kernel.interrupt()
    kernel.finish(cell)
    assert cell.idle_s is not None
    kernel.do("before_s = time.perf_counter(); after = explorer.get('/quick'); next_s = time.perf_counter() - before_s")
    next_s, status = kernel.value("[round(next_s, 4), explorer.lifespan.status]")
    back_s = cell.idle_s - pressed
    return Round(error=cell.error, back_s=back_s, next_s=next_s, status=status, traceback=cell.traceback)


MEND = """
release()
if explorer.lifespan.status != "running":
    explorer.lifespan.startup()
"""


def measure(kernel: LiveKernel, kind: Kind) -> str:
    """Return one row of the table."""
    rounds: list[Round] = []
    for _ in range(kind.rounds):
        rounds.append(interrupt_once(kernel, kind))
        kernel.do(MEND)
    back = [each.back_s * 1000 for each in rounds]
    after = [each.next_s * 1000 for each in rounds]
    kernel.do("time.sleep(0.3)")
    cells = (
        kind.name,
        kernel.label,
        len(rounds),
        "/".join(sorted({each.error for each in rounds})),
        f"{min(back):.0f} / {statistics.median(back):.0f} / {max(back):.0f}",
        f"{statistics.median(after):.0f} (max {max(after):.0f})",
        "/".join(sorted({each.status for each in rounds})),
        ", ".join(kernel.value("our_threads()")),
    )
    return f"| {' | '.join(map(str, cells))} |"


HEADINGS = (
    "kind",
    "kernel",
    "SIGINTs",
    "ends with",
    "prompt back, ms min / median / max",
    "next request, ms",
    "lifespan then",
    "threads then",
)


def main(pythons: list[str]) -> None:
    print(f"| {' | '.join(HEADINGS)} |")
    print("|---" * len(HEADINGS) + "|")
    for python in pythons:
        with tempfile.TemporaryDirectory() as directory:
            kernel = LiveKernel(python, Path(directory))
            try:
                kernel.start()
                kernel.do(SET_UP)
                for kind in KINDS:
                    try:
                        print(measure(kernel, kind), flush=True)
                    except AssertionError as exc:
                        print(f"| {kind.name} | {kernel.label} | FAILED {exc!s:.300} |")
            finally:
                kernel.kill()


if __name__ == "__main__":
    main(sys.argv[1:] or kernel_pythons(sys.executable))
