"""``%asgi login`` and ``%asgi logout``."""

import getpass

import pytest
from IPython.core.error import StdinNotImplementedError
from tests.explorer.test_sign_in import app_of


@pytest.fixture
def signing(shell):
    """A shell with an app to sign in to."""
    shell.ip.user_ns["app"] = app_of("login", "key")
    shell.run("explorer = %asgi app")
    return shell


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """What a person was asked, who answers with the right password."""
    prompts: list[str] = []

    def answer(prompt: str) -> str:
        prompts.append(prompt)
        return "wonder"

    answer.__name__ = "getpass"
    monkeypatch.setattr("ipyasgi.magic.commands.sign_in.getpass", answer)
    return prompts


def test_the_password_is_asked_for(signing, asked):
    """It is not on the line, so not in the notebook either; the requests that need it have the token."""
    assert str(signing.run("%asgi login ann")) == "Signed in as ann (r1)"
    assert asked == ["Password: "]
    assert signing.run("%asgi GET /me/all").json() == "ann-s3cret-token"
    assert "wonder" not in str(signing.shown(signing.run("%asgi show r1")))
    assert str(signing.run("%asgi logout")) == "Signed out"
    assert signing.run("%asgi GET /me/all").status_code == 401


def test_a_token_of_a_variable(signing, asked):
    """Nobody is asked; several schemes need the name of one."""
    signing.run("t = 'abc'")
    assert "give one of them as scheme" in str(signing.error("%asgi login --token {{t}}"))
    assert str(signing.run("%asgi login --token {{t}} --scheme key")) == "Signed in"
    assert signing.run("%asgi GET /admin").json() == "abc"
    assert asked == []
    signing.run("%asgi logout key")
    assert signing.run("%asgi GET /admin").status_code == 401


def test_what_cannot_be(signing, monkeypatch):
    """The app's own message, what to write, and what to do where nobody can be asked."""

    def refuse(prompt: str) -> str:
        raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")

    assert "needs a name, such as %asgi login ann" in str(signing.error("%asgi login"))
    assert "needs a name" in str(signing.error("%asgi login ann --token abc"))
    monkeypatch.setattr("ipyasgi.magic.commands.sign_in.getpass", lambda prompt: "wrong")
    assert "Sign-in failed: Wrong email or password. %asgi show r1" in str(signing.error("%asgi login ann"))
    monkeypatch.setattr("ipyasgi.magic.commands.sign_in.getpass", refuse)
    assert "%asgi login --token {{token}}" in str(signing.error("%asgi login ann"))
    assert getpass.getpass is not refuse


def test_as_python(signing, asked):
    """The equivalent Python asks for the password too, and asking for it sends nothing."""
    code = signing.run("%asgi --as-python login ann")
    assert "from getpass import getpass" in code
    assert "login(" in code
    assert '"ann", getpass("Password: ")' in code
    signing.run("t = 'abc'")
    assert "explorer.login(token=str(t))" in signing.run("%asgi --as-python login --token {{t}}")
    assert "abc123def" not in signing.run("%asgi --as-python login --token abc123def")
    assert "explorer.logout()" in signing.run("%asgi --as-python logout")
    assert asked == []
    assert signing.run("len(explorer.history)") == 0
