"""A card that asks for the moving average of the weights later makes evidence of the weights themselves stale."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from registry.claims import read_claims
from registry.evidence import Store, digests, stale
from registry.evidence.rejudge.sampling import wilson
from registry.loader import load
from registry.types import Evidence, Index, Measurement
from registry.verify.accuracy.dataset_cache import DatasetCache
from registry.verify.accuracy.dependencies import current_digests
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.audit import audit
from registry.verify.basis import evaluation_digest

CARD = """\
Models:
- Name: digits-cnn
  Builder: registry:digits-cnn
  Weights: {{URL: digits-cnn.safetensors{ema}}}
  Results:
    Task: Image Classification
    Dataset: scikit-learn digits (samples 1437-1796)
    Metrics: {{Top 1 Accuracy: 97.50%}}
"""


def index_of(folder: Path, *, ema: bool) -> Index:
    folder.mkdir(exist_ok=True)
    (folder / "card.yml").write_text(CARD.format(ema=", EMA: true" if ema else ""), encoding="utf-8")
    return load([folder / "card.yml"])


def test_what_was_asked_before_is_known() -> None:
    assert evaluation_digest("fp32") == digests.of_json({"samples": "all", "precision": "fp32"}), "kept evidence has it"


@pytest.mark.parametrize("asked", [True, False])
def test_asking_for_the_average_later_makes_evidence_stale(asked: bool, tmp_path: Path) -> None:
    before, after = (index_of(tmp_path / name, ema=ema) for name, ema in (("a", not asked), ("b", asked)))
    ((claim,),) = [model_claims.claims for model_claims in read_claims(before)]
    evidence = Evidence(
        claim=claim,
        verdict="reproduced",
        reason="",
        measurement=Measurement(value=0.975, method="evaluate", samples=360, interval=wilson(351, 360)),
        digests={"claim": claim.digest, "evaluation": evaluation_digest("fp32", average=not asked)},
        time="2026-01-01T00:00:00Z",
    )
    ((model, later),) = [(model_claims.model, model_claims.claims[0]) for model_claims in read_claims(after)]
    now = current_digests(model, later, EvaluationOptions(cache=tmp_path / "cache"), DatasetCache({}, None))
    assert any("evaluation changed" in reason for reason in stale(evidence, later, now))
    store = Store(tmp_path / "evidence")
    store.write(replace(evidence, claim=later))
    (state,) = audit(after, store)
    assert any("moving average" in reason for reason in state.reasons), state
    assert not any("moving average" in reason for state in audit(before, store) for reason in state.reasons)
