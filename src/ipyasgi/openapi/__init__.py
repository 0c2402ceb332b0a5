"""Floor 6: the OpenAPI document of an app: operations, parameters, schemas, and requests made from them."""

from __future__ import annotations

from .document import Document
from .operation import Operation

__all__ = [
    "Document",
    "Operation",
]
