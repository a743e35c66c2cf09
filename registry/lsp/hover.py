"""A rule's page, as an editor shows it beside a finding."""

from __future__ import annotations

from registry.checks import RULES
from registry.types import Finding


def page(finding: Finding) -> str:
    """The rule's page in Markdown."""
    rule = RULES[finding.rule]
    docs = rule.docs
    parts = [f"**{rule.id}** {rule.name} ({finding.severity})", docs.what or rule.summary, docs.why]
    parts += [f"{label}:\n\n```yaml\n{card}\n```" for label, card in (("Bad", docs.bad), ("Good", docs.good)) if card]
    return "\n\n".join(part for part in parts if part)
