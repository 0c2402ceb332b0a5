"""What holds for all libraries whose calls are watched."""

import importlib
from typing import Any

import pytest

from ipyasgi.tracing.libraries import LIBRARIES, UNWATCHED, Library, Target
from ipyasgi.tracing.taps import TRACE_TAPS


@pytest.fixture(params=LIBRARIES, ids=lambda library: library.module)
def library(request: pytest.FixtureRequest) -> Library:
    """Give each library, imported."""
    importlib.import_module(request.param.module)
    library: Library = request.param
    return library


def current(targets: list[Target]) -> list[Any]:
    return [vars(owner)[name] for owner, name, _ in targets]


def test_nothing_stays_behind(library: Library) -> None:
    """Each function is replaced from the first traced request to the last one, and is itself again after it."""
    targets = list(library.targets())
    assert targets, "this version has none of the functions"
    before = current(targets)

    with TRACE_TAPS:
        first = current(targets)
        with TRACE_TAPS:
            second = current(targets)
        third = current(targets)
        assert (library.name in TRACE_TAPS.watched()[0]) is library.makes_calls

    assert first == second == third
    assert all(replaced is not one for replaced, one in zip(first, before, strict=True))
    assert all(now is one for now, one in zip(current(targets), before, strict=True))


def test_each_is_either_watched_or_not() -> None:
    """No library is named twice, except for sqlite3, which is watched in part."""
    watched = [library.module for library in LIBRARIES]
    assert len(set(watched)) == len(watched)
    assert set(watched) & set(UNWATCHED) == {"sqlite3.dbapi2"}
