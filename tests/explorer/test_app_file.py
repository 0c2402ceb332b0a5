"""The app in a file that the user names."""

import os
import sys
from pathlib import Path

import pytest

from ipyasgi.errors import AppNotFoundError
from ipyasgi.explorer.app_file import apps_in, is_file_name, try_app_file
from ipyasgi.explorer.app_source import AppSource, check_expression, read_expression

APP = "async def {name}(scope, receive, send): pass\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Work in an empty folder, and forget what was imported there."""
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [*sys.path, ""])
    yield tmp_path
    for name in set(sys.modules) - before:
        sys.modules.pop(name)


def write(path: str, text: str = APP.format(name="app")) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("path", "expression", "named"),
    [
        ("main_a.py", "main_a.py", "main_a:app"),
        ("main_a.py", "./main_a.py:app", "main_a:app"),
        ("main_a.py", "./main_a", "main_a:app"),
        ("apps_a/main.py", "apps_a/main.py", "apps_a.main:app"),
        ("apps_a/main.py", "apps_a/main:app", "apps_a.main:app"),
        ("my folder/main_b.py", "my folder/main_b.py:app", "main_b:app"),
        ("my-folder/main_c.py", "my-folder/main_c.py", "main_c:app"),
        ("my-app.py", "my-app.py", "my-app:app"),
        ("pkg_a/__init__.py", "pkg_a/__init__.py", "pkg_a:app"),
        ("pkg_a/__init__.py", "./pkg_a", "pkg_a:app"),
    ],
)
def test_ways_to_name_a_file(folder, path, expression, named):
    """A file is attached by its relative or absolute path, with or without an attribute, and imported once."""
    write(path)
    assert is_file_name(expression)
    assert read_expression(expression) == named
    module = sys.modules[named.partition(":")[0]]
    assert read_expression(str(Path(path).resolve())) == named
    assert sys.modules[named.partition(":")[0]] is module
    assert try_app_file(expression).name == named
    assert check_expression(expression, factory=False) == named


def test_imports_of_a_file(folder):
    """A file may import its neighbours absolutely, relatively in a package or a plain folder, or from the top."""
    write("shop_b/__init__.py", "")
    write("shop_b/models.py", "x = 1")
    write("shop_b/main.py", "from .models import x\n" + APP.format(name="app"))
    write("plain_b/models_b.py", "x = 1")
    write("plain_b/main.py", "from .models_b import x\nimport models_b\n" + APP.format(name="app"))
    write("src/deep_b/__init__.py", "")
    write("src/deep_b/main.py", "import deep_b\n" + APP.format(name="app"))
    assert read_expression("shop_b/main.py") == "shop_b.main:app"
    assert read_expression("plain_b/main.py") == "plain_b.main:app"
    assert read_expression("src/deep_b/main.py") == "deep_b.main:app"


def test_a_name_that_is_taken(folder, tmp_path_factory):
    """Two files of one name, and a file named like a module of Python, are modules of their own."""
    other = tmp_path_factory.mktemp("other")
    write("main_d.py", APP.format(name="app") + "here = 1")
    write(str(other / "main_d.py"), APP.format(name="app") + "here = 2")
    first, second = read_expression("main_d.py"), read_expression(str(other / "main_d.py"))
    assert [sys.modules[one.partition(":")[0]].here for one in (first, second)] == [1, 2]
    write("json.py")
    assert apps_in(sys.modules[read_expression("json.py").partition(":")[0]]) == ["app"]
    assert sys.modules["json"].loads("1") == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (APP.format(name="api"), "api"),
        (APP.format(name="site"), "site"),
        (APP.format(name="site") + "other = site", "site"),
        (APP.format(name="site") + APP.format(name="app"), "app"),
        ("async def add(a, b, c): pass\n" + APP.format(name="site"), "site"),
    ],
)
def test_the_app_of_a_file(folder, text, found):
    """Without an attribute the app is the only one, or the one with a usual name."""
    write("main_e.py", text)
    assert read_expression("main_e.py") == f"main_e:{found}"


@pytest.mark.parametrize(
    ("text", "expression", "says"),
    [
        (
            APP.format(name="one") + APP.format(name="two"),
            "main_f.py",
            r"2 ASGI apps: write main_f.py:one or main_f.py:two",
        ),
        ("x = 1", "main_f.py", "no ASGI app in main_f; write module:attribute"),
        ("def create_app(): pass", "main_f.py", "main_f.py:create_app --factory"),
        ("def app(:", "main_f.py", r"failed at .*main_f.py:1: SyntaxError"),
        ("import sys\nsys.exit('set DATABASE_URL')", "main_f.py", "main_f.py:2: SystemExit: set DATABASE_URL"),
        ("import sys\nsys.exit('set DATABASE_URL')", "main_f:app", "main_f.py:2: SystemExit: set DATABASE_URL"),
        ("class Stop(BaseException): pass\nraise Stop('no')", "main_f:app", "main_f.py:2: Stop: no"),
        ("import no_such_module_f", "main_f.py", "No module named 'no_such_module_f'; ipyasgi is installed in "),
        ("1", "mian_f.py", r"no file mian_f.py, and no variable 'mian_f'; did you mean main_f.py\?"),
        ("1", "../x/main_f.py:app", "no file ../x/main_f.py; write FILE.py or module:attribute"),
        ("1", ".main_f:app", "write the whole name"),
    ],
)
def test_a_wrong_file_is_one_line(folder, text, expression, says):
    """What is wrong with a file is said with its line, and what to write instead."""
    write("main_f.py", text)
    before = [*sys.path]
    with pytest.raises(AppNotFoundError, match=says):
        check_expression(expression, factory=False)
    if "failed" in says:
        assert sys.path == before


def test_a_factory_that_exits(shell_free_source):
    """A factory that calls `sys.exit` is an error of one line; its own exceptions are raised unchanged."""
    with pytest.raises(AppNotFoundError, match=r"calling it failed at .*: SystemExit: no config"):
        shell_free_source("import sys\ndef make(): sys.exit('no config')").resolve()
    with pytest.raises(ZeroDivisionError):
        shell_free_source("def make(): 1 / 0").resolve()


@pytest.fixture
def shell_free_source():
    """Return a function that makes the source of a factory in some code."""

    def source(code):
        namespace = {}
        exec(compile(code, "factory.py", "exec"), namespace)
        return AppSource(expression="make", namespace=namespace, factory=True)

    return source


@pytest.mark.parametrize("text", ["app", "shop.main:app", "/items", "/a/b:c", "pkg.py_module:app"])
def test_other_expressions(text):
    """A variable, ``module:attr`` and a path of a request are not files."""
    assert not is_file_name(text)


def test_a_module_that_was_just_written(folder: Path) -> None:
    """It is found although its folder looks unchanged, as in JupyterLite, or within a tick of the disk's clock."""
    source = AppSource(expression="late:app", namespace={})
    with pytest.raises(AppNotFoundError, match="there is no module"):
        source.resolve()
    stat = folder.stat()
    write("late.py")
    os.utime(folder, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert callable(source.resolve())
