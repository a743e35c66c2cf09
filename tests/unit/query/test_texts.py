"""Papers, architectures, training data and the like can be asked for, and what no card says is named."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry
from registry.query.database import unreported
from registry.query.expression import ExpressionError
from registry.query.model_search import Search
from registry.query.registry_tables import Tables, tables

CARD = """
Collections:
- Name: DINO
  Paper: {Title: DETR with Improved DeNoising, URL: https://arxiv.org/abs/2203.03605}
  Year: 2022
  License: Apache-2.0
  Metadata: {Architecture: [ResNet, Transformer], Training Data: COCO}
Models:
- {Name: dino-4scale, In Collection: DINO, Config: configs/dino.py, Code: https://github.com/a/b}
- {Name: bare}
"""


@pytest.fixture
def known(tmp_path: Path) -> Tables:
    (tmp_path / "card.yml").write_text(CARD)
    return tables(registry.load(tmp_path / "card.yml"), [])


@pytest.mark.parametrize("key", ["License", "Licence", "license"])
def test_a_licence_is_found_under_each_of_its_names(key: str, tmp_path: Path) -> None:
    (tmp_path / "card.yml").write_text(f"Models:\n- {{Name: a, {key}: MIT}}\n")
    asked = Search(tables(registry.load(tmp_path / "card.yml"), []))
    assert len(asked.find("license = mit").candidates) == 1


@pytest.mark.parametrize(
    "expression",
    [
        "paper ~ 2203.03605",
        "paper ~ denoising",
        "architecture = transformer",
        "architecture = ResNet",
        "'training data' = COCO",
        "training_data ~ coco",
        "training-data != missing",
        "config = configs/dino.py",
        "code ~ github",
        "date = 2022",
        "year >= 2022",
        "date < 2022-12 or date = 2022-12",
        "not date > 2022",
        "licence = apache-2.0",
    ],
)
def test_texts_are_found(known: Tables, expression: str) -> None:
    search = Search(known)
    found = search.find(expression)
    assert [row["name"] for row in search.rows(found)] == ["dino-4scale"]
    assert search.unreported(found) == []


def test_what_is_no_date_is_refused(known: Tables) -> None:
    with pytest.raises(ExpressionError, match="'soon' is no date; write 2021, 2021-05 or 2021-05-17"):
        Search(known).find("date > soon")


def test_what_no_card_reports_is_named(known: Tables) -> None:
    search = Search(known)
    assert search.unreported(search.find("parameters > 5M or top1 > 1 and name = x")) == [
        "parameters",
        "top-1-accuracy",
    ]
    assert unreported(known, "SELECT name, parameters, paper FROM models") == ["parameters"]
    assert known.models.row(0)["architecture"] == "ResNet; Transformer"
