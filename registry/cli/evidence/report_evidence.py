"""`mir evidence report`: a page about all that is known of a registry's numbers."""

from __future__ import annotations

from pathlib import Path

import click

from registry.claims import read_claims
from registry.cli.configuration import caller_config, dialect_of, usual_cards
from registry.cli.evidence.store_argument import complain
from registry.cli.folder_argument import READ_PLACE
from registry.evidence import Store
from registry.evidence.beside import Beside
from registry.evidence.claim_key import evidence_folder
from registry.files import write_output
from registry.loader.project import load_project
from registry.read.faults import sparing
from registry.report.zoo import Standing
from registry.report.zoo import report as page
from registry.storage import Place
from registry.types import Index
from registry.verify.lacking import Lacking


@click.command(epilog="Exit codes: 0, or 1 where a file of the evidence is not evidence.")
@click.argument("cards", nargs=-1, type=click.Path(path_type=Path))
@click.option("--evidence", "folder", type=READ_PLACE, help="Folder or URL of the evidence.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; standard output without it.")
def report(cards: tuple[Path, ...], folder: Place | None, output: Path | None) -> int:
    """Write a page of Markdown: what is right and what is not with the numbers of all models.

    How many claims of each kind are reproduced, under which conventions, each that is refuted with its diagnosis, and
    what it takes to measure the rest. CARDS are files or folders; without any, `paths` of the
    configuration or the folder models.
    """
    config = caller_config()
    cards = cards or usual_cards(config)
    index, _ = load_project(cards, config, dialect=dialect_of(cards, config))
    store, words = Store(folder or evidence_folder(cards[0], config)), config.load_vocabulary()
    beside = Beside(store.records(), Lacking().explain)

    def standing(part: Index) -> list[Standing]:
        return [
            Standing(model=each.model, claims=tuple(beside.shown(claim, each.model) for claim in each.claims))
            for each in read_claims(part, words)
        ]

    models, _ = sparing("could not be read", standing, index)
    text = page(models)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_output(output, text.encode())
    return complain(store.problems())
