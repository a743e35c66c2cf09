"""What `mir convert --to json` writes is read back, with the same models, numbers and inheritance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import registry
from registry.convert import convert
from registry.types import Index, UsageError

CARD = """
Library: {Name: zoo}
Collections:
- Name: Net
  Paper: https://arxiv.org/abs/1512.03385
  Metadata: {Training Techniques: [SGD], Training Data: ImageNet, Options: {a: 1}}
  Results: [{Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 70.10}}]
Models:
- Name: a
  In Collection: Net
  Weights: https://example.org/a.pth
  Metadata: {Training Techniques: [Dropout], Parameters: 25.60M, Options: {b: 2}}
  Results: [{Task: t, Dataset: d, Metrics: {Set5: {PSNR: 30.10, SSIM: 0.9}}}]
- Name: b
  In Collection: Net
"""


def read_back(index: Index, folder: Path) -> Index:
    [output] = convert(index, "json").outputs
    folder.mkdir()
    (folder / "cards.json").write_text(output.text)
    return registry.load(folder)


def test_models_come_back_with_what_they_say_and_what_they_inherit(tmp_path: Path) -> None:
    (tmp_path / "card.yml").write_text(CARD)
    before = registry.load(tmp_path / "card.yml")
    after = read_back(before, tmp_path / "out")
    assert after.findings == ()
    assert [finding.rule for finding in registry.check(tmp_path / "out")] == ["MIR406"]
    assert after.cards[0].library["Name"].value == "zoo"
    for one, other in zip(before.models, after.models, strict=True):
        assert (one.name, one.collection, one.dialect) == (other.name, other.collection, other.dialect)
        assert {name: field.value for name, field in one.metadata.items()} == {
            name: field.value for name, field in other.metadata.items()
        }
        assert {name: field.inherited for name, field in one.fields.items()} == {
            name: field.inherited for name, field in other.fields.items()
        }
        numbers = [[(m.name, m.text, m.within) for m in result.metrics] for result in one.results]
        assert numbers == [[(m.name, m.text, m.within) for m in result.metrics] for result in other.results]
    assert convert(before, "model-index").outputs[0].text == convert(after, "model-index").outputs[0].text


@pytest.mark.parametrize("name", ["mmpretrain", "openmmlab/mmselfsup", "model-index-examples/option2-yaml"])
def test_whole_zoos_come_back(corpora: Path, tmp_path: Path, name: str) -> None:
    before = registry.load(corpora / name)
    after = read_back(before, tmp_path / "out")
    one, other = (json.loads(convert(index, "json").outputs[0].text)["cards"] for index in (before, after))
    assert [model for card in one for model in card["models"]] == [model for card in other for model in card["models"]]


def test_nobody_writes_it_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "card.yml").write_text(CARD)
    with pytest.raises(UsageError, match="no format 'cards-json'"):
        convert(registry.load(tmp_path / "card.yml"), "cards-json")
