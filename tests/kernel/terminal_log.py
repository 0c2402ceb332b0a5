"""A session in a real IPython terminal as plain text with times: ``python -m tests.kernel.terminal_log [file]``.

Every line is what had changed on the screen by then, after so many seconds, in the way of an asciicast but to be read
without a player. Colours and movements of the cursor are left out, and what was typed is said.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from .terminal import Terminal

PROMPT = r"In \[{}\]:"


@dataclass
class Log:
    """What has happened so far, each with its seconds since the start."""

    began_s: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)

    def add(self, kind: str, text: str) -> None:
        """Add a line; ``kind`` is ``i`` for what was typed, ``o`` for the screen and ``#`` for a remark."""
        at_s = time.monotonic() - self.began_s
        self.lines += [f"{at_s:8.3f} {kind} {line}".rstrip() for line in text.splitlines()]


class Session:
    """Types cells into a terminal and logs what the screen shows after each."""

    def __init__(self, terminal: Terminal, log: Log) -> None:
        self._terminal, self._log = terminal, log
        self._number = 1

    def ready(self) -> None:
        """Wait for the first prompt."""
        self._terminal.wait_for(PROMPT.format(1))

    def cell(self, text: str, *, within_s: float = 40.0) -> None:
        """Type a cell, and wait for the next prompt."""
        self.begin(text)
        self.finish(within_s)

    def begin(self, text: str) -> None:
        """Type a cell and press Enter."""
        self._log.add("i", f"{text}⏎")
        self._start = len(self._terminal.seen)
        self._terminal.type(f"{text}\n")

    def finish(self, within_s: float = 40.0) -> None:
        """Log what comes until the next prompt."""
        self._number += 1
        prompt = PROMPT.format(self._number)
        self._terminal.wait_for(prompt, within_s, start=self._start)
        shown = re.split(prompt, self._terminal.plain(self._start, keep_returns=True))[0]
        self._log.add("o", "\n".join(line.rstrip() for line in shown.splitlines() if line.strip()))

    def press(self, what: str, keys: str) -> None:
        """Press keys that are no cell, and log what is drawn until the screen has been quiet for a while."""
        self._log.add("i", what)
        start = len(self._terminal.seen)
        self._terminal.type(keys)
        until_s = time.monotonic() + 10
        while (self._terminal.read(1.5) or len(self._terminal.seen) == start) and time.monotonic() < until_s:
            pass
        self._log.add("o", " ".join(self._terminal.plain(start).split()))

    def interrupt(self, text: str, after_s: float) -> None:
        """Type a cell that goes on for long, press Ctrl-C, and say how long the prompt took."""
        self.begin(text)
        until_s = time.monotonic() + after_s
        while time.monotonic() < until_s:
            self._terminal.read(0.05)
        self._log.add("i", "Ctrl-C")
        pressed_s = time.monotonic()
        self._terminal.interrupt()
        self.finish()
        self._log.add("#", f"the prompt was back after {time.monotonic() - pressed_s:.2f} s")


def record(python: str, folder: Path) -> str:
    """Return the log of the session."""
    log = Log()
    terminal = Terminal(python, folder, "--simple-prompt", "--colors=NoColor", echo=False)
    session = Session(terminal, log)
    try:
        session.ready()
        for cell in (
            "%load_ext ipyasgi",
            "explorer = %asgi ipyasgi.samples.shop:app",
            "explorer",
            "%asgi GET /items limit==2",
            "%asgi POST /items name=saucer price:=3",
            "%asgi POST /items name=",
            "%asgi GET /boom",
            "%asgi tb",
            "%asgi gett /items",
            "pending = %asgi GET /slow seconds==1 &",
            "pending",
            "pending.result(20).status_code",
            "%asgi history",
            "%asgi replay 1-3",
            "%asgi diff r1 r2",
            "%asgi export r2 curl",
            "%asgi lifespan stop",
            "%asgi lifespan step",
            "%asgi lifespan step",
            "%asgi lifespan start",
        ):
            session.cell(cell)
        session.cell("for _ in range(40): explorer.get('/slow?seconds=0.05')")
        session.cell("again = %asgi replay seconds=0.05")
        session.interrupt("again = %asgi replay seconds=0.05", 1.2)
        session.interrupt("%asgi GET /slow seconds==30", 1.0)
        session.cell("again = %asgi replay 8-20 &")
        session.cell("again")
        session.cell("len(again.result(20))")
        session.cell("%asgi GET /items/1")
        session.cell("%asgi detach")
    finally:
        log.add("#", f"left with status {terminal.close()}")
    return "\n".join([json.dumps({"columns": 120, "rows": 50, "program": "IPython"}), *log.lines, ""])


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = record(sys.executable, Path(folder)) + record_tab(sys.executable, Path(folder))
    if arguments:
        Path(arguments[0]).write_text(text, "utf-8")
    else:
        print(text, end="")


def record_tab(python: str, folder: Path) -> str:
    """Return the log of completion by Tab, which needs the full prompt and what it draws."""
    log = Log()
    terminal = Terminal(python, folder, "--colors=NoColor")
    session = Session(terminal, log)
    try:
        session.ready()
        log.add("#", "the full prompt, for completion")
        session.cell("%load_ext ipyasgi")
        session.cell("explorer = %asgi ipyasgi.samples.shop:app")
        for typed in ("%asgi GET /", "%asgi re"):
            session.press(f"{typed}⇥", f"{typed}\t")
            session.press("Ctrl-A Ctrl-K", "\x01\x0b")
    finally:
        log.add("#", f"left with status {terminal.close()}")
    return "\n".join([*log.lines, ""])


if __name__ == "__main__":
    main(sys.argv[1:])
