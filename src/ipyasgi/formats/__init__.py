"""Floor 5: foreign formats as text, to and from `RequestSpec` and `Exchange`, one file each. Sends nothing."""

from __future__ import annotations

from .exports import FORMATS
from .imported import Imported, ImportedRequest
from .reading import import_requests

__all__ = [
    "FORMATS",
    "Imported",
    "ImportedRequest",
    "import_requests",
]
