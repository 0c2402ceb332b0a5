"""Values that are secret by their look, whatever their name."""

import time

import pytest

from ipyasgi.records.secret_looks import find_secrets

# In two pieces, so that no scanner of repositories takes them for leaked ones.
TOKENS = [
    "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a",
    "github" + "_pat_11AAAAAAA0abcdefghij",
    "glpat" + "-abcdefghijklmnop1234",
    "xoxb" + "-123456789012-abcdefXYZ",
    "sk_live" + "_4eC39HqLyjWDarjtT1zdp7dc",
    "whsec" + "_4eC39HqLyjWDarjtT1",
    "sk-proj" + "-abcdefghijklmnop1234",
    "sk-ant-api03" + "-abcdefghijklmnop1234",
    "AIza" + "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",
    "npm" + "_abcdefghijklmnopqrstuvwxyz0123456789",
    "pypi" + "-AgEIcHlwaS5vcmcCJDabcdef",
    "SG." + "abcdefghijklmnop.abcdefghijklmnop",
    "123456789" + ":AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc",
    "SK" + "0123456789abcdef0123456789abcdef",
    "hooks.slack.com/services/" + "T0/B0/xyz",
]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("text", ["{}", "key {}, ok", '{{"a": "{}"}}', "a={}&b=1", "(b'x', b'{}')", "x:\n {}\n"])
def test_tokens_of_providers(token: str, text: str) -> None:
    """A token is found as a whole in any surroundings."""
    written = text.format(token)
    (found,) = find_secrets(written)
    assert written[found[0] : found[1]] == token


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgres://u:p@ss@h/db", "u:p@ss"),
        ("postgres://u:pa/s#s@h/db?x=a@b", "u:pa/s#s"),
        ("redis://:pw@h", ":pw"),
        ("https://abc123@o1.ingest.sentry.io/1", "abc123"),
        (r"https:\/\/u:pw@h", "u:pw"),
        ("postgres://user:longpassw…", "user:longpassw…"),
        ("Authorization: Bearer abcDEF", "abcDEF"),
        ('"Bearer abcDEF"', "abcDEF"),
        ("Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("a -----BEGIN RSA PRIVATE KEY-----\nabc", "-----BEGIN RSA PRIVATE KEY-----\nabc"),
        ("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\ny", None),
    ],
)
def test_users_keys_and_schemes(text: str, secret: str | None) -> None:
    """The user of a URL, a private key and the credentials behind a scheme are secret, also cut or with odd signs."""
    (found,) = find_secrets(text)
    assert text[found[0] : found[1]] == (secret if secret is not None else text.removesuffix("\ny"))


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:8000 a@b",
        "http://h:80/x?mail=a@b.c",
        "http://[::1]:80",
        "http://host:port/path",
        "mailto:ada@example.org or http://example.org/@ada",
        '{"a":"http://h/x","b":"u@h"}',
        "bearer authentication is required",
        "Basic authentication required",
        'Bearer realm="x1", error="invalid_token"',
        "-----BEGIN PUBLIC KEY-----",
        "sk-ip and task-list-of-many-words",
        "0d9f3c1e-9f5b-4b32-a111-2f6e0f7f3a5c",
        "The quick brown fox, 2026-11-29T13:14:12.123456+00:00",
    ],
)
def test_ordinary_text(text: str) -> None:
    """Ports, addresses, identifiers, times and prose are not secret."""
    assert list(find_secrets(text)) == []


@pytest.mark.parametrize(
    "piece",
    [
        "sk-",
        "eyJ",
        "eyJabcdefgh.",
        "://",
        "://a:",
        "Bearer ",
        "Bearer aaaaaaaaaa",
        "@a",
        "a:b@",
        "AA",
        "a.",
        "-",
        "aB3/",
    ],
)
def test_hostile_text_costs_no_time(piece: str) -> None:
    """Whatever repeats, the time is linear in the length."""
    began = time.process_time()
    list(find_secrets("://a:" + piece * (400_000 // len(piece))))
    list(find_secrets(piece * (400_000 // len(piece))))
    assert time.process_time() - began < 10
