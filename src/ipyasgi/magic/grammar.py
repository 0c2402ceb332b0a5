"""The grammar of ``%asgi`` and ``%%asgi``, and the parser of a line. Pure, sends nothing.

::

    line     :=  [name "<<"] head {word | option} ["&"] [";"]        options may be anywhere
    head     :=  METHOD              send a request: the words are a target and items
              |  subcommand          see the table of ipyasgi.magic.commands
              |  app                 attach it: a variable, dotted or not, module:attr, or {{expr}}
    target   :=  "/" path ["?" query] | URL        {item_id} in it takes the value of the item item_id=...
    item     :=  name "="  text      field of the body: JSON, or a form's with --form
              |  name ":=" json      field with any JSON value
              |  name "==" text      query parameter
              |  name ":"  text      request header
              |  name "@"  path      a file, optionally with ";type=image/png"; the body becomes multipart
              |  "@" path            the file is the whole body
              |  name ("=@" | ":=@" | "==@" | ":@") path     the value is the text of the file
    option   :=  "--name" | "--name" text | "--name=text"        "--" ends the options
    "&"          send without waiting, as --background
    ";"          show nothing

    cell     :=  part {"###" [comment] NEWLINE part}
    part     :=  line NEWLINE {Header ":" text NEWLINE} [NEWLINE body]
                 the line of the first part follows %%asgi, or is below it; %%asgi may also be followed by options
                 alone, which apply to every part; comments (# or //) may precede a line, and "# @name login",
                 which is the same as "login <<"

Words, quotes, backslashes and ``{{expr}}`` are defined in `tokenizer`, items in `items`, cells in `cells`.

Where the habits of HTTPie and of notebooks differ:

- The earliest sign determines the item; of two signs at one position, the longer. ``\\=``, ``\\:``, ``\\@`` in a
  name stand for those characters; ``handle=\\@ada`` is a text that begins with ``@``.
- ``name={{expr}}`` keeps the type of its value in JSON (a number stays a number), because Python values have one.
- GET and HEAD take no fields: HTTPie would send a POST, here it is most often a forgotten second ``=``.
- ``Header:`` alone sends an empty value; only ``%asgi headers Name:`` removes a default header.
- A nested name such as ``a[b]=1`` is a name like any other.
- In a body of ``text/*``, such as Markdown, a line of ``###`` separates only if a request line follows it; in any body
  ``\\###`` at the beginning of a line is ``###``. In JSON, ``###`` at the beginning of a line always separates.
- A ``;`` at the end is Python's, not part of a path: quote a path that ends with one.
"""

from __future__ import annotations

import dataclasses
import difflib
import keyword
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..records.redaction import Redactor
from .tokenizer import Evaluate, GrammarError, Text, Token, split_tokens

REPEAT_LIMIT = 1000

_ASSIGN = re.compile(r"\s*([^\W\d]\w*)\s*<<(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Option:
    """One option; ``value`` is the placeholder for its value in help, empty for a flag."""

    name: str
    value: str
    description: str

    @property
    def usage(self) -> str:
        """``--timeout SECONDS``."""
        return f"--{self.name} {self.value}".rstrip()


OPTIONS: dict[str, Option] = {
    option.name: option
    for option in (
        Option("form", "", "send the fields as a form instead of JSON"),
        Option("raw", "TEXT", "send TEXT as the request body"),
        Option("timeout", "SECONDS", "set the request timeout (default: see %asgi config)"),
        Option("background", "", "send without waiting; same as & at the end"),
        Option("repeat", "N", f"send the request N times, at most {REPEAT_LIMIT}"),
        Option("headers", "", "show status and headers only"),
        Option("show-secrets", "", "do not mask secrets in this output"),
        Option("no-redirects", "", "show a redirect instead of following it"),
        Option("factory", "", "call EXPR and attach the app it returns"),
        Option("no-lifespan", "", "do not start the app's lifespan"),
        Option("no-follow", "", "do not switch when the cell is re-run"),
        Option("name", "NAME", "name the explorer (default: EXPR)"),
        Option("wait", "SECONDS", "stop when no message arrives for SECONDS (default: 1)"),
        Option("subprotocol", "NAME", "offer a subprotocol; separate several with commas"),
        Option("to", "FILE", "write to FILE (overwrites)"),
        Option("send", "", "send the imported requests in order"),
        Option("send-twice", "safe|always|never", "send these requests twice to detect values that always change"),
        Option("show", "", "show the value even if the line is not the last of its cell"),
        Option("as-python", "", "print the equivalent Python without running it"),
        Option("help", "", "show help"),
    )
}
ANYWHERE = ("show", "as-python", "help")
"""The options that every line accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    The parts of a line.

    :ivar assign: the name before ``<<``, or empty
    :ivar head: the first word: a method, a subcommand or an app; empty for an empty line
    :ivar words: the other words
    :ivar options: by name; flags have an empty string
    :ivar quiet: whether it ends with ``;``
    :ivar body: the text below it in a cell; None for a line alone
    :ivar evaluate: evaluates the expressions in ``body``
    :ivar app: the expression of the attached app, or empty
    :ivar names: the user's variables
    :ivar redactor: of the attached app
    """

    assign: str = ""
    head: str = ""
    words: tuple[Token, ...] = ()
    options: Mapping[str, Text] = field(default_factory=dict)
    quiet: bool = False
    body: str | None = None
    evaluate: Evaluate
    app: str = ""
    names: Mapping[str, Any] = field(default_factory=dict)
    redactor: Redactor = Redactor()

    @property
    def sends(self) -> bool:
        """Whether it looks like a request."""
        return self.head.isupper() and self.head.isalpha() and self.head.isascii()

    @property
    def repeats(self) -> int | None:
        """The value of ``--repeat``, or None without it; raises if it is not a count."""
        if "repeat" not in self.options:
            return None
        text = self.options["repeat"].fill()
        if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= REPEAT_LIMIT):
            raise GrammarError(f"Invalid value: --repeat {text}. Give a number from 1 to {REPEAT_LIMIT}.")
        return int(text)

    def texts(self) -> tuple[str, ...]:
        """Return the words as strings."""
        return tuple(word.text.fill() for word in self.words)

    def tail(self) -> str:
        """Return the words as written, for a filter; values as strings."""
        return " ".join(word.text.fill() if word.text.placeholders else word.source for word in self.words)

    def check(self, options: Iterable[str], most: int | None = None) -> None:
        """Raise for an option that is not among these, and for more than ``most`` words."""
        allowed = (*options, *ANYWHERE)
        for name in self.options:
            if name not in allowed:
                listed = ", ".join(f"--{one}" for one in allowed)
                raise GrammarError(f"%asgi {self.head} takes no --{name}. Its options: {listed}.")
        if most is not None and len(self.words) > most:
            extra = self.words[most].text.fill()
            raise GrammarError(f"%asgi {self.head} takes no {extra!r}. See `%asgi help {self.head}`.")

    def seconds(self, **names: str) -> dict[str, object]:
        """Return these options, if given, in seconds by argument; raises if one is not positive."""
        found: dict[str, object] = {}
        for argument, name in names.items():
            if name not in self.options:
                continue
            text = self.options[name].fill()
            try:
                seconds = float(text)
            except ValueError:
                seconds = 0.0
            if not 0 < seconds < math.inf:
                raise GrammarError(f"Invalid value: --{name} {text}. Give seconds, such as --{name} 5.")
            found[argument] = seconds
        return found


def parse_line(line: str, evaluate: Evaluate, body: str | None = None) -> Line:
    """Return the parts of a line, with the values of ``{{expr}}``; raises `GrammarError`."""
    assign, rest = split_assignment(line)
    words = split_tokens(rest, evaluate)
    for word in words:
        if word.open == "{{":
            raise GrammarError("No Python expression between {{ and }}. Fix it, or write \\{{ for a literal {{.")
        if word.open:
            raise GrammarError(f"Unclosed quote {word.open}. Close the quote, or escape it with a backslash.")
    words, quiet = _without_semicolon(words)
    options: dict[str, Text] = {}
    kept = list(_take_options(words, options))
    if kept and kept[-1].source == "&":
        kept.pop()
        options["background"] = Text()
    if not assign and len(kept) > 1 and kept[1].source == "<<":  # after options
        assign, _ = split_assignment(f"{kept[0].source} <<")
        kept = kept[2 if assign else 0 :]
    if kept and kept[0].text.whole is not None:
        head = "attach"  # {{expr}} is an app
    else:
        head = kept.pop(0).text.fill() if kept else ""
    return Line(assign=assign, head=head, words=tuple(kept), options=options, quiet=quiet, body=body, evaluate=evaluate)


def split_assignment(line: str) -> tuple[str, str]:
    """Return the name before ``<<``, or an empty string, and the rest of the line."""
    match = _ASSIGN.fullmatch(line)
    if match is None:
        return "", line
    name, rest = match.groups()
    if keyword.iskeyword(name):
        raise GrammarError(f"{name!r} is a Python keyword. Use another name before <<.")
    return name, rest


def did_you_mean(word: str, known: Iterable[Any], prefix: str = "") -> str:
    """Return `` Did you mean x?`` for a near miss, else an empty string."""
    names = [str(one) for one in known]
    short = word[:80]
    for guess in (short, short.upper(), short.lower()):
        close = difflib.get_close_matches(guess, names, n=1, cutoff=0.6)
        if close:
            return f" Did you mean {prefix}{close[0]}?"
    return ""


def _without_semicolon(words: list[Token]) -> tuple[list[Token], bool]:
    if not words or words[-1].tail != ";":
        return words, False
    last = words.pop()
    text = last.text.part(0, len(last.text.outline) - 1)
    if text:
        words.append(dataclasses.replace(last, text=text, source=last.source[:-1], tail=text.outline[-1]))
    return words, True


def _take_options(words: list[Token], options: dict[str, Text]) -> Iterator[Token]:
    """Yield the words other than options, and put the options into ``options``."""
    rest = iter(words)
    for word in rest:
        outline = word.text.outline
        if word.quoted or not outline.startswith("--"):
            yield word
            continue
        if outline == "--":
            yield from rest
            return
        name, equals, _ = outline[2:].partition("=")
        option = OPTIONS.get(name)
        if option is None:
            written = word.text.part(2, 2 + len(name)).fill()
            raise GrammarError(f"Unknown option --{written}.{did_you_mean(written, OPTIONS, '--')}")
        if not option.value:
            if equals:
                raise GrammarError(f"--{name} takes no value. Write --{name}.")
            options[name] = Text()
            continue
        following = None if equals else next(rest, None)
        given = word.text.part(len(name) + 3) if equals else following.text if following is not None else Text()
        if not given and not (following is not None and following.quoted):
            raise GrammarError(f"--{name} needs a value. Write {option.usage}.")
        options[name] = given
