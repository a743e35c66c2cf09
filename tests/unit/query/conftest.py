"""A small registry to ask."""

from pathlib import Path

import pytest

from registry.config import Config
from registry.loader import load
from registry.query.model_search import Search
from registry.query.registry_tables import Tables, tables

CARDS = """\
Collections:
- Name: ResNet
Library:
  Name: mmzoo
Models:
- Name: ResNet-50
  In Collection: ResNet
  Metadata:
    Parameters: 25557032
    FLOPs: 4.1 GFLOPs
    File Size: 98 MB
  Results:
  - Task: Image Classification
    Dataset: ImageNet
    Metrics:
      Top 1 Accuracy: 76.13%
      Top 5 Accuracy: 92.86%
  - Task: Image Classification
    Dataset: CIFAR-10
    Metrics:
      Top 1 Accuracy: 95.0%
- Name: ResNet-18
  In Collection: ResNet
  Metadata:
    Parameters: 11689512
    FLOPs: 1.8 GFLOPs
  Results:
  - Task: Image Classification
    Dataset: ImageNet-1k
    Metrics:
      Top 1 Accuracy: 69.76%
      Dice Coefficient: 0.5
- Name: Bare
"""


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    folder = tmp_path / "zoo"
    folder.mkdir()
    (folder / "model-index.yml").write_text(CARDS)
    return folder


@pytest.fixture
def registry_tables(zoo: Path) -> Tables:
    return tables(load([zoo]), [])


@pytest.fixture
def search(registry_tables: Tables) -> Search:
    return Search(registry_tables)


@pytest.fixture
def config() -> Config:
    return Config()
