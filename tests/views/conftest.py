"""Markup as the tests of views read it, and explorers with everything in their history."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from ipyasgi import Explorer
from ipyasgi.views.view import View

from .exhibit import Exhibit
from .page import draw_everything

_VOID = {"embed", "img"}


@dataclass
class Markup(HTMLParser):
    """The elements of a fragment, its text, and whether every element is closed where it should be."""

    html: str
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open_elements: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()
        self.wrong += [f"{tag} is not closed" for tag in self.open_elements]

    def __hash__(self) -> int:
        return id(self)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def skeleton(self) -> list[tuple[str, ...]]:
        return [(tag, *attributes) for tag, attributes in self.elements]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.wrong += [f"{tag} has {name} twice" for name, _ in attrs if sum(name == n for n, _ in attrs) > 1]
        if tag not in _VOID:
            self.open_elements.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open_elements or self.open_elements.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        if "style" not in self.open_elements:
            self.pieces.append(data)

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"a declaration: {decl}")


@pytest.fixture(scope="module")
def everything() -> Iterator[list[tuple[str, View]]]:
    """Give a view of each kind of thing there is, with its title."""
    with (
        pytest.warns(DeprecationWarning, match="this way of talking is old"),
        Explorer(Exhibit(), name="the exhibit") as explorer,
    ):
        yield draw_everything(explorer)
