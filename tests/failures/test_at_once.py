"""Several runs at once, on the same evidence, cache and site: none is lost, doubled or half."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from registry.evidence import Store


def test_verify(warm: Any, zoo: Path, tmp_path: Path) -> None:
    store = Store(zoo / "evidence")

    def start() -> Any:
        return warm.start(
            *("verify", zoo, "--engine", "local", "--device", "cpu", "--format", "json"),
            environment={"MIR_CACHE": str(tmp_path / "cache")},
        )

    expected = start().end().out
    names = {path for path, _ in store.items()}
    for _ in range(3):
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        shutil.rmtree(store.folder)
        for done in [run.end() for run in [start() for _ in range(3)]]:
            assert (done.code, done.out, done.err) == (0, expected, "")
        assert store.problems() == []
        assert {path for path in store.folder.rglob("*") if path.is_file()} >= names
        assert {path for path, _ in store.items()} == names
        assert not list(store.folder.rglob("*.tmp"))


def test_site(warm: Any, zoo: Path, tmp_path: Path) -> None:
    def start() -> Any:
        return warm.start("site", "build", "--cards", zoo, "--out", tmp_path / "html", first=warm.LITTLE)

    for number in (25866, 25867):
        for card in zoo.glob("*.md"):
            card.write_text(card.read_text().replace("Parameters: 25866", f"Parameters: {number}"))
        for done in [run.end() for run in [start() for _ in range(3)]]:
            assert done.code == 0, done
        pages = [tmp_path / "html" / "models" / f"digits-{number}.html" for number in range(2)]
        assert all(str(number) in page.read_text() for page in pages)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "docs", "docs.yml", "html", "models"]


def test_repairs(warm: Any, tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    cards.mkdir()
    result = "{Task: Image Classification, Dataset: Imagenet, Metrics: {Top 1 Accuracy: 70%}}"
    for number in range(30):
        (cards / f"{number}.yml").write_text(f"Models:\n- Name: m{number}\n  Results:\n  - {result}\n")
    for done in [run.end() for run in [warm.start("check", "--fix", cards) for _ in range(3)]]:
        assert done.code in (0, 2)
        assert done.code == 0 or "it changed while it was checked" in done.err
    assert {file.read_text().count("ImageNet") for file in cards.iterdir()} == {1}


def test_questions(warm: Any, zoo: Path, tmp_path: Path) -> None:
    def start() -> Any:
        return warm.start(
            *("query", "SELECT name, parameters FROM models ORDER BY ALL", "--cards", zoo, "--format", "csv"),
            first=warm.UNSETTLED,
            environment={"MIR_CACHE": str(tmp_path / "cache")},
        )

    expected = start().end().out
    for _ in range(3):
        shutil.rmtree(tmp_path / "cache")
        for done in [run.end() for run in [start() for _ in range(4)]]:
            assert (done.code, done.out, done.err) == (0, expected, "")
