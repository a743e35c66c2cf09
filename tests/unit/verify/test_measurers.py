"""What a run takes for final, and tries again."""

from __future__ import annotations

from pathlib import Path

from registry.claims import read_claims
from registry.loader import load
from registry.types import Evidence, Measurement
from registry.verify.accuracy import EvaluationOptions
from registry.verify.environment import environment, with_code
from registry.verify.measurers import Counts, MeasureOptions


def test_a_file_size_is_taken_again_once_the_file_lies_beside_the_card(tmp_path: Path) -> None:
    card = tmp_path / "card.yml"
    card.write_text("Models:\n- Name: x\n  Weights: w.pth\n  Metadata: {File Size: 5 MB}\n", encoding="utf-8")
    models = read_claims(load([card]))
    counts = Counts(models, MeasureOptions(evaluation=EvaluationOptions()), lambda *_: None)
    measured = Measurement(value=4, method="count", convention="32-bit floats")
    evidence = Evidence(
        claim=models[0].claims[0],
        verdict="unverifiable",
        reason="",
        measurement=measured,
        digests=with_code({}, measured),
        environment=environment(),
    )
    assert counts.final(evidence)
    (tmp_path / "w.pth").write_bytes(b"12345")
    assert not counts.final(evidence)
