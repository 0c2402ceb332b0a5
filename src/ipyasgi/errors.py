"""The exceptions of this package; `ipyasgi.protocol.errors` has their tree, grouped by cause."""

from __future__ import annotations

from .protocol.errors import AppError as AppError
from .protocol.errors import AppExitError as AppExitError
from .protocol.errors import AppInteractionError as AppInteractionError
from .protocol.errors import AppNotFoundError as AppNotFoundError
from .protocol.errors import BodyLimitError as BodyLimitError
from .protocol.errors import CallError as CallError
from .protocol.errors import DeadlineError as DeadlineError
from .protocol.errors import EventStreamError as EventStreamError
from .protocol.errors import FieldError as FieldError
from .protocol.errors import FilterError as FilterError
from .protocol.errors import IpyasgiError as IpyasgiError
from .protocol.errors import LifespanError as LifespanError
from .protocol.errors import LifespanStateError as LifespanStateError
from .protocol.errors import LoopError as LoopError
from .protocol.errors import NotAnAppError as NotAnAppError
from .protocol.errors import OverrideError as OverrideError
from .protocol.errors import ProtocolError as ProtocolError
from .protocol.errors import RequestError as RequestError
from .protocol.errors import SignInError as SignInError

__all__ = sorted(name for name in globals() if name.endswith("Error"))
