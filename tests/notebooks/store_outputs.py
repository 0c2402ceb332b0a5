"""Execute notebooks in fresh kernels and store their outputs in a form that is the same each time.

    python tests/notebooks/store_outputs.py [notebooks/01-asgi-by-hand.ipynb ...]

A stored notebook is read on GitHub, where it cannot be run, and its differences are read in reviews. So what is
another at each run goes: a duration is stored as "… ms" (one of seconds too: on a busy machine many a thing takes
one), and a clock, an address, a machine's path are cut in the same way. Of a cell with the tag ``measured``, which is
about its figures, nothing is stored. Left out, not made up: a reader who runs the cell sees the figures, and "1.0 ms"
everywhere would be a lie. A setting that hides times would put a line into each notebook that its reader has no use
for.

Of the HTML the style sheet goes, which GitHub would cut away and which makes most of a file, and the timelines, the
waterfalls and the flame graphs, which are drawn to the scale of one run. What a reader there sees is text, tables and
folds. Of the text the traces and profiles go: which of their rows are folded depends on how long each took.
"""

from __future__ import annotations

import contextlib
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CELL_S = 60

_DURATION = r"\d[\d,.]*\s(?:µs|ms)\b|[1-9]\d*\.\d+ s\b|\d+ min \d+ s\b"
_APART = r"(?:(?<=\x1b\[\d\dm)|(?<![\w.…]))"  # where a path begins: perhaps right after a colour's escape
_ALIGNED = re.compile(rf"(?:^ +|(?<=\S)   +)(?:{_DURATION})", re.MULTILINE)
_CHANGING = (
    (re.compile(_DURATION), "… ms"),
    (re.compile(r", response complete after … ms"), ""),
    (re.compile(r"\d[\d,]* chunks?, \d[\d,]* bytes? so far"), "… chunks so far"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)?"), "…"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "…"),
    (re.compile(r"\b0x[0-9a-f]{6,}\b"), "0x…"),
    (re.compile(rf"{_APART}(?:~|/)[\w./~+-]*/(?=(?:ipyasgi|site-packages|python3\.\d+)/)"), "…/"),
    (re.compile(rf"{_APART}/(?:tmp|var/folders|private/tmp)/[\w./-]*"), "…"),
    (re.compile(r"\btmp[a-z0-9_]{8}\b"), "tmp…"),
    (re.compile(r"\.py:\d+"), ".py:…"),
    (re.compile(r"(?<=\.py:…)   +"), "  "),  # a column was as wide as the longest line number
    (re.compile(r"\b\d+ samples\b"), "… samples"),
    (re.compile(r"… ms, × [\d.]+"), "… ms"),  # how two durations compare
    (re.compile(r"\b[0-9a-f]{32}\b"), "…"),  # a number that an app drew
    (re.compile(r"(?<![\w+/])[\w+/]{22}=="), "…"),  # the key of a WebSocket's handshake
    # A time that moved on: whether it did depends on when the second was full.
    (
        re.compile(
            r"^(?:<tr>)?.*(?:'…' → '…'|&#39;…&#39; <span class=\"i-faint\">→</span> &#39;…&#39;).*\n", re.MULTILINE
        ),
        "",
    ),
    # What a trace finds slow depends on the machine.
    (
        re.compile(
            r"(?:  (?:slow layer|slow dependency|slow response|blocked loop|waited for a thread))+$", re.MULTILINE
        ),
        "",
    ),
    # A busy machine stops any app for a while, which looks as if the app held its loop.
    (
        re.compile(
            r'^<p class="i-note">held the event loop.*?</p>\n|^ +note: held the event loop.*(?:\n|\Z)', re.MULTILINE
        ),
        "",
    ),
)
_STYLE = re.compile(r"<style>.*?</style>\n?", re.DOTALL)
_DRAWING = re.compile(
    r'<div class="i-scroll"[^>]*><svg class="i-draw"(?:(?!</svg>).)*?'
    r'(?:class="i-grid"|aria-label="Flame graph).*?</svg></div>\n?'
    r'|<svg class="i-draw"[^>]* aria-label="Waterfall.*?</svg>\n(?=<div)',
    re.DOTALL,
)
# Whether a terminal's timeline is drawn at all depends, too, on how long the app went on after its response.
_TIMELINE = re.compile(r"^(?:receive|send) +[▁-█─┄]{20,}$", re.MULTILINE)
_MEASURED = re.compile(r"\A(?:Trace|Profile)\n  ")


@contextlib.contextmanager
def in_fresh_kernel(notebook: Any) -> Iterator[Any]:
    """Give a client whose kernel, a fresh one in an empty directory, runs the notebook's cells."""
    import nbclient

    with tempfile.TemporaryDirectory() as directory:
        client = nbclient.NotebookClient(
            notebook,
            timeout=CELL_S,
            kernel_name="python3",
            resources={"metadata": {"path": directory}},
            store_widget_state=False,
            record_timing=False,
        )
        with client.setup_kernel():
            yield client


def execute(notebook: Any) -> Any:
    """Run a notebook's cells in a fresh kernel; a cell may raise where its tags say so."""
    with in_fresh_kernel(notebook) as client:
        run_cells(client)
    return notebook


def run_cells(client: Any, tag: str | None = None) -> None:
    """Run the cells of the client's notebook, or those with this tag, in its kernel."""
    for index, cell in enumerate(client.nb.cells):
        if tag is None or tag in cell.metadata.get("tags", []):
            client.execute_cell(cell, index)


def normalise(notebook: Any) -> Any:
    """Bring an executed notebook into the form it is stored in, and return it."""
    notebook.metadata = {"kernelspec": notebook.metadata.kernelspec, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            measured = "measured" in cell.metadata.get("tags", [])
            cell.outputs = [] if measured else [_stored(output) for output in _joined(cell.outputs)]
    return notebook


def stable(text: str) -> str:
    """Return a text without what is another at each run."""
    text = "\n\n".join(paragraph for paragraph in text.split("\n\n") if not _to_scale(paragraph))
    text = _ALIGNED.sub(lambda match: "… ms".rjust(len(match[0])), text)
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    return text


def _to_scale(paragraph: str) -> bool:
    return bool(_TIMELINE.search(paragraph) or _MEASURED.match(paragraph))


def _joined(outputs: list[Any]) -> list[Any]:
    """Return the outputs with each stream in one piece and before the values: which comes first is chance."""
    streams: dict[str, Any] = {}
    for output in outputs:
        if output.output_type == "stream":
            kept = streams.setdefault(output.name, output)
            if kept is not output:
                kept.text += output.text
    return [
        *(streams[name] for name in sorted(streams, reverse=True)),
        *(o for o in outputs if o.output_type != "stream"),
    ]


def _stored(output: Any) -> Any:
    if output.output_type == "stream":
        output.text = stable(output.text)
    elif output.output_type == "error":
        output.evalue = stable(output.evalue)
        output.traceback = [stable(line) for line in output.traceback]
    else:
        output.data.pop("application/vnd.jupyter.widget-view+json", None)
        for kind, value in output.data.items():
            if kind == "text/html":
                value = _STYLE.sub("", _DRAWING.sub("", value))
            if isinstance(value, str) and kind.startswith("text/"):
                output.data[kind] = stable(value)
    return output


def main(names: list[str]) -> None:
    """Store the outputs of these notebooks, of all where none is named."""
    import nbformat

    for path in map(Path, names) if names else sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = normalise(execute(nbformat.read(path, as_version=4)))
        nbformat.validate(notebook)
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        print(f"stored {path.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
