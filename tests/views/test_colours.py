"""Colours in the text of displays."""

import re

from ipyasgi.views.colours import paint

_OURS = re.compile(r"\x1b\[(?:0|1|2|3[1-6])m")


def test_other_texts_are_as_they_were() -> None:
    """A text without a part of ours has no sequence, and painting loses no character."""
    for text in ("", "\n", "  \n\n x", "hello\tworld", "Get / → 200", "a note: b"):
        assert paint(text) == text
    text = 'WebSocket /ws → closed  12.4 ms\n  note: x\n\n[\n  "a\\"b": tru,\n\nProtocol: 1 rule violated'
    text += "\nException\n  E\nGET /x"
    assert _OURS.sub("", paint(text)) == text
    assert "\x1b[33m  note: x\x1b[0m" in paint(text)
    assert paint(text).endswith("\x1b[1mGET\x1b[0m /x")
