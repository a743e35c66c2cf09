"""Kept tables are used while they hold, and only then."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from registry import file_facts
from registry.claims import claims
from registry.config import Config
from registry.evidence import Store
from registry.loader import load
from registry.loader.project import load_project
from registry.query import table_cache
from registry.types import Evidence, Measurement, UsageError


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A test cannot wait until its files are old.
    monkeypatch.setattr(file_facts, "SETTLED_NS", -(10**18))
    return tmp_path / "cache"


@pytest.fixture
def names_and_reads(zoo: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[list[str], bool]]:
    """The names of the models that are known, and whether the cards were read for it."""
    reads = []

    def counting(*arguments: object, **options: object) -> object:
        reads.append(1)
        return load_project(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(table_cache, "load_project", counting)

    def ask() -> tuple[list[str], bool]:
        before = len(reads)
        kept_tables = table_cache.open_tables([zoo], Config(), cache=cache)
        return kept_tables.tables.models.columns["name"], len(reads) > before

    return ask


ALL = ["ResNet-50", "ResNet-18", "Bare"]


def test_the_second_question_reads_no_card(names_and_reads) -> None:
    assert names_and_reads() == (ALL, True)
    assert names_and_reads() == (ALL, False)


def test_kept_tables_are_the_very_same(zoo: Path, cache: Path) -> None:
    first = table_cache.open_tables([zoo], Config(), cache=cache)
    second = table_cache.open_tables([zoo], Config(), cache=cache)
    for name, table in first.tables.named().items():
        assert second.tables.named()[name].columns == table.columns


def test_every_change_is_seen(names_and_reads, zoo: Path) -> None:
    card = zoo / "model-index.yml"
    names_and_reads()
    text = card.read_text()
    times = card.stat()
    card.write_text(text.replace("Bare", "Bars"))
    assert names_and_reads() == ([*ALL[:2], "Bars"], True)
    # The same size, and a time of writing that somebody set back: that the entry changed still shows.
    card.write_text(text.replace("Bare", "Bart"))
    os.utime(card, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert names_and_reads() == ([*ALL[:2], "Bart"], True)
    (zoo / "more.yml").write_text("Models:\n- Name: More\n")
    assert names_and_reads() == ([*ALL[:2], "Bart", "More"], True)
    assert names_and_reads()[1] is False
    (zoo / "more.yml").unlink()
    assert names_and_reads() == ([*ALL[:2], "Bart"], True)


def test_new_evidence_is_seen(names_and_reads, zoo: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The record is none that mir writes, and whether its verdict follows is not what is asked here.
    monkeypatch.setattr("registry.evidence.rejudge._form", lambda *_: iter(()))
    names_and_reads()
    claim = claims(load([zoo]))[0]
    evidence = Evidence(claim=claim, verdict="reproduced", reason="", measurement=Measurement(value=1, method="seen"))
    Store(zoo / "evidence").write(evidence)
    assert names_and_reads()[1] is True
    tables_now = table_cache.open_tables([zoo], Config(), cache=cache).tables
    assert tables_now.evidence.columns["verdict"] == ["reproduced"]
    assert tables_now.claims.columns["verdict"][0] == "reproduced"
    assert tables_now.models.columns["reproduced"] == [1, 0, 0]
    Store(zoo / "evidence").write(replace(evidence, verdict="refuted"))
    assert table_cache.open_tables([zoo], Config(), cache=cache).tables.models.columns["refuted"] == [1, 0, 0]


def test_a_damaged_cache_is_made_anew(names_and_reads, cache: Path) -> None:
    names_and_reads()
    (file,) = cache.glob("*.json")
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole.split(b"\n")[0] + b"\n{}", b"\xff", b""):
        file.write_bytes(damaged)
        assert names_and_reads() == (ALL, True)
        assert file.read_bytes() == whole


def test_files_that_were_written_a_moment_ago_are_not_trusted(zoo: Path, tmp_path: Path) -> None:
    kept_tables = table_cache.open_tables([zoo], Config(), cache=tmp_path / "other")
    assert kept_tables.place is None
    assert not (tmp_path / "other").exists()


def test_cards_from_elsewhere_are_read_each_time(names_and_reads, zoo: Path) -> None:
    (zoo.parent / ".git").mkdir()
    (zoo.parent / "else.yml").write_text("Models:\n- Name: Elsewhere\n")
    (zoo / "model-index.yml").write_text("Import: ../else.yml\n")
    assert names_and_reads() == (["Elsewhere"], True)
    (zoo.parent / "else.yml").write_text("Models:\n- Name: Changed\n")
    assert names_and_reads() == (["Changed"], True)


def test_a_card_that_is_missing_may_appear(names_and_reads, zoo: Path) -> None:
    (zoo.parent / ".git").mkdir()
    (zoo / "model-index.yml").write_text("Import: ../else.yml\nModels:\n- Name: Here\n")
    assert names_and_reads() == (["Here"], True)
    (zoo.parent / "else.yml").write_text("Models:\n- Name: There\n")
    assert sorted(names_and_reads()[0]) == ["Here", "There"]


def test_a_cache_that_cannot_be_written_only_takes_longer(names_and_reads, cache: Path) -> None:
    cache.write_text("a file where a folder should be")
    assert names_and_reads() == (ALL, True)
    assert names_and_reads() == (ALL, True)


def test_what_could_not_be_read_is_kept_too(zoo: Path, cache: Path) -> None:
    (zoo / "broken.md").write_text("<!--\nType: model-index\nModels: [\n-->\n")
    for _ in range(2):
        kept_tables = table_cache.open_tables([zoo], Config(), cache=cache)
        assert any("broken.md" in line for line in kept_tables.unread)


def test_a_path_that_does_not_exist_is_named(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(UsageError, match="there is no file or folder"):
        table_cache.open_tables([tmp_path / "nothing"], Config(), cache=cache)


def test_a_change_of_the_projects_vocabulary_is_seen(zoo: Path, cache: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.toml"
    config = Config(file=tmp_path / "pyproject.toml", vocabulary=("words.toml",))

    def kinds() -> set[str]:
        claims = table_cache.open_tables([zoo], config, cache=cache).tables.claims.columns
        return {kind for subject, kind in zip(claims["subject"], claims["kind"], strict=True) if subject == "shoe-size"}

    (zoo / "model-index.yml").write_text(
        "Models:\n- Name: a\n  Results:\n  - Task: t\n    Dataset: d\n    Metrics:\n      Shoe Size: 0.5\n"
    )
    words.write_text("")
    assert kinds() == {"number"}
    words.write_text('[metrics.shoe-size]\nname = "Shoe Size"\nkind = "ratio"\n')
    assert kinds() == {"ratio"}
