"""The language of ``%asgi`` and ``%%asgi``, in one place: what is said here is what is parsed. Pure, sends nothing.

::

    line     :=  [name "<<"] what {word | option} ["&"] [";"]        options may stand anywhere
    what     :=  METHOD              send a request: the words are a target and items
              |  subcommand          see the table of ipyasgi.magic.commands
              |  app                 attach it: a variable, dotted or not, module:attr, or {{expr}}
    target   :=  "/" path ["?" query] | URL        {item_id} in it takes the value of the item item_id=...
    item     :=  name "="  text      field of the body: JSON, with --form a form's
              |  name ":=" json      field of any JSON
              |  name "==" text      query parameter
              |  name ":"  text      request header
              |  name "@"  path      a file, ";type=image/png" after it says what it is; the body becomes multipart
              |  "@" path            the whole body is that file
              |  name ("=@" | ":=@" | "==@" | ":@") path     the value is that file's text
    option   :=  "--name" | "--name" text | "--name=text"        "--" ends the options
    "&"          send and do not wait, as --background
    ";"          show nothing

    cell     :=  part {"###" [comment] NEWLINE part}
    part     :=  line NEWLINE {Header ":" text NEWLINE} [NEWLINE body]
                 the first part's line stands after %%asgi, or below it; what stands after %%asgi may also be
                 options alone, for every part; above a line may stand comments (# or //) and "# @name login",
                 which is the same as "login <<"

Words, quotes, backslashes and ``{{expr}}`` are those of `tokenizer`; items, of `items`; cells, of `cells`.

Decided in the spirit of HTTPie, where its habits and a notebook's differ:

- The earliest sign of an item counts, and of two that begin there the longer one. ``\\=``, ``\\:``, ``\\@`` in a name
  are those characters; ``handle=\\@ada`` is a text that begins with ``@``.
- ``name={{expr}}`` keeps the type of its value in JSON (a number stays a number), because Python values have one.
- GET and HEAD take no fields: HTTPie would make it a POST, here it is most often a forgotten second ``=``.
- ``Header:`` alone sends an empty value; only ``%asgi headers Name:`` takes a default away.
- A nested name such as ``a[b]=1`` is a name like any other.
- In a body of ``text/*``, as Markdown is, a line of ``###`` separates only where a request line follows it; in any body
  ``\\###`` at the beginning of a line is ``###``. In JSON it can stand nowhere else, so there it always separates.
- A ``;`` at the end is Python's, not part of a path: quote the path that ends with one.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """
    One option, the same wherever it may stand.

    :ivar value: what it takes, in capitals; empty for a flag
    :ivar description: what it does, one line
    """

    name: str
    value: str = ""
    description: str

    @property
    def usage(self) -> str:
        """``--timeout SECONDS``."""
        return f"--{self.name} {self.value}".rstrip()


OPTIONS: dict[str, Option] = {
    option.name: option
    for option in (
        Option(name="form", description="send the fields as a form instead of JSON"),
        Option(name="raw", value="TEXT", description="the body as it stands"),
        Option(
            name="timeout", value="SECONDS", description="give up after so long; the default is the setting timeout"
        ),
        Option(name="background", description="send and do not wait; the same as & at the end"),
        Option(name="repeat", value="N", description=f"send it N times, at most {REPEAT_LIMIT}"),
        Option(name="headers", description="show status and headers only"),
        Option(name="show-secrets", description="mask nothing in what this line shows"),
        Option(name="no-redirects", description="show a redirect instead of following it"),
        Option(name="factory", description="call what is named, and attach what it returns"),
        Option(name="no-lifespan", description="attach without starting the app's lifespan"),
        Option(name="no-follow", description="keep to this object when its cell runs again"),
        Option(name="name", value="NAME", description="what to call it"),
        Option(name="wait", value="SECONDS", description="how long the app may be silent before the end; default 1"),
        Option(name="subprotocol", value="NAME", description="offer this subprotocol; several with commas"),
        Option(name="to", value="FILE", description="write it into a file, over what is there"),
        Option(name="send", description="send what was read, in order"),
        Option(
            name="send-twice", value="safe|always|never", description="which to ask twice, to find what always differs"
        ),
        Option(name="show", description="show the value now, also above the last line of a cell"),
        Option(name="as-python", description="print the Python that does the same, and do nothing"),
        Option(name="help", description="explain instead"),
    )
}
ANYWHERE = ("show", "as-python", "help")
"""The options that every line takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    What a line is made of.

    :ivar assign: the name before ``<<``, or empty
    :ivar head: the first word: a method, a subcommand or an app; empty for an empty line
    :ivar words: the other words
    :ivar options: by name, flags with an empty text
    :ivar quiet: whether it ends with ``;``
    :ivar body: what stands below it in a cell; None for a line alone
    :ivar evaluate: gives the values in ``body``
    :ivar app: the expression of the app that is attached, or empty
    :ivar names: the user's variables
    :ivar redactor: of the app that is attached
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

    def texts(self) -> tuple[str, ...]:
        """Return the words as texts."""
        return tuple(word.text.fill() for word in self.words)

    def tail(self) -> str:
        """Return the words as they are written, for a language of its own; values as texts."""
        return " ".join(word.text.fill() if word.text.placeholders else word.source for word in self.words)

    def at_most(self, count: int) -> tuple[str, ...]:
        """Return the words as texts; raises where there are more than a subcommand takes."""
        texts = self.texts()
        if len(texts) > count:
            raise GrammarError(f"%asgi {self.head} takes no {texts[count]!r}: see %asgi help {self.head}")
        return texts

    def allow(self, options: Iterable[str]) -> None:
        """Raise for an option that this kind of line does not take."""
        taken = tuple(options)
        for name in self.options:
            if name not in taken and name not in ANYWHERE:
                said = ", ".join(f"--{one}" for one in (*taken, *ANYWHERE))
                raise GrammarError(f"%asgi {self.head} takes no --{name}; its options: {said}")

    def seconds(self, name: str) -> float | None:
        """Return an option in seconds, None where it is not given; raises for what is not a time to wait for."""
        if name not in self.options:
            return None
        text = self.options[name].fill()
        try:
            seconds = float(text)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds < math.inf:
            raise GrammarError(f"--{name} {text}: give seconds, such as --{name} 5")
        return seconds

    def count(self, name: str) -> int:
        """Return an option that is a number of times, 1 where it is not given."""
        if name not in self.options:
            return 1
        text = self.options[name].fill()
        if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= REPEAT_LIMIT):
            raise GrammarError(f"--{name} {text}: give a number from 1 to {REPEAT_LIMIT}")
        return int(text)


def parse_line(line: str, evaluate: Evaluate, body: str | None = None) -> Line:
    """Return what a line is made of; raises `GrammarError`. The values of ``{{expr}}`` are asked for here."""
    assign, rest = split_assignment(line)
    words = split_tokens(rest, evaluate)
    for word in words:
        if word.open:
            raise GrammarError(_unclosed(word.open))
    words, quiet = _without_tail(words, ";")
    options: dict[str, Text] = {}
    kept = list(_take_options(words, options))
    if kept and kept[-1].source == "&":
        kept.pop()
        options["background"] = Text()
    if not assign and len(kept) > 1 and kept[1].source == "<<":  # behind options
        assign, _ = split_assignment(f"{kept[0].source} <<")
        kept = kept[2 if assign else 0 :]
    if kept and kept[0].text.whole is not None:
        head = "attach"  # {{expr}} is an app
    else:
        head = kept.pop(0).text.fill() if kept else ""
    return Line(assign=assign, head=head, words=tuple(kept), options=options, quiet=quiet, body=body, evaluate=evaluate)


def split_assignment(line: str) -> tuple[str, str]:
    """Return the name before ``<<``, or an empty text, and the rest of the line."""
    match = _ASSIGN.fullmatch(line)
    if match is None:
        return "", line
    name, rest = match.groups()
    if keyword.iskeyword(name):
        raise GrammarError(f"{name!r} is a word of Python: take another name before <<")
    return name, rest


def did_you_mean(word: str, known: Iterable[Any]) -> str:
    """Return ``; did you mean 'x'?`` for a near miss, else an empty text."""
    names = [str(one) for one in known]
    short = word[:80]
    for guess in (short, short.upper(), short.lower()):
        close = difflib.get_close_matches(guess, names, n=1, cutoff=0.6)
        if close:
            return f"; did you mean {close[0]!r}?"
    return ""


def _without_tail(words: list[Token], tail: str) -> tuple[list[Token], bool]:
    if not words or words[-1].tail != tail:
        return words, False
    last = words.pop()
    text = last.text.part(0, len(last.text.outline) - len(tail))
    if text:
        source, end = last.source[: -len(tail)], last.end - len(tail)
        words.append(dataclasses.replace(last, text=text, source=source, end=end, tail=text.outline[-1]))
    return words, True


def _take_options(words: list[Token], options: dict[str, Text]) -> Iterator[Token]:
    """Yield the words that are no options, and put those that are into ``options``."""
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
            raise GrammarError(f"there is no option --{written}{did_you_mean(written, OPTIONS)}")
        if not option.value:
            if equals:
                raise GrammarError(f"--{name} takes no value: write --{name}")
            options[name] = Text()
            continue
        following = None if equals else next(rest, None)
        given = word.text.part(len(name) + 3) if equals else following.text if following is not None else Text()
        if not given and not (following is not None and following.quoted):
            raise GrammarError(f"--{name} needs a value: {option.usage}")
        options[name] = given


def _unclosed(what: str) -> str:
    if what == "{{":
        return "what stands between {{ and }} is not a Python expression: fix it, or write a literal {{ as \\{{"
    return f"No closing quotation for {what}: close the quote, or escape it with a backslash"
