"""IPython in a terminal on an app: what ``ipyasgi main:app`` opens."""

from __future__ import annotations

from typing import Any

from IPython.display import display
from IPython.terminal.ipapp import TerminalIPythonApp


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


def open_terminal(line: str, command: str | None) -> int:
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
