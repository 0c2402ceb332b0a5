"""Floor 4: the values: requests, what was recorded, state, output, exceptions, settings, and what hides secrets.

No IPython, no thread; no app is called here. Public names: see ``__all__``; the record of a call comes from the engine.
"""

from __future__ import annotations

from ..engine.extensions import ServerPush
from ..engine.runs import Event, HttpRun, LifespanRun, Run, WebSocketRun
from ..protocol.event_stream import ServerSentEvent
from ..protocol.violations import Violation
from .exception_text import ExceptionText, Frame, HandledException
from .output import OutputLine
from .record import Endpoint
from .requests import RequestSpec
from .settings import Settings
from .state import Change, Picture, StateLook

__all__ = [
    "Change",
    "Endpoint",
    "Event",
    "ExceptionText",
    "Frame",
    "HandledException",
    "HttpRun",
    "LifespanRun",
    "OutputLine",
    "Picture",
    "RequestSpec",
    "Run",
    "ServerPush",
    "ServerSentEvent",
    "Settings",
    "StateLook",
    "Violation",
    "WebSocketRun",
]
