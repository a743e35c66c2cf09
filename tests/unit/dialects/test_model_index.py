from __future__ import annotations

from pathlib import Path

import pytest

from registry.loader import load
from registry.read import ids
from registry.types import Index


def index_of(tmp_path: Path, text: str, name: str = "card.yml") -> Index:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load([path])


@pytest.mark.parametrize(
    "text",
    [
        "Models:\n- Name: a\n  In Collection: C\n  Metadata: {Batch Size: 32}\n",
        "MODELS:\n- NAME: a\n  IN_COLLECTION: C\n  METADATA: {BATCH_SIZE: 32}\n",
        "models:\n  name: a\n  in collection: C\n  sotagentsdata: {batch size: 32}\n",
        "Name: a\nIn Collection: C\nMetadata:\n  Metadata:\n    Batch Size: 32\n",
        "Model:\n  Name: a\n  In Collection: C\n  Metadata: [{Batch Size: 1}, {Batch Size: 32}]\nType: model-index\n",
        "- Name: a\n  In Collection: C\n  Metadata: {Batch Size: 32}\n",
    ],
)
def test_keys_in_any_case_and_the_shapes_that_cards_have(tmp_path: Path, text: str) -> None:
    index = index_of(tmp_path, text)
    [model] = index.models
    assert (model.name, model.collection, model.get("Batch Size")) == ("a", "C", 32)
    assert model.metadata["Batch Size"].text == "32"
    assert index.findings == ()


def test_a_field_keeps_its_printed_key_text_and_path(tmp_path: Path) -> None:
    index = index_of(tmp_path, "models:\n- name: a\n  metadata:\n    flops: 4.10\n")
    field = index.models[0].metadata["FLOPs"]
    assert (field.name, field.key, field.value, field.text) == ("FLOPs", "flops", 4.1, "4.10")
    assert field.path == "models[0].metadata.flops"
    assert (field.location.line, field.location.column, field.key_location.column) == (4, 12, 5)


def test_two_spellings_of_a_key_are_one_key_twice(tmp_path: Path) -> None:
    index = index_of(tmp_path, "Models:\n- Name: a\n  Weights: w\n  weights: v\n")
    [finding] = index.findings
    assert (finding.rule, finding.location.line) == (ids.DUPLICATE_KEY, 4)
    assert [place.line for place in finding.related] == [3]


@pytest.mark.parametrize(
    "metrics",
    [
        "{Top 1: 56.50%, F1: 0.5}",
        "[{Name: Top 1, Value: 56.50%}, {name: F1, value: 0.5}]",
        "[{Top 1: 56.50%}, {F1: 0.5}]",
    ],
)
def test_metrics_are_mappings_or_lists(tmp_path: Path, metrics: str) -> None:
    text = f"Models:\n- Name: a\n  Results:\n    Task: {{Name: T}}\n    dataset: {{name: D}}\n    Metrics: {metrics}\n"
    [result] = index_of(tmp_path, text).models[0].results
    assert (result.task, result.dataset.name) == ("T", "D")
    assert [(metric.name, metric.text) for metric in result.metrics] == [("Top 1", "56.50%"), ("F1", "0.5")]
    assert [metric.location.line for metric in result.metrics] == [6, 6]
    assert [metric.key_location.line for metric in result.metrics] == [6, 6]


def test_what_a_result_says_beside_is_kept(tmp_path: Path) -> None:
    text = (
        "Models:\n- Name: a\n  Results:\n  - {Task: T, Dataset: D, Note: n, Metrics: [{Name: F1, Value: 1, Unit: u}]}\n"
    )
    [result] = index_of(tmp_path, text).models[0].results
    assert (result.extra, result.metrics[0].extra) == ({"Note": "n"}, {"Unit": "u"})


def test_the_library_is_read(tmp_path: Path) -> None:
    (tmp_path / "library.yml").write_text("Library:\n  Name: L2\n  website: https://example.org\n")
    index = index_of(tmp_path, "Library: library.yml\nModels: []\n")
    assert {name: field.value for name, field in index.cards[0].library.items()} == {
        "Name": "L2",
        "Website": "https://example.org",
    }


@pytest.mark.parametrize("value", ["5", "text", "[1, [2]]", "[[]]", "{a: 1}", "null", "[null, 3]", "true", "1.5"])
@pytest.mark.parametrize("key", ["Models", "Collections", "Import", "Library", "Type", "Name", "Metadata", "Results"])
def test_any_value_anywhere_is_read_without_a_fault(tmp_path: Path, key: str, value: str) -> None:
    for text in (
        f"{key}: {value}\n",
        f"Type: model-index\n{key}: {value}\n",
        f"Models:\n- Name: a\n  {key}: {value}\n",
    ):
        index_of(tmp_path, text)
    for part in ("Task", "Dataset", "Metrics"):
        index_of(tmp_path, f"Models:\n- Name: a\n  Results: [{{{part}: {value}}}]\n")


def test_metrics_in_mappings_keep_where_they_stand(tmp_path: Path) -> None:
    text = "Models:\n- Name: a\n  Results:\n  - {Task: T, Dataset: D, Metrics: {Set5: {PSNR: 30.64, SSIM: 0.8559}}}\n"
    [result] = index_of(tmp_path, text).models[0].results
    metrics = [(metric.name, metric.text, metric.within, metric.location.line) for metric in result.metrics]
    assert metrics == [("PSNR", "30.64", ("Set5",), 4), ("SSIM", "0.8559", ("Set5",), 4)]
    assert result.metrics[0].path.endswith("Metrics.Set5.PSNR")


def test_downstream_results_are_results_that_say_what_reached_them(tmp_path: Path) -> None:
    text = (
        "Models:\n- Name: mae\n  Downstream:\n  - Type: Image Classification\n    Config: c/linear.py\n"
        "    Results: [{Task: t, Dataset: d, Metrics: {Top 1 Accuracy: 60.8}}]\n"
        "  - {Type: Detection, Results: {Task: t, Dataset: d, Metrics: {AP: 1}}}\n  - name-only\n"
    )
    index = index_of(tmp_path, text)
    assert [result.downstream for result in index.models[0].results] == ["c/linear.py", "Detection"]
    assert index.findings == ()
