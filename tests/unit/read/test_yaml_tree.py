from __future__ import annotations

from typing import Any

import pytest
import yaml

import registry.read.yaml_tree
from registry.read import ids, read_text
from registry.types import Finding, RawDocument, walk


def parse(text: str) -> RawDocument:
    [document] = read_text(text, "card.yml", "yaml")
    return document


def only(document: RawDocument) -> Finding:
    [finding] = document.findings
    return finding


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Everything holds for both of PyYAML's parsers."""
    if request.param == "python":
        monkeypatch.setattr(registry.read.yaml_tree, "_Parser", registry.read.yaml_tree._PurePython)
    return str(request.param)


VALID = [
    "Models:\n- Name: AlexNet\n  Metadata: {FLOPs: 1429383808, LR: 0.2}\n",
    "a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n",
    "a: &x {b: 1, c: 1}\ny: &y {c: 2, d: 2}\nd:\n  <<: [*x, *y]\n  b: 3\n",
    "text: |\n  one\n  two\n\nfolded: >-\n  one\n  two\n",
    "'quoted': 'it''s'\n\"double\": \"a\\tb\"\n",
    "- !!str 12\n- !!int '3'\n- !!float 1\n- ! 12\n",
    "- 0x1f\n- 0b11\n- 1_000\n- .inf\n- -.INF\n- ~\n- null\n-\n- 1.5e+3\n- .5\n",
    "- [a, b: c]\n- {d, e: }\n",
    "--- \nModels: []\n...\n",
    "many words: in a row\n  that go on\n",
    "😀: é\r\nb:\r\n  - 中\r\n",
    "",
]


@pytest.mark.parametrize("text", VALID)
def test_values_are_those_of_the_safe_loader(text: str) -> None:
    document = parse(text)
    assert document.root == yaml.safe_load(text)
    assert [finding for finding in document.findings if finding.severity == "error"] == []


def test_every_key_and_value_knows_its_characters() -> None:
    text = "Models:\n  - Name: &n AlexNet   # the first\n    Top: 56.550\n    Tags: [a, 'b c']\n    Copy: *n\n"
    root: Any = parse(text).root
    model = root["Models"][0]
    assert {key: model.text(key) for key in model} == {
        "Name": "AlexNet",
        "Top": "56.550",
        "Tags": "[a, 'b c']",
        "Copy": "AlexNet",
    }
    assert [model["Tags"].text(index) for index in range(2)] == ["a", "'b c'"]
    assert str(model.key_location("Top")) == "card.yml:3:5"
    assert str(model.location("Top")) == "card.yml:3:10"
    # An alias to a single value stands where that value is printed, for that is where its digits are.
    assert str(model.location("Copy")) == "card.yml:2:14"
    assert text[model.start : model.end] == text[text.index("Name") : text.index("*n") + 2]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_and_columns_survive_line_ends_marks_and_wide_characters(line_end: str, mark: str) -> None:
    text = mark + line_end.join(["😀😀: 中文", "Models:", "- Name: x", ""])
    root: Any = parse(text).root
    assert root["😀😀"] == "中文"
    assert str(root.location("😀😀")) == "card.yml:1:5"
    assert str(root["Models"][0].location("Name")) == "card.yml:3:9"


def test_keys_are_text_as_printed() -> None:
    root = parse("no: 1\n2020: 2\n1.10: 3\n~: 4\n'on': 5\n").root
    assert root == {"no": 1, "2020": 2, "1.10": 3, "~": 4, "on": 5}


@pytest.mark.parametrize(
    ("text", "value", "rule", "severity"),
    [
        ("no", False, ids.BOOLEAN, "warning"),
        ("On", True, ids.BOOLEAN, "warning"),
        ("1e5", "1e5", ids.EXPONENT, "info"),
        ("1.0e-4x", "1.0e-4x", None, None),
        ("5e-4", "5e-4", ids.EXPONENT, "info"),
        ("0123", 83, ids.OCTAL, "warning"),
        ("007", 7, None, None),
        ("0o17", "0o17", ids.OCTAL, "info"),
        ("089", "089", ids.OCTAL, "info"),
        ("12:30", 750, ids.SEXAGESIMAL, "warning"),
        ("2021-02-30", "2021-02-30", ids.DATE, "warning"),
        ("true", True, None, None),
        ("0.875", 0.875, None, None),
        ("'no'", "no", None, None),
    ],
)
def test_what_means_something_else_than_it_looks_like_is_said(
    text: str, value: object, rule: str | None, severity: str | None
) -> None:
    document = parse(f"Models:\n- Name: {text}\n")
    root: Any = document.root
    assert root["Models"][0]["Name"] == value
    assert [(item.rule, item.severity) for item in document.findings] == ([(rule, severity)] if rule else [])
    for finding in document.findings:
        assert text in finding.message
        assert finding.location.path == "Models[0].Name"
        assert (finding.location.line, finding.location.column) == (2, 9)


def test_a_date_is_only_a_surprise_where_no_date_is_meant() -> None:
    assert parse("date: 2025-01-15\nRelease Time: 2025-01-15 10:00:00\n").findings == ()
    assert only(parse("Name: 2025-01-15\n")).rule == ids.DATE


@pytest.mark.parametrize(("text", "repaired"), [("1e5", "1.0e+5"), ("-2.5E3", "-2.5e+3"), ("1e-04", "1.0e-04")])
def test_a_bare_exponent_has_one_repair_that_every_tool_reads_alike(text: str, repaired: str) -> None:
    fix = only(parse(f"LR: {text}\n")).fix
    assert fix is not None
    [edit] = fix.edits
    assert (edit.start, edit.end, edit.text) == (4, 4 + len(text), repaired)
    assert yaml.safe_load(repaired) == float(text)


def test_the_second_of_two_equal_keys_is_reported_with_the_first() -> None:
    document = parse("Models:\n- Name: a\n  Name: b\n")
    finding = only(document)
    assert document.root == {"Models": [{"Name": "b"}]}
    assert (finding.rule, finding.location.line, finding.location.path) == (ids.DUPLICATE_KEY, 3, "Models[0].Name")
    assert [place.line for place in finding.related] == [2]


def test_what_a_merge_brings_in_is_no_duplicate_and_stands_where_it_is_printed() -> None:
    document = parse("base: &b\n  LR: 0.1\n  Epochs: 90\none:\n  Epochs: 30\n  <<: *b\n")
    root: Any = document.root
    assert document.findings == ()
    assert root["one"] == {"LR": 0.1, "Epochs": 30}
    assert root["one"].location("LR").line == 2
    assert root["one"].location("Epochs").line == 5


@pytest.mark.parametrize(
    ("text", "rule", "line", "column", "words"),
    [
        ("a: b: c\n", ids.YAML_SYNTAX, 1, 5, "a ':' followed by a space"),
        ("a:\n\tb: 1\n", ids.YAML_SYNTAX, 2, 1, "a tab"),
        ("a: [1, 2\nb: 3\n", ids.YAML_SYNTAX, 2, 2, "'['"),
        ("a: 'x\nb: 1\n", ids.YAML_SYNTAX, 1, 4, "quote"),
        ("a: 1\n b: 2\n", ids.YAML_SYNTAX, 2, 3, ""),
        ("a: @x\n", ids.YAML_SYNTAX, 1, 4, "cannot start"),
        ("a: \x07\n", ids.ENCODING, 1, 4, "U+0007"),
        ("? [a]\n: b\n", ids.KEY, 1, 3, "key"),
        ("a: *b\n", ids.ALIAS, 1, 4, "no anchor"),
        ("a: &b [*b]\n", ids.ALIAS, 1, 8, "inside"),
        ("a: &b 1\nc: &b 2\n", ids.ALIAS, 2, 4, "second time"),
        ("a: !!python/name:os.system 1\n", ids.TAG, 1, 4, "!!python/name:os.system"),
        ("a: !Thing {b: 1}\n", ids.TAG, 1, 4, "!Thing"),
        ("a: !!int x\n", ids.TAG, 1, 4, "!!int"),
        ("a: {<<: 3}\n", ids.ALIAS, 1, 9, "merge"),
        ("a: 1\n---\nb: 2\n", ids.DOCUMENTS, 2, 1, "second"),
    ],
)
def test_mistakes_are_named_at_their_place(text: str, rule: str, line: int, column: int, words: str) -> None:
    finding = only(parse(text))
    assert (finding.rule, finding.location.line, finding.location.column) == (rule, line, column)
    assert words in finding.message


def test_what_is_readable_beside_a_mistake_is_read() -> None:
    assert parse("a: !Thing {b: 1}\nc: *no\n? [x]\n: y\n").root == {"a": {"b": 1}, "c": None}


def test_a_hundred_findings_of_a_kind_are_enough() -> None:
    assert len(parse("a: 1\n" * 1000).findings) == 100


@pytest.mark.parametrize("text", ["[" * 101, "{a: " * 101, "- " * 101, "? " * 101])
def test_depth_has_a_limit(text: str) -> None:
    assert only(parse(text)).rule == ids.TOO_DEEP


def test_keys_have_a_limit_and_so_have_paths() -> None:
    document = parse(f'a: 1\n"{"k" * 201}": [no]\nb: 2\n')
    assert document.root == {"a": 1, "b": 2}
    assert [(finding.rule, finding.location.path) for finding in document.findings] == [
        (ids.TOO_LARGE, ""),
        (ids.BOOLEAN, "[0]"),
    ]
    assert only(parse("{" + ("k" * 150 + ": {") * 8)).rule == ids.TOO_DEEP
    assert parse(("- {" + "k" * 150 + ": {}}\n") * 20).findings == ()


def test_a_tree_at_the_limit_can_be_walked() -> None:
    document = parse("[" * 100 + "]" * 100)
    assert len(list(walk(document.root))) == 99
