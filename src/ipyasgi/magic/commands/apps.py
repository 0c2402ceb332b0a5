"""Subcommands that attach apps, switch among them and let them go."""

from __future__ import annotations

from ...explorer.explorer import Explorer
from ..attached_apps import AttachOptions, Desk
from ..grammar import Line, did_you_mean
from ..python_call import Argument, Twin, imported, source_of_hole
from ..tokenizer import GrammarError, Hole
from .command import Command

ATTACHING_OPTIONS = ("factory", "no-lifespan", "no-follow", "name")


def read_attach(line: Line) -> tuple[str, AttachOptions | None, Hole | None]:
    """Return the expression, how it is to be attached where the line says so, and its value where that is known."""
    (expression,) = line.at_most(1) or ("",)
    hole = line.words[0].text.whole if line.words else None
    if hole is not None:
        expression = hole.source
    if not expression:
        raise GrammarError("%asgi attach needs a variable or module:attr")
    if not line.options.keys() & set(ATTACHING_OPTIONS):
        return expression, None, hole
    name = line.options["name"].fill() if "name" in line.options else ""
    options = AttachOptions(
        factory="factory" in line.options,
        starts="no-lifespan" not in line.options,
        follows="no-follow" not in line.options,
        name=name,
    )
    return expression, options, hole


def write_explorer(expression: str, options: AttachOptions, hole: Hole | None = None) -> Twin:
    """Return the call that makes the explorer of an expression."""
    found = _write_app(expression, hole)
    app = Argument(value=None, source=f"{found.source}()" if options.factory else found.source, imports=found.imports)
    more = {} if options.starts else {"lifespan": "off"}
    return imported(Explorer, "Explorer")(app, **more, name=options.name or expression)


def _write_app(expression: str, hole: Hole | None) -> Argument:
    if hole is not None:
        return Argument(value=None, source=source_of_hole(hole))
    module, colon, attributes = expression.partition(":")
    if not colon:
        return Argument(value=None, source=expression)
    first = attributes.partition(".")[0]
    return Argument(value=None, source=attributes, imports=frozenset({f"from {module} import {first}"}))


def _attach(desk: Desk, line: Line) -> Explorer:
    expression, options, hole = read_attach(line)
    return desk.attach(expression, options, given=hole)


def _attach_twin(explorer: Twin, line: Line) -> Twin:
    expression, options, hole = read_attach(line)
    return write_explorer(expression, options or AttachOptions(), hole)


def _use(desk: Desk, line: Line) -> Explorer:
    for word in line.at_most(1):
        desk.current = desk.attached[_known(desk, word)]
    return desk.explorer()


def _use_twin(explorer: Twin, line: Line) -> Twin:
    line.at_most(1)
    return explorer


def _detach(desk: Desk, line: Line) -> None:
    words = line.at_most(1)
    if words:
        desk.detach(_known(desk, words[0]))
    elif desk.current is not None:
        desk.detach(desk.current.expression)
    else:
        raise GrammarError("no app is attached")


def _detach_twin(explorer: Twin, line: Line) -> Twin:
    line.at_most(1)
    return explorer.close()


def _known(desk: Desk, name: str) -> str:
    """Return the expression of an attached app, which may be called by its explorer's name too."""
    if name in desk.attached:
        return name
    names = {attachment.explorer.name: expression for expression, attachment in desk.attached.items()}
    if name not in names:
        held = ", ".join(desk.attached) or "none"
        raise GrammarError(
            f"{name!r} is not attached{did_you_mean(name, {**desk.attached, **names})}; attached: {held}"
        )
    return names[name]


ATTACH = Command(
    name="attach",
    usage="EXPR",
    says="attach an app: a variable, module:attr or {{expr}}; start its lifespan",
    twin=_attach_twin,
    run=_attach,
    example="attach app",
    options=ATTACHING_OPTIONS,
)
COMMANDS = (
    ATTACH,
    Command(name="use", usage="[NAME]", says="switch to another attached app", twin=_use_twin, run=_use),
    Command(name="detach", usage="[NAME]", says="shut an app down and forget it", twin=_detach_twin, run=_detach),
)
