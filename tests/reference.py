"""Writes the README's reference of subcommands, options and settings from the tables that the code runs by.

    python tests/reference.py

`tests/test_readme.py` fails where the README says something else.
"""

from collections.abc import Iterable
from pathlib import Path

from ipyasgi.magic.commands import SEND
from ipyasgi.magic.configuration import values_of
from ipyasgi.magic.grammar import ANYWHERE, OPTIONS
from ipyasgi.notebook.panel_command import COMMANDS
from ipyasgi.records.settings import SETTINGS, Settings

README = Path(__file__).parents[1] / "README.md"
BEGIN = "<!-- Written by tests/reference.py: change the code, then run it. -->\n"
END = "<!-- Here ends what tests/reference.py writes. -->\n"


def _row(*cells: str) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _code(text: str) -> str:
    return f"`{text}`"


def _options(names: Iterable[str]) -> str:
    return ", ".join(_code(f"--{name}") for name in names)


def _commands() -> list[str]:
    lines = [_row("line", "what it does", "options"), "|---|---|---|", _row(_code("%asgi app"), "attach an app", "")]
    for command in (SEND, *COMMANDS.values()):
        line = f"%asgi {command.name} {command.usage}".strip()
        lines.append(_row(_code(line), command.description, _options(command.options)))
    return lines


def _every_option() -> list[str]:
    rows = [_row(_code(option.usage), option.description) for option in OPTIONS.values()]
    note = f"On every line: {_options(ANYWHERE)}."
    return [note, "", _row("option", "what it does"), "|---|---|", *rows]


def _settings() -> list[str]:
    defaults = values_of(Settings())
    lines = [_row("setting", "in Python", "default", "give", "what it says"), "|---|---|---|---|---|"]
    for name, setting in SETTINGS.items():
        default = str(defaults[name]).lower()
        lines.append(_row(_code(name), _code(setting.field), default, setting.expects, setting.help))
    return lines


def reference() -> str:
    """Return what stands between the two marks."""
    parts = [
        ["#### Subcommands", "", *_commands()],
        ["#### Options", "", *_every_option()],
        ["#### Settings", "", *_settings()],
    ]
    return "\n" + "\n\n".join("\n".join(part) for part in parts) + "\n\n"


def split(text: str) -> tuple[str, str, str]:
    """Return the README before the reference, the reference, and what comes after it."""
    before, begin, rest = text.partition(BEGIN)
    found, end, after = rest.partition(END)
    assert begin, f"the README has no line {BEGIN!r}"
    assert end, f"the README has no line {END!r}"
    return before, found, after


if __name__ == "__main__":
    first, _, last = split(README.read_text(encoding="utf-8"))
    README.write_text(first + BEGIN + reference() + END + last, encoding="utf-8")
