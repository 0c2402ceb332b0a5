"""Subcommands that sign in and out."""

from __future__ import annotations

from getpass import getpass
from typing import Any

from ...records.redaction import Redactor
from ..attached_apps import AttachedApps
from ..grammar import Line
from ..python_call import PythonCall, ShownText, imported, literal, read_string
from ..request_line.item_values import ItemValues
from ..tokenizer import GrammarError, Text
from .command import command, run_named


def _run_login(apps: AttachedApps, line: Line, python: PythonCall) -> ShownText:
    try:
        exchange = run_named(apps, line, python)
    except (EOFError, NotImplementedError):  # IPython's, where a front end cannot be asked
        raise GrammarError(
            "The password cannot be asked for here. Give a token: %asgi login --token {{token}}"
        ) from None
    user = f" as {Redactor().text(line.words[0].text.fill())}" if line.words else ""
    return ShownText(f"Signed in{user}{f' ({exchange.name})' if exchange is not None else ''}")


@command(
    "login",
    "[NAME]",
    "sign in as the app's document describes, and send the credentials with the requests that need them; "
    "asks for the password",
    run=_run_login,
    example="login ann",
    options=("token", "scheme"),
    most=1,
)
def _login(explorer: PythonCall, line: Line) -> PythonCall:
    token, scheme = (line.options.get(name) for name in ("token", "scheme"))
    if bool(line.words) == (token is not None):
        raise GrammarError("%asgi login needs a name, such as %asgi login ann, or --token {{token}}.")
    more: dict[str, Any] = {"scheme": read_string(scheme)} if scheme is not None else {}
    if token is not None:
        hidden = ItemValues(line.redactor.strict()).secret(Text.of("token"), read_string(token), "field")
        return explorer.login(token=hidden, **more)
    return explorer.login(read_string(line.words[0].text), imported(getpass, "getpass")(literal("Password: ")), **more)


def _run_logout(apps: AttachedApps, line: Line, python: PythonCall) -> ShownText:
    run_named(apps, line, python)
    return ShownText("Signed out")


@command("logout", "[SCHEME]", "remove the credentials", run=_run_logout, example="logout", most=1)
def _logout(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.logout(*(read_string(word.text) for word in line.words))


COMMANDS = (_login, _logout)
