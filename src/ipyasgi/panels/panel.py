"""What every panel is: one widget on one explorer, painted from one thread, closed with the explorer.

Callbacks of widgets come on the main thread or on a subshell's, events come on the app's loop. Neither may wait,
run the app or write a widget, so both only enqueue (`Panel.soon`). What was enqueued runs in order on the
explorer's background loop, and writes through the comm writer: one thread, one writer.
"""

from __future__ import annotations

import threading
from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from typing import Any

import ipywidgets
import traitlets

from ..explorer.events import ExplorerEvent
from ..explorer.explorer import Explorer, background_loop_of
from ..protocol.errors import IpyasgiError
from ..records.exception_text import read_exception
from ..views.exception_text import exception_lines
from ..views.view import View
from .comm_writer import CommWriter, free_replies
from .part import Part, read_bundle, read_style

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class _PanelMeta(ABCMeta, type(ipywidgets.VBox)):  # type: ignore[misc]
    """Panels are widgets, whose metaclass is traitlets', and one of their methods is abstract."""


class Notice(Part):
    """
    What went wrong, read aloud when it comes, with more to fold open: a ``print`` in a callback would go nowhere.

    :ivar text: one line
    :ivar detail: such as the frames of an exception
    """

    _esm = read_bundle("notice")
    _css = read_style("page")
    text = traitlets.Unicode().tag(sync=True)
    detail = traitlets.Unicode().tag(sync=True)


class Panel(ipywidgets.VBox, metaclass=_PanelMeta):
    """
    One panel: a widget that also has a text and an HTML form, for terminals and for notebooks without a kernel.

    :param explorer: the attached app
    :param writer: who writes the widgets; by default the panel's own, on the explorer's background loop
    Raises `LoopError` where the explorer is closed.
    """

    # ipywidgets 7 shows a widget through this method, and IPython then asks for nothing else; ipympl passes it by too.
    _ipython_display_ = None

    def __init__(self, explorer: Explorer, *, writer: CommWriter | None = None) -> None:
        self._shut = True  # until it is open: `__del__` closes a widget whose making failed
        loop = background_loop_of(explorer)
        super().__init__(_dom_classes=("ipyasgi-panel",))
        self.explorer = explorer
        self._loop = loop
        self._lock = threading.RLock()
        self._owns_writer = writer is None
        self._writer = CommWriter(loop) if writer is None else writer
        self.queue = self._writer.attach(self)
        self._held: list[ipywidgets.Widget] = []
        self.notice = self.hold(Notice())
        self._shut = False
        self._unsubscribe = explorer.subscribe(self._hear_event)

    # -- for the panels --------------------------------------------------------------------------------------

    def hold(self, widget: Any) -> Any:
        """Keep a widget to be closed with the panel, and let the front end choose who answers it; return it."""
        self._held.append(widget)
        free_replies(widget)
        return widget

    def soon(self, func: Callable[..., object], *args: object) -> None:
        """Run ``func(*args)`` on the panel's thread, in turn; what it raises is shown in the panel."""
        self._loop.call_soon(self._guard, func, args)

    def take_event(self, event: ExplorerEvent) -> None:
        """Redraw what the event changes; on the panel's thread."""

    def end(self) -> None:
        """Give back what is not a widget; called once, by `close`."""

    @abstractmethod
    def view(self) -> View:
        """Return the panel's last state as text and HTML."""

    def show_failure(self, exc: BaseException) -> None:
        """Show an error in the panel: ours as one line, any other with its frames."""
        if isinstance(exc, IpyasgiError):
            self.show_notice(str(exc))
        else:
            first, *more = exception_lines(read_exception(exc))
            self.show_notice(first, "\n".join(more))

    def show_notice(self, text: str = "", detail: str = "") -> None:
        """Show a message above everything, or none."""
        self.queue.state(self.notice, text=text, detail=detail)

    # -- from everywhere -------------------------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        """Whether the panel is closed."""
        return self._shut

    def close(self) -> None:
        """Take the panel off the page: end what it started and close every comm; again is harmless."""
        with self._lock if hasattr(self, "_lock") else threading.RLock():
            if self._shut:
                super().close()
                return
            self._shut = True
        self._unsubscribe()
        self.end()
        self.queue.close()
        if self._owns_writer:
            self._writer.close()
        for widget in (*self._held, self):
            _close_widget(widget)
        self.__dict__.pop("_repr_mimebundle_", None)  # ipywidgets blanks it; ours still has a text to show

    def _hear_event(self, event: ExplorerEvent) -> None:
        if event.kind == "closed":
            self.close()
        else:
            self.soon(self.take_event, event)

    def _guard(self, func: Callable[..., object], args: tuple[object, ...]) -> None:
        if self._shut:
            return
        try:
            func(*args)
        except Exception as exc:
            self.show_failure(exc)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        # Front ends prefer the widget; a page without a kernel takes the HTML, a terminal the text.
        view = self.view()
        bundle = {"text/html": view.html, "text/plain": view.text}
        return bundle if self._shut else {_WIDGET_VIEW: self._widget_view(), **bundle}

    def _widget_view(self) -> dict[str, Any]:
        return {"version_major": 2, "version_minor": 0, "model_id": self.model_id}  # ipywidgets 7 has no method for it


def _close_widget(widget: Any) -> None:
    for inner in (getattr(widget, "style", None), getattr(widget, "layout", None)):
        if isinstance(inner, ipywidgets.Widget):
            inner.close()
    ipywidgets.Widget.close(widget)
