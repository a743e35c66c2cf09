"""`mir diff`: which claims changed between two states of a registry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from registry.cli.configuration import caller_config
from registry.cli.formats import format_option
from registry.report.plain import plain

if TYPE_CHECKING:
    from registry.query import Change


@click.command(
    "diff",
    epilog="Exit codes: 0 the claims are the same, 1 they differ or a card cannot be read, 2 there is no such state.",
)
@click.argument("old")
@click.argument("new", required=False)
@format_option(
    "text", "json", "markdown", help="How to print the changes; markdown is for release notes and pull requests."
)
def command(old: str, new: str | None, form: str) -> int:
    """Show which models came or went, and which claims changed, from OLD to NEW.

    Each is a folder of cards, a card, one of them in a git revision as REV:PATH, such as HEAD~1:models, or a model of
    the Hub as hf://owner/model@REVISION. Without NEW, the same path as it is now. What cannot be read
    of a state is said, and its models are neither new nor gone.
    """
    from registry.query.state import changes_between

    found, unread = changes_between(old, new, config=caller_config())
    for finding in unread:
        click.echo(plain(f"{finding.location}: {finding.rule} {finding.message}"), err=True)
    if form == "json":
        click.echo(json.dumps([change.as_dict() for change in found], indent=2))
    elif form == "markdown":
        click.echo("\n".join(_markdown(found)))
    else:
        for change in found:
            click.echo(plain(str(change)))
    return int(bool(found or unread))


def _markdown(changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        yield "No claims changed."
    for title, kind, side in (("New models", "model", "after"), ("Models that are gone", "model", "before")):
        names = [change.model for change in changes if change.kind == kind and getattr(change, side) is not None]
        if names:
            yield f"### {title}\n"
            yield from (f"- {_code(name)}" for name in names)
            yield ""
    claims = [change for change in changes if change.kind == "claim"]
    if claims:
        yield "### Claims that changed\n\n| model | claim | before | after |\n|---|---|---|---|"
        for change in claims:
            cells = (change.model, change.what, change.before, change.after)
            yield f"| {' | '.join(map(_code, cells))} |"


def _code(text: str | None) -> str:
    """Somebody else's words as code, in which Markdown obeys nothing: no link, no mention, no HTML."""
    if not text:
        return ""
    return "`" + plain(text).replace("`", "'").replace("|", "\\|") + "`"
