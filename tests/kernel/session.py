"""One session of ``%asgi``, cell by cell, and what became of each cell: the same wherever it is run.

Each cell is one line, so that a plain prompt takes it too. Knows no front end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CELLS = (
    "%load_ext ipyasgi",
    "explorer = %asgi ipyasgi.samples.shop:app",
    "explorer",
    "%asgi GET /items limit==1",
    "%asgi GET /items/999",
    "%asgi POST /items name=saucer price:=3 X-Token:s3cret",
    "%asgi GET /boom",
    "%asgi GET /items/{{missing}}",
    "%asgi gett /items",
    "%asgi GET /items --timeout 5 --headers",
    "pending = %asgi GET /items/1 &",
    "pending.result(20)",
    "%asgi GET /ticks",
    "%asgi history status:4xx",
    "%asgi replay 1-2",
    "%asgi diff r1 r2",
    "%asgi export r3 curl",
    "%asgi GET /items --as-python",
    "%asgi routes",
    "%asgi lifespan stop",
    "%asgi lifespan start",
    "%asgi detach",
    "%unload_ext ipyasgi",
)

_TIME = re.compile(r"\d[\d,.]* ?(?:µs|ms|s)\b")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:+.]+")
_RATIO = re.compile(r"(TIME → TIME).*")
# A timeline is drawn where a call took long enough to have one, which depends on the machine; and a moment has changed
# where a second began in between.
_DRAWN = re.compile(r"\s*|.*[─█▃].*|\s+0 .*TIME.*|\s+no message for .*|.*TIME in the app|.*'MOMENT' → 'MOMENT'")
# HTTPX before 0.28 writes JSON with spaces.
_LOOSE_JSON = re.compile(r"(?<=[:,]) ")
_SPACES = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    What one cell came to, without times.

    :ivar printed: standard output, without empty lines, as the value is
    :ivar value: the cell's value as text
    :ivar error: type and text of what it raised
    """

    printed: str = ""
    value: str = ""
    error: str = ""


def read_outcome(*, printed: str = "", value: str = "", error: str = "") -> Outcome:
    """Return what a front end shows with its times taken out; beside an error nothing else counts."""
    if printed.startswith("UsageError: "):  # a kernel prints it on standard error
        error = printed
    return Outcome(error=_plain(error)) if error else Outcome(printed=_plain(printed), value=_plain(value))


def read_outputs(outputs: Iterable[Mapping[str, Any]]) -> Outcome:
    """Return what the outputs of a cell say, as a notebook file holds them and as messages carry them."""
    found = {"printed": "", "value": "", "error": ""}
    for each in outputs:
        kind = each.get("output_type") or each.get("msg_type")
        content: Any = each if "output_type" in each else each["content"]
        if kind == "stream":
            found["printed"] += "".join(content["text"])
        elif kind == "execute_result":
            found["value"] = "".join(content["data"]["text/plain"])
        elif kind == "error":
            found["error"] = f"{content['ename']}: {content['evalue']}"
    return read_outcome(**found)


def _plain(text: str) -> str:
    text = _MOMENT.sub("MOMENT", _TIME.sub("TIME", text))
    lines = [line for line in text.splitlines() if not _DRAWN.fullmatch(line)]
    lines = [_LOOSE_JSON.sub("", line) if "--data-raw" in line else line for line in lines]
    return _SPACES.sub(" ", _RATIO.sub(r"\1", "\n".join(lines))).strip()
