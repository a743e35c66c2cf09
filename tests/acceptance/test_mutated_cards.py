"""Cards of every dialect with values replaced and text torn: `mir check` always has an answer."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import registry
from registry.report import FORMATS, Report

CARDS = {
    "card.yml": """\
Collections:
- Name: ResNet
  README: docs/resnet.md
  Paper: {URL: https://arxiv.org/abs/1512.03385, Title: Deep Residual Learning}
  Metadata:
    Epochs: 90
    Training Data: [ImageNet]
Models:
- Name: resnet18
  In Collection: ResNet
  Config: configs/resnet18.py
  Metadata:
    FLOPs: 1820000000
    Parameters: 11690000
    File Size: 46.8 MB
  Results:
  - Task: Image Classification
    Dataset: ImageNet-1k
    Metrics:
      Top 1 Accuracy: 69.90
      Top 5 Accuracy: 89.43
  Weights: https://example.org/resnet18-fbbb1da6.pth
""",
    "README.md": """\
---
license: mit
library_name: transformers
model-index:
- name: bert
  results:
  - task: {type: text-classification, name: Text Classification}
    dataset: {name: GLUE, type: glue, config: sst2, split: validation, revision: bcdcba7}
    metrics:
    - type: accuracy
      value: 0.913
      verified: true
      verifyToken: eyJh
    source: {name: Leaderboard, url: https://example.org}
---
# BERT
""",
    "scores.yaml": """\
- dataset: {id: cais/hle, task_id: default}
  value: 20.90
  date: 2025-01-15
  source: {url: https://example.org, user: someone}
  notes: no-tools
""",
    "card.json": """\
{"Models": [{"Name": "a", "Metadata": {"FLOPs": 1.5e9},
             "Results": [{"Task": "t", "Metrics": {"F1": 1}}]}]}
""",
}
VALUES = [
    *("no", "~", "", "[]", "{}", "[[1]]", "{a: b}", "[{a: {}}]", "-1", "0", "1e5", "1e400", ".nan", "-.inf", "012"),
    *("12:30", "2021-02-30", "2021-01-01", "9" * 30, "'%'", "../../x", "http://[", "javascript:alert(1)", "*a", "&a x"),
    *("!!int x", "|", '"\\0\\e[31m"', "😀", "a: b", "\t", "null", "true", "-", "x" * 300),
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str]:
    name = draw(st.sampled_from(sorted(CARDS)))
    text = CARDS[name]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        colon = text.find(": ", at)
        if colon >= 0 and draw(st.booleans()):
            end = text.find("\n", colon)
            text = text[: colon + 2] + draw(st.sampled_from(VALUES)) + text[end if end >= 0 else len(text) :]
        else:
            text = text[:at] + draw(st.sampled_from(VALUES)) + text[at + draw(st.integers(0, 9)) :]
    return name, text


@pytest.mark.parametrize("form", FORMATS)
@settings(deadline=None, max_examples=60)
@given(card=mutated())
def test_every_card_gets_an_answer(form: str, card: tuple[str, str]) -> None:
    name, text = card
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        index = registry.load(path)
        findings = registry.check(index)
        output = "".join(FORMATS[form](Report(findings=findings, index=index, color=False)))
    assert "\x1b" not in output
    assert "\0" not in output
    for finding in findings:
        assert finding.message
        assert 1 <= finding.location.line <= text.count("\n") + 1
