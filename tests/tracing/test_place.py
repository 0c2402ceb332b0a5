"""The app's own line in a stack."""

from dataclasses import dataclass, field
from typing import Any

from ipyasgi.tracing.place import find_place


@dataclass
class Made:
    place: tuple[str, str] = field(default_factory=find_place)


def test_code_that_python_writes() -> None:
    """The ``__init__`` of a dataclass has no line that a person could open, so it is that of its caller."""
    place, function = Made().place

    assert place.startswith("tracing/test_place.py:")
    assert function == "test_code_that_python_writes"


def test_code_that_was_written_elsewhere() -> None:
    """Code without a file is the app's only where it is the program: ``python -c``."""
    code = compile("place = find_place()", "<string>", "exec")
    written: dict[str, Any] = {"find_place": find_place, "__name__": "namedtuple_Point"}
    program: dict[str, Any] = {"find_place": find_place, "__name__": "__main__"}

    exec(code, written)
    exec(code, program)

    assert written["place"][0].startswith("tracing/test_place.py:")
    assert program["place"] == ("<string>:1", "")
