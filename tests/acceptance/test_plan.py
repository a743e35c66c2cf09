"""`mir verify --plan` says what `mir verify` then does, and leaves everything as it was."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from registry.evidence import Store

ROOT = Path(__file__).resolve().parents[2]

Run = Callable[..., tuple[int, str, str]]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two of the registry's own cards and their evidence, where there is no network."""

    def refuse(*_: object) -> None:
        raise AssertionError("a plan asked for the network")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("COLUMNS", "160")  # runners of tests set 80
    folder = tmp_path / "models"
    (folder / "torchvision").mkdir(parents=True)
    for name in ("digits-cnn.md", "digits-cnn.safetensors", "torchvision/alexnet.md"):
        shutil.copy(ROOT / "models" / name, folder / name)
    return folder


def test_a_plan_of_new_cards_names_work_costs_and_obstacles_and_writes_nothing(cards: Path, mir: Run) -> None:
    before = contents(cards)
    code, out, err = mir("verify", cards, "--plan")
    assert (code, err) == (0, "")
    assert "scikit-learn digits (samples 1437-1796)" in out
    assert "reused      0 claims" in out
    assert "there is no evidence yet" in out
    assert "ImageNet is not here; give its folder with --data imagenet=PATH" in out
    assert "0 B; 1 of 1 file here" in out
    assert "433 MFLOPs" not in out  # nobody has counted it: the card's FLOPs may be multiply-adds
    assert "FLOPs       433 to 866 MFLOPs" in out  # 360 samples of 1203200 FLOPs
    assert "no estimate, because the evidence holds no measured speed" in out
    assert contents(cards) == before


def test_a_plan_foretells_what_the_run_measures_and_the_next_plan_that_it_is_done(cards: Path, mir: Run) -> None:
    _, out, _ = mir("verify", cards, "--plan", "--format", "json")
    plan = json.loads(out)
    code, out, _ = mir("verify", cards, "--format", "json", "--engine", "local")
    rows = json.loads(out)
    assert code == 0
    hopeless = sum(group["claims"] for group in plan["unverifiable"])
    assert sum(job["claims"] for job in plan["jobs"]) + hopeless == len(rows)
    evaluated = [row for row in rows if row["dataset"] and row["measured"] is not None]
    assert [job["claims"] for job in plan["jobs"] if job["kind"] == "evaluate"] == [len(evaluated)]
    # A plan names the task before the reason.
    reasons = Counter({group["reason"].partition(": ")[2]: group["claims"] for group in plan["unverifiable"]})
    assert reasons == Counter(row["reason"] for row in rows if row["dataset"] and row["measured"] is None)
    _, out, _ = mir("verify", cards, "--plan", "--format", "json")
    again = json.loads(out)
    assert again["jobs"] == []
    assert sum(again["reused"].values()) == len(rows) - hopeless


def test_the_estimate_comes_from_what_was_measured(cards: Path, mir: Run) -> None:
    mir("verify", cards, "--model", "digits-cnn", "--engine", "local")
    store = Store(cards / "evidence")
    for _, evidence in list(store.items()):
        if evidence.claim.dataset is not None and evidence.measurement is not None:
            # As if each of the 360 samples had taken 10 ms in the model, and reading them 1.8 s.
            details = {**evidence.measurement.details, "speed": {"answering": 3.6, "reading": 1.8}}
            store.write(replace(evidence, measurement=replace(evidence.measurement, details=details)))
    code, out, _ = mir("verify", cards, "--plan", "--force", "--format", "json")
    assert code == 0
    (estimate,) = json.loads(out)["estimates"]
    assert estimate["seconds"] == pytest.approx([5.4, 5.4])
    assert estimate["flops_per_second"] == pytest.approx([120_320_000.0] * 2)
    _, out, _ = mir("verify", cards, "--plan", "--force")
    assert "5.4 seconds on one" in out
