"""The requests that make one fail, as small as they were found: one row for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..experiments.shrink import Shrunk
from ..history.exchange import Exchange
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..shown import hint
from .exchange import summarize
from .figures import count_of, time_of
from .view import View, build_view, one_line, shows

_STOPPED = {
    "time": "the time was over: with more of it, fewer or smaller requests may be found",
    "interrupted": "interrupted: with more time, fewer or smaller requests may be found",
}
_BODY_CHARS = 160
_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """
    One request, masked and cut.

    :ivar body: as it was sent, on one line
    :ivar was: the path and the body that it came from, where they were larger; else empty
    :ivar failure: how it failed: the exception with its place; empty if it did not
    """

    name: str
    method: str
    target: str
    body: str
    outcome: str
    tone: str
    was: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShrunkShown:
    """
    A `Shrunk`, masked.

    :ivar about: what was found, in one sentence
    :ivar cost: ``37 tries, 177 requests, 240 ms``
    :ivar hint: the line that exports the steps; empty without steps
    """

    about: str
    cost: str
    failed_again: bool
    steps: tuple[StepShown, ...]
    notes: tuple[str, ...]
    hint: str


def _shrunk_data(shrunk: Shrunk, settings: Settings) -> dict[str, Any]:
    shown = _show(shrunk, settings)
    return {
        "target": shrunk.target.name,
        "failure": failure_text(str(shrunk.failure), settings),
        "failed_again": shrunk.failed_again,
        "steps": [asdict(step) for step in shown.steps],
        "earlier": shrunk.earlier,
        "tries": shrunk.tries,
        "requests": shrunk.requests,
        "seconds": round(shrunk.seconds, 3),
        "stopped": shrunk.stopped,
        "notes": list(shown.notes),
    }


@shows(Shrunk, _shrunk_data)
def view_shrunk(shrunk: Shrunk, settings: Settings) -> View:
    """Return the view of the requests that make one fail."""
    shown = _show(shrunk, settings)
    lines = [shown.about, *(f"  {line}" for line in step_lines(shown.steps))]
    lines += [f"  {note}" for note in (shown.cost, *shown.notes, shown.hint) if note]
    return build_view("\n".join(lines), "shrunk.html", shrunk=shown)


def _show(shrunk: Shrunk, settings: Settings) -> ShrunkShown:
    target = summarize(shrunk.target, settings)
    head = (
        f"{shrunk.target.name} {target.method} {target.short_target} → {failure_text(shrunk.failure.error, settings)}"
    )
    if shrunk.failed_again:
        needed = len(shrunk.steps) - 1
        of = f"of the {count_of(shrunk.earlier, 'request')} before it"
        about = f"{head} needs {f'{needed:,}' if needed else 'none'} {of}" if shrunk.earlier else f"{head} fails alone"
    else:
        about = f"{head} {'did not fail again' if shrunk.stopped == 'finished' else 'was not made to fail again'}"
    steps = [
        show_step(step, settings, was=origin.spec)
        for step, origin in zip(shrunk.steps[:_ROWS], shrunk.before, strict=False)
    ]
    if shrunk.failed_again and len(shrunk.steps) <= _ROWS and shrunk.failure.place:
        steps[-1] = replace(steps[-1], failure=failure_text(str(shrunk.failure), settings))
    more = [f"{count_of(len(shrunk.steps) - _ROWS, 'more step')} in the history"] if len(shrunk.steps) > _ROWS else []
    stopped = [_STOPPED[shrunk.stopped]] if shrunk.stopped in _STOPPED else []
    tries, requests = count_of(shrunk.tries, "try").replace("trys", "tries"), count_of(shrunk.requests, "request")
    return ShrunkShown(
        about=about,
        cost=f"{tries}, each on a fresh start; {requests}, {time_of(shrunk.seconds * 1e9)}",
        failed_again=shrunk.failed_again,
        steps=tuple(steps),
        notes=(*more, *stopped, *(one_line(settings.redactor.text(note), 400) for note in shrunk.notes)),
        hint=export_hint(shrunk.steps),
    )


def show_step(
    exchange: Exchange, settings: Settings, *, was: RequestSpec | None = None, failure: str = ""
) -> StepShown:
    """
    Return one request for display.

    :param was: the request that it came from
    """
    summary, body = summarize(exchange, settings), body_of(exchange.spec, settings)
    return StepShown(
        name=exchange.name,
        method=summary.method,
        target=summary.short_target,
        body=body,
        outcome=one_line(summary.outcome, 60),
        tone=summary.tone,
        was=_earlier_form(was, exchange.spec, settings) if was is not None else "",
        failure=failure,
    )


def _earlier_form(was: RequestSpec, now: RequestSpec, settings: Settings) -> str:
    """Return the parts of a request that became smaller: the path, the body."""
    path = one_line(settings.redactor.url(was.path), 80) if was.path != now.path else ""
    body = body_of(was, settings) if was.body != now.body else ""
    return " ".join(filter(None, [path, body]))


def body_of(spec: RequestSpec, settings: Settings) -> str:
    """Return a request's body, masked, on one line and cut; its size if it is not text."""
    if not spec.body:
        return ""
    masked = settings.redactor.body(spec.body[:10_000], spec.header("content-type"))
    try:
        return one_line(masked.decode(), _BODY_CHARS)
    except UnicodeDecodeError:
        return count_of(len(spec.body), "byte")


def failure_text(text: str, settings: Settings) -> str:
    """Return how a request failed, masked, on one line."""
    return one_line(settings.redactor.text(text), 120)


def step_lines(steps: Sequence[StepShown]) -> Iterator[str]:
    """Yield a line for each step, in columns."""
    widths = [max((len(getattr(step, part)) for step in steps), default=0) for part in ("name", "method", "target")]
    for step in steps:
        cells = (step.name, step.method, step.target)
        head = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
        parts = [head, f"→ {step.outcome}", step.failure, step.body, f"was {step.was}" if step.was else ""]
        yield "  ".join(filter(None, parts))


def export_hint(steps: Sequence[Exchange]) -> str:
    """Return how to make a test of the steps, which follow each other in the history, in whatever order they are."""
    if not steps:
        return ""
    numbers = [int(one.name[1:]) for one in steps]
    span = steps[0].name if len(steps) == 1 else f"{min(numbers)}-{max(numbers)}"
    return hint(f"%asgi export {span} pytest", f'explorer.history.select("{span}").to_pytest()')
