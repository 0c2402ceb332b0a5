"""The magic's language: each mistake is one error that says what to write instead."""

import pytest

from ipyasgi.protocol.errors import CallError

from .meaning import spec_of

pytestmark = pytest.mark.usefixtures("some_files")

MISTAKES = [
    ("GET", None, "needs a path"),
    ("GET items", None, "write '/items'"),
    ("GETT /items", None, "did you mean 'GET'"),
    ("GOT /items", None, "for one of your own: explorer.request('GOT'"),
    ("HEAD /items a:=1", None, "has no body"),
    ("GET /items limit=2", None, "limit==2"),
    ("GET /items f@note.txt", None, "has no body"),
    ("GET /items junk", None, "is not an item"),
    ("GET /items POST /x", None, "with ### between them"),
    ("GET /items =x", None, "is not an item"),
    ("GET /items ==x", None, "is not an item"),
    ("GET /items :x", None, "is not an item"),
    ("GET /items -f", None, "write one of --form, --factory"),
    ("GET /items -t 5", None, "there is no option -t"),
    ("GET /items/{item_id}", None, "give it a value"),
    ("GET /items/{item_id} item_id=", None, "needs a value"),
    ("GET /items/{item_id} item_id==7", None, "give it a value"),
    ("POST /items a:=oops", None, "is not JSON"),
    ("POST /items a:=NaN", None, "there is no NaN in JSON"),
    ("POST /items a:='[1,]'", None, "column"),
    ("POST /items a:=", None, "is not JSON"),
    ("POST /items 'a=b", None, "close the quote"),
    ('POST /items "a=b', None, "close the quote"),
    ("POST /items a=o'hara", None, "close the quote"),
    ("GET / --timeot 5", None, "did you mean 'timeout'"),
    ("GET / --timeout", None, "needs a value: --timeout SECONDS"),
    ("GET / --timeout=", None, "needs a value"),
    ("GET / --timeout soon", None, "give seconds"),
    ("GET / --timeout -5", None, "give seconds"),
    ("GET / --timeout nan", None, "give seconds"),
    ("GET / --timeout inf", None, "give seconds"),
    ("GET / --form=yes", None, "takes no value"),
    ("GET / --form", None, "--form needs fields"),
    ("GET / --factory", None, "takes no --factory"),
    ("GET / --headers &", None, "does not wait"),
    ("GET /items/{{missing}}", None, "missing"),
    (f"POST /items --raw '{'[' * 950}{']' * 950}'", None, "nested too deeply"),
    ("GET /items/{{n", None, "is not a Python expression"),
    ("GET /items/{{1 +}}", None, "is not a Python expression"),
    ("GET /items/{{1 / 0}}", None, "ZeroDivisionError"),
    ("POST /items a={{data}}", None, "cannot be sent"),
    ("POST /items a:='[{{data}}]'", None, "must be JSON"),
    ("POST /items", '\n{"a": 1 2}', "line 1, column 9"),
    ("POST /items", '\n{"a": {{items', "not JSON"),
    ("POST /items a=b", '\n{"a": 1}', "given twice"),
    ("POST /items a=b --raw x", None, "given twice"),
    ("POST /items a=b @note.txt", None, "given twice"),
    ("POST /items", "X-A: 1\nno header\n\n{}", "is not a header"),
    ("GET /items", "?limit=2", "as name==value"),
    ("POST /items f@nowhere.txt", None, "there is no file 'nowhere.txt'"),
    ("POST /items f@.", None, "there is no file"),
    ("POST /items name=@nowhere", None, "written \\@nowhere"),
    ("POST /items name=@pic.jpg", None, "is not UTF-8 text"),
    ("POST /items name:=@note.txt", None, "is not JSON"),
    ("POST /items f@{{n}}", None, "a file is a path, bytes, or an open file"),
    ("class << GET /", None, "a word of Python"),
    ("GET /\x00", None, "NUL"),
    ("POST / a=\ud800", None, "surrogate"),
    ("GET / X-A:\u20ac", None, "cannot be sent"),
    ("GET / 'X A:1'", None, "not the name of a header"),
]


@pytest.mark.parametrize(("line", "cell", "description"), MISTAKES)
def test_mistakes(line: str, cell: str | None, description: str) -> None:
    """Each mistake is one error that says what to write instead, on one line."""
    with pytest.raises(CallError) as caught:
        spec_of(line, cell)
    assert description in str(caught.value)
    assert "\n" not in str(caught.value)
