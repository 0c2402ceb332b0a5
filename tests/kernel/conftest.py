"""
Real kernels, one for each test module and each interpreter of ``IPYASGI_KERNEL_PYTHONS``; with the mark
`kernels.ON_COLAB_TOO` on that of ``IPYASGI_COLAB_PYTHON`` too.
"""

import sys
from collections.abc import Iterator

import pytest

from .kernels import LiveKernel, kernel_pythons, name_of


@pytest.fixture(scope="module", params=kernel_pythons(sys.executable), ids=name_of)
def kernel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    """Give a kernel that has been started; a test may shut it down and start it again."""
    live = LiveKernel(request.param, tmp_path_factory.mktemp("kernel"))
    try:
        live.start()
        yield live
    finally:
        live.kill()
