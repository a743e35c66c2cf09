"""Numbers whose printed digits are gone by the time they are written: said, not passed over."""

import json
from pathlib import Path

import pytest

MERGED = """
Collections:
- Name: Net
  Metadata: {Scales: [4.10]}
Models:
- Name: NetA
  In Collection: Net
  Metadata: {Scales: [5.20]}
"""
ARGUMENTS = """---
model-index:
- name: NetA
  results:
  - task: {type: image-classification}
    dataset: {type: mnist, name: MNIST, args: 4.10}
    metrics: [{type: accuracy, value: 0.5}]
---
"""


@pytest.mark.parametrize(
    ("name", "text", "where"), [("a.yml", MERGED, "Scales[0]"), ("README.md", ARGUMENTS, "dataset.args")]
)
def test_they_are_listed_as_changed(mir, tmp_path: Path, name: str, text: str, where: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    code, out, err = mir("convert", tmp_path / name, "--to", "json")
    assert code == 0
    assert "4.1" in json.dumps(json.loads(out))
    assert any(where in line and "digits as printed" in line for line in err.splitlines())
