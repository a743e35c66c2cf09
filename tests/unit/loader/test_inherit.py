from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from registry.loader import load

Write = Callable[[Mapping[str, str]], Path]

CARD = """\
Collections:
- Name: ResNet
  README: docs/resnet.md
  Paper: {URL: https://arxiv.org/abs/1512.03385, Title: Deep Residual Learning}
  Metadata:
    Epochs: 90
    Architecture: [Convolution]
    Training: {Optimizer: SGD, Steps: [1]}
    Layers: [a]
  Results:
  - {Task: T, Dataset: D, Metrics: {A: 1}}
Models:
- Name: resnet18
  In Collection: ResNet
  Paper: {URL: https://example.org}
  Metadata:
    Epochs: 30
    Architecture: [ReLU]
    Training: {Steps: [2], LR: 0.1}
    Layers: b
    FLOPs: 1
  Results:
  - {Task: T2, Dataset: D, Metrics: {A: 2}}
- Name: other
"""


def test_lists_are_concatenated_mappings_merged_and_the_models_value_wins(write: Write) -> None:
    model, other = load([write({"a.yml": CARD}) / "a.yml"]).models
    assert {name: field.value for name, field in model.metadata.items()} == {
        "Epochs": 30,
        "Architecture": ["Convolution", "ReLU"],
        "Training": {"Optimizer": "SGD", "Steps": [1, 2], "LR": 0.1},
        "Layers": ["a", "b"],
        "FLOPs": 1,
    }
    assert [result.task for result in model.results] == ["T", "T2"]
    assert model.fields["README"].value == "docs/resnet.md"
    assert model.fields["README"].inherited
    assert not model.metadata["Epochs"].inherited
    # A paper is one thing: its title must not be taken from another.
    assert model.fields["Paper"].value == {"URL": "https://example.org"}
    assert (dict(other.fields), dict(other.metadata), other.results) == ({}, {}, ())


def test_a_model_may_be_in_several_collections_of_other_files(write: Write) -> None:
    root = write(
        {
            "model-index.yml": "Import: ['*.json', m.yml]\n",
            "a.json": '{"Collections": [{"Name": "A", "Metadata": {"x": 1, "y": 1}}]}',
            "b.json": '{"Collections": [{"Name": "B", "Metadata": {"y": 2}}]}',
            "m.yml": "Models:\n- Name: m\n  In Collection: [A, B]\n  Metadata: {z: 3}\n",
        }
    )
    [model] = load([root / "model-index.yml"]).models
    assert (model.collection, model.get("x"), model.get("z")) == ("A", 1, 3)
    assert Path(model.metadata["x"].location.file).name == "a.json"


def test_the_collection_of_the_same_file_comes_first(write: Write) -> None:
    text = "Collections:\n- Name: C\n  Metadata: {{x: {0}}}\nModels:\n- Name: m{0}\n  In Collection: C\n"
    root = write({"a.yml": text.format(1), "b.yml": text.format(2)})
    assert [model.get("x") for model in load([root]).models] == [1, 2]
