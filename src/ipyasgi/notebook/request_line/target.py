"""The target of a request: its path, with the places of a template filled from items, and its query. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote_plus

from ...explore.routes import PATH_PLACE, fill_path
from ..items import Item
from ..twin import Argument, join, literal, read_string, source_of_hole, tuple_of
from ..words import GrammarError, Hole, Text, text_of
from .item_values import ItemValues

_IMPORT_QUOTE = "from urllib.parse import quote"


def read_target(target: Text, items: list[Item], values: ItemValues) -> tuple[Argument, list[Argument], list[Item]]:
    """
    Return the path, with its query where no item adds to it; else the whole query as pairs; and the items left over.

    Raises `GrammarError` for a place of the template without an item.
    """
    place, question, query = target.marked.partition("?")
    wanted = [match[1] for match in PATH_PLACE.finditer(place) if "\x00" not in match[0]]
    fillers = _find_fillers(wanted, items, values)
    items = [item for item in items if not (item.kind in ("field", "json") and item.name.marked in fillers)]
    path = join(_path_parts(target.part(place), fillers))
    params = [tuple_of((read_string(item.name), values.text(item))) for item in items if item.kind == "query"]
    if question and params:  # httpx puts the params it is given in the place of a URL's query
        return path, [*_pairs(target.part(query)), *params], items
    if question:
        path = join([path, *_plain_parts(target.part(question + query))])
    return path, params, items


def _find_fillers(wanted: list[str], items: list[Item], values: ItemValues) -> dict[str, Argument]:
    """Return the value for each place of the template, by name."""
    fillers: dict[str, Argument] = {}
    for name in wanted:
        found = [item for item in items if item.kind in ("field", "json") and item.name.marked == name]
        if not found:
            raise GrammarError(f"the path has {{{name}}}: give it a value, {name}=...")
        fillers[name] = values.json(found[-1])
    return fillers


def _path_parts(place: Text, fillers: dict[str, Argument]) -> Iterator[Argument]:
    done = 0
    for match in PATH_PLACE.finditer(place.marked):
        if "\x00" in match[0]:
            continue  # braces around a {{expr}} are no place of a template
        yield from _plain_parts(place.part(place.marked[done : match.start()]), leads=done == 0)
        yield _fill(match, fillers[match[1]])
        done = match.end()
    yield from _plain_parts(place.part(place.marked[done:]), leads=done == 0)


def _fill(match: re.Match[str], given: Argument) -> Argument:
    filled = fill_path(match[0], {match[1]: None if given.value is None else text_of(given.value)})
    if given.source == literal(given.value).source:
        return literal(filled)
    safe = "/" if match[2] == "path" else ""
    source = f'quote(str({given.source}), safe="{safe}")'
    return Argument(value=filled, source=source, imports=given.imports | {_IMPORT_QUOTE})


def _plain_parts(text: Text, *, leads: bool = False) -> Iterator[Argument]:
    """Yield the parts of a piece of the target; a value that leads it is a path itself and stays as it is."""
    for number, piece in enumerate(text.pieces()):
        if isinstance(piece, str):
            yield literal(piece)
        elif leads and number == 0:
            yield Argument(value=text_of(piece.value), source=f"str({source_of_hole(piece)})")
        else:
            yield _quoted(piece)


def _quoted(hole: Hole) -> Argument:
    source = f'quote(str({source_of_hole(hole)}), safe="")'
    return Argument(value=quote(text_of(hole.value), safe=""), source=source, imports=frozenset({_IMPORT_QUOTE}))


def _pairs(query: Text) -> Iterator[Argument]:
    for pair in query.marked.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            yield tuple_of([read_string(query.part(unquote_plus(side))) for side in (name, value)])
