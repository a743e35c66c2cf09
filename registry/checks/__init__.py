"""What `mir check` knows: shapes, rules, suppressions and repairs."""

from registry.checks.catalogue import RULES
from registry.checks.rule import Problem, Rule, RuleDocs
from registry.checks.run_rules import check

__all__ = ["RULES", "Problem", "Rule", "RuleDocs", "check"]
