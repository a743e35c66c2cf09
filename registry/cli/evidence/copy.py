"""`mir evidence copy`: records taken over from one folder or store into another."""

from __future__ import annotations

import click

from registry.cli.evidence.store_argument import complain, store_at
from registry.cli.folder_argument import PLACE
from registry.evidence import Store
from registry.evidence.transfer import transfer
from registry.report.printable import plain
from registry.storage import Place


@click.command(epilog="Exit codes: 0, or 1 where a file of FROM is no evidence and was left out.")
@click.argument("source", metavar="FROM", type=PLACE)
@click.argument("target", metavar="TO", type=PLACE)
def copy(source: Place, target: Place) -> int:
    """Take the records of one folder or URL of evidence over into another, with the predictions that were kept.

    A record of TO stays where it settles its claim and the other does not, and else where it is as new. What a run kept
    here because its store was away is written so.
    """
    given, taking = store_at(source), Store(target)
    taken = transfer(given, taking)
    click.echo(plain(f"{taken} of {len(given.all())} records written to {target}"))
    return complain(given.problems())
