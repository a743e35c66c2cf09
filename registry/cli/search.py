"""`mir search`: the models that satisfy an expression."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.chosen_cards import chosen_cards
from registry.cli.messages import tell
from registry.cli.query_options import FORMATS, cards_argument, opened, show_rows
from registry.cli.shared_options import format_option
from registry.loader.project import is_on_hub
from registry.numbers import counted


@click.command(
    "search",
    epilog="Exit codes: 0, also where no model is found; 2 where the expression cannot be understood, or a field or a "
    "text in it is misspelt.",
)
@click.argument("expression", default="")
@cards_argument
@click.option("--sort", metavar="FIELD,...", help="Sort by these; -FIELD from the largest down.")
@click.option("--limit", type=click.IntRange(min=1), help="Print at most this many models.")
@format_option(*FORMATS)
def command(expression: str, cards: tuple[Path, ...], sort: str | None, limit: int | None, form: str) -> int:
    """Find the models that satisfy EXPRESSION; all of them without one.

    \b
    mir search 'flops < 5e9 and top1 > 0.75 and dataset = "ImageNet"' --sort -top1

    Fields are name, collection, library, license, paper, architecture, "training data", "training techniques", config,
    code, weights, date, task, dataset, split, file, verdict, and every metric by any of its names: parameters, flops,
    file-size, top1, "box AP". A field or a text that no card has is named on standard error. Fields are compared with =
    != < <= > >= and ~ (contains), and joined with and, or, not and brackets. Numbers may have units (25M, 4.1 GFLOPs,
    100 MB, 75%). FIELD.measured is what was measured instead of what is reported, FIELD.verdict what that says of it.
    """  # noqa: D301
    from registry.query.model_search import Search
    from registry.query.unmatched import unmatched

    if is_on_hub(expression):
        expression, cards = "", (Path(expression), *cards)
    chosen = chosen_cards(cards)
    search = Search(opened(chosen).tables, chosen.config.load_vocabulary())
    keys = [key.strip() for key in sort.split(",")] if sort else []
    answer = search.find(expression, sort=keys, limit=limit)
    for notice in (*unmatched(search, expression), *(f"no card reports {name}" for name in search.unreported(answer))):
        tell(notice)
    if form == "text":
        columns, rows = search.printed(answer)
        if rows:
            show_rows(rows, columns, form)
        click.echo(f"{len(rows)} of {counted(len(search.tables.models), 'model')}", err=True)
    else:
        records = list(search.rows(answer))
        show_rows(records, list(dict.fromkeys(name for row in records for name in row)), form)
    return 0
