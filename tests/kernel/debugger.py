"""A debugger's front end, as JupyterLab is one: requests of the debug protocol, and the events that answer them."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from .kernels import Cell, LiveKernel


class Debugger:
    """
    The debugger of one kernel, attached by `attach` as the bug button does it.

    :param my_code: whether only the user's code is traced, a setting of JupyterLab
    """

    def __init__(self, kernel: LiveKernel, *, my_code: bool = False) -> None:
        self._kernel = kernel
        self._my_code = my_code
        self._numbers = itertools.count(1)
        self._seen = len(kernel.debug_events)

    def ask(self, command: str, **arguments: Any) -> Any:
        """Send a request that must succeed; return the body of its response."""
        response = self._kernel.debug(next(self._numbers), command, arguments)
        assert response.get("success"), (command, response)
        return response.get("body")

    def attach(self) -> None:
        """Press the bug button."""
        self.ask("initialize", clientID="test", adapterID="", pathFormat="path", linesStartAt1=True)
        self.ask("attach", justMyCode=self._my_code)
        self.ask("configurationDone")

    def detach(self) -> None:
        """Press it again."""
        self.ask("disconnect", restart=False, terminateDebuggee=False)

    def path_of_cell(self, code: str) -> str:
        """Return the file name under which the debugger knows a cell."""
        return str(self.ask("dumpCell", code=code)["sourcePath"])

    def set_breakpoints(self, path: str | Path, *lines: int) -> None:
        """Set the breakpoints of a file, in place of those it has."""
        places = [{"line": line} for line in lines]
        found = self.ask("setBreakpoints", source={"path": str(path)}, breakpoints=places, sourceModified=False)
        assert [one["verified"] for one in found["breakpoints"]] == [True] * len(lines)

    def wait_stop(self, cell: Cell, within_s: float = 60.0) -> Stop:
        """Wait until a thread stops while the cell runs."""
        stops: list[Any] = []

        def stopped() -> bool:
            new = self._kernel.debug_events[self._seen :]
            self._seen = len(self._kernel.debug_events)
            stops.extend(one["body"] for one in new if one["event"] == "stopped")
            return bool(stops) or cell.idle_s is not None

        self._kernel.read_until(stopped, within_s)
        assert stops, f"the cell ended: {cell.text()} {cell.text('stderr')} {cell.traceback}"
        return Stop(self, stops[0]["threadId"])


class Stop:
    """
    A thread that stands at a line.

    :ivar thread: its name
    :ivar function: the name of the innermost frame, which is at ``line`` of ``path``
    """

    def __init__(self, debugger: Debugger, ident: int) -> None:
        self._debugger, self._ident = debugger, ident
        names = {one["id"]: one["name"] for one in debugger.ask("threads")["threads"]}
        self.thread = names[ident]
        self._frame = debugger.ask("stackTrace", threadId=ident)["stackFrames"][0]
        self.function, self.line = self._frame["name"], self._frame["line"]
        self.path = self._frame["source"]["path"]

    def local_names(self) -> dict[str, str]:
        """Return the local variables as they are shown."""
        scope = self._debugger.ask("scopes", frameId=self._frame["id"])["scopes"][0]
        found = self._debugger.ask("variables", variablesReference=scope["variablesReference"])
        return {one["name"]: one["value"] for one in found["variables"]}

    def go_on(self) -> None:
        """Press "continue"."""
        self._debugger.ask("continue", threadId=self._ident)
