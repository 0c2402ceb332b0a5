"""Floor 5: foreign formats as text, to and from `RequestSpec` and `Exchange`, one file each. Sends nothing.

`import_requests` reads any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import names_of

if TYPE_CHECKING:
    from .exports import FORMATS as FORMATS
    from .exports import method_of as method_of
    from .imported import Imported as Imported
    from .imported import ImportedRequest as ImportedRequest
    from .importing import import_requests as import_requests

_MODULES = {
    "FORMATS": ".exports",
    "Imported": ".imported",
    "ImportedRequest": ".imported",
    "import_requests": ".importing",
    "method_of": ".exports",
}

__all__ = [
    "FORMATS",
    "Imported",
    "ImportedRequest",
    "import_requests",
    "method_of",
]

__getattr__ = names_of(__name__, _MODULES)
