from __future__ import annotations

from typing import Any

import pytest

from registry.read import ids, read_text

CARD = "Type: model-index\nModels:\n- Name: {}\n"


def names(text: str) -> list[str]:
    """The names of the models in all blocks of a text."""
    roots: list[Any] = [document.root for document in read_text(text, "card.md", "markdown")]
    return [model["Name"] for root in roots for model in root["Models"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!--\n" + CARD.format("a") + "-->\n\n# Title\n", ["a"]),
        ("# Title\n\n<!--\n" + CARD.format("a") + "-->", ["a"]),
        ("<!--\n" + CARD.format("a") + "-->\nprose\n<!--\n" + CARD.format("b") + "-->\n", ["a", "b"]),
        ("---\ntitle: x\n---\n<!-- " + CARD.format("a") + "-->", None),
        ("<!-- a remark -->\n<!--\n" + CARD.format("a") + "-->", ["a"]),
        ("<!--\nModels:\n- Name: a\n-->", ["a"]),
        ("<!--\nModels: see the table below\n-->", []),
        ("<!-- Name: somebody -->", []),
        ("```html\n<!--\n" + CARD.format("a") + "-->\n```\n", []),
        ("~~~\n<!--\n" + CARD.format("a") + "-->\n~~~\n<!--\n" + CARD.format("b") + "-->", ["b"]),
        ("```\nnever closed\n<!--\n" + CARD.format("a") + "-->", ["a"]),
        ("````\n```\n<!--\n" + CARD.format("a") + "-->\n````\n", []),
        ("Write `<!-- Type: model-index -->` at the end.", []),
        ("   ```code``` <!--\n" + CARD.format("a") + "-->", ["a"]),
        ("\r\n<!--\r\n" + CARD.format("a").replace("\n", "\r\n") + "-->", ["a"]),
    ],
)
def test_blocks_are_found_anywhere_but_in_code(text: str, expected: list[str] | None) -> None:
    if expected is None:
        kinds = [document.kind for document in read_text(text, "card.md", "markdown")]
        assert kinds == ["front-matter", "comment"]
    else:
        assert names(text) == expected


def test_positions_count_from_the_start_of_the_file() -> None:
    text = "# Title\n\nprose 😀\n\n<!--\n" + CARD.format("a") + "-->\n"
    [document] = read_text(text, "card.md", "markdown")
    root: Any = document.root
    assert str(root["Models"][0].location("Name")) == "card.md:8:9"
    assert text[document.start : document.end].strip() == CARD.format("a").strip()


def test_front_matter_ends_at_its_dashes() -> None:
    [document] = read_text("\ufeff---\r\nmodel-index:\r\n- name: a\r\n---\r\n# --- not me\r\n", "README.md", "markdown")
    assert document.kind == "front-matter"
    assert document.root == {"model-index": [{"name": "a"}]}


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"),
    [
        ("# x\n<!--\nType: model-index\nModels:\n- Name: a\n", ids.UNCLOSED, 2, 1),
        ("---\nmodel-index:\n- name: a\n", ids.UNCLOSED, 1, 1),
        ("x\n<!--\nType: model-index\nModels:\n- Name: a: b\n-->", ids.YAML_SYNTAX, 5, 10),
        ("x\n<!--\nType: model-index\n\tModels: []\n-->", ids.YAML_SYNTAX, 4, 1),
    ],
)
def test_mistakes_are_named_at_their_place(text: str, rule: str, line: int, column: int) -> None:
    [document] = read_text(text, "card.md", "markdown")
    [finding] = document.findings
    assert (finding.rule, finding.location.line, finding.location.column) == (rule, line, column)
