"""Real kernels, one for each test module and each interpreter of ``IPYASGI_KERNEL_PYTHONS``.

The first of them, with the newest packages, runs every test. On the oldest one `tests/run --all` runs the modules that
say most about an old kernel, and ``--nightly`` the others too. Tests with the mark `kernels.ON_HOSTED_TOO` also run on
the first of ``IPYASGI_HOSTED_PYTHONS``, Google Colab's, and ``--nightly`` on the others.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .kernels import LiveKernel, hosted_pythons, kernel_pythons, name_of

_NEWEST, *_OLDER = kernel_pythons(sys.executable)
_ALSO_ON_THE_OLDEST = {"test_magics_in_kernel", "test_output", "test_kernel_loop"}
_SMOKE = "test_magics_in_kernel"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is nightly because of its interpreter, and the module that even the quick run has; all have time."""
    for item in items:
        if not item.path.is_relative_to(Path(__file__).parent):
            continue
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(240))  # a busy machine may need a minute to start a kernel
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        python = parameters.get("kernel", _NEWEST)
        if python in hosted_pythons()[1:] or (python in _OLDER and item.path.stem not in _ALSO_ON_THE_OLDEST):
            item.add_marker(pytest.mark.nightly)
        elif python == _NEWEST and item.path.stem == _SMOKE:
            item.add_marker(pytest.mark.smoke)


@pytest.fixture(scope="module", params=kernel_pythons(sys.executable), ids=name_of)
def kernel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    """Give a kernel that has been started; a test may shut it down and start it again."""
    live = LiveKernel(request.param, tmp_path_factory.mktemp("kernel"))
    try:
        live.start()
        yield live
    finally:
        live.kill()
