from __future__ import annotations

from pathlib import Path

import pytest

from registry.checks import check
from registry.loader import load

CARD = """\
---
language: en
license: apache-2.0
model-index:
- name: distilbert
  note: mine
  results:
  - task:
      type: text-classification
      name: Text Classification
      kind: x
    dataset:
      name: GLUE
      type: glue
      config: sst2
      split: validation
      revision: bcdcba7
      args: {language: en}
      size: 872
    metrics:
    - type: accuracy
      name: Accuracy
      value: 0.9130
      verified: true
      verifyToken: eyJh
      args: {normalize: true}
      config: default
    - type: loss
      value: 0.39
    source:
      name: Leaderboard
      url: https://example.org
      user: someone
    extra: 1
- name: second
---
# Model
"""


def test_front_matter_is_read_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(CARD)
    index = load([path])
    assert index.findings == ()
    first, second = index.models
    assert (first.name, second.name, first.dialect) == ("distilbert", "second", "huggingface")
    assert first.fields["license"].value == second.fields["license"].value == "apache-2.0"
    assert (first.fields["note"].value, "note" in second.fields) == ("mine", False)
    [result] = first.results
    assert (result.task, result.task_type) == ("Text Classification", "text-classification")
    dataset = result.dataset
    assert (dataset.name, dataset.type, dataset.config, dataset.split) == ("GLUE", "glue", "sst2", "validation")
    assert (dataset.revision, dataset.args) == ("bcdcba7", {"language": "en"})
    assert (result.source_name, result.source_url) == ("Leaderboard", "https://example.org")
    assert result.extra == {"task.kind": "x", "dataset.size": 872, "source.user": "someone", "extra": 1}
    accuracy, loss = result.metrics
    assert (accuracy.name, accuracy.type, accuracy.value, accuracy.text) == ("Accuracy", "accuracy", 0.913, "0.9130")
    assert (accuracy.verified, accuracy.verify_token, accuracy.args) == (True, "eyJh", {"normalize": True})
    assert accuracy.extra == {"config": "default"}
    assert (accuracy.location.line, accuracy.key_location.line) == (23, 22)
    assert accuracy.path == "model-index[0].results[0].metrics[0].value"
    # A metric without a name is named by its type, and does not vanish.
    assert (loss.name, loss.type, loss.text, loss.key_location.line) == ("", "loss", "0.39", 28)


def test_numbers_that_stand_for_texts_keep_their_digits(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(
        "---\nmodel-index:\n- name: 1.10\n  results:\n  - dataset: {name: x, revision: 0012, config: 1e5}\n---\n"
    )
    [model] = load([path]).models
    assert (model.name, model.results[0].dataset.revision, model.results[0].dataset.config) == ("1.10", "0012", "1e5")


def test_front_matter_without_results_is_a_card_too(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("---\nlicense: mit\nlibrary_name: transformers\n---\n")
    [card] = load([path]).cards
    assert (card.dialect, [model.name for model in card.models]) == ("huggingface", [tmp_path.name])
    [model] = load([path]).models
    assert (model.fields["library_name"].value, model.results, model.raw) == ("transformers", (), None)


@pytest.mark.parametrize(
    ("name", "front", "models"),
    [
        ("README.md", "license: mit", 1),
        ("readme.md", "tags: [a]\nlanguage: en", 1),
        ("README_zh.md", "datasets: [imdb]", 1),
        ("model-card.md", "metrics: [accuracy]", 1),
        ("notes.md", "widget: [{text: a}]", 1),
        ("README.md", "license: mit\ntask_categories: [robotics]", 0),
        ("README.md", "license: mit\npretty_name: Pictures", 0),
        ("README.md", "title: Demo\nsdk: gradio\nlicense: mit", 0),
        ("README.md", "title: Demo\ncolorFrom: red\ncolorTo: blue", 0),
        ("README.md", "task_categories: [robotics]\nlibrary_name: lerobot", 1),
    ],
)
def test_what_is_a_card_of_the_hub_and_of_what(tmp_path: Path, name: str, front: str, models: int) -> None:
    (tmp_path / name).write_text(f"---\n{front}\n---\n")
    index = load([tmp_path])
    assert [card.dialect for card in index.cards] == ["huggingface"]
    assert len(index.models) == models


@pytest.mark.parametrize(
    ("name", "front"),
    [
        ("post.md", "license: mit\ntags: [a]"),
        ("README.md", "layout: page\ntags: [a]"),
        ("README.md", "sidebar_position: 3\ntags: [a]"),
        ("README.md", "title: A page"),
        ("README.md", "title: A page\ndate: 2021-01-01\ntags: [a]"),
    ],
)
def test_front_matter_of_other_tools_is_no_card(tmp_path: Path, name: str, front: str) -> None:
    (tmp_path / name).write_text(f"---\n{front}\n---\n")
    assert load([tmp_path]).cards == ()


@pytest.mark.parametrize(
    ("text", "is_front"),
    [
        ("<!-- c -->\n---\nlicense: mit\n---\n", True),
        ("# Title\n\n---\n# comment\nlibrary_name: timm\n---\n", True),
        ("Text\n---\nlicense: this is prose, and the line above a heading's\n", False),
        ("```yaml\n---\nlicense: mit\n---\n```\n", False),
        ("Text\n\n---\n\nmore text\n\n---\n", False),
    ],
)
def test_front_matter_that_is_not_the_first(tmp_path: Path, text: str, is_front: bool) -> None:
    path = tmp_path / "README.md"
    path.write_text(text)
    findings = [finding.rule for finding in check(load([path]))]
    assert findings == (["MIR701"] if is_front else ["MIR020"])


def test_front_matter_that_never_ends_is_told_by_any_key_of_the_hub(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("---\nlicense: mit\n\nText.\n")
    assert [finding.rule for finding in load([path]).findings] == ["MIR010"]
    path.write_text("---\n\nText.\n\nlicense: mit\n")
    assert [finding.rule for finding in load([path]).findings] == ["MIR020"]


def test_wrong_shapes_are_read_without_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    for value in (
        "5",
        "[1]",
        "[{name: [a], results: {a: 1}}]",
        "[{results: [1, {metrics: [1, {}], task: t, source: s}]}]",
    ):
        path.write_text(f"---\nmodel-index: {value}\n---\n")
        load([path])
