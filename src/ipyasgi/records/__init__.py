"""Floor 4: values: requests, records, state, output, exceptions, settings, redaction. No IPython, no thread, no app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import names_of

if TYPE_CHECKING:
    from ..engine.extensions import ServerPush as ServerPush
    from ..engine.runs import Event as Event
    from ..engine.runs import HttpRun as HttpRun
    from ..engine.runs import LifespanRun as LifespanRun
    from ..engine.runs import Run as Run
    from ..engine.runs import WebSocketRun as WebSocketRun
    from ..protocol.event_stream import ServerSentEvent as ServerSentEvent
    from ..protocol.violations import Violation as Violation
    from .carried import Origin as Origin
    from .contract_error import ContractError as ContractError
    from .exception_text import ExceptionText as ExceptionText
    from .exception_text import Frame as Frame
    from .exception_text import HandledException as HandledException
    from .output import OutputLine as OutputLine
    from .override import SentOverride as SentOverride
    from .record import Endpoint as Endpoint
    from .requests import RequestSpec as RequestSpec
    from .settings import Settings as Settings
    from .state import Change as Change
    from .state import Picture as Picture
    from .state import StateLook as StateLook

_MODULES = {
    "Change": ".state",
    "ContractError": ".contract_error",
    "Endpoint": ".record",
    "Event": "..engine.runs",
    "ExceptionText": ".exception_text",
    "Frame": ".exception_text",
    "HandledException": ".exception_text",
    "HttpRun": "..engine.runs",
    "LifespanRun": "..engine.runs",
    "Origin": ".carried",
    "OutputLine": ".output",
    "Picture": ".state",
    "RequestSpec": ".requests",
    "Run": "..engine.runs",
    "SentOverride": ".override",
    "ServerPush": "..engine.extensions",
    "ServerSentEvent": "..protocol.event_stream",
    "Settings": ".settings",
    "StateLook": ".state",
    "Violation": "..protocol.violations",
    "WebSocketRun": "..engine.runs",
}

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

__getattr__ = names_of(__name__, _MODULES)
