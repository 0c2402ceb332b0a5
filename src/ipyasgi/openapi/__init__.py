"""Floor 6: the app's OpenAPI document: operations, parameters, schemas, and requests built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import names_of

if TYPE_CHECKING:
    from .document import Document as Document
    from .operation import Operation as Operation

_MODULES = {
    "Document": ".document",
    "Operation": ".operation",
}

__all__ = [
    "Document",
    "Operation",
]

__getattr__ = names_of(__name__, _MODULES)
