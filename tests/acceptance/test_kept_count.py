"""`mir count` gives again what it counted of a library's model, without torch, while all code is as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from registry import file_facts
from registry.cli import kept_count
from registry.cli.kept_count import KeptCount

MODEL = "torchvision:squeezenet1_1"


def count(folder: Path, *options: str, cache: Path) -> tuple[bytes, bool]:
    """What is printed, and whether torch was imported for it."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "registry", "count", MODEL, *options],
        cwd=folder,
        env={**os.environ, "MIR_CACHE": str(cache)},
        capture_output=True,
        check=True,
    )
    return done.stdout, any(line.split(b"|")[-1].strip() == b"torch" for line in done.stderr.splitlines())


def test_it_is_given_again_without_torch_in_every_form(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    cache = tmp_path / "cache"
    first, anew = count(tmp_path / "here", "--format", "json", cache=cache)
    assert anew
    assert count(tmp_path / "here", "--format", "json", cache=cache) == (first, False)
    forms = [(), ("--explain", "352M"), ("--all-conventions", "--by-layer")]
    counts = [count(tmp_path / "here", *form, cache=cache) for form in forms]
    assert not any(anew for _, anew in counts)
    assert count(tmp_path / "here", *forms[1], "--no-cache", cache=cache) == (counts[1][0], True)
    (file,) = cache.rglob("*.json")
    file.write_bytes(file.read_bytes()[:-7])
    assert count(tmp_path / "here", "--format", "json", cache=cache) == (first, True), "garbage is counted again"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """As in a process that counts one model, with a cache of its own."""
    monkeypatch.setattr(kept_count, "_ALONE", True)
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def test_another_input_and_other_code_are_counted(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = KeptCount.of(MODEL, (), ())
    assert count is not None
    count.keep({"counts": {}}, ["own"])
    assert count.counted() == ({"counts": {}}, ["own"])
    others = [KeptCount.of(MODEL, ("3x64x64",), ()), KeptCount.of(MODEL, (), ("a=1",)), KeptCount.of("timm:a", (), ())]
    assert [other.counted() for other in others if other is not None] == [None] * 3
    monkeypatch.setattr(file_facts, "sys", type("Other", (), {"version": "another", "executable": "", "path": []}))
    changed = KeptCount.of(MODEL, (), ())
    assert changed is not None
    assert changed.counted() is None


@pytest.mark.parametrize("builder", ["./own.py:Net", "mine:net", "transformers:folder", "torch.export:a.pt2"])
def test_what_depends_on_the_callers_files_is_not_kept(alone: Path, builder: str) -> None:
    (alone / "here" / "folder").mkdir()
    assert KeptCount.of(builder, (), ()) is None


def test_nothing_is_kept_beside_the_callers_own_module_or_in_his_repository(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (alone / "here" / "torchvision.py").touch()
    assert KeptCount.of(MODEL, (), ()) is None
    (alone / "here" / "torchvision.py").unlink()
    assert KeptCount.of(MODEL, (), ()) is not None
    monkeypatch.setenv("MIR_CACHE", str(alone / "here" / "cache"))
    assert KeptCount.of(MODEL, (), ()) is None
