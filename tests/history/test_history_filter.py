"""The history's filter language."""

import contextlib
import dataclasses
import datetime
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi import Explorer
from ipyasgi.errors import FilterError
from ipyasgi.history.history_filter import read_filter

from ..explorer.replies import Replies, exploring

_JSON = {"name": "Foo", "note": "Grüße"}


@pytest.fixture(scope="module")
def explorer() -> Iterator[Explorer]:
    """Give an explorer with eight exchanges, r1 to r8."""
    replies = Replies(
        bodies={
            "/items": b'{"name": "Foo", "big": "' + b"x" * 20_000 + b'"}',
            "/boom": KeyError("x"),
            "/grüße": rb'{"note": "Gr\u00fc\u00DFe"}',
            "/move": b"",
        },
        status={"/items/9": 404, "/down": 503, "/move": 302},
        headers={"/move": [(b"location", b"/items")], "/items/9": [(b"x-kind", b"Late, Lost")]},
        slow_s={"/slow": 0.3},
    )
    with exploring(replies) as explorer:
        explorer.get("/items?page=2")  # r1
        explorer.post("/items", json=_JSON, headers={"x-token": "abc"})  # r2
        explorer.get("/items/9")  # r3
        explorer.get("/boom", raise_exceptions=False)  # r4
        explorer.get("/down")  # r5
        explorer.get("/move", follow_redirects=False)  # r6
        explorer.get("/slow")  # r7
        explorer.get("/grüße")  # r8
        yield explorer


def names(explorer: Explorer, text: str) -> list[str]:
    """Return the names of what a filter lets through."""
    return [exchange.name for exchange in explorer.history.filter(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "12345678"),
        ("  \t", "12345678"),
        ("method:POST", "2"),
        ("method:post,delete", "2"),
        ("-method:GET", "2"),
        ("POST", "2"),
        ("POST /items", "2"),
        ("GET /items", "13"),
        ("-GET", "2"),
        ("post", ""),  # a text
        ('"POST"', ""),
        ("not:method:GET", "2"),
        ("--method:GET", "1345678"),
        ("status:404", "3"),
        ("status:4xx", "3"),
        ("status:4XX,503", "35"),
        ("status:400-499", "3"),
        ("status:>=500", "45"),
        ("status:<300 -status:200", ""),
        ("status:<=302 status:>302", ""),
        ("-status:2xx", "3456"),
        ("status:<404 path:/items/9", ""),
        ("status:>404 path:/items/9", ""),
        ("status:none", ""),
        ("path:/items", "12"),
        ("path:/items*", "123"),
        ("path:*s/9", "3"),
        ("path:/*o*", "4567"),
        ("path:/ITEMS", ""),
        ("path:/gr%C3%BC*e", "8"),
        ("path:/grüße", "8"),
        ("host:localhost", "12345678"),
        ("host:*.example", ""),
        ("name:r3,r7", "37"),
        ("name:r*", "12345678"),
        ('body~"foo"', "12"),
        ("body~GRÜSSE", ""),
        ("body~Grüße", "8"),
        ('request~"foo"', "2"),
        ("request~Grüße", "2"),
        ("header:x-token", "2"),
        ("header:X-Token=ABC", "2"),
        ("header:X-Token=b*", ""),
        ('header:x-kind="late, *"', "3"),
        ("header:x-kind=*ate*lo*", "3"),
        ("header:x-kind=*ate*te*", ""),
        ("header:location", "6"),
        ("slow:300ms", "7"),
        ("slow:>=0.3s", "7"),
        ("slow:1d", ""),
        ("-slow:1min", "12345678"),
        ("held:1d", ""),
        ("held:0ms", "12345678"),
        ("size:>10kB", "12"),
        ("size:0", "46"),
        ("size:1-10", "357"),
        ("size:<1KiB -size:0", "3578"),
        ("error", "45"),
        ("-error method:GET", "13678"),
        ("redirect", "6"),
        ("violation", ""),
        ("since:5m", "12345678"),
        ("since:99999999d", "12345678"),
        ("items", "123"),
        ("ITEMS", "123"),
        ("page=2", "1"),
        ("/items/", "3"),
        ("r5", "5"),
        ("r", "8"),
        ("grüße", "8"),
        ('"status:404"', ""),
        ('-"items"', "45678"),
        ('"-items"', ""),
        ("method:POST status:2xx path:/items* body~'Foo' request~'foo'", "2"),
        ("it\"em\"s -method:'POST'", "13"),
    ],
)  # fmt: skip
def test_what_a_filter_lets_through(explorer: Explorer, text: str, expected: str) -> None:
    """Words are ANDed, each key means what the module's head says, and a minus turns a word round."""
    assert "".join(name[1:] for name in names(explorer, text)) == expected


def test_since_counts_back_from_now(explorer: Explorer) -> None:
    """An exchange that is older than the time given is left out."""
    exchange = explorer.history[0]
    older = dataclasses.replace(exchange, sent_at=exchange.sent_at - datetime.timedelta(minutes=10))
    assert [read_filter("since:5m")(one) for one in (exchange, older)] == [True, False]
    assert [read_filter("since:2h")(one) for one in (exchange, older)] == [True, True]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("stauts:404", "cannot read stauts:404 in the filter: there is no key 'stauts'; did you mean status:"),
        ("body:Foo", "did you mean body~"),
        ("status~4", "did you mean status:"),
        ("zebra:1", "one of method: status: path:"),
        ("zebra:1", 'or in quotes, as a text: "zebra:1"'),
        ("status:", "there is nothing after it. Write status:404, status:4xx"),
        ("status:4x", "'4x' is not a status"),
        ("status:ok", "'ok' is not a status"),
        ("status:404,", "'' is not a status"),
        ("status:>=", "'>=' is not a status"),
        ("size:big", "'big' is not a size. Write size:>10kB"),
        ("size:1parsec", "'1parsec' is not a size"),
        ("slow:100", "'100' is not a time with a unit. Write slow:100ms"),
        ("slow:-1s", "'-1s' is not a time"),
        ("since:now", "'now' is not a time"),
        ("header:=x", "there is no name. Write header:x-token"),
        ("path:/a -", "cannot read - in the filter: there is nothing to negate"),
        ("not: x", "nothing to negate"),
        ('body~"Foo', 'cannot read body~"Foo in the filter: a quote is not closed'),
        ("x" * 200 + ":1", "x…"),
    ],
)
def test_what_cannot_be_read_is_said(explorer: Explorer, text: str, told: str) -> None:
    """The error names the word and says what may stand there."""
    with pytest.raises(FilterError) as handled_exception:
        explorer.history.filter(text)
    assert told in str(handled_exception.value)
    assert len(str(handled_exception.value)) < 500
    assert isinstance(handled_exception.value, ValueError)


_WORDS = st.sampled_from(
    ["method:", "status:", "path:", "host:", "name:", "header:", "slow:", "held:", "size:", "since:", "body~",
     "request~",
     "-", "not:", "error", "violation", ">=", "<",
     "4xx", "404", "-", "*", ",", "=", "ms", "kB", "1", '"', "'", "\\", " "]
)  # fmt: skip


@settings(max_examples=400, deadline=None, database=None)
@given(text=st.one_of(st.text(), st.lists(st.one_of(_WORDS, st.text(max_size=3))).map("".join)))
def test_any_text_is_a_filter_or_our_error(explorer: Explorer, text: str) -> None:
    """Whatever is typed, the answer is exchanges or a `FilterError`, and nothing else."""
    try:
        found = explorer.history.filter(text)
    except FilterError:
        return
    assert set(found) <= set(explorer.history)


@pytest.mark.parametrize("text", ["-" * 100_000, "path:" + "*a" * 50_000, '"' * 99_999, "a " * 20_000, "not:" * 50_000])
def test_a_filter_made_to_annoy_ends_soon(explorer: Explorer, text: str) -> None:
    """Reading and matching take time in proportion to the text."""
    began = time.monotonic()
    with contextlib.suppress(FilterError):
        explorer.history.filter(text)
    assert time.monotonic() - began < 5
