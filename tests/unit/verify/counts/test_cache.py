"""A second run neither builds nor runs a model, and a damaged or unwritable cache is only slower."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.verify.builders import target
from registry.verify.counts import measure
from registry.verify.counts.inputs import Input
from registry.verify.counts.measure import CountJob, count_model
from registry.verify.counts.trace_cache import TraceCache

JOB = CountJob(target=target("torchvision:alexnet"), inputs=(Input(size=(3, 224, 224), rule="224", surprise=0),))


def refuse(*arguments: object) -> None:
    raise AssertionError("the model was built")


def test_the_second_run_builds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = count_model(JOB, TraceCache(tmp_path))
    monkeypatch.setattr(measure, "build", refuse)
    assert count_model(JOB, TraceCache(tmp_path)) == first


@pytest.mark.parametrize("damage", [b"", b"no pickle", b"\x80\x05N."])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: bytes) -> None:
    first = count_model(JOB, TraceCache(tmp_path))
    for file in tmp_path.iterdir():
        file.write_bytes(damage)
    assert count_model(JOB, TraceCache(tmp_path)) == first
    assert all(len(file.read_bytes()) > len(damage) for file in tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert count_model(JOB, TraceCache(tmp_path / "file")) == count_model(JOB, TraceCache(None))


def test_nothing_is_kept_of_code_that_may_change_beneath_its_version(tmp_path: Path) -> None:
    own = CountJob(target=target("registry:digits-cnn"), inputs=(Input(size=(1, 8, 8), rule="224", surprise=0),))
    count_model(own, TraceCache(tmp_path))
    assert not list(tmp_path.iterdir())
