"""What rules find across cards is taken from the cache while what they ask for is the same, and only then."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.checks import RULES, check, run_rules
from registry.checks.check_files import check_files
from registry.checks.kept_parts import KeptParts
from registry.config import Config
from registry.file_inputs import FileInputs
from registry.loader import LeftOut, load
from registry.types import Finding

CARD = "Models:\n- Name: {}\n  README: {}\n  Metadata: {{Parameters: {}}}\n  Results:\n  - {{Task: x, Dataset: d}}\n"
LOOKING = {"MIR402", "MIR412", "MIR713"}
"""Rules that look at files and folders each time."""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[list[Finding], set[str]]]:
    """Checks the folder `zoo`, and says what was found and which rules looked across its cards."""
    looked: set[str] = set()
    look = run_rules._across
    monkeypatch.setattr(run_rules, "_across", lambda rule, *more: looked.add(rule.id) or look(rule, *more))

    def once() -> tuple[list[Finding], set[str]]:
        looked.clear()
        with FileInputs().listening():
            parts = KeptParts(tmp_path / "cache" / "some.parts", "now")
            _, findings = check_files(
                [tmp_path / "zoo"],
                root=None,
                dialect=None,
                left_out=LeftOut(),
                config=Config(),
                beside=None,
                processes=1,
                kept=parts,
            )
        rules = set(looked)
        assert findings == check(load([tmp_path / "zoo"]))
        return findings, rules

    (tmp_path / "zoo").mkdir()
    for name in "abc":
        (tmp_path / "zoo" / f"{name}.yml").write_text(CARD.format(name, "README.md", 25557032))
    return once


def test_nothing_is_looked_at_across_cards_again_but_files(run, tmp_path):
    first, all_rules = run()
    assert {"MIR305", "MIR402"} <= all_rules
    (tmp_path / "zoo" / "a.yml").write_text(CARD.format("a", "README.md", 25557032) + "\n# a remark\n")
    again, rules = run()
    assert rules <= LOOKING
    assert "MIR402" in rules
    assert again == first


def test_rules_ask_for_the_facts_that_they_name():
    for rule in RULES.checking.values():
        if rule.across is not None:
            text = inspect.getsource(sys.modules[rule.across.__module__])
            names = {*re.findall(r"whole\.facts\((\w+)\)", text), *re.findall(r"\b(?:families)\(whole\)", text)}
            facts = {take.__name__ for take in rule.facts}
            assert {"siblings_of" if name == "families(whole)" else name for name in names} == facts, rule.id


def test_a_rule_whose_facts_changed_looks_again(run, tmp_path):
    first, _ = run()
    (tmp_path / "zoo" / "c.yml").write_text(CARD.format("a", "README.md", 11689512))
    findings, rules = run()
    assert "MIR305" in rules
    assert {finding.rule for finding in findings} - {finding.rule for finding in first} == {"MIR305"}
    _, rules = run()
    assert "MIR305" not in rules


def test_a_file_that_appears_is_seen(run, tmp_path):
    first, _ = run()
    assert "MIR402" in {finding.rule for finding in first}
    (tmp_path / "zoo" / "README.md").write_text("# Zoo\n")
    findings, _ = run()
    assert "MIR402" not in {finding.rule for finding in findings}


def test_a_host_that_becomes_secure_is_seen(run, tmp_path):
    (tmp_path / "zoo" / "a.yml").write_text(CARD.format("a", "http://zoo.test.example.io/x.md", 3 * 10**6))
    assert "MIR405" not in {finding.rule for finding in run()[0]}
    (tmp_path / "zoo" / "b.yml").write_text(CARD.format("b", "https://zoo.test.example.io/x.md", 3 * 10**6))
    assert "MIR405" in {finding.rule for finding in run()[0]}
