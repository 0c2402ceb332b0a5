"""`no_collection`: the garbage collector waits while many objects are made that stay."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """
    Keep the garbage collector of the process from running by itself meanwhile, unless it is off anyway.

    For a step of a second at most: a large document is hundreds of thousands of objects, and the collector would look
    through all that there are, again and again. Of two such steps at once, the first one turns it on again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
