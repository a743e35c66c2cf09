from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score, root_mean_squared_error

from registry.evidence.rejudge.score import ScoreFacts, judge_score
from registry.types import PredictionsError, Quantity
from registry.verify.accuracy.score_verdict import judge
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.tasks import Regression, task_of

ORACLES = {
    "mean-absolute-error": mean_absolute_error,
    "mean-squared-error": mean_squared_error,
    "root-mean-squared-error": root_mean_squared_error,
    "r2": r2_score,
}


def gathered(outputs: int, batch: int = 16) -> tuple[Gatherer, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    right = random.normal(3, 2, (100, outputs)).astype(np.float32)
    found = right + random.normal(0, 0.7, right.shape).astype(np.float32)
    dataset: Any = SimpleNamespace(
        name="set",
        classes=(),
        names=[str(number) for number in range(100)],
        targets=right if outputs > 1 else right[:, 0],
    )
    gatherer = Gatherer(Regression(), dataset)
    for start in range(0, 100, batch):
        part = range(start, min(start + batch, 100))
        gatherer.update(part, torch.from_numpy(found[start : start + batch]))
    return gatherer, right, found


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("subject", ORACLES)
def test_metrics_are_scikit_learn_s(subject: str, outputs: int) -> None:
    gatherer, right, found = gathered(outputs)
    score = gatherer.score(subject)
    assert score.value == pytest.approx(ORACLES[subject](right, found), abs=1e-6)
    assert score.interval[0] < score.value < score.interval[1]


def test_errors_are_judged_where_less_is_better(evidence: Any) -> None:
    gatherer, _, _ = gathered(1)
    score = gatherer.score("mean-absolute-error")
    claim = replace(evidence.claim, subject="mean-absolute-error", label="MAE", kind="number")
    assert task_of(claim) == "regression"
    for text, verdict in ((f"{score.value:.4f}", "reproduced"), (f"{score.value / 2:.4f}", "refuted")):
        said = judge(replace(claim, reported=Quantity.parse(text, "number")), score)
        assert said.verdict == verdict
        assert "%" not in said.reason.partition("(")[0]


@pytest.mark.parametrize(
    ("samples", "unread", "verdict"), [(2, 1, "unverifiable"), (900, 1, "unverifiable"), (1000, 1, "refuted")]
)
def test_a_mean_of_few_says_nothing_where_one_of_them_could_not_be_read(
    samples: int, unread: int, verdict: str
) -> None:
    facts = ScoreFacts(value=21.94, samples=samples, interval=(21.0, 22.0), fewer=unread)
    assert judge_score(Quantity.parse("1.234", "number"), facts).verdict == verdict


def test_what_could_not_be_read_is_not_counted() -> None:
    gatherer, right, found = gathered(1)
    gatherer._rows[-1] = {"predicted": np.full((4, 1), np.nan, np.float32)}
    score = gatherer.score("mean-absolute-error")
    assert score.value == pytest.approx(np.abs(right - found)[:96].mean(), abs=1e-6)
    with pytest.raises(PredictionsError, match="accuracy cannot be taken"):
        gatherer.score("accuracy")
