"""The command ``ipyasgi [module:app]``: open IPython or JupyterLab on an app."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from IPython.terminal.ipapp import TerminalIPythonApp

from . import __version__
from .explorer.attachment import check_expression
from .protocol.errors import CallError

SAMPLE = "ipyasgi.samples.shop:app"
FIRST_NOTEBOOK = "00-start-here.ipynb"
KERNEL = "ipyasgi"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.lab and given.command is not None:
        parser.error("-c is for the terminal: remove it, or --lab")
    sys.path.insert(0, str(Path.cwd()))
    expression = given.app or SAMPLE
    try:
        if ":" not in expression:
            raise CallError(f"{expression!r}: write module:attribute, such as shop.main:app")
        if given.lab and importlib.util.find_spec("jupyterlab") is None:
            raise CallError('JupyterLab is not installed: pip install "ipyasgi[lab]"')
        if given.env is not None:
            add_environment(given.env)
        check_expression(expression, factory=given.factory)
    except CallError as exc:
        print(f"ipyasgi: {exc}", file=sys.stderr)
        return 2
    line = f"%asgi attach {expression}" + (" --factory" if given.factory else "")
    line += " --no-lifespan" if given.no_lifespan else ""
    if given.lab:
        return _open_lab(line, own=given.app is None)
    return _open_terminal(line, given.command)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ipyasgi",
        description="Explore an ASGI app in IPython or JupyterLab, without a server or a port. "
        "Without an argument it opens the bundled shop.",
    )
    parser.add_argument("app", nargs="?", help="module:attribute, such as shop.main:app, in the current folder")
    parser.add_argument("--factory", action="store_true", help="the attribute is a function that returns the app")
    parser.add_argument("--no-lifespan", action="store_true", help="attach without starting the app's lifespan")
    parser.add_argument("--lab", action="store_true", help="open JupyterLab with a notebook for the app")
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


def _open_terminal(line: str, command: str | None) -> int:
    opening = [
        f"explorer = get_ipython().run_line_magic('asgi', {line.removeprefix('%asgi ')!r})",
        "app, client = explorer.app, explorer.client",
        "display(explorer)",
    ]
    options = ["--no-banner", "--ext=ipyasgi", f"--InteractiveShellApp.exec_lines={opening!r}"]
    options += ["-c", command] if command is not None else []
    if command is None:
        print("explorer, app and client are ready. %asgi help lists the commands, Ctrl-D exits.")
    application: Any = TerminalIPythonApp.instance()
    application.initialize(options)
    try:
        application.start()
    except SystemExit as exc:
        return exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    finally:
        application.shell.run_line_magic("unload_ext", "ipyasgi")
    return 0


def _open_lab(line: str, *, own: bool) -> int:
    with contextlib.ExitStack() as stack:
        folder = Path.cwd()
        env = dict(os.environ)
        if own:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ipyasgi-")))
            first = _copy_notebooks(folder)
            env["JUPYTER_PATH"] = os.pathsep.join(filter(None, [_write_kernel(folder, line), env.get("JUPYTER_PATH")]))
        else:
            first = _write_notebook(folder, line)
        options = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{first}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--allow-root")
        command = [sys.executable, "-m", "jupyterlab", *options]
        with contextlib.suppress(KeyboardInterrupt):
            return subprocess.run(command, check=False, env=env).returncode
    return 0


def _copy_notebooks(folder: Path) -> str:
    """Copy the bundled notebooks, so that the installed package is not changed; return the first one's name."""
    for path in _notebooks().glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["metadata"]["kernelspec"]["name"] = KERNEL
        (folder / path.name).write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return FIRST_NOTEBOOK


def _write_kernel(folder: Path, line: str) -> str:
    """Write a kernel that attaches the app before the first cell runs; return its folder for ``JUPYTER_PATH``."""
    share = folder / ".jupyter"
    spec = share / "kernels" / KERNEL / "kernel.json"
    spec.parent.mkdir(parents=True)
    # Not %load_ext: the notebooks do that, and IPython would print that it is "already loaded".
    load = "__import__('ipyasgi').load_ipython_extension(get_ipython())"
    lines = [load, f"explorer = {line}", "app, client = explorer.app, explorer.client"]
    options = ["-f", "{connection_file}", f"--IPKernelApp.exec_lines={lines!r}"]
    argv = [sys.executable, "-m", "ipykernel_launcher", *options]
    spec.write_text(json.dumps({"argv": argv, "display_name": "Python 3 (ipyasgi)", "language": "python"}))
    return str(share)


def _notebooks() -> Path:
    package = Path(str(resources.files(__package__)))
    for folder in (package / "_notebooks", package.parents[1] / "notebooks"):
        if (folder / FIRST_NOTEBOOK).is_file():
            return folder
    raise FileNotFoundError("the bundled notebooks are missing: install ipyasgi again")


def _write_notebook(folder: Path, line: str) -> str:
    """Write a notebook that attaches the app, unless the folder has a file of that name; return the name."""
    app = "-".join(re.findall(r"\w+", line.removeprefix("%asgi attach ").partition(" ")[0]))
    path = folder / f"explore-{app}.ipynb"
    if not path.exists():
        sources = ["%load_ext ipyasgi", f"explorer = {line}\nexplorer", "%asgi routes", "%asgi panel"]
        empty: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        cells = [{**empty, "id": f"cell-{number}", "source": source} for number, source in enumerate(sources)]
        kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return path.name


if __name__ == "__main__":
    sys.exit(main())
