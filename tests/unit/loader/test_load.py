from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from registry.loader import load
from registry.read import ids
from tests.unit.loader.told import ALEXNET, VGG, Write, names, told


def test_imports_are_paths_lists_of_paths_and_wildcards(write: Write) -> None:
    root = write(
        {
            "model-index.yml": "Import: [a/one.yml, 'b/*.yml', 'c/**/x?.json']\n",
            "a/one.yml": ALEXNET,
            "b/two.yml": VGG,
            "b/three.yml": "Import: ../d.md\n",
            "c/deep/down/x1.json": '{"Models": [{"Name": "LeNet", "Weights": "w"}]}',
            "d.md": f"# D\n<!--\nType: model-index\n{ALEXNET.replace('AlexNet', 'DenseNet')}-->\n",
        }
    )
    index = load([root / "model-index.yml"])
    assert names(index) == ["AlexNet", "DenseNet", "VGG", "LeNet"]
    assert told(index) == []
    first = index.cards[0]
    assert [Path(file).name for file in first.imports] == ["one.yml", "three.yml", "two.yml", "x1.json"]
    assert {card.file for card in index.cards} == set(index.sources)


def test_an_import_that_is_a_text_is_one_path(write: Write) -> None:
    root = write({"model-index.yml": "Import: a.yml\n", "a.yml": ALEXNET})
    assert names(load([root / "model-index.yml"])) == ["AlexNet"]


def test_models_collections_metadata_and_results_may_be_paths(write: Write) -> None:
    root = write(
        {
            "model-index.yml": """\
                Collections: collections.yml
                Models:
                - models/*.yml
                - Name: VGG
                  In Collection: Classic
                  Metadata: meta/vgg.json
                  Results: [results/one.yml, results/two.json]
                """,
            "collections.yml": "- Name: Classic\n  Metadata: {Epochs: 90}\n",
            "models/alexnet.yml": "Name: AlexNet\nMetadata: ../meta/alexnet.yml\nResults: ../results/*.yml\n",
            "models/more.yml": "- Name: LeNet\n- Name: ZFNet\n",
            "meta/alexnet.yml": "SOTAgentsdata:\n  FLOPs: 10\n",
            "meta/vgg.json": '{"FLOPs": 20}',
            "results/one.yml": "Results:\n- Task: T\n  Dataset: D\n  Metrics: {Top 1 Accuracy: 56.50%}\n",
            "results/two.json": '[{"Task": "T2", "Dataset": "D2", "Metrics": [{"Name": "F1", "Value": 0.50}]}]',
        }
    )
    index = load([root / "model-index.yml"])
    assert told(index) == []
    assert sorted(names(index)) == ["AlexNet", "LeNet", "VGG", "ZFNet"]
    by_name = {model.name: model for model in index.models}
    assert by_name["VGG"].get("FLOPs") == 20
    assert by_name["VGG"].get("Epochs") == 90
    assert [(result.task, result.metrics[0].text) for result in by_name["VGG"].results] == [
        ("T", "56.50%"),
        ("T2", "0.50"),
    ]
    assert by_name["AlexNet"].get("FLOPs") == 10
    assert by_name["AlexNet"].results[0].metrics[0].name == "Top 1 Accuracy"
    flops = by_name["AlexNet"].metadata["FLOPs"]
    assert (Path(flops.location.file).name, flops.location.line, flops.path) == (
        "alexnet.yml",
        2,
        "SOTAgentsdata.FLOPs",
    )


def test_each_file_is_loaded_once_whatever_leads_to_it(write: Write) -> None:
    root = write(
        {
            "model-index.yml": "Import: [a.yml, b.yml]\n",
            "a.yml": "Import: c.yml\n",
            "b.yml": "Import: c.yml\n",
            "c.yml": VGG,
        }
    )
    assert names(load([root])) == ["VGG"]
    assert names(load([root / "c.yml", root, root / "b.yml"])) == ["VGG"]


def test_a_circle_of_imports_is_cut_and_reported(write: Write) -> None:
    root = write({"a.yml": "Import: b.yml\n" + ALEXNET, "b.yml": "Import:\n- a.yml\n" + VGG})
    index = load([root / "a.yml"])
    assert sorted(names(index)) == ["AlexNet", "VGG"]
    assert told(index) == [(ids.CYCLE, "b.yml", 2)]
    assert "a.yml -> b.yml -> a.yml" in index.findings[0].message


@pytest.mark.parametrize("pattern", ["'*.yml'", "model-index.yml", "./sub/../model-index.yml", "'**/*.yml'"])
def test_an_index_that_imports_itself_is_reported(write: Write, pattern: str) -> None:
    root = write({"model-index.yml": f"Import: {pattern}\n{ALEXNET}", "sub/x.txt": ""})
    index = load([root / "model-index.yml"])
    assert names(index) == ["AlexNet"]
    assert told(index) == [(ids.CYCLE, "model-index.yml", 1)]


def test_imports_are_not_followed_without_end(write: Write) -> None:
    root = write({f"c{number}.yml": f"Import: c{number + 1}.yml\n" for number in range(100)})
    index = load([root / "c0.yml"])
    assert [rule for rule, *_ in told(index)] == [ids.CYCLE]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("Import: ../outside.yml", ids.OUTSIDE),
        ("Import: [../../../../../../../../../../etc/passwd]", ids.OUTSIDE),
        ("Import: /etc/passwd", ids.OUTSIDE),
        ("Import: '../*.yml'", ids.OUTSIDE),
        ("Import: '*/../../*.yml'", ids.OUTSIDE),
        ("Import: link.yml", ids.OUTSIDE),
        ("Import: 'lin*.yml'", ids.OUTSIDE),
        ("Import: folder/outside.yml", ids.OUTSIDE),
        ("Models: ../outside.yml", ids.OUTSIDE),
        ("Models:\n- Name: x\n  Metadata: ../outside.yml", ids.OUTSIDE),
        ("Models:\n- Name: x\n  Results: ../outside.yml", ids.OUTSIDE),
        ("Import: missing.yml", ids.NOT_FOUND),
        ("Import: 'missing/*.yml'", ids.NOT_FOUND),
        ("Import: notes.txt", ids.PATH),
        ('Import: "a\\0.yml"', ids.PATH),
        ("Import: ''", ids.PATH),
        ("Import: empty.yml", ids.CONTENT),
        ("Import: prose.md", ids.CONTENT),
        ("Models:\n- Name: x\n  Metadata: card.yml", ids.CONTENT),
        ("Models:\n- Name: x\n  Results: meta.yml", ids.CONTENT),
        ("Models:\n- Name: x\n  Metadata: empty.yml", ids.CONTENT),
        ("Import: broken.yml", ids.YAML_SYNTAX),
    ],
)
def test_a_path_that_leads_nowhere_is_reported_where_it_stands(
    write: Write, tmp_path: Path, line: str, rule: str
) -> None:
    root = write(
        {
            "model-index.yml": line + "\n",
            "notes.txt": "",
            "empty.yml": "",
            "prose.md": "# Prose\n",
            "card.yml": ALEXNET,
            "meta.yml": "FLOPs: 1\n",
            "broken.yml": "a: b: c\n",
        }
    )
    (tmp_path / "outside.yml").write_text("Models:\n- Name: secret\n  Weights: secret\n")
    (root / "link.yml").symlink_to(tmp_path / "outside.yml")
    (root / "folder").symlink_to(tmp_path)
    index = load([root / "model-index.yml"])
    [finding] = index.findings
    assert finding.rule == rule
    assert finding.severity == "error"
    if rule != ids.YAML_SYNTAX:
        assert Path(finding.location.file).name == "model-index.yml"
        assert finding.location.line == line.count("\n") + 1
    assert b"secret" not in pickle.dumps(index)


def test_a_root_can_be_given(write: Write) -> None:
    root = write({"sub/model-index.yml": "Import: ../card.yml\n", "card.yml": ALEXNET})
    assert [finding.rule for finding in load([root / "sub"]).findings] == [ids.OUTSIDE]
    index = load([root / "sub"], root=root)
    assert (names(index), index.findings, index.root) == (["AlexNet"], (), str(root.resolve()))


def test_a_repository_or_an_index_above_widens_the_root(write: Write) -> None:
    root = write({"docs/a/card.yml": "Import: ../../b.yml\n", "b.yml": ALEXNET})
    assert [finding.rule for finding in load([root / "docs/a/card.yml"]).findings] == [ids.OUTSIDE]
    (root / "model-index.yml").write_text("Import: docs/a/card.yml\n")
    assert names(load([root / "docs/a/card.yml"])) == ["AlexNet"]
    (root / "model-index.yml").unlink()
    (root / ".git").mkdir()
    assert names(load([root / "docs/a/card.yml"])) == ["AlexNet"]
