"""Floor 4: values: requests, records, state, output, exceptions, settings, redaction. No IPython, no thread, no app."""

from __future__ import annotations

from ..engine.extensions import ServerPush
from ..engine.runs import Event, HttpRun, LifespanRun, Run, WebSocketRun
from ..protocol.event_stream import ServerSentEvent
from ..protocol.violations import Violation
from .carried import Origin
from .contract_error import ContractError
from .exception_text import ExceptionText, Frame, HandledException
from .output import OutputLine
from .override import SentOverride
from .record import Endpoint
from .requests import RequestSpec
from .settings import Settings
from .state import Change, Picture, StateLook

__all__ = [
    "Change",
    "ContractError",
    "Endpoint",
    "Event",
    "ExceptionText",
    "Frame",
    "HandledException",
    "HttpRun",
    "LifespanRun",
    "Origin",
    "OutputLine",
    "Picture",
    "RequestSpec",
    "Run",
    "SentOverride",
    "ServerPush",
    "ServerSentEvent",
    "Settings",
    "StateLook",
    "Violation",
    "WebSocketRun",
]
