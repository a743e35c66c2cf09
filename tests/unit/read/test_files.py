from __future__ import annotations

import os
from pathlib import Path

import pytest

from registry.loader import load
from registry.read import ids, read
from registry.types import Finding


def finding(path: Path) -> Finding:
    [document] = read(path, path.name)
    assert document.root is None
    [problem] = document.findings
    return problem


def test_a_file_is_read_by_the_end_of_its_name(tmp_path: Path) -> None:
    for name, text in {"a.YML": "a: 1", "a.json": '{"a": 1}', "a.mdx": "<!--\nType: model-index\na: 1\n-->"}.items():
        path = tmp_path / name
        path.write_text(text)
        [document] = read(path, name)
        assert isinstance(document.root, dict)
        assert document.root["a"] == 1


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        ("Name: é\nx: caf".encode() + b"\xe9\n", 2, 7, "0xe9"),
        ("Name: x".encode("utf-16"), 1, 1, "UTF-16"),
        (b"Name: x\0y", 1, 8, "NUL"),
        (b"\xff\xfe\x00\x00", 1, 1, "UTF-32"),
    ],
)
def test_what_is_no_text_is_reported_at_its_place(
    tmp_path: Path, data: bytes, line: int, column: int, words: str
) -> None:
    path = tmp_path / "card.yml"
    path.write_bytes(data)
    problem = finding(path)
    assert (problem.rule, problem.location.line, problem.location.column) == (ids.ENCODING, line, column)
    assert words in problem.message


def test_a_pointer_to_a_file_is_not_the_file(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")
    assert finding(path).rule == ids.UNREADABLE
    assert "git lfs pull" in finding(path).hint


def test_only_plain_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "folder.yml").mkdir()
    for path in (tmp_path / "pipe.yml", tmp_path / "folder.yml", Path("/dev/zero"), tmp_path / "missing.yml"):
        assert finding(path).rule == ids.UNREADABLE


def test_a_large_file_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "card.yml"
    path.touch()
    os.truncate(path, 2**30)
    assert finding(path).rule == ids.TOO_LARGE
    assert "1024 MiB" in finding(path).message


@pytest.mark.parametrize("text", ["Import:\n- *.md\n", "Name: &*x\n"])
def test_a_text_that_reads_as_a_reference_is_named_so(tmp_path, text):
    (tmp_path / "model-index.yml").write_text(text)
    (finding,) = load([tmp_path]).findings
    assert (finding.rule, finding.hint) == ("MIR004", "Put it in quotes, such as '*.md'.")
