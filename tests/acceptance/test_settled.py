"""A run on which everything is settled is said again, and only while nothing that it rests on has changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from registry import file_facts
from registry.verify import triage

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def models(mir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A card with evidence of its counts, whose files were written long enough ago."""
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(file_facts, "SETTLED_NS", -(10**18))
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(ROOT / "models" / "alexnet.md", folder)
    assert mir("verify", folder)[0] == 0
    return folder


def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Filled with the claims whose evidence is looked at."""
    subjects: list[str] = []
    real = triage.earlier

    def earlier(records, claim, digests):
        subjects.append(claim.subject)
        return real(records, claim, digests)

    monkeypatch.setattr(triage, "earlier", earlier)
    return subjects


def test_the_second_run_says_what_the_first_said(mir, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = mir("verify", models)
    subjects = looked(monkeypatch)
    assert mir("verify", models) == first
    assert subjects == []
    code, out, _ = mir("verify", models, "--format", "json")
    assert (code, len(json.loads(out)), len(subjects)) == (0, 4, 4), "another form is another run"


@pytest.mark.parametrize("change", ["card", "evidence", "another card", "--force", "--data"])
def test_it_is_not_said_again_when_something_changed(
    mir, models: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    assert mir("verify", models)[0] == 0
    subjects = looked(monkeypatch)
    options: list[str] = []
    card = models / "alexnet.md"
    if change == "card":
        card.write_text(card.read_text().replace("61100840", "61100841"))
    elif change == "evidence":
        next((models / "evidence").glob("*.json")).unlink()
    elif change == "another card":
        shutil.copy(card, models / "other.md")
    elif change == "--force":
        options = ["--force"]
    else:
        options = ["--data", f"imagenet={models}"]
    code, out, _ = mir("verify", models, *options)
    assert subjects
    assert code == (1 if change == "card" else 0), out


def test_a_refuted_claim_is_said_again_with_its_exit_code(mir, models: Path) -> None:
    card = models / "alexnet.md"
    card.write_text(card.read_text().replace("61100840", "61100841"))
    first = mir("verify", models)
    second = mir("verify", models)
    assert (first[0], second[0], mir("verify", models)) == (1, 1, second)
