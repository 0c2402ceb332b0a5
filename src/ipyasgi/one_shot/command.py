"""Runs a command that sends, from its words to its exit status."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import samples
from ..env_file import add_environment
from ..explorer.app_source import AppSource, check_expression
from ..magic.configuration import read_project, read_setting
from ..magic.python_call import PythonCall, run
from ..magic.request_line import read_options, read_request
from ..magic.tokenizer import GrammarError
from ..protocol.errors import CallError
from ..records.settings import Settings
from . import statuses
from .opened import OpenedApp
from .output import Output, say
from .plain import send_plain
from .standard_input import read_all, with_standard_input
from .words import OneShot, is_one_shot, read_one_shot, usage

__all__ = ["is_one_shot", "send_once"]

_PLAIN_OPTIONS = frozenset({"timeout", "follow_redirects"})


def send_once(words: Sequence[str]) -> int:
    """
    Run the command with these arguments, and return its exit status.

    The garbage collector is on when it sends, for what is made from then on.
    """
    with Output() as output:
        settings = Settings()
        try:
            shot = read_one_shot(words)
            if shot.option("help") is not None:
                output.write_text(usage() + "\n")
                return 0
            settings = _read_settings(shot)
            return _run(shot, settings, output)
        except KeyboardInterrupt as exc:
            say(str(exc) or "interrupted")
            return statuses.INTERRUPTED
        except CallError as exc:
            say(settings.redactor.text(str(exc)))
            return statuses.of_call_error(exc)
        except BaseException as exc:  # the app's, also a SystemExit
            say(str(_import("shown").describe_error(exc, settings)))
            return statuses.FAILED
        finally:
            gc.unfreeze()  # at the end of the process, collecting closes the files that the app has left open


def _run(shot: OneShot, settings: Settings, output: Output) -> int:
    options = {name: _value(value) for name, value in read_options(shot.line).items()}
    if shot.line.head == "run":
        (name,) = shot.line.texts()
        text = read_all() if name == "-" else _read_file(Path(name))
        run_file, opened = _import("run_file").run_file, _open(shot)
        _collect()
        return int(run_file(opened, text, options, shot.view, settings, output))
    spec, _ = read_request(shot.line)
    opened = _open(shot)
    spec = with_standard_input(spec)
    is_plain = _PLAIN_OPTIONS.issuperset(options) and not settings.trace
    if output.is_terminal or shot.view or not is_plain:
        send_shown = _import("shown").send_shown
        _collect()
        return int(send_shown(opened, spec, options, shot.view, settings, output))
    _collect()
    return send_plain(opened, spec, options, settings, output)


def _collect() -> None:
    """Turn the garbage collector on; all that was imported stays, so it does not look through that."""
    gc.freeze()
    gc.enable()


def _import(name: str) -> Any:
    """Return a module of this package that imports the explorer and the views."""
    return importlib.import_module(f".{name}", __package__)


def _value(option: Any) -> Any:
    return run(option, None) if isinstance(option, PythonCall) else option


def _read_settings(shot: OneShot) -> Settings:
    """Return the settings of the project and of the options, after reading the environment of ``--env``."""
    if (env := shot.option("env")) is not None:
        add_environment(Path(env))
    fields, errors = read_project(Path.cwd())
    for error in errors:
        say(error)
    if (base_url := shot.option("base-url")) is not None:
        fields["base_url"] = read_setting("base_url", base_url)[1]
    if shot.option("show-secrets") is not None:
        fields["show_secrets"] = True
    return replace(Settings(), **fields)


def _open(shot: OneShot) -> OpenedApp:
    """Return the app, imported or made by its factory."""
    sys.path.insert(0, str(Path.cwd()))
    sample = shot.option("sample")
    expression = shot.app if sample is None else f"{samples.__name__}.{sample}:app"
    factory = shot.option("factory") is not None
    named = check_expression(expression, factory=factory)
    app = AppSource(expression=named, namespace={}, factory=factory).resolve()
    return OpenedApp(app=app, name=named, starts=shot.option("no-lifespan") is None)


def _read_file(path: Path) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except (OSError, RuntimeError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
        raise GrammarError(f"Cannot read {path}: {why}.") from None
