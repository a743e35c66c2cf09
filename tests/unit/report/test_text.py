from registry.report.text import text
from registry.types import Location


def test_shows_place_sentence_line_carets_hint_and_fix(report, finding):
    finding_with_hint = finding(hint="count again", replacement="3")
    assert "".join(text(report([finding_with_hint]))) == (
        "models/a.yml:4:12: MIR201 error: '-3' is below zero\n"
        "  |\n"
        "4 |     FLOPs: -3\n"
        "  |            ^^\n"
        "  = hint: count again\n"
        "  = fix: write it without the sign\n"
        "\n"
        "Found 1 error in 1 of 1 file; 1 of them can be repaired with --fix.\n"
    )


def test_carets_stand_under_wide_characters_behind_tabs(report, finding):
    lines = "".join(text(report([finding("模型 banana")]))).splitlines()
    assert lines[2] == "5 |     Parameters: 模型 banana"
    assert lines[3] == "  |                 ^^^^^^^^^^^"


def test_is_quiet_when_clean(report):
    assert "".join(text(report([]))) == ""


def test_colours_only_when_asked(report, finding):
    assert "\x1b[" not in "".join(text(report([finding()])))
    assert "\x1b[" in "".join(text(report([finding()], color=True)))


def test_card_text_cannot_steer_the_terminal(report, finding, hostile):
    card = f"Name: {hostile} x\n"
    hostile_finding = finding("Name", text=card, message=hostile, hint=hostile, path=hostile, file=f"a{hostile}.yml")
    printed = "".join(text(report([hostile_finding], text=card, file=f"a{hostile}.yml")))
    assert all(char == "\n" or char.isprintable() for char in printed)
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in printed.splitlines())
    printed.encode("utf-8")


def test_a_file_that_could_not_be_read_has_no_excerpt(report, finding):
    printed = "".join(text(report([finding(file="other.yml")])))
    assert printed.startswith("other.yml:4:12: MIR201 error: '-3' is below zero\n\n")


def test_a_range_of_many_lines_is_marked_where_it_begins(report, finding):
    lines = "".join(text(report([finding("Metadata:\n    FLOPs")]))).splitlines()
    assert lines[2:4] == ["3 |   Metadata:", "  |   ^"]


def test_of_many_other_places_some_are_named(report, finding):
    places = tuple(Location(file="b.yml", line=number) for number in range(1, 10))
    printed = "".join(text(report([finding(related=places)])))
    assert printed.count("= see: b.yml") == 5
    assert "= see: and 4 more\n" in printed
