"""Values in a real IPython shell without ``%load_ext``, and with what else may take the place of its printer."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from ipyasgi.explorer import PendingExchanges

from .conftest import Shell


@pytest.fixture
def bare():
    """A shell in which nothing of ours was loaded, with an Explorer of the sample shop."""
    shell = Shell()
    shell.run("from ipyasgi import Explorer\nfrom ipyasgi.samples.shop import app\nexplorer = Explorer(app)")
    yield shell
    shell.run("explorer.close()")
    InteractiveShell.clear_instance()


def every(shell):
    shell.run(
        "r = explorer.get('/items', params={'token': 's3cret'})\np = explorer.begin('GET', '/items')\np.result(20)"
    )
    names = ["r", "r.head()", "r.run", "explorer", "explorer.history", "explorer.history[:]", "explorer.lifespan"]
    names += ["explorer.routes", "explorer.routes.describe('item')", "explorer.settings", "explorer.state", "p"]
    names += ["explorer.headers", "explorer.cookies", "explorer.recheck()"]
    return [*map(shell.run, names), PendingExchanges([shell.run("p")])]


def test_without_the_extension(bare):
    """Each value is shown by its text and its HTML, tuples and mappings too; secrets are masked."""
    for value in every(bare):
        shown = bare.shown(value)
        assert shown["text/plain"].rstrip() == value.to_text()
        assert "<style>" in shown["text/html"]
        assert "s3cret" not in shown["text/plain"] + shown["text/html"]


def test_a_terminal_asks_for_text_alone(bare):
    """Where the shell takes text/plain alone, as a terminal does, that is the text and nothing else."""
    for value in every(bare):
        only = bare.ip.display_formatter.format(value, include=["text/plain"])[0]
        assert set(only) == {"text/plain"}
        assert only["text/plain"].rstrip() == value.to_text()


def test_with_richs_pretty_printing(bare):
    """rich puts a printer of its own in IPython's place; the values look the same."""
    formatters = bare.ip.display_formatter.formatters
    values = every(bare)
    kept = formatters["text/plain"]
    bare.run("import rich.pretty\nrich.pretty.install()")
    assert formatters["text/plain"] is not kept
    for value in values:
        assert bare.shown(value)["text/plain"] == value.to_text()
    assert "1" in bare.shown([1])["text/plain"]


def test_inside_another_value(bare):
    """In a list or a dict each is one line, its repr: a list of exchanges is not a page of them."""
    values = every(bare)
    r, history = values[0], values[5]
    assert bare.shown([r, r])["text/plain"] == f"[{r!r}, {r!r}]"
    assert bare.shown({"all": history})["text/plain"] == f"{{'all': {history!r}}}"
    assert bare.shown((r,))["text/plain"] == f"({r!r},)"


def test_loading_changes_no_display(bare):
    """With the extension loaded, and taken back, a value looks as it did before; no formatter is touched."""
    formatters = bare.ip.display_formatter.formatters
    value = every(bare)[0]

    def seen():
        return bare.shown(value), {name: len(one.type_printers) for name, one in formatters.items()}

    before = seen()
    bare.run("%load_ext ipyasgi")
    loaded = seen()
    bare.run("%unload_ext ipyasgi")
    assert before == loaded == seen()


def test_a_request_under_way_is_live_where_panels_are(bare):
    """With the panels imported a request under way is shown by its board, and one that has ended by its view."""
    bare.run("%load_ext ipyasgi")
    bare.run(
        "import anyio\n"
        "async def slow(scope, receive, send):\n"
        "    await anyio.sleep_forever()\n"
        "s = Explorer(slow, lifespan='off')\np = s.begin('GET', '/?token=s3cret')"
    )
    pending = bare.run("p")
    under_way = bare.shown(pending), bare.shown(PendingExchanges([pending]))
    pending.cancel()
    with pytest.raises(BaseException, match="was cancelled"):
        pending.result(10)
    for shown in under_way:
        assert {"application/vnd.jupyter.widget-view+json", "text/plain", "text/html"} == set(shown)
        assert "s3cret" not in str(shown)
    assert set(bare.shown(pending)) == {"text/plain", "text/html"}
    bare.run("s.close()\n%unload_ext ipyasgi")
