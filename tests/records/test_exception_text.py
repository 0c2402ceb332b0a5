"""An exception as a value."""

import json
import traceback
from collections.abc import Callable
from typing import Any

import anyio
import jinja2
import pytest

from ipyasgi import Explorer
from ipyasgi.engine.source_location import owner_of
from ipyasgi.errors import DeadlineError
from ipyasgi.records.exception_text import ExceptionText, FoldedFrames, Frame, read_exception
from ipyasgi.views.changes import exception_lines


def raised_by(fail: Callable[[], object]) -> ExceptionText:
    """Return what ``fail`` raises, as a value."""
    try:
        fail()
    except BaseException as exc:
        return read_exception(exc)
    raise AssertionError("nothing was raised")


def fail_in_app() -> None:
    amount = 1
    raise ValueError(f"no {amount}")


def test_app_frames_are_open() -> None:
    """A frame of the app has its place, function, the lines before it, and the line itself last."""
    found = raised_by(fail_in_app)
    assert (found.type_name, found.message) == ("ValueError", "no 1")
    outer, inner = found.frames
    assert isinstance(outer, Frame)
    assert isinstance(inner, Frame)
    assert inner.function == "fail_in_app"
    assert inner.place.startswith("records/test_exception_text.py:")
    assert [text for _, text in inner.lines] == [
        "def fail_in_app() -> None:",
        "    amount = 1",
        '    raise ValueError(f"no {amount}")',
    ]
    assert (outer.innermost, inner.innermost) == (False, True)


@pytest.mark.parametrize(
    ("fail", "owner"),
    [(lambda: json.loads("{"), "Python"), (lambda: jinja2.Template("{{ x.y }}").render(), "jinja2")],
)
def test_other_frames_are_folded(fail: Callable[[], object], owner: str) -> None:
    """Frames of Python and of installed packages in a row become one line that names them."""
    folds = [frame for frame in raised_by(fail).frames if isinstance(frame, FoldedFrames)]
    assert any(fold.text.startswith(f"{owner}: ") and fold.places for fold in folds)


def test_our_own_frames_are_folded_but_not_the_samples() -> None:
    """What the toolkit does between the caller and the app says nothing about the app."""

    async def app(scope, receive, send):
        raise KeyError("x")

    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/", raise_exceptions=False)
    assert exchange.exception is not None
    frames = read_exception(exchange.exception).frames
    assert isinstance(frames[0], FoldedFrames)
    assert frames[0].text.startswith("ipyasgi: ")
    from ipyasgi.samples.shop import endpoints

    assert not owner_of(endpoints.__file__)
    assert owner_of(traceback.__file__)


def test_an_installed_app_still_has_a_frame() -> None:
    """Where no frame is the app's, the innermost is open: an app may be an installed package."""
    try:
        jinja2.Template("{{ x.y }}").render()
    except jinja2.UndefinedError as exc:
        trace = exc.__traceback__
        while trace is not None and not owner_of(trace.tb_frame.f_code.co_filename):
            trace = trace.tb_next
        last = exc.with_traceback(trace)
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    assert isinstance(read_exception(last.with_traceback(trace)).frames[-1], Frame)


def test_causes_contexts_groups_and_notes() -> None:
    """What led to an exception, what is in a group and what was noted belong to it."""

    def chain() -> None:
        try:
            fail_in_app()
        except ValueError as exc:
            exc.add_note("noted")
            raise RuntimeError("later") from exc

    def context() -> None:
        try:
            fail_in_app()
        except ValueError:
            raise RuntimeError("later")  # noqa: B904

    def group() -> None:
        raise ExceptionGroup("several", [ValueError("one"), ExceptionGroup("more", [KeyError("two")])])

    ((words, earlier),) = raised_by(chain).before
    assert (words, earlier.type_name, earlier.notes) == ("caused by", "ValueError", ("noted",))
    assert raised_by(context).before[0][0] == "while handling"
    members = raised_by(group).members
    assert [member.message for member in members] == ["one", "more (1 sub-exception)"]
    lines = "\n".join(exception_lines(raised_by(group)))
    assert "  |   | KeyError: 'two'" in lines


def test_a_loop_of_causes_ends() -> None:
    """Exceptions that cause each other are told once each."""
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    assert read_exception(one).before[0][1].before == ()


def test_hostile_texts_and_endless_recursion() -> None:
    """A ``str`` that fails and a thousand frames are told in bounds."""

    class Awful(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    def endless(n: int = 0) -> None:
        endless(n + 1)

    assert read_exception(Awful()).message == "(str() of this exception raised RuntimeError)"
    assert len(read_exception(ValueError("x" * 100_000)).message) < 5000
    frames = raised_by(endless).frames
    assert len(frames) < 70
    assert any(isinstance(frame, FoldedFrames) and frame.text.endswith("left out") for frame in frames)
    assert sum(isinstance(frame, Frame) and frame.innermost for frame in frames) == 1


def test_the_locals_of_the_app_s_frames_are_read() -> None:
    """Each is a short text, whatever its ``repr`` does; a module's names, and those that Python makes up, are none."""

    class Awful:
        def __repr__(self) -> str:
            raise SystemExit(3)

    def fail() -> None:
        awful, several = Awful(), [1, 2, 3]
        assert awful is not json
        [1 / 0 for _ in several]

    frame, *_ = [one for one in raised_by(fail).frames if isinstance(one, Frame) and one.function.endswith("fail")]
    assert dict(frame.local_vars) == {"awful": "<Awful>", "several": "[1, 2, 3]"}
    namespace: dict[str, Any] = {"secret": 1}
    exec(compile("def run():\n exec(compile('1 / 0', 'x.py', 'exec'), globals())", "y.py", "exec"), namespace)
    (module,) = [one for one in raised_by(namespace["run"]).frames if isinstance(one, Frame) and "x.py" in one.place]
    assert module.local_vars == ()


def test_locals_are_bounded() -> None:
    """Many names are counted, a long value is cut, and of deep calls only the last frames have locals."""
    names = "\n".join(f" name_{number} = 'x' * 1000" for number in range(100))
    namespace: dict[str, Any] = {}
    exec(compile(f"def run(deep):\n{names}\n run(deep - 1) if deep else 1 / 0", "many.py", "exec"), namespace)
    frames = raised_by(lambda: namespace["run"](20)).frames
    runs = [one for one in frames if isinstance(one, Frame) and one.function == "run"]
    assert [bool(one.local_vars) for one in runs] == [False] * 13 + [True] * 8
    assert (len(runs[-1].local_vars), runs[-1].more_locals) == (30, 71)
    assert max(len(one.text) for one in runs[-1].local_vars) == 120


def test_a_deadline_tells_where_the_app_was() -> None:
    """Of a deadline the caller's frames say nothing; the app's stack does."""
    found = read_exception(DeadlineError("response", 0.1, ["shop/api.py:7 in slow"]))
    assert [frame.places for frame in found.frames if isinstance(frame, FoldedFrames)] == [("shop/api.py:7 in slow",)]
    assert found.type_name == "DeadlineError"


def test_who_sent_the_request_is_no_part_of_it() -> None:
    """An exception that was raised at the caller has the same frames as before: those of the app."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError

    with Explorer(app, lifespan="off") as explorer:
        before = read_exception(explorer.get("/", raise_exceptions=False).exception)
        with pytest.raises(LookupError) as handled_exception:
            explorer.get("/")

    after = read_exception(handled_exception.value)
    assert [frame.function for frame in after.frames if isinstance(frame, Frame)] == [app.__qualname__]
    assert after.frames == before.frames


def test_a_group_of_tasks_has_no_frame_of_the_app() -> None:
    """Where a group of packages' own making holds the app's exception, only that one has an open frame."""

    async def boom() -> None:
        raise LookupError

    namespace = {"anyio": anyio, "boom": boom}
    code = compile(
        "async def run():\n async with anyio.create_task_group() as g: g.start_soon(boom)", anyio.__file__, "exec"
    )
    exec(code, namespace)
    with pytest.raises(ExceptionGroup) as handled_exception:
        anyio.run(namespace["run"])
    group = read_exception(handled_exception.value.with_traceback(handled_exception.value.__traceback__.tb_next))

    assert all(isinstance(frame, FoldedFrames) for frame in group.frames)
    assert isinstance(group.members[0].frames[-1], Frame)


class _Meta(type):
    @property
    def __module__(cls) -> str:  # type: ignore[override]
        raise RuntimeError("module")


class _Text(str):
    def __len__(self) -> int:
        raise RuntimeError("len")


def _fail(*_: object) -> Any:
    raise SystemExit(3)


def _class(name: str, base: type[BaseException] = ValueError, **body: Any) -> Callable[[], BaseException]:
    kind: Any = type(name, (base,), body)
    return lambda: kind("several", [ValueError("one")]) if issubclass(kind, BaseExceptionGroup) else kind("text")


def _deep() -> BaseException:
    deep: Exception = ValueError(1)
    for number in range(2000):
        deep = ExceptionGroup(str(number), [deep])
    return deep


def _with_odd_notes() -> BaseException:
    odd = ValueError("text")
    odd.__notes__ = [_Text("note"), 3, None]  # type: ignore[list-item]
    return odd


ODD = {
    "str": _class("Odd", __str__=_fail),
    "interrupting str": _class("Odd", __str__=lambda _: (_ for _ in ()).throw(KeyboardInterrupt)),
    "str subclass": _class("Odd", __str__=lambda _: _Text("text")),
    "exceptions": _class("Odd", ExceptionGroup, exceptions=property(_fail)),
    "notes": _class("Odd", __notes__=property(_fail)),
    "odd notes": _with_odd_notes,
    "cause": _class("Odd", __cause__=property(_fail)),
    "context": _class("Odd", __context__=property(_fail), __suppress_context__=property(_fail)),
    "class": _class("Odd", __class__=property(_fail)),
    "dict": _class("Odd", __dict__=property(_fail)),
    "getattribute": _class("Odd", __getattribute__=_fail),
    "eq": _class("Odd", __eq__=_fail, __hash__=_fail, __bool__=_fail, __repr__=_fail, __reduce__=_fail),
    "module": _class("Odd", __module__=None),
    "metaclass": lambda: _Meta("Odd", (Exception,), {})("text"),  # type: ignore[no-any-return]
    "deep group": _deep,
}


@pytest.mark.parametrize("make", ODD.values(), ids=list(ODD))
def test_no_exception_hurts_a_later_request(make: Callable[[], BaseException]) -> None:
    """Whatever its methods and properties raise, an exception is raised as itself, shown, and forgotten unharmed."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/odd":
            raise make()
        raise LookupError("plain")

    explorer = Explorer(app, lifespan="off")
    with pytest.raises(BaseException) as caught:  # any class
        explorer.get("/odd")
    assert type(caught.value).__qualname__ in ("Odd", "ExceptionGroup", "ValueError")
    shown = explorer.history[0].to_text()
    assert "cannot be shown" not in shown
    for _ in range(5):  # the frames of older exceptions are released
        with pytest.raises(LookupError):
            explorer.get("/")
    assert "cannot be shown" not in explorer.history[0].to_text()
    assert "cannot be shown" not in explorer.history.to_text()
    explorer.close()
