"""`mir evidence migrate`: records of an older mir, moved to where they are kept now."""

from __future__ import annotations

import click

from registry.cli.chosen_cards import usual_folder
from registry.cli.evidence.store_argument import store_at
from registry.cli.messages import tell_problems
from registry.cli.shared_options import PLACE
from registry.evidence import Store
from registry.evidence.old_records import migrate as migrate_store
from registry.evidence.transfer import transfer
from registry.report.output import plain
from registry.storage import Place


@click.command(epilog="Exit codes: 0, or 1 where an old file cannot be read and stayed where it was.")
@click.argument("folder", default=usual_folder, type=PLACE)
def migrate(folder: Place) -> int:
    """Move the records of mir 0.1, one file a claim, into one file a model.

    FOLDER holds evidence, or cards with their evidence beside them. Records are moved as they are. Those of claims for
    which nothing was measured are removed: what it takes to measure a claim is told from the claim.
    """
    store = store_at(folder)
    done = migrate_store(store)
    click.echo(
        plain(
            f"{store.folder}: {done.moved} records moved; removed: {done.derived} without a measurement, "
            f"{done.replaced} that newer ones had replaced"
        )
    )
    return tell_problems(done.left)


@click.command(epilog="Exit codes: 0, or 1 where a file of FROM is no evidence and was left out.")
@click.argument("source", metavar="FROM", type=PLACE)
@click.argument("target", metavar="TO", type=PLACE)
def copy(source: Place, target: Place) -> int:
    """Take the records of one folder or URL of evidence over into another, with the predictions that were kept.

    A record of TO stays where it settles its claim and the other does not, and else where it is as new. What a run kept
    here because its store was away is written so.
    """
    origin, taking = store_at(source), Store(target)
    count = transfer(origin, taking)
    click.echo(plain(f"{count} of {len(origin.all())} records written to {target}"))
    return tell_problems(origin.problems())
