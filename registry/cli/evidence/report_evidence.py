"""`mir evidence report`: a page about all that is known of a registry's numbers."""

from __future__ import annotations

from pathlib import Path

import click

from registry.claims import read_claims
from registry.cli.chosen_cards import chosen_cards
from registry.cli.configuration import offline_option
from registry.cli.messages import tell_problems
from registry.cli.output_files import put
from registry.cli.shared_options import PATH, READ_PLACE
from registry.evidence.beside import Beside
from registry.read.faults import sparing
from registry.report.zoo import Standing
from registry.report.zoo import report as page
from registry.storage import Place
from registry.types import Index
from registry.verify.lacking import Lacking


@click.command(epilog="Exit codes: 0, or 1 where a file of the evidence is not evidence.")
@click.argument("cards", nargs=-1, type=PATH)
@click.option("--evidence", "folder", type=READ_PLACE, help="Folder or URL of the evidence.")
@click.option("-o", "--output", type=PATH, help="File to write; standard output without it.")
@offline_option
def report(cards: tuple[Path, ...], folder: Place | None, output: Path | None) -> int:
    """Write a page of Markdown: what is right and what is not with the numbers of all models.

    How many claims of each kind are reproduced, under which conventions, each that is refuted with its diagnosis, and
    what it takes to measure the rest. CARDS are files, folders or addresses on the Hub; without any,
    `paths` of the configuration or the folder models.
    """
    chosen = chosen_cards(cards)
    store, words = chosen.store(folder), chosen.config.load_vocabulary()
    beside = Beside(store.records(), Lacking().explain)

    def standing(part: Index) -> list[Standing]:
        return [
            Standing(
                model=model_claims.model,
                claims=tuple(beside.shown(claim, model_claims.model) for claim in model_claims.claims),
            )
            for model_claims in read_claims(part, words)
        ]

    models, _ = sparing("could not be read", standing, chosen.load())
    put(page(models), output)
    return tell_problems(store.problems())
