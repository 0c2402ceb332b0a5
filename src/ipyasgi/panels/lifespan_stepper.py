"""`LifespanStepper`: the app's name and status, and its lifespan as a table, with a button for each possible action."""

from __future__ import annotations

from typing import Any

import anyio
import traitlets

from ..engine.jobs import await_future
from ..engine.strategy import run_in_thread
from ..explorer.events import ExplorerEvent
from ..explorer.explorer import Explorer
from ..protocol.errors import LifespanStateError
from ..views.lifespan import failure_reason, startup_time, view_lifespan
from ..views.view import View, one_line
from .comm_writer import CommWriter
from .panel import Markup, Panel, Part, read_bundle, read_style

LOOK_EVERY_S = 0.3
"""Seconds between two updates while an action is running."""
_CALLS = {"start": "startup", "step": "step", "stop": "shutdown", "restart": "restart"}
_NAME_CHARS = 80
_FAILED = ("startup failed", "shutdown failed", "not answering", "died", "lost")
_UNNAMED = ("", "FastAPI", "Litestar API")  # the titles that the frameworks write where the app has none
_TONES = {"running": "good", "starting": "busy", "shutting down": "busy", **dict.fromkeys(_FAILED, "bad")}


class LifespanBar(Part):
    """
    One line with the app's name and the status of its lifespan, which expands the buttons and the table.

    :ivar title: of the app's document, or the name of the explorer; ``name`` is that name, if it is another
    :ivar version: of the app, from its document
    :ivar took: the time of the startup
    :ivar folded: whether the buttons and the table are collapsed at first
    :ivar status: a ``protocol.machines.LifespanStatus``; its ``tone`` is ``good``, ``bad``, ``busy`` or empty
    :ivar note: such as the message that the app waits for
    :ivar actions: the possible ones of ``start``, ``step``, ``stop``, ``restart``; ``acting`` is the running one

    The page sends ``{ask: "act", action}``.
    """

    _esm = read_bundle("lifespan_bar")
    _css = read_style("lifespan_bar")
    title = traitlets.Unicode().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    version = traitlets.Unicode().tag(sync=True)
    took = traitlets.Unicode().tag(sync=True)
    folded = traitlets.Bool().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    tone = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    actions: traitlets.List[str] = traitlets.List().tag(sync=True)
    acting = traitlets.Unicode().tag(sync=True)


class LifespanStepper(Panel):
    """
    Start, step, stop and restart the app, and show the effects of each message, without blocking the kernel.

    :param folded: collapse the buttons and the table at first, unless the app could not be started
    :ivar acting: the running action, or an empty string
    """

    def __init__(self, explorer: Explorer, *, writer: CommWriter | None = None, folded: bool = False) -> None:
        super().__init__(explorer, writer=writer)
        self.acting = ""
        self._folded = folded
        self._title, self._version = "", ""
        self.add_class("ipyasgi-lifespan")
        bar = self._bar_traits()
        shut = folded and bar["tone"] != "bad"
        if shut:
            self.add_class("ipyasgi-shut")
        self.bar = self.hold(LifespanBar(folded=shut, **bar))
        self._drawn = self.view().html
        self.table = self.hold(Markup(value=self._drawn, _dom_classes=("ipyasgi-answer", "ipyasgi-steps")))
        self.children = (self.bar, self.notice, self.table)

    def act(self, action: str) -> None:
        """
        Begin ``start``, ``step``, ``stop`` or ``restart``, and return at once; the panel shows the outcome.

        Raises `LifespanStateError` if the status does not allow it, or another action is running.
        """
        life = self.explorer.lifespan
        with self._lock:
            if self.acting or action not in life.next_actions:
                raise LifespanStateError(action, life.status, () if self.acting else life.next_actions)
            self.acting = action
        try:
            self.show_notice()
            self.loop.submit(self._act, action)
        except BaseException:
            with self._lock:
                self.acting = ""
            raise
        self.soon(self._paint)

    def name_app(self, title: str, version: str) -> None:
        """Show the title and the version that the app's document has; on the panel's thread."""
        text = self.explorer.settings.redactor.text
        shown = (one_line(text(title), _NAME_CHARS), one_line(text(version), 40))
        self._title, self._version = shown if title not in _UNNAMED else ("", "")
        self._paint()

    def view(self) -> View:
        """Return the table as text and HTML."""
        return view_lifespan(self.explorer.lifespan, self.explorer.settings)

    def take_event(self, event: ExplorerEvent) -> None:
        if event.kind in ("lifespan", "app"):
            self._paint()

    def hear_page(self, content: Any, buffers: Any) -> None:
        match content:
            case {"ask": "act", "action": str(action)} if action in _CALLS:
                self.act(action)

    async def _act(self, action: str) -> None:
        async with anyio.create_task_group() as watching:
            watching.start_soon(self._watch)
            failure = await await_future(run_in_thread(self._try_act, action))
            watching.cancel_scope.cancel()
        self.soon(self._end, failure)

    async def _watch(self) -> None:
        """Show output and changes of state between two messages, which alone are events."""
        while True:
            await anyio.sleep(LOOK_EVERY_S)
            self._guard(self._paint, ())

    def _try_act(self, action: str) -> BaseException | None:
        try:
            getattr(self.explorer.lifespan, _CALLS[action])()
        except BaseException as exc:
            return exc
        return None

    def _end(self, failure: BaseException | None) -> None:
        with self._lock:
            self.acting = ""
        in_table = not self._folded and failure is self.explorer.lifespan.exception
        if failure is not None and not in_table:
            self.show_failure(failure)
        self._paint()

    def _paint(self) -> None:
        self.queue.state(self.bar, **self._bar_traits())
        html = self.view().html
        if html != self._drawn:  # a redrawn table loses its scroll position and expanded parts
            self._drawn = html
            self.queue.state(self.table, value=html)

    def _bar_traits(self) -> dict[str, Any]:
        life = self.explorer.lifespan
        waiting = life.waiting
        name = one_line(self.explorer.name, _NAME_CHARS)
        reason = self.explorer.settings.redactor.text(failure_reason(life.failure_message))
        return {
            "title": self._title or name,
            "name": name if self._title not in ("", name) else "",
            "version": self._version,
            "took": startup_time(life) if life.status == "running" else "",
            "status": life.status,
            "tone": _TONES.get(life.status, ""),
            "note": f"waiting at {waiting}" if waiting and life.status != "running" else one_line(reason, 300),
            "actions": [] if self.acting else list(life.next_actions),
            "acting": self.acting,
        }
