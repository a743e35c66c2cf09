"""What a run asks the file system is noted, whoever asks, and shows when it would be answered in another way."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import registry
from registry import file_facts
from registry.file_inputs import FileInputs, asked, unchanged
from registry.parallel import spread

QUESTIONS = {
    "exists", "is_dir", "is_file", "is_symlink", "isdir", "isfile", "islink", "lexists", "lstat", "realpath", "stat",
}  # fmt: skip
NOTED = {
    "loader/load.py": {
        "start": "the path was asked about when it was placed",
        "confined": "it was found in a folder that was listed, or placed",
        "real": "the same",
    },
    "loader/file_store.py": {
        "resolve": "`confine` asks about what it returns",
        "_readable": "the same",
        "size_of_file": "decides nothing but speed",
    },
    "loader/places.py": {
        "_below": "entries of a folder that is listed",
        "_matches": "the same",
        "_folders": "the same",
    },
    "loader/cards.py": {
        "find_cards": "for `mir init`, which keeps nothing",
        "_found": "for `mir init`, which keeps nothing",
        "_from": "for `mir init`, which keeps nothing",
        "_is_repository": "the same",
    },
    "loader/missing.py": {"missing": "ends the run"},
    "confinement.py": {"_state": "the index is noted where git is asked"},
    "card_config.py": {"_read": "the file was found by `files_in`"},
    "resources.py": {"resource": "a part of the package"},
    "vocabulary/vocabulary.py": {"_version": "the file is opened as well"},
}
"""Functions that ask the file system without `asked`, and why they may."""


def noted(work) -> FileInputs:
    inputs = FileInputs()
    with inputs.listening():
        work()
    return inputs


def test_a_file_that_is_opened_counts_by_its_contents(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    inputs = noted(file.read_text)
    assert inputs.whole
    assert unchanged(inputs.as_dict())
    file.touch()
    assert unchanged(inputs.as_dict())
    file.write_text("2")
    assert not unchanged(inputs.as_dict())


@pytest.mark.parametrize("change", ["new", "gone", "kind", "link"])
def test_a_folder_that_is_listed_counts_by_its_names_and_their_kinds(tmp_path: Path, change: str) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "link").symlink_to("a")
    inputs = noted(lambda: list(tmp_path.iterdir()))
    assert unchanged(inputs.as_dict())
    if change == "new":
        (tmp_path / "b").touch()
    else:
        (tmp_path / ("link" if change == "link" else "a")).unlink()
        if change == "kind":
            (tmp_path / "a").mkdir()
        elif change == "link":
            (tmp_path / "link").symlink_to("b")
    assert not unchanged(inputs.as_dict())


def test_a_path_that_is_asked_about_counts_by_what_it_is_and_where_it_leads(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    inputs = noted(lambda: asked(path))
    assert unchanged(inputs.as_dict())
    path.parent.mkdir()
    assert unchanged(inputs.as_dict())
    path.touch()
    assert not unchanged(inputs.as_dict())


def test_what_forked_processes_ask_is_noted(tmp_path: Path) -> None:
    files = [tmp_path / str(number) for number in range(8)]
    for file in files:
        file.write_text("1")
    inputs = noted(lambda: spread(Path.read_text, files, 4))
    assert set(inputs.files) >= set(map(str, files))
    assert inputs.whole


@pytest.mark.parametrize(
    "work",
    [
        lambda folder: subprocess.run(["true"], check=True),
        lambda folder: (folder / "new").write_text("1"),
        lambda folder: os.listdir(os.open(folder, os.O_RDONLY)),  # noqa: PTH208 - by its number
    ],
)
def test_what_cannot_be_noted_is_said(tmp_path: Path, work) -> None:
    assert not noted(lambda: work(tmp_path)).whole


def test_two_listeners_know_nothing() -> None:
    outer, inner = FileInputs(), FileInputs()
    with outer.listening(), inner.listening():
        pass
    assert (outer.whole, inner.whole) == (True, False)


def test_imports_are_no_inputs() -> None:
    code = (
        "from registry.file_inputs import FileInputs\n"
        "inputs = FileInputs()\n"
        "with inputs.listening(): import colorsys, registry.loader\n"
        "print([name for name in inputs.files if name.endswith(('.py', '.pyc'))], inputs.whole)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[] True\n"


def test_a_large_file_counts_by_its_times_once_they_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a"
    file.write_text("12345")
    monkeypatch.setattr(file_facts, "_LARGEST", 4)
    assert not noted(file.read_text).whole
    monkeypatch.setattr(file_facts, "SETTLED_NS", 0)
    assert noted(file.read_text).whole


def test_whoever_asks_while_cards_are_checked_says_so() -> None:
    """Functions that a check runs and that ask whether a path exists, or what it is, call `asked` or are listed."""
    package = Path(registry.__file__).parent
    folders = ("checks", "loader", "read", "dialects", "vocabulary", "claims")
    files = [file for folder in folders for file in sorted((package / folder).rglob("*.py"))]
    files += [package / name for name in ("config.py", "card_config.py", "confinement.py", "resources.py")]
    askers: dict[str, set[str]] = {}
    for file in files:
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef):
                calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
                names = {node.attr for node in calls if isinstance(node, ast.Attribute)}
                if names & QUESTIONS and not any(isinstance(node, ast.Name) and node.id == "asked" for node in calls):
                    askers.setdefault(file.relative_to(package).as_posix(), set()).add(function.name)
    assert askers == {file: set(functions) for file, functions in NOTED.items()}
