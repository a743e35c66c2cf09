"""Commands on a disk that is full in earnest, or that takes no larger file: one sentence, and nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from registry.evidence import Store


def test_a_run_on_a_disk_that_is_really_full(warm: Any, zoo: Path, disk: Any, tmp_path: Path) -> None:
    full = disk(1 << 20)
    store = Store(full / "evidence")
    command = ("verify", zoo, "--engine", "local", "--device", "cpu", "--evidence", store.folder)
    (full / "filler").write_bytes(bytes((1 << 20) - 6 * 4096))
    run = warm.run(*command, environment={"MIR_CACHE": str(tmp_path / "cache")})
    assert run.code == 2
    assert run.err.startswith("mir: error: cannot write ")
    assert run.err.endswith(": No space left on device\n")
    assert run.err.count("\n") == 1
    assert store.problems() == []
    assert 0 < len(store.all()) < 10
    before = {evidence.claim.digest: evidence.time for evidence in store.all()}
    (full / "filler").unlink()
    assert warm.run(*command, environment={"MIR_CACHE": str(tmp_path / "cache")}).code == 0
    after = {evidence.claim.digest: evidence.time for evidence in store.all()}
    assert len(after) == 10
    assert before.items() <= after.items()


def test_a_cache_on_a_full_disk_changes_no_result(warm: Any, zoo: Path, disk: Any, tmp_path: Path) -> None:
    full = disk(64 << 10)
    (full / "filler").write_bytes(bytes(48 << 10))
    environment = {"MIR_CACHE": str(full)}
    for command in (
        (
            "verify",
            zoo,
            "--engine",
            "local",
            "--device",
            "cpu",
            "--evidence",
            tmp_path / "evidence",
            "--format",
            "json",
        ),
        ("query", "SELECT name, parameters FROM models ORDER BY ALL", "--cards", zoo),
    ):
        whole = warm.run(*command, first=warm.UNSETTLED, environment={"MIR_CACHE": str(tmp_path / "cache")})
        shutil.rmtree(tmp_path / "evidence", ignore_errors=True)
        run = warm.run(*command, first=warm.UNSETTLED, environment=environment)
        assert (run.code, run.out, run.err) == (0, whole.out, "")


def test_a_site_that_finds_no_room_leaves_the_old_one(warm: Any, zoo: Path, disk: Any) -> None:
    full = disk(32 << 20)
    command = ("site", "build", "--cards", zoo, "--out", full / "html")
    first = "import registry.publish.build as site; site.plot = lambda *_: None"
    assert warm.run(*command, first=first).code == 0
    page = full / "html" / "models" / "digits-0.html"
    old = page.read_text()
    (zoo / "0.md").write_text((zoo / "0.md").read_text().replace("25866", "25867"))
    size = shutil.disk_usage(full).free - (64 << 10)
    (full / "filler").write_bytes(bytes(size))
    run = warm.run(*command, first=first)
    assert run.code == 2, run
    assert run.err.count("\n") == 1
    assert run.err.startswith("mir: error: ")
    assert run.err.endswith("No space left on device\n")
    assert page.read_text() == old
    (full / "filler").unlink()
    assert warm.run(*command, first=first).code == 0
    assert "25867" in page.read_text()


@pytest.mark.parametrize(
    "command",
    [
        ("query", "--to", "FOLDER/all.duckdb", "--cards"),
        ("query", "--to", "FOLDER/parquet", "--cards"),
        ("evidence", "export", "--in-toto", "-o", "FOLDER/all.jsonl"),
    ],
    ids=" ".join,
)
def test_what_other_programs_write_fails_in_one_sentence_too(
    warm: Any, zoo: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """The kernel refuses what goes beyond a size, as it does on a full disk."""
    if command[0] == "evidence":
        warm.run("verify", zoo, "--engine", "local", "--device", "cpu")
    arguments = [argument.replace("FOLDER", str(tmp_path)) for argument in command]
    run = warm.run(*arguments, zoo, limits={"FSIZE": 1000}, environment={"MIR_CACHE": str(tmp_path / "cache")})
    assert run.code == 2
    assert run.err.startswith("mir: error: cannot write ")
    assert run.err.count("\n") == 1
    exports = (tmp_path / name for name in ("all.duckdb", "all.jsonl", "parquet"))
    assert not any(any(path.iterdir()) if path.is_dir() else path.exists() for path in exports)
