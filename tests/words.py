"""Reads what people read, and names the words that this project does not use: a linter for prose.

    python tests/words.py              everything: src, notebooks, README, .github, binder
    python tests/words.py src/x.py     these files and folders

Prose is docstrings, comments, strings of more than one word, templates, Markdown and the sources of notebook cells.
Names are the words of an identifier: `was_told` has the word `told`. The glossary stands in .github/CONTRIBUTING.md.
"""

import argparse
import ast
import io
import json
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
READ = ("src", "notebooks", "binder", "README.md", ".github")
SKIPPED = frozenset({"bundles", "node_modules", ".ipynb_checkpoints"})
SUFFIXES = (".py", ".js", ".html", ".css", ".md", ".ipynb", ".yml")

# (pattern, what to write instead). Case does not matter; a pattern stands for whole words.
PROSE = (
    (r"told", "reported, shown, sent, given; or say who does what"),
    (r"tells?", "return whether, report, show, detect"),
    (r"nobody|no one", "nothing, no caller, no reader; or the passive"),
    (r"whoever|whomever|whom", "the caller, the user, any thread"),
    (r"somebody|someone|anybody", "the caller, the user, a person, other code"),
    (r"mend(?:s|ed|ing)?", "fix"),
    (r"breach(?:es)?", "violation"),
    (r"complaints?|refusals?", "error"),
    (r"(?<!:param )(?<!:ivar )(?-i:fault|faults(?!=)|Fault)", "error, violation, bug"),
    (r"(?<!there )(?:is|are|was|were) no (?!longer\b|more\b|way\b|need\b|response\b)[a-z]+", "is not a …"),
    (r"for ever", "forever, without end"),
    (r"under way", "running, in progress"),
    (r"borne|errands?|tidings|heed|whence|thence|hither|lest|forthwith", "a plain word"),
    (r"(?:an|the|its|your|the app's|this|last|first|whose|such) answers?|(?:each|every|no|any) answer", "response"),
    (r"answers? (?:of|from) the app", "response"),
    (r"all the same|come what may|as it came|goes along|as well as may be", "say it plainly"),
)  # fmt: skip
NAMES = {
    "told": "reported, sent",
    "tell": "report, show",
    "tells": "reports",
    "says": "message, description, text",
    "said": "message, text",
    "what": "description, text, kind",
    "whom": "target",
    "nobody": "none",
    "somebody": "caller",
    "breach": "violation",
    "complaint": "error",
    "complaints": "errors",
    "refusal": "error",
    "mend": "fix",
    "errand": "task",
    "errands": "tasks",
    "twin": "python_call",
    "sheet": "operation_form",
    "blanks": "placeholders",
    "blank": "placeholder, empty",
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A word that is not used here, with its place in a file and what to write instead."""

    path: str
    line: int
    word: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word!r}: write {self.instead}"


_PROSE = tuple(
    (re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])".replace(" ", r"\s"), re.IGNORECASE), instead)
    for pattern, instead in PROSE
)
_CODE = re.compile(r"`[^`\n]+`")
_NAME_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def find_prose(text: str, line: int = 1) -> Iterator[tuple[int, str, str]]:
    """Yield the line, the word and what to write instead, for a text that begins at a line."""
    text = _CODE.sub(lambda code: "`" * len(code[0]), re.sub(r"\n[ \t]*(?:# ?|// ?|\* ?)?", "\n", text))
    for pattern, instead in _PROSE:
        for found in pattern.finditer(text):
            yield line + text.count("\n", 0, found.start()), " ".join(found[0].split()), instead


def find_names(name: str, line: int) -> Iterator[tuple[int, str, str]]:
    """Yield the same for an identifier."""
    for word in _NAME_PARTS.findall(name):
        if (instead := NAMES.get(word.lower())) is not None:
            yield line, name, instead


def read_python(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong in Python: in comments, strings and the names that it binds."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield from find_prose(token.string, token.start[0])
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=str(value)) if " " in value.strip():
                yield from find_prose(value, node.lineno)
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield from find_names(name, node.lineno)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield from find_names(name, node.lineno)
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield from find_names(name, node.lineno)
            case _:
                pass


def read_notebook(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong in a notebook; its line is the number of the cell."""
    for number, cell in enumerate(json.loads(text)["cells"], 1):
        for _, word, instead in find_prose("".join(cell["source"])):
            yield number, word, instead


def find_words(path: Path) -> list[Finding]:
    """Return what a file says in words that are not used here."""
    text = path.read_text("utf-8")
    readers = {".py": read_python, ".ipynb": read_notebook}
    name = path.relative_to(ROOT).as_posix()
    return sorted({Finding(name, *found) for found in readers.get(path.suffix, find_prose)(text)})


def list_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files to read: those named, and what lies in the folders named; bundles and the changelog aside."""
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in inside if file.suffix in SUFFIXES and SKIPPED.isdisjoint(file.parts))


def main() -> int:
    """Print the findings; the exit status is 1 where there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[ROOT / name for name in READ])
    findings = [found for file in list_files(parser.parse_args().paths) for found in find_words(file.resolve())]
    print(*findings, sep="\n" if findings else "")
    print(f"{len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
