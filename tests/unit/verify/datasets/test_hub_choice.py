"""Which files of a data set's repository are a split's: those that the library datasets loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from registry.download.hub_data import _by_card, _class_labels, fetch_split
from registry.download.policy import Policy
from registry.types import WeightsError
from tests.hub import FILES as ON_HUB
from tests.hub import hub

__all__ = ["hub"]

datasets = pytest.importorskip("datasets")

FILES = (
    "data/train-00000.jsonl",
    "data/test-00000-of-00002.jsonl",
    "data/test-00001-of-00002.jsonl",
    "data/test/more.jsonl",
    "film/valid.jsonl",
    "top.jsonl",
)

CONFIGS: dict[str, Any] = {
    "a star stays within a folder": [{"split": "test", "path": "data/test-*"}],
    "two stars go through folders": [{"split": "test", "path": "**/test*"}],
    "all below a folder": [{"split": "test", "path": "film/**"}],
    "several patterns": [{"split": "test", "path": ["data/test-00001*", "film/valid.jsonl"]}],
    "one of some letters": [{"split": "test", "path": "data/t[er][sa]*-0000[01]*"}],
    "a question mark": [{"split": "test", "path": "???.jsonl"}],
    "no split": "film/*.jsonl",
    "a list of files": ["film/*.jsonl", "top.jsonl"],
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    for name in FILES:
        (tmp_path / "data set" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data set" / name).write_text(json.dumps({"text": name}) + "\n")
    return tmp_path / "data set"


def loaded(repository: Path, configs: list[dict[str, Any]], config: str | None, split: str) -> list[str]:
    (repository / "README.md").write_text(f"---\n{yaml.safe_dump({'configs': configs})}---\n")
    rows = datasets.load_dataset(str(repository), config, split=split, cache_dir=str(repository.parent / "cache"))
    return list(rows["text"])


@pytest.mark.parametrize("name", CONFIGS)
def test_patterns_choose_what_the_library_loads(repository: Path, name: str) -> None:
    configs = [{"config_name": "default", "data_files": CONFIGS[name]}]
    split = "train" if name in ("no split", "a list of files") else "test"
    ours = _by_card({"configs": configs}, FILES, None, split)
    assert ours is not None
    assert sorted(ours[0]) == sorted(loaded(repository, configs, None, split))


def test_a_folder_of_a_configuration_and_the_one_that_is_meant(repository: Path) -> None:
    configs: list[dict[str, Any]] = [
        {"config_name": "film", "data_dir": "film", "data_files": [{"split": "test", "path": "*.jsonl"}]},
        {"config_name": "other", "data_files": [{"split": "test", "path": "top.jsonl"}]},
    ]
    for config in ("film", "other"):
        ours = _by_card({"configs": configs}, FILES, config, "test")
        assert ours is not None
        assert list(ours[0]) == loaded(repository, configs, config, "test")
    with pytest.raises(ValueError, match="Config name is missing"):
        loaded(repository, configs, None, "test")
    with pytest.raises(WeightsError, match="has the configurations film, other, and the card names none"):
        _by_card({"configs": configs}, FILES, None, "test")
    configs[1]["default"] = True
    ours = _by_card({"configs": configs}, FILES, None, "test")
    assert ours is not None
    assert list(ours[0]) == loaded(repository, configs, None, "test") == ["top.jsonl"]


def test_classes_of_a_card_are_the_library_s() -> None:
    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "label": datasets.ClassLabel(names=["no", "yes", "maybe"]),
            "tags": datasets.List(datasets.ClassLabel(names=["O", "B-PER"])),
        }
    )
    info = datasets.DatasetInfo(features=features)._to_yaml_dict()
    labels = _class_labels({"dataset_info": yaml.safe_load(yaml.safe_dump(info))}, None)
    assert labels["label"]["names"] == ["no", "yes", "maybe"]
    assert labels["tags"]["feature"]["names"] == ["O", "B-PER"]
    assert "text" not in labels


def test_a_gated_data_set_is_said_to_be_gated(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        ON_HUB, "datasets/lab/secret@main", {"README.md": b"---\nlicense: mit\n---\n", "test.parquet": b"x"}
    )
    monkeypatch.setattr("tests.hub.GATED", {"datasets/lab/secret"})
    policy = Policy(private_hosts=(f"127.0.0.1:{hub.port}",))
    with pytest.raises(WeightsError, match=r"hf://datasets/lab/secret.* is gated: ask for access .* set HF_TOKEN"):
        fetch_split("lab/secret", None, None, None, policy, lambda names, *_: (names, "test"))
