import pytest

from registry.report.text import excerpt


@pytest.mark.parametrize(
    ("line", "column", "end_column", "carets"),
    [
        ("ab cd", 4, 6, "   ^^"),
        ("ab", 3, 4, "  ^"),
        ("ab", 9, 9, "  ^"),
        ("\ta\tb", 4, 5, "        ^"),
        ("e\u0301x", 3, 4, " ^"),
        ("🙂 x", 3, 4, "   ^"),
    ],
    ids=["middle", "behind the end", "far behind", "tabs", "combining", "emoji"],
)
def test_carets_stand_under_the_range(line, column, end_column, carets):
    assert excerpt(line, column, end_column)[1] == carets


def test_of_a_long_line_only_the_part_around_the_range_is_shown():
    line, carets = excerpt("a" * 1_000_000 + "BB" + "c" * 1_000_000, 1_000_001, 1_000_003)
    assert len(line) < 140
    assert line[carets.index("^") : len(carets)] == "BB"
    assert line.startswith("...")
    assert line.endswith("...")
