"""Whose code a file holds, and what its lines are called."""

import asyncio
import json

import anyio
import pytest

import ipyasgi
from ipyasgi.engine.source_location import describe_place, owner_of, place_of
from ipyasgi.samples import shop


@pytest.mark.parametrize(
    ("filename", "owner"),
    [
        (__file__, ""),
        (shop.__file__, ""),
        (ipyasgi.__file__, "ipyasgi"),
        (anyio.__file__, "anyio"),
        (json.__file__, "Python"),
        (asyncio.__file__, "Python"),
        ("<frozen importlib._bootstrap>", "Python"),
        ("<ipython-input-3-abc>", ""),
        ("/tmp/ipykernel_12/345.py", ""),
    ],
)
def test_owners(filename: str, owner: str) -> None:
    """The user's files and our samples are the app's; ours, packages' and Python's are named."""
    assert owner_of(filename) == owner


@pytest.mark.parametrize(
    ("filename", "place"),
    [
        ("/a/b/shop/api.py", "shop/api.py:42"),
        ("C:\\a\\shop\\api.py", "shop/api.py:42"),
        ("api.py", "api.py:42"),
        ("/tmp/ipykernel_12/345.py", "cell:42"),
        ("<ipython-input-3-abc>", "cell:42"),
    ],
)
def test_places(filename: str, place: str) -> None:
    """A line is named by its file and folder, or as a line of a cell."""
    assert place_of(filename, 42) == place


def test_no_frames_have_no_place() -> None:
    """A call that has ended, or has not begun, waits nowhere."""
    assert describe_place([]) == ""
