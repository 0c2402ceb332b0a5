"""The names that a line of the magic sees."""

import sys

import pytest

ECHO = """
import json
async def echo(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})
%asgi echo --no-lifespan
"""


@pytest.mark.parametrize(
    "cell",
    [
        "def ask(word):\n    r = %asgi GET /{{word}}\n    return r.text\nask('a')",
        "class C:\n    def ask(self, other):\n        r = %asgi GET /{{other}}\n        return r.text\nC().ask('a')",
        "async def ask(word):\n    r = %asgi GET /{{word}}\n    return r.text\nawait ask('a')",
        "def ask(word, signs):\n    r = %asgi GET /{{''.join(word for _ in signs)}}\n    return r.text\nask('a', 'x')",
        "def out(word):\n  def f():\n    r = %asgi GET /{{word}}\n    return (word, r.text)[1]\n  return f()\nout('a')",
        "def ask(word): return get_ipython().run_cell_magic('asgi', 'GET /{{word}}', ' ').text\nask('a')",
        "def ask(word): return get_ipython().run_line_magic('asgi', 'GET /{{word}}').text\nask('a')",
    ],
)
@pytest.mark.parametrize("before", ["", "word = other = 'global'\n"])
def test_a_function_sees_its_own_names(shell, before, cell):
    """In a function, a method, async or not, a name is the function's, even if a global has the same name."""
    shell.run(ECHO)
    assert shell.run(before + cell) == "/a"


def test_globals_and_the_top_of_a_cell(shell):
    """A function sees globals, and the top of a cell its variables; an undefined name is one line."""
    shell.run(ECHO + "word = 'g'")
    assert shell.run("def ask():\n    r = %asgi GET /{{word}}\n    return r.text\nask()") == "/g"
    assert shell.run("r = %asgi GET /{{word}}\nr.text") == "/g"
    assert "name 'nothing' is not defined" in str(shell.error("%asgi GET /{{nothing}}"))


def test_an_expression_that_exits_is_an_error_of_the_line(shell):
    """`sys.exit` in an expression does not end the session."""
    shell.run(ECHO + "import sys")
    assert "SystemExit: 3" in str(shell.error("%asgi GET /{{sys.exit(3)}}"))


def test_a_module_sees_its_own_globals(shell, tmp_path, monkeypatch):
    """A helper in a module sees the globals of its module, and then the shell's variables."""
    (tmp_path / "caller_helper.py").write_text(
        "word = 'module'\ndef ask(ip): return ip.run_line_magic('asgi', 'GET /{{word}}/{{other}}').text\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    shell.run(ECHO + "word = 'shell'\nother = 'o'\nimport caller_helper")
    assert shell.run("caller_helper.ask(get_ipython())") == "/module/o"
    sys.modules.pop("caller_helper")


@pytest.mark.parametrize("line", ["app2", "attach app2", "{{app2}}"])
def test_an_app_of_a_function(shell, line):
    """An app that is a local variable is attached, and stays attached after its function has ended."""
    shell.run(ECHO)
    cell = f"def go(app2):\n    e = %asgi {line}\n    return e.app\ngo(echo) is echo"
    assert shell.run(cell)
    assert shell.run("r = %asgi GET /x\nr.text") == "/x"
