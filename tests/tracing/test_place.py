"""The app's own line in a stack."""

from dataclasses import dataclass, field

from ipyasgi.tracing.place import find_place


@dataclass
class Made:
    place: tuple[str, str] = field(default_factory=find_place)


def test_code_that_python_writes() -> None:
    """The ``__init__`` of a dataclass has no line that a person could open, so it is that of its caller."""
    place, function = Made().place

    assert place.startswith("tracing/test_place.py:")
    assert function == "test_code_that_python_writes"
