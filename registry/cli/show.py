"""`mir show`: what a model's card claims, and what was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from registry.cli.chosen_cards import chosen_cards
from registry.cli.configuration import offline_option
from registry.cli.output_files import print_json
from registry.cli.query_options import cards_argument, column, model_names, opened, print_table
from registry.cli.shared_options import format_option
from registry.loader.project import is_on_hub
from registry.query.registry_tables import measured_text
from registry.report.output import plain
from registry.report.terminal_table import TerminalColumn


@click.command(
    "show",
    epilog="Exit codes: 0, 1 where a claim is refuted or an error, such as a record whose verdict does not follow from "
    "it or other weights beside the card, 2 no card has such a model.",
)
@click.argument("model", shell_complete=model_names)
@cards_argument
@format_option("text", "json")
@offline_option
def command(model: str, cards: tuple[Path, ...], form: str) -> int:
    """Show what the card of MODEL claims beside what was measured.

    MODEL is a name, its beginning, or an address on the Hub: hf://owner/model[@revision]. CARDS are cards and folders;
    without any, `paths` of the configuration or the folder models.
    """
    from registry.query.model_claims import show

    if is_on_hub(model):
        tables = opened(chosen_cards([Path(model)])).tables
        names = dict.fromkeys(str(row["name"]) for row in tables.named()["models"].rows())
        models = [model_name for name in names for model_name in show(tables, name)]
    else:
        models = show(opened(chosen_cards(cards)).tables, model)
    if form == "json":
        print_json(models)
    else:
        for number, shown_model in enumerate(models):
            click.echo("\n" * bool(number), nl=False)
            _print(shown_model)
    return int(
        any(claim["verdict"] in ("refuted", "error") for shown_model in models for claim in shown_model["claims"])
    )


def _print(model: dict[str, Any]) -> None:
    click.echo(plain(f"{model['name']}  {model['file']}:{model['line']}"))
    about = [f"{name} {model[name]}" for name in ("collection", "library", "license") if model[name]]
    if about:
        click.echo(plain("; ".join(about)))
    if not model["claims"]:
        click.echo("no claims")
        return
    click.echo("")
    print_table([[plain(cell) for cell in _row(claim)] for claim in model["claims"]], _COLUMNS)


_COLUMNS = (
    column("claim"),
    TerminalColumn(name="reported", right=True),
    TerminalColumn(name="measured", right=True),
    TerminalColumn(name="verdict"),
    replace(column("reason", below=True), least=36),
)


def _row(claim: dict[str, Any]) -> list[str]:
    parts = (claim["dataset"], claim["config"], claim["split"])
    data = ", ".join(part for part in parts if part)
    evidence = claim["evidence"] or {}
    measured = evidence.get("measured")
    return [
        f"{claim['label']} ({data})" if data else claim["label"],
        claim["reported"],
        "" if measured is None else measured_text(measured, claim["label"], claim["reported"], claim["kind"]),
        claim["verdict"],
        claim["reason"] or "",
    ]
