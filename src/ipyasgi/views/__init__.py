"""Floor 10: records as text, HTML and plain data. Sends and stores nothing; IPython and widgets are above.

The import registers the views with `ipyasgi.shown`.
"""

from . import (
    comparison,
    coverage,
    exchange,
    explorer,
    fuzz,
    lifespan,
    load,
    middleware,
    pairs,
    pending,
    preview,
    profile,
    routes,
    run,
    shrink,
    state,
    timing,
    trace,
)

__all__ = [
    "comparison",
    "coverage",
    "exchange",
    "explorer",
    "fuzz",
    "lifespan",
    "load",
    "middleware",
    "pairs",
    "pending",
    "preview",
    "profile",
    "routes",
    "run",
    "shrink",
    "state",
    "timing",
    "trace",
]
