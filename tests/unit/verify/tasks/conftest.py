from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from torch import nn

from registry.claims import read_claims
from registry.evidence import Store
from registry.loader import load
from registry.verify.accuracy import EvaluationOptions, verify_accuracy
from registry.verify.builders import own
from registry.verify.builders.package import Builder
from registry.verify.outcome import Outcome
from registry.verify.rescoring import rescored
from registry.verify.run import _evidence


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Offer a model as `registry:model`."""

    def offer(build: type[nn.Module], **options: Any) -> None:
        monkeypatch.setitem(own.BUILDERS, "model", Builder(build=build, **options))

    return offer


@pytest.fixture
def measured(tmp_path: Path) -> Callable[..., dict[str, Outcome]]:
    """Evaluate one model on one data set, keep its predictions, and see that they give every number again."""

    def measure(
        task: str, dataset: str, metrics: dict[str, str], data: dict[str, Path], **settings: Any
    ) -> dict[str, Outcome]:
        lines = "".join(f"      {name}: {value}\n" for name, value in metrics.items())
        builder, weights = settings.pop("builder", "registry:model"), settings.pop("weights", "weights.pth")
        metadata = "".join(f"    {line}\n" for line in settings.pop("metadata", ["Batch Size: 1"]))
        card = tmp_path / "card.md"
        card.write_text(
            f"<!--\nType: model-index\nModels:\n- Name: model\n  Builder: {builder}\n"
            f"  Weights: {weights}\n  Metadata:\n{metadata}"
            f"  Results:\n  - Task: {task}\n    Dataset: {dataset}\n    Metrics:\n{lines}-->\n",
            encoding="utf-8",
        )
        store = Store(tmp_path / "evidence")
        options = EvaluationOptions(
            data=data, device="cpu", cache=tmp_path / "cache", predictions=store, trust=True, **settings
        )
        outcomes = list(verify_accuracy(read_claims(load([card])), options))
        for outcome in outcomes:
            assert outcome.measurement is not None, outcome.reason
            again = rescored(store, _evidence(outcome))
            assert again is not None
            assert (again.result, again.reason) == ("same", "")
        return {outcome.claim.label: outcome for outcome in outcomes}

    return measure
