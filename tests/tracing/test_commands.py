"""Commands of a cache as text."""

import pytest

from ipyasgi.records.redaction import Redactor
from ipyasgi.records.secret_rules import MASK
from ipyasgi.tracing.commands import mask_command, name_command, name_pipeline, picture_arguments, shape_of_command
from ipyasgi.tracing.statements import mask_parameters


def test_command() -> None:
    """A command is shown with its key, in whatever type it came; the other arguments are values."""
    assert name_command(("get", "user:3")) == "GET user:3"
    assert name_command(("GET", b"user:\xff\n3")) == "GET user:\\xff 3"
    assert name_command(("PING",)) == "PING"
    assert picture_arguments(("SET", "user:3", b"Miso", "EX", 60)) == (("", "'Miso'"), ("", "'EX'"), ("", "60"))


def test_long_commands_are_cut() -> None:
    """Neither a long key, a long value nor many values make a long text."""
    arguments = ("MGET", "k" * 1_000, *(["v" * 1_000] * 1_000))
    assert len(name_command(arguments)) < 150
    *pictured, rest = picture_arguments(arguments)
    assert len(pictured) == 12
    assert all(len(text) <= 80 for _, text in pictured)
    assert rest == ("", "… 988 more")


def test_pipeline() -> None:
    """A pipeline is one text with its first commands."""
    assert name_pipeline([("GET", "a; b"), ("DEL", "c")]) == "pipeline: GET a;b; DEL c"
    assert name_pipeline([("GET", "a")] * 9).endswith("GET a; … 9 commands in all")


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("GET", "user:3"), "GET user:3"),
        (("GET", "session:abc1"), f"GET session:{MASK}"),
        (("GET", "shop:access_token:abc:1"), f"GET shop:access_token:{MASK}"),
        (("GET", "user-session/abc1"), f"GET user-session/{MASK}"),
        (("AUTH", "hunter2"), "AUTH"),
        (("CONFIG SET", "requirepass", "hunter2"), "CONFIG SET"),
    ],
)
def test_secret_keys(command: tuple[str, ...], shown: str) -> None:
    """What follows a secret word in a key is masked, and so are the values of that command."""
    assert mask_command(name_command(command), Redactor()) == shown


def test_secret_values() -> None:
    """The values of a secret key, of a secret field and in JSON are masked."""

    def values(*arguments: str) -> str:
        return mask_parameters(name_command(arguments), picture_arguments(arguments), Redactor())

    assert values("SET", "session:1", "hunter2") == MASK
    assert values("HSET", "user:1", "name", "Ann", "password", "hunter2") == f"name='Ann', password={MASK}"
    assert "hunter2" not in values("SET", "user:1", '{"name": "Ann", "password": "hunter2"}')
    assert values("AUTH", "hunter2") == ""


def test_secrets_of_a_pipeline() -> None:
    """Each command of a pipeline is masked by itself."""
    named = name_pipeline([("GET", "session:abc; GET x"), ("GET", "user:3")])
    assert mask_command(named, Redactor()) == f"pipeline: GET session:{MASK}; GET user:3"


def test_shape() -> None:
    """Commands whose keys differ in the last part, or in an identifier, have one shape."""
    assert shape_of_command("GET rate:EUR") == shape_of_command("GET rate:USD") == "GET rate:?"
    assert shape_of_command("HGET user:3:name") == shape_of_command("HGET user:4:name")
    assert shape_of_command("GET user3") != shape_of_command("GET rate3")
