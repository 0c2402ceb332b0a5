"""Floor 8: many requests as one question.

Each question is a module: its statistics or search is pure, and it sends requests through `Trials`, which an `Explorer`
provides, or through functions that it is given, so that nothing here imports upward. `timing` asks how
long a request takes, alone or against another app, and `load` what many virtual users get; both send `prepared`
requests, which are not recorded.
"""

from __future__ import annotations

from .coverage import Coverage, CoveredOperation, CoveredStatus
from .fuzz import Fuzzed, FuzzFinding
from .load import Load
from .load_step import HeldLine, LoadStep
from .shrink import Shrunk
from .statistics import RatioEstimate
from .timing import Samples, Timing

__all__ = [
    "Coverage",
    "CoveredOperation",
    "CoveredStatus",
    "FuzzFinding",
    "Fuzzed",
    "HeldLine",
    "Load",
    "LoadStep",
    "RatioEstimate",
    "Samples",
    "Shrunk",
    "Timing",
]
