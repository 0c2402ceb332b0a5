"""Floor 8: many requests as one question.

Each question is a module: its statistics or search is pure, and it sends requests through `Trials`, which an `Explorer`
provides, or through functions that it is given, so that nothing here imports upward. `timing` asks how
long a request takes, alone or against another app, and `load` what many virtual users get; both send `prepared`
requests, which are not recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import names_of

if TYPE_CHECKING:
    from .coverage import Coverage as Coverage
    from .coverage import CoveredOperation as CoveredOperation
    from .coverage import CoveredStatus as CoveredStatus
    from .fuzz import Fuzzed as Fuzzed
    from .fuzz import FuzzFinding as FuzzFinding
    from .load import Load as Load
    from .load_step import HeldLine as HeldLine
    from .load_step import LoadStep as LoadStep
    from .shrink import Shrunk as Shrunk
    from .statistics import RatioEstimate as RatioEstimate
    from .timing import Samples as Samples
    from .timing import Timing as Timing

_MODULES = {
    "Coverage": ".coverage",
    "CoveredOperation": ".coverage",
    "CoveredStatus": ".coverage",
    "FuzzFinding": ".fuzz",
    "Fuzzed": ".fuzz",
    "HeldLine": ".load_step",
    "Load": ".load",
    "LoadStep": ".load_step",
    "RatioEstimate": ".statistics",
    "Samples": ".timing",
    "Shrunk": ".shrink",
    "Timing": ".timing",
}

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

__getattr__ = names_of(__name__, _MODULES)
