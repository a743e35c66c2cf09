"""`mir diff`: which claims and verdicts changed between two states of a registry."""

from __future__ import annotations

import click

from registry.cli.configuration import caller_config
from registry.cli.messages import tell_findings
from registry.cli.output_files import print_json
from registry.cli.shared_options import format_option
from registry.gc import without_collector
from registry.report.output import plain


@click.command(
    "diff",
    epilog="Exit codes: 0 claims and verdicts are the same, 1 they differ or a card cannot be read, "
    "2 there is no such state.",
)
@click.argument("old")
@click.argument("new", required=False)
@format_option(
    "text", "json", "markdown", help="Format of the output; markdown is for release notes and pull requests."
)
def command(old: str, new: str | None, form: str) -> int:
    """Show which models came or went, and which claims and verdicts changed, from OLD to NEW.

    Each is a folder of cards, a card, one of them in a git revision as REV:PATH, such as HEAD~1:models, or a model of
    the Hub as hf://owner/model@REVISION. Without NEW, the same path as it is now. Verdicts are those of the evidence
    that each state holds. What cannot be read of a state is said, and its models are neither new nor gone.
    """
    from registry.cli.diff_markdown import markdown
    from registry.query.state import compare_states

    with without_collector():
        comparison = compare_states(old, new, config=caller_config())
    tell_findings(comparison.unread)
    if form == "json":
        print_json([change.as_dict() for change in comparison.changes])
    elif form == "markdown":
        click.echo("\n".join(markdown(comparison)))
    else:
        for change in comparison.changes:
            click.echo(plain(str(change)))
    return int(bool(comparison.changes or comparison.unread))
