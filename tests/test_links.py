"""Every link between our own pages leads somewhere: README, the guides, the notebooks. Asks no network."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / ".github").glob("*.md")), *sorted((ROOT / "notebooks").glob("*.ipynb"))]
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)

_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(([^()\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
# The documents of the ASGI specification, by the titles that a reader finds there.
_SPECIFICATION = {"specs/main.html", "specs/www.html", "specs/lifespan.html", "extensions.html"}
_ASGI = "https://asgi.readthedocs.io/en/latest/"


def _text(page):
    """Return the words of a page, without its code."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return _FENCE.sub("", text)


def _links(page):
    return [one or other for one, other in _LINK.findall(_CODE.sub("", _text(page)))]


def _anchors(page):
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in _HEADING.findall(_text(page)))
    return {heading.replace(" ", "-") for heading in headings}


@every_page
def test_what_is_linked_is_there(page):
    """A link to a file of ours names one that exists, and an anchor a heading of that page."""
    for link in _links(page):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / unquote(name)).resolve() if name else page
        assert target.exists(), f"{page.name} links to {link}"
        assert target.is_relative_to(ROOT), f"{page.name} links out of the repository: {link}"
        assert not anchor or anchor in _anchors(target), f"{page.name} links to {link}, and no heading is called that"


@every_page
def test_the_specification_is_linked_where_it_is(page):
    """A link to the ASGI specification goes to one of its documents, over https."""
    for link in _links(page):
        if "asgi.readthedocs" in link:
            assert link.startswith(_ASGI), link
            assert link.removeprefix(_ASGI).partition("#")[0] in _SPECIFICATION, link


def test_all_notebooks_are_in_the_readme():
    """The README's table has each notebook, in order."""
    links = [link for link in _links(ROOT / "README.md") if link.endswith(".ipynb")]
    linked = [link for link in links if not link.startswith("https:")]  # where the site is published, and on Colab

    assert linked == [f"notebooks/{page.name}" for page in PAGES if page.suffix == ".ipynb"]


@every_page
def test_shell_blocks_name_files_that_are_there(page):
    """What a page tells you to run from the clone is in the clone."""
    named = set(re.findall(r"(?<![\w/.-])((?:tests|notebooks|binder)/[\w./-]*\w)", page.read_text(encoding="utf-8")))

    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
