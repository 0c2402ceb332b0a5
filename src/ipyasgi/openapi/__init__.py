"""Floor 6: the app's OpenAPI document: operations, parameters, schemas, and requests built from them."""

from __future__ import annotations

from .document import Document
from .operation import Operation

__all__ = [
    "Document",
    "Operation",
]
