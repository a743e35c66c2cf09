"""What the commands that ask share: which cards, and how a table of answers is printed."""

from __future__ import annotations

import csv
import gc
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from registry.cli.configuration import caller_config, is_offline, usual_cards
from registry.config import Config
from registry.csv_file import inert
from registry.gc import without_collector
from registry.loader.project import is_on_hub
from registry.report.output import plain
from registry.report.terminal_table import TerminalColumn, lay_out, terminal_width

if TYPE_CHECKING:
    from registry.query.table_cache import TableCache

Command = TypeVar("Command", bound=Callable[..., Any])


def cards_argument(command: Command) -> Command:
    """The cards that a command reads, as its last arguments; `--cards` is how they were named before."""

    @wraps(command)
    def joined(*arguments: Any, cards: tuple[Path, ...], further: tuple[Path, ...], **named: Any) -> Any:
        return command(*arguments, cards=(*cards, *further), **named)

    path = click.Path(path_type=Path)
    named = click.option("--cards", "further", type=path, multiple=True, hidden=True, help="The same as CARDS.")(joined)
    return cast("Command", click.argument("cards", nargs=-1, type=path)(named))


def model_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """The models of the registry that begin as what is typed, for a shell's completion."""
    from registry.query.table_cache import open_tables
    from registry.types import MirError

    try:
        with context.scope(cleanup=False):
            names = open_tables(*settings(())).tables.models.columns["name"]
    except MirError:
        return []
    return [name for name in names if str(name).casefold().startswith(incomplete.casefold())]


FORMATS = ("text", "json", "csv")


def settings(cards: Sequence[Path]) -> tuple[Sequence[Path], Config]:
    """The cards that are meant, and the settings of whoever asks."""
    config = caller_config()
    return here(cards or usual_cards(config), config), config


def opened(cards: Sequence[Path]) -> TableCache:
    """The tables of the cards that are meant; what could not be read is told on standard error."""
    from registry.query.table_cache import open_tables

    with without_collector():
        kept = open_tables(*settings(cards))
    # They live as long as the command, and a search for cycles would go through all of them.
    gc.freeze()
    if kept.unread:
        more = f" and {len(kept.unread) - 1} more" if len(kept.unread) > 1 else ""
        click.echo(f"mir: warning: not all cards could be read: {plain(kept.unread[0])}{more}", err=True)
    return kept


def show_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], form: str) -> None:
    """Print rows as a table, as JSON or as CSV."""
    if form == "json":
        click.echo(json.dumps(list(rows), indent=2, default=str))
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
    shown = [
        replace(each, right=True, least=0) if rows and all(_is_number(row[at]) for row in rows) else each
        for at, each in enumerate(columns)
    ]
    click.echo("\n".join(lay_out(shown, rows, terminal_width(), rule=False)))


def column(name: str, *, below: bool = False) -> TerminalColumn:
    """A column of texts."""
    return TerminalColumn(name=plain(name), least=12, below=below)


def text(value: Any) -> str:
    """A value for people: nothing for what is missing."""
    return "" if value is None else str(value)


def _is_number(cell: str) -> bool:
    return not cell or cell.rstrip("%").replace(".", "", 1).replace(",", "").lstrip("-").isdigit()


def here(paths: Sequence[Path], config: Config) -> tuple[Path, ...]:
    """The paths, those at `hf://` as the folders that they were fetched into.

    Raises:
        UsageError: An address is none, or the Hub does not give what it leads to.
    """
    if not any(map(is_on_hub, paths)):
        return tuple(paths)
    from registry.download.hub_repositories import fetched

    return fetched(paths, config, offline=is_offline(), tell=_tell)


def _tell(message: str) -> None:
    click.echo(plain(f"mir: warning: {message}"), err=True)
