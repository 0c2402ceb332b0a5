"""A real ipykernel of any interpreter, driven as a front end drives it: by messages, signals and nothing else."""

from __future__ import annotations

import ast
import os
import queue
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

SOURCE = Path(__file__).parents[2] / "src"
READY_S = 60.0


@dataclass
class Cell:
    """
    What became of one execute request.

    :ivar outputs: iopub messages whose parent is this request, in order
    :ivar idle_s: ``time.monotonic()`` at which the kernel said it was idle again; None until then
    """

    msg_id: str
    outputs: list[Any] = field(default_factory=list)
    idle_s: float | None = None
    asked_s: float = field(default_factory=time.monotonic)

    def text(self, name: str = "stdout") -> str:
        """Return what was printed under this cell so far."""
        return "".join(
            each["content"]["text"]
            for each in self.outputs
            if each["msg_type"] == "stream" and each["content"]["name"] == name
        )

    @property
    def error(self) -> str:
        """The name of the exception the cell ended with; empty for none."""
        return next((each["content"]["ename"] for each in self.outputs if each["msg_type"] == "error"), "")

    @property
    def traceback(self) -> str:
        """The error as the front end shows it."""
        return "\n".join(
            line for each in self.outputs if each["msg_type"] == "error" for line in each["content"]["traceback"]
        )

    @property
    def seconds(self) -> float:
        """How long it took from asking to idle."""
        assert self.idle_s is not None
        return self.idle_s - self.asked_s


class LiveKernel:
    """
    One kernel of ``python``. The checkout's ``src`` comes first on its path, installed there or not.

    :ivar label: such as ``ipykernel 7.4.0, Python 3.11``
    :ivar debug_events: what the debugger has reported so far, such as ``stopped``
    """

    def __init__(self, python: str, directory: Path) -> None:
        self.python = python
        spec = directory / "kernels" / "live" / "kernel.json"
        spec.parent.mkdir(parents=True, exist_ok=True)
        argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec.write_text(
            repr({"argv": argv, "display_name": "live", "language": "python"}).replace("'", '"'), encoding="utf-8"
        )
        # Not measured: tracing would slow down what is timed here, and break up what a signal must not.
        self._env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
            "PYTHONPATH": str(SOURCE),
            "IPYTHONDIR": str(directory / "ipython"),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        self._specs = KernelSpecManager(kernel_dirs=[str(spec.parents[1])], ensure_native_kernel=False)
        self._manager: Any = None
        self._client: Any = None
        self._cells: dict[str, Cell] = {}
        self.debug_events: list[Any] = []
        self.label = ""

    def start(self) -> None:
        """Start the kernel and wait until it answers, in place of the one before."""
        self.kill()
        self._manager = KernelManager(kernel_name="live", kernel_spec_manager=self._specs)
        self._manager.shutdown_wait_time = 30.0  # half of it until the kernel is killed
        self._manager.start_kernel(env=self._env, stderr=subprocess.DEVNULL)
        self._connect()
        (major, minor), version = self.value(f"({_of('sys')}.version_info[:2], {_of('ipykernel')}.__version__)")
        self.label = f"ipykernel {version}, Python {major}.{minor}"

    def _connect(self) -> None:
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=READY_S)

    # -- cells -------------------------------------------------------------------------------------------

    def begin(self, code: str, *, asks: bool = True) -> Cell:
        """Ask for a cell and do not wait; ``asks`` says whether the cell may ask the user."""
        # A kernel that aborts what is queued behind an error says "idle" while it still does, and would abort the next.
        cell = Cell(self._client.execute(code, stop_on_error=False, allow_stdin=asks))
        self._cells[cell.msg_id] = cell
        return cell

    def run(self, code: str, within_s: float = READY_S) -> Cell:
        """Run a cell to its end."""
        return self.finish(self.begin(code), within_s)

    def finish(self, cell: Cell, within_s: float = READY_S) -> Cell:
        """Wait for the end of a cell."""
        self.read_until(lambda: cell.idle_s is not None, within_s)
        return cell

    def do(self, code: str, within_s: float = READY_S) -> Cell:
        """Run a cell that must not raise."""
        cell = self.run(code, within_s)
        assert not cell.error, cell.traceback
        return cell

    def value(self, expression: str, within_s: float = READY_S) -> Any:
        """Return the value of an expression that is a literal."""
        cell = Cell(self._client.execute("", user_expressions={"it": expression}))
        self._cells[cell.msg_id] = cell
        self.finish(cell, within_s)
        reply = self._client.get_shell_msg(timeout=within_s)
        while reply["parent_header"].get("msg_id") != cell.msg_id:
            reply = self._client.get_shell_msg(timeout=within_s)
        found = reply["content"]["user_expressions"]["it"]
        assert found["status"] == "ok", found
        return ast.literal_eval(found["data"]["text/plain"])

    def complete(self, code: str, within_s: float = READY_S) -> list[str]:
        """Return what stands there for a front end that asks at the end of the code."""
        reply = self._client.complete(code, reply=True, timeout=within_s)
        content = reply["content"]
        return [code[: content["cursor_start"]] + text for text in content["matches"]]

    def tell(self, kind: str, **content: Any) -> None:
        """Send a message of that kind on the shell channel, as a widget in the page does."""
        self._client.shell_channel.send(self._client.session.msg(kind, content))

    def debug(self, sequence: int, command: str, arguments: dict[str, Any], within_s: float = 60.0) -> Any:
        """Return the response to a request of the debug protocol, which travels on the control channel."""
        content = {"type": "request", "seq": sequence, "command": command, "arguments": arguments}
        request = self._client.session.msg("debug_request", content)
        self._client.control_channel.send(request)
        while True:
            reply = self._client.get_control_msg(timeout=within_s)
            if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
                return reply["content"]

    def wait_asked(self, within_s: float = READY_S) -> str:
        """Wait until a cell asks the user, and return the prompt."""
        return str(self._client.get_stdin_msg(timeout=within_s)["content"]["prompt"])

    def type(self, text: str) -> None:
        """Answer what the cell asks."""
        self._client.input(text)

    def read_until(self, reached: Callable[[], bool], within_s: float) -> None:
        """Sort iopub messages under their cells until ``reached()``."""
        until = time.monotonic() + within_s
        while not reached():
            left = until - time.monotonic()
            assert left > 0, f"not within {within_s} s; cells so far: {list(self._cells.values())[-2:]}"
            try:
                message = self._client.get_iopub_msg(timeout=left)
            except queue.Empty:
                continue
            if message["msg_type"] == "debug_event":
                self.debug_events.append(message["content"])
            cell = self._cells.get(message["parent_header"].get("msg_id", ""))
            if cell is None:
                continue
            cell.outputs.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                cell.idle_s = time.monotonic()

    def begin_hanging(self, code: str, word: str = "hangs") -> Cell:
        """Ask for a cell and return once it has printed ``word``."""
        cell = self.begin(code)
        self.read_until(lambda: word in cell.text() or cell.idle_s is not None, READY_S)
        assert cell.idle_s is None, f"the cell ended: {cell.text()} {cell.traceback}"
        return cell

    # -- signals and ends --------------------------------------------------------------------------------

    def interrupt(self) -> float:
        """Send SIGINT as the stop button does; return when."""
        self._manager.interrupt_kernel()
        return time.monotonic()

    def shut_down(self, within_s: float = READY_S) -> tuple[float, int | None]:
        """Ask the kernel to end; return the seconds that took and its exit code, None when it did not end."""
        process = self._manager.provisioner.process
        began = time.monotonic()
        self._client.shutdown()
        while process.poll() is None and time.monotonic() < began + within_s:
            time.sleep(0.01)
        return time.monotonic() - began, process.poll()

    def restart(self) -> float:
        """Restart as a front end does; return the seconds until the old kernel was gone. The new one answers."""
        began = time.monotonic()
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=False, restart=True)
        gone_s = time.monotonic() - began
        self._manager.start_kernel(env=self._env, stderr=subprocess.DEVNULL)
        self._connect()
        return gone_s

    def start_again(self) -> None:
        """Start it anew if it was shut down."""
        if not self._manager.is_alive():
            self.start()

    def kill(self) -> None:
        """Leave nothing behind."""
        client, self._client = self._client, None
        if client is not None:
            client.stop_channels()
        manager, self._manager = self._manager, None
        if manager is not None:
            manager.shutdown_kernel(now=True)
            manager.cleanup_resources()


def _of(module: str) -> str:
    return f"__import__('{module}')"


def kernel_pythons(default: str) -> list[str]:
    """Return the interpreters whose kernels are to be tried: ``IPYASGI_KERNEL_PYTHONS``, else the default."""
    return [each for each in os.environ.get("IPYASGI_KERNEL_PYTHONS", "").split(os.pathsep) if each] or [default]


def hosted_pythons() -> list[str]:
    """Return the interpreters with the versions of hosted notebooks, Google Colab's first; or none."""
    return list(filter(None, os.environ.get("IPYASGI_HOSTED_PYTHONS", "").split(os.pathsep)))


def name_of(python: str) -> str:
    """Return the name of an interpreter's environment, as an id of tests."""
    return Path(python).parents[1].name


ON_HOSTED_TOO = pytest.mark.parametrize(
    "kernel", [*kernel_pythons(sys.executable), *hosted_pythons()], ids=name_of, indirect=True, scope="module"
)
"""For tests that take ``kernel``: they run on those with the versions of hosted notebooks too."""


def bundle(cell: Cell) -> dict[str, str]:
    """Return the display data of a cell's value."""
    found = [each["content"]["data"] for each in cell.outputs if each["msg_type"] == "execute_result"]
    assert len(found) == 1, cell.outputs
    return found[0]
