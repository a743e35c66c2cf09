"""`mir evidence show`: what is known of every claim."""

from __future__ import annotations

import json

import click

from registry.cli.evidence.folder import complain, store_at
from registry.cli.formats import format_option
from registry.cli.places import PLACE
from registry.evidence import to_json
from registry.report.overview import print_overview
from registry.storage import Place
from registry.types import VERDICTS


@click.command(epilog="Exit codes: 0, or 1 where a file in the folder is no evidence.")
@click.argument("folder", default="models", type=PLACE)
@click.option("--model", metavar="NAME", help="Show only this model.")
@click.option("--verdict", type=click.Choice(VERDICTS), help="Show only claims with this verdict.")
@format_option("text", "table", "json", help="How to print the result; a table has every claim.")
@click.option("-v", "--verbose", is_flag=True, help="List every claim of many models, too.")
def show(folder: Place, model: str | None, verdict: str | None, form: str, verbose: bool) -> int:
    """Show what is known of every claim.

    FOLDER holds evidence, or cards with their evidence beside them.
    """
    store = store_at(folder)
    evidence = [
        each
        for each in store.all()
        if (model is None or each.claim.model == model) and (verdict is None or each.verdict == verdict)
    ]
    if form == "json":
        click.echo(json.dumps([to_json(each) for each in evidence], indent=2))
    else:
        print_overview(evidence, whole=verbose or form == "table")
    return complain(store.problems())
