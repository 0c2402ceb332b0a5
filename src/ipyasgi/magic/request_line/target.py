"""The target of a request: its path, with the places of a template filled from items, and its query. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote_plus

from ...routes.routes import PATH_PLACE, fill_path
from ..items import Item
from ..python_call import Argument, coded, join, literal, read_string, source_of_expression, wrapped
from ..tokenizer import GrammarError, Text, text_of
from .item_values import ItemValues

_IMPORT_QUOTE = "from urllib.parse import quote"


Pairs = list[tuple[Argument, Argument]]


def read_target(target: Text, items: list[Item], values: ItemValues) -> tuple[Argument, Pairs, list[Item]]:
    """
    Return the path with its query, which is sent as it is written; what items add to one; and the items left over.

    Raises `GrammarError` for a place of the template without an item.
    """
    end = target.outline.find("?")
    place = target.part(0, end if end >= 0 else None)
    places = [match for match in PATH_PLACE.finditer(place.outline) if not place.part(*match.span()).placeholders]
    fillers = _find_fillers([match[1] for match in places], items, values)
    items = [item for item in items if not (item.kind in ("field", "json") and item.name.outline in fillers)]
    parts = list(_path_parts(place, places, fillers))
    added = [(read_string(item.name), values.text(item)) for item in items if item.kind == "query"]
    if end < 0:
        return join(parts), added, items
    # httpx puts the params it is given in the place of a URL's query, so they go into that.
    query = _written(added, begun=end + 1 < len(target.outline))
    return join([*parts, literal("?"), *_query_parts(target.part(end + 1), values), *query]), [], items


def _find_fillers(wanted: list[str], items: list[Item], values: ItemValues) -> dict[str, Argument]:
    """Return the value for each place of the template, by name."""
    fillers: dict[str, Argument] = {}
    for name in wanted:
        found = [item for item in items if item.kind in ("field", "json") and item.name.outline == name]
        if not found:
            raise GrammarError(f"the path has {{{name}}}: give it a value, {name}=...")
        fillers[name] = values.json(found[-1])
    return fillers


def _path_parts(place: Text, places: Iterable[re.Match[str]], fillers: Mapping[str, Argument]) -> Iterator[Argument]:
    done = 0
    for match in places:
        yield from _plain_parts(place.part(done, match.start()), leads=done == 0)
        yield _fill(match, fillers[match[1]])
        done = match.end()
    yield from _plain_parts(place.part(done), leads=done == 0)


def _fill(match: re.Match[str], given: Argument) -> Argument:
    filled = fill_path(match[0], {match[1]: None if given.value is None else text_of(given.value)})
    if given.is_literal:
        return literal(filled)
    return wrapped(filled, "quote(str(", given, f'), safe="{"/" if match[2] == "path" else ""}")', _IMPORT_QUOTE)


def _plain_parts(text: Text, *, leads: bool = False) -> Iterator[Argument]:
    """Yield the parts of a piece of the target; a value that leads it is a path itself and stays as it is."""
    for number, piece in enumerate(text.pieces):
        if isinstance(piece, str):
            yield literal(piece)
        elif leads and number == 0:
            yield read_string(Text.of(piece))
        else:
            source = f'quote(str({source_of_expression(piece)}), safe="")'
            yield coded(quote(text_of(piece.value), safe=""), source, _IMPORT_QUOTE)


def _query_parts(query: Text, values: ItemValues) -> Iterator[Argument]:
    """Yield the parts of a query as it is written, with code that does not hold its secrets."""
    for number, pair in enumerate(query.split("&")):
        if number:
            yield literal("&")
        name, sign, value = pair.outline.partition("=")
        given = literal(unquote_plus(value))
        hidden = given if pair.placeholders else values.secret(Text.of(unquote_plus(name)), given, "query")
        if hidden is given:
            yield from _plain_parts(pair)
        else:
            yield literal(name + sign)
            yield Argument(value=value, code=_encoded(hidden).code)


def _written(pairs: Pairs, *, begun: bool) -> Iterator[Argument]:
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
    if given.is_literal:
        return literal(value)
    return wrapped(value, "quote_plus(", given, ")", "from urllib.parse import quote_plus")
