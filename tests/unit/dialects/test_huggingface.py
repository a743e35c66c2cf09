from __future__ import annotations

from pathlib import Path

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
    path.write_text("---\nlicense: mit\ntags: [a]\n---\n")
    assert load([path]).cards == ()


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
