"""A pet clinic in FastAPI, of the size of many real apps. Begin here; read on in `main`, then in `routers`.

The app has users with a password and a token, a database, uploads, a live stream, a chat, work in the background, and
one bug to find. It needs the extra `clinic`. Each life of the app has its own settings and its own database with the
same examples in it, a temporary file. It keeps them in the lifespan state, so no value changes at module level.
"""

import sys
from importlib.util import find_spec

if sys.platform == "emscripten":
    why = "the clinic's database needs threads, which a browser's page does not have"
    raise ModuleNotFoundError(why, name="aiosqlite")
for _name in ("fastapi", "python_multipart", "sqlalchemy", "greenlet", "aiosqlite", "jwt"):
    if find_spec(_name) is None:
        raise ModuleNotFoundError(f'the sample clinic needs {_name}: pip install "ipyasgi[clinic]"', name=_name)

from .main import app  # noqa: E402  (only now: the error above names the extra)

__all__ = ["app"]
