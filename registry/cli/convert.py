"""`mir convert`: cards in another format."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.configuration import caller_config, dialect_of, offline_option, usual_cards
from registry.cli.output_files import tell, write
from registry.cli.query_options import here
from registry.convert import TARGETS, convert
from registry.loader.project import load_project
from registry.numbers import counted


@click.command(
    "convert",
    epilog="Exit codes: 0, or 1 where a card could not be converted, and with --strict where something is lost or "
    "changed.",
)
@click.argument("cards", nargs=-1, type=click.Path(path_type=Path))
@click.option("--to", required=True, type=click.Choice(TARGETS), help="Format to write.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File or folder to write; standard output without it."
)
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
    config = caller_config()
    cards = here(cards or usual_cards(config), config)
    index, _ = load_project(cards, config, dialect=dialect_of(cards, config))
    errors = sum(finding.severity == "error" for finding in index.findings)
    if errors:
        click.echo(
            f"mir: {counted(errors, 'error')} in reading, so that something may be missing: run mir check", err=True
        )
    converted = convert(
        index, to, suffix=None if output is None else output.suffix, vocabulary=config.load_vocabulary()
    )
    tell(converted, quiet=quiet)
    if strict and (converted.losses or converted.faults or errors):
        return 1
    write(converted, output)
    return int(bool(converted.faults))
