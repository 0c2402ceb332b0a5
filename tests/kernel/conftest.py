"""Real kernels, one for each test module and each interpreter of ``IPYASGI_KERNEL_PYTHONS``."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .kernels import LiveKernel, kernel_pythons

_PYTHONS = kernel_pythons(sys.executable)


@pytest.fixture(scope="module", params=_PYTHONS, ids=[Path(each).parents[1].name for each in _PYTHONS])
def kernel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    """Give a kernel that has been started; a test may shut it down and start it again."""
    live = LiveKernel(request.param, tmp_path_factory.mktemp("kernel"))
    try:
        live.start()
        yield live
    finally:
        live.kill()
