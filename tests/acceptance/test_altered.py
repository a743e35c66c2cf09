"""Weights and records that are not what the card says: nothing measured earlier covers them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests import records

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def models(mir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The card of the digits beside its weights and evidence that was just taken."""
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("digits-cnn.md", "digits-cnn.safetensors"):
        shutil.copy(ROOT / "models" / name, folder / name)
    code, out, err = mir("verify", folder / "digits-cnn.md", "--format", "json")
    assert (code, {row["verdict"] for row in json.loads(out)}) == (0, {"reproduced"}), err
    return folder


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("options", [(), ("--force",)])
def test_weights_with_one_byte_flipped_are_an_error_of_every_claim_that_rests_on_them(
    mir, models: Path, options: tuple[str, ...]
) -> None:
    flip(models / "digits-cnn.safetensors")
    code, out, _ = mir("show", "digits-cnn", "--cards", models, "--format", "json")
    verdicts = {claim["subject"]: claim["verdict"] for claim in json.loads(out)[0]["claims"]}
    expected = {
        "parameters": "reproduced",
        "flops": "reproduced",
        "file-size": "error",
        "top-1-accuracy": "error",
        "top-5-accuracy": "error",
    }
    assert (code, verdicts) == (1, expected)
    code, out, _ = mir("verify", models / "digits-cnn.md", "--format", "json", *options)
    rows = {row["subject"]: row for row in json.loads(out)}
    assert (code, {subject: row["verdict"] for subject, row in rows.items()}) == (1, expected)
    assert "beside the card have SHA-256" in rows["top-1-accuracy"]["reason"]
    code, out, _ = mir("evidence", "check", models / "digits-cnn.md")
    assert code == 1
    assert out.count("beside the card have SHA-256") == 3


def test_it_is_an_error_too_where_the_data_is_not_here(mir, models: Path) -> None:
    card = models / "digits-cnn.md"
    card.write_text(card.read_text().replace("scikit-learn digits (samples 1437-1796)", "ImageNet"))
    flip(models / "digits-cnn.safetensors")
    code, out, _ = mir("verify", card, "--format", "json", "--only", "top-1-accuracy")
    (row,) = json.loads(out)
    assert (code, row["verdict"]) == (1, "error")
    assert "and the card says 947a0866" in row["reason"]


def test_other_weights_than_the_record_s_are_an_error_where_the_card_names_no_digest(mir, models: Path) -> None:
    card = models / "digits-cnn.md"
    lines = [line for line in card.read_text().splitlines() if "SHA256:" not in line]
    card.write_text("\n".join(lines) + "\n")
    flip(models / "digits-cnn.safetensors")
    code, out, _ = mir("show", "digits-cnn", "--cards", models)
    assert code == 1
    assert "are not those of the record" in " ".join(out.split())


@pytest.mark.parametrize("explicit", [True, False])
def test_a_link_out_of_the_folder_is_held_to_the_same_file(mir, models: Path, explicit: bool) -> None:
    card, weights = models / "digits-cnn.md", models / "digits-cnn.safetensors"
    if not explicit:
        card.write_text("".join(line for line in card.read_text().splitlines(True) if "SHA256:" not in line))
        assert mir("verify", card)[0] == 0
    elsewhere = models.parent / "elsewhere"
    weights.rename(elsewhere)
    weights.symlink_to(elsewhere)
    assert mir("show", "digits-cnn", "--cards", models)[0] == 0, "it is the same file"
    flip(elsewhere)
    code, out, _ = mir("verify", card, "--format", "json", "--only", "top-1-accuracy")
    (row,) = json.loads(out)
    assert (code, row["verdict"]) == (1, "error")
    assert "are a link to another file than" in row["reason"]
    assert mir("show", "digits-cnn", "--cards", models)[0] == 1
    code, out, _ = mir("evidence", "check", card)
    assert (code, "are a link to another file than" in out) == (1, True)


def test_a_digest_that_is_none_is_an_error_and_not_left_out(mir, models: Path) -> None:
    card = models / "digits-cnn.md"
    card.write_text(card.read_text().replace("SHA256: '947a0866", "SHA256: 'xyza0866"))
    code, out, _ = mir("verify", card, "--format", "json", "--only", "top-1-accuracy")
    (row,) = json.loads(out)
    assert (code, row["verdict"]) == (1, "error")
    assert "is no SHA-256" in row["reason"]


def test_a_size_is_read_again_where_the_file_has_another(mir, models: Path) -> None:
    card = models / "digits-cnn.md"
    forged = {"value": 204104, "details": {"chance": 1e-6, "tried": {"the file beside the card": 204104}}}

    def forge(record: dict[str, Any]) -> dict[str, Any]:
        return {**record, "measurement": {**record["measurement"], **forged}, "verdict": "refuted"}

    records.edit(models / "evidence", "file-size", forge)
    code, out, _ = mir("evidence", "check", card)
    assert (code, "have 104104 bytes, and the record says 204104" in out) == (1, True)
    code, out, _ = mir("verify", card, "--format", "json", "--only", "file-size")
    assert (code, json.loads(out)[0]["verdict"]) == (0, "reproduced")


def test_kept_predictions_that_make_another_number_are_an_error(mir, models: Path) -> None:
    card = models / "digits-cnn.md"
    assert mir("verify", card, "--predictions", "--only", "top-1-accuracy")[0] == 0
    (file,) = (models / "evidence").rglob("*.npz")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    code, out, _ = mir("verify", card, "--format", "json", "--only", "top-1-accuracy")
    (row,) = json.loads(out)
    assert (code, row["verdict"]) == (1, "error")
    assert "is not the file that was kept" in row["reason"]
    assert mir("verify", card, "--only", "top-1-accuracy", "--force")[0] == 0, "it is measured again"


def test_a_verdict_that_does_not_follow_fails_everywhere(mir, models: Path, tmp_path: Path) -> None:
    card = models / "digits-cnn.md"
    card.write_text(card.read_text().replace("97.50%", "99.90%"))
    assert mir("verify", card)[0] == 1
    assert records.read(models / "evidence", "top-1-")["verdict"] == "refuted"
    forgery = {"verdict": "reproduced", "reason": "as the card says"}
    records.edit(models / "evidence", "top-1-", lambda record: {**record, **forgery})
    message = "the verdict is reproduced, and what was measured makes refuted"

    code, out, _ = mir("evidence", "check", card)
    assert (code, message in out) == (1, True)
    code, out, _ = mir("show", "digits-cnn", "--cards", models, "--format", "json")
    (claim,) = (row for row in json.loads(out)[0]["claims"] if row["subject"] == "top-1-accuracy")
    assert (code, claim["verdict"], message in claim["evidence"]["reason"]) == (1, "error", True)
    code, _, err = mir("evidence", "export", models, "--to", "in-toto", "-o", tmp_path / "bundle.jsonl")
    assert (code, message in err) == (1, True)
    assert "reproduced" in (tmp_path / "bundle.jsonl").read_text()
    assert "99.90%" not in (tmp_path / "bundle.jsonl").read_text()
    code, _, err = mir("rescore", models)
    assert (code, message in err) == (1, True)
    code, out, _ = mir("verify", card, "--format", "json")
    rows = {row["subject"]: row["verdict"] for row in json.loads(out)}
    assert (code, rows["top-1-accuracy"]) == (1, "refuted"), "it is measured again"


def test_evidence_check_looks_at_the_records_of_the_cards_that_it_is_given(mir, models: Path) -> None:
    other = models / "other.md"
    other.write_text((models / "digits-cnn.md").read_text().replace("Name: digits-cnn\n", "Name: other\n"))
    assert mir("verify", other)[0] == 0
    code, out, _ = mir("evidence", "check", models / "digits-cnn.md")
    assert (code, out.splitlines()[0]) == (0, "5 records: 5 fresh")
    other.unlink()
    code, out, _ = mir("evidence", "check", models / "digits-cnn.md")
    assert (code, out.splitlines()[0]) == (0, "5 records: 5 fresh")
    code, out, _ = mir("evidence", "check", models)
    assert (code, "5 orphaned" in out) == (1, True)


def test_kept_answers_are_held_against_the_data(mir, models: Path) -> None:
    assert mir("verify", models / "digits-cnn.md", "--predictions")[0] == 0
    code, out, _ = mir("rescore", models, "--format", "json")
    assert (code, [row["held_against_data"] for row in json.loads(out)]) == (0, [True, True])
    (file,) = (models / "evidence").rglob("*.npz")
    from dataclasses import replace

    from registry.verify.predictions import load, save

    predictions = load(file)
    labels = predictions.arrays["labels"].copy()
    labels[:] = predictions.arrays["top"][:, 0]  # as if every answer were right
    digest = save(file, replace(predictions, arrays={**predictions.arrays, "labels": labels}))

    def swap(record: dict[str, Any]) -> dict[str, Any]:
        record["measurement"]["details"]["predictions"]["digest"] = digest
        return record

    records.edit(models / "evidence", "top-", swap)
    code, out, _ = mir("rescore", models)
    assert code == 1
    assert "9 of its right answers are not those of scikit-learn digits (samples 1437-1796)" in " ".join(out.split())


def test_what_is_set_over_the_card_is_no_verdict_on_it(mir, models: Path, tmp_path: Path) -> None:
    card = models / "digits-cnn.md"
    before = records.read(models / "evidence", "top-1-")
    code, out, _ = mir("verify", card, "--set", "Std=0.5", "--format", "json", "--only", "top-1-accuracy")
    (row,) = json.loads(out)
    assert (code, row["verdict"]) == (0, "unverifiable")
    assert "measured with Std=0.5 over the card's own" in row["reason"]
    assert records.read(models / "evidence", "top-1-") == before, "what is known of the card stays"
    code, out, _ = mir("verify", card, "--set", "Std=0.5", "--evidence", tmp_path / "new", "--format", "json")
    rows = {row["subject"]: row["verdict"] for row in json.loads(out)}
    assert (rows["top-1-accuracy"], rows["parameters"]) == ("unverifiable", "reproduced")
    record = records.read(tmp_path / "new", "top-1-")
    assert record["measurement"]["details"]["overrides"] == {"Std": "0.5"}
