"""The Python of a line of the magic: values with their source, and calls that can be run or written.

A command builds its one public call as a `PythonCall`. The magic runs that, or prints it for ``--as-python``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..formats.name import Name
from ..records.requests import RequestSpec
from ..records.template import Template
from ..shown import visible
from .tokenizer import Expression, Text

if TYPE_CHECKING:
    from ..formats.python_code import PythonCode, RequestCode

_PLAIN_SOURCE = re.compile(r"[\w.]+")


class ShownText(str):
    """A text whose repr is itself without quotes, with control characters visible; its `str` has them as they are."""

    __slots__ = ()

    def __repr__(self) -> str:
        return visible(str(self))


class HelpText(ShownText):
    """The help, which a terminal shows page by page."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A value and its code: a literal as `PythonCode` writes it, with `Name` for anything else."""

    value: Any
    code: Any

    @property
    def is_literal(self) -> bool:
        """Whether the value is its own code."""
        return self.code is self.value


class PythonCall:
    """
    A Python expression that begins with ``explorer`` or an imported name; `run` and `write` accept it.

    An operation, such as ``explorer.history["r7"]``, returns the PythonCall of that expression, so it has no methods.
    """

    __slots__ = ("_call_root", "_call_steps")

    def __init__(self, root: Argument | None = None, steps: tuple[_Step, ...] = ()) -> None:
        self._call_root = root
        self._call_steps = steps

    def __getattr__(self, name: str) -> PythonCall:
        if name.startswith("__"):
            raise AttributeError(name)
        return _continued(self, "attribute", (name,))

    def __getitem__(self, key: object) -> PythonCall:
        return _continued(self, "item", (key,))

    def __call__(self, *args: object, **kwargs: object) -> PythonCall:
        return _continued(self, "call", args, kwargs)


_Step = tuple[str, tuple[Any, ...], Mapping[str, object]]  # kind, positional and keyword arguments


def _continued(python: PythonCall, kind: str, args: tuple[Any, ...], kwargs: Mapping[str, object] = {}) -> PythonCall:
    return PythonCall(python._call_root, (*python._call_steps, (kind, args, kwargs)))


_TAKES_SPEC = {"send": "send", "begin": "submit", "time": "time", "begin_time": "begin_time"}
"""The methods of an explorer that take a request: as they are written, and as they are called with a `RequestSpec`."""


def send(
    explorer: PythonCall,
    spec: RequestSpec,
    code: Callable[[], RequestCode],
    *,
    waits: bool,
    verb: str = "",
    options: Mapping[str, object],
) -> PythonCall:
    """
    Return the call that sends a request, written as ``explorer.get("/")``; without ``waits`` it returns a handle.

    :param code: called only when the call is written
    :param verb: ``time`` to time the request instead
    """
    kind = verb if waits else f"begin_{verb}".rstrip("_")
    return _continued(explorer, kind or "send", (spec, code), options)


def run(python: PythonCall, explorer: Any, **more: object) -> Any:
    """Return the value of the expression; ``more`` are keyword arguments for its last call that are not written."""
    found = explorer if python._call_root is None else python._call_root.value
    for step in python._call_steps:
        kind, given, keywords = step
        args = [_value(one, explorer) for one in given]
        options = {name: _value(one, explorer) for name, one in keywords.items()}
        options |= more if step is python._call_steps[-1] else {}
        if kind == "attribute":
            found = getattr(found, args[0])
        elif kind == "item":
            found = found[args[0]]
        elif kind == "call":
            found = found(*args, **options)
        else:
            found = getattr(found, _TAKES_SPEC[kind])(args[0], **options)
    return found


def write(python: PythonCall, code: PythonCode, name: str = "explorer", prefix: str = "") -> str:
    """Return the expression as source after a prefix; ``name`` is the variable that holds the explorer."""
    root = python._call_root
    source = prefix + (name if root is None else code.literal(root.code))
    for kind, given, keywords in python._call_steps:
        options = {key: _code(one, code, name) for key, one in keywords.items()}
        if kind in _TAKES_SPEC:
            source = code.call(given[1](), "", source, function="" if kind == "send" else kind, more=options)
            continue
        args = [_code(one, code, name) for one in given]
        if kind == "attribute":
            source += f".{args[0]}"
        elif kind == "item":
            source += f"[{code.literal(args[0])}]"
        else:
            source = code.laid_out(source, args, options)
    return source


def uses_explorer(python: PythonCall) -> bool:
    """Return whether the expression, or an argument in it, begins with the explorer."""
    given = (one for _, args, keywords in python._call_steps for one in (*args, *keywords.values()))
    return python._call_root is None or any(uses_explorer(one) for one in given if isinstance(one, PythonCall))


def _value(one: object, explorer: Any) -> Any:
    if isinstance(one, Argument):
        return one.value
    return run(one, explorer) if isinstance(one, PythonCall) else one


def _code(one: object, code: PythonCode, name: str) -> Any:
    if isinstance(one, Argument):
        return one.code
    return Name(write(one, code, name)) if isinstance(one, PythonCall) else one


def imported(value: Any, module: str = "ipyasgi") -> PythonCall:
    """Return the PythonCall of a class imported from a module."""
    return PythonCall(coded(value, value.__name__, f"from {module} import {value.__name__}"))


# -- values ------------------------------------------------------------------------------------------------------


def literal(value: Any) -> Argument:
    """Return a value that is written as a literal."""
    return Argument(value=value, code=value)


def coded(value: Any, source: str, *imports: str) -> Argument:
    """Return a value with its source and the imports that it needs."""
    return Argument(value=value, code=Name(source, imports=frozenset(imports)))


def wrapped(value: Any, before: str, given: Argument, after: str, *imports: str) -> Argument:
    """Return a value whose source is another value's source between two texts, such as ``json.loads(`` and ``)``."""
    from ..formats.python_code import PythonCode  # only what is written as Python needs it

    code = PythonCode()
    source = code.literal(given.code)
    return coded(value, f"{before}{source}{after}", *code.imports, *imports)


def source_of_expression(embedded: Expression) -> str:
    """Return the source of an expression as an argument, in parentheses if needed."""
    if _PLAIN_SOURCE.fullmatch(embedded.name):
        return embedded.name
    if "#" in embedded.name or "\n" in embedded.name:
        return f"(\n{embedded.name}\n)"
    return f"({embedded.name})" if "," in embedded.name else embedded.name


def read_value(text: Text) -> Argument:
    """Return the value if a text is a single expression, else a string."""
    embedded = text.whole
    return read_string(text) if embedded is None else coded(embedded.value, source_of_expression(embedded))


def read_string(text: Text) -> Argument:
    """Return a text as a string, with its values converted by ``str``."""
    value = text.fill()
    return Argument(value=value, code=code_of(text)) if text.placeholders else literal(value)


def code_of(text: Text) -> Template[Name]:
    """Return the code of a text, with its values converted by ``str``."""
    return Template[Name].of(
        *(one if isinstance(one, str) else Name(f"str({source_of_expression(one)})") for one in text.pieces)
    )


def join(parts: Sequence[Argument]) -> Argument:
    """Return the concatenation of strings."""
    value = "".join(part.value for part in parts)
    if all(part.is_literal for part in parts):
        return literal(value)
    return Argument(value=value, code=Template.of(*(part.code for part in parts)))


def list_of(items: Sequence[Argument]) -> Argument:
    """Return a list."""
    return Argument(value=[item.value for item in items], code=[item.code for item in items])


def tuple_of(*items: Argument) -> Argument:
    """Return a tuple."""
    return Argument(value=tuple(item.value for item in items), code=tuple(item.code for item in items))


def dict_of(pairs: Sequence[tuple[Argument, Argument]]) -> Argument:
    """Return a dict."""
    return Argument(
        value={key.value: item.value for key, item in pairs}, code={key.code: item.code for key, item in pairs}
    )
