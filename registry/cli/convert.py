"""`mir convert`: cards in another format."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.chosen_cards import chosen_cards
from registry.cli.configuration import offline_option
from registry.cli.messages import tell
from registry.cli.output_files import tell_losses, write
from registry.cli.shared_options import PATH
from registry.convert import TARGETS, convert
from registry.numbers import counted


@click.command(
    "convert",
    epilog="Exit codes: 0, or 1 where a card could not be converted, and with --strict where something is lost or "
    "changed.",
)
@click.argument("cards", nargs=-1, type=PATH)
@click.option("--to", required=True, type=click.Choice(TARGETS), help="Format to write.")
@click.option("-o", "--output", type=PATH, help="File or folder to write; standard output without it.")
@click.option("--strict", is_flag=True, help="Write nothing, and exit 1, where something would be lost or changed.")
@offline_option
@click.option("--quiet", is_flag=True, help="Print only how many values are lost or changed.")
def command(cards: tuple[Path, ...], to: str, output: Path | None, strict: bool, quiet: bool) -> int:
    """Write CARDS, files, folders or addresses on the Hub such as hf://owner/model, in another format.

    Numbers keep their printed digits. What the format cannot hold is listed on standard error, a line each, with its
    place. model-index and metafile write a file for each card; huggingface and eval-results one for each model, with
    what it inherits from its collection; json and csv one for everything. More files than one need a folder:
    an --output without a suffix.
    """
    chosen = chosen_cards(cards)
    index = chosen.load()
    errors = sum(finding.severity == "error" for finding in index.findings)
    if errors:
        tell(f"mir: {counted(errors, 'error')} in reading, so that something may be missing: run mir check")
    converted = convert(
        index, to, suffix=None if output is None else output.suffix, vocabulary=chosen.config.load_vocabulary()
    )
    tell_losses(converted, quiet=quiet)
    if strict and (converted.losses or converted.faults or errors):
        return 1
    write(converted, output)
    return int(bool(converted.faults))
