"""Values in a real kernel that has loaded nothing of ours."""

import pytest

from .kernels import LiveKernel

pytestmark = pytest.mark.kernel


def test_a_value_shows_itself(kernel: LiveKernel) -> None:
    """The last value of a cell, and `display`, give text and HTML without ``%load_ext``."""
    kernel.do("from ipyasgi import Explorer\nfrom ipyasgi.samples.shop import app\nexplorer = Explorer(app)")
    for line, says in (
        ("explorer.get('/items')", "200 OK"),
        ("explorer.history[:]", "exchanges"),
        ("explorer", "Shop"),
    ):
        for cell in (kernel.do(line), kernel.do(f"display({line})")):
            (shown,) = [each["content"]["data"] for each in cell.outputs if "data" in each["content"]]
            assert set(shown) == {"text/plain", "text/html"}
            assert says in shown["text/plain"]
            assert "<style>" in shown["text/html"]
    assert kernel.value("'ipywidgets' in __import__('sys').modules") is False
    kernel.do("explorer.close()")
