"""A command: imports each app below a folder, sends every operation's example, writes what came of it as JSON lines."""

import importlib
import json
import sys
import warnings
from pathlib import Path

from fastapi import FastAPI

from ipyasgi import Explorer, Route
from ipyasgi.errors import RequestError

_TIMEOUT_S = 3


def main(folder: Path) -> None:
    """Write one line for each operation of each app below the folder."""
    warnings.simplefilter("ignore")
    for file in sorted(folder.rglob("*.py")):
        if not file.name.startswith("__"):
            explore(".".join(file.relative_to(Path.cwd()).with_suffix("").parts))


def explore(module: str) -> None:
    """Write one line for each operation of the module's app."""
    try:
        app = getattr(importlib.import_module(module), "app", None)
    except ModuleNotFoundError as exc:
        write(module, problem=f"{exc.name} is not installed")
        return
    except Exception as exc:
        write(module, problem=f"cannot be imported: {type(exc).__name__}: {exc}")
        return
    if not isinstance(app, FastAPI):
        return
    with Explorer(app, timeout=_TIMEOUT_S) as explorer:
        for route in explorer.routes.values():
            if route.kind == "http" and explorer.openapi.operation(route.key) is not None:
                send(explorer, module, route)
        for problem in explorer.openapi.problems:
            write(module, problem=problem)


def send(explorer: Explorer, module: str, route: Route) -> None:
    """Send the example of one route as it stands."""
    key = route.key
    try:
        exchange = explorer.send(route.example(), raise_exceptions=False, follow_redirects=False)
    except RequestError as exc:
        write(module, key, problem=str(exc))
    except TimeoutError:
        write(module, key, status=200, problem="streams without end")
    else:
        text = exchange.text[:300] if exchange.response is not None else repr(exchange.exception)
        write(module, key, status=exchange.status_code or 500, problem=text if exchange.status_code == 422 else "")


def write(module: str, key: str = "", *, status: int = 0, problem: str = "") -> None:
    """Write one line."""
    print("\n=" + json.dumps({"module": module, "key": key, "status": status, "problem": problem}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main(Path.cwd() / sys.argv[1])
