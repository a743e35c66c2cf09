from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from registry.loader import load
from registry.read import ids
from registry.types import Index, UsageError

Write = Callable[[Mapping[str, str]], Path]

ALEXNET = "Models:\n- Name: AlexNet\n  Metadata: {FLOPs: 1}\n"
VGG = "Models:\n- Name: VGG\n  Metadata: {FLOPs: 2}\n"


def names(index: Index) -> list[str]:
    return [model.name for model in index.models]


def told(index: Index) -> list[tuple[str, str, int]]:
    return [(each.rule, Path(each.location.file).name, each.location.line) for each in index.findings]


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
    assert "secret" not in repr(index)


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
        ("x.yml", "", ids.EMPTY, "error"),
        ("x.json", " \n", ids.EMPTY, "error"),
        ("x.md", "# Only prose", ids.NO_CARD, "error"),
        ("x.yml", "services: {}", ids.NO_CARD, "error"),
        ("x.yml", "just text", ids.NO_CARD, "error"),
        ("x.yml", "Metadata: {FLOPs: 1}", ids.NO_CARD, "info"),
        ("x.md", "---\ntitle: a: b\n---\n", ids.YAML_SYNTAX, "error"),
    ],
)
def test_a_file_that_is_named_must_hold_a_card(write: Write, name: str, text: str, rule: str, severity: str) -> None:
    [finding] = load([write({name: text}) / name]).findings
    assert (finding.rule, finding.severity, Path(finding.location.file).name) == (rule, severity, name)


def test_a_folder_without_cards_is_reported(write: Write) -> None:
    [finding] = load([write({"README.md": "# x\n"})]).findings
    assert (finding.rule, finding.message) == (ids.NO_CARD, "the folder holds no model card")


def test_wrong_usage_is_raised(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file or folder"):
        load([tmp_path / "missing.yml"])
    with pytest.raises(UsageError, match=r"no dialect 'x'; there are eval-results, huggingface, metafile, model-index"):
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
