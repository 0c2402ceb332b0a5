"""Python that a line of the magic stands for: values with their source, and calls that are written as they are run.

`PythonCall` is how a magic makes its one public call: the call is written down first, then run, or printed by
``--as-python``. So what is printed is what would have been done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .tokenizer import Expression, Template, text_of

_WIDTH = 100
_PLAIN_SOURCE = re.compile(r"[\w.]+")

IMPORT_ENVIRONMENT = "import os"
IMPORT_PATH = "from pathlib import Path"


class ShownText(str):
    """A text that shows itself as it is, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class ShownCode(ShownText):
    """Source code; ``exec`` and ``print`` take it like any text."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """
    A value, and the Python that gives it.

    :ivar imports: what the source needs, such as ``import json``
    """

    value: Any
    source: str
    imports: frozenset[str] = frozenset()


class PythonCall:
    """
    A Python expression that begins with ``explorer``, or with something imported: written as it is built, run later.

    ``explorer.history["r7"]`` on a PythonCall gives the PythonCall of exactly that. What can be done with one are the
    functions `run`, `write` and `imports_of`, so that every attribute is the explorer's.
    """

    __slots__ = ("_call_root", "_call_steps")

    def __init__(self, root: Argument | None = None, steps: tuple[_Step, ...] = ()) -> None:
        self._call_root = root
        self._call_steps = steps

    def __getattr__(self, name: str) -> PythonCall:
        if name.startswith("__"):
            raise AttributeError(name)
        return PythonCall(self._call_root, (*self._call_steps, _Step(kind="attribute", name=name)))

    def __getitem__(self, key: object) -> PythonCall:
        return PythonCall(self._call_root, (*self._call_steps, _Step(kind="item", args=(key,))))

    def __call__(self, *args: object, **kwargs: object) -> PythonCall:
        return PythonCall(self._call_root, (*self._call_steps, _Step(kind="call", args=args, kwargs=kwargs)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    kind: str
    name: str = ""
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] | None = None


def run(python: PythonCall, explorer: Any) -> Any:
    """Return what the expression comes to."""
    found = explorer if python._call_root is None else python._call_root.value
    for step in python._call_steps:
        args = [_value(one, explorer) for one in step.args]
        if step.kind == "attribute":
            found = getattr(found, step.name)
        elif step.kind == "item":
            found = found[args[0]]
        else:
            found = found(*args, **{name: _value(one, explorer) for name, one in (step.kwargs or {}).items()})
    return found


def write(python: PythonCall, name: str = "explorer") -> str:
    """
    Return the expression as source.

    :param name: the variable that holds the explorer
    """
    source = name if python._call_root is None else python._call_root.source
    for step in python._call_steps:
        if step.kind == "attribute":
            source += f".{step.name}"
        elif step.kind == "item":
            source += f"[{_source(step.args[0], name)}]"
        else:
            words = [_source(one, name) for one in step.args]
            words += [f"{key}={_source(one, name)}" for key, one in (step.kwargs or {}).items()]
            source += f"({', '.join(words)})"
            if len(source) > _WIDTH:
                source = source[: -len(f"({', '.join(words)})")] + "(\n" + "".join(f"    {w},\n" for w in words) + ")"
    return source


def imports_of(python: PythonCall) -> frozenset[str]:
    """Return what the expression needs imported."""
    root = python._call_root
    found = root.imports if root is not None else frozenset()
    for step in python._call_steps:
        for one in (*step.args, *(step.kwargs or {}).values()):
            if isinstance(one, PythonCall):
                found |= imports_of(one)
            elif isinstance(one, Argument):
                found |= one.imports
    return found


def imported(value: Any, name: str, module: str = "ipyasgi") -> PythonCall:
    """Return the PythonCall of something imported."""
    return PythonCall(Argument(value=value, source=name, imports=frozenset({f"from {module} import {name}"})))


def builtin(value: Any, name: str) -> PythonCall:
    """Return the PythonCall of something that is always there, such as ``help``."""
    return PythonCall(Argument(value=value, source=name))


# -- values ------------------------------------------------------------------------------------------------------


def literal(value: Any) -> Argument:
    """Return a value of Python's own literals with its source."""
    return Argument(value=value, source=source_of(value))


def source_of(value: Any) -> str:
    """Return the source of a literal, texts in double quotes where they hold none."""
    if isinstance(value, str):
        plain = repr(value)
        return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in plain and "\\'" not in plain else plain
    if type(value) is dict:
        return f"{{{', '.join(f'{source_of(key)}: {source_of(item)}' for key, item in value.items())}}}"
    if type(value) is list:
        return f"[{', '.join(map(source_of, value))}]"
    return repr(value)


def source_of_expression(embedded: Expression) -> str:
    """Return an expression so that it can stand as an argument."""
    if _PLAIN_SOURCE.fullmatch(embedded.source):
        return embedded.source
    if "#" in embedded.source or "\n" in embedded.source:
        return f"(\n{embedded.source}\n)"
    return f"({embedded.source})" if "," in embedded.source else embedded.source


def read_value(text: Template) -> Argument:
    """Return a value as it is where the text is nothing else, else the text."""
    embedded = text.whole
    return (
        Argument(value=embedded.value, source=source_of_expression(embedded))
        if embedded is not None
        else read_string(text)
    )


def read_string(text: Template) -> Argument:
    """Return a text, its values as texts."""
    return join([_string_piece(piece) for piece in text.pieces()])


def _string_piece(piece: str | Expression) -> Argument:
    if isinstance(piece, str):
        return literal(piece)
    return Argument(value=text_of(piece.value), source=f"str({source_of_expression(piece)})")


def join(parts: Iterable[Argument], *, empty: str | bytes = "") -> Argument:
    """Return texts, or bytes, one after the other."""
    merged: list[Argument] = []
    for part in parts:
        last = merged[-1] if merged else None
        if last is not None and _is_literal(last) and _is_literal(part):
            merged[-1] = literal(last.value + part.value)
        else:
            merged.append(part)
    if not merged:
        return literal(empty)
    value = empty
    for part in merged:
        value = value + part.value
    return Argument(value=value, source=" + ".join(part.source for part in merged), imports=_imports(merged))


def list_of(items: Sequence[Argument]) -> Argument:
    """Return a list."""
    return Argument(
        value=[item.value for item in items],
        source=f"[{', '.join(item.source for item in items)}]",
        imports=_imports(items),
    )


def tuple_of(items: Sequence[Argument]) -> Argument:
    """Return a tuple of two or more."""
    return Argument(
        value=tuple(item.value for item in items),
        source=f"({', '.join(item.source for item in items)})",
        imports=_imports(items),
    )


def dict_of(pairs: Sequence[tuple[Argument, Argument]]) -> Argument:
    """Return a dict."""
    return Argument(
        value={key.value: item.value for key, item in pairs},
        source=f"{{{', '.join(f'{key.source}: {item.source}' for key, item in pairs)}}}",
        imports=_imports(one for pair in pairs for one in pair),
    )


def called(function: str, argument: Argument, call: Callable[[Any], Any], *imports: str) -> Argument:
    """Return what ``function(argument)`` gives."""
    return Argument(
        value=call(argument.value),
        source=f"{function}({argument.source})",
        imports=argument.imports | frozenset(imports),
    )


def from_environment(name: str, value: Any) -> Argument:
    """Return a secret: the value as it is, and a source that takes it from the environment."""
    words = [word.upper() for word in re.findall(r"[A-Za-z0-9]+", name)] or ["SECRET"]
    return Argument(value=value, source=f'os.environ["{"_".join(words)}"]', imports=frozenset({IMPORT_ENVIRONMENT}))


def _is_literal(argument: Argument) -> bool:
    return type(argument.value) in (str, bytes) and argument.source == source_of(argument.value)


def _imports(arguments: Iterable[Argument]) -> frozenset[str]:
    return frozenset().union(*(argument.imports for argument in arguments))


def _value(one: object, explorer: Any) -> Any:
    if isinstance(one, Argument):
        return one.value
    return run(one, explorer) if isinstance(one, PythonCall) else one


def _source(one: object, name: str) -> str:
    if isinstance(one, Argument):
        return one.source
    return write(one, name) if isinstance(one, PythonCall) else source_of(one)
