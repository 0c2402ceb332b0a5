"""JSON laid out token by token."""

import json

import pytest

from ipyasgi.records.redaction import Redactor
from ipyasgi.views.body.json_text import Token, lay_out
from ipyasgi.views.body.shown import BodyShown


def text_of(tokens: list[Token]) -> str:
    """Return tokens as one text."""
    return BodyShown(kind="json", label="", tokens=tuple(tokens)).text


def laid_out(text: str, limit: int = 10_000, **options: bool) -> str:
    """Return the text of the tokens."""
    return text_of(lay_out(Redactor(**options).json_text(text), limit)[0])


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        [1, 2, 3],
        {"a": {"b": [[], {}, [None, True, -1.5e-7]]}, "c": "x: [1, {2}]"},
        "a \"quoted\" text, with \\ and {braces}",
        [{"k": "v"}] * 30,
        list(range(99)),
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


def test_the_text_stays_as_sent() -> None:
    """Digits, repeated keys and escapes are not normalised; only unicode escapes become readable."""
    text = laid_out(r'{"n":1.10,"n":12345678901234567890.0,"e":"\n","u":"caf\u00e9"}')
    assert text == '{\n  "n": 1.10,\n  "n": 12345678901234567890.0,\n  "e": "\\n",\n  "u": "café"\n}'


def test_kinds_for_the_highlight() -> None:
    """Keys, strings, numbers and words have different kinds."""
    tokens, _ = lay_out('{"k": ["s", 1, true]}', 1000)
    assert [(kind, text) for kind, text in tokens if kind not in ("mark", "")] == [
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
    assert '"a"' in laid_out(text, show=True)


def test_cut_at_the_limit() -> None:
    """No more than the limit is laid out, and the end position is returned."""
    text = json.dumps([{"n": n} for n in range(100)])
    tokens, end = lay_out(text, 500)
    assert len(text_of(tokens)) == 500
    assert 0 < end < 500
    assert lay_out(text, 100_000)[1] == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        '{"a":' * 20_000,
        '"' + "\\" * 50_001,
        "[" + "1," * 50_000,
        '"a' * 40_000,
        ("[" + "1," * 101) * 4000,
        "{ " * 300_000,
        "[" + "[1]," * 200_000,
        "[0, [" + " " * 400_000 + "{",
    ],
)
def test_depth_and_breakage_cost_nothing(text: str) -> None:
    """Deep, broken or endless JSON is laid out up to the limit, long before the time of a test is over."""
    assert lay_out(text, 64_000)[0]


def folds(text: str, limit: int = 10_000) -> list[tuple[str, str]]:
    """Return what can be folded: open or shut, and how much is in it."""
    tokens = [token for token in lay_out(text, limit)[0] if token[0] in ("fold", "shut", "head")]
    return [(kind, about) for (kind, _), (_, about) in zip(tokens[::2], tokens[1::2], strict=True)]


def test_long_parts_can_be_folded() -> None:
    """What takes more than a few lines can be folded and says its size; deep inside, what is very long is shut."""
    small, large = {"a": 1, "b": 2}, {f"k{n}": n for n in range(40)}
    assert folds(json.dumps(small)) == []
    assert folds(json.dumps([{"outer": {"inner": large}}])) == [
        ("fold", "1 item"),
        ("shut", "40 fields"),
    ]


def test_a_fold_begins_with_its_key_and_ends_with_its_comma() -> None:
    """The first line of a part is all of `"key": {`, the last all of `},`."""
    tokens, _ = lay_out(json.dumps({"a": {f"k{n}": n for n in range(9)}, "b": 1}), 10_000)
    begin, end = [kind for kind, _ in tokens].index("fold", 1), [kind for kind, _ in tokens].index("tail")
    assert text_of(tokens[begin : begin + 6]) == '  "a": {\n'
    assert tokens[begin + 5] == ("head", "9 fields")
    assert text_of(tokens[end - 2 : end + 1]) == "},\n"


@pytest.mark.parametrize("limit", [*range(0, 120, 7), 500, 5000])
def test_a_cut_text_is_folded_properly(limit: int) -> None:
    """Wherever the text ends, each part has its head and its tail."""
    text = json.dumps({"a": [{"n": n, "z": [{"q": [{}, {"w": list(range(20))}]}]} for n in range(9)]})
    for piece in (text, text[: limit * 2]):
        kinds = [kind for kind, _ in lay_out(piece, limit)[0]]
        assert kinds.count("head") == kinds.count("tail") == kinds.count("fold") + kinds.count("shut")


def test_items_beyond_a_hundred_are_counted() -> None:
    """Of a long array the first hundred items are laid out, and what follows it is seen."""
    text = laid_out(json.dumps({"items": [{"n": n} for n in range(12_445)], "total": 12_445}), 64_000)
    assert "… 12,345 more\n  ],\n" in text
    assert text.endswith('"total": 12445\n}')
    assert '"n": 100' not in text
    strings = json.dumps([", ] }"] * 150 + [[1, 2], {"a": [3, 4]}] * 10)
    assert "… 70 more\n" in laid_out(strings)
    cut = laid_out("[" + "1.25," * 5000)
    assert cut.endswith("… 4,901 more")


def test_a_long_string_leaves_room_for_the_rest() -> None:
    """The beginning of a very long string is laid out, and the rest is counted."""
    text = laid_out(json.dumps({"data": "x" * 9000, "after": 1}))
    assert "… 5,002 more characters" in text
    assert '"after": 1' in text
