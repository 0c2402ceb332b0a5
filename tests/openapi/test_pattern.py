"""Texts for regular expressions: what is built is matched by Python's own engine."""

import contextlib
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi.openapi.pattern import PatternError, Search, build_match


@pytest.mark.parametrize(
    ("pattern", "least", "most", "text"),
    [
        ("^[a-z]+$", 0, None, "a"),
        ("^[a-z]{2,5}$", 4, 5, "aaaa"),
        (r"^\d{3}-\d{4}$", 0, None, "000-0000"),
        ("^(foo|bar)$", 0, None, "foo"),
        ("a|bc", 2, None, "bc"),
        ("^(ab)*$", 5, None, "ababab"),
        (r"^[^\s@]+@[^\s@]+\.[^\s@]+$", 0, None, "a@a.a"),
        ("^(?P<year>[0-9]{4})$", 0, None, "0000"),
        ("^(?:a{0,2}){3}$", 4, None, "aaaa"),
        ("^[^a-z]?x*?$", 3, None, "Axx"),
        (r"\Aa\.\x41\u0042\tb\Z", 0, None, "a.AB\tb"),
        ("b", 3, None, "baa"),
        ("b$", 3, None, "aab"),
        ("^b", 3, None, "baa"),
        ("", 2, None, "aa"),
        ("^$", 0, None, ""),
        ("[]-]", 0, None, "-"),
        (r"^[\w.-]+[\D]$", 0, None, "aa"),
        ("(^a|b$)", 0, None, "a"),
        ("^.+$", 0, 3, "a"),
    ],
)
def test_a_text_is_matched(pattern, least, most, text):
    """The text is as long as asked for and the expression is found in it."""
    assert build_match(pattern, least, most) == text
    assert re.search(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^\p{Lu}\p{Ll}+\p{N}$", "Aa0"),
        (r"^[^\p{L}]\pL[\p{Nd}_]$", "0a0"),
        (r"^(?<year>\d{2})\z", "00"),
        (r"^[[&&~~||]\/$", "&/"),
    ],
)
def test_the_spelling_of_javascript(pattern, text):
    """Properties, named groups and classes that JavaScript and ECMA 262 spell in another way are understood."""
    assert build_match(pattern) == text


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("^(?!x)a", "assert_not is not understood"),
        (r"(a)\1", "groupref is not understood"),
        (r"\bword", "at_boundary within the text"),
        ("x(^a)", "at_beginning within the text"),
        ("(^a){2}", "at_beginning within the text"),
        ("(a$)b", "at_end within the text"),
        ("a$b", "at_end within the text"),
        ("[a-z", "a class is not closed"),
        ("[]&&", "a class is not closed"),
        ("[^--a]", "'--' in a class"),
        ("a*+a", "possessive_repeat is not understood"),
        ("(?>a)", "atomic_group is not understood"),
        ("((", "unterminated subpattern"),
        ("a)", "unbalanced parenthesis"),
        ("*a", "nothing to repeat"),
        ("a{3,1}", "greater than max"),
        ("x{99999}{99999}", "multiple repeat"),
        ("(x{9999}){9999}", "very long"),
        ("(" + "x{0}" * 100 + "a){9999}", "very long to build"),
        ("(" * 2000 + ")" * 2000, "too many groups"),
        ("a" * 10_000, "it is very long"),
        ("[^\\d\\D]", "without a character"),
        (r"\p{Greek}", "bad escape"),
        ("\\", "bad escape"),
    ],
)
def test_what_is_not_understood(pattern, wrong):
    """An expression that is broken, of another kind or too large is an error that says so."""
    with pytest.raises(PatternError, match=wrong):
        build_match(pattern)


@pytest.mark.parametrize(("least", "most"), [(0, 2), (4, None), (5000000, None)])
def test_a_length_that_cannot_be(least, most):
    """No text is given that has not the wanted length."""
    with pytest.raises(PatternError):
        build_match("^.{3}$", least, most)


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^((a|b)*)*$", "^(a?){400}$", "^(.*a){20}$", "(|abc)*", "((){9999}){9999}"]
)
def test_no_expression_makes_it_slow(pattern):
    """What takes a backtracking engine for ever is built at once."""
    began = time.thread_time()
    build_match(pattern, 300)
    assert time.thread_time() - began < 2


_ATOMS = st.sampled_from(["a", "0", "-", r"\.", r"\d", r"\w", r"\s", ".", "[a-f]", "[^a-z ]", "[-_x]", "[0-9A-F]"])
_PATTERNS = st.recursive(
    st.builds("{}{}".format, _ATOMS, st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"])),
    lambda inner: (
        st.builds("{}{}".format, inner, inner)
        | st.builds("({}|{})".format, inner, inner)
        | st.builds("(?:{}){{1,2}}".format, inner)
    ),
    max_leaves=5,
)


@given(pattern=_PATTERNS, least=st.integers(0, 4))
@settings(max_examples=150, deadline=None)
def test_any_expression_of_the_kind(pattern, least):
    """Whatever is composed of what is understood is matched as a whole."""
    try:
        text = build_match(f"^(?:{pattern})$", least)
    except PatternError as error:
        assert "was found" in str(error)  # noqa: PT017  (many lengths cannot be)
        return
    assert re.fullmatch(pattern, text)
    assert len(text) >= least


@given(pattern=st.text(alphabet=r"ab0^$.*+?{},1[]()|\-dwsp:<>=!", max_size=12))
@settings(max_examples=300, deadline=None)
def test_nothing_but_its_own_error(pattern):
    """Rubbish ends in a text or in the one error."""
    with contextlib.suppress(PatternError):
        build_match(pattern, 1, 50)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^(a+)+$", "a" * 35 + "!", False),
        ("^(a+)+$", "a" * 35, True),
        ("(x+x+)+y", "x" * 5_000, False),
        (r"^[a-z0-9]+(-[a-z0-9]+)*$", "some-slug-9", True),
        (r"^[a-z0-9]+(-[a-z0-9]+)*$", "some--slug", False),
        (r"^(?=.*\d)(?=.*[a-z])(?!.*\s).{8,}$", "passw0rd", True),
        (r"^(?=.*\d)(?=.*[a-z])(?!.*\s).{8,}$", "pass w0rd", False),
        (r"\bcat\b", "a cat.", True),
        (r"\bcat\B", "a cat.", False),
        (r"^\p{Lu}[^\W_]{2,3}$", "Abc", True),
        (r"^(?:a|bc|)d\z", "bcd", True),
        ("", "", True),
        (r"(a)\1", "aa", None),  # a reference to a group
        ("(?<=a)b", "ab", None),
        ("(?i)abc", "ABC", None),
        ("((", "", None),
        ("(a{1000}){1000}", "a", None),
        ("((){9999}){9999}", "a", None),
        ("(.*.*.*)*(.*.*.*)*=" * 200, "x" * 5_000, None),
    ],
)
def test_a_search_ends_with_any_pattern(pattern, text, expected):
    """A search gives the result of the standard library, or none; no pattern makes it slow."""
    assert Search(100_000).try_search(pattern, text) is expected


@given(pattern=_PATTERNS, text=st.text("ab01- ", max_size=6))
@settings(max_examples=300, deadline=None)
def test_a_search_is_that_of_the_standard_library(pattern, text):
    """Both agree about generated expressions."""
    for one in (pattern, f"^(?:{pattern})$"):
        assert Search(100_000).try_search(one, text) in (None, re.search(one, text) is not None)


def test_the_steps_are_those_of_all_searches():
    """Many slow patterns share one budget; after it no pattern is checked."""
    search = Search(1_000)
    found = [search.try_search(f"(a|a)*{number}", "a" * 20) for number in range(100)]
    assert found[0] is False
    assert found[-1] is None
