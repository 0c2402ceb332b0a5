"""The target of a request: its path, with the places of a template filled from items, and its query. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from ...routes.path_template import PATH_PLACE, fill_path
from ..items import Item
from ..python_call import Argument, join, literal, read_string, source_of_expression, tuple_of
from ..tokenizer import Expression, GrammarError, Template, text_of
from .item_values import ItemValues

_IMPORT_QUOTE = "from urllib.parse import quote"


def read_target(target: Template, items: list[Item], values: ItemValues) -> tuple[Argument, list[Argument], list[Item]]:
    """
    Return the path with its query, which is sent as it is written; what items add to one; and the items left over.

    Raises `GrammarError` for a place of the template without an item.
    """
    place, question, query = target.marked.partition("?")
    wanted = [match[1] for match in PATH_PLACE.finditer(place) if "\x00" not in match[0]]
    fillers = _find_fillers(wanted, items, values)
    items = [item for item in items if not (item.kind in ("field", "json") and item.name.marked in fillers)]
    path = join(_path_parts(target.part(place), fillers))
    added = [(read_string(item.name), values.text(item)) for item in items if item.kind == "query"]
    if question:  # httpx puts the params it is given in the place of a URL's query, so they go into that
        path = join([path, *_plain_parts(target.part(question + query)), *_written(added, begun=bool(query))])
        return path, [], items
    return path, [tuple_of(pair) for pair in added], items


def _find_fillers(wanted: list[str], items: list[Item], values: ItemValues) -> dict[str, Argument]:
    """Return the value for each place of the template, by name."""
    fillers: dict[str, Argument] = {}
    for name in wanted:
        found = [item for item in items if item.kind in ("field", "json") and item.name.marked == name]
        if not found:
            raise GrammarError(f"the path has {{{name}}}: give it a value, {name}=...")
        fillers[name] = values.json(found[-1])
    return fillers


def _path_parts(place: Template, fillers: dict[str, Argument]) -> Iterator[Argument]:
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


def _plain_parts(text: Template, *, leads: bool = False) -> Iterator[Argument]:
    """Yield the parts of a piece of the target; a value that leads it is a path itself and stays as it is."""
    for number, piece in enumerate(text.pieces()):
        if isinstance(piece, str):
            yield literal(piece)
        elif leads and number == 0:
            yield Argument(value=text_of(piece.value), source=f"str({source_of_expression(piece)})")
        else:
            yield _quoted(piece)


def _quoted(embedded: Expression) -> Argument:
    source = f'quote(str({source_of_expression(embedded)}), safe="")'
    return Argument(value=quote(text_of(embedded.value), safe=""), source=source, imports=frozenset({_IMPORT_QUOTE}))


def _written(pairs: Iterable[tuple[Argument, Argument]], *, begun: bool) -> Iterator[Argument]:
    """Yield what pairs add to a query; ``begun`` where something stands there."""
    for name, value in pairs:
        if begun:
            yield literal("&")
        yield _encoded(name)
        yield literal("=")
        yield _encoded(value)
        begun = True


def _encoded(given: Argument) -> Argument:
    try:
        value = quote_plus(given.value)
    except UnicodeEncodeError:
        raise GrammarError("a value of the query holds half a character (a lone surrogate): leave it out") from None
    if given.source == literal(given.value).source:
        return literal(value)
    imports = given.imports | {"from urllib.parse import quote_plus"}
    return Argument(value=value, source=f"quote_plus({given.source})", imports=imports)
