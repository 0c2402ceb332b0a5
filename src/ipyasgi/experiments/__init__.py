"""Floor 8: many requests as one question.

Each question is a module: its statistics or search is pure, and it sends requests through `Subject`, the protocol that
an `Explorer` fulfils, so that nothing here imports upward.
"""

from __future__ import annotations

from .coverage import Coverage, CoveredOperation, CoveredStatus
from .shrink import Shrunk
from .subject import Subject

__all__ = ["Coverage", "CoveredOperation", "CoveredStatus", "Shrunk", "Subject"]
