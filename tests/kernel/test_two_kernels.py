"""Two kernels that have the same app attached, on one database file."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .kernels import LiveKernel

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(120)]


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[LiveKernel]]:
    """Give two kernels with the shop attached, whose file is the same."""
    monkeypatch.setenv("IPYASGI_SHOP_DB", str(tmp_path / "shop.sqlite3"))
    kernels = [LiveKernel(sys.executable, tmp_path / name) for name in ("one", "two")]
    try:
        for kernel in kernels:
            kernel.start()
        attaching = [kernel.begin("%load_ext ipyasgi\nexplorer = %asgi ipyasgi.samples.shop:app") for kernel in kernels]
        for kernel, cell in zip(kernels, attaching, strict=True):
            kernel.finish(cell)
            assert not cell.error, cell.traceback
        yield kernels
    finally:
        for kernel in kernels:
            kernel.kill()


def test_both_use_it(two: list[LiveKernel]) -> None:
    """What one adds the other sees; where one holds the file, the other is told what to do, and goes on afterwards."""
    one, other = two
    one.do("added = %asgi POST /items name=saucer price:=3")
    assert other.value("[item['name'] for item in explorer.get('/items').json()][-2:]") == ["tray", "saucer"]

    one.do("db = explorer.state.lifespan['db']; db.execute('BEGIN EXCLUSIVE')")
    refused = other.do("%asgi POST /items name=lid price:=1")
    shown = str(refused.outputs)
    assert "503 Service Unavailable" in shown
    assert "name another file in IPYASGI_SHOP_DB" in shown
    restarted = other.run("%asgi lifespan restart")
    assert "LifespanError: lifespan startup failed" in restarted.traceback
    assert "another process has locked the shop's file" in restarted.traceback

    one.do("db.execute('ROLLBACK')")
    other.do("%asgi lifespan start")
    assert other.value("explorer.post('/items', json={'name': 'lid', 'price': 1}).status_code") == 201
    assert one.value("explorer.get('/items').json()[-1]['name']") == "lid"
