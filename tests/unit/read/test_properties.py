"""Mutated cards: never a traceback, the same values as everybody else's parser, every place inside of the file."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.read import ids, read_text
from registry.types import RawDocument, walk

CARDS = (
    """\
Collections:
- Name: ResNet
  Metadata: &m
    Epochs: 90
    Training Data: [ImageNet]
Models:
- Name: resnet18
  In Collection: ResNet
  Metadata: {<<: *m, LR: 1.0e-3}
  Results:
  - Task: Image Classification
    Metrics:
      Top 1 Accuracy: 69.76%
""",
    """\
model-index:
- name: x
  results:
  - task: {type: a}
    metrics:
    - type: acc
      value: 0.5
""",
    """\
text: |
  one
  two
folded: >-
  one

  two
quoted: 'it''s'
other: "a\\tb"
none: ~
""",
)
PIECES = (
    *"\t\n:,-[]{}\"'&*#|>%@`!? \r=~<",
    "- ", ": ", "&a ", "*a", "<<: ", "!!str ", "!x ", "? ", "\r\n", "é", "😀", "\x00", "\x07", "\ufeff", "\u2028",
    "no", "1e5", "012", "2021-02-30", "12:30", "---\n", "...\n", "0x", ".inf", "_", "<!--", "-->", "```\n",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, cards: tuple[str, ...] = CARDS) -> str:
    text = draw(st.sampled_from(cards))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 5))
        text = text[:at] + draw(st.sampled_from(("", *PIECES))) + text[at + cut :]
    return text


def places_are_inside(document: RawDocument) -> None:
    text = document.source.text
    for path, node, key, _ in walk(document.root):
        mark = node.marks[key]  # type: ignore[index, call-overload]
        assert 0 <= mark.key <= mark.key_end <= len(text), path
        assert 0 <= mark.start <= mark.end <= len(text), path
    for finding in document.findings:
        assert 1 <= finding.location.line <= text.count("\n") + 1
        assert finding.message


def same(ours: Any, theirs: Any) -> bool:
    """Equal but for keys, which are always text here."""
    if isinstance(theirs, dict):
        texts = {key: value for key, value in theirs.items() if isinstance(key, str)}
        return isinstance(ours, dict) and all(key in ours and same(ours[key], texts[key]) for key in texts)
    if isinstance(theirs, list):
        return isinstance(ours, list) and len(ours) == len(theirs) and all(map(same, ours, theirs))
    return type(ours) is type(theirs) and (ours == theirs or ours != ours)


@settings(deadline=None, max_examples=400)
@given(mutated())
def test_yaml_reads_as_with_the_safe_loader_or_says_why_not(text: str) -> None:
    [document] = read_text(text, "card.yml", "yaml")
    places_are_inside(document)
    errors = {finding.rule for finding in document.findings if finding.severity == "error"}
    try:
        expected = yaml.load(text.removeprefix("\ufeff"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError):
        return  # PyYAML also refuses what is valid, such as dates that do not exist
    if isinstance(expected, dict | list) and not errors & {ids.DUPLICATE_KEY, ids.TAG, ids.YAML_SYNTAX}:
        assert same(document.root, expected)


@settings(deadline=None, max_examples=200)
@given(mutated(tuple(json.dumps(yaml.safe_load(card), indent=1, ensure_ascii=False) for card in CARDS)))
def test_json_reads_as_with_the_standard_library_or_says_why_not(text: str) -> None:
    [document] = read_text(text, "card.json", "json")
    places_are_inside(document)
    try:
        expected = json.loads(text)
    except ValueError:
        assert document.findings
        return
    if isinstance(expected, dict | list):
        assert same(document.root, expected)


@settings(deadline=None, max_examples=200)
@given(mutated(tuple(f"# T\n\n<!--\nType: model-index\n{card}-->\n\n```\ncode\n```\n" for card in CARDS)))
def test_markdown_is_read_without_a_fault(text: str) -> None:
    for document in read_text(text, "card.md", "markdown"):
        places_are_inside(document)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_fault(data: bytes) -> None:
    for kind in ("yaml", "json", "markdown"):
        for document in read_text(data.decode("latin-1"), "card", kind):
            places_are_inside(document)
