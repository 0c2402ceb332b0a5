"""Files of a form: pieces put together, Python names looked up, and words where something is amiss."""

import io
from pathlib import Path
from typing import Any

import pytest

from ipyasgi.panels.request_builder.draft import FormError
from ipyasgi.panels.request_builder.files import MAX_FILES, Files, read_files, value_of_name


def piece(key: str = "f", index: Any = 0, count: Any = 1, name: str = "a.txt") -> dict[str, Any]:
    return {"ask": "file", "id": key, "index": index, "count": count, "name": name, "type": ""}


def test_pieces_make_a_file_in_whatever_order_they_come() -> None:
    """It is there with its last piece and not before; its type is guessed where the page knows none."""
    files = Files(value_of_name)
    assert not files.take(piece(index=1, count=2), b"B")
    with pytest.raises(FormError, match="Choose it again"):
        files.read({"$file": "f", "name": "a.txt"}, "body.")
    assert files.take(piece(index=0, count=2), b"A")
    assert files.read({"$file": "f"}, "body.") == ("a.txt", b"AB", "text/plain")


@pytest.mark.parametrize(
    "page", [{}, piece(index=-1), piece(index=2), piece(count=10**9), piece(index="0"), piece(count=0)]
)
def test_nonsense_of_the_page_is_left(page: dict[str, Any]) -> None:
    """Nothing is kept of what cannot be a piece."""
    assert not Files(value_of_name).take(page, b"")


def test_the_oldest_files_make_room() -> None:
    """The shelf holds a bounded number."""
    files = Files(value_of_name)
    for number in range(MAX_FILES + 1):
        files.take(piece(key=str(number)), b"x")
    with pytest.raises(FormError):
        files.read({"$file": "0"}, "body.")
    assert files.read({"$file": str(MAX_FILES)}, "body.")[1] == b"x"


def test_a_python_name_may_hold_bytes_text_a_path_or_a_file(tmp_path: Path) -> None:
    """Each is read anew, so that the next Send has it too."""
    path = tmp_path / "cat.png"
    path.write_bytes(b"PNG")
    names = {"raw": b"1", "text": "é", "path": path, "open": io.BytesIO(b"2"), "view": memoryview(b"3")}
    files = Files(names.__getitem__)
    read = {name: files.read({"$python": name}, "body.") for _ in range(2) for name in names}
    assert read == {
        "raw": ("raw.bin", b"1", "application/octet-stream"),
        "text": ("text.txt", "é".encode(), "text/plain"),
        "path": ("cat.png", b"PNG", "image/png"),
        "open": ("open.bin", b"2", "application/octet-stream"),
        "view": ("view.bin", b"3", "application/octet-stream"),
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "Choose a file"), ("a b", "not a Python name"), ("f()", "not a Python name"), ("nobody", "no Python name"),
     ("number", "of type int"), ("missing", "cannot be read")],
)  # fmt: skip
def test_what_is_no_file_is_said(name: str, words: str) -> None:
    """Only names are looked up, never an expression; the problem is at the field."""

    def look_up(wanted: str) -> Any:
        found = {"number": 7, "missing": Path("nowhere") / "at all"}
        if wanted not in found:
            raise AttributeError(wanted)
        return found[wanted]

    with pytest.raises(FormError, match=words) as caught:
        Files(look_up).read({"$python": name}, "body./file")
    assert caught.value.where == "body./file"


def test_marks_are_taken_out_of_a_form_s_value() -> None:
    """What is no file stays as it is; a list of files is one field with several."""
    files = Files({"a": b"1"}.__getitem__)
    mark = {"$python": "a"}
    rest, found = read_files({"x": {"y": 1}, "one": mark, "two": [mark, mark]}, files)
    assert rest == {"x": {"y": 1}}
    assert {name: len(some) for name, some in found.items()} == {"one": 1, "two": 2}
    assert read_files(mark, files)[1][""][0][1] == b"1"
    assert read_files([1], files) == ([1], {})


def test_names_are_those_of_the_cells(shell: Any) -> None:
    """A variable of the notebook, or an attribute of one."""
    shell.run("class box: inner = b'1'")
    assert value_of_name("box.inner") == b"1"
    for name in ("nobody", "box.outer"):
        with pytest.raises(AttributeError):
            value_of_name(name)
