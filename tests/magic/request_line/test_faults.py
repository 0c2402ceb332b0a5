"""The options of a request line that disturb the request."""

import pytest

from ipyasgi import Faults
from ipyasgi.formats.python_code import PythonCode
from ipyasgi.magic.python_call import PythonCall, run, write
from ipyasgi.magic.request_line import write_request
from ipyasgi.magic.tokenizer import GrammarError

from ..meaning import Recorder, read


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("--split 3", Faults(split=3)),
        ("--slow-up 20ms --slow-down 0.5s", Faults(slow_up_s=0.02, slow_down_s=0.5)),
        ("--slow-up=2", Faults(slow_up_s=2)),
        ("--leave-after 0", Faults(leave_after=0)),
        ("--lose X-Key,Accept", Faults(lose=("X-Key", "Accept"))),
        ("--split {{n}}", Faults(split=7)),
    ],
)
def test_what_is_sent(options: str, wanted: Faults) -> None:
    """The options become the argument ``faults``."""
    recorder = Recorder()
    run(write_request(PythonCall(), read(f"POST /x a=1 {options}")), recorder)
    assert recorder.more == {"faults": wanted}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--split 0", "Give a number from 1"),
        ("--split x", "Invalid value: --split x"),
        ("--leave-after -1", "Give a number from 0"),
        ("--slow-up 20min", "Give a time, such as --slow-up 20ms"),
        ("--lose ','", "give names of headers"),
    ],
)
def test_mistakes(options: str, said: str) -> None:
    """An invalid value is refused before anything is sent."""
    with pytest.raises(GrammarError, match=said):
        write_request(PythonCall(), read(f"GET /x {options}"))


def test_as_python() -> None:
    """The code imports `Faults` from the door."""
    code = PythonCode()
    source = write(write_request(PythonCall(), read("GET /x --leave-after 3 --lose X-Key")), code)
    assert source == 'explorer.get("/x", faults=Faults(leave_after=3, lose=("X-Key",)))'
    assert "from ipyasgi import Faults" in code.imports
