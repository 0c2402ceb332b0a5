"""JSON laid out token by token."""

import json
import time

import pytest

from ipyasgi.views.json_text import lay_out


def laid_out(text: str, limit: int = 10_000, **options: bool) -> str:
    """Return the text of the tokens."""
    return "".join(piece for _, piece in lay_out(text, limit, **options)[0])


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        [1, 2, 3],
        {"a": {"b": [[], {}, [None, True, -1.5e-7]]}, "c": "x: [1, {2}]"},
        "a \"quoted\" text, with \\ and {braces}",
        [{"k": "v"}] * 30,
        list(range(200)),
    ],
)  # fmt: skip
def test_the_value_stays_the_same(value: object) -> None:
    """What is laid out reads back as the value it was."""
    assert json.loads(laid_out(json.dumps(value))) == value


def test_the_layout() -> None:
    """Members stand on lines of their own, short lists of plain values in a row."""
    assert laid_out('{"a":[1,2],"b":{"c":null},"d":[{}]}') == (
        '{\n  "a": [1, 2],\n  "b": {\n    "c": null\n  },\n  "d": [\n    {}\n  ]\n}'
    )


def test_what_was_sent_is_what_is_shown() -> None:
    """Digits, repeated keys and escapes are not normalised; only unicode escapes become readable."""
    text = laid_out(r'{"n":1.10,"n":12345678901234567890.0,"e":"\n","u":"caf\u00e9"}')
    assert text == '{\n  "n": 1.10,\n  "n": 12345678901234567890.0,\n  "e": "\\n",\n  "u": "café"\n}'


def test_kinds_for_the_highlight() -> None:
    """Keys, strings, numbers and words are told apart."""
    tokens, _ = lay_out('{"k": ["s", 1, true]}', 1000)
    assert [(kind, text) for kind, text in tokens if kind != "mark"] == [
        ("key", '"k"'),
        ("string", '"s"'),
        ("number", "1"),
        ("word", "true"),
    ]


def test_secret_values_are_masked_whole() -> None:
    """The value of a secret key is masked whatever it is, and what follows it is not."""
    text = '{"token":"a","password":{"old":"b","new":["c"]},"api_key":[1,2],"x":1,"secret":"d'
    assert laid_out(text).replace("\n  ", "") == (
        '{"token": "•••","password": "•••","api_key": "•••","x": 1,"secret": "•••"'
    )
    assert '"a"' in laid_out(text, show_secrets=True)


def test_cut_at_the_limit() -> None:
    """No more than the limit is laid out, and how far it got in the text is told."""
    text = json.dumps([{"n": n} for n in range(1000)])
    tokens, end = lay_out(text, 500)
    assert sum(len(piece) for _, piece in tokens) == 500
    assert 0 < end < 500
    assert lay_out(text, 100_000)[1] == len(text)


@pytest.mark.parametrize(
    "text", ["[" * 50_000, '{"a":' * 20_000, '"' + "\\" * 50_001, "[" + "1," * 50_000, '"a' * 40_000]
)
def test_depth_and_breakage_cost_nothing(text: str) -> None:
    """Deep, broken or endless JSON is laid out up to the limit in a moment."""
    began = time.perf_counter()
    lay_out(text, 64_000)
    assert time.perf_counter() - began < 2
