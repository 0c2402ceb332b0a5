"""The grammar of ``%asgi`` and ``%%asgi``, and the parser of a line. Pure, sends nothing.

::

    line     :=  [name "<<"] head {word | option} ["&"] [";"]        options may be anywhere
    head     :=  METHOD              send a request: the words are a target, items and JSON, which is the body
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
- A method may be in lower case before a path or URL, as in HTTPie.
- ``curl ...`` is a cURL command up to the end of the cell, in the language of a shell.
- ``name={{expr}}`` keeps the type of its value in JSON (a number stays a number), because Python values have one.
- GET and HEAD take no fields: HTTPie would send a POST, here it is most often a forgotten second ``=``.
- ``Header:`` alone sends an empty value; only ``%asgi headers Name:`` removes a default header.
- ``a[b]=1``, ``a[]=x`` and ``[0]=x`` are nested JSON, and ``\\[`` is a bracket; with ``--form`` they are plain names.
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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..records.redaction import Redactor
from ..records.requests import METHODS
from .tokenizer import (
    Evaluate,
    GrammarError,
    Text,
    Token,
    begins_json,
    check_characters,
    find_json_error,
    split_tokens,
)

REPEAT_LIMIT = 1000

_ASSIGN = re.compile(r"\s*([^\W\d]\w*)\s*<<(.*)", re.DOTALL)
_CURL = re.compile(r"\s*+(?P<before>(?:--[\w-]++\s++)*+)(?P<command>curl(?:\.exe)?\s.*)", re.DOTALL)
_AFTER_CURL = ("--as-python", "--show", "--show-secrets")
_PIPE = re.compile(r"[|>]\w*|>>")
_TARGET = re.compile("/|https?://|\x00")


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
        Option("trace", "", "record the SQL, HTTP and cache calls of the app, and problems such as N+1"),
        Option("profile", "", "sample where the request spends its time (needs the extra ipyasgi[profile])"),
        Option("split", "BYTES", "send the request body in messages of BYTES"),
        Option("slow-up", "TIME", "wait before each message of the request body (20ms, 0.5s)"),
        Option("slow-down", "TIME", "read each message of the response body this slowly"),
        Option("leave-after", "N", "leave after N messages of the response body; 0 leaves after the request"),
        Option("lose", "HEADER", "lose a request header on the way; separate several with commas"),
        Option("no-redirects", "", "show a redirect instead of following it"),
        Option("pdb", "", "open a prompt of pdb in the cell where the app calls breakpoint()"),
        Option("factory", "", "call EXPR and attach the app it returns"),
        Option("no-lifespan", "", "do not start the app's lifespan"),
        Option("no-follow", "", "do not switch when the cell is re-run"),
        Option("base-url", "URL", "send as this host (default: see %asgi config)"),
        Option("kernel-loop", "", "run the app on this kernel's thread and event loop"),
        Option("name", "NAME", "name the explorer (default: EXPR)"),
        Option("wait", "SECONDS", "stop when no message arrives for SECONDS (default: 1)"),
        Option("subprotocol", "NAME", "offer a subprotocol; separate several with commas"),
        Option("token", "TOKEN", "sign in with a token or an API key"),
        Option("scheme", "NAME", "name the security scheme of the app's document, if there are several"),
        Option("runs", "N", "how often each app is measured (default: 100)"),
        Option("users", "N,N,...", "numbers of virtual users, one after the other (default: 1,4,16,64)"),
        Option("to", "FILE", "write to FILE (overwrites)"),
        Option("seconds", "SECONDS", "stop after SECONDS (load: for each number of users)"),
        Option("seed", "NUMBER", "generate the requests of an earlier run again"),
        Option("send", "", "send the imported requests in order"),
        Option("send-twice", "safe|always|never", "send these requests twice to detect values that always change"),
        Option("against", "NAME", "compare with another attached app, by its name"),
        Option("show", "", "show the value even if the line is not the last of its cell"),
        Option("as-python", "", "print the equivalent Python without running it"),
        Option("help", "", "show help"),
    )
}
_ELSEWHERE = {
    ("auth", "a", "user", "u", "auth-type", "A"): (
        "Sign in with %asgi login, write Authorization:'Bearer {{token}}', or call explorer.get(path, auth=(user, pw))."
    ),
    ("bearer", "token"): "Write Authorization:'Bearer {{token}}', or sign in: %asgi login --token {{token}}.",
    ("json", "j"): "Fields are JSON without an option.",
    ("multipart",): "Write --form; a file (field@path) makes the body multipart.",
    ("data", "d"): "Write --raw TEXT, or the body below %%asgi.",
    ("H", "header"): "Write Header:value.",
    ("follow", "F", "L", "location"): "Redirects are followed; --no-redirects shows the redirect.",
    ("h",): "Write --headers.",
    ("v", "verbose"): "The display of the exchange has the request.",
}
"""What to write instead of options that other clients have."""

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
    :ivar app: the expression of the attached app, or empty; with ``()`` if it is a factory
    :ivar names: the user's variables
    :ivar local_names: of them, those of the function that the line is in
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
    local_names: Mapping[str, Any] = field(default_factory=dict)
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
    curl = _CURL.fullmatch(rest)
    if curl is not None:
        command = curl["command"] if not body else f"{curl['command']}\n{body}"
        return _parse_curl(curl["before"], command, assign, evaluate)
    words = split_tokens(rest, evaluate)
    _check_words(words)
    words, quiet = _without_semicolon(words)
    options: dict[str, Text] = {}
    kept = list(_take_options(words, options, OPTIONS))
    if kept and kept[-1].source == "&":
        kept.pop()
        options["background"] = Text()
    if not assign and len(kept) > 1 and kept[1].source == "<<":  # after options
        assign, _ = split_assignment(f"{kept[0].source} <<")
        kept = kept[2 if assign else 0 :]
    if kept and kept[0].text.whole is not None:
        head = "attach"  # {{expr}} is an app
    else:
        head = _take_head(kept)
    return Line(assign=assign, head=head, words=tuple(kept), options=options, quiet=quiet, body=body, evaluate=evaluate)


def parse_words(words: Sequence[str], known: Mapping[str, Option]) -> Line:
    """
    Return the parts of a line whose words a shell has separated; raises `GrammarError`.

    ``{{``, ``&``, ``;`` and ``<<`` are plain characters here, because the shell has its own.

    :param known: the options
    """
    for word in words:
        check_characters(word)
        if begins_json(word) and (reason := find_json_error(Text.of(word))):
            raise GrammarError(f'Invalid JSON: {reason}. Quote it for your shell, such as \'{{"name": "Foo"}}\'.')
    options: dict[str, Text] = {}
    tokens = [Token(text=Text.of(word), source=word, start=0) for word in words]
    kept = list(_take_options(tokens, options, known))
    head = _take_head(kept)
    return Line(head=head, words=tuple(kept), options=options, evaluate=lambda expression: None)


def _take_head(words: list[Token]) -> str:
    """Remove the first word and return it, a method in upper case; empty if there is none."""
    head = words.pop(0).text.fill() if words else ""
    is_method = head.upper() in METHODS and words and _TARGET.match(words[0].text.outline)
    return head.upper() if is_method else head


def _parse_curl(before: str, command: str, assign: str, evaluate: Evaluate) -> Line:
    """Return the line of a cURL command, without the options of ours that are before and after it."""
    flags, text = before.split(), command.rstrip()
    quiet = text.endswith(";")
    text = text.removesuffix(";").rstrip()
    while (last := text.rpartition(" ")[2]) in _AFTER_CURL:
        flags.append(last)
        text = text.removesuffix(last).rstrip()
    line = parse_line(" ".join(flags), evaluate)
    return dataclasses.replace(line, assign=assign, head="curl", quiet=quiet, body=text)


def _check_words(words: list[Token]) -> None:
    """Raise for a word that is not closed, for broken JSON, and for a pipe after a request."""
    request: list[str] = []
    for word in words:
        if word.open == "{{":
            raise GrammarError("No Python expression between {{ and }}. Fix it, or write \\{{ for a literal {{.")
        if word.open in ("{", "["):
            reason, cell = find_json_error(word.text), " ".join(["%%asgi", *request[:2]])
            raise GrammarError(f"Invalid JSON: {reason}. Fix it, or write `{cell}` and the JSON in the lines below.")
        if word.open:
            raise GrammarError(f"Unclosed quote {word.open}. Close the quote, or escape it with a backslash.")
        if request and request[0].upper() in METHODS and _PIPE.fullmatch(word.source):
            assigned = " ".join(["r = %asgi", *request[:2], *(["..."] if len(request) > 2 else [])])
            use = "r.json()[...]" if word.source.startswith("|") else "open('FILE', 'wb').write(r.content)"
            kind = "pipes" if word.source.startswith("|") else "redirections to a file"
            raise GrammarError(f"There are no {kind} in %asgi. Write `{assigned}`, then `{use}`.")
        if request or not word.source.startswith("--"):
            request.append(word.source)


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


def hint_for_option(name: str) -> str:
    """Return what to write instead of an option of HTTPie or curl, or an empty string."""
    return next((f" {hint}" for names, hint in _ELSEWHERE.items() if name in names), "")


def _without_semicolon(words: list[Token]) -> tuple[list[Token], bool]:
    if not words or words[-1].tail != ";":
        return words, False
    last = words.pop()
    text = last.text.part(0, len(last.text.outline) - 1)
    if text:
        words.append(dataclasses.replace(last, text=text, source=last.source[:-1], tail=text.outline[-1]))
    return words, True


def _take_options(words: Sequence[Token], options: dict[str, Text], known: Mapping[str, Option]) -> Iterator[Token]:
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
        option = known.get(name)
        if option is None:
            written = word.text.part(2, 2 + len(name)).fill()
            hint = hint_for_option(written) or did_you_mean(written, known, "--")
            raise GrammarError(f"Unknown option --{written}.{hint}")
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
