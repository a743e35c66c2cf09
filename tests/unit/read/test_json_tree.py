from __future__ import annotations

import json
from typing import Any

import pytest

from registry.read import ids, read_text
from registry.types import RawDocument


def parse(text: str) -> RawDocument:
    [document] = read_text(text, "card.json", "json")
    return document


@pytest.mark.parametrize(
    "text",
    [
        '{"Models": [{"Name": "AlexNet", "Metadata": {"FLOPs": 1.5e9, "LR": -0.2, "x": [true, false, null]}}]}',
        "[]",
        ' {"a" : { } , "b":[ [ ] , {} ] } \r\n',
        r'{"\u00e9\n": "\ud83d\ude00 \"q\" \/"}',
        '{"n": [0, -0, 1e5, 1E-5, 123456789012345678901234567890]}',
    ],
)
def test_values_are_those_of_the_standard_library(text: str) -> None:
    document = parse(text)
    assert document.root == json.loads(text)
    assert document.findings == ()


def test_every_key_and_value_knows_its_characters() -> None:
    root: Any = parse('\ufeff{\r\n  "Models": [\r\n    {"Top 1": 56.550, "Tags": ["é", 1]}]}').root
    model = root["Models"][0]
    assert model.text("Top 1") == "56.550"
    assert model.text("Tags") == '["é", 1]'
    assert model["Tags"].text(0) == '"é"'
    assert str(model.key_location("Top 1")) == "card.json:3:6"
    assert str(model.location("Top 1")) == "card.json:3:15"


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('{"a": 1,}', 1, 8, "comma"),
        ("[1,\n2,\n]", 2, 2, "comma"),
        ('{"a": 1', 1, 8, "ends before"),
        ('{"a" 1}', 1, 6, "':'"),
        ("{a: 1}", 1, 2, "double quotes"),
        ("{'a': 1}", 1, 2, "double quotes"),
        ("{\"a\": 'b'}", 1, 7, "double quotes"),
        ('{"a": True}', 1, 7, "'True'"),
        ('{"a": "b}', 1, 7, "never closed"),
        ('{"a": "b\n"}', 1, 9, "end of its line"),
        (r'{"a": "\x"}', 1, 8, "backslash"),
        ('// note\n{"a": 1}', 1, 1, "comments"),
        ('{"a": 1} x', 1, 10, "follows"),
        ('{"a": 1 "b": 2}', 1, 9, "','"),
        ('{"a": }', 1, 7, "missing"),
        ('{"a": 01}', 1, 8, "','"),
    ],
)
def test_mistakes_are_named_at_their_place(text: str, line: int, column: int, words: str) -> None:
    document = parse(text)
    [finding] = document.findings
    assert document.root is None
    assert (finding.rule, finding.location.line, finding.location.column) == (ids.JSON_SYNTAX, line, column)
    assert words in finding.message


def test_the_second_of_two_equal_keys_is_reported_with_the_first() -> None:
    document = parse('{"Models": [{"Name": "a",\n"Name": "b"}]}')
    [finding] = document.findings
    assert document.root == {"Models": [{"Name": "b"}]}
    assert (finding.rule, finding.location.line, finding.location.path) == (ids.DUPLICATE_KEY, 2, "Models[0].Name")
    assert [place.line for place in finding.related] == [1]


def test_numbers_that_json_lacks_are_read_and_reported() -> None:
    document = parse('{"a": NaN, "b": -Infinity}')
    assert repr(document.root) == "{'a': nan, 'b': -inf}"
    assert [finding.rule for finding in document.findings] == [ids.JSON_SYNTAX] * 2


def test_half_a_character_is_no_character() -> None:
    document = parse(r'{"a": "\ud83d"}')
    assert document.root == {"a": "\ufffd"}
    assert [finding.rule for finding in document.findings] == [ids.ENCODING]


def test_an_absurd_number_of_digits_stays_text() -> None:
    root: Any = parse('{"a": ' + "9" * 5000 + "}").root
    assert root["a"] == "9" * 5000


@pytest.mark.parametrize("text", ["[" * 101, '{"a":' * 101])
def test_depth_has_a_limit(text: str) -> None:
    assert [finding.rule for finding in parse(text).findings] == [ids.TOO_DEEP]
