"""A store whose files are damaged, cannot be read, or cannot be written."""

from __future__ import annotations

import errno
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from registry.evidence import Store
from registry.evidence.claim_key import name_of, stem_of
from registry.types import Evidence, OutputError


def test_files_that_are_no_evidence_are_named_and_left_out(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path)
    good = store.write(evidence)
    (good.parent / "corrupt.json").write_bytes(good.read_bytes()[:100])
    (good.parent / "moved.json").write_bytes(good.read_bytes())
    (tmp_path / "package.json").write_text('{"name": "foreign"}')
    (tmp_path / "README.md").write_text("not JSON and not ours")
    (tmp_path / ".mir-abc.tmp").write_text("{")
    (tmp_path / "broken.json").symlink_to(tmp_path / "nowhere")
    assert store.all() == [evidence]
    messages = {problem.file.name: problem.message for problem in store.problems()}
    assert messages.keys() == {"corrupt.json", "moved.json", "package.json", "broken.json"}
    assert "not JSON" in messages["corrupt.json"]
    assert str(stem_of(evidence.claim)) in messages["moved.json"]
    assert "'$schema' is missing" in messages["package.json"]
    assert "cannot be read" in messages["broken.json"]


def test_a_corrupt_file_is_no_evidence_and_is_replaced(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path)
    store.write(evidence).write_bytes(b"\x00" * 50)
    assert store.find(evidence.claim) is None
    store.write(evidence)
    assert store.find(evidence.claim) == evidence


def test_a_store_inside_a_file_is_an_output_error(tmp_path: Path, evidence: Evidence) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        Store(tmp_path / "file").write(evidence)


def test_a_folder_that_cannot_be_read_is_named(
    tmp_path: Path, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    locked = store.write(evidence).parent / "predictions"
    locked.mkdir()
    real = os.scandir

    def scandir(folder: str) -> object:
        if Path(folder) == locked:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    assert store.all() == [evidence]
    assert [str(problem) for problem in store.problems()] == [f"{locked}: cannot be read: Permission denied"]


@pytest.mark.skipif(os.name == "nt", reason="permissions differ")
def test_a_read_only_folder_is_an_output_error(tmp_path: Path, evidence: Evidence) -> None:
    tmp_path.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # the superuser may write everywhere
    try:
        with pytest.raises(OutputError, match="Permission denied"):
            Store(tmp_path).write(evidence)
    finally:
        os.seteuid(user)
        tmp_path.chmod(0o755)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_a_link_is_not_followed(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path / "evidence")
    outside = tmp_path / "outside.json"
    outside.write_text("{}")
    file = store.path(evidence.claim)
    file.parent.mkdir(parents=True)
    file.symlink_to(outside)
    store.write(evidence)
    assert (outside.read_text(), file.is_symlink(), store.all()) == ("{}", False, [evidence])


def test_a_record_that_is_wrong_leaves_the_others_of_its_file(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path)
    other = replace(evidence, claim=replace(evidence.claim, subject="top-5-accuracy"))
    file = store.write(evidence, other)
    whole = json.loads(file.read_text())
    whole["records"][name_of(other.claim)]["verdict"] = "splendid"
    whole["records"]["broken"] = 5
    file.write_text(json.dumps(whole))
    assert store.all() == [evidence]
    assert {problem.record for problem in store.problems()} == {name_of(other.claim), "broken"}
    store.write(replace(evidence, reason="Anew."))
    assert json.loads(file.read_text())["records"].keys() == whole["records"].keys()


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_the_old_evidence(
    tmp_path: Path, evidence: Evidence, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store = Store(tmp_path)
    path = store.write(evidence)
    before = path.read_bytes()

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if step == "write":

        class Full:
            def __init__(self, handle: int, mode: str) -> None:
                self.handle = handle

            def __enter__(self) -> Full:
                return self

            def __exit__(self, *args: object) -> None:
                os.close(self.handle)

            write = staticmethod(full)

        real = os.fdopen
        monkeypatch.setattr(
            os, "fdopen", lambda handle, mode: real(handle, mode) if mode == "rb" else Full(handle, mode)
        )
    elif step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        store.write(replace(evidence, reason="another"))
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


def test_writers_at_once_leave_whole_files(tmp_path: Path, evidence: Evidence) -> None:
    store, counts, stop = Store(tmp_path), set(), threading.Event()

    def write(writer: int) -> None:
        for number in range(30):
            store.write(replace(evidence, reason=f"{number} " * (writer * 500)))

    def read() -> None:
        while not stop.is_set():
            counts.add(len(store.all()))
            assert store.problems() == []

    store.write(evidence)
    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(number,)) for number in range(1, 4)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()
    assert counts == {1}
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 1
