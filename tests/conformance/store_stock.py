"""Stores in `stock/` what becomes of the foreign suites with the client they were written for.

tests/run tests/conformance/store_stock.py
"""

from pathlib import Path

import pytest

from .suites import Suite
from .test_fastapi_tutorial import FASTAPI
from .test_starlette_suite import STARLETTE


@pytest.mark.timeout(850)
@pytest.mark.parametrize(("suite", "httpx"), [(STARLETTE, "httpx2"), (STARLETTE, "httpx"), (FASTAPI, "httpx2")])
def test_store(suite: Suite, httpx: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Run a suite with the stock client and store the outcomes."""
    suite.store_stock(httpx, suite.run(suite.unpack(pytestconfig, tmp_path), httpx=httpx))
