"""The length of a body compared with its head."""

import pytest

from ipyasgi.protocol.judges.body_length import BodyLength

Pairs = list[tuple[bytes, bytes]]


def lengths(*values: bytes) -> Pairs:
    return [(b"content-length", value) for value in values]


CHUNKED = (b"Transfer-Encoding", b"chunked")


@pytest.mark.parametrize(
    ("status", "headers", "rules"),
    [
        (200, [], []),
        (200, lengths(b"2"), []),
        (200, lengths(b"2", b"2", b" 2"), []),
        (200, [CHUNKED], []),
        (304, lengths(b"2"), []),
        (200, lengths(b"-2"), ["number"]),
        (200, lengths(b""), ["number"]),
        (200, lengths("²".encode()), ["number"]),
        (200, lengths(b"9" * 19), ["number"]),
        (200, lengths(b"2", b"3"), ["differs"]),
        (200, lengths(b"2", b"x"), ["number", "differs"]),
        (204, lengths(b"0"), ["forbidden"]),
        (103, lengths(b"0"), ["forbidden"]),
    ],
    ids=range(13),
)
@pytest.mark.parametrize("head", [False, True])
def test_the_head(status: int, headers: Pairs, rules: list[str], head: bool) -> None:
    """content-length is one number, and absent if the status forbids it, also for HEAD."""
    length = BodyLength.of(status, headers, head=head)
    found = length.violations if length else ()
    assert [one.rule for one in found] == [f"http.content-length-{rule}" for rule in rules]
    assert not any(one.fatal for one in found)


def test_two_ways_to_end_a_body() -> None:
    """content-length together with transfer-encoding is a violation, in any case of the names."""
    length = BodyLength.of(200, [(b"Content-Length", b"2"), CHUNKED], head=False)
    assert length is not None
    assert [one.rule for one in length.violations] == ["http.transfer-encoding"]


@pytest.mark.parametrize(
    ("status", "headers", "sent", "told"),
    [
        (200, [], [5], ""),
        (200, lengths(b"5"), [5], ""),
        (200, lengths(b"5"), [2, 0, 3], ""),
        (200, lengths(b"0"), [0], ""),
        (200, lengths(b"5"), [2, 4, 4], "body-too-long: the body is 1 bytes longer than content-length says"),
        (200, lengths(b"5"), [2, 1], "body-too-short: the body is 2 bytes shorter than content-length says"),
        (200, lengths(b"x"), [9], ""),
        (200, lengths(b"2", b"3"), [9], ""),
        (204, [], [0], ""),
        (204, [], [1, 1], "body-forbidden: a body was sent, though a response 204 has none"),
        (205, [], [1], "body-forbidden: a body was sent, though a response 205 has none"),
        (304, lengths(b"5"), [0], ""),
        (304, lengths(b"5"), [5], "body-forbidden: a body was sent, though a response 304 has none"),
        (103, [], [1], "body-forbidden: a body was sent, though a response 103 has none"),
    ],
    ids=range(14),
)
def test_the_body(status: int, headers: Pairs, sent: list[int], told: str) -> None:
    """A body of another length than declared is a violation, once."""
    length = BodyLength.of(status, headers, head=False)
    found = [length.take(size, last=number == len(sent)) for number, size in enumerate(sent, 1)] if length else []
    assert [f"{one.rule}: {one.message}" for one in found if one] == ([f"http.{told}"] if told else [])


@pytest.mark.parametrize("status", [200, 204, 304])
@pytest.mark.parametrize("sent", [0, 3, 9])
def test_the_body_of_head(status: int, sent: int) -> None:
    """The length of a body sent for HEAD is not checked."""
    length = BodyLength.of(status, lengths(b"5"), head=True)
    assert length is not None
    assert length.take(sent, last=True) is None
