"""`thread_hint`: what to do about an exception of an object that belongs to another thread or another event loop."""

from __future__ import annotations

import re
from typing import Any

from ..protocol.exception_parts import earlier_of, members_of
from ..shown import hint

_MARKS = re.compile(
    r"created in a thread can only be used in that same thread"  # sqlite3
    r"|different (?:event )?loop|another (?:event )?loop"  # asyncio, SQLAlchemy, asyncpg
    r"|There is no current event loop in thread"
    r"|(?:to|in|from) a different thread|used in another thread"
    r"|only works in (?:the )?main thread|main thread is not in main loop"
)
_MOST = 20  # exceptions of a chain and its groups
_TEXT_CHARS = 1000
_ARGS: Any = vars(BaseException)["args"]  # not a property of the app's class

HINT = (
    "The app runs on a thread of its own; this object belongs to another thread or loop. Create it in the lifespan, "
    "or run the app here: "
)


def thread_hint(exception: BaseException | None) -> str:
    """Return the hint for an exception, one that led to it, or a member of a group; empty for any other."""
    found = [exception] if exception is not None else []
    for one in found:
        texts = [text[:_TEXT_CHARS] for text in _ARGS.__get__(one)[:3] if type(text) is str]
        if any(map(_MARKS.search, texts)):
            here = "Explorer(app, loop=KernelLoop())"
            return HINT + hint(f"%asgi attach app --kernel-loop, {here}", here)
        earlier = earlier_of(one)
        following = [*members_of(one)[:_MOST], *([earlier[0]] if earlier is not None else [])]
        found += [each for each in following if len(found) < _MOST and all(each is not seen for seen in found)]
    return ""
