"""What differs between two exchanges."""

import dataclasses
import time
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI

from ipyasgi import Explorer, Faults
from ipyasgi.history import Comparison
from ipyasgi.history.comparison import DIFFERENCES_LIMIT, STRUCTURE_LIMIT_BYTES, Volatile, compare, find_volatile

from ..explorer.replies import Replies, exploring


def comparison_of(
    before: Any,
    after: Any,
    *,
    headers: Any = None,
    status: tuple[int, int] = (200, 200),
    volatile: Volatile | None = None,
) -> Comparison:
    """Return the comparison of two answers."""
    replies = Replies(bodies={"/a": before, "/b": after}, status=dict(zip(("/a", "/b"), status, strict=True)))
    if headers is not None:
        replies.headers = dict(zip(("/a", "/b"), headers, strict=True))
    with exploring(replies) as explorer:
        pair = [explorer.get(path, raise_exceptions=False) for path in ("/a", "/b")]
        return compare(*pair)


def test_the_same() -> None:
    """Equal answers are the same whatever time they took, and both times are told."""
    comparison = comparison_of(b"x", b"x")
    assert (comparison.same, comparison.verdict, comparison.body.kind) == (True, "same", "equal")
    slower = dataclasses.replace(comparison.after, elapsed_ns=comparison.before.elapsed_ns * 50)
    comparison = dataclasses.replace(comparison, after=slower)
    assert (comparison.verdict, comparison.time_ratio) == ("same", 50)
    assert repr(comparison) == "<Comparison r1 → r2: same>"


@pytest.mark.parametrize(
    ("before", "after", "status", "verdict"),
    [
        (b"x", b"x", (200, 201), "changed"),
        (b"x", b"x", (200, 404), "now fails"),
        (b"x", b"x", (500, 404), "changed"),
        (b"x", b"x", (503, 204), "now works"),
        (b"x", KeyError("x"), (200, 200), "now fails"),
        (KeyError("x"), b"x", (200, 200), "now works"),
        (KeyError("x"), KeyError("y"), (200, 200), "changed"),
        (KeyError("x"), ValueError("x"), (200, 200), "changed"),
        (KeyError("x"), KeyError("x"), (200, 200), "same"),
        (KeyError("x"), b"", (200, 500), "changed"),
    ],
)
def test_verdicts(before: Any, after: Any, status: tuple[int, int], verdict: str) -> None:
    """Status and exception decide, and whether one is an answer that went well and the other is not."""
    assert comparison_of(before, after, status=status).verdict == verdict


def test_headers() -> None:
    """Headers that came, went and changed are told one by one; those that always differ are not."""
    comparison = comparison_of(
        b"x",
        b"x",
        headers=(
            [
                (b"date", b"1"),
                (b"x-request-id", b"1"),
                (b"Old", b"1"),
                (b"set-cookie", b"a=1"),
                (b"set-cookie", b"b=1"),
            ],
            [(b"date", b"2"), (b"x-new", b"1"), (b"set-cookie", b"b=1"), (b"set-cookie", b"a=2"), (b"ETag", b"z")],
        ),
    )
    assert [str(change) for change in comparison.headers] == [
        "old removed (was 1)",
        "set-cookie a=1 → a=2",
        "x-new = 1",
        "etag = z",
    ]
    assert comparison.verdict == "changed"


def test_the_length_counts_where_the_body_does_not() -> None:
    """A length that differs because the body does is told by the body alone; one that lies is told."""
    lengths = ([(b"content-length", b"8")], [(b"content-length", b"7")])
    assert comparison_of(b'{"a": 1}', b'{"a":1}', headers=lengths).same
    told = comparison_of(b"", b"", headers=lengths).headers
    assert [str(change) for change in told] == ["content-length 8 → 7"]


@pytest.mark.parametrize(
    ("before", "after", "kind", "changes"),
    [
        (b'{"a": 1, "b": [1]}', b'{"b":[1],"a":1}', "json", []),
        (b'{"a": 1}', b'{"a": {"b": 2}}', "json", ['$.a 1 → {"b": 2}']),
        (b'[{"a": 1}]', b"[]", "json", ['$[0] removed (was {"a": 1})']),
        (b'{"a": 1}', b'{"a": 1', "text", []),
        (b"one", b"two", "text", []),
        (b"one", b"\xff\xfe", "bytes", []),
        (b"[" * 5000 + b"]" * 5000, b"[]", "text", []),
        (b"x" * (STRUCTURE_LIMIT_BYTES + 1), b"x", "bytes", []),
    ],
    ids=range(8),
)
def test_bodies(before: bytes, after: bytes, kind: str, changes: list[str]) -> None:
    """JSON is compared by its members, text by its lines, the rest by digest; how JSON is written does not count."""
    comparison = comparison_of(before, after)
    assert comparison.body.kind == kind
    assert [str(change) for change in comparison.body.changes] == changes
    assert comparison.same is (kind == "json" and not changes)
    assert (comparison.before.size_bytes, comparison.after.size_bytes) == (len(before), len(after))
    assert comparison.before.sha256 != comparison.after.sha256


def test_many_and_large_differences_are_cut() -> None:
    """No more differences and no longer values are kept than a reader can use."""
    before = b"[" + b",".join(b"%d" % n for n in range(2000)) + b"]"
    after = b"[" + b",".join(b"-%d" % (n + 1) for n in range(2000)) + b"]"
    body = comparison_of(before, after).body
    assert (len(body.changes), body.cut) == (DIFFERENCES_LIMIT, True)
    body = comparison_of(b'{"a": 1}', b'{"a": ["' + b"x" * 100_000 + b'"]}').body
    assert len(body.changes[0].after) == 400
    assert body.cut is False


def test_what_is_volatile_is_ignored_and_told() -> None:
    """What differs between two sendings is left out of a comparison and named in it."""
    replies = Replies(
        bodies={
            "/": lambda n: b'{"now": %d, "ids": [%s], "kept": %d}' % (n, b",".join([b"1"] * n), n // 3),
            "/text": lambda n: b"at %d" % n,
            "/boom": lambda n: KeyError(str(n)),
        },
        headers={"/": lambda n: [(b"etag", b"%d" % n), (b"content-type", b"application/json")]},
    )
    with exploring(replies) as explorer:
        first, second, third = (explorer.get("/") for _ in range(3))
        volatile = find_volatile(first, second)
        assert volatile == Volatile(headers=frozenset({"etag"}), paths=frozenset({("now",), ("ids",)}))
        comparison = compare(second, third, volatile=volatile)
        assert [str(change) for change in comparison.body.changes] == ["$.kept 0 → 1"]
        assert comparison.headers == ()
        assert comparison.ignored == ("etag", "$.now", "$.ids[2]")
        texts = [explorer.get("/text") for _ in range(3)]
        volatile = find_volatile(*texts[:2])
        assert volatile.paths == {()}
        comparison = compare(*texts[1:], volatile=volatile)
        assert (comparison.same, comparison.ignored, comparison.body.kind) == (True, ("body",), "ignored")
        failed = [explorer.get("/boom", raise_exceptions=False) for _ in range(3)]
        comparison = compare(*failed[1:], volatile=find_volatile(*failed[:2]))
        assert (comparison.same, comparison.ignored) == (True, ("the exception's text",))
        assert compare(*failed[1:]).verdict == "changed"


def test_a_comparison_holds_no_exchange() -> None:
    """A comparison that is kept keeps no response and no exception alive, and shows no value when shown bare."""
    comparison = comparison_of(b'{"token": "s3cret"}', b'{"token": "t4cret"}')
    assert "cret" not in repr(comparison) + repr(comparison.body)
    kept = [getattr(comparison, name) for name in comparison.__slots__]
    assert {type(value).__name__ for value in kept} <= {
        *("Side", "BodyComparison", "Settings", "str", "tuple", "bool", "NoneType"),
    }


def test_bodies_made_to_annoy_end_soon() -> None:
    """A large body of nothing but brackets, quotes or lines takes a moment, and no error."""
    began = time.monotonic()
    for one in (b"[[]," * 300_000, b'["' * 500_000, b"\n" * 1_000_000, b"[" + b"[]," * 300_000 + b"1]"):
        assert comparison_of(one, one[:-2] + b"x").verdict == "changed"
    assert time.monotonic() - began < 20


def test_other_overrides_and_faults() -> None:
    """A comparison says that the requests were not sent in the same way."""

    def get_db() -> str:
        return "real"

    api = FastAPI()

    @api.get("/")
    def read(db: Annotated[str, Depends(get_db)]) -> str:
        return db

    with Explorer(api) as explorer:
        with explorer.overriding(get_db="other"):
            explorer.get("/")
        found = explorer.recheck("r1")
        assert found.comparisons[0].notes == ("overrides of the requests differ: get_db=<str> → none",)
        assert "1 request: overrides of the requests differ: get_db=<str> → none" in found.to_text()
        faulty = explorer.get("/", faults=Faults(split=3))
        assert explorer.compare("r2", faulty).notes[0].startswith("Faults of the requests differ: none → split 3 B")
        assert explorer.compare("r2", "r2").notes == ()
