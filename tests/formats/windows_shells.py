"""
How the shells of Windows read a command, as far as our exports go: cmd.exe, PowerShell and the C runtime of programs.

Written from Microsoft's documentation ("Parsing C command-line arguments", ``help cmd``, ``help set``,
about_Quoting_Rules, about_Parsing, `$PSNativeCommandArgumentPassing`), not from the writers. What their versions do not
read alike is an error.
"""

import re
from base64 import b64decode


def split_argv(line):
    """Return the words of a command line, as a program gets them."""
    words, word, quoted, at = [], None, False, 0
    while at < len(line):
        slashes = re.compile(r"\\*").match(line, at)[0]
        at += len(slashes)
        char = line[at : at + 1]
        if char == '"':
            word = (word or "") + "\\" * (len(slashes) // 2)
            if len(slashes) % 2:
                word += '"'
            else:
                assert not (quoted and line[at + 1 : at + 2] == '"'), "runtimes differ in two quotation marks"
                quoted = not quoted
        elif char in (" ", "\t", "") and not quoted:
            word = (word or "") + slashes if slashes else word
            words += [word] if word is not None else []
            word = None
        else:
            word = (word or "") + slashes + char
        at += 1
    assert not quoted, "a quotation mark is open at the end"
    return words + ([word] if word is not None else [])


# -- cmd.exe -------------------------------------------------------------------------------------------------


def read_cmd(text, *, is_batch=False, **variables):
    """Return the words of each command of a text, typed at the prompt or run as a batch file; comments are left out."""
    source = "\n".join(_expand(line, is_batch, variables) for line in text.split("\n"))
    commands, line, quoted, at = [], "", False, 0
    while at < len(source):
        char = source[at]
        if not line and source.startswith("rem ", at):
            at = (source + "\n").index("\n", at) + 1
            continue
        if char == "^" and not quoted:
            at += 2 if source[at + 1] == "\n" else 1
            line += source[at]
        elif char == "\n":
            assert not quoted, "a line ends within quotation marks"
            commands += [line] if line else []
            line = ""
        else:
            assert quoted or char not in "&|<>()", f"{char} is read by cmd.exe"
            quoted ^= char == '"'
            line += char
        at += 1
    return [split_argv(command) for command in [*commands, *([line] if line else [])]]


def _expand(line, is_batch, variables):
    names = {name.upper(): value for name, value in variables.items()}
    done, at = "", 0
    while at < len(line):
        end = line.find("%", at + 1)
        name = line[at + 1 : end].partition(":")[0].upper() if end >= 0 else ""
        if line[at] != "%":
            done += line[at]
        elif is_batch and end == at + 1:
            done, at = done + "%", end
        elif name in names:
            done, at = done + names[name], end
        elif is_batch:
            at = max(end, at)
        else:
            done += "%"
        at += 1
    return done


# -- PowerShell ----------------------------------------------------------------------------------------------

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "`": "`", "$": "$", '"': '"'}
_IN_DOUBLE = re.compile(
    r"`(?P<escaped>[nrt`$\"]) | \$\(\[char\]0x(?P<unit>[0-9A-F]{4})\) | \$\{env:(?P<braced>\w+)\} | \$env:(?P<env>\w+)"
    r" | \$(?P<name>\w+) | (?P<plain>[^`$\"]+)",
    re.VERBOSE,
)


class PowerShell:
    """
    A session, in which `run` returns the words that curl.exe gets from a text, and the contents of its files by name.

    :param is_51: Windows PowerShell 5.1, which pastes arguments into a line; newer versions escape them
    """

    def __init__(self, *, is_51, **variables):
        self.is_51 = is_51
        self.env = variables
        self.files = {}
        self.names = {}

    def run(self, text):
        """Return the words of each curl command; the files it reads are in `files`."""
        assert text.isascii(), "5.1 reads a script in the system's code page"
        found = []
        for line in text.replace("`\n", "").split("\n"):
            if not line or line.startswith("#"):
                continue
            if made := re.fullmatch(r"\$(\w+) = \(New-TemporaryFile\)\.FullName", line):
                path = rf"C:\Users\Ann Lee\tmp{len(self.files)}.tmp"
                self.names[made[1]], self.files[path] = path, None
            elif written := re.fullmatch(r"\[IO\.File\]::WriteAll(Text|Bytes)\(\$(\w+), (.*)\)", line):
                value = self._expression(written[3])
                assert isinstance(value, str if written[1] == "Text" else bytes)
                self.files[self.names[written[2]]] = value.encode() if isinstance(value, str) else value
            elif line.startswith("curl.exe "):
                found.append(self._pass(self._arguments(line)))
            else:
                assert re.fullmatch(r"Remove-Item \$\w+(, \$\w+)*", line), line
        return found

    def _arguments(self, line):
        words, at = [], 0
        while at < len(line):
            if line[at] == " ":
                at += 1
                continue
            if line[at] == "(":
                end = self._end(line, at + 1, ")")
                value, at = self._expression(line[at + 1 : end]), end + 1
            elif line[at] in "'\"":
                value, at = self._string(line, at)
            elif match := re.compile(r"\$(\w+)(?= |$)").match(line, at):
                value, at = self.names[match[1]], match.end()
            else:
                match = re.compile(r"[A-Za-z0-9_./:-]+").match(line, at)
                value, at = match[0], match.end()
            assert at == len(line) or line[at] == " ", line[at:]
            words.append(value)
        return words

    def _end(self, text, at, sign):
        """Return the place of a sign outside strings."""
        while text[at] != sign:
            at = self._string(text, at)[1] if text[at] in "'\"" else at + 1
        return at

    def _expression(self, text):
        value, at = self._term(text, 0)
        while at < len(text):
            assert text.startswith(" + ", at), text[at:]
            more, at = self._term(text, at + 3)
            value += more
        return value

    def _term(self, text, at):
        if text[at] in "'\"":
            return self._string(text, at)
        if match := re.compile(r"\$env:(\w+)").match(text, at):
            return self.env[match[1]], match.end()
        if match := re.compile(r"\(\$env:(\w+) -replace '([^']*)', '([^']*)'\)").match(text, at):
            replaced = re.sub(match[2], lambda sign: match[3].replace("$1", sign[1]), self.env[match[1]])
            return replaced, match.end()
        if match := re.compile(r"\[Convert\]::FromBase64String\('([A-Za-z0-9+/=]*)'\)").match(text, at):
            return b64decode(match[1], validate=True), match.end()
        match = re.compile(r"\[Text\.Encoding\]::UTF8\.GetBytes\(([^()]*|\([^()]*\))\)").match(text, at)
        return self._expression(match[1]).encode(), match.end()

    def _string(self, text, at):
        """Return the string at a place, and the place after it."""
        if text[at] == "'":
            match = re.compile(r"'((?:[^']|'')*)'").match(text, at)
            return match[1].replace("''", "'"), match.end()
        units, at = b"", at + 1
        while text[at] != '"':
            match = _IN_DOUBLE.match(text, at)
            at = match.end()
            if match["unit"]:
                units += bytes.fromhex(match["unit"])
                continue
            escaped = _ESCAPES.get(match["escaped"] or "")
            variable = self.env.get(match["braced"] or match["env"] or "") or self.names.get(match["name"] or "")
            part = match["plain"] if match["plain"] is not None else escaped if escaped is not None else variable
            units += part.encode("utf-16-be")
        return units.decode("utf-16-be"), at + 1

    def _pass(self, words):
        if not self.is_51:
            return words
        line = ""
        for word in filter(None, words):
            marks, encloses = 0, False
            for char in word:
                marks += char == '"'
                encloses |= char.isspace() and marks % 2 == 0
            line += f' "{word}"' if encloses else f" {word}"
        return split_argv(line)
