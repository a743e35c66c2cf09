"""`mir check` says again what it said, byte for byte, while everything is as it was, and else looks anew."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CARD = """Collections:
- Name: Nets
  Metadata: {{Architecture: [ResNet]}}
  README: configs/{name}/README.md
Models:
- Name: {name}
  In Collection: Nets
  Config: configs/{name}/{name}.py
  Metadata: {{Parameters: 25557032, FLOPs: 4100000000}}
  Results:
  - {{Task: Image Classification, Dataset: ImageNet-1k, Metrics: {{Top 1 Accuracy: 76.1}}}}
"""


class Zoo:
    """A folder of cards, and `mir check` as a shell runs it."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder, self.cache = folder, cache

    def check(self, *options: str, cache: Path | None = None) -> tuple[int, bytes, bytes]:
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "registry", "check", *options],
            cwd=self.folder,
            env={**os.environ, "MIR_CACHE": str(cache or self.cache)},
            capture_output=True,
            check=False,
        )
        lines = done.stderr.splitlines(keepends=True)
        self.anew = any(line.rstrip().endswith(b"registry.checks") for line in lines)
        return done.returncode, done.stdout, b"".join(line for line in lines if not line.startswith(b"import time:"))

    def kept(self) -> list[Path]:
        return sorted(self.cache.rglob("*.json"))


@pytest.fixture
def zoo(tmp_path: Path) -> Zoo:
    folder = tmp_path / "zoo"
    for name in ("a", "b"):
        (folder / "configs" / name).mkdir(parents=True)
        (folder / "configs" / name / "metafile.yml").write_text(CARD.format(name=name))
        (folder / "configs" / name / "other.py").touch()
    (folder / "model-index.yml").write_text("Import:\n- configs/a/metafile.yml\n- configs/b/metafile.yml\n")
    return Zoo(folder, tmp_path / "cache")


def test_it_is_said_again_in_the_same_bytes_and_no_rule_is_imported(zoo: Zoo) -> None:
    for options in ((), ("--format", "json"), ("--select", "MIR6")):
        first = zoo.check(*options)
        assert zoo.anew
        assert zoo.check(*options) == first
        assert not zoo.anew, "it was said again"
        assert zoo.check(*options, "--no-cache") == first
        assert zoo.anew
    assert len(zoo.kept()) == 3


CHANGES = {
    "a card": lambda folder: _edit(folder / "configs/b/metafile.yml", "76.1", "7.61"),
    "a comment": lambda folder: _edit(folder / "configs/b/metafile.yml", "Models:", "# new\nModels:"),
    "the index": lambda folder: _edit(folder / "model-index.yml", "- configs/b/metafile.yml\n", ""),
    "a file that a card names": lambda folder: (folder / "configs/a/a.py").touch(),
    "a file beside one that is missing": lambda folder: (folder / "configs/a/aa.py").touch(),
    "a configuration": lambda folder: (folder / "mir.toml").write_text('ignore = ["MIR402"]\n'),
    "a configuration beside a card": lambda folder: (folder / "configs/mir.toml").write_text('ignore = ["MIR4"]\n'),
    "a card too many": lambda folder: shutil.copy(folder / "configs/a/metafile.yml", folder / "configs/a/more.yml"),
    "what git leaves out": lambda folder: (folder / ".gitignore").write_text("configs/b\n"),
    "a repository": lambda folder: subprocess.run(["git", "init", "-q", folder], check=True),
}


def _edit(file: Path, before: str, after: str) -> None:
    file.write_text(file.read_text().replace(before, after))


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_seen(zoo: Zoo, change: str) -> None:
    options = ("--format", "json", ".")
    zoo.check(*options)
    CHANGES[change](zoo.folder)
    zoo.check(*options)
    assert zoo.anew


def test_what_git_tracks_is_seen(zoo: Zoo) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", zoo.folder, *words], check=True, capture_output=True)
        index = zoo.folder / ".git" / "index"
        if index.exists():  # its times tell only after a while
            os.utime(index, ns=(10**18, 10**18))

    git("init", "-q")
    git("add", "model-index.yml", "configs/a")
    before = zoo.check()
    assert b"is not tracked by git" in before[1]
    git("add", ".")
    after = zoo.check()
    assert b"is not tracked by git" not in after[1]
    assert after == zoo.check("--no-cache")


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"\0" * 10_000, "half", "another's"])
def test_garbage_is_rebuilt(zoo: Zoo, garbage: bytes | str) -> None:
    first = zoo.check()
    (file,) = zoo.kept()
    good = file.read_bytes()
    if garbage == "another's":
        zoo.check("--format", "json")
        (other,) = set(zoo.kept()) - {file}
        other.replace(file)
    else:
        file.write_bytes(good[: len(good) // 2] if garbage == "half" else garbage)
    assert zoo.check() == first
    assert zoo.anew
    assert file.read_bytes() == good
    assert zoo.check() == first
    assert not zoo.anew


def test_no_cache_of_the_tree_that_is_checked_is_trusted_or_written(zoo: Zoo) -> None:
    zoo.check()
    planted = zoo.folder / "cache"
    shutil.copytree(zoo.cache, planted)
    for inside in (planted, zoo.folder / "configs" / "new"):
        zoo.check(cache=inside)
        assert zoo.anew
    assert not (zoo.folder / "configs" / "new").exists()
    zoo.check("configs", cache=planted)
    assert zoo.anew, "nor one of the repository that the folder is in"


def test_runs_at_the_same_time_agree(zoo: Zoo) -> None:
    command = [sys.executable, "-m", "registry", "check", "--format", "json"]
    environment = {**os.environ, "MIR_CACHE": str(zoo.cache)}
    runs = [subprocess.Popen(command, cwd=zoo.folder, env=environment, stdout=subprocess.PIPE) for _ in range(4)]
    assert len({run.communicate()[0] for run in runs}) == 1
    assert len(zoo.kept()) == 1


def test_a_cache_that_cannot_be_written_changes_nothing(zoo: Zoo) -> None:
    zoo.cache.write_text("in the way")
    first = zoo.check()
    assert zoo.check() == first
    assert first == zoo.check("--no-cache")


def test_it_stays_small(zoo: Zoo) -> None:
    folder = zoo.cache / "checked"
    folder.mkdir(parents=True)
    for number in range(250):
        (folder / f"{number}.json").write_text("")
        os.utime(folder / f"{number}.json", (number, number))
    zoo.check()
    assert len(zoo.kept()) <= 200
    zoo.check()
    assert not zoo.anew, "the newest stays"
