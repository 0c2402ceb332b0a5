"""What `binder/site` builds its site from: the pins, and what it writes of wheels, notebooks and JupyterLite."""

import importlib.machinery
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
pytestmark = pytest.mark.binder

# What a package is imported as, where that is not its name.
_MODULES = {"python-multipart": "multipart", "ipython": "IPython"}


@pytest.fixture(scope="module")
def site() -> ModuleType:
    """The script as a module."""
    loader = importlib.machinery.SourceFileLoader("binder_site", str(ROOT / "binder" / "site"))
    spec = importlib.util.spec_from_loader("binder_site", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pins() -> dict:
    """The versions."""
    return tomllib.loads((ROOT / "binder" / "site.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def pinned(pins: dict) -> dict[str, str]:
    """The versions of the packages in the browser, by name."""
    return dict(pin.split("==") for pin in pins["packages"]["pinned"])


def _wheel(folder: Path, name: str, *needs: str, files: tuple[str, ...] = ()) -> Path:
    """Write a wheel with nothing but its metadata and these empty files."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    metadata = "\n".join(
        [f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0", *(f"Requires-Dist: {n}" for n in needs)]
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-1.0.dist-info/METADATA", metadata)
        for file in files:
            archive.writestr(file, "")
    return path


def test_what_ipyasgi_needs_is_pinned(pinned: dict[str, str]) -> None:
    """Each dependency of ours has a version there that pyproject.toml allows, so that the kernel can start with it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for needed in map(Requirement, project["dependencies"]):
        assert needed.specifier.contains(pinned[needed.name]), needed


def test_what_is_done_to_packages_names_pinned_ones(pins: dict, pinned: dict[str, str]) -> None:
    """A package that is built or left out is one that is pinned, and so is one that is loaded, but for the kernel's."""
    packages = pins["packages"]
    assert {*packages["built"], *packages["left_out"]} <= pinned.keys()
    assert {*packages["loaded"]} - pinned.keys() == {"piplite", "ipykernel", "pyodide-kernel", "ipyasgi"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_imports_is_there(path: Path, pins: dict, pinned: dict[str, str]) -> None:
    """
    Each package that a notebook imports is loaded at the start, or there and imported in a cell without magics.

    Pyodide loads a package when it reads an import of it, and it cannot read a cell with a magic.
    """
    loaded = {_MODULES.get(name, name.replace("-", "_")) for name in pins["packages"]["loaded"]}
    there = {_MODULES.get(name, name.replace("-", "_")) for name in pinned} | {"ipyasgi"}
    needed_by_loaded = {"starlette", "pydantic", "anyio"}  # of FastAPI
    seen: set[str] = set()
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or source.startswith("%%"):
            continue
        modules = {*re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE)} - sys.stdlib_module_names - {"shop"}
        assert modules <= there
        if not re.search(r"^(?:\w+ = )?%", source, re.MULTILINE):
            seen |= modules
        assert modules <= loaded | needed_by_loaded | seen, f"{cell['id']} imports it beside a magic"


def test_a_wheel_has_what_it_needs_in_the_browser(site: ModuleType, tmp_path: Path) -> None:
    """Its entry in the lock names the modules, and the packages that are needed there: not those of other systems."""
    needs = ('Other.Thing>=1; sys_platform == "emscripten"', 'never; sys_platform == "linux"', 'more; extra == "more"')
    wheel = _wheel(tmp_path, "My_Thing", *needs, "Left.Out", files=("my/__init__.py", "single.py", "my/x.txt"))
    entry = site.lock_entry(wheel, "3.14.2", ["left-out"])
    assert (entry["name"], entry["version"], entry["file_name"]) == ("my-thing", "1.0", wheel.name)
    assert (entry["imports"], entry["depends"]) == (["my", "single"], ["other-thing"])


def test_a_package_that_is_missing_ends_the_build(
    site: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no wheel brings is named, with who needs it: a kernel would find out only when a reader imports it."""
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    (runtime / "pyodide-lock.json").write_text(
        '{"info": {"python": "3.14.2"}, "packages": {"from-afar": {}}}', encoding="utf-8"
    )
    with zipfile.ZipFile(runtime / "python_stdlib.zip", "w"):
        pass
    monkeypatch.setattr(site, "RUNTIME", runtime)
    first, second = _wheel(tmp_path, "first", "second"), _wheel(tmp_path, "second")
    with pytest.raises(SystemExit, match="first needs second, which"):
        site.lay_out_python([], [first], tmp_path / "without")
    site.lay_out_python([], [first, second], tmp_path / "with")
    lock = json.loads((tmp_path / "with" / "pyodide-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"].keys() == {"first", "second"}
    assert (tmp_path / "with" / second.name).exists()


def test_a_notebook_is_copied_as_it_is_before_a_run(site: ModuleType, tmp_path: Path) -> None:
    """All notebooks are there, without outputs, for the kernel that the site has; one may end at a cell."""
    whole = json.loads(NOTEBOOKS[-1].read_text("utf-8"))
    last = whole["cells"][5]["id"]
    site.copy_notebooks({NOTEBOOKS[-1].stem: last}, tmp_path / "files")
    assert [path.name for path in sorted((tmp_path / "files").iterdir())] == [path.name for path in NOTEBOOKS]
    for path in (tmp_path / "files").iterdir():
        notebook = json.loads(path.read_text("utf-8"))
        assert notebook["metadata"]["kernelspec"]["name"] == "python"
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert {(len(cell["outputs"]), cell["execution_count"]) for cell in cells} == {(0, None)}
    ending = json.loads((tmp_path / "files" / NOTEBOOKS[-1].name).read_text("utf-8"))
    assert [cell["id"] for cell in ending["cells"]] == [cell["id"] for cell in whole["cells"][:6]]
    with pytest.raises(SystemExit, match="names the cell nowhere, which"):
        site.copy_notebooks({NOTEBOOKS[-1].stem: "nowhere"}, tmp_path / "none")


_ANSWER = (
    "let s=await this.executeRequest(e.content),n=p.KernelMessage.createMessage"
    '({msgType:"execute_reply",channel:"shell",parentHeader:e.header,session:e.header.session,content:s});'
)


def test_cells_that_may_raise_do_not_stop_the_others(site: ModuleType, tmp_path: Path) -> None:
    """The answer to such a cell is changed in the one place that gives it; a JupyterLite without it ends the build."""
    (tmp_path / "build").mkdir()
    script = tmp_path / "build" / "4191.js"
    script.write_text(f"before;{_ANSWER}after", encoding="utf-8")
    site.let_cells_raise(tmp_path)
    assert 'content:s,metadata:e.content.stop_on_error===false?{cause:"interrupt"}:{}});after' in script.read_text(
        encoding="utf-8"
    )
    with pytest.raises(SystemExit, match="0 places in JupyterLite answer a cell"):
        site.let_cells_raise(tmp_path)


@pytest.fixture
def unlinked(site: ModuleType, tmp_path: Path) -> Path:
    """Copy the README and the notebooks, without the links that a published repository has."""
    (tmp_path / "notebooks").mkdir()
    links = re.compile(rf"(?m)^(?:{re.escape(site.BADGE)}|{re.escape(site.COLAB_BADGE)})\(.*\)\n\n")
    (tmp_path / "README.md").write_text(links.sub("", (ROOT / "README.md").read_text("utf-8")), "utf-8")
    for path in NOTEBOOKS:
        notebook = json.loads(path.read_text("utf-8"))
        notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != site.COLAB_CELL]
        title = notebook["cells"][0]
        title["source"] = links.sub("", "".join(title["source"])).splitlines(keepends=True)
        site.write_notebook(tmp_path / "notebooks" / path.name, notebook)
    return tmp_path


def test_badges_lead_to_the_published_site(site: ModuleType, unlinked: Path) -> None:
    """Each notebook's first cell links to itself there, the README to the first; another address takes the place."""
    before = (unlinked / "README.md").read_text("utf-8")
    site.put_badges("https://old.example", unlinked)
    site.put_badges("https://ada.example/ipyasgi", unlinked)
    for path in (unlinked / "notebooks").glob("*.ipynb"):
        title, badge, rest = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"]).split("\n\n", 2)
        assert title.startswith("# ")
        assert badge == f"{site.BADGE}(https://ada.example/ipyasgi/lab/index.html?path={path.name})"
        assert "example" not in rest
    readme = (unlinked / "README.md").read_text("utf-8")
    link = f"{site.BADGE}(https://ada.example/ipyasgi/lab/index.html?path=00-start-here.ipynb)\n\n"
    assert readme.count(link) == 1
    assert readme.replace(link, "") == before


def test_the_first_notebook_opens_in_colab(site: ModuleType, unlinked: Path) -> None:
    """Badges for both places stand below the title; another repository takes the place; all else stays as it was."""
    file = unlinked / "notebooks" / NOTEBOOKS[0].name
    before = json.loads(file.read_text("utf-8"))["cells"]
    site.put_colab("old/place", unlinked)
    site.put_badges("https://ada.example", unlinked)
    site.put_colab("ada/ipyasgi", unlinked)
    site.put_badges("https://ada.example", unlinked)
    site.put_colab("ada/ipyasgi", unlinked)

    address = f"https://colab.research.google.com/github/ada/ipyasgi/blob/main/notebooks/{file.name}"
    link = f"{site.COLAB_BADGE}({address})\n\n"
    assert (unlinked / "README.md").read_text("utf-8").count(link) == 1
    title, cell, *others = json.loads(file.read_text("utf-8"))["cells"]
    badges = re.findall(r"(?m)^\[.*\]\(https://.*\)\n\n", "".join(title["source"]))
    assert badges == [link, f"{site.BADGE}(https://ada.example/lab/index.html?path={file.name})\n\n"]
    assert others == before[1:]
    assert (cell["cell_type"], cell["id"], cell["outputs"]) == ("code", "colab", [])
    assert "".join(cell["source"]).endswith('"install -q git+https://github.com/ada/ipyasgi")')
    linked = [path.name for path in NOTEBOOKS[1:] if site.COLAB_BADGE in (file.parent / path.name).read_text("utf-8")]
    assert linked == []


def test_colab_needs_the_name_of_a_repository(tmp_path: Path) -> None:
    """An address is not OWNER/REPO, and no file is changed for it."""
    command = [ROOT / "binder" / "site", "--colab", "https://github.com/ada/ipyasgi"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "is not OWNER/REPO" in done.stderr) == (2, True)


@pytest.mark.parametrize("arguments", [(), ("mine",)], ids=["nothing", "a directory of mine"])
def test_the_script_refuses(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Without a directory it says what it wants; it replaces a site, and nothing else that is in a directory."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    command = [ROOT / "binder" / "site", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert ("has something else than a site in it" if arguments else "one of the arguments out --badges") in done.stderr
    assert (tmp_path / "mine" / "thesis.txt").exists()
