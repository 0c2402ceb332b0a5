"""A real IPython in a pseudo-terminal of any interpreter, driven by what is typed and read by what is on the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path

from .kernels import SOURCE
from .session import CELLS, Outcome, read_outcome

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()=>][0-9A-B]?|\x1b\][^\x07]*\x07")
_ERROR = re.compile(r"^(\w+: .*)$", re.MULTILINE)
_PROMPT = re.compile(r"^In \[(\d+)\]: ", re.MULTILINE)


class Terminal:
    """
    One IPython.

    :param folder: its own place, with no configuration and no history
    :param options: of ``ipython``
    :param echo: whether the terminal shows what is typed
    :param heard: called with each piece of text as it comes
    """

    def __init__(
        self,
        python: str,
        folder: Path,
        *options: str,
        echo: bool = True,
        heard: Callable[[str], object] = lambda text: None,
    ) -> None:
        self.seen = ""
        self._heard = heard
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
        if not echo:
            settings = termios.tcgetattr(side)
            settings[3] &= ~termios.ECHO
            termios.tcsetattr(side, termios.TCSANOW, settings)
        env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
        env |= {"PYTHONPATH": str(SOURCE), "IPYTHONDIR": str(folder), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self._process = subprocess.Popen(
            [python, "-m", "IPython", "--no-banner", "--no-confirm-exit", *options],
            stdin=side, stdout=side, stderr=side, env=env, start_new_session=True, cwd=folder,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # or Ctrl-C would be no signal
        )  # fmt: skip
        os.close(side)

    def type(self, text: str) -> None:
        """Send keys."""
        os.write(self._main, text.encode())

    def read(self, seconds: float) -> str:
        """Return what comes within the time, and perhaps nothing."""
        if not select.select([self._main], [], [], seconds)[0]:
            return ""
        try:
            text = os.read(self._main, 65536).decode(errors="replace")
        except OSError:  # it has ended
            time.sleep(min(seconds, 0.01))
            return ""
        self.seen += text
        self._heard(text)
        return text

    def wait_for(self, pattern: str, within_s: float = 90.0, *, start: int = 0) -> re.Match[str]:
        """Read until a pattern is on the screen, in what came after ``start``; it must come within the time."""
        until_s = time.monotonic() + within_s
        while (found := re.search(pattern, self.plain(start), re.MULTILINE)) is None:
            assert time.monotonic() < until_s, f"{pattern!r} did not come: {self.plain(start)[-2000:]!r}"
            self.read(0.2)
        return found

    def plain(self, start: int = 0, *, keep_returns: bool = False) -> str:
        """
        Return what was shown after ``start``, without colours and movements.

        :param keep_returns: give what was written over a line as another line
        """
        text = _ANSI.sub("", self.seen[start:]).replace("\r\n", "\n")
        return text.replace("\r", "\n" if keep_returns else "")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.type("\x03")

    def close(self) -> int:
        """Leave, and return the exit status; what does not leave is killed."""
        try:
            self.type("\x15exit\n")  # Ctrl-U: whatever has been typed goes
            until_s = time.monotonic() + 60
            while self._process.poll() is None and time.monotonic() < until_s:
                self.read(0.1)
        finally:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            status = self._process.wait()
            os.close(self._main)
        return status


def run_in_terminal(python: str, folder: Path) -> list[Outcome]:
    """Return what became of each cell of the session at a plain prompt."""
    terminal = Terminal(python, folder, "--simple-prompt", "--colors=NoColor", echo=False)
    try:
        terminal.wait_for(r"^In \[1\]: ")
        for number, cell in enumerate(CELLS, 1):
            terminal.type(f"{cell}\n")
            terminal.wait_for(rf"^In \[{number + 1}\]: ")
    finally:
        status = terminal.close()
    assert status == 0
    shown = _PROMPT.split(terminal.plain())[2::2]
    return [_read_screen(text, number) for number, text in enumerate(shown[: len(CELLS)], 1)]


def _read_screen(text: str, number: int) -> Outcome:
    if "Traceback (most recent call last)" in text:
        return read_outcome(error=_ERROR.findall(text)[-1])
    printed, _, value = text.partition(f"Out[{number}]: ")
    return read_outcome(printed=printed, value=value)
