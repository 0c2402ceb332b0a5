"""What GitHub reads of the repository: workflows and forms."""

import os
import re
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
    if not (repository / ".git").exists():
        pytest.skip("not a git checkout")
    workflow = yaml.safe_load((repository / ".github" / "workflows" / "pages.yml").read_text("utf-8"))
    lines = [step["run"] for step in workflow["jobs"]["badges"]["steps"] if "run" in step]
    clone = tmp_path / "clone"
    origin = tmp_path / "origin.git"
    git = ["git", "-c", "safe.directory=*"]
    subprocess.run([*git, "clone", "--quiet", "--bare", repository, origin], check=True, timeout=60)
    subprocess.run([*git, "clone", "--quiet", origin, clone], check=True, timeout=60)
    env = {**os.environ, "ADDRESS": "https://ada.example/ipyasgi/", "GITHUB_REPOSITORY": "ada/ipyasgi"}

    def commits() -> int:
        for line in lines:
            subprocess.run(["bash", "-e", "-c", line], cwd=clone, env=env, check=True, timeout=60)
        count = [*git, "rev-list", "--count", "HEAD"]
        return int(subprocess.run(count, cwd=origin, check=True, capture_output=True, timeout=60).stdout)

    before = commits()
    assert commits() == before
    readme = subprocess.run([*git, "show", "HEAD:README.md"], cwd=origin, check=True, capture_output=True, timeout=60)
    assert b"https://ada.example/ipyasgi/lab/index.html?path=00-start-here.ipynb" in readme.stdout
