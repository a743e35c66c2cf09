"""The reader: never a traceback, the same values as everybody else's parser, every place inside of the file."""

from __future__ import annotations

import json
import sys
from typing import Any

import yaml
from hypothesis import strategies as st

from registry.read import ids, read_text
from registry.read.file_text import decode
from registry.types import MapNode, RawDocument, SeqNode, walk

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
TEXT = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
PIECES = (
    *"\t\n:,-[]{}\"'&*#|>%@`!? \r=~<",
    "- ", ": ", "&a ", "*a", "<<: ", "!!str ", "!x ", "? ", "\r\n", "é", "😀", "\x00", "\x07", "\ufeff", "\u2028",
    "!!int ", "!!float ", "!!bool ", "!!null ", "!!timestamp ", "!!binary ", "!!set ", "!!int '_'", "!!float ''",
    "!<x> ",    ".nan", "-.inf", "1e400", "59:" * 30, "9" * 400, "0x" + "f" * 90, "2021-01-01t25:61:61.9+99:99", "1_",
    "no", "1e5", "012", "2021-02-30", "12:30", "---\n", "...\n", "0x", ".inf", "_", "<!--", "-->", "```\n",
)  # fmt: skip


SOUP = st.lists(st.sampled_from((*PIECES, "Models", "Name", "x", "1", "{", "}", "[", "]")), max_size=60).map("".join)
"""Texts of nothing but what parsers stumble over."""


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


def same(ours: Any, expected: Any) -> bool:
    """Equal but for keys, which are always text here."""
    if isinstance(expected, dict):
        texts = {key: value for key, value in expected.items() if isinstance(key, str)}
        return isinstance(ours, dict) and all(key in ours and same(ours[key], texts[key]) for key in texts)
    if isinstance(expected, list):
        return isinstance(ours, list) and len(ours) == len(expected) and all(map(same, ours, expected))
    if type(ours) is str and type(expected) is int:
        return abs(expected) > sys.float_info.max  # what no float can be stays text, which no rule takes for a number
    return type(ours) is type(expected) and (ours == expected or ours != ours)


def yaml_reads_as_with_the_safe_loader_or_says_why_not(text: str) -> None:
    [document] = read_text(text, "card.yml", "yaml")
    places_are_inside(document)
    errors = {finding.rule for finding in document.findings if finding.severity == "error"}
    expected = [*loaded(text, yaml.SafeLoader), *loaded(text, yaml.CSafeLoader)]
    if expected and not errors & {ids.DUPLICATE_KEY, ids.TAG, ids.TOO_LARGE, ids.YAML_SYNTAX}:
        assert any(same(document.root, tree) for tree in expected)


def loaded(text: str, loader: type[yaml.SafeLoader | yaml.CSafeLoader]) -> list[Any]:
    """What PyYAML reads by itself or through libyaml, which do not always agree, in a list; empty for a plain value."""
    try:
        document = yaml.load(text.removeprefix("\ufeff"), Loader=loader)
    except (yaml.YAMLError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return []  # PyYAML also refuses what is valid, such as dates that do not exist, and fails on odd tags
    return [document] if isinstance(document, dict | list) else []


def json_reads_as_with_the_standard_library_or_says_why_not(text: str) -> None:
    [document] = read_text(text, "card.json", "json")
    places_are_inside(document)
    try:
        expected = json.loads(text.removeprefix("\ufeff"))
    except ValueError:
        assert document.findings
        return
    limited = any(finding.rule == ids.TOO_LARGE for finding in document.findings)
    if isinstance(expected, dict | list) and not limited:
        assert same(document.root, expected)


def markdown_is_read_without_a_fault(text: str) -> None:
    for document in read_text(text, "card.md", "markdown"):
        places_are_inside(document)


def any_bytes_are_read_without_a_fault(letters: str) -> None:
    data = letters.encode("latin-1")
    problems = decode(data, "card")
    for kind in ("yaml", "json", "markdown"):
        for document in read_text(problems.source.text, "card", kind):
            places_are_inside(document)
    assert problems.findings or problems.source.text.encode() == data


def a_tree_is_read_back_as_it_was_written(tree: Any) -> None:
    texts = {
        "json": [json.dumps(tree), json.dumps(tree, indent=1, ensure_ascii=False)],
        "yaml": [
            yaml.safe_dump(tree, allow_unicode=True, sort_keys=False),
            yaml.safe_dump(tree, default_flow_style=True, width=20),
            yaml.safe_dump(tree, default_style='"'),
        ],
    }
    for kind, forms in texts.items():
        for text in forms:
            [document] = read_text(text, "card", kind)
            places_are_inside(document)
            assert same(document.root, tree), text
            assert plain(document.root) == tree or not finite(tree), text


def plain(node: Any) -> Any:
    """A tree without its places."""
    if isinstance(node, MapNode):
        return {key: plain(value) for key, value in node.items()}
    return [plain(value) for value in node] if isinstance(node, SeqNode) else node


def finite(tree: Any) -> bool:
    """Whether a tree equals itself."""
    return bool(tree == tree)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(TEXT, max_size=20)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(TEXT, min_size=1, max_size=10), inner, max_size=4)
    ),
    max_leaves=20,
).filter(lambda tree: isinstance(tree, dict | list))
JSON_CARDS = tuple(json.dumps(yaml.safe_load(card), indent=1, ensure_ascii=False) for card in CARDS)
MARKDOWN_CARDS = tuple(f"# T\n\n<!--\nType: model-index\n{card}-->\n\n```\ncode\n```\n" for card in CARDS)
