"""Bytes as hexadecimal."""

from ipyasgi.views.body.hexdump import hexdump


def test_rows_of_sixteen() -> None:
    """Each row has its offset, up to sixteen bytes and their printable characters."""
    first, second = hexdump(bytes(range(0x3A, 0x4C))).split("\n")
    assert first == "00000000  3a 3b 3c 3d 3e 3f 40 41  42 43 44 45 46 47 48 49  :;<=>?@ABCDEFGHI"
    assert second.split() == ["00000010", "4a", "4b", "JK"]
    assert hexdump(b"\x00\xff").endswith("··")
    assert hexdump(b"") == ""
