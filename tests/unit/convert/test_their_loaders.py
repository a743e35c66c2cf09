"""What we write is read by the formats' own loaders, and they report the same values."""

from __future__ import annotations

from decimal import Decimal

import modelindex
import pytest
import yaml
from huggingface_hub import EvalResultEntry, ModelCard
from huggingface_hub._eval_results import parse_eval_result_entries

import registry
from registry.convert import convert

CARD = """\
---
license: apache-2.0
tags: [vision]
model-index:
- name: distil
  results:
  - task: {type: text-classification, name: Text Classification}
    dataset: {name: GLUE, type: nyu-mll/glue, config: sst2, split: validation, revision: bcdcba7, args: {language: en}}
    metrics:
    - {type: accuracy, value: 0.9130, name: Accuracy, verified: true, verifyToken: eyJh, args: {top: 1}, config: full}
    - {type: loss, value: 0.39}
    source: {name: Leaderboard, url: https://example.org}
---

# Distil
"""


@pytest.fixture
def cards(corpora):
    return registry.load([corpora / "timm", corpora / "mmpretrain"])


def reported(index, *, values=False):
    """Task, data set, metric and value of every result, by model; empty values only where they are asked for."""
    results = {}
    for model in index.models:
        rows = [
            (result.task, result.dataset.name, metric.name, metric.value)
            for result in model.results
            for metric in result.metrics
            if values or metric.value is not None
        ]
        results.setdefault(model.name, []).extend(rows)
    return results


def number(value):
    """A percentage as the number that the Hub's formats have: points above one, a fraction below."""
    if not isinstance(value, str):
        return value
    points = Decimal(value.removesuffix("%"))
    return float(points if points > 1 else points / 100)


def test_huggingface_hub_reads_every_published_card_that_we_write(cards):
    outputs = convert(cards, "huggingface").outputs
    results = {}
    for output in outputs:
        data = ModelCard(output.text).data
        results.setdefault(data.model_name, []).extend(
            (result.task_name, result.dataset_name, result.metric_name, result.metric_value)
            for result in data.eval_results or ()
        )
    expected = {name: [(*rest, number(value)) for *rest, value in rows] for name, rows in reported(cards).items()}
    assert results == expected


def test_huggingface_hub_reads_all_fields_of_a_result(tmp_path):
    file = tmp_path / "README.md"
    file.write_text(CARD)
    (output,) = convert(registry.load(file), "huggingface").outputs
    before, after = ModelCard(CARD), ModelCard(output.text)
    assert after.data.to_dict() == before.data.to_dict()
    assert [vars(result) for result in after.data.eval_results] == [vars(result) for result in before.data.eval_results]
    assert after.text.strip() == before.text.strip()


def test_huggingface_hub_reads_our_eval_results(tmp_path):
    file = tmp_path / "README.md"
    file.write_text(CARD)
    (output,) = convert(registry.load(file), "eval-results").outputs
    assert output.file == "distil/.eval_results/results.yaml"
    assert parse_eval_result_entries(yaml.safe_load(output.text)) == [
        EvalResultEntry(
            dataset_id="nyu-mll/glue",
            task_id="sst2",
            value=0.913,
            dataset_revision="bcdcba7",
            verify_token="eyJh",
            source_url="https://example.org",
            source_name="Leaderboard",
        )
    ]


@pytest.mark.parametrize("suffix", [".yml", ".json", ".md"])
def test_pypi_model_index_reads_what_we_write(corpora, tmp_path, suffix):
    index = registry.load(corpora / "timm")
    results, models = {}, 0
    for output in convert(index, "model-index", suffix=suffix).outputs:
        file = tmp_path / output.file
        file.write_text(output.text)
        for model in modelindex.load(str(file)).models:
            models += 1
            metadata = model.full_model.metadata.data if model.full_model.metadata else {}
            values = [
                (result.task, result.dataset, name, value)
                for result in model.results or ()
                for name, value in result.metrics.items()
            ]
            results[model.name] = values, metadata
    assert models == 261
    assert {name: values for name, (values, _) in results.items()} == reported(index, values=True)
    for model in index.models:
        _, metadata = results[model.name]
        assert {name: field.value for name, field in model.metadata.items()} == metadata


def test_pypi_model_index_reads_results_that_come_from_the_hub(tmp_path):
    file = tmp_path / "README.md"
    file.write_text(CARD)
    (output,) = convert(registry.load(file), "model-index", suffix=".yml").outputs
    target = tmp_path / "model.yml"
    target.write_text(output.text)
    (model,) = modelindex.load(str(target)).models
    (result,) = model.results
    assert (result.task, result.dataset, result.metrics) == (
        "Text Classification",
        "GLUE",
        {"Accuracy": 0.913, "loss": 0.39},
    )
