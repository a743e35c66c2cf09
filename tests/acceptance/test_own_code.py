"""A model in a file beside its card: it runs for those who trust the card, and evidence is bound to the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from registry import file_facts

Run = Callable[..., tuple[int, str, str]]

CARD = """Models:
- Name: net
  Builder: {builder}
  Metadata:
    Parameters: 13018
    Input Size: 32
    FLOPs: 600064
"""
CODE = """
from pathlib import Path
from torch import nn

Path(__file__).with_name("ran").touch()

def Net():
    layers = [nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(4), nn.Conv2d(16, 16, 3, padding=1)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * 64, {outputs}))
"""


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    folder = tmp_path / "zoo"
    folder.mkdir()
    (folder / "net.py").write_text(CODE.format(outputs=10), encoding="utf-8")
    (folder / "model-index.yml").write_text(CARD.format(builder="net.py:Net"), encoding="utf-8")
    return folder


def verdicts(mir: Run, folder: Path, *options: str) -> dict[str, dict[str, object]]:
    _, out, _ = mir("verify", folder, "--format", "json", *options)
    return {row["subject"]: row for row in json.loads(out)}


def test_code_beside_a_card_runs_only_where_it_is_trusted(zoo: Path, mir: Run) -> None:
    rows = verdicts(mir, zoo)
    assert {row["verdict"] for row in rows.values()} == {"unverifiable"}
    assert "net.py:Net is code that lies beside the card; --trust runs it" in str(rows["parameters"]["reason"])
    assert not (zoo / "ran").exists()


def test_trusted_code_is_counted_and_evidence_is_bound_to_it(
    zoo: Path, mir: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(file_facts, "SETTLED_NS", -(10**18))  # as if every file were written long ago
    rows = verdicts(mir, zoo, "--trust")
    assert (zoo / "ran").exists()
    assert {row["verdict"] for row in rows.values()} == {"reproduced"}
    assert {row["verdict"] for row in verdicts(mir, zoo).values()} == {"reproduced"}, "no code runs for that"
    assert {row["verdict"] for row in verdicts(mir, zoo).values()} == {"reproduced"}, "said again"
    (zoo / "net.py").write_text(CODE.format(outputs=11), encoding="utf-8")
    assert {row["verdict"] for row in verdicts(mir, zoo).values()} == {"unverifiable"}
    assert verdicts(mir, zoo, "--trust")["parameters"]["verdict"] == "refuted"


@pytest.mark.parametrize(
    ("builder", "reason"),
    [
        ("../net.py:Net", "there is no ../net.py in the card's folder"),
        ("other.py:Net", "there is no other.py in the card's folder"),
        ("net.py:Other", "net.py has no 'Other'; it has Net"),
        ("'net.py:'", "names no class"),
    ],
)
def test_a_file_or_a_name_that_is_not_there_is_said(zoo: Path, mir: Run, builder: str, reason: str) -> None:
    (zoo.parent / "net.py").write_text(CODE.format(outputs=10), encoding="utf-8")
    (zoo / "model-index.yml").write_text(CARD.format(builder=builder), encoding="utf-8")
    assert reason in str(verdicts(mir, zoo, "--trust")["parameters"]["reason"])
    assert not (zoo.parent / "ran").exists()
