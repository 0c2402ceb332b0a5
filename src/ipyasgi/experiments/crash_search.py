"""`search_crashes`: valid requests only, each operation with its share of the time. It checks no response.

Hypothesis varies what it has generated. Mixed with invalid data, as in the phases of schemathesis, it needs about four
times as many requests until a body is valid and odd, such as one with two equal tags. Of schemathesis only public names
are used here.
"""

from __future__ import annotations

import contextlib
import importlib
import random
import time
from typing import Any

_CASES, _BODY_CASES = 20, 1000  # at most, for each operation
_WEIGHT, _BODY_WEIGHT = 1, 10  # of its share: there are more bodies than parameters
_BEFORE_SHARE = 0.1  # of the time, for what the app does before it was sent a body


class _Over(KeyboardInterrupt):
    """The time of an operation is over. After any other error hypothesis would search on."""


def search_crashes(schema: Any, *, seed: int, seconds: float) -> None:
    """
    Send valid requests to each operation of a schema of schemathesis, those with a body first.

    Each receives one at least, and what it leaves of its time is for those after it. Before that, GET operations
    without a path parameter receive one each: an app without data has bugs of its own. The transport of the schema
    sends the requests, and an interrupt that it raises ends the search. An operation for which nothing can be generated
    is left out.
    """
    began_s = time.monotonic()
    until_s, before_s = began_s + seconds, began_s + seconds * _BEFORE_SHARE
    found = [one.ok() for one in schema.get_all_operations() if hasattr(one, "ok")]
    for operation in found:
        if operation.label.startswith("GET ") and "{" not in operation.label and time.monotonic() < before_s:
            _try(operation, seed, before_s, most=1)
    operations = sorted(found, key=lambda operation: not len(operation.body))
    weights = [_BODY_WEIGHT if len(operation.body) else _WEIGHT for operation in operations]
    for at, operation in enumerate(operations):
        share_s = max(until_s - time.monotonic(), 0) * weights[at] / sum(weights[at:])
        most = _BODY_CASES if len(operation.body) else _CASES
        _try(operation, seed, time.monotonic() + share_s, most=most)


def _try(operation: Any, seed: int, until_s: float, *, most: int) -> None:
    """Send at most so many cases, and one at least."""
    with contextlib.suppress(_Over, Exception):  # of its strategy; the phases report it
        _search(operation, random.Random(f"{seed} {operation.label}").getrandbits(32), until_s, most)


def _search(operation: Any, seed: int, until_s: float, most: int) -> None:
    hypothesis = importlib.import_module("hypothesis")
    mode = importlib.import_module("schemathesis").GenerationMode.POSITIVE

    settings = hypothesis.settings(
        max_examples=most,
        phases=[hypothesis.Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )

    def send(case: Any) -> None:
        with contextlib.suppress(Exception):  # no response: the transport has noted it
            case.call()
        if time.monotonic() >= until_s:
            raise _Over

    search = hypothesis.given(operation.as_strategy(generation_mode=mode))(send)
    hypothesis.seed(seed)(settings(search))()
