"""Secrets in text that no parser reads."""

import time

import pytest

from ipyasgi.records.plain_text import mask_plain_text

_SECRET = "s3cret-value"


@pytest.mark.parametrize(
    "text",
    [
        "token={}",
        "a=1&token={}&b=2",
        "export API_KEY='{}'",
        'password = "{} and more"',
        "Password: {}",
        "  - api key: {}",
        "Authorization: Bearer {}",
        "> Set-Cookie: sid={}; Path=/",
        "Cookie: a={}; b={}",
        "<password>{}</password>",
        '<ns:token kind="x">{}</ns:token>',
        '<input type="hidden" name="csrf_token" value="{}">',
        "<input value='{}' name=password>",
        "postgres://app:{}@db/shop",
        '{{"token": "{}"}}',
        "{{'token': '{}'}}",
        "Account(name='Ada', password='{}')",
        "see /reset?token={} for more",
    ],
)
def test_values_of_secret_names(text: str) -> None:
    """A value that follows a secret name is masked in each way it is written, and shown when asked for."""
    written = text.format(*[_SECRET] * 2)
    assert _SECRET not in mask_plain_text(written)
    assert "•••" in mask_plain_text(written)
    assert mask_plain_text(written, show=True) == written


@pytest.mark.parametrize(
    "text",
    [
        "A token: the thing that you get after signing in.",
        "if token == other: pass",
        "Your password must be long",
        "name=Ada&page=2",
        "<title>Password</title>",
        "<input name=q value=shoes>",
        "mailto:ada@example.org or http://example.org/@ada",
        "url(http://127.0.0.1:80);@font-face{}",
        "The session: it began at nine and ended at ten",
    ],
)
def test_what_is_no_value_stays(text: str) -> None:
    """Sentences about secrets, comparisons, other fields and addresses are left alone."""
    assert mask_plain_text(text) == text


@pytest.mark.parametrize(
    "piece",
    ["token", "token=", "a:", "<a>", "<a", "<input ", "<input name=", "://", "a.b-", "'token':", "a b c d:", " ", "="],
)
def test_hostile_text_costs_no_time(piece: str) -> None:
    """As much text as a view shows is masked in a moment, whatever it repeats."""
    began = time.process_time()
    mask_plain_text(piece * (64_000 // len(piece)))
    mask_plain_text((piece + "\n") * (64_000 // len(piece)))
    assert time.process_time() - began < 20
