"""`mir rules`: every rule in one line."""

from __future__ import annotations

import click

from registry.checks import RULES
from registry.cli.output_files import print_json
from registry.cli.shared_options import format_option
from registry.vocabulary.hub_identifiers import sources


@click.command("rules")
@format_option("text", "json")
def command(form: str) -> int:
    """List the rules of `mir check`: id, severity, name, and whether --fix can repair what they find.

    The last line has the date of the Hub's lists that the rules use. `mir explain ID` shows a rule with its
    reason and examples.
    """
    if form == "json":
        rules = [
            {
                "rule": rule.id,
                "name": rule.name,
                "severity": rule.severity,
                "fixable": rule.fixable,
                "summary": rule.summary,
            }
            for rule in RULES.values()
        ]
        print_json(rules)
        return 0
    width = max(len(rule.name) for rule in RULES.values())
    for rule in RULES.values():
        click.echo(
            f"{rule.id}  {rule.severity:<7}  {rule.name:<{width}}  {'fix' if rule.fixable else '   '}  {rule.summary}"
        )
    click.echo("\nLists of the Hugging Face Hub and ISO 639 that they go by:")
    for name, source in sources().items():
        click.echo(f"  {name}: {source}")
    return 0
