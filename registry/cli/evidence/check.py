"""`mir evidence check`: whether evidence still holds for the cards as they are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from registry.cli.configuration import caller_config, dialect_of
from registry.cli.places import PLACE
from registry.evidence import Store
from registry.evidence.folder import evidence_folder
from registry.loader import load
from registry.report.plain import plain
from registry.storage import Place
from registry.verify.audit import STATES, Audited, audit


@click.command(epilog="Exit codes: 0 all evidence is fresh, 1 some is stale, orphaned or invalid.")
@click.argument("cards", nargs=-1, type=click.Path(path_type=Path))
@click.option("--evidence", "folder", type=PLACE, help="Folder or URL of the evidence.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the result.",
)
def check(cards: tuple[Path, ...], folder: Place | None, form: str) -> int:
    """Check that evidence is valid and still holds for the cards as they are.

    Needs neither torch nor the data: the claims, the code and the weights that lie beside their card are compared,
    and what cannot be compared here is said. Every verdict is judged again from the claim and the measurement in its
    record. CARDS are files or folders, models without any; only their records are looked at.
    """
    cards = cards or (Path("models"),)
    config = caller_config()
    store = Store(folder or evidence_folder(cards[0], config))
    index = load(cards, dialect=dialect_of(cards, config))
    audited = list(audit(index, store, config.load_vocabulary(), paths=cards))
    if form == "json":
        click.echo(json.dumps([_as_json(each, store) for each in audited], indent=2))
    else:
        for each in audited:
            for reason in each.reasons:
                click.echo(plain(f"{each.file}: {each.state}: {reason}"))
        click.echo(_summary(audited, store))
    return int(any(each.state != "fresh" for each in audited))


def _as_json(each: Audited, store: Store) -> dict[str, Any]:
    claim = None if each.evidence is None else each.evidence.claim
    return {
        "file": store.name(each.file),
        "state": each.state,
        "reasons": each.reasons,
        "model": None if claim is None else claim.model,
        "subject": None if claim is None else claim.subject,
        "verdict": None if each.evidence is None else each.evidence.verdict,
        "compared": each.compared,
        "unknown": each.unknown,
    }


def _summary(audited: Sequence[Audited], store: Store) -> str:
    if not audited:
        return plain(f"no evidence in {store.folder}")
    states = Counter(each.state for each in audited)
    said = f"{len(audited)} records: " + ", ".join(f"{states[state]} {state}" for state in STATES if states[state])
    unknown = Counter(name for each in audited for name in each.unknown)
    if unknown:
        said += "\nnot compared here: " + ", ".join(
            f"{plain(name)} ({count})" for name, count in sorted(unknown.items())
        )
    return said
