"""Selecting rules, and the rules that reading and loading promise."""

import pytest

from registry.checks import RULES
from registry.checks.catalogue import selector
from registry.read import ids
from registry.types import ConfigError


def test_every_id_of_reading_and_loading_has_a_page():
    constants = {value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)}
    assert constants == set(ids.READING_RULES)
    assert {name for name, rule in RULES.items() if rule.scope == "reading"} == constants
    assert all(RULES[name].docs.what and RULES[name].docs.bad for name in constants)


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ((), (), True),
        (("MIR2",), (), True),
        (("MIR3",), (), False),
        ((), ("MIR2",), False),
        (("MIR204",), ("MIR2",), True),
        (("MIR2",), ("MIR204",), False),
        (("MIR204",), ("MIR204",), False),
        (("MIR",), (), True),
    ],
)
def test_the_longer_of_two_that_fit_decides(select, ignore, expected):
    assert selector(select, ignore)("MIR204") is expected


@pytest.mark.parametrize("pattern", ["MIR9", "mir204", "204", "", "MIR2045"])
def test_what_fits_no_rule_is_wrong_usage(pattern):
    with pytest.raises(ConfigError, match="neither a rule"):
        selector((pattern,), ())
    with pytest.raises(ConfigError, match="neither a rule"):
        selector((), (pattern,))


def test_findings_are_filtered_those_of_the_reader_too(check_text):
    text = "Models:\n- Name: a\n  Metadata: {Epochs: 0120, FLOPs: -3}\n"
    assert [finding.rule for finding in check_text(text)] == ["MIR202", "MIR016"][::-1]
    assert [finding.rule for finding in check_text(text, select=("MIR2",))] == ["MIR202"]
    assert [finding.rule for finding in check_text(text, ignore=("MIR2",))] == ["MIR016"]
