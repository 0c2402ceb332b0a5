"""The times of several requests in figures, and exchanges as rows of a table."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ipyasgi import Exchanges
from ipyasgi.history.request_times import BINS, try_times
from ipyasgi.views.figures import bars_of

from ..explorer.replies import Replies, exploring


def repeated(*times_ms: float) -> Exchanges:
    """Return exchanges that took these times."""
    with exploring(Replies()) as explorer:
        one = explorer.get("/")
    assert one.run is not None
    run = dataclasses.replace(one.run, response_end_ns=one.run.duration_ns)
    return Exchanges(dataclasses.replace(one, run=run, elapsed_ns=int(ms * 1e6)) for ms in times_ms)


def test_figures() -> None:
    """The median, the 95th percentile, the worst, and how many were how fast."""
    times = repeated(*range(1, 101)).times
    assert times is not None
    assert (times.count, times.fastest_ns, times.median_ns, times.worst_ns) == (100, 1_000_000, 50_500_000, 100_000_000)
    assert times.p95_ns == pytest.approx(95_050_000)
    assert (len(times.histogram), sum(times.histogram), times.histogram[-1]) == (BINS + 1, 100, 5)
    assert try_times(()) is None
    for same in (repeated(3), repeated(3, 3, 3)):
        assert same.times is not None
        assert (same.times.median_ns, same.times.p95_ns, same.times.histogram[0]) == (3e6, 3e6, len(same))


def test_they_are_below_repeated_requests() -> None:
    """Five sendings of the same request have a line of figures; fewer, and different requests, have none."""
    five = repeated(1, 2, 3, 4, 50)
    line = "median 3.00 ms, p95 40.8 ms, worst 50.0 ms "
    assert line in five.to_text()
    assert line.strip() in five._repr_mimebundle_()["text/html"]
    assert "median" not in five[:4].to_text()
    with exploring(Replies()) as explorer:
        mixed = [explorer.get(f"/{number}") for number in range(5)]
    assert "median" not in Exchanges(mixed).to_text()


def test_bars() -> None:
    """The highest number is the tallest bar, one is seen beside it, and zero is a space."""
    assert bars_of((0, 1, 50, 100)) == " ▂▅█"
    assert bars_of((0, 0)) == "  "
    assert bars_of(()) == ""


def test_rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each exchange is a row of plain values, masked, and `to_dataframe` gives them to pandas only when called."""
    with exploring(Replies(bodies={"/boom": KeyError("x")})) as explorer:
        explorer.get("/a?token=s3cret-0123456789")
        explorer.get("/boom", raise_exceptions=False)
        first, second = explorer.history.to_dicts()
        assert (first["name"], first["path"], first["query"], first["status"]) == ("r1", "/a", "token=•••", 200)
        assert (first["bytes"], first["media_type"], first["exception"], first["errors"]) == (2, "text/plain", "", 0)
        assert (second["exception"], second["path"]) == ("KeyError", "/boom")
        assert json.dumps([{**row, "sent_at": str(row["sent_at"])} for row in explorer.history.to_dicts()])
        assert explorer.history[:1].to_dicts() == [first]
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(ImportError, match="needs pandas"):
            explorer.history.to_dataframe()
        (tmp_path / "pandas.py").write_text("def DataFrame(rows, columns): return rows, columns\n", encoding="utf-8")
        monkeypatch.delitem(sys.modules, "pandas")
        monkeypatch.syspath_prepend(tmp_path)
        rows, columns = explorer.history.to_dataframe()
        assert (rows, columns) == ([first, second], list(first))
        empty: Any = Exchanges().to_dataframe()
        assert empty == ([], list(first))
        sys.modules.pop("pandas")
