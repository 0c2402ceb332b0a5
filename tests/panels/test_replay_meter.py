"""`ReplayMeter`: what one sees of a replay while its cell runs."""

import io
import sys

import pytest

from ipyasgi.explorer import Progress
from ipyasgi.panels import replay_meter
from ipyasgi.panels.replay_meter import ReplayMeter


class Screen(io.StringIO):
    """A standard output that is a terminal, or a pipe."""

    def __init__(self, *, tty):
        super().__init__()
        self.tty = tty

    def isatty(self):
        return self.tty


class Kernel:
    """A shell as in a notebook; keeps what is published."""

    kernel = object()

    def __init__(self):
        self.display_pub = self
        self.published = []

    def publish(self, data, *, transient, update):
        self.published.append((data["text/plain"], transient["display_id"], update))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(replay_meter, "QUIET_S", 0)
    monkeypatch.setattr(replay_meter, "PAINT_S", 0)


def run(shell, steps, *, ends_with=None):
    with ReplayMeter(shell) as meter:
        for done in range(steps):
            meter(Progress(done=done, total=3, first="r4" if done else "", last=f"r{3 + done}" if done else ""))
        if ends_with is not None:
            raise ends_with


def test_in_a_notebook_one_output_is_updated():
    """The first painting makes an output, the others update it."""
    kernel = Kernel()
    run(kernel, 4)

    assert [text.split("  ")[0] for text, _, _ in kernel.published] == [f"{n} of 3 sent again" for n in (0, 1, 2, 3)]
    assert [update for _, _, update in kernel.published] == [False, True, True, True]
    assert len({where for _, where, _ in kernel.published}) == 1


def test_an_interrupt_says_what_is_kept():
    """The line that stays names the exchanges that were sent."""
    kernel = Kernel()
    with pytest.raises(KeyboardInterrupt):
        run(kernel, 3, ends_with=KeyboardInterrupt())

    assert kernel.published[-1][0] == "interrupted: 2 of 3 sent again  r4 to r5 in the history"


@pytest.mark.parametrize("tty", [True, False])
def test_in_a_terminal_it_is_one_line(monkeypatch, tty):
    """In a terminal each painting covers the one before; into a pipe goes the last alone."""
    screen = Screen(tty=tty)
    monkeypatch.setattr(sys, "stdout", screen)
    run(object(), 4)

    lines = screen.getvalue().split("\r" if tty else "\n")
    assert len([line for line in lines if line]) == (4 if tty else 1)
    assert screen.getvalue().count("\n") == 1
    assert "3 of 3 sent again" in lines[-1 if tty else 0]


def test_a_short_replay_shows_nothing(monkeypatch):
    """What is over before anybody wonders shows its value alone."""
    monkeypatch.setattr(replay_meter, "QUIET_S", 5)
    kernel = Kernel()
    run(kernel, 4)

    assert kernel.published == []


def test_the_magic_uses_it(shell, capsys):
    """``%asgi replay`` and ``recheck`` paint while they run; ``--as-python`` writes nothing of it; & does not wait."""
    shell.run("explorer = %asgi app\nfor _ in range(3): explorer.get('/items')")
    capsys.readouterr()

    assert len(shell.run("%asgi replay 1-3 --timeout 5")) == 3
    assert "3 of 3 sent again" in capsys.readouterr().out
    assert len(shell.run("%asgi recheck r1-r2")) == 2
    assert "2 of 2 sent again" in capsys.readouterr().out
    assert shell.run("%asgi replay 1-3 --as-python") == 'explorer.replay("1-3")'
    assert shell.run("%asgi replay 1-3 & --as-python") == 'explorer.begin_replay("1-3")'
    pending = shell.run("pending = %asgi replay 1-3 &\npending")
    assert len(pending.result(10)) == 3
    assert "replay 3 requests  ended  3 of 3" in shell.shown(pending)["text/plain"]
    assert "none of r700 to r900; it holds r1 to r" in str(shell.error("%asgi replay 700-900"))


def test_a_replay_under_way_is_shown_live(shell):
    """Its handle shows as a widget with a Cancel, beside HTML and text."""
    shell.run("explorer = %asgi app\nfor _ in range(100): explorer.get('/items')")
    pending = shell.run("pending = %asgi replay 1-100 &\npending")
    shown = shell.shown(pending)

    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(shown)
    pending.cancel()


def test_an_interrupt_is_one_line(shell, capsys):
    """An interrupt of the magic shows no frames, says what was sent, and the history has it."""
    shell.run("explorer = %asgi app\nfor _ in range(3): explorer.get('/items')")
    shell.ip.user_ns["stop"] = lambda news: (_ for _ in ()).throw(KeyboardInterrupt)
    shell.run("unsubscribe = explorer.subscribe(stop)")
    capsys.readouterr()
    error = shell.error("%asgi replay 1-3")
    shell.run("unsubscribe()")

    assert type(error) is KeyboardInterrupt
    told = capsys.readouterr().out
    assert "interrupted: 0 of 3 sent again" in told
    assert told.splitlines()[-1] == "KeyboardInterrupt"
    assert shell.run("explorer.history[-1].replay_of") == "r1"
