"""`mir query`: SQL over the models, their claims and the evidence."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.chosen_cards import chosen_cards
from registry.cli.messages import tell
from registry.cli.query_options import FORMATS, cards_argument, opened, show_rows
from registry.cli.shared_options import PATH, format_option
from registry.loader.project import is_on_hub
from registry.types import UsageError


@click.command(
    "query",
    epilog="Exit codes: 0, also where no row is found; 2 where the statement cannot be answered, or a text in it is "
    "misspelt.",
)
@click.argument("statement", required=False)
@cards_argument
@click.option(
    "-o",
    "--output",
    "target",
    type=PATH,
    metavar="FILE.duckdb|FOLDER",
    help="Write the tables to a DuckDB file, or to Parquet files in a folder.",
)
@click.option("--to", "former", type=PATH, hidden=True, help="The same as --output.")
@format_option(*FORMATS)
def command(statement: str | None, cards: tuple[Path, ...], target: Path | None, former: Path | None, form: str) -> int:
    """Answer a SELECT about the tables models, claims and evidence, which are built from the files.

    \b
    mir query 'SELECT subject, verdict, count(*) FROM claims GROUP BY ALL'

    It is DuckDB's SQL, and reaches nothing but these tables: it can change none, and read no other file. DESCRIBE
    claims names the columns of one. A column of models that a statement names, and that no card reports, is named on
    standard error, and so is a text that a column is compared with and that no row has.
    """  # noqa: D301
    from registry.query.database import ask, unreported, write_database, write_parquet
    from registry.query.unmatched import unmatched_literals

    if statement is not None and is_on_hub(statement):
        cards, statement = (Path(statement), *cards), None
    target = target or former
    if (statement is None) == (target is None):
        raise UsageError("give either a statement to answer, or --output for the whole tables")
    opened_tables = opened(chosen_cards(cards))
    if target is not None:
        if target.suffix in (".duckdb", ".db"):
            write_database(opened_tables.tables, target)
        else:
            write_parquet(opened_tables.tables, target)
        sizes = ", ".join(f"{len(table)} {name}" for name, table in opened_tables.tables.named().items())
        click.echo(f"{sizes} in {target}", err=True)
        return 0
    assert statement is not None
    rows = ask(opened_tables, statement)
    missing = (f"no card reports {name}" for name in unreported(opened_tables.tables, statement))
    for notice in (*unmatched_literals(opened_tables.tables, statement), *missing):
        tell(notice)
    show_rows(rows.as_dicts(), rows.columns, form)
    return 0
