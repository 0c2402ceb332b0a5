"""`CompletionHook`: how IPython asks `Completer`. All of completion that depends on IPython and its version is here.

From 8.6 on there is version 2 of the matcher API. IPython 7.34, which Google Colab runs, gives a matcher and a hook of
``complete_command`` one word only, split where `%asgi` does not split; neither sees the lines above of a cell nor can
keep out what Jedi finds. So there the two public methods of the shell's completer answer for our lines, and pass
everything else on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from IPython.core import completer as ipython

from ..magic.completion import Completer

_HAS_MATCHERS = hasattr(ipython, "context_matcher")  # `custom_matchers` is older, and was called in another way


class CompletionHook:
    """
    Our completion in one shell.

    :param shell: IPython's, whose ``Completer`` is hooked
    :param completer: says what may stand where
    """

    def __init__(self, shell: Any, completer: Completer) -> None:
        self._hooked = shell.Completer
        self._completer = completer
        self._matcher: Callable[..., Any] | None = self._make_matcher() if _HAS_MATCHERS else None

    def open(self) -> None:
        """Have the shell ask us too."""
        if self._matcher is not None:
            self._hooked.custom_matchers.append(self._matcher)
        else:
            self._hooked.completions = self._completions
            self._hooked.complete = self._complete

    def close(self) -> None:
        """Take that back, and nothing else; harmless where it is not open."""
        matchers = self._hooked.custom_matchers
        matchers[:] = [one for one in matchers if one is not self._matcher]
        for name, ours in (("completions", self._completions), ("complete", self._complete)):
            if vars(self._hooked).get(name) == ours:
                delattr(self._hooked, name)

    # -- from 8.6 on ---------------------------------------------------------------------------------------

    def _make_matcher(self) -> Callable[..., Any]:
        @ipython.context_matcher(identifier="ipyasgi", priority=200)
        def match(context: ipython.CompletionContext) -> ipython.SimpleMatcherResult:
            lines = context.full_text.split("\n")
            at = sum(len(line) + 1 for line in lines[: context.cursor_line]) + context.cursor_position
            found = self._completer.find(context.full_text, at)
            if found is None:
                return {"completions": []}
            completions = [ipython.SimpleCompletion(text=one.text, type=one.kind) for one in found.candidates]
            return {"completions": completions, "matched_fragment": found.fragment, "suppress": True, "ordered": True}

        return match

    # -- before: instead of the methods of the same names ----------------------------------------------------

    def _completions(self, text: str, offset: int) -> Iterator[ipython.Completion]:
        found = self._completer.find(text, offset)
        if found is None:
            return type(self._hooked).completions(self._hooked, text, offset)
        start = offset - len(found.fragment)
        return iter(
            [ipython.Completion(start=start, end=offset, text=one.text, type=one.kind) for one in found.candidates]
        )

    def _complete(
        self, text: str | None = None, line_buffer: str | None = None, cursor_pos: int | None = None
    ) -> tuple[str, list[str]]:
        line = line_buffer or text or ""
        at = cursor_pos if cursor_pos is not None else len(text if text is not None else line)  # as IPython does
        found = self._completer.find(line, at)
        if found is None:
            return type(self._hooked).complete(self._hooked, text, line_buffer, cursor_pos)
        return found.fragment, [one.text for one in found.candidates]
