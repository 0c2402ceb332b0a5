"""The panels' JavaScript: its bundles, its types, its linter, and its own tests, which Node runs.

Node comes from PyPI; its tools need, once, the npm registry or npm's cache: see `node.py`.
"""

import json
import os
import re
from pathlib import Path

import pytest

from . import node

pytestmark = pytest.mark.timeout(600)  # for the packages, which are installed once


@pytest.fixture(scope="module")
def packages() -> None:
    """Install the npm packages; where that is not possible, skip, and fail on the machine that runs everything."""
    try:
        node.provide_packages()
    except node.NoPackagesError as exc:
        if os.environ.get("CI") == "true":
            pytest.fail(str(exc))
        pytest.skip(str(exc))


@pytest.mark.usefixtures("packages")
def test_the_bundles_are_made_of_their_sources(repository: Path, tmp_path: Path) -> None:
    """Built anew, each committed bundle comes out byte by byte; none is without a source, and all are below 1 MB."""
    done = node.run_node("build.js", tmp_path)
    assert done.returncode == 0, done.stdout
    committed = repository / "src" / "ipyasgi" / "panels" / "static" / "bundles"
    built = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    there = {file.name: file.read_bytes() for file in committed.iterdir()}
    stale = sorted(name for name in built.keys() | there.keys() if built.get(name) != there.get(name))
    assert stale == [], "run tests/js/build and commit what it writes"
    assert sum(map(len, there.values())) < 1_000_000
    editor = built["json_editor.js"].decode("utf-8")
    assert "Permission is hereby granted" in editor
    bundled = [name for name in ("@codemirror/view", "@lezer/json", "style-mod", "w3c-keyname") if name in editor]
    assert len(bundled) == 4, "the licences name what they are of"


@pytest.mark.usefixtures("packages")
def test_the_linter_has_no_finding() -> None:
    """biome finds no mistake, and nothing that it would lay out in another way."""
    done = node.run_node(node.BIOME, "check", "--error-on-warnings", ".", node.SOURCES)
    assert done.returncode == 0, done.stdout
    assert re.search(r"Checked (\d+) files", done.stdout)


@pytest.mark.usefixtures("packages")
def test_the_types_are_right() -> None:
    """TypeScript, as strict as it is, agrees with what the sources' comments say of their types."""
    done = node.run_node("node_modules/typescript/bin/tsc")
    assert done.returncode == 0, done.stdout


def test_its_own_tests_pass() -> None:
    """Node's test runner finds the tests of this folder, and all pass."""
    done = node.run_node("--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test")
    assert done.returncode == 0, done.stdout
    (passed,) = re.findall(r"^\S* ?pass (\d+)$", done.stdout, re.MULTILINE)
    print(f"{passed} tests in Node")
    assert int(passed) > 50


def test_the_lock_file_names_no_registry() -> None:
    """Where packages come from is decided where they are installed; each has its checksum."""
    text = (node.FOLDER / "package-lock.json").read_text("utf-8")
    assert "resolved" not in text
    packages = json.loads(text)["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
