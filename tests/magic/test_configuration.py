"""Settings from outside: where they come from, which of them counts, and what is said of a mistake."""

import dataclasses

import pytest
from IPython.core.error import UsageError
from traitlets.config import Config

from ipyasgi import Settings
from ipyasgi.magic.configuration import read_project
from ipyasgi.notebook import try_magics
from ipyasgi.notebook.magics import AsgiMagics
from ipyasgi.records.settings import SETTINGS

from ..notebook.conftest import Shell


def test_every_setting_is_a_trait(shell):
    """Each field of Settings but the redactor is a setting with a help and a trait of the magics with its default."""
    fields = [field.name for field in dataclasses.fields(Settings)]
    assert [*(setting.field for setting in SETTINGS.values()), "redactor"] == fields
    magics = try_magics(shell.ip)
    for name, setting in SETTINGS.items():
        assert getattr(magics, name) == setting.default == setting.read(setting.default)
        assert AsgiMagics.class_traits(config=True)[name].help == setting.help
        assert setting.help.endswith(".")


def test_percent_config_counts_for_attached_apps_and_later_ones(shell):
    """%config changes the explorers there are and those to come; what is recorded keeps its own."""
    shell.run("explorer = %asgi app\nbefore = %asgi GET /items")
    shell.run("%config AsgiMagics.timeout = 5\n%config AsgiMagics.show_secrets = True")

    assert shell.run("explorer.settings.timeout_s, explorer.settings.show_secrets") == (5, True)
    assert shell.run("explorer.history.settings is explorer.state.settings is explorer.settings")
    assert not shell.run("before.settings.show_secrets")
    assert shell.run("%asgi GET /items").settings.timeout_s == 5
    assert shell.run("e = %asgi ipyasgi.samples.shop:app\ne").settings.timeout_s == 5


def test_the_subcommand_is_the_same(shell):
    """%asgi config sets the traits, and shows the settings."""
    shell.run("explorer = %asgi app")
    settings = shell.run("%asgi config timeout=none history_count=7 lifespan-timeout={{2.5}}")

    assert (settings.timeout_s, settings.history_count, settings.lifespan_timeout_s) == (None, 7, 2.5)
    assert shell.run("explorer.settings") == settings
    shell.run("%config AsgiMagics.history_count = 8")
    assert shell.run("%asgi config").history_count == 8
    assert "history_count" in shell.shown(settings)["text/plain"]


def test_secret_names_from_each_place(shell, tmp_path):
    """%asgi config, %config and the project's file take names, in their own ways of writing several."""
    shell.run("explorer = %asgi app")
    shell.run("%asgi config secret_names=X-Cfg-A,X-Cfg-B")
    assert shell.run("explorer.settings.secret_names") == ("X-Cfg-A", "X-Cfg-B")
    shell.run("%config AsgiMagics.secret_names = ['X-Cfg-C']")
    assert shell.run("explorer.settings.secret_names") == ("X-Cfg-C",)
    assert shell.run("explorer.settings.redactor.is_secret('x-cfg-c')")
    assert "X-Cfg-C" in shell.shown(shell.run("%asgi config"))["text/plain"]
    (tmp_path / "pyproject.toml").write_text('[tool.ipyasgi]\nsecret_names = ["X-Cfg-D"]\n', encoding="utf-8")
    assert read_project(tmp_path) == ({"secret_names": ("X-Cfg-D",)}, [])


@pytest.mark.parametrize(
    ("line", "description"),
    [
        ("config secret_names={{5}}", "Give names"),
        ("config timeot=5", "Did you mean timeout?"),
        ("config timeout=soon", "Give seconds"),
        ("config timeout=-1", "Give seconds"),
        ("config timeout", "Write name=value"),
        ("config show_secrets=maybe", "true or false"),
        ("config history_count=1.5", "Give a number"),
        ("config history_count=-1", "Give a number"),
        ("headers X-A", "to set a header"),
        ("headers X-Missing:", "there is no default header"),
        ("cookies a:b", "to set a cookie"),
        ("cookies missing=", "there is no default cookie"),
    ],
)
def test_mistakes(shell, line, description):
    """Each is one line, and nothing has changed."""
    shell.run("explorer = %asgi app")
    before = shell.run("explorer.settings"), dict(shell.run("explorer.headers"))
    error = shell.error(f"%asgi {line}")

    assert type(error) is UsageError
    assert description in str(error)
    assert (shell.run("explorer.settings"), dict(shell.run("explorer.headers"))) == before


def test_a_bad_trait_is_refused(shell):
    """%config with a value of another kind leaves the setting as it was."""
    shell.run("explorer = %asgi app")
    shell.error("%config AsgiMagics.timeout = 'soon'")

    assert shell.run("explorer.settings.timeout_s") == 30


PROJECT = """
[tool.other]
timeout = 1
[tool.ipyasgi]
timeout = 3
lifespan-timeout = 4
show_secrets = true
"""


def test_a_project_s_settings(tmp_path):
    """[tool.ipyasgi] of the nearest file that has it counts; names may have dashes."""
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner.parent / "pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")

    assert read_project(inner) == ({"timeout_s": 3.0, "lifespan_timeout_s": 4.0, "show_secrets": True}, [])


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("[tool.ipyasgi]\ntimeot = 3", "Did you mean timeout?"),
        ("[tool.ipyasgi]\ntimeout = 'soon'", "Give seconds"),
        ("[tool.ipyasgi]\ntimeout = true", "Give seconds"),
        ("[tool.ipyasgi]\nhistory_count = [1]", "Give a number"),
        ("[tool.ipyasgi", "Cannot read pyproject.toml"),
        ("tool = 3", "Cannot read pyproject.toml"),
        ("\x00", "Cannot read pyproject.toml"),
    ],
)
def test_a_project_s_mistakes_are_lines(tmp_path, text, description):
    """Each error is one line; the other settings are read."""
    (tmp_path / "pyproject.toml").write_text(text + "\n", encoding="utf-8")

    (error,) = read_project(tmp_path)[1]
    assert description in error


def test_the_later_counts(tmp_path, monkeypatch, capsys):
    """The project's file goes before the defaults, the shell's configuration before the file, the line before both."""
    (tmp_path / "pyproject.toml").write_text(PROJECT + "nonsense = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shell = Shell()
    shell.ip.config.AsgiMagics = Config(lifespan_timeout=9.0)
    shell.run("%load_ext ipyasgi\nfrom ipyasgi.samples.shop import app")
    try:
        assert "Unknown setting 'nonsense'" in capsys.readouterr().out
        settings = shell.run("e = %asgi app\ne.settings")
        assert (settings.timeout_s, settings.lifespan_timeout_s, settings.show_secrets) == (3, 9, True)
        shell.run("%config AsgiMagics.timeout = 6")
        assert shell.run("e.settings.timeout_s") == 6
        error = shell.error("%asgi GET /slow seconds==5 --timeout 0.1")
        assert "within 0.1 s" in str(error)
    finally:
        shell.run("%unload_ext ipyasgi")
