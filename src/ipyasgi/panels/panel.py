"""`Panel`, the base class of all panels, and `Part`, the base class of their widgets.

Widget callbacks run on the main thread or a subshell's, events on the app's loop. Neither may wait, run the app or
write a widget, so both only enqueue (`Panel.soon`). The explorer's background loop runs the queue in order, and writes
through the comm writer.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import anyio
import anywidget
import ipywidgets
import traitlets

from ..engine.jobs import Job
from ..engine.pending import Pending
from ..explorer.events import ExplorerEvent
from ..explorer.explored_app import background_loop_of
from ..explorer.explorer import Explorer
from ..history.exchange import Exchange
from ..protocol.errors import IpyasgiError
from ..records.exception_text import read_exception
from ..views.changes import exception_lines, show_exception
from ..views.view import View
from .comm_writer import CommWriter, free_replies

GAP_S = 0.1
"""Minimum seconds between two drawings: the comm writer would not write more of them."""
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_STATIC = Path(__file__).with_name("static")


def read_bundle(name: str) -> str:
    """Return the bundle of a module of `static/`, for a widget's ``_esm``; `tests/js/build` writes it."""
    return (_STATIC / "bundles" / f"{name}.js").read_text(encoding="utf-8")


def read_style(*names: str) -> str:
    """Return style sheets as one, for a widget's ``_css``; each panel's notice already has ``page``."""
    return "\n".join((_STATIC / f"{name}.css").read_text(encoding="utf-8") for name in names)


def _unused() -> Any:
    """Return a trait for a ``layout`` or ``style`` that is None, as style sheets have both: each would be a widget."""
    return traitlets.Instance(ipywidgets.Widget, allow_none=True).tag(sync=True, **ipywidgets.widget_serialization)


class Part(anywidget.AnyWidget):
    """
    A part of a panel: one ES module and one style sheet, whose messages to the kernel are ``{ask: ...}``.

    It is one widget, not one per field: ipywidgets delays a field's newest value while an older one is being sent,
    so Send could miss it, and a form of thirty fields would need more comms than the comm writer may write to.
    """

    layout = _unused()


class Group(ipywidgets.VBox):
    """A box in a panel."""

    layout = _unused()


class Markup(ipywidgets.HTML):
    """HTML in a panel."""

    layout = _unused()
    style = _unused()


class Notice(Part):
    """An error as one line, and details such as the frames of an exception; screen readers announce it."""

    _esm = read_bundle("notice")
    _css = read_style("page")
    text = traitlets.Unicode().tag(sync=True)
    detail = traitlets.Unicode().tag(sync=True)


class MarimoPage(Part):
    """
    A panel in marimo, which shows parts but none of ipywidgets' own widgets: one part that lays out all of a panel.

    :ivar panel: the panel's ``model_id``
    """

    _esm = read_bundle("marimo_page")
    _css = read_style("marimo_page")
    panel = traitlets.Unicode().tag(sync=True)


class Panel(ipywidgets.VBox):
    """
    A widget on one explorer, with a text and an HTML form for terminals and for notebooks without a kernel.

    :param explorer: the attached app
    :param writer: writes the widgets; by default the panel's own, on the explorer's background loop
    :ivar closed: whether the panel is closed
    Raises `LoopError` if the explorer is closed.
    """

    # With this method of ipywidgets 7, IPython would not use the MIME bundle; ipympl disables it too.
    _ipython_display_ = None

    def __init__(self, explorer: Explorer, *, writer: CommWriter | None = None) -> None:
        self.closed = True  # until it is open: `__del__` closes a widget whose constructor failed
        loop = background_loop_of(explorer)
        super().__init__(_dom_classes=("ipyasgi-panel",))
        self.explorer = explorer
        self.loop = loop
        self._lock = threading.RLock()
        self._owns_writer = writer is None
        self._writer = CommWriter(loop) if writer is None else writer
        self.queue = self._writer.attach(self)
        self._held: list[ipywidgets.Widget] = []
        self._bell: anyio.Event | None = None
        self._drawing: Job[None] | None = None
        self.notice = self.hold(Notice())
        self.closed = False
        self._unsubscribe = explorer.subscribe(self._hear_event)

    def hold(self, widget: Any) -> Any:
        """Return a widget that is closed with the panel; the page's messages through a `Part` go to `hear_page`."""
        self._held.append(widget)
        free_replies(widget)
        if isinstance(widget, Part):
            widget.on_msg(lambda _, content, buffers: self.soon(self.hear_page, content, buffers))
        return widget

    def hear_page(self, content: Any, buffers: Any) -> None:
        """Handle a message of the page, ``{ask: ...}``, and ignore unknown ones; on the panel's thread."""

    def soon(self, func: Callable[..., object], *args: object) -> None:
        """Run ``func(*args)`` on the panel's thread, in order; its exception is shown in the panel."""
        self.loop.call_soon(self._guard, func, args)

    def take_event(self, event: ExplorerEvent) -> None:
        """Redraw the parts that the event changes; on the panel's thread."""

    def draw_on_demand(self, draw: Callable[[], object], *, every_s: float = 60.0) -> None:
        """Draw on the panel's thread: now, every ``every_s``, and after `draw_again`, at most ten times a second."""
        self._drawing = self.loop.submit(self._draw_on, draw, every_s)

    def draw_again(self) -> None:
        """Draw soon; on the panel's thread."""
        if self._bell is not None:
            self._bell.set()

    def end(self) -> None:
        """Release resources other than widgets; called once, by `close`."""

    def view(self) -> View:
        """Return the panel's last state as text and HTML."""
        raise NotImplementedError

    def with_exchanges(self, act: Callable[..., object], names: Iterable[object]) -> None:
        """Call ``act`` with the exchanges of these names, or show a name that is not in the history."""
        try:
            exchanges = [self.explorer.history[str(name)] for name in names]
        except KeyError as exc:
            self.show_notice(str(exc.args[0]))
            return
        self.show_notice()
        if exchanges:
            act(*exchanges)

    def show_failure(self, exc: BaseException) -> None:
        """Show an error in the panel: ours as one line, any other with its frames."""
        if isinstance(exc, IpyasgiError):
            self.show_notice(self.explorer.settings.redactor.text(str(exc)))
        else:
            first, *more = exception_lines(show_exception(read_exception(exc), self.explorer.settings))
            self.show_notice(first, "\n".join(more))

    def show_notice(self, text: str = "", detail: str = "") -> None:
        """Show a message at the top, or remove it."""
        self.queue.state(self.notice, text=text, detail=detail)

    def close(self) -> None:
        """Close every widget of the panel and end its work; may be called again."""
        with self._lock if hasattr(self, "_lock") else threading.RLock():
            if self.closed:
                super().close()
                return
            self.closed = True
        self._unsubscribe()
        if self._drawing is not None:
            self._drawing.cancel()
        self.end()
        self.queue.close()
        if self._owns_writer:
            self._writer.close()
        for widget in (*self._held, self):
            _close_widget(widget)
        self.__dict__.pop("_repr_mimebundle_", None)  # ipywidgets blanks it; the class still displays text

    def _hear_event(self, event: ExplorerEvent) -> None:
        if event.kind == "closed":
            self.close()
        else:
            self.soon(self.take_event, event)

    async def _draw_on(self, draw: Callable[[], object], every_s: float) -> None:
        while True:
            self._bell = anyio.Event()
            self._guard(draw, ())
            await anyio.sleep(GAP_S)
            with anyio.move_on_after(every_s):
                await self._bell.wait()

    def _guard(self, func: Callable[..., object], args: tuple[object, ...]) -> None:
        if self.closed:
            return
        try:
            func(*args)
        except Exception as exc:
            self.show_failure(exc)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        # Front ends prefer the widget; a page without a kernel shows the HTML, a terminal the text.
        view = self.view()
        bundle: dict[str, Any] = {"text/html": view.html, "text/plain": view.text}
        if not self.closed:  # ipywidgets 7 has no method for this
            bundle[_WIDGET_VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return bundle

    def _display_(self) -> Any:
        """Return what marimo shows: only there this is called."""
        if self.closed:
            return self.view()
        return importlib.import_module("marimo").ui.anywidget(self.hold(MarimoPage(panel=self.model_id)))


def _close_widget(widget: Any) -> None:
    for inner in (getattr(widget, "style", None), getattr(widget, "layout", None)):
        if isinstance(inner, ipywidgets.Widget):
            inner.close()
    ipywidgets.Widget.close(widget)


class Fold(Part):
    """A line that expands and collapses a widget on the page, reachable by keyboard unlike ipywidgets' accordion."""

    _esm = read_bundle("fold")
    _css = read_style("fold")
    title = traitlets.Unicode().tag(sync=True)


def fold(panel: Panel, title: str, inside: Any) -> Any:
    """Return a box of a fold and a widget; the panel closes the box and the fold with itself, not the widget."""
    line = panel.hold(Fold(title=title))
    return panel.hold(Group([line, inside], _dom_classes=("ipyasgi-folded", "ipyasgi-shut")))


def join_views(*views: View | None) -> View:
    """Return several views as one, without those that are None."""
    found = [view for view in views if view is not None]
    return View(text="\n\n".join(view.text for view in found), html="\n".join(view.html for view in found))


def exchange_of(pending: Pending[Exchange], explorer: Explorer) -> Exchange | None:
    """Return the exchange of a request that has ended, from the history if it failed."""
    newest_first = reversed(tuple(explorer.history))
    return pending.value or next((one for one in newest_first if one.spec is pending.subject), None)
