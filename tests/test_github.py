"""What GitHub reads of the repository: workflows and forms."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

_FILES = sorted((Path(__file__).parents[1] / ".github").rglob("*.yml"))
_RULES = """
extends: default
rules:
  document-start: disable
  line-length: {max: 120}
  truthy: {check-keys: false}  # `on:`
"""


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.name)
def test_a_file_is_clean_yaml(file: Path) -> None:
    """yamllint has nothing to say."""
    problems = linter.run(file.read_text("utf-8"), YamlLintConfig(_RULES))
    assert [f"{one.line}: {one.desc}" for one in problems] == []


def test_the_workflows_and_forms_are_there() -> None:
    """A workflow runs something on each of three systems, and both forms ask for something."""
    files = {file.name: yaml.safe_load(file.read_text("utf-8")) for file in _FILES}
    text = (_FILES[0].parents[1] / "workflows" / "tests.yml").read_text("utf-8")

    assert {"ubuntu-latest", "macos-latest", "windows-latest"} <= set(re.findall(r"[\w]+-latest", text))
    for form in ("bug.yml", "feature.yml"):
        fields = files[form]["body"]
        assert all(field["attributes"]["label"] for field in fields)
        assert any(field.get("validations", {}).get("required") for field in fields)


def test_what_the_workflow_names_exists(repository: Path) -> None:
    """Each path of ours in a workflow is in the repository."""
    named = {
        path
        for file in (repository / ".github" / "workflows").glob("*.yml")
        for path in re.findall(r"\b(?:tests|binder)(?:/[\w.]+)+", file.read_text("utf-8"))
    }
    assert {"tests/run", "binder/site"} <= named
    assert [path for path in sorted(named) if not (repository / path).exists()] == []


def test_the_badges_are_one_commit(repository: Path, tmp_path: Path) -> None:
    """What the workflow runs after it has published makes one commit, and none where the links are there."""
    workflow = yaml.safe_load((repository / ".github" / "workflows" / "pages.yml").read_text("utf-8"))
    lines = [step["run"] for step in workflow["jobs"]["badges"]["steps"] if "run" in step]
    clone, origin = tmp_path / "clone", tmp_path / "origin.git"
    for name in ("binder", "notebooks"):
        shutil.copytree(repository / name, clone / name)
    shutil.copy(repository / "README.md", clone)
    author = {f"GIT_{role}_{what}": "ada" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env = {**os.environ, "ADDRESS": "https://ada.example/ipyasgi/", "GITHUB_REPOSITORY": "ada/ipyasgi"}

    def run(*command: str | Path, cwd: Path = clone, env: dict[str, str] = env) -> str:
        done = subprocess.run(command, cwd=cwd, env=env, check=True, stdout=subprocess.PIPE, text=True, timeout=60)
        return done.stdout

    def commits() -> int:
        for line in lines:
            run("bash", "-e", "-c", line)
        return int(run("git", "rev-list", "--count", "main", cwd=origin))

    run("git", "init", "--quiet", "--bare", "--initial-branch", "main", origin)
    run("git", "init", "--quiet", "--initial-branch", "main")
    run("git", "add", "--all")
    run("git", "commit", "--quiet", "--message", "All", env={**env, **author})
    run("git", "remote", "add", "origin", origin)
    run("git", "push", "--quiet", "--set-upstream", "origin", "main")
    assert commits() == 2
    assert "https://ada.example/ipyasgi/lab/index.html?path=00-start-here.ipynb" in run(
        "git", "show", "main:README.md", cwd=origin
    )
    assert commits() == 2
