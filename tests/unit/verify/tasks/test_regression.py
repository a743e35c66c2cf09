from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score, root_mean_squared_error
from torch import nn

from registry.evidence.rejudge.sampling import wilson
from registry.evidence.rejudge.score import ScoreFacts, judge_score
from registry.types import DatasetError, PredictionsError, Quantity
from registry.verify.accuracy.outcomes import judge
from registry.verify.datasets import find
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.predictions import KeptPredictions
from registry.verify.tasks import Regression, Score, task_of

ORACLES = {
    "mean-absolute-error": mean_absolute_error,
    "mean-squared-error": mean_squared_error,
    "root-mean-squared-error": root_mean_squared_error,
    "r2": r2_score,
}


def gathered(outputs: int, batch: int = 16) -> tuple[Gatherer, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    right = random.normal(3, 2, (100, outputs)).astype(np.float32)
    answers = right + random.normal(0, 0.7, right.shape).astype(np.float32)
    dataset: Any = SimpleNamespace(
        name="set",
        classes=(),
        names=[str(number) for number in range(100)],
        targets=right if outputs > 1 else right[:, 0],
    )
    gatherer = Gatherer(Regression(), dataset)
    for start in range(0, 100, batch):
        part = range(start, min(start + batch, 100))
        gatherer.update(part, torch.from_numpy(answers[start : start + batch]))
    return gatherer, right, answers


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("subject", ORACLES)
def test_metrics_are_scikit_learn_s(subject: str, outputs: int) -> None:
    gatherer, right, answers = gathered(outputs)
    score = gatherer.score(subject)
    assert score.value == pytest.approx(ORACLES[subject](right, answers), abs=1e-6)
    assert score.interval[0] < score.value < score.interval[1]


def test_errors_are_judged_where_less_is_better(evidence: Any) -> None:
    gatherer, _, _ = gathered(1)
    score = gatherer.score("mean-absolute-error")
    claim = replace(evidence.claim, subject="mean-absolute-error", label="MAE", kind="number")
    assert task_of(claim) == "regression"
    for text, verdict in ((f"{score.value:.4f}", "reproduced"), (f"{score.value / 2:.4f}", "refuted")):
        judgement = judge(replace(claim, reported=Quantity.parse(text, "number")), score)
        assert judgement.verdict == verdict
        assert "%" not in judgement.reason.partition("(")[0]


@pytest.mark.parametrize(
    ("samples", "unread", "verdict"), [(2, 1, "unverifiable"), (900, 1, "unverifiable"), (1000, 1, "refuted")]
)
def test_a_mean_of_few_says_nothing_where_one_of_them_could_not_be_read(
    samples: int, unread: int, verdict: str
) -> None:
    facts = ScoreFacts(value=21.94, samples=samples, interval=(21.0, 22.0), fewer=unread)
    assert judge_score(Quantity.parse("1.234", "number"), facts).verdict == verdict


class Line(nn.Linear):
    def __init__(self) -> None:
        super().__init__(10, 1)


def diabetes(folder: Path) -> tuple[Path, nn.Module, np.ndarray, np.ndarray]:
    """A line through scikit-learn's diabetes, which the table holds with another column before and behind."""
    dataset = load_diabetes()
    model = Line()
    with torch.no_grad():
        fit = LinearRegression().fit(dataset.data[:300], dataset.target[:300])
        model.weight.copy_(torch.tensor(fit.coef_[None]))
        model.bias.fill_(float(fit.intercept_))
        answers = model(torch.tensor(dataset.data[300:], dtype=torch.float32)).numpy()[:, 0]
    rows = [",".join(["id", *dataset.feature_names, "target"])]
    for number, (row, right) in enumerate(zip(dataset.data[300:], dataset.target[300:], strict=True)):
        rows.append(",".join([str(number), *map(repr, map(float, row)), repr(float(right))]))
    (folder / "test.csv").write_text("\n".join(rows))
    return folder / "test.csv", model, dataset.target[300:], answers


@pytest.mark.parametrize(("batch", "workers"), [(1, 0), (16, 2)])
def test_a_card_s_errors_are_reproduced_from_a_table(
    tmp_path: Path, offered: Callable[..., None], measured: Callable[..., Any], batch: int, workers: int
) -> None:
    table, model, right, answers = diabetes(tmp_path)
    torch.save(model.state_dict(), tmp_path / "weights.pth")
    offered(Line)
    names = {"MAE": "mean-absolute-error", "RMSE": "root-mean-squared-error", "R2": "r2", "MSE": "mean-squared-error"}
    expected = {name: float(ORACLES[subject](right, answers)) for name, subject in names.items()}
    claims = {name: f"{value:.4f}" for name, value in expected.items()} | {"MSE": "2000.5"}
    outcomes = measured("Regression", "Diabetes", claims, {"diabetes": table}, batch_size=batch, workers=workers)
    for name, value in expected.items():
        assert outcomes[name].measurement.value == pytest.approx(value, rel=1e-6), name
        assert outcomes[name].verdict == ("refuted" if name == "MSE" else "reproduced"), outcomes[name].reason
    assert outcomes["MAE"].measurement.details["data"]["columns"]["target"] == "target"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "nothing says which of the columns a, b is to be predicted; name that one 'target'"),
        ("a,b,y\n1,x,2\n", "the column b has a cell that is no number"),
        ("y\n1\n", "there is no column of numbers beside it"),
        ("a,target,y\n1,2,3\n", "nothing says which of the columns"),
    ],
)
def test_a_table_that_does_not_say_what_is_foretold(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "test.csv").write_text(text)
    with pytest.raises(DatasetError, match=message):
        find("Diabetes", {"diabetes": tmp_path / "test.csv"}, answers="numbers")


@pytest.mark.parametrize("off", [0.0, 0.5])
def test_numbers_that_are_all_the_same(off: float) -> None:
    right = np.full((20, 1), 3.0, np.float32)
    samples = np.array([str(number) for number in range(20)])
    arrays = {"predicted": right + np.float32(off), "target": right}
    predictions = KeptPredictions(task="regression", model="", dataset="", samples=samples, classes=(), arrays=arrays)
    assert Regression().score(predictions, "r2").value == r2_score(right, right + off)
    one = replace(predictions, samples=samples[:1], arrays={name: array[:1] for name, array in arrays.items()})
    assert Regression().score(one, "mean-absolute-error").value == off
    with pytest.raises(PredictionsError, match="r2 has no value where there is one sample"):
        Regression().score(one, "r2")


def test_what_could_not_be_read_is_not_counted() -> None:
    gatherer, right, answers = gathered(1)
    gatherer._rows[-1] = {"predicted": np.full((4, 1), np.nan, np.float32)}
    score = gatherer.score("mean-absolute-error")
    assert score.value == pytest.approx(np.abs(right - answers)[:96].mean(), abs=1e-6)
    with pytest.raises(PredictionsError, match="accuracy cannot be computed"):
        gatherer.score("accuracy")


def test_an_output_that_is_no_number_is_no_sample_left_out() -> None:
    gatherer, _, answers = gathered(1)
    answers = torch.from_numpy(answers[:4].copy())
    answers[1] = torch.nan
    gatherer.update(range(4), answers)
    for subject in ORACLES:
        with pytest.raises(PredictionsError, match="output for 1 of 104 samples is no number"):
            gatherer.score(subject)
    gatherer, _, _ = gathered(1)
    gatherer.unreadable(0)
    assert gatherer.score("r2").samples == 101


def test_an_interval_that_a_task_leaves_out_is_wilson_s_or_the_value() -> None:
    assert Score(value=0.5, samples=4, right=2).interval == wilson(2, 4)
    assert Score(value=7.5, samples=4).interval == (7.5, 7.5)
    with pytest.raises(PredictionsError, match="comes to nan, which is no number"):
        Score(value=float("nan"), samples=4)
