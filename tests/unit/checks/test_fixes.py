"""Repairs: to the byte elsewhere, never twice, never two keys made one."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.checks import RULES, check
from registry.checks.fixes import apply, requote
from registry.config import Config
from registry.loader import load
from registry.types import Edit, Finding, Fix, Location, Source

FILE = Path("model-index.yml")


def repaired(text: str) -> tuple[str, list[Finding]]:
    """One round of repairs, and what was found before it."""
    index = load([FILE], root=Path(), contents={os.path.realpath(FILE): text.encode()})
    findings = check(index, config=Config())
    new = apply(findings, index.sources)
    return new.get(str(FILE), text), findings


def rounds(text: str) -> tuple[str, int]:
    for number in itertools.count():
        new, _ = repaired(text)
        if new == text:
            return text, number
        assert number < 5, "repairs do not come to an end"
        text = new
    raise AssertionError


KEY = st.sampled_from(["Name", "name", "NAME"])
STYLE = st.sampled_from(["{}", "'{}'", '"{}"'])
DATASET = st.sampled_from(["ImageNet", "Imagenet", "ImageNet-1k", "imagenet_1k", "CIFAR100", "Our own"])
TASK = st.sampled_from(["Image Classification", "image classification", "image_classification", "Guessing"])
METRIC = st.sampled_from(["Top 1 Accuracy", "top1", "acc@5", "Top-5", "top_1_accuracy", "CIDER", "Accuracy (testA)"])
COMMENT = st.sampled_from(["", "  # a comment: with 'quotes'", "   #", "  # Imagenet"])
URL = st.sampled_from(
    ["http://github.com/a/b-0a1b2c3d.pth", "github.com/a", "https://example.org/0a1b2c3d", "www.github.com/x y"]
)
VALUE = st.sampled_from(["76.1", "76.1%", "0.761"])
END = st.sampled_from(["\n", "\r\n"])


@st.composite
def cards(draw: st.DrawFn) -> str:
    def quoted(text: str) -> str:
        return draw(STYLE).format(text)

    lines = ["# first: comment", "Models:"]
    for number in range(draw(st.integers(1, 3))):
        lines.append(f"- {draw(KEY)}: {quoted(f'model {number}')}{draw(COMMENT)}")
        lines.append(f"  weights:   {quoted(draw(URL))}{draw(COMMENT)}")
        lines.append(
            f"  {draw(st.sampled_from(['Metadata', 'METADATA', 'SOTAgentsdata']))}: {{Params: 25M, batch_size: 3}}"
        )
        lines.append(f"  Paper: {draw(st.sampled_from(['1512.03385', quoted('1512.03385')]))}{draw(COMMENT)}")
        lines.append("  Results:")
        for _ in range(draw(st.integers(0, 2))):
            lines.append(f"  - task: {quoted(draw(TASK))}{draw(COMMENT)}")
            lines.append(f"    Dataset:  {quoted(draw(DATASET))}{draw(COMMENT)}")
            lines.append("    Metrics:" + draw(COMMENT))
            metrics = draw(st.lists(METRIC, min_size=1, max_size=3, unique=True))
            lines += [f"      {quoted(metric)}: {draw(VALUE)}{draw(COMMENT)}" for metric in metrics]
    return draw(END).join(lines) + draw(st.sampled_from(["", "\n"]))


@settings(max_examples=50, deadline=None)
@given(cards())
def test_repairing_ends_and_changes_nothing_the_second_time(text):
    once, count = rounds(text)
    assert repaired(once)[0] == once
    assert count <= 3


@settings(max_examples=50, deadline=None)
@given(cards())
def test_what_was_repaired_is_gone_and_nothing_new_is_wrong(text):
    new, before = repaired(text)
    _, after = repaired(new)
    assert not {(finding.rule, finding.message) for finding in after if finding.fix} & {
        (finding.rule, finding.message) for finding in before if finding.fix
    }
    worse = [finding for finding in after if finding.severity != "info"]
    assert {finding.rule for finding in worse} <= {finding.rule for finding in before}


@settings(max_examples=50, deadline=None)
@given(cards())
def test_comments_order_and_structure_stay(text):
    new, _ = repaired(text)
    assert [line.partition("#")[2] for line in new.splitlines()] == [
        line.partition("#")[2] for line in text.splitlines()
    ]
    assert shape(yaml.safe_load(new)) == shape(yaml.safe_load(text))
    assert new.count("\r\n") == text.count("\r\n")


def shape(value: object) -> object:
    """How many of what stand where, without the words."""
    if isinstance(value, dict):
        return [shape(item) for item in value.values()]
    return [shape(item) for item in value] if isinstance(value, list) else "."


def finding(*edits: Edit) -> Finding:
    return Finding(
        rule="MIR101",
        severity="error",
        message="",
        location=Location(file="a"),
        fix=Fix(description="", edits=edits),
    )


def edit(start: int, end: int, text: str, file: str = "a") -> Edit:
    return Edit(file=file, start=start, end=end, text=text)


SOURCES = {"a": Source(file="a", text="0123456789")}


def test_overlapping_repairs_wait_for_the_next_round():
    assert apply([finding(edit(0, 4, "x")), finding(edit(3, 5, "y"))], SOURCES) == {"a": "x456789"}


def test_a_repair_applies_as_a_whole_or_not_at_all():
    findings = [finding(edit(0, 1, "x")), finding(edit(0, 1, "y"), edit(5, 6, "z"))]
    assert apply(findings, SOURCES) == {"a": "x123456789"}


def test_the_same_edit_asked_for_twice_is_made_once():
    assert apply([finding(edit(0, 1, "x")), finding(edit(0, 1, "x"))], SOURCES) == {"a": "x123456789"}


def test_neighbours_do_not_touch():
    assert apply([finding(edit(0, 2, "x")), finding(edit(2, 4, "y"))], SOURCES) == {"a": "xy456789"}


def test_files_that_were_not_read_are_left_alone():
    assert apply([finding(edit(0, 1, "x", file="b"))], SOURCES) == {}


@pytest.mark.parametrize(
    ("printed", "value", "new", "expected"),
    [
        ("Imagenet", "Imagenet", "ImageNet", "ImageNet"),
        ("'Imagenet'", "Imagenet", "ImageNet", "'ImageNet'"),
        ('"Imagenet"', "Imagenet", "ImageNet", '"ImageNet"'),
        ("a", "a", "b: c", '"b: c"'),
        ("'a'", "a", "it's", "'it''s'"),
        ("a", "a", "no", '"no"'),
        ("*alias", "Imagenet", "ImageNet", None),
        (">\n  Imagenet", "Imagenet", "ImageNet", None),
        ('"Image\\x6eet"', "Imagenet", "ImageNet", None),
    ],
)
def test_quotes_stay_and_nothing_is_guessed(printed, value, new, expected):
    assert requote(printed, value, new) == expected


def test_two_spellings_of_one_metric_are_not_made_one_key():
    text = (
        "Models:\n- Name: a\n  Results:\n  - Task: Image Classification\n    Dataset: ImageNet\n"
        "    Metrics: {top1: 70.0, Top-1: 71.0}\n"
    )
    assert repaired(text)[0] == text


def test_rules_say_whether_they_repair():
    cards = Path(__file__).resolve().parents[2] / "cards"
    index = load([cards / "bad"])
    repaired_by = {finding.rule for finding in check(index, config=Config()) if finding.fix is not None}
    assert repaired_by == {rule.id for rule in RULES.values() if rule.fixable}
