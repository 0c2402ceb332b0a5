"""`AppFile`: the module in a file that the user names, such as ``app/main.py:app``, and the app in it."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ..client.apps import check_app
from ..protocol.errors import AppNotFoundError, NotAnAppError

_NAMED = re.compile(r"(?!.*://)(?P<path>.+\.py|.*[/\\][^:]*)(?::(?P<attributes>[^:/\\]*))?", re.DOTALL)
_FIRST = ("app", "application", "api")
"""Names that are taken before others if a file has several apps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppFile:
    """
    A file and an attribute in it.

    :ivar expression: as the user wrote it
    :ivar path: of the file, absolute
    :ivar attributes: the text after the colon, empty without one
    """

    expression: str
    path: Path
    attributes: str

    @property
    def module_name(self) -> str:
        """The name under which the file is imported: the loaded module of this file, else from its folders."""
        loaded = _loaded_from(self.path)
        return loaded or _place_of(self.path)[1]

    @property
    def name(self) -> str:
        """The same app as ``module:attr``; without an attribute ``app``, unless the file is loaded and has another."""
        attributes = self.attributes
        if not attributes:
            apps = apps_in(sys.modules.get(self.module_name))
            attributes = "app" if not apps or "app" in apps else apps[0]
        return f"{self.module_name}:{attributes}"

    def load(self) -> ModuleType:
        """
        Return the module of the file, imported if it is not loaded yet.

        Its folder (of a package: the one above it) is added to ``sys.path``, as Python does for a script. Raises
        `AppNotFoundError` if another file is loaded under its name, and what the file raises.
        """
        loaded = _loaded_from(self.path)
        if loaded:
            return sys.modules[loaded]
        root, name = _place_of(self.path)
        wanted = [root] if (self.path.parent / "__init__.py").is_file() else [root, self.path.parent]
        folders = [folder for folder in dict.fromkeys(map(str, wanted)) if folder not in sys.path]
        sys.path[:0] = folders
        try:
            importlib.invalidate_caches()
            if _is_at(name, self.path):
                return importlib.import_module(name)
            return self._load_alone(name)
        except BaseException:
            sys.path[:] = [folder for folder in sys.path if folder not in folders]
            raise

    def _load_alone(self, name: str) -> ModuleType:
        """Import the file under a name of its own, because its name belongs to another module."""
        if "." in name:
            other = getattr(sys.modules.get(name.partition(".")[0]), "__file__", None) or "another file"
            why = f"the name {name} belongs to {other}: restart the kernel, or run it in the app's folder"
            raise AppNotFoundError(self.expression, why)
        own = re.sub(r"\W", "_", f"{self.path.parent.name}_{name}")
        while own in sys.modules:
            own += "_"
        spec = importlib.util.spec_from_file_location(own, self.path)
        if spec is None or spec.loader is None:
            raise AppNotFoundError(self.expression, "this is not a Python file: give module:attribute")
        module = sys.modules[own] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            sys.modules.pop(own, None)
            raise
        return module


def try_app_file(expression: str) -> AppFile | None:
    """
    Return the file that an expression names; None for a variable or ``module:attr``.

    Raises `AppNotFoundError` for a file that does not exist.
    """
    match = _NAMED.fullmatch(expression)
    if match is None:
        return None
    given = Path(match["path"]).expanduser()
    for path in (given, given.with_name(f"{given.name}.py") if given.name else given, given / "__init__.py"):
        try:
            if path.is_file():
                return AppFile(expression=expression, path=path.resolve(), attributes=match["attributes"] or "")
        except (OSError, ValueError):  # such as a name that is too long
            break
    if re.fullmatch(r"[\w.]+\.py", match["path"]) and not match["attributes"]:
        near = f"there is no file {given}, and no variable {given.stem!r}"
    else:
        near = f"there is no file {given}"
    raise AppNotFoundError(expression, f"{near}{_near_file(given)}; write FILE.py or module:attribute")


def is_file_name(expression: str) -> bool:
    """Return whether an expression looks like a file: it ends with ``.py`` or ``.py:attr``, or is the path of one."""
    match = _NAMED.fullmatch(expression)
    if match is None:
        return False
    return match["path"].endswith(".py") or expression.startswith((".", "~")) or not expression.startswith("/")


def apps_in(module: ModuleType | None) -> list[str]:
    """Return the names of the ASGI apps in a module, the usual names first; an app with two names has one."""
    values = dict(vars(module)) if module is not None else {}
    found = [name for name, value in values.items() if not name.startswith("_") and _is_app(value)]
    unique: dict[int, str] = {}
    for name in (*(name for name in _FIRST if name in found), *found):
        unique.setdefault(id(values[name]), name)
    return list(unique.values())


def find_app(expression: str, module: ModuleType) -> str:
    """Return the name of the app in a module; raises `AppNotFoundError` if there is none, or several."""
    apps = apps_in(module)
    label = expression.removesuffix(":")
    if len(apps) == 1 or (apps and apps[0] in _FIRST):
        return apps[0]
    if apps:
        listed = " or ".join(f"{label}:{name}" for name in apps[:5])
        raise AppNotFoundError(expression, f"it has {len(apps)} ASGI apps: write {listed}")
    makers = [name for name, value in vars(module).items() if _makes_app(name, value, module)]
    hint = (
        f"for a function that makes the app, write {label}:{makers[0]} --factory"
        if makers
        else "write module:attribute"
    )
    raise AppNotFoundError(expression, f"there is no ASGI app in {module.__name__}; {hint}")


def _is_app(value: Any) -> bool:
    if isinstance(value, (type, ModuleType)) or not callable(value):
        return False
    try:
        if inspect.isroutine(value) and next(iter(inspect.signature(value).parameters), "") != "scope":
            return False  # any async function with three parameters could be one
        check_app(value)
    except NotAnAppError:
        return False
    except Exception:  # a value whose own attributes raise
        return False
    return True


def _makes_app(name: str, value: Any, module: ModuleType) -> bool:
    own = getattr(value, "__module__", None) == module.__name__
    return (
        own
        and callable(value)
        and not isinstance(value, type)
        and ("app" in name or name.startswith(("make", "create")))
    )


def _place_of(path: Path) -> tuple[Path, str]:
    """Return the folder to import a file from, and the module's name there."""
    folder, names = path.parent, [] if path.name == "__init__.py" else [path.stem]
    while (folder / "__init__.py").is_file() and folder.name.isidentifier() and folder != folder.parent:
        names.insert(0, folder.name)
        folder = folder.parent
    if len(names) > 1 or path.name == "__init__.py":
        return folder, ".".join(names)
    # Folders without __init__.py are packages too: below the working directory their dotted name is what uvicorn takes.
    here = Path.cwd().resolve()
    if path.is_relative_to(here):
        parts = path.relative_to(here).with_suffix("").parts
        if all(part.isidentifier() for part in parts) and not (here / f"{parts[0]}.py").is_file():
            return here, ".".join(parts)
    return path.parent, path.stem


def _loaded_from(path: Path) -> str:
    """Return the name of the loaded module of a file, or an empty string."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__dict__", {}).get("__file__")
        if name != "__main__" and isinstance(file, str) and file.endswith(path.name) and Path(file).resolve() == path:
            return name
    return ""


def _is_at(name: str, path: Path) -> bool:
    """Return whether an import of this name gives this file."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return False
    return spec is not None and spec.origin is not None and Path(spec.origin).resolve() == path


def _near_file(given: Path) -> str:
    try:
        names = [one.name for one in given.parent.iterdir() if one.suffix == ".py"][:1000]
    except (OSError, ValueError):
        return ""
    wanted = given.name if given.suffix == ".py" else f"{given.name}.py"
    close = difflib.get_close_matches(wanted, names, n=1)
    return f"; did you mean {given.with_name(close[0])}?" if close else ""
