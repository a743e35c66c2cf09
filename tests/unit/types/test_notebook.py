"""What a notebook shows of an index, a card and a model: one line, and a table with nothing of a card's own in it."""

from __future__ import annotations

from pathlib import Path

import registry

CARD = """\
Models:
- Name: <script>alert(1)</script>
  Metadata: {Parameters: 25.6M}
  Results:
  - {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 76.13%}}
"""


def test_an_index_and_its_models_are_lines_and_tables(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(CARD + "".join(f"- Name: net-{number}\n" for number in range(60)))
    index = registry.load(tmp_path)
    assert repr(index).startswith("<Index of 61 models on 1 cards in ")
    assert repr(index.cards[0]).endswith("a.yml: model-index, 61 models>")
    (model, *_) = index.models
    assert repr(model).startswith("<Model <script>alert(1)</script> (")
    html = index._repr_html_()
    assert "<td>&lt;script&gt;alert(1)&lt;/script&gt;</td><td>25.6M</td><td></td><td>1</td>" in html
    assert html.endswith("<p>and 11 more</p>")
    assert "<td>Top 1 Accuracy on ImageNet</td><td>76.13%</td>" in model._repr_html_()
    assert "<script>" not in html + model._repr_html_()
