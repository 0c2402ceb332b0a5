"""`CompletionHook`: connects `Completer` to IPython. Everything in completion that depends on IPython is here.

IPython 8.6 and later have version 2 of the matcher API. IPython 7.34, which Google Colab runs, passes a matcher or a
hook of ``complete_command`` a single word, split unlike `%asgi` does, without the lines above it, and adds Jedi's
results. So there we replace the two public methods of the shell's completer, and forward all other text to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from IPython.core import completer as ipython

from ..magic.completion import Completer

_HAS_MATCHERS = hasattr(ipython, "context_matcher")  # older matchers have another signature


class _Completions(list[Any]):
    """Completions that IPython never takes for none: it would ask its other matchers, which offer Python's names."""

    def __len__(self) -> int:
        return max(super().__len__(), 1)


class CompletionHook:
    """Completion of ``%asgi`` in one shell."""

    def __init__(self, shell: Any, completer: Completer) -> None:
        self._hooked = shell.Completer
        self._completer = completer
        self._matcher: Callable[..., Any] | None = self._make_matcher() if _HAS_MATCHERS else None

    def open(self) -> None:
        """Add our completion to the shell."""
        if self._matcher is not None:
            self._hooked.custom_matchers.append(self._matcher)
        else:
            self._hooked.completions = self._completions
            self._hooked.complete = self._complete

    def close(self) -> None:
        """Remove our completion, if it is there, and nothing else."""
        matchers = self._hooked.custom_matchers
        matchers[:] = [one for one in matchers if one is not self._matcher]
        for name, ours in (("completions", self._completions), ("complete", self._complete)):
            if vars(self._hooked).get(name) == ours:
                delattr(self._hooked, name)

    # -- IPython 8.6 and later -----------------------------------------------------------------------------

    def _make_matcher(self) -> Callable[..., Any]:
        @ipython.context_matcher(identifier="ipyasgi", priority=200)
        def match(context: ipython.CompletionContext) -> ipython.SimpleMatcherResult:
            lines = context.full_text.split("\n")
            at = sum(len(line) + 1 for line in lines[: context.cursor_line]) + context.cursor_position
            found = self._completer.find(context.full_text, at)
            if found is None:
                return {"completions": []}
            fragment, candidates = found
            completions = [ipython.SimpleCompletion(text=one.text, type=one.kind) for one in candidates]
            return {
                "completions": _Completions(completions),
                "matched_fragment": fragment,
                "suppress": True,
                "ordered": True,
            }

        return match

    # -- older: replacements of the methods of the same names ------------------------------------------------

    def _completions(self, text: str, offset: int) -> Iterator[ipython.Completion]:
        found = self._completer.find(text, offset)
        if found is None:
            return type(self._hooked).completions(self._hooked, text, offset)
        start = offset - len(found[0])
        return iter([ipython.Completion(start=start, end=offset, text=one.text, type=one.kind) for one in found[1]])

    def _complete(
        self, text: str | None = None, line_buffer: str | None = None, cursor_pos: int | None = None
    ) -> tuple[str, list[str]]:
        line = line_buffer or text or ""
        at = cursor_pos if cursor_pos is not None else len(text if text is not None else line)  # as IPython does
        found = self._completer.find(line, at)
        if found is None:
            return type(self._hooked).complete(self._hooked, text, line_buffer, cursor_pos)
        return found[0], [one.text for one in found[1]]
