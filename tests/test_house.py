"""What holds for the repository as a whole."""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from ipyasgi import Explorer

_TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "src", "notebooks", "tests", "binder"}
# Spelled in pieces, so that this file does not hold what it looks for.
_MACHINE_PATH = re.compile(
    "(?<![\\w.~}])/(?:" + "|".join(("work", "root", "tmp/lab", "home/\\w+", "Users/\\w+")) + ")/"
)

_TEXT_FILE = re.compile(r"\.(?:read|write)_text\(")


@pytest.fixture(scope="module")
def files(repository: Path) -> list[Path]:
    """Give every file that is committed or would be: whatever git does not ignore."""
    if not (repository / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [
        repository / name for name in sorted(set(filter(None, listing.split("\0")))) if (repository / name).is_file()
    ]


def test_top_level_is_what_the_house_says(repository: Path, files: list[Path]) -> None:
    """The top level of the repository is the seven names of the house and dot files."""
    top = {file.relative_to(repository).parts[0] for file in files}
    assert {name for name in top if not name.startswith(".")} == _TOP_LEVEL


def test_no_path_of_somebodys_machine(repository: Path, files: list[Path]) -> None:
    """No file names a place on the machine where it was written."""
    found = []
    for file in files:
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{file.relative_to(repository)}:{number}"
            for number, line in enumerate(text.splitlines(), 1)
            if _MACHINE_PATH.search(line)
        ]
    assert found == []


# Their `write_text` writes to the terminal or the pipe.
_WRITE_TO_OUTPUT = "src/ipyasgi/one_shot/"


def test_text_files_are_utf_8_everywhere(repository: Path) -> None:
    """Each reader and writer of a text file names its encoding, which otherwise depends on the system."""
    found = []
    for file in sorted([*(repository / "src").rglob("*.py"), *(repository / "tests").rglob("*.py")]):
        text, name = file.read_text("utf-8"), file.relative_to(repository).as_posix()
        if not _TEXT_FILE.search(text) or name.startswith(_WRITE_TO_OUTPUT) or "node_modules" in name:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            arguments = {"write_text": 1, "read_text": 0}.get(node.func.attr)
            if len(node.args) == arguments and "encoding" not in {one.arg for one in node.keywords}:
                found.append(f"{name}:{node.lineno}")
    assert found == []


def test_every_test_says_what_it_shows(repository: Path) -> None:
    """Every test has a docstring that names the behaviour."""
    silent = [
        f"{file.relative_to(repository)}:{node.lineno} {node.name}"
        for file in sorted((repository / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.nightly
@pytest.mark.serial
@pytest.mark.timeout(600)
def test_tests_have_the_same_names_each_time(repository: Path) -> None:
    """Collected twice, with other hashes, tests and their order are the same; xdist asks that of its workers too."""

    def collect(seed: str) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "tests",
            "--collect-only",
            "-q",
            "--nightly",
            "-p",
            "no:cacheprovider",
        ]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.Popen(command, cwd=repository, env=environment, text=True, stdout=subprocess.PIPE)

    def names(process: subprocess.Popen[str]) -> list[str]:
        with process:
            assert process.stdout is not None
            return [line for line in process.stdout if "::" in line]

    first, second = map(names, (collect("1"), collect("2")))
    assert len(first) > 5000
    assert first == second


# Where anyio's own way into a loop or out of it is what is asked for: Starlette's portal, checks of async answers, and
# how many of its threads an app has taken.
_WAITS_BY_ANYIO = {"client/loops.py", "experiments/virtual_users.py", "teaching/checking.py", "teaching/trial.py"}
# On which thread a reader's function is called is what the exercise asks for.
_ASKS_FOR_ITS_THREAD = {"teaching/inside_a_request.py"}
# The door, the loop of the coroutine that awaits, and what `--kernel-loop` makes and writes.
_NAMES_A_LOOP = {"__init__.py", "client/asyncclient.py", "magic/commands/apps.py", "notebook/magics.py"}


def test_only_the_engine_waits_and_makes_threads(repository: Path) -> None:
    """Outside the engine nothing blocks a thread, starts one, or asks which kind of loop it has."""
    package = repository / "src" / "ipyasgi"
    found = []
    for file in sorted(package.rglob("*.py")):
        name = file.relative_to(package).as_posix()
        if name.startswith(("engine/", "samples/")):  # samples are apps like a user's
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            what = _wait_of(node)
            if what in {"anyio.to_thread", "anyio.from_thread"} and name in _WAITS_BY_ANYIO:
                continue
            if what == "threading.get_ident" and name in _ASKS_FOR_ITS_THREAD:
                continue
            if what in {"BackgroundLoop", "KernelLoop", "PageLoop"} and name in _NAMES_A_LOOP:
                continue
            if what:
                found.append(f"{name}:{node.lineno} {what}")
    assert found == []


def _wait_of(node: ast.AST) -> str:
    """Return what a third kind of loop could not serve, or what asks for the kind; empty for all else."""
    match node:
        case ast.Attribute(value=ast.Name(id="threading"), attr=name) if name not in {"Lock", "RLock"}:
            return f"threading.{name}"
        case ast.Attribute(value=ast.Name(id="time"), attr="sleep"):
            return "time.sleep"
        case ast.Import(names=names):
            modules = {alias.name for alias in names} & {"queue", "anyio.to_thread", "anyio.from_thread"}
            return min(modules, default="")
        case ast.ImportFrom(module="threading" | "queue" | "anyio.to_thread" | "anyio.from_thread" as module):
            return module
        case ast.ImportFrom(module="time", names=names) if any(alias.name == "sleep" for alias in names):
            return "time.sleep"
        case ast.ImportFrom(names=names):
            kinds = {alias.name for alias in names} & {"BackgroundLoop", "KernelLoop", "PageLoop"}
            return min(kinds, default="")
        case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[loop, *_]) if ast.unparse(loop).endswith("loop"):
            return ast.unparse(node)
    return ""


_WITH_MAGICS = (
    "magic",
    "notebook",
    "teaching",
    "lab.py",
    "magic_line.py",
    "session.py",
    "terminal_app.py",
    "foreign_text.py",
    "code_kinds.py",
)
"""Where the magic is there, is what is written or read, or is the title of a tab."""


def _hints(tree: ast.AST) -> list[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "hint"]


def test_what_to_type_next_is_a_hint(repository: Path) -> None:
    """Outside of the magic, `hint` alone names a line of it, with the same in Python, which begins with a method."""
    package, found, methods = repository / "src" / "ipyasgi", [], set()
    for file in sorted(package.rglob("*.py")):
        if set(file.relative_to(package).parts) & set(_WITH_MAGICS):
            continue
        if "%asgi " not in (source := file.read_text("utf-8")):
            continue
        tree = ast.parse(source)
        within = {id(node) for call in _hints(tree) for node in ast.walk(call.args[0])}
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        found += [
            f"{file.name}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and id(node) not in within | said and "%asgi " in str(node.value)
        ]
        methods |= set(re.findall(r"explorer\.(\w+)", "".join(ast.unparse(call.args[1]) for call in _hints(tree))))
    assert found == []
    assert len(methods) > 8
    assert [name for name in methods - {"history", "lifespan"} if not hasattr(Explorer, name)] == []


def test_the_table_of_locks_is_whole(repository: Path) -> None:
    """Every class that has a lock is in the table of locks, and every class of the table has one."""
    having = set()
    for file in sorted((repository / "src" / "ipyasgi").rglob("*.py")):
        for owner in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(owner, ast.ClassDef) and any(
                isinstance(node, ast.Call)
                and ast.unparse(node.func) in {"threading.Lock", "threading.RLock", "make_lock"}
                for node in ast.walk(owner)
            ):
                having.add(owner.name)
    rows = (import_module("ipyasgi.engine").__doc__ or "").split("=\n")[2].splitlines()
    assert {row.split()[0] for row in rows if row[:1].isalpha()} == having


_DOOR_NAMES = 18
_PUBLIC = ["ipyasgi"] + [
    f"ipyasgi.{room}"
    for room in (
        "errors",
        "experiments",
        "explorer",
        "formats",
        "history",
        "openapi",
        "panels",
        "records",
        "routes",
        "testclient",
        "tracing",
    )
]


@pytest.mark.parametrize("module", _PUBLIC)
def test_a_public_module_lists_what_is_there(module: str) -> None:
    """`__all__` has no double (ruff sorts it), and every name in it resolves."""
    public = import_module(module)
    assert len(public.__all__) == len(set(public.__all__))
    for name in public.__all__:
        assert getattr(public, name) is not None
    if module == "ipyasgi":
        assert dir(public) == public.__all__
        assert len(public.__all__) == _DOOR_NAMES


def test_every_public_name_has_one_home() -> None:
    """No name means different things in two public modules."""
    found: dict[str, set[int]] = {}
    for module in map(import_module, _PUBLIC):
        for name in module.__all__:
            found.setdefault(name, set()).add(id(getattr(module, name)))
    assert {name for name, values in found.items() if len(values) > 1} == set()


@pytest.mark.parametrize("module", _PUBLIC)
def test_every_public_name_is_described(module: str) -> None:
    """Every public class and function has a docstring, and so has every public method, its own or an inherited one."""
    door = import_module(module)
    public = {name: getattr(door, name) for name in door.__all__}
    described = {name: value for name, value in public.items() if inspect.isclass(value) or inspect.isroutine(value)}
    for name, value in list(described.items()):
        if inspect.isclass(value) and value.__module__.startswith("ipyasgi."):
            described |= {
                f"{name}.{method}": getattr(value, method)
                for method, plain in vars(value).items()
                if not method.startswith("_") and (inspect.isroutine(plain) or isinstance(plain, property))
            }
    assert [name for name, value in described.items() if not (inspect.getdoc(value) or "").strip()] == []


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        (
            "ipyasgi",
            {"IPython", "ipywidgets", "anywidget", "traitlets", "httpx", "httpx2", "jinja2", "ipyasgi.teaching"},
        ),
        ("ipyasgi.teaching", {"IPython", "ipywidgets", "anywidget", "traitlets"}),
        ("ipyasgi.testclient", {"IPython", "ipywidgets", "anywidget", "traitlets", "jinja2", "nest_asyncio2"}),
        ("ipyasgi.testclient", {"asyncio", "trio", "anyio.from_thread", "sysconfig"}),  # a call needs them
        ("ipyasgi.testclient", {"ipyasgi.engine.runs", "ipyasgi.engine.recording"}),  # a recorded call does
        ("ipyasgi.testclient", {"ipyasgi.protocol.rules"}),
    ],
)
def test_importing_us_is_light(module: str, unwanted: set[str]) -> None:
    """`import ipyasgi` pulls in nothing heavy, and the drop-in client needs only httpx and anyio."""
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    # Coverage would bring modules of its own.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, env=environment, timeout=30
    )
    assert unwanted & set(json.loads(answer.stdout)) == set()


def test_the_command_is_installed() -> None:
    """The distribution brings the command `ipyasgi`, and it points at something callable."""
    (command,) = entry_points(group="console_scripts", name="ipyasgi")
    assert command.value == "ipyasgi.cli:main"
    assert callable(command.load())
