"""The binder/ folder, checked without a container engine: repo2docker writes its recipe, and we follow it by hand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary

pytestmark = pytest.mark.binder


def _run(*command: str | Path, cwd: Path, **environment: str) -> str:
    answer = subprocess.run(
        command, cwd=cwd, env=os.environ | environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    return answer.stdout + answer.stderr


def test_the_image_recipe_installs_and_opens_the_package(repository: Path) -> None:
    """Repo2docker reads the folder as ours: that Python, our requirements from the root, postBuild, start."""
    recipe = _run(Path(sys.executable).parent / "jupyter-repo2docker", "--no-build", "--debug", ".", cwd=repository)
    assert "py-2d3-2e12" in recipe, "repo2docker writes the lock file's name, py-3.12, in this way"
    copied = recipe.index("COPY --chown=0:0 src/ ${REPO_DIR}/")
    installed = recipe.index('pip install --no-cache-dir -r "binder/requirements.txt"')
    assert copied < installed, "the package can only be installed when its source is there"
    assert installed < recipe.index("RUN ./binder/postBuild")
    assert 'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in recipe


def test_the_start_script_hands_over(repository: Path, tmp_path: Path) -> None:
    """`start` becomes the command it is given, arguments intact, even where no notebook can be trusted."""
    answer = _run(repository / "binder" / "start", "printf", "<%s>", "two words", cwd=tmp_path, HOME=str(tmp_path))
    assert "<two words>" in answer


def test_the_start_script_trusts_the_notebooks(repository: Path, tmp_path: Path) -> None:
    """After `start` each notebook's stored outputs are trusted, and so are shown when it is opened."""
    shutil.copytree(repository / "notebooks", tmp_path / "notebooks")
    data = tmp_path / "data"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    _run(
        repository / "binder" / "start", "true", cwd=tmp_path, HOME=str(tmp_path), JUPYTER_DATA_DIR=str(data), PATH=path
    )

    notary = NotebookNotary(data_dir=str(data))
    notebooks = sorted((tmp_path / "notebooks").glob("*.ipynb"))
    try:
        assert notebooks
        for one in notebooks:
            assert notary.check_signature(nbformat.read(one, as_version=4)), f"{one.name} is not trusted"
    finally:
        notary.store.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_requirements_bring_the_package(repository: Path, tmp_path: Path) -> None:
    """A fresh environment gets the package, its command, its notebooks and JupyterLab, and postBuild agrees."""
    source = tmp_path / "source"
    shutil.copytree(
        repository,
        source,
        ignore=shutil.ignore_patterns(".*", "__pycache__", "build", "dist"),
    )
    fresh = tmp_path / "environment"
    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        _run(uv, "venv", "--python", sys.executable, fresh, cwd=source)
        install: list[str | Path] = [uv, "pip", "install", "--python", fresh / "bin" / "python"]
    else:
        _run(sys.executable, "-m", "venv", fresh, cwd=source)
        install = [fresh / "bin" / "python", "-m", "pip", "install"]
    _run(*install, "-r", "binder/requirements.txt", cwd=source)

    path = f"{fresh / 'bin'}{os.pathsep}{os.environ['PATH']}"
    # Not from the source tree: what counts is what was installed.
    code = "import ipyasgi, pathlib; print(pathlib.Path(ipyasgi.__file__).parent)"
    installed = Path(_run(fresh / "bin" / "python", "-c", code, cwd=tmp_path).strip())
    assert installed.is_relative_to(fresh)
    assert {"py.typed", "_notebooks"} <= {entry.name for entry in installed.iterdir()}
    notebooks = {entry.name for entry in (repository / "notebooks").iterdir() if entry.suffix == ".ipynb"}
    assert notebooks <= {entry.name for entry in (installed / "_notebooks").iterdir()}
    assert (fresh / "bin" / "ipyasgi").exists()
    assert (fresh / "bin" / "jupyter-lab").exists()

    output = _run(source / "binder" / "postBuild", cwd=source, PATH=path, NB_PYTHON_PREFIX=str(fresh))
    assert str(fresh / "bin" / "ipyasgi") in output
    assert (fresh / "etc" / "jupyter" / "jupyter_server_config.d" / "ipyasgi.json").exists()
