"""The history table: found by filter, shown, sent again, compared, exported; with each mistake in words."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ipyasgi import Exchanges, Explorer, Settings
from ipyasgi.formats.exports import FORMATS, method_of
from ipyasgi.panels import HistoryTable, ResponseViewer, Workbench
from ipyasgi.panels.history_table import export, page_filter, page_filter_error, page_rows
from ipyasgi.protocol.errors import FilterError, LoopError, RequestError
from ipyasgi.records.secret_rules import MASK
from ipyasgi.records.state import Change


@pytest.fixture
def table(explorer: Explorer) -> HistoryTable:
    """Give a table; it closes with its explorer."""
    return HistoryTable(explorer)


def names(table: HistoryTable) -> list[str]:
    """Return the names of the rows."""
    return [row["name"] for row in table.table.rows]


def test_rows_come_newest_first(table: HistoryTable, until: Callable) -> None:
    """Whoever sends, the row is there; the history's size is told."""
    assert names(table) == []
    table.explorer.get("/echo")
    table.explorer.get("/items/7")
    until(lambda: names(table) == ["r2", "r1"])
    assert (table.table.total, table.table.matching) == (2, 2)


def test_the_filter_is_the_history_s(table: HistoryTable, page_says: Callable, until: Callable) -> None:
    """What it lets through is listed and counted; new exchanges pass it too."""
    table.explorer.get("/echo")
    table.explorer.post("/items", json={})
    page_says(table.table, ask="filter", text="method:POST")
    until(lambda: names(table) == ["r2"])
    assert (table.table.total, table.table.matching, table.table.filter) == (2, 1, "method:POST")
    table.explorer.get("/echo")
    until(lambda: table.table.total == 3)
    assert names(table) == ["r2"]
    table.filter("")
    until(lambda: names(table) == ["r3", "r2", "r1"])
    assert [one.name for one in table.select()] == ["r1", "r2", "r3"]


def test_a_filter_s_mistake_stands_under_its_field(table: HistoryTable, page_says: Callable, until: Callable) -> None:
    """It is told, the rows stay, and the next good filter takes it away; in Python it raises."""
    table.explorer.get("/echo")
    until(lambda: names(table) == ["r1"])
    page_says(table.table, ask="filter", text="stat:4xx")
    until(lambda: "stat:4xx" in table.table.filter_error)
    assert names(table) == ["r1"]
    with pytest.raises(FilterError):
        table.filter("stat:4xx")
    page_says(table.table, ask="filter", text="status:200")
    until(lambda: not table.table.filter_error)


def test_more_rows_come_when_asked_for(
    table: HistoryTable, page_says: Callable, until: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page gets a bounded number, and the next older ones on demand."""
    monkeypatch.setattr(table, "_most", 2)
    for _ in range(5):
        table.explorer.get("/echo")
    until(lambda: table.table.matching == 5 and names(table) == ["r5", "r4"])
    page_says(table.table, ask="more")
    until(lambda: names(table) == ["r5", "r4", "r3", "r2", "r1"])


def test_one_is_shown_below_or_where_its_owner_wants(table: HistoryTable, page_says: Callable, until: Callable) -> None:
    """Alone the table shows it itself; in a workbench the answer does."""
    table.explorer.get("/items/7")
    page_says(table.table, ask="show", name="r1")
    until(lambda: "/items/7" in table.result_view.value)
    assert (table.table.shown, table.table.result) == ("r1", "r1")
    assert "/items/7" in table.view().text
    page_says(table.table, ask="dismiss")
    until(lambda: not table.result_view.value and not table.table.result)
    shown: list[str] = []
    other = HistoryTable(table.explorer, on_show=lambda exchange: shown.append(exchange.name))
    page_says(other.table, ask="show", name="r1")
    until(lambda: shown == ["r1"])
    assert not other.result_view.value


def test_a_form_is_filled_only_where_there_is_one(table: HistoryTable, page_says: Callable, until: Callable) -> None:
    """The page offers it where somebody takes the request."""
    filled: list[str] = []
    other = HistoryTable(table.explorer, on_fill=lambda exchange: filled.append(exchange.name))
    assert (table.table.fills, other.table.fills) == (False, True)
    table.explorer.get("/echo")
    for one in (table, other):
        page_says(one.table, ask="fill", name="r1")
    until(lambda: filled == ["r1"])


def test_the_shown_one_is_compared_with_the_one_before(
    table: HistoryTable, page_says: Callable, until: Callable
) -> None:
    """It is the one that it replays, else the last of its operation; there may be none, as of a WebSocket."""
    explorer = table.explorer
    for path in ("/items/7", "/echo", "/items/8", "/items/9"):
        explorer.get(path)
    explorer.replay("r1")
    for name, earlier in {"r5": "r1", "r4": "r3", "r3": "r1", "r2": "", "r1": ""}.items():
        page_says(table.table, ask="show", name=name)
        until(lambda wanted=(name, earlier): (table.table.shown, table.table.earlier) == wanted)
    page_says(table.table, ask="show", name="r4")
    until(lambda: table.table.earlier == "r3")
    table.mark_shown(None)
    until(lambda: (table.table.shown, table.table.earlier) == ("", ""))


def test_selected_ones_are_sent_again(table: HistoryTable, page_says: Callable, until: Callable) -> None:
    """One is shown like any answer, of several there is a list, and how many were not answered well."""
    table.explorer.get("/echo")
    table.explorer.submit(table.explorer.history["r1"].spec.__class__(method="GET", path="/boom"))
    until(lambda: len(table.explorer.history) == 2)
    page_says(table.table, ask="replay", names=["r1"])
    until(lambda: table.table.result == "r3" and not table.table.doing)
    page_says(table.table, ask="replay", names=["r1", "r2"])
    until(lambda: (table.table.result, table.table.tone) == ("Replayed 2 requests: 1 failed", "bad"))
    assert [one.replay_of for one in table.explorer.history][2:] == ["r1", "r1", "r2"]


def test_sending_again_is_stopped(app: Any, table: HistoryTable, page_says: Callable, until: Callable) -> None:
    """While it goes on the page says what is under way, a second one is refused, and Stop ends it at once."""
    pending = table.explorer.begin("GET", "/slow")
    until(lambda: app.slow_begun)
    pending.cancel()
    until(lambda: len(table.explorer.history) == 1)
    table.replay("r1")
    until(lambda: table.table.doing == "Replaying r1, 1 of 1")
    with pytest.raises(LoopError, match="stop it"):
        table.replay("r1")
    until(lambda: app.slow_begun == 2)
    page_says(table.table, ask="stop")
    until(lambda: not table.table.doing and len(app.notes) == 2)


def test_a_deadline_ends_one_of_them_only(app: Any, until: Callable) -> None:
    """The one that took too long is among the results, and the next is sent."""
    with Explorer(app, settings=Settings(timeout_s=1)) as explorer:
        slow = explorer.begin("GET", "/slow")
        until(slow.done)
        explorer.get("/echo")
        table = HistoryTable(explorer)
        table.replay(list(explorer.history))
        until(lambda: table.table.result == "Replayed 2 requests: 1 failed")
        assert [one.outcome for one in explorer.history][2:] == ["AppReadTimeout", "200 OK"]


def test_what_was_sent_before_it_was_stopped_is_shown(app: Any, table: HistoryTable, until: Callable) -> None:
    """Stopped at the second, no further request is sent, and the first is there."""
    table.explorer.get("/echo")
    pending = table.explorer.begin("GET", "/slow")
    until(lambda: app.slow_begun)
    pending.cancel()
    until(lambda: len(table.explorer.history) == 2)
    table.explorer.get("/items/7")
    table.replay(list(table.explorer.history))
    until(lambda: table.table.doing == "Replaying r2, 2 of 3" and app.slow_begun == 2)
    table.stop()
    until(lambda: table.table.result and not table.table.doing)
    assert [(one.name, one.replay_of) for one in table.explorer.history][3:] == [("r4", "r1"), ("r5", "r2")]
    assert "r4" in table.result_view.value + table.table.result


def test_closing_ends_what_is_sent_again(app: Any, table: HistoryTable, until: Callable) -> None:
    """A panel that goes leaves no request of its own behind."""
    pending = table.explorer.begin("GET", "/slow")
    until(lambda: app.slow_begun)
    pending.cancel()
    until(lambda: len(table.explorer.history) == 1)
    table.replay("r1")
    until(lambda: table.table.doing)
    until(lambda: app.slow_begun == 2)
    table.close()
    until(lambda: len(app.notes) == 2)


def test_two_are_compared(table: HistoryTable, page_says: Callable, until: Callable) -> None:
    """The difference is shown below, with a summary in the line above; in Python it is one call."""
    table.explorer.get("/items/7")
    table.explorer.get("/items/8")
    page_says(table.table, ask="compare", names=["r1", "r2"])
    until(lambda: table.table.result == "r1 → r2: changed")
    assert "/items/8" in table.result_view.value
    table.compare("r1", "r1")
    until(lambda: table.table.result == "r1 → r1: same")


def test_an_export_is_fetched_and_never_saved(table: HistoryTable, page_says: Callable, until: Callable) -> None:
    """The widget's state names the text, the text itself comes in pieces; what cannot be made is said."""
    table.explorer.get("/items/7")
    page_says(table.table, ask="export", names=["r1"], format="curl")
    until(lambda: table.table.export)
    assert table.table.export["about"] == "r1 as curl"
    size = table.table.export["offer"]["size_bytes"]
    assert size == len(table.explorer.history["r1"].to_curl())
    assert "curl " not in repr(table.table.get_state(["export", "rows", "result"]))
    page_says(table.table, ask="export", names=["r1"], format="docx")
    until(lambda: "docx" in table.notice.text)


@pytest.mark.parametrize(
    "content",
    [
        {"ask": "show", "name": "r9"},
        {"ask": "replay", "names": ["r9"]},
        {"ask": "compare", "names": ["r1", "r9"]},
        {"ask": "export", "names": ["r9"], "format": "curl"},
    ],
    ids=lambda content: content["ask"],
)
def test_one_that_is_gone_is_said_to_be(
    table: HistoryTable, page_says: Callable, until: Callable, content: dict[str, Any]
) -> None:
    """The page may be behind the history, or be lying: the answer is a sentence."""
    table.explorer.get("/echo")
    page_says(table.table, **content)
    until(lambda: "r9" in table.notice.text)
    page_says(table.table, ask="show", name="r1")
    until(lambda: not table.notice.text)


@pytest.mark.parametrize(
    "content",
    [
        {"ask": "replay", "names": [{}]},
        {"ask": "compare", "names": ["r1"]},
        {"ask": "filter", "text": 7},
        {"ask": 1},
        {},
    ],
    ids=str,
)
def test_nonsense_from_the_page_does_nothing(
    table: HistoryTable, page_says: Callable, until: Callable, content: dict[str, Any]
) -> None:
    """What is no wish of the table's is passed over, and the next wish is heard."""
    table.explorer.get("/echo")
    page_says(table.table, **content)
    page_says(table.table, ask="show", name="r1")
    until(lambda: table.table.result == "r1")
    assert len(table.explorer.history) == 1


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_what_the_exchanges_make_of_themselves(explorer: Explorer, kind: str, until: Callable) -> None:
    """The text is that of `Exchanges.to_...`; one exchange is told by its name, several by their number."""
    one = explorer.get("/echo", params={"token": "s3cret"})
    two = Exchanges([one, explorer.post("/items", json={"a": 1})])
    text = export(two, kind)
    assert text == getattr(two, method_of(kind))()
    assert "s3cret" not in text
    table = HistoryTable(explorer)
    for which, about in ((list(two), f"2 exchanges as {kind}"), ("r1", f"r1 as {kind}")):
        table.export(which, kind)
        until(lambda about=about: table.table.export.get("about") == about)
        assert table.table.export["filename"] == FORMATS[kind]


def test_what_cannot_be_exported_is_said(explorer: Explorer) -> None:
    """A format there is not names those there are; nothing selected is no empty file."""
    explorer.get("/echo")
    with pytest.raises(RequestError, match="har"):
        export(explorer.history.filter(""), "docx")
    with pytest.raises(RequestError, match="Select"):
        export(Exchanges(), "curl")


def test_a_row_is_what_the_summary_says(explorer: Explorer) -> None:
    """Name, request, outcome and what else is to be known, with secrets masked and text that acts written out."""
    explorer.get("/echo", params={"token": "s3cret", "x": "\u202e"})
    (row,) = page_rows(explorer.history, Settings())
    assert (row["name"], row["method"], row["outcome"], row["tone"]) == ("r1", "GET", "200 OK", "good")
    assert "s3cret" not in repr(row)
    assert row["size"]
    explorer.replay("r1")
    assert page_rows(explorer.history, Settings())[1]["marks"] == ["replay of r1"]


def test_restored_exchanges_are_marked(explorer: Explorer, tmp_path: Path, until: Callable) -> None:
    """Exchanges from a file are in the history with a mark; no panel jumps to them, and they can be shown."""
    explorer.get("/echo")
    table, viewer, bench = HistoryTable(explorer), ResponseViewer(explorer), Workbench(explorer)
    explorer.restore(explorer.save(tmp_path / "a.jsonl"))
    sent = explorer.get("/echo")
    until(lambda: viewer.shown is sent and [row["name"] for row in table.table.rows] == ["r3", "r2", "r1"])
    assert [(row["restored"], row["marks"]) for row in table.table.rows] == [
        (False, []),
        (True, ["restored"]),
        (False, []),
    ]
    assert bench.request.shown is None
    explorer.restore(tmp_path / "a.jsonl")
    bench.show(explorer.history["r2"])
    until(lambda: bench.request.shown is explorer.history["r2"])
    until(lambda: len(table.table.rows) == 4)
    assert viewer.shown is sent
    for panel in (table, viewer, bench):
        panel.close()


def test_a_filter_that_names_a_secret_stays_in_the_kernel() -> None:
    """Any other is kept as it was typed; asked for, this one too."""
    assert page_filter("method:GET 4xx", Settings()) == "method:GET 4xx"
    assert page_filter("header:x-api-key=s3cret", Settings()) == MASK
    assert page_filter("header:x-api-key=s3cret", Settings(show_secrets=True)) == "header:x-api-key=s3cret"


@pytest.mark.parametrize(("word", "told"), [("stat:4xx", True), ("token:s3cret", False)])
def test_a_mistake_names_its_word_unless_it_may_be_secret(explorer: Explorer, word: str, told: bool) -> None:
    """What may stand there instead is said in any case."""
    with pytest.raises(FilterError) as caught:
        explorer.history.filter(word)
    text = page_filter_error(caught.value, Settings())
    assert (word in text) is told
    assert "method:" in text


def test_background_work_is_a_mark_of_the_row(explorer: Explorer) -> None:
    """The column of times is narrow, so the time of background tasks stands among the marks."""
    exchange = explorer.get("/echo")
    assert exchange.run is not None
    run = replace(exchange.run, duration_ns=566_000_000, response_end_ns=49_000_000)
    (row,) = page_rows([replace(exchange, run=run, elapsed_ns=566_000_000)], Settings())
    assert (row["elapsed"], row["marks"]) == ("49.0 ms", ["+ 517 ms background"])


def test_a_counter_is_no_mark_of_each_row(explorer: Explorer) -> None:
    """What every request changes stands in none of the rows, so that the path has its place."""
    change = Change(path="app.state.requests", kind="changed", before="8", after="9")
    exchanges = [replace(explorer.get("/echo"), state_diff=(change,)) for _ in range(3)]
    assert [row["marks"] for row in page_rows(exchanges[:2], Settings())] == [["app.state.requests 8 → 9"]] * 2
    assert [row["marks"] for row in page_rows(exchanges, Settings())] == [[]] * 3
