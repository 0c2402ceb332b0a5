"""PostgreSQL and Redis of Debian, each on a free port of the loopback with a folder of its own. Not a test."""

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_DEBIAN = Path("/etc/debian_version")


@contextmanager
def run_postgresql() -> Iterator[str]:
    """Give the URL of a database of a new server; skip the test in words where it cannot be installed."""
    programs = _programs("postgresql", "pg_ctl", "/usr/lib/postgresql/*/bin")
    with _folder() as (folder, user):
        data, port = folder / "data", free_port()
        _call([programs / "initdb", "-D", data, "-U", "shop", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], user)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        control = [programs / "pg_ctl", "-D", data, "-w"]  # it waits until the server accepts connections
        _call([*control, "-l", folder / "log", "-o", options, "start"], user)
        try:
            yield f"postgresql://shop@127.0.0.1:{port}/postgres"
        finally:
            _call([*control, "-m", "immediate", "stop"], user)


@contextmanager
def run_redis(*more: str) -> Iterator[str]:
    """Give the URL of a new server with more options; skip the test in words where it cannot be installed."""
    program = _programs("redis-server", "redis-server", "/usr/bin") / "redis-server"
    with _folder() as (folder, user):
        port = free_port()
        options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder), *more]
        with subprocess.Popen([program, *options], stdout=subprocess.PIPE, text=True, user=user, cwd="/") as server:
            assert server.stdout is not None
            log = ""
            try:
                for line in server.stdout:
                    log += line
                    if "eady to accept connections" in line:
                        break
                else:
                    pytest.fail(f"redis-server did not start:\n{log}")
                yield f"redis://127.0.0.1:{port}"
            finally:
                server.terminate()


def _programs(package: str, program: str, places: str) -> Path:
    """Return the folder of a program, installed if it is missing and this process may install it."""
    if (found := _find(program, places)) is None:
        if os.getuid() != 0 or not _DEBIAN.exists() or shutil.which("apt-get") is None:
            pytest.skip(
                f"{program} is not here, and it can only be installed by root on Debian: apt-get install {package}"
            )
        # Of runlevel 1, in which no package starts its server.
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        install = f"apt-get update -qq && apt-get install -y -qq --no-install-recommends {package}"
        with (Path(tempfile.gettempdir()) / "ipyasgi-apt-get.lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # other workers of this run may need a package too
            done = subprocess.run(["sh", "-c", install], env=environment, capture_output=True, text=True)
        if (found := _find(program, places)) is None:
            pytest.skip(f"apt-get could not install {package}: {(done.stderr or done.stdout)[-300:]}")
    return found


def _find(program: str, places: str) -> Path | None:
    root = Path("/")
    for folder in sorted(root.glob(places.lstrip("/")), reverse=True):
        if (folder / program).exists():
            return folder
    found = shutil.which(program)
    return Path(found).parent if found else None


@contextmanager
def _folder() -> Iterator[tuple[Path, str | None]]:
    """Give a folder and the user that owns it: PostgreSQL refuses to be root."""
    user = None
    if os.getuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = next(name for name in ("postgres", "nobody") if name in names)
    with tempfile.TemporaryDirectory(prefix="ipyasgi-server-") as name:
        folder = Path(name).resolve()
        if user is not None:
            shutil.chown(folder, user)
        yield folder, user


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _call(command: list[str | Path], user: str | None) -> None:
    done = subprocess.run(
        list(map(str, command)), user=user, cwd="/", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    if done.returncode:
        pytest.fail(f"{command[0]} failed:\n{done.stdout}")
