import json
import re

import pytest
from click.testing import CliRunner

from registry.checks import RULES
from registry.cli.main import group
from registry.types import UsageError


def run(*arguments: str) -> str:
    result = CliRunner().invoke(group, arguments, catch_exceptions=False, standalone_mode=False)
    assert result.return_value == 0
    return result.output


def test_every_rule_has_a_line():
    lines = run("rules").partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in lines] == list(RULES)
    assert all(line.endswith(rule.summary) for line, rule in zip(lines, RULES.values(), strict=True))


def test_lists_of_others_are_named_with_their_source_and_day():
    lists = run("rules").partition("\n\n")[2]
    for name in ("licenses", "tasks", "libraries", "frameworks", "languages"):
        assert re.search(rf"^  {name}: .*\b20\d\d-\d\d-\d\d", lists, re.MULTILINE), name


def test_rules_as_json():
    rules = json.loads(run("rules", "--format", "json"))
    assert [rule["rule"] for rule in rules] == list(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_is_explained_with_both_examples(rule):
    page = run("explain", rule.id)
    for part in (rule.id, rule.name, rule.docs.what, rule.docs.why, rule.docs.bad, rule.docs.good):
        assert part
        for line in part.splitlines():
            assert line in page


def test_a_rule_goes_by_its_name_and_any_case():
    assert run("explain", "mir101") == run("explain", "shape") == run("explain", "MIR101")


def test_an_unknown_rule_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="there is no rule 'MIR1011'; did you mean MIR101"):
        run("explain", "MIR1011")
    with pytest.raises(UsageError, match="`mir rules` lists all"):
        run("explain", "zzz")
