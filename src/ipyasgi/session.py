"""The command ``ipyasgi [module:app]``, if it opens something: IPython or JupyterLab on an app."""

from __future__ import annotations

import argparse
import importlib.util
import pkgutil
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from . import __version__, samples
from .env_file import add_environment
from .explorer.app_file import is_file_name
from .explorer.app_source import check_expression
from .lab import FOLDER, LabOptions, open_lab
from .magic.configuration import read_setting
from .one_shot.statuses import INTERRUPTED, USAGE
from .protocol.errors import CallError
from .terminal_app import open_terminal

FIRST_SAMPLE = "shop"


def open_session(words: Sequence[str]) -> int:
    """Open what these arguments ask for, and return the exit status when it has ended."""
    parser = _parser()
    given = parser.parse_args(words)
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
        return open_terminal(line, given.command)
    except CallError as exc:
        print(f"ipyasgi: {exc}", file=sys.stderr)
        return USAGE
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
