from __future__ import annotations

import errno
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from registry.evidence import Store
from registry.evidence.claim_key import file_of, name_of, stem_of
from registry.types import Claim, DatasetRef, Evidence, Location, OutputError, Quantity

HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    "",
    ".",
    "C:\\Windows\\con",
    "<script>alert(1)</script>",
    "a" * 10_000,
    "a\x00b\nc",
    "模型",
    "\ud800",
    "con",
    "AlexNet",
    "alexnet",
    "ALEXNET",
    "alex net",
    "alex-net",
]


def test_what_is_written_is_found(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path / "models" / "evidence")
    path = store.write(evidence)
    assert path == store.path(evidence.claim)
    assert path.name.startswith("alexnet-")
    assert name_of(evidence.claim).startswith("top-1-accuracy-imagenet-")
    found = store.find(evidence.claim)
    assert found == evidence
    assert store.all() == [evidence]
    assert store.problems() == []


def test_a_store_that_does_not_exist_is_empty(tmp_path: Path, claim: Claim) -> None:
    store = Store(tmp_path / "nowhere")
    assert (store.all(), store.problems(), store.find(claim)) == ([], [], None)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_store(tmp_path: Path, evidence: Evidence, name: str) -> None:
    store = Store(tmp_path / "evidence")
    claim = replace(
        evidence.claim, model=name, subject=name, label=name, dataset=DatasetRef(name=name, split=name, args=[name])
    )
    odd = replace(evidence, claim=claim, digests={"claim": claim.digest})
    path = store.write(odd)
    assert path.resolve().parent == (tmp_path / "evidence").resolve()
    assert max(len(part) for part in stem_of(claim).parts) < 200
    assert path.name.isascii()
    assert store.find(claim) == odd


def test_names_that_differ_only_in_case_get_their_own_files() -> None:
    def file(name: str) -> str:
        reported = Quantity.parse("1", "count")
        claim = Claim(
            model=name, subject="flops", label="FLOPs", kind="count", reported=reported, location=Location(file="a")
        )
        return str(file_of(claim)).casefold()

    assert len({file(name) for name in HOSTILE}) == len(HOSTILE)


def test_a_changed_value_replaces_its_file(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path)
    first = store.write(evidence)
    changed = replace(evidence.claim, reported=Quantity.parse("56.60%", "ratio"))
    assert store.write(replace(evidence, claim=changed, verdict="within-tolerance")) == first
    assert [each.claim.reported.text for each in store.all()] == ["56.60%"]


@pytest.mark.parametrize(
    "change",
    [
        {"model": "AlexNet2"},
        {"subject": "top-5-accuracy"},
        {"label": "Accuracy MNLI-mm"},
        {"task": "Other"},
        {"dataset": None},
        {"dataset": DatasetRef(name="ImageNet", split="test")},
        {"dataset": DatasetRef(name="ImageNet", args={"num_few_shot": 25})},
    ],
)
def test_another_claim_gets_another_record(claim: Claim, change: dict[str, object]) -> None:
    assert stem_of(replace(claim, **change)) != stem_of(claim)  # type: ignore[arg-type]


def test_no_path_of_this_machine_gets_into_a_record(
    tmp_path: Path, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "models" / "evidence")

    def written(file: str) -> str:
        location = evidence.claim.location._replace(file=file)
        store.write(replace(evidence, claim=replace(evidence.claim, location=location)))
        return store.all()[0].claim.location.file

    monkeypatch.chdir(tmp_path)
    assert written("models/alexnet.md") == "alexnet.md"
    assert written(str(tmp_path / "models" / "sub" / "alexnet.md")) == "sub/alexnet.md"
    assert written("elsewhere/alexnet.md") == "elsewhere/alexnet.md"
    assert written("/elsewhere/alexnet.md") == "alexnet.md"
    assert written("../alexnet.md") == "alexnet.md"
    (tmp_path / "work" / "project").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work" / "project")
    store = Store(tmp_path / "scratch")
    assert written("models/alexnet.md") == "models/alexnet.md"


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
    said = {problem.file.name: problem.message for problem in store.problems()}
    assert said.keys() == {"corrupt.json", "moved.json", "package.json", "broken.json"}
    assert "not JSON" in said["corrupt.json"]
    assert str(stem_of(evidence.claim)) in said["moved.json"]
    assert "'$schema' is missing" in said["package.json"]
    assert "cannot be read" in said["broken.json"]


def test_evidence_of_another_claim_is_not_taken_for_this_one(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path)
    other = replace(evidence.claim, subject="top-5-accuracy")
    file = store.write(evidence)
    file.write_text(file.read_text().replace(name_of(evidence.claim), name_of(other)))
    assert store.find(other) is None
    assert [problem.record for problem in store.problems()] == [name_of(other)]


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


def test_records_of_one_model_share_its_file_and_its_environment(tmp_path: Path, evidence: Evidence) -> None:
    store = Store(tmp_path)
    others = [replace(evidence.claim, subject=subject) for subject in ("top-5-accuracy", "mean-accuracy")]
    elsewhere = replace(evidence, claim=others[1], environment={"device": "cuda"})
    files = {store.write(evidence), store.write(replace(evidence, claim=others[0]), elsewhere)}
    (file,) = files
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]
    assert [store.find(claim).environment for claim in (evidence.claim, *others)] == [  # type: ignore[union-attr]
        {"python": "3.11.2", "device": "cpu"},
        {"python": "3.11.2", "device": "cpu"},
        {"device": "cuda"},
    ]
    assert file.read_text().count("3.11.2") == 1


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
    store, seen, stop = Store(tmp_path), set(), threading.Event()

    def write(writer: int) -> None:
        for number in range(30):
            store.write(replace(evidence, reason=f"{number} " * (writer * 500)))

    def read() -> None:
        while not stop.is_set():
            seen.add(len(store.all()))
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
    assert seen == {1}
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 1
