from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from registry.claims import claims
from registry.evidence import Store, digests
from registry.loader import load
from registry.types import Evidence, Measurement
from registry.verify.audit import Audited, audit
from registry.verify.environment import with_code
from registry.verify.golden import golden_counts

CARD = """<!--
Type: model-index
Models:
- Name: Small
  Weights: small.bin
  Metadata:
    Parameters: 1234
    FLOPs: 5678
-->
"""


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "small.md").write_text(CARD)
    (folder / "small.bin").write_bytes(b"weights")
    store = Store(folder / "evidence")
    for claim in claims(load([folder])):
        measurement = Measurement(value=int(claim.reported.value), method="count")
        bound = {"weights": digests.of_bytes(b"weights"), "dataset": digests.of_bytes(b"elsewhere")}
        store.write(
            Evidence(
                claim=claim,
                verdict="reproduced",
                reason="Exactly.",
                measurement=measurement,
                digests=with_code(bound, measurement),
                time="2026-01-02T03:04:05Z",
            )
        )
    return folder


def audited(models: Path) -> dict[str, Audited]:
    records = audit(load([models]), Store(models / "evidence"))
    return {
        record.file.name if record.evidence is None else record.evidence.claim.subject: record for record in records
    }


def test_nothing_changed(models: Path) -> None:
    records = audited(models)
    assert records.keys() == {"parameters", "flops"}
    for record in records.values():
        assert (record.state, record.reasons, record.unknown) == ("fresh", (), ("dataset",))
        assert set(record.compared) == {"claim", "code", "weights"}


def test_a_changed_number(models: Path) -> None:
    (models / "small.md").write_text(CARD.replace("5678", "5,679").replace("<!--", "moved\n\n<!--"))
    records = audited(models)
    assert records["parameters"].state == "fresh"
    assert records["flops"].state == "stale"
    assert records["flops"].reasons == ("the claim changed: the card says 5,679, the evidence is about 5678",)


def test_changed_weights(models: Path) -> None:
    (models / "small.bin").write_bytes(b"others")
    assert {record.state for record in audited(models).values()} == {"stale"}
    (models / "small.bin").unlink()
    records = audited(models)
    assert {record.state for record in records.values()} == {"fresh"}
    assert records["flops"].unknown == ("dataset", "weights")


@pytest.mark.parametrize("weights", ["../outside.bin", "/etc/hostname", "file:///etc/hostname", "a\\0b", "[1]", "''"])
def test_weights_outside_of_the_cards_folder_are_not_read(models: Path, weights: str) -> None:
    (models.parent / "outside.bin").write_bytes(b"weights")
    (models / "small.md").write_text(CARD.replace("small.bin", weights))
    assert "weights" in audited(models)["flops"].unknown


def test_changed_code(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden_counts, "_added_up", lambda: "other")
    for record in audited(models).values():
        assert record.state == "stale"
        assert record.reasons[0].startswith("the code changed")


def test_a_claim_that_no_card_makes(models: Path) -> None:
    (models / "small.md").write_text(CARD.replace("    FLOPs: 5678\n", ""))
    records = audited(models)
    assert (records["flops"].state, records["parameters"].state) == ("orphaned", "fresh")


def test_what_is_not_valid(models: Path) -> None:
    store = Store(models / "evidence")
    (file, _), _ = store.items()
    whole = json.loads(file.read_text())
    next(iter(whole["records"].values()))["signed_off"] = True
    file.write_text(json.dumps(whole))
    (store.folder / "foreign.json").write_text("[]")
    records = list(audit(load([models]), store))
    assert sorted(record.state for record in records) == ["fresh", "invalid", "invalid"]
    assert any("'signed_off' was unexpected" in reason for record in records for reason in record.reasons)


def test_the_command_without_torch_and_numpy(models: Path) -> None:
    def check(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = (
            "import sys\n"
            "for name in ('torch', 'torchvision', 'numpy', 'safetensors'): sys.modules[name] = None\n"
            "from registry.cli import main; main()"
        )
        return subprocess.run(
            [sys.executable, "-c", code, "evidence", "check", *arguments], capture_output=True, text=True, check=False
        )

    run = check(str(models))
    assert (run.returncode, run.stdout, run.stderr) == (0, "2 records: 2 fresh\nnot compared here: dataset (2)\n", "")
    (models / "small.md").write_text(CARD.replace("5678", "5679"))
    run = check(str(models / "small.md"), "--format", "json")
    assert run.returncode == 1
    states = {row["subject"]: (row["state"], row["verdict"]) for row in json.loads(run.stdout)}
    assert states == {"flops": ("stale", "reproduced"), "parameters": ("fresh", "reproduced")}
    run = check(str(models / "nowhere"))
    assert (run.returncode, run.stdout) == (2, "")
    run = check(str(models), "--evidence", str(models / "nowhere"))
    assert (run.returncode, run.stdout) == (2, "")
    assert "there is no file or folder" in run.stderr
