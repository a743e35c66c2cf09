"""`# mir: ignore[...]`: where it holds, and what is said of one that is wrong or not needed."""

import pytest

BAD = "Models:\n- Name: a\n  Metadata: {FLOPs: -3}"


def rules(findings):
    return [finding.rule for finding in findings]


def test_at_the_end_of_the_line(check_text):
    assert rules(check_text(f"{BAD}  # mir: ignore[MIR202]\n")) == []


def test_on_the_line_above_past_other_comments(check_text):
    text = BAD.replace("  Metadata", "  # mir: ignore[MIR202]\n\n  # measured by hand\n  Metadata")
    assert rules(check_text(text)) == []


def test_not_on_the_line_below(check_text):
    assert rules(check_text(f"{BAD}\n  # mir: ignore[MIR202]\n")) == ["MIR202", "MIR108"]


def test_prefixes_and_lists(check_text):
    assert rules(check_text(f"{BAD}  # mir: ignore[MIR4, MIR2]\n")) == ["MIR108"]


def test_whole_file(check_text):
    assert rules(check_text(f"{BAD}\n# mir: ignore-file[MIR202]\n")) == []


def test_whole_markdown_file_outside_of_the_metadata(check_text):
    card = f"<!-- mir: ignore-file[MIR202] -->\n# Title\n\n<!--\nType: model-index\n{BAD}\n-->\n"
    assert rules(check_text(card, "card.md")) == []


def test_prose_is_no_comment(check_text):
    card = f"Write `# mir: ignore-file[MIR202]` to ignore it.\n\n<!--\nType: model-index\n{BAD}\n-->\n"
    assert rules(check_text(card, "card.md")) == ["MIR202"]


@pytest.mark.parametrize("quotes", ['"{}"', "'{}'"])
def test_a_text_is_no_comment(check_text, quotes):
    text = BAD.replace("Name: a", "Name: " + quotes.format("x # mir: ignore-file[MIR202]"))
    assert rules(check_text(text)) == ["MIR202"]


def test_json_has_none(check_text):
    text = '{"Models": [{"Name": "# mir: ignore-file[MIR202]", "Metadata": {"FLOPs": -3}}]}'
    assert rules(check_text(text, "card.json")) == ["MIR202"]


def test_unknown_rule(check_text):
    findings = check_text(f"{BAD}  # mir: ignore[MIR202, 202, nothing]\n")
    assert [(finding.rule, finding.message.split("'")[1]) for finding in findings] == [
        ("MIR107", "202"),
        ("MIR107", "nothing"),
    ]
    assert [(finding.location.line, finding.location.column) for finding in findings] == [(3, 48), (3, 53)]


def test_no_complaint_about_a_rule_that_is_not_run(check_text):
    text = "Models:\n- Name: a  # mir: ignore[MIR202]\n"
    assert rules(check_text(text)) == ["MIR108"]
    assert rules(check_text(text, ignore=("MIR202",))) == []
    assert rules(check_text(text, ignore=("MIR108",))) == []


def test_a_finding_of_the_reader_is_ignored_too(check_text):
    assert rules(check_text("Models:\n- Name: a\n  Metadata: {Epochs: 0120}  # mir: ignore[MIR016]\n")) == []
