"""The target of a request: its path, with the fields of a template filled from items, and its query. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from ...routes.path_template import PathField, PathTemplate
from ..items import Item
from ..python_call import Argument, join, literal, read_string, source_of_expression, tuple_of
from ..tokenizer import Expression, GrammarError, Template, text_of
from .item_values import ItemValues

_IMPORT_QUOTE = "from urllib.parse import quote"


def read_target(target: Template, items: list[Item], values: ItemValues) -> tuple[Argument, list[Argument], list[Item]]:
    """
    Return the path with its query, which is sent as it is written; what items add to one; and the items left over.

    Raises `GrammarError` for a field of the template without an item.
    """
    place, question, query = target.marked.partition("?")
    fillers = _find_fillers(PathTemplate(place).names, items, values)
    items = [item for item in items if not (item.kind in ("field", "json") and item.name.marked in fillers)]
    path = join(_path_parts(target.part(place), fillers))
    added = [(read_string(item.name), values.text(item)) for item in items if item.kind == "query"]
    if question:  # httpx puts the params it is given in the place of a URL's query, so they go into that
        path = join([path, *_plain_parts(target.part(question + query)), *_written(added, begun=bool(query))])
        return path, [], items
    return path, [tuple_of(pair) for pair in added], items


def _find_fillers(wanted: Iterable[str], items: list[Item], values: ItemValues) -> dict[str, Argument]:
    """Return the value for each field of the template, by name."""
    fillers: dict[str, Argument] = {}
    for name in wanted:
        found = [item for item in items if item.kind in ("field", "json") and item.name.marked == name]
        if not found:
            raise GrammarError(f"the path has {{{name}}}: give it a value, {name}=...")
        fillers[name] = values.json(found[-1])
    return fillers


def _path_parts(place: Template, fillers: dict[str, Argument]) -> Iterator[Argument]:
    for number, piece in enumerate(PathTemplate(place.marked).pieces()):
        if isinstance(piece, str):
            yield from _plain_parts(place.part(piece), leads=number == 0)
        else:
            yield _fill(piece, fillers[piece.name])


def _fill(field: PathField, given: Argument) -> Argument:
    filled = field.fill(None if given.value is None else text_of(given.value))
    if given.source == literal(given.value).source:
        return literal(filled)
    safe = "/" if field.convertor == "path" else ""
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
