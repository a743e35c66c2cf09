from __future__ import annotations

import os
from pathlib import Path

import pytest

from registry.loader import load
from registry.read import ids
from registry.types import UsageError
from tests.unit.loader.told import ALEXNET, VGG, Write, names, told


def test_a_folder_is_searched_for_cards_of_all_dialects(write: Write) -> None:
    root = write(
        {
            "README.md": "# Cards\nprose",
            "hf/README.md": "---\nmodel-index:\n- name: bert\n  results: []\n---\n",
            "hf/.eval_results/hle.yaml": "- dataset: {id: cais/hle}\n  value: 20.90\n",
            "configs/x/metafile.yml": VGG,
            "docs/alexnet.md": f"<!--\nType: model-index\n{ALEXNET}-->\n",
            "compose.yml": "services: {models: {image: x}}\n",
            "other/models.yml": "models:\n- {title: not ours}\n",
            "broken/mkdocs.yml": "nav: a: b\n",
            "conf/train.yaml": "model:\n  name: cfa\n  lr: 1e-5\n",
            "templates/model_card_template.md": "---\n# Filled in\n{{ card_data }}\n---\nlicense: {{ x }}\n",
            "stats.json": '{"' + "k" * 300 + '": 1, "language": 2}',
            "broken/latin.md": "# caf\n",
            "package.json": '{"name": "x", "version": 1}',
            ".hidden/card.yml": ALEXNET,
            "node_modules/x/card.yml": ALEXNET,
        }
    )
    (root / "broken/latin.md").write_bytes(b"caf\xe9")
    index = load([root])
    assert [(Path(card.file).name, card.dialect) for card in index.cards] == [
        ("metafile.yml", "metafile"),
        ("alexnet.md", "model-index"),
        ("hle.yaml", "eval-results"),
        ("README.md", "huggingface"),
    ]
    assert index.findings == ()


def test_a_broken_card_in_a_folder_is_not_passed_over(write: Write) -> None:
    root = write(
        {
            "a.yml": "Models:\n- Name: a: b\n",
            "b.md": "<!--\nType: model-index\nModels:\n\t- Name: x\n-->",
            "c.md": "---\nmodel-index:\n- name: a: b\n---\n",
            "d.md": "<!--\nType: model-index\nModels:\n- Name: x\n-->\n<!--\nType: model-index\nModels: [\n-->",
        }
    )
    (root / "pipe.yml").symlink_to("/dev/zero")
    assert sorted(told(load([root]))) == [
        (ids.YAML_SYNTAX, "a.yml", 2),
        (ids.YAML_SYNTAX, "b.md", 4),
        (ids.YAML_SYNTAX, "c.md", 3),
        (ids.YAML_SYNTAX, "d.md", 9),
        (ids.OUTSIDE, "pipe.yml", 1),
    ]


@pytest.mark.parametrize(
    ("name", "text", "rule", "severity"),
    [
        ("x.yml", "", ids.EMPTY, "info"),
        ("x.json", " \n", ids.EMPTY, "info"),
        ("x.md", "# Only prose", ids.NO_CARD, "info"),
        ("x.yml", "services: {}", ids.NO_CARD, "info"),
        ("x.yml", "just text", ids.NO_CARD, "info"),
        ("x.yml", "Name: ICDAR\nPaper: {Title: t}\nData: {Language: [English]}", ids.NO_CARD, "info"),
        ("x.md", "---\ntitle: a: b\n---\n", ids.YAML_SYNTAX, "error"),
    ],
)
def test_a_file_that_is_named_and_holds_no_card_is_said(
    write: Write, name: str, text: str, rule: str, severity: str
) -> None:
    [finding] = load([write({name: text}) / name]).findings
    assert (finding.rule, finding.severity, Path(finding.location.file).name) == (rule, severity, name)


def test_a_folder_without_cards_is_reported(write: Write) -> None:
    root = write({"some/README.md": "# x\n", "none/x.txt": ""})
    for folder, severity in (("some", "info"), ("none", "error")):
        [finding] = load([root / folder]).findings
        assert (finding.rule, finding.severity) == (ids.NO_CARD, severity)
        assert finding.message == "the folder holds no model card"


def test_wrong_usage_is_raised(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file or folder"):
        load([tmp_path / "missing.yml"])
    with pytest.raises(UsageError, match=r"no dialect 'x'; there are cards-json, eval-results, benchmark, "):
        load([tmp_path], dialect="x")


def test_a_dialect_can_be_given(write: Write) -> None:
    root = write({"configs/metafile.yml": VGG, "card.yml": "Weights: w\n"})
    assert load([root], dialect="model-index").cards[0].dialect == "model-index"
    assert [finding.rule for finding in load([root / "card.yml"]).findings] == [ids.NO_CARD]
    assert len(load([root / "card.yml"], dialect="model-index").models) == 1


def test_links_to_folders_make_no_endless_search(write: Write) -> None:
    root = write({"a/card.yml": ALEXNET})
    (root / "a" / "again").symlink_to(root)
    assert names(load([root])) == ["AlexNet"]


def test_names_are_those_that_the_user_knows(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write({"model-index.yml": "Import: a/b.yml\n", "a/b.yml": ALEXNET})
    monkeypatch.chdir(root / "a")
    assert [card.file for card in load([Path("..")]).cards] == ["../model-index.yml", "../a/b.yml"]
    assert [card.file for card in load([Path("b.yml")]).cards] == ["b.yml"]
    monkeypatch.chdir(root)
    assert [card.file for card in load([Path("model-index.yml")]).cards] == ["model-index.yml", "a/b.yml"]


def test_the_prose_of_a_card_is_kept_without_its_metadata(write: Write) -> None:
    root = write({"a.md": f"---\nmodel-index: []\n---\n# Title\n\n<!--\n{ALEXNET}-->\ntext\n"})
    assert load([root / "a.md"]).cards[0].body == "# Title\n\n\ntext"


def test_odd_names_and_links_are_no_fault(write: Write, tmp_path: Path) -> None:
    root = write({"a\nb.yml": ALEXNET, "-rf.yml": VGG})
    (root / "loop1.yml").symlink_to("loop2.yml")
    (root / "loop2.yml").symlink_to("loop1.yml")
    (root / "dangling.yml").symlink_to("nowhere.yml")
    Path(os.fsdecode(bytes(root) + b"/caf\xe9.yml")).write_text(ALEXNET)
    index = load([root])
    assert sorted(names(index)) == ["AlexNet", "AlexNet", "VGG"]
    assert [rule for rule, *_ in told(index)] == [ids.UNREADABLE] * 3
    for name in ("x" * 5000, "a\0b"):
        with pytest.raises(UsageError):
            load([tmp_path / name])


def test_a_file_that_is_called_an_index_is_meant_as_one(write: Write) -> None:
    root = write({"model-index.yml": "Import:\n- *.md\n", "b/model-index.yml": "- name: net\n  results: []\n"})
    index = load([root])
    assert told(index) == [(ids.YAML_SYNTAX, "model-index.yml", 2)]
    assert [card.models[0].name for card in index.cards] == ["net"]
