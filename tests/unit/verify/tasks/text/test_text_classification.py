from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics

from registry.types import PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.tasks import TextClassification
from tests.unit.verify.tasks.text.small import bert, sentences, transformers

pipeline = transformers.pipeline

TEXTS = sentences(70, seed=1)


def labelled(classes: int) -> list[dict[str, Any]]:
    return [{"sentence": text, "label": at * 7 % classes, "idx": at} for at, text in enumerate(TEXTS)]


def config(classes: int) -> Any:
    names = {number: f"class {number}" for number in range(classes)}
    return bert(id2label=names, label2id={name: number for number, name in names.items()})


@pytest.mark.parametrize("sharded", [False, True])
def test_the_loop_is_the_pipeline_sample_by_sample(
    saved: Callable[..., Path], answered: Callable[..., Any], sharded: bool
) -> None:
    folder = saved("BertForSequenceClassification", config(3), **({"max_shard_size": "6KB"} if sharded else {}))
    assert (folder / "model.safetensors.index.json").is_file() == sharded
    rows = labelled(3)
    answer = answered(folder, "text-classification", {"accuracy": 0.3, "f1": 0.3}, rows)
    pipe = pipeline("text-classification", model=str(folder), top_k=None, dtype=torch.float32, device="cpu")
    outputs = pipe([row["sentence"] for row in rows], truncation=True, max_length=32)
    predictions = answer.predictions
    for at, output in enumerate(outputs):
        assert [f"class {number}" for number in predictions.arrays["top"][at]] == [one["label"] for one in output]
        scores = torch.from_numpy(predictions.arrays["scores"][at]).softmax(0)
        assert scores.tolist() == pytest.approx([one["score"] for one in output], abs=1e-5)
    accuracy, f1 = answer.outcomes
    answers = [int(output[0]["label"][-1]) for output in outputs]
    right = [row["label"] for row in rows]
    assert accuracy.measurement.value == pytest.approx(metrics.accuracy_score(right, answers))
    assert accuracy.measurement.details["data"]["columns"] == {"text": "sentence", "label": "label"}
    assert accuracy.measurement.details["stored"] == "float32"
    assert f1.measurement is None
    macro = metrics.f1_score(right, answers, average="macro")
    assert f"does not say how F1 is averaged over 3 classes, and it is macro {macro:.4f}" in f1.reason


def test_pairs_are_read_as_pairs_and_f1_is_that_of_class_1(
    saved: Callable[..., Path], answered: Callable[..., Any]
) -> None:
    folder = saved("BertForSequenceClassification", config(2), seed=5)
    rows = [
        {"premise": text, "hypothesis": other, "label": at % 2}
        for at, (text, other) in enumerate(zip(TEXTS, reversed(TEXTS), strict=True))
    ]
    claims = {"f1": 0.5, "f1_macro": 0.5, "mcc": 0.1, "precision": 0.5}
    answer = answered(folder, "natural-language-inference", claims, rows)
    pipe = pipeline("text-classification", model=str(folder), dtype=torch.float32, device="cpu")
    pairs = [{"text": row["premise"], "text_pair": row["hypothesis"]} for row in rows]
    answers = [int(output["label"][-1]) for output in pipe(pairs, truncation=True, max_length=32)]
    right = [row["label"] for row in rows]
    assert 10 < sum(answers) < 60
    values = {outcome.claim.subject: outcome.measurement for outcome in answer.outcomes}
    assert values["f1"].value == pytest.approx(metrics.f1_score(right, answers))
    assert values["f1-macro"].value == pytest.approx(metrics.f1_score(right, answers, average="macro"))
    assert values["matthews-correlation"].value == pytest.approx(metrics.matthews_corrcoef(right, answers))
    assert values["f1"].details["metric"] == {
        "library": f"scikit-learn {__import__('sklearn').__version__}",
        "name": "f1_score",
        "average": "binary",
        "zero_division": 0.0,
        "pos_label": 1,
    }


def test_weights_that_do_not_fit_are_refused(saved: Callable[..., Path], answered: Callable[..., Any]) -> None:
    folder = saved("BertForSequenceClassification", config(2))
    settings = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**settings, "num_hidden_layers": 3}))
    answer = answered(folder, "text-classification", {"accuracy": 0.5}, labelled(2))
    (outcome,) = answer.outcomes
    assert outcome.verdict == "error"
    assert "the weights do not fit the model: 16 missing: bert.encoder.layer.*." in outcome.reason


def test_half_precision_is_said_and_run_in_full(saved: Callable[..., Path], answered: Callable[..., Any]) -> None:
    folder = saved("BertForSequenceClassification", config(2))
    model = transformers.BertForSequenceClassification.from_pretrained(folder, dtype=torch.bfloat16)
    model.save_pretrained(folder)
    answer = answered(folder, "text-classification", {"accuracy": 0.5}, labelled(2))
    assert answer.outcomes[0].measurement.details["stored"] == "bfloat16"
    with torch.inference_mode():
        cut = transformers.AutoTokenizer.from_pretrained(folder)(TEXTS[0], return_tensors="pt", truncation=True)
        logits = model.float()(**cut).logits[0]
    assert sorted(answer.predictions.arrays["scores"][0]) == pytest.approx(sorted(logits.tolist()), abs=1e-5)


def test_a_folder_without_a_tokenizer_is_the_reason(saved: Callable[..., Path], answered: Callable[..., Any]) -> None:
    folder = saved("BertForSequenceClassification", config(2))
    for file in (*folder.glob("token*"), *folder.glob("vocab*"), *folder.glob("special*")):
        file.unlink()
    (outcome,) = answered(folder, "text-classification", {"accuracy": 0.5}, labelled(2)).outcomes
    assert outcome.verdict == "unverifiable"
    assert re.search("there is no tokenizer in .*: tokenizer.json", outcome.reason)


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@pytest.mark.parametrize("metric", ["f1", "precision", "recall"])
def test_averages_are_scikit_learn_s(metric: str, average: str) -> None:
    random = np.random.default_rng(0)
    right = random.integers(0, 5, 300)
    answers = np.where(random.random(300) < 0.6, right, random.integers(0, 5, 300))
    results = predictions(right, answers, 5)
    score = TextClassification().score(results, f"{metric}-{average}")
    assert score.value == pytest.approx(getattr(metrics, f"{metric}_score")(right, answers, average=average), abs=1e-12)
    assert score.interval[0] < score.value < score.interval[1]
    assert score.interval[1] - score.interval[0] < 0.2


def test_matthews_correlation_is_scikit_learn_s() -> None:
    random = np.random.default_rng(0)
    right = random.integers(0, 3, 200)
    answers = np.where(random.random(200) < 0.5, right, random.integers(0, 3, 200))
    score = TextClassification().score(predictions(right, answers, 3), "matthews-correlation")
    assert score.value == pytest.approx(metrics.matthews_corrcoef(right, answers), abs=1e-12)
    assert score.interval[0] < score.value < score.interval[1]
    with pytest.raises(PredictionsError, match="cannot be computed"):
        TextClassification().score(predictions(right, answers, 3), "bleu")


def predictions(right: Any, answers: Any, classes: int) -> KeptPredictions:
    top = np.asarray(answers)[:, None]
    return KeptPredictions(
        task="text-classification",
        model="m",
        dataset="d",
        samples=np.array([str(at) for at in range(len(right))]),
        classes=tuple(map(str, range(classes))),
        arrays={"labels": np.asarray(right), "top": top, "scores": np.zeros_like(top, np.float32)},
    )
