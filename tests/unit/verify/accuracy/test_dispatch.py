"""Jobs that go to workers as plain data, and workers that one model takes down with it."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry.claims import ModelClaims, read_claims
from registry.evidence import Store
from registry.loader import load
from registry.types import Measurement
from registry.verify.accuracy import EvaluationOptions, verify_accuracy
from registry.verify.accuracy.answer import Answer
from registry.verify.accuracy.dispatch import JobPayload, _held
from registry.verify.accuracy.options import SECONDS_FOR_A_MODEL
from registry.verify.engines import EngineTask, Failure
from registry.verify.engines.engine import call
from registry.verify.outcome import Outcome

ROOT = Path(__file__).resolve().parents[4]


class Fragile:
    """Workers that die of the model called `bad`."""

    in_process = False

    def __init__(self) -> None:
        self.tried: list[tuple[list[str], float | None]] = []

    def cores(self, gpus: float) -> int | None:
        return 1

    def place(self, device: str) -> tuple[str, float]:
        return device, 0

    def attempt(
        self, function: Callable[[Any], Any], take: Callable[[], EngineTask[Any] | None]
    ) -> Iterator[tuple[EngineTask[Any], Any]]:
        while (task := take()) is not None:
            evaluate, errand = pickle.loads(pickle.dumps((function, task.item)))
            assert isinstance(errand, JobPayload)
            names = [model_claims.model.name for model_claims in errand.work]
            self.tried.append((names, task.resources.seconds))
            if "bad" in names:
                yield task, Failure(reason="its process died", lost=True, where="somewhere")
            else:
                yield task, call(evaluate, errand)


def test_a_model_that_takes_its_worker_down_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    shutil.copy(ROOT / "models" / "digits-cnn.safetensors", tmp_path)
    entry = (
        "  Builder: registry:digits-cnn\n  Weights: digits-cnn.safetensors\n  Results:\n"
        "  - EngineTask: Image Classification\n    Dataset: scikit-learn digits (samples 1437-1796)\n"
        "    Metrics: {Top 1 Accuracy: 97.50%}\n"
    )
    (tmp_path / "cards.yml").write_text("Models:\n" + "".join(f"- Name: {name}\n{entry}" for name in ("a", "bad", "b")))
    engine, store, calls = Fragile(), Store(tmp_path / "evidence"), []
    options = EvaluationOptions(
        device="cpu", cache=tmp_path / "cache", predictions=store, progress=lambda *call: calls.append(call)
    )
    outcomes = {
        outcome.claim.model: outcome
        for outcome in verify_accuracy(read_claims(load([tmp_path])), options, engine=engine)
    }
    assert {name: outcome.verdict for name, outcome in outcomes.items()} == {
        "a": "reproduced",
        "bad": "error",
        "b": "reproduced",
    }
    assert outcomes["bad"].reason == "tried 3 times: its process died"
    group, alone = (["a", "bad", "b"], 3 * SECONDS_FOR_A_MODEL), SECONDS_FOR_A_MODEL
    assert engine.tried[:3] == [group] * 3
    assert sorted(engine.tried[3:]) == [(["a"], alone), (["b"], alone), *[(["bad"], alone)] * 3]
    assert {(done, models) for done, models, _ in calls} == {(1, 3), (2, 3), (3, 3)}
    files = [outcomes[name].measurement.details["predictions"]["file"] for name in ("a", "b")]
    assert all((tmp_path / "evidence" / file).is_file() for file in files)


def test_what_a_worker_was_not_asked_is_no_answer(tmp_path: Path) -> None:
    entry = "- Name: {}\n  Results: {{Task: Image Classification, Dataset: D, Metrics: {{Top 1 Accuracy: 97.50%}}}}\n"
    (tmp_path / "cards.yml").write_text("Models:\n" + entry.format("asked") + entry.format("other"))
    asked, other = read_claims(load([tmp_path]))

    def said(*works: ModelClaims) -> tuple[Answer, ...]:
        outcomes = [Outcome(claim=claim, verdict="error", reason="x") for work in works for claim in work.claims]
        return tuple(Answer(outcomes=(outcome,)) for outcome in outcomes)

    assert _held(said(asked), [asked]) == said(asked)
    (alone,) = said(asked)
    (outcome,) = alone.outcomes
    measured = Measurement(value=0.5, method="evaluate", samples=100, interval=(0.4, 0.6))
    better = replace(alone, outcomes=(replace(outcome, verdict="reproduced", measurement=measured),))
    result = _held((better,), [asked])
    assert isinstance(result, Failure)
    assert "contradicts itself" in result.reason
    for wrong in (said(other), said(asked, other), said(asked, asked), ()):
        assert isinstance(_held(wrong, [asked]), Failure)
