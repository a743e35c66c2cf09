"""Published cards load whole, and without a complaint about reading them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import registry
from registry.read import read
from registry.types import walk


@pytest.mark.parametrize(
    ("folder", "models", "collections", "cards"),
    [
        ("timm", 261, 63, 63),
        ("mmpretrain", 548, 84, 85),
        ("mmpretrain/model-index.yml", 548, 84, 85),
        ("model-index-examples/option1-markdown/model-index.yml", 3, 2, 3),
        ("model-index-examples/option2-yaml/model-index.yml", 3, 2, 1),
        ("seed", 1, 1, 1),
    ],
)
def test_every_model_is_found(corpora: Path, folder: str, models: int, collections: int, cards: int) -> None:
    index = registry.load(corpora / folder)
    assert (len(index.models), len(index.collections), len(index.cards)) == (models, collections, cards)
    assert index.findings == ()
    assert all(model.name and model.metadata for model in index.models)
    assert all(Path(model.base).is_dir() for model in index.models)


def test_the_paths_of_openmmlab_start_from_the_root_index(corpora: Path) -> None:
    index = registry.load(corpora / "mmpretrain")
    assert {model.base for model in index.models} == {str((corpora / "mmpretrain").resolve())}
    assert {model.dialect for model in index.models} == {"metafile"}


def test_values_are_those_of_the_safe_loader_and_printed_where_they_are_said_to_be(corpora: Path) -> None:
    files = [path for path in corpora.rglob("*") if path.suffix in (".yml", ".md", ".mdx")]
    assert len(files) > 150
    for path in files:
        for document in read(path, path.name):
            text = document.source.text
            assert document.root == yaml.load(text[document.start : document.end], Loader=yaml.SafeLoader)
            for at, node, key, value in walk(document.root):
                if not isinstance(value, dict | list):
                    mark = node.marks[key]  # type: ignore[index, call-overload]
                    printed = yaml.safe_load(text[mark.start : mark.end])
                    if text[mark.start] in "|>":  # what ends a block scalar depends on the indentation around it
                        printed, value = printed.rstrip(), value.rstrip()
                    assert printed == value, (path, at)


def test_the_seed_keeps_every_value_and_place(corpora: Path) -> None:
    [model] = registry.load(corpora / "seed" / "alexnet.md").models
    assert (model.name, model.collection) == ("AlexNet", "AlexNet")
    assert {name: model.metadata[name].text for name in ("FLOPs", "Parameters", "LR")} == {
        "FLOPs": "1429383808",
        "Parameters": "61100840",
        "LR": "0.2",
    }
    assert model.fields["Paper"].value == "1404.5997"
    assert [(metric.name, metric.text) for metric in model.results[0].metrics] == [
        ("Top 1 Accuracy", "56.55%"),
        ("Top 5 Accuracy", "79.09%"),
    ]
    assert str(model.metadata["FLOPs"].location).endswith("alexnet.md:21:12")
