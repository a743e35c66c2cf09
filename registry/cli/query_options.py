"""What the commands that ask share: which cards, and how a table of answers is printed."""

from __future__ import annotations

import csv
import gc
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from registry.cli.chosen_cards import ChosenCards, chosen_cards
from registry.cli.messages import warn
from registry.cli.output_files import print_json
from registry.cli.shared_options import PATH, Command
from registry.csv_file import inert
from registry.gc import without_collector
from registry.report.output import plain
from registry.report.terminal_table import TerminalColumn, lay_out, terminal_width

if TYPE_CHECKING:
    from registry.query.table_cache import TableCache


def cards_argument(command: Command) -> Command:
    """The cards that a command reads, as its last arguments; `--cards` is how they were named before."""

    @wraps(command)
    def joined(*arguments: Any, cards: tuple[Path, ...], further: tuple[Path, ...], **options: Any) -> Any:
        return command(*arguments, cards=(*cards, *further), **options)

    option = click.option("--cards", "further", type=PATH, multiple=True, hidden=True, help="The same as CARDS.")(
        joined
    )
    return cast("Command", click.argument("cards", nargs=-1, type=PATH)(option))


def model_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """The models of the registry that begin as what is typed, for a shell's completion."""
    from registry.query.table_cache import open_tables
    from registry.types import MirError

    try:
        with context.scope(cleanup=False):
            cards = chosen_cards()
            names = open_tables(cards.paths, cards.config).tables.models.columns["name"]
    except MirError:
        return []
    return [name for name in names if str(name).casefold().startswith(incomplete.casefold())]


FORMATS = ("text", "json", "csv")


def opened(cards: ChosenCards) -> TableCache:
    """The tables of some cards; what could not be read is told on standard error."""
    from registry.query.table_cache import open_tables

    with without_collector():
        cache = open_tables(cards.paths, cards.config)
    # They live as long as the command, and a search for cycles would go through all of them.
    gc.freeze()
    if cache.unread:
        more = f" and {len(cache.unread) - 1} more" if len(cache.unread) > 1 else ""
        warn(f"not all cards could be read: {cache.unread[0]}{more}")
    return cache


def show_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], form: str) -> None:
    """Print rows as a table, as JSON or as CSV."""
    if form == "json":
        print_json(list(rows))
    elif form == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: inert(plain(text(row.get(name)))) for name in columns} for row in rows)
        click.echo(out.getvalue(), nl=False)
    else:
        print_table([[plain(text(row.get(name))) for name in columns] for row in rows], list(map(column, columns)))


def print_table(rows: Sequence[Sequence[str]], columns: Sequence[TerminalColumn]) -> None:
    """Print texts in columns; those that are all numbers stand to the right, and are never folded."""
    laid_out = [
        replace(style, right=True, least=0) if rows and all(_is_number(row[at]) for row in rows) else style
        for at, style in enumerate(columns)
    ]
    click.echo("\n".join(lay_out(laid_out, rows, terminal_width(), rule=False)))


def column(name: str, *, below: bool = False) -> TerminalColumn:
    """A column of texts."""
    return TerminalColumn(name=plain(name), least=12, below=below)


def text(value: Any) -> str:
    """A value for people: nothing for what is missing."""
    return "" if value is None else str(value)


def _is_number(cell: str) -> bool:
    return not cell or cell.rstrip("%").replace(".", "", 1).replace(",", "").lstrip("-").isdigit()
