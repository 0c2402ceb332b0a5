"""The table of rules: complete, readable, and used by every judge."""

import ast
import re
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any, get_args

import pytest

from ipyasgi.protocol.rules import RULES, Rule
from ipyasgi.protocol.types import Kind


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_can_be_read(rule: Rule) -> None:
    """A rule's id begins with its kind, its summary is a sentence, and its section has a URL."""
    kind, name = rule.id.split(".")
    assert kind == rule.kind
    assert kind in get_args(Kind)
    assert re.fullmatch("[a-z]+(-[a-z]+)*", name)
    assert re.fullmatch(r"\S.*\.", rule.summary)
    assert re.fullmatch(r"(Specification|HTTP & WebSocket|Lifespan|Extensions): .+|RFC \d+, [\d.]+ .+", rule.section)
    assert re.fullmatch(r"https://[a-z.-]+/[\w./-]+#[a-z0-9.-]+", rule.url)


@pytest.mark.parametrize(
    ("rule", "anchor"),
    [
        ("http.status", "specs/www.html#response-start-send-event"),
        ("http.unknown-message", "specs/main.html#error-handling"),
        ("http.trailers-unfinished", "extensions.html#http-trailers"),
        ("lifespan.startup-unfinished", "specs/lifespan.html#startup-complete-send-event"),
        ("http.body-too-long", "rfc/rfc9110#section-8.6"),
    ],
)
def test_a_section_is_found_by_its_name(rule: str, anchor: str) -> None:
    """The URL of a section is built from its title as on the specification's pages."""
    assert RULES[rule].url.endswith(f"/{anchor}")


def test_the_table_cannot_be_changed() -> None:
    """The table of rules is read-only."""
    table: Any = RULES
    with pytest.raises(TypeError):
        table["http.zero"] = RULES["http.status"]
    rule: Any = RULES["http.status"]
    with pytest.raises((FrozenInstanceError, TypeError)):
        rule.summary = ""


def test_what_the_judges_name_is_in_the_table(repository: Path) -> None:
    """Every rule named in the code is in the table, for the kinds of that code."""
    found: set[str] = set()
    for file in (repository / "src/ipyasgi").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("note", "refuse"):
                found |= {
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value
                }
    named = {rule for rule in found if not rule.startswith(".")}
    suffixes = {rule for rule in found if rule.startswith(".")}
    assert len(named) > 40
    assert len(suffixes) > 8
    assert named <= set(RULES)
    assert {suffix for suffix in suffixes if f"http{suffix}" not in RULES} == set()
    assert set(RULES) <= named | {f"{kind}{suffix}" for kind in get_args(Kind) for suffix in suffixes}
