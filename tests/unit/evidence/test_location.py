from __future__ import annotations

import json
from pathlib import Path

import pytest

from registry.config import Config
from registry.evidence import Store
from registry.evidence.claim_key import evidence_folder
from registry.types import UsageError

CARD = "Models:\n- Name: digits-cnn\n  Builder: registry:digits-cnn\n  Metadata: {Parameters: 25866}\n"


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of cards in a folder of a repository whose evidence lies above it."""
    folder = tmp_path / "repository" / "models" / "digits"
    folder.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    (folder / "card.yml").write_text(CARD)
    store(tmp_path / "repository" / "models" / "evidence")
    monkeypatch.chdir(tmp_path / "repository")
    return Path("models", "digits")


def store(folder: Path) -> None:
    folder.mkdir()
    (folder / "alexnet-93ba7032.json").write_text("{}")


def test_the_nearest_store_is_found_and_named_as_the_cards_are(cards: Path, tmp_path: Path) -> None:
    assert evidence_folder(cards, Config()) == Path("models/evidence")
    assert evidence_folder(cards / "card.yml", Config()) == Path("models/evidence")
    full = tmp_path / "repository" / "models"
    assert evidence_folder(full / "digits", Config()) == full / "evidence"
    store(full / "digits" / "evidence")
    assert evidence_folder(cards, Config()) == cards / "evidence"


def test_a_new_store_is_made_beside_the_cards(cards: Path, tmp_path: Path) -> None:
    Path("models/evidence/alexnet-93ba7032.json").rename(Path("models/evidence/picture.png"))
    store(tmp_path / "evidence")  # outside of the repository
    assert evidence_folder(cards, Config()) == cards / "evidence"


def test_a_store_above_that_is_a_link_out_of_the_project_is_refused(cards: Path, tmp_path: Path) -> None:
    Path("models/evidence").rename(tmp_path / "evidence")
    Path("models/evidence").symlink_to(tmp_path / "evidence")
    with pytest.raises(UsageError, match="models/evidence is a link out of its project"):
        evidence_folder(cards, Config())


def test_every_command_finds_it(mir, cards: Path) -> None:
    Path("models/evidence/alexnet-93ba7032.json").unlink()
    assert mir("verify", "models")[0] == 0
    (record,) = Store(Path("models/evidence")).all()
    code, out, _ = mir("verify", cards, "--format", "json")
    assert (code, [row["verdict"] for row in json.loads(out)]) == (0, ["reproduced"])
    assert not (cards / "evidence").exists()
    assert "1 fresh" in mir("evidence", "check", cards)[1]
    assert "reproduced" in mir("show", "digits-cnn", cards)[1]
    assert "reproduced" in mir("evidence", "show", cards)[1]
    assert "reproduced" in mir("query", "SELECT verdict FROM evidence", cards)[1]
    assert "reproduced" in mir("evidence", "report", cards)[1]
    assert record.claim.location.file == "digits/card.yml"
