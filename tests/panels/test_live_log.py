"""The live log widget's Python side: its module is one text, and that text cannot inject HTML or leave the machine."""

import re

import pytest

from ipyasgi.panels.assets import read_static
from ipyasgi.panels.live_log import LiveLog


def test_the_module_is_the_shared_part_and_the_log() -> None:
    """The stream, the rows and the one default export are in the text the front end gets."""
    log = LiveLog()
    assert "class RowStream" in log._esm
    assert len(re.findall(r"^export default", log._esm, re.MULTILINE)) == 1
    assert log._esm == read_static("stream.js", "live_rows.js", "live_log.js")
    log.close()


@pytest.mark.parametrize("name", ["stream.js", "live_rows.js", "live_log.js", "live_log.css"])
def test_text_stays_text_and_nothing_is_fetched(name: str) -> None:
    """No HTML sink, no import, no address: an app's bytes are hostile input, and the page may be offline."""
    source = read_static(name)
    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|^import|https?:|@import", source
    )
    assert "url(" not in source


def test_every_colour_has_a_fallback() -> None:
    """Outside JupyterLab the variables do not exist; each use names what stands in."""
    uses = re.findall(r"var\((--(?:jp|vscode)-[\w-]+)(,?)", read_static("live_log.css"))
    assert uses
    assert [name for name, fallback in uses if not fallback] == []
