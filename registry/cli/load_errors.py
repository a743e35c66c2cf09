"""Names the cards that could not be read."""

from __future__ import annotations

import click

from registry.download.hub_address import at_hub
from registry.types import Index


def tell_unread(index: Index) -> bool:
    """Print each error of reading to standard error; say whether there was one."""
    from registry.report.output import plain

    errors = [finding for finding in index.findings if finding.severity == "error"]
    for finding in errors:
        click.echo(plain(f"{at_hub(finding.location)}: {finding.rule} {finding.message}"), err=True)
    return bool(errors)
