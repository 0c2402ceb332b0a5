"""The magic's language: each mistake is one error that says what to write instead."""

import pytest

from ipyasgi.protocol.errors import CallError

from .meaning import spec_of

pytestmark = pytest.mark.usefixtures("some_files")

MISTAKES = [
    ("GET", None, "needs a path"),
    ("GET items", None, "write '/items'"),
    ("GETT /items", None, "Did you mean GET?"),
    ("GOT /items", None, "custom method call explorer.request('GOT'"),
    ("HEAD /items a:=1", None, "has no body"),
    ("GET /items limit=2", None, "limit==2"),
    ("GET /items f@note.txt", None, "has no body"),
    ("GET /items junk", None, "is not an item"),
    ("GET /items POST /x", None, "with ### between them"),
    ("GET /items =x", None, "is not an item"),
    ("GET /items ==x", None, "is not an item"),
    ("GET /items :x", None, "is not an item"),
    ("GET /items -f", None, "Options: --form, --factory"),
    ("GET /items -t 5", None, "Unknown option -t"),
    ("GET /items/{item_id}", None, "Add item_id="),
    ("GET /items/{item_id} item_id=", None, "item_id is required"),
    ("GET /items/{item_id} item_id==7", None, "Add item_id="),
    ("POST /items a:=oops", None, "Invalid JSON in a:=oops"),
    ("POST /items a:=NaN", None, "JSON does not allow NaN"),
    ("POST /items a:='[1,]'", None, "column"),
    ("POST /items a:=", None, "Invalid JSON"),
    ("POST /items 'a=b", None, "Close the quote"),
    ('POST /items "a=b', None, "Close the quote"),
    ("POST /items a=o'hara", None, "Close the quote"),
    ("GET / --timeot 5", None, "Did you mean --timeout?"),
    ("GET / --timeout", None, "Write --timeout SECONDS"),
    ("GET / --timeout=", None, "needs a value"),
    ("GET / --timeout soon", None, "Give seconds"),
    ("GET / --timeout -5", None, "Give seconds"),
    ("GET / --timeout nan", None, "Give seconds"),
    ("GET / --timeout inf", None, "Give seconds"),
    ("GET / --form=yes", None, "takes no value"),
    ("GET / --form", None, "--form needs fields"),
    ("GET / --factory", None, "takes no --factory"),
    ("GET / --headers &", None, "does not wait"),
    ("GET /items/{{missing}}", None, "missing"),
    (f"POST /items --raw '{'[' * 950}{']' * 950}'", None, "nested too deeply"),
    ("GET /items/{{n", None, "No Python expression between"),
    ("GET /items/{{1 +}}", None, "No Python expression between"),
    ("GET /items/{{1 / 0}}", None, "ZeroDivisionError"),
    ("POST /items a={{data}}", None, "cannot be sent"),
    ("POST /items a:='[{{data}}]'", None, "as JSON"),
    ("POST /items", '\n{"a": 1 2}', "line 1, column 9"),
    ("POST /items", '\n{"a": {{items', "Invalid JSON"),
    ("POST /items a=b", '\n{"a": 1}', "given twice"),
    ("POST /items a=b --raw x", None, "given twice"),
    ("POST /items a=b @note.txt", None, "given twice"),
    ("POST /items", "X-A: 1\nno header\n\n{}", "is not a header"),
    ("GET /items", "?limit=2", "as name==value"),
    ("POST /items f@nowhere.txt", None, "File not found: nowhere.txt"),
    ("POST /items f@.", None, "File not found: ."),
    ("POST /items name=@nowhere", None, "write \\@nowhere"),
    ("POST /items name=@pic.jpg", None, "is not UTF-8 text"),
    ("POST /items name:=@note.txt", None, "Invalid JSON in note.txt"),
    ("POST /items f@{{n}}", None, "give a path, bytes, or an open file"),
    ("class << GET /", None, "a Python keyword"),
    ("GET /\x00", None, "NUL"),
    ("POST / a=\ud800", None, "surrogate"),
    ("GET / X-A:\u20ac", None, "cannot be sent"),
    ("GET / 'X A:1'", None, "Invalid header name 'X A'"),
    ('POST /items {"a": 1,}', None, "write `%%asgi POST /items` and the JSON in the lines below"),
    ('POST /items {"a": "it\'s"', None, "Invalid JSON: Expecting"),
    ("POST /items {email: 1}", None, "Invalid JSON"),
    ("POST /items {'a': 1}", None, "Invalid JSON"),
    ('POST /items --form {"a": 1}', None, "--form needs fields"),
    ("POST /items {a}", None, "in the lines below"),
    ('POST /items {"a": 1} {"a": 2}', None, "given twice"),
    ('POST /items b=1 {"a": 1}', None, "given twice"),
    ('GET /items {"a": 1}', None, "has no body for the JSON"),
    ('POST /items {"a": {{1 / 0}}}', None, "ZeroDivisionError"),
    ("GET /items | jq .x", None, "Write `r = %asgi GET /items`, then `r.json()[...]`"),
    ("GET /items X-Token:s3cret |jq '.x", None, "Write `r = %asgi GET /items ...`, then"),
    ("GET /items > out.json", None, "write(r.content)"),
]


@pytest.mark.parametrize(("line", "cell", "description"), MISTAKES)
def test_mistakes(line: str, cell: str | None, description: str) -> None:
    """Each mistake is one error that says what to write instead, on one line."""
    with pytest.raises(CallError) as caught:
        spec_of(line, cell)
    assert description in str(caught.value)
    assert "\n" not in str(caught.value)
