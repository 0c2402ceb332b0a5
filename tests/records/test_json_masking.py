"""Secrets in JSON of any size: masked by name, everything else left as it was sent."""

import json

import pytest

from ipyasgi.records.json_masking import mask_json_text
from ipyasgi.records.redaction import MASK


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1.10, "a": 1e400, "n": 12345678901234567890}',
        '[{"says": "the \\"token\\": 5 is no name"}]',
        '{"says": "password: x"}',
        "[" * 50_000,
        "",
        '"token"',
    ],
)
def test_without_a_secret_name_it_is_the_very_text(text):
    """Numbers, repeated names and depth stay; a name inside a string is none."""
    assert mask_json_text(text) is text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('{"token": "abc", "n": 1.10}', f'{{"token": "{MASK}", "n": 1.10}}'),
        ('{"a": {"password":{"x": [1, "}"]}}, "b": 2}', f'{{"a": {{"password": "{MASK}"}}, "b": 2}}'),
        ('{"tok\\u0065n": 12}', f'{{"tok\\u0065n": "{MASK}"}}'),
        ('{"token" : null}\n{"token" : 5}', f'{{"token" : "{MASK}"}}\n{{"token" : "{MASK}"}}'),
        ('{"a": "x", "secret": "cut he', f'{{"a": "x", "secret": "{MASK}"'),
        ('{"a\\qtoken": 1}', f'{{"a\\qtoken": "{MASK}"}}'),
    ],
)
def test_the_values_of_secret_names_are_masked(text, masked):
    """At any depth, whatever kind of value, with an escaped name, in lines, and where the text is cut or broken."""
    assert mask_json_text(text) == masked
    assert mask_json_text(text, show=True) is text


def test_what_was_json_stays_json():
    """A masked document can still be read."""
    text = json.dumps({"users": [{"name": 'a"b', "api_key": [1, {"x": "}"}]}] * 3})
    assert json.loads(mask_json_text(text)) == {"users": [{"name": 'a"b', "api_key": MASK}] * 3}
