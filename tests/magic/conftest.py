"""The shell of the magics, for tests of their language."""

from ..notebook.conftest import shell, some_files  # noqa: F401  (fixtures)
