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
def registry_tables(tmp_path: Path) -> Tables:
    (tmp_path / "card.yml").write_text(CARD)
    return tables(registry.load(tmp_path / "card.yml"), [])


@pytest.mark.parametrize("key", ["License", "Licence", "license"])
def test_a_licence_is_found_under_each_of_its_names(key: str, tmp_path: Path) -> None:
    (tmp_path / "card.yml").write_text(f"Models:\n- {{Name: a, {key}: MIT}}\n")
    search = Search(tables(registry.load(tmp_path / "card.yml"), []))
    assert len(search.find("license = mit").candidates) == 1


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
def test_texts_are_found(registry_tables: Tables, expression: str) -> None:
    search = Search(registry_tables)
    answer = search.find(expression)
    assert [row["name"] for row in search.rows(answer)] == ["dino-4scale"]
    assert search.unreported(answer) == []


def test_what_is_no_date_is_refused(registry_tables: Tables) -> None:
    with pytest.raises(ExpressionError, match="'soon' is no date; write 2021, 2021-05 or 2021-05-17"):
        Search(registry_tables).find("date > soon")


def test_what_no_card_reports_is_named(registry_tables: Tables) -> None:
    search = Search(registry_tables)
    assert search.unreported(search.find("parameters > 5M or top1 > 1 and name = x")) == [
        "parameters",
        "top-1-accuracy",
    ]
    assert unreported(registry_tables, "SELECT name, parameters, paper FROM models") == ["parameters"]
    assert registry_tables.models.row(0)["architecture"] == "ResNet; Transformer"
