"""A file that cannot be parsed is a mistake where it was meant to be a card, and another tool's affair elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.loader import load


@pytest.mark.parametrize(
    ("name", "text", "reported"),
    [
        ("model-index.yml", "Models: [\n", True),
        ("zoo.yaml", "Models: [\n", True),
        ("zoo.json", '{"Models": [', True),
        ("metafile.yml", "Name: [\n", True),
        ("model-index.yml", "- a: [\n", True),
        ("other.yml", "a: [\n", False),
        ("schema.yml", "models: [\n", False),
        ("values.yaml", "Models: {{ .Values.models }}\nx: [\n", False),
        ("other.json", '{"models": [', False),
    ],
)
def test_a_broken_file_is_a_card_by_its_name_or_its_beginning(
    tmp_path: Path, name: str, text: str, reported: bool
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "fine.yml").write_text("Models:\n- Name: m\n", encoding="utf-8")
    broken = [finding for finding in load([tmp_path]).findings if finding.rule in ("MIR004", "MIR005")]
    assert [Path(finding.location.file).name for finding in broken] == [name] * reported


def test_a_document_of_a_word_processor_is_a_card_only_where_it_reads_like_one(tmp_path: Path) -> None:
    (tmp_path / "metafile.yaml").write_text("{\\rtf1\\ansi\npaper_title: a\\\n", encoding="utf-8")
    assert not [
        finding for finding in load([tmp_path]).findings if finding.severity == "error" and finding.rule != "MIR020"
    ]
    [problem] = load([tmp_path / "metafile.yaml"]).findings
    assert "rich-text document" in problem.message
    (tmp_path / "metafile.yaml").write_text("{\\rtf1\\ansi\nIn Collection: a\\\n", encoding="utf-8")
    assert "MIR003" in [finding.rule for finding in load([tmp_path]).findings]
