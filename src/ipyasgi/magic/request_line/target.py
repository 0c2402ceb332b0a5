"""The target of a request: its path, with parameters filled from items, and its query. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote_plus

from ...routes.path_template import PathField, PathTemplate
from ..items import Item
from ..python_call import Argument, coded, join, literal, read_string, source_of_expression, wrapped
from ..tokenizer import GrammarError, Text, text_of
from .item_values import ItemValues

_IMPORT_QUOTE = "from urllib.parse import quote"

Pairs = list[tuple[Argument, Argument]]


def read_target(target: Text, items: list[Item], values: ItemValues) -> tuple[Argument, Pairs, list[Item]]:
    """
    Return the path with its query; the query parameters of items, if the path has no query; and the other items.

    Raises `GrammarError` for a path parameter without an item.
    """
    end = target.outline.find("?")
    path = target.part(0, end if end >= 0 else None)
    template = PathTemplate(path.outline)
    fillers = _find_fillers(template.names, items, values)
    items = [item for item in items if not (item.kind in ("field", "json") and item.name.outline in fillers)]
    parts = list(_path_parts(path, template, fillers))
    added = [(read_string(item.name), values.text(item)) for item in items if item.kind == "query"]
    if end < 0:
        return join(parts), added, items
    # httpx would replace the query of a URL by params, so items are added to the query.
    query = _written(added, begun=end + 1 < len(target.outline))
    return join([*parts, literal("?"), *_query_parts(target.part(end + 1), values), *query]), [], items


def _find_fillers(wanted: Iterable[str], items: list[Item], values: ItemValues) -> dict[str, Argument]:
    """Return the value of each path parameter, by name."""
    fillers: dict[str, Argument] = {}
    for name in wanted:
        found = [item for item in items if item.kind in ("field", "json") and item.name.outline == name]
        if not found:
            raise GrammarError(f"The path parameter {{{name}}} has no value. Add {name}=...")
        fillers[name] = values.json(found[-1])
    return fillers


def _path_parts(path: Text, template: PathTemplate, fillers: Mapping[str, Argument]) -> Iterator[Argument]:
    done = 0
    for piece in template.pieces():
        if isinstance(piece, str):
            yield from _plain_parts(path.part(done, done + len(piece)), leads=done == 0)
            done += len(piece)
        else:
            yield _fill(piece, fillers[piece.name])
            done += len(piece.text)


def _fill(field: PathField, given: Argument) -> Argument:
    filled = field.fill(None if given.value is None else text_of(given.value))
    if given.is_literal:
        return literal(filled)
    return wrapped(filled, "quote(str(", given, f'), safe="{"/" if field.convertor == "path" else ""}")', _IMPORT_QUOTE)


def _plain_parts(text: Text, *, leads: bool = False) -> Iterator[Argument]:
    """Yield the parts of text in the target; its values are quoted, except a leading one, which is itself a path."""
    for number, piece in enumerate(text.pieces):
        if isinstance(piece, str):
            yield literal(piece)
        elif leads and number == 0:
            yield read_string(Text.of(piece))
        else:
            source = f'quote(str({source_of_expression(piece)}), safe="")'
            yield coded(quote(text_of(piece.value), safe=""), source, _IMPORT_QUOTE)


def _query_parts(query: Text, values: ItemValues) -> Iterator[Argument]:
    """Yield the parts of a query as written, with placeholders for secrets in their code."""
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
    """Yield the parts of pairs in a query; ``begun`` if the query is not empty."""
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
        raise GrammarError("A query parameter contains a lone surrogate and cannot be sent. Remove it.") from None
    if given.is_literal:
        return literal(value)
    return wrapped(value, "quote_plus(", given, ")", "from urllib.parse import quote_plus")
