"""The command ``ipyasgi [module:app]``: open IPython or JupyterLab on an app."""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import pkgutil
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from IPython.display import display
from IPython.terminal.ipapp import TerminalIPythonApp

from . import __version__, samples
from .explorer.app_file import is_file_name
from .explorer.app_source import check_expression
from .lab import FOLDER, LabOptions, open_lab
from .magic.configuration import read_setting
from .protocol.errors import CallError

FIRST_SAMPLE = "shop"
INTERRUPTED = 130
"""The exit status of a command that Ctrl-C has ended, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if wrong := _contradiction(given):
        parser.error(wrong)
    place = Path.cwd()  # before the app is imported, which may change it
    sys.path.insert(0, str(place))
    expression = given.app or _name_sample(given.sample or FIRST_SAMPLE)
    try:
        if given.lab and importlib.util.find_spec("jupyterlab") is None:
            raise CallError('JupyterLab is not installed: pip install "ipyasgi[lab]"')
        if given.env is not None:
            add_environment(given.env)
        if given.base_url is not None:
            read_setting("base_url", given.base_url)
        named = check_expression(expression, factory=given.factory)
        # A file keeps its name, because a kernel has another sys.path.
        line = _attach_line(expression if is_file_name(expression) else named, given)
        if given.lab:
            own = expression if given.app or given.sample else None
            options = LabOptions(place=place, line=line, app=own, fresh=given.fresh, solutions=given.solutions)
            return open_lab(options)
        return _open_terminal(line, given.command)
    except CallError as exc:
        print(f"ipyasgi: {exc}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as exc:
        print(f"ipyasgi: {str(exc) or 'interrupted'}", file=sys.stderr)
        return INTERRUPTED


def _contradiction(given: argparse.Namespace) -> str:
    """Return which of the options do not go together; empty if all do."""
    if given.app and given.sample:
        return "--sample opens a bundled app: remove it, or the name of the app"
    if given.lab and given.command is not None:
        return "-c is for the terminal: remove it, or --lab"
    if not given.lab and (given.fresh or not given.solutions):
        return f"{'--fresh' if given.fresh else '--no-solutions'} is about notebooks: add --lab"
    if (given.app or given.sample) and not given.solutions:
        return "--no-solutions is about the bundled notebooks: remove it, or the app"
    return ""


def _name_sample(name: str) -> str:
    return f"{samples.__name__}.{name}:app"


def _attach_line(expression: str, given: argparse.Namespace) -> str:
    line = f"%asgi attach {shlex.quote(expression)}" + (" --factory" if given.factory else "")
    line += f" --base-url {shlex.quote(given.base_url)}" if given.base_url else ""
    return line + (" --no-lifespan" if given.no_lifespan else "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ipyasgi",
        description="Explore an ASGI app in IPython or JupyterLab, without a server or a port. "
        "Without an argument it opens the bundled shop.",
    )
    bundled = sorted(each.name for each in pkgutil.iter_modules(samples.__path__))
    parser.add_argument("app", nargs="?", help="module:attribute or a file, such as shop.main:app or main.py")
    parser.add_argument("--factory", action="store_true", help="the attribute is a function that returns the app")
    parser.add_argument("--no-lifespan", action="store_true", help="attach without starting the app's lifespan")
    parser.add_argument("--base-url", metavar="URL", help="send as this host, such as https://shop.example")
    sample = f"open a bundled sample app: {', '.join(bundled)}"
    parser.add_argument("--sample", metavar="NAME", choices=bundled, help=sample)
    lab = (
        f"open JupyterLab: with the app's panel in a notebook, or without an app with the course's notebooks. They are "
        f"written into ./{FOLDER}, where they stay; files that are there are never changed"
    )
    parser.add_argument("--lab", action="store_true", help=lab)
    fresh = f"with --lab: write new copies into a new folder, ./{FOLDER}-2 or the next one that is not there"
    parser.add_argument("--fresh", action="store_true", help=fresh)
    unsolved = "with --lab: write the notebooks without the solutions of their exercises"
    parser.add_argument("--no-solutions", dest="solutions", action="store_false", help=unsolved)
    env = "read environment variables from a .env file before the app is imported; existing variables are unchanged"
    parser.add_argument("--env", metavar="FILE", type=Path, help=env)
    parser.add_argument("-c", dest="command", metavar="CODE", help="run this code after attaching, then exit")
    parser.add_argument("--version", action="version", version=f"ipyasgi {__version__}")
    return parser


def add_environment(path: Path) -> None:
    """
    Add the variables of a ``.env`` file to the environment; existing variables are unchanged.

    Raises `CallError` for a file that cannot be read, with the number of an invalid line, but never with a value.
    """
    try:
        import dotenv
        from dotenv.parser import parse_stream
    except ImportError:
        raise CallError('--env needs python-dotenv: pip install "ipyasgi[env]"') from None
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) and exc.strerror else "it is not UTF-8 text"
        raise CallError(f"--env {path}: {why}") from None
    for each in parse_stream(io.StringIO(text)):
        # A line without "=" is a variable without a value; comments and empty lines have no key.
        if each.error or (each.key is not None and each.value is None) or "\0" in (each.value or ""):
            lines = each.original.string
            number = each.original.line + lines[: len(lines) - len(lines.lstrip())].count("\n")
            raise CallError(f"--env {path}, line {number}: write NAME=value, or # before a comment")
    for name, value in dotenv.dotenv_values(stream=io.StringIO(text)).items():
        os.environ.setdefault(name, value or "")


class TerminalApp(TerminalIPythonApp):
    """IPython in a terminal, which attaches the app before it runs anything of the user's."""

    attach_line = ""

    def init_code(self) -> None:
        """Attach the app, then run what the user has configured and the code of ``-c``."""
        shell: Any = self.shell
        try:
            explorer = shell.run_line_magic("asgi", self.attach_line)
        except Exception:
            shell.showtraceback()
            if self.code_to_run:
                self.exit(1)
        else:
            shell.push({"explorer": explorer, "app": explorer.app, "client": explorer.client})
            if not self.code_to_run:
                print("explorer, app and client are ready. %asgi help lists the commands, Ctrl-D exits.")
            display(explorer)  # type: ignore[no-untyped-call]  # IPython's
        super().init_code()  # type: ignore[no-untyped-call]  # IPython's


def _open_terminal(line: str, command: str | None) -> int:
    """Open IPython with the app attached, and return its exit status. An interrupt before the prompt is raised."""
    options = ["--no-banner", "--ext=ipyasgi", *(["-c", command] if command is not None else [])]
    application: Any = TerminalApp.instance()
    application.attach_line = line.removeprefix("%asgi ")
    try:
        application.initialize(options)
        application.start()
    except SystemExit as exc:
        return exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    finally:
        application.shell.run_line_magic("unload_ext", "ipyasgi")
    return 0


if __name__ == "__main__":
    sys.exit(main())
