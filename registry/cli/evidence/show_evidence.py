"""`mir evidence show`: what is known of every claim."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from registry.claims import read_claims
from registry.cli.configuration import caller_config, dialect_of, usual_folder
from registry.cli.evidence.store_argument import complain, store_at
from registry.cli.folder_argument import PLACE
from registry.cli.formats import format_option
from registry.evidence import Store, to_json
from registry.evidence.beside import Beside
from registry.loader import load
from registry.read.faults import sparing
from registry.report.verdicts import print_overview
from registry.storage import Place
from registry.types import VERDICTS, Evidence
from registry.verify.lacking import Lacking
from registry.vocabulary.architectures import find_name


@click.command(epilog="Exit codes: 0, or 1 where a file in the folder is no evidence.")
@click.argument("folder", default=usual_folder, type=PLACE)
@click.option("--model", metavar="NAME", help="Show only this model.")
@click.option("--verdict", type=click.Choice(VERDICTS), help="Show only claims with this verdict.")
@format_option("text", "table", "json", help="Format of the output; table has every claim.")
@click.option("-v", "--verbose", is_flag=True, help="List every claim, also of many models.")
def show(folder: Place, model: str | None, verdict: str | None, form: str, verbose: bool) -> int:
    """Show what is known of every claim.

    FOLDER holds evidence, or cards with their evidence beside them. Of the cards' claims that were not measured, what
    it takes to measure them is told; there is no record of that, so that --format json leaves them out.
    """
    store = store_at(folder)
    records = store.all()
    known = records if form == "json" else [*records, *_lacking(folder, store, records)]
    if model is not None:
        measured = {each.claim.model for each in known}
        model = model if model in measured else find_name(model, [*measured, *_names(folder, store)])
    evidence = [
        each
        for each in known
        if (model is None or each.claim.model == model) and (verdict is None or each.verdict == verdict)
    ]
    if form == "json":
        click.echo(json.dumps([to_json(each) for each in evidence], indent=2))
    else:
        print_overview(evidence, whole=verbose or form == "table")
    return complain(store.problems())


def _names(folder: Place, store: Store) -> list[str]:
    if not isinstance(folder, Path) or folder == store.folder:
        return []
    return [model.name for model in load([folder], dialect=dialect_of([folder], caller_config())).models]


def _lacking(folder: Place, store: Store, records: Sequence[Evidence]) -> list[Evidence]:
    """What the cards of a folder claim of measured models, and what measuring it takes."""
    if not isinstance(folder, Path) or folder == store.folder:
        return []
    config = caller_config()
    words, beside = config.load_vocabulary(), Beside(records, Lacking().explain)
    index = load([folder], dialect=dialect_of([folder], config))
    claimed, _ = sparing("could not be read", lambda index: read_claims(index, words), index)
    shown = (beside.shown(claim) for each in claimed for claim in each.claims)
    return [Evidence(claim=each.claim, verdict="unverifiable", reason=each.lacking) for each in shown if each.lacking]
