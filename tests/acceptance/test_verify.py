"""`mir verify` as a user meets it: the customer's card, the digits card, and everything that can be wrong."""

import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """A copy of the registry's first two cards, in a repository of their own."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("alexnet.md", "digits-cnn.md", "digits-cnn.safetensors"):
        shutil.copy(ROOT / "models" / name, folder)
    (tmp_path / ".git").mkdir()
    return folder


def _rows(out: str) -> dict[tuple[str, str], dict[str, object]]:
    return {(row["model"], row["subject"]): row for row in json.loads(out)}


def test_the_customers_card_and_the_digits_card(mir, cards: Path) -> None:
    code, out, _ = mir("verify", cards, "--device", "cpu", "--format", "json")
    rows = _rows(out)
    assert code == 0

    parameters = rows["AlexNet", "parameters"]
    assert (parameters["reported"], parameters["measured"], parameters["verdict"]) == (
        "61100840",
        61100840,
        "reproduced",
    )
    flops = rows["AlexNet", "flops"]
    assert (flops["reported"], flops["measured"]) == ("1429383808", 1429383808)
    assert flops["verdict"] == "reproduced"
    assert flops["convention"] == "2 x thop 0.0.31, 224x224"
    assert (Path(flops["file"]).name, flops["line"], flops["column"]) == ("alexnet.md", 21, 12)
    for subject in ("top-1-accuracy", "top-5-accuracy"):
        accuracy = rows["AlexNet", subject]
        assert (accuracy["verdict"], accuracy["measured"]) == ("unverifiable", None)
        assert "--data imagenet=" in str(accuracy["reason"]).lower()

    digits = {subject: row for (model, subject), row in rows.items() if model == "digits-cnn"}
    assert {subject: row["verdict"] for subject, row in digits.items()} == dict.fromkeys(
        ("parameters", "flops", "file-size", "top-1-accuracy", "top-5-accuracy"), "reproduced"
    )
    assert digits["top-1-accuracy"]["samples"] == 360


def test_evidence_is_written_once_and_used_again(mir, cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mir("verify", cards, "--only", "parameters,flops")[0] == 0
    files = {file: file.stat().st_mtime_ns for file in (cards / "evidence").rglob("*.json")}
    assert len(files) == 2
    assert mir("verify", cards, "--only", "parameters,flops")[0] == 0
    assert {file: file.stat().st_mtime_ns for file in files} == files
    # A record's time has whole seconds, and the same record is not written again.
    monkeypatch.setattr("registry.verify.run.now", lambda: "2030-01-01T00:00:00Z")
    assert mir("verify", cards, "--only", "parameters,flops", "--force")[0] == 0
    assert all(file.stat().st_mtime_ns > before for file, before in files.items())


def test_a_wrong_number_is_refuted_and_the_exit_code_says_so(mir, cards: Path) -> None:
    card = cards / "alexnet.md"
    card.write_text(card.read_text().replace("Parameters: 61100840", "Parameters: 61100841"), encoding="utf-8")
    code, out, _ = mir("verify", card, "--only", "parameters", "--format", "json")
    (row,) = json.loads(out)
    assert (code, row["verdict"], row["measured"]) == (1, "refuted", 61100840)


def test_the_table_names_verdict_and_convention(mir, cards: Path) -> None:
    code, out, err = mir("verify", cards / "alexnet.md", "--only", "parameters,flops")
    assert (code, err) == (0, "")
    assert "2 x thop 0.0.31, 224x224" in out
    assert out.splitlines()[-1] == "2 claims: 2 reproduced"


def test_weights_with_another_hash_are_refused_and_both_named(mir, cards: Path) -> None:
    card = cards / "digits-cnn.md"
    text = card.read_text()
    start = text.index("SHA256: '") + len("SHA256: '")
    digest = text[start : start + 64]
    card.write_text(text.replace(digest, "0" * 64), encoding="utf-8")
    code, out, _ = mir("verify", card, "--only", "top-1-accuracy", "--format", "json")
    (row,) = json.loads(out)
    assert (code, row["verdict"]) == (1, "error")
    assert digest[:8] in row["reason"]
    assert "00000000" in row["reason"]


@pytest.mark.parametrize(
    ("change", "subject", "verdict", "reason"),
    [
        (("Builder: registry:digits-cnn", "Builder: nolib:thing"), "flops", "unverifiable", "nolib"),
        (("Builder: registry:digits-cnn", "Builder: registry:nothing"), "flops", "unverifiable", "digits-cnn"),
        (("Builder: registry:digits-cnn", "Builder: nolib:thing"), "parameters", "reproduced", "25866"),
        (("Weights: digits-cnn.safetensors", "Weights: gone.safetensors"), "top-1-accuracy", "unverifiable", "gone"),
    ],
)
def test_what_cannot_be_had_is_unverifiable_with_its_name(
    mir, cards: Path, change: tuple[str, str], subject: str, verdict: str, reason: str
) -> None:
    card = cards / "digits-cnn.md"
    card.write_text(card.read_text().replace(*change), encoding="utf-8")
    code, out, _ = mir("verify", card, "--only", subject, "--format", "json")
    (row,) = json.loads(out)
    assert (code, row["verdict"]) == (0, verdict)
    assert reason in row["reason"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nowhere.md",), "nowhere.md"),
        (("models", "--only", "beauty"), "no card claims 'beauty'"),
        (("models", "--model", "ResNet"), "no card has a model named 'ResNet'"),
        (("models", "--data", "imagenet"), "it must be NAME=VALUE"),
        (("models", "--data", "imagenet=nowhere"), "there is no such folder"),
        (("models", "--device", "abacus"), "abacus"),
        (("models", "--format", "poem"), "poem"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    mir, cards: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], reason: str
) -> None:
    monkeypatch.chdir(cards.parent)
    code, out, err = mir("verify", *arguments)
    assert (code, out) == (2, "")
    assert reason in err
    assert not (cards / "evidence").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<!--\nType: model-index\nModels:\n- Name: [\n-->\n", ":5:1: MIR004"),
        ("<!--\nType: model-index\nModels:\n- Metadata:\n    FLOPs: 3\n-->\n", "without Name"),
    ],
)
def test_a_card_that_cannot_be_read_is_named_with_its_line(mir, tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "card.md").write_text(text, encoding="utf-8")
    code, _, err = mir("verify", tmp_path / "card.md")
    assert code == 1
    assert "card.md" in err
    assert reason in err


def test_a_folder_without_a_card_says_so(mir, tmp_path: Path) -> None:
    code, _, err = mir("verify", tmp_path)
    assert code == 1
    assert "no" in err
    assert str(tmp_path.name) in err or "." in err


def test_a_folder_that_cannot_be_written_is_named(mir, cards: Path) -> None:
    # A file in the folder's place refuses the superuser too.
    (cards / "evidence").write_text("", encoding="utf-8")
    code, _, err = mir("verify", cards, "--only", "parameters")
    assert code == 2
    assert "evidence" in err
    assert (cards / "evidence").read_text(encoding="utf-8") == ""


def test_numbers_that_are_none_are_said_to_be_left_out(mir, cards: Path) -> None:
    card = cards / "alexnet.md"
    card.write_text(card.read_text().replace("FLOPs: 1429383808", "FLOPs: banana"), encoding="utf-8")
    code, out, err = mir("verify", card, "--only", "parameters", "--format", "json")
    assert code == 0
    assert [row["subject"] for row in json.loads(out)] == ["parameters"]
    assert "alexnet.md:21:12: FLOPs of AlexNet is no number" in err
