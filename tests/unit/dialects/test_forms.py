"""Which documents are cards: surely, by the look of it where somebody names them, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry
from registry.dialects.forms import form_of, is_evident
from registry.read import read_text

OTHERS = {
    "dbt": "version: 2\nmodels:\n- name: orders\n  description: d\n  config: {materialized: table}\n  columns: []\n",
    "chat client": "name: A\nversion: 1\nmodels:\n- name: Small\n  provider: ollama\n  model: llama3\n",
    "settings": "Models:\n- Name: gpt\n  Provider: OpenAI\n  Endpoint: https://example.org/v1\n",
    "test matrix": "globals: {dir: x}\nmodels:\n- name: ResNet\n  metafile: configs/resnet/metafile.yml\n",
    "paper": "Name: Some Person\nPaper: A4\n",
    "data set": "Name: ICDAR\nPaper: {Title: t, URL: https://example.org/p}\nData: {Language: [English]}\n",
    "weights of a tool": "name: foo\nweights: bar.pt\nmetadata: {k: v}\n",
    "pod": "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n",
    "template": "AWSTemplateFormatVersion: x\nParameters: {A: {Type: String}}\nMetadata: {k: v}\n",
    "inventory": "collections:\n- name: community.general\n  version: 1.0\n",
    "imports": "import:\n- lodash\n- react\n",
}
CARDS = {
    "index": "Import:\n- configs/a/metafile.yml\n",
    "models of files": "Models: mods.yml\nCollections: cols.yml\n",
    "names only": "Models:\n- Name: AlexNet\n",
    "member": "models:\n- name: a\n  in_collection: C\n",
    "results": "models:\n- name: a\n  results:\n  - {task: t, dataset: d, metrics: {m: 1}}\n",
    "one model": "Name: a\nWeights: https://example.org/a.pth\n",
    "a list": "- Name: a\n  In Collection: C\n  Config: configs/a.py\n",
    "nameless": "Models:\n- Metadata: {Parameters: 61100840}\n",
    "folded": "MODELS:\n- NAME: a\n  METADATA: {FLOPS: 4.1G}\n",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_files_of_other_tools_are_left_alone_in_a_folder(tmp_path: Path, text: str) -> None:
    for name in ("x.yml", "metafile.yml"):
        (tmp_path / name).write_text(text)
    assert registry.load(tmp_path).cards == ()
    assert [finding.rule for finding in registry.check(tmp_path)] == ["MIR020"]


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_nothing_is_repaired_in_them_even_where_they_are_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.yml"
    file.write_text(text)
    assert [finding for finding in registry.check(file) if finding.fix] == []


@pytest.mark.parametrize("text", CARDS.values(), ids=CARDS)
def test_cards_are_found_in_a_folder(text: str) -> None:
    [document] = read_text(text, "x.yml", "yaml")
    assert is_evident(document.root)
    assert form_of(document.root) in ("index", "model", "models")


@pytest.mark.parametrize(
    ("text", "form", "findings"),
    [
        ("Task: t\nDataset: d\nMetrics: {Top 1 Accuracy: 174.2}\n", "result", ["MIR204"]),
        ("- {Task: t, Dataset: d, Metrics: {Top 1 Accuracy: 174.2}}\n", "results", ["MIR204"]),
        ("- {Task: t, Dataset: d, Metrics: {F1: 1}}\n- {Task: t, Dataset: d}\n", "results", ["MIR101"]),
        ("FLOPs: -3\nParameters: 5M\n", "metadata", ["MIR202"]),
        ("Metadata: {FLOPs: -3}\n", "part", ["MIR202"]),
        ("Results: [{Task: t, Dataset: d, Metrics: {Top 1 Accuracy: 174.2}}]\n", "part", ["MIR204"]),
    ],
)
def test_parts_of_a_model_are_checked_where_they_are_named(tmp_path: Path, text: str, form: str, findings: list[str]):
    [document] = read_text(text, "x.yml", "yaml")
    assert form_of(document.root) == form
    file = tmp_path / "x.yml"
    file.write_text(text)
    assert [finding.rule for finding in registry.check(file)] == findings


def test_a_list_imported_by_the_key_it_belongs_under_is_an_index_of_files(tmp_path: Path) -> None:
    for name, text in {
        "model-index.yml": "Collections: col.yml\nModels: mods.yml\n",
        "mods.yml": "- m1.yml\n",
        "m1.yml": "Name: a\nIn Collection: C\n",
        "col.yml": "- Name: C\n",
        "lib.yml": "Library: {Name: Foo}\n",
    }.items():
        (tmp_path / name).write_text(text)
    assert registry.check(tmp_path / "model-index.yml") == []
    (tmp_path / "model-index.yml").write_text("Import: [lib.yml]\nModels:\n- Name: a\n")
    assert registry.check(tmp_path / "model-index.yml") == []
    assert registry.load(tmp_path / "model-index.yml").cards[1].library["Name"].value == "Foo"


def test_a_file_of_one_model_under_its_key_is_checked_as_a_model(tmp_path: Path) -> None:
    (tmp_path / "model-index.yml").write_text("Models:\n- m.yml\n")
    (tmp_path / "m.yml").write_text("Model:\n  Name: x\n  Metadata: meta.yml\n  Results: r*.yml\n")
    (tmp_path / "meta.yml").write_text("Epochs: 90\nmy own: 3\n")
    (tmp_path / "r1.yml").write_text("Results:\n- {Task: a, Dataset: b, Metrics: {F1: 0.5}}\n")
    (tmp_path / "r2.yml").write_text("- {Task: a, Dataset: c, Metrics: [{Name: F1, Value: 0.5}]}\n")
    for path in (tmp_path, *tmp_path.glob("*.yml")):
        assert registry.check(path) == []
    [model] = registry.load(tmp_path).models
    assert (model.get("Epochs"), len(model.results)) == (90, 2)
    (tmp_path / "m.yml").write_text("Model:\n  Nme: x\n  Metadata: {Epochs: 1}\n")
    assert "MIR101" in {finding.rule for finding in registry.check(tmp_path)}
