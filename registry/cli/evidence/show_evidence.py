"""`mir evidence show`: what is known of every claim."""

from __future__ import annotations

from collections.abc import Sequence

import click

from registry.claims import read_claims
from registry.cli.chosen_cards import usual_folder
from registry.cli.configuration import caller_config
from registry.cli.evidence.store_argument import cards_in, store_at
from registry.cli.messages import tell_problems
from registry.cli.output_files import print_json
from registry.cli.shared_options import PLACE, format_option
from registry.evidence import to_json
from registry.evidence.beside import Beside
from registry.read.faults import sparing
from registry.report.verdicts import print_overview
from registry.storage import Place
from registry.types import VERDICTS, Evidence, Index
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
    index = Index(root="") if form == "json" and model is None else cards_in(folder, store)
    candidates = records if form == "json" else [*records, *_lacking(index, records)]
    if model is not None:
        measured = {record.claim.model for record in candidates}
        model = model if model in measured else find_name(model, [*measured, *(card.name for card in index.models)])
    evidence = [
        record
        for record in candidates
        if (model is None or record.claim.model == model) and (verdict is None or record.verdict == verdict)
    ]
    if form == "json":
        print_json([to_json(record) for record in evidence])
    else:
        print_overview(evidence, whole=verbose or form == "table")
    return tell_problems(store.problems())


def _lacking(index: Index, records: Sequence[Evidence]) -> list[Evidence]:
    """What cards claim of measured models, and what measuring it takes."""
    words, beside = caller_config().load_vocabulary(), Beside(records, Lacking().explain)
    models, _ = sparing("could not be read", lambda index: read_claims(index, words), index)
    standings = (beside.shown(claim) for model in models for claim in model.claims)
    return [
        Evidence(claim=standing.claim, verdict="unverifiable", reason=standing.lacking)
        for standing in standings
        if standing.lacking
    ]
