"""`mir evidence check`: whether evidence still holds for the cards as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from registry.claims import read_claims
from registry.cli.chosen_cards import chosen_cards
from registry.cli.configuration import offline_option
from registry.cli.messages import tell_findings
from registry.cli.output_files import print_json, standard_output_is_ours
from registry.cli.shared_options import PATH, READ_PLACE, format_option
from registry.evidence import Store
from registry.evidence.rejudge.imported import is_imported
from registry.numbers import counted
from registry.read.faults import sparing
from registry.report.output import plain
from registry.storage import Place
from registry.types import Index
from registry.verify.audit import STATES, Audited, audit

_FEW = 20
"""Records that are named one by one without being asked for."""


@click.command(epilog="Exit codes: 0 all evidence is fresh, 1 some is stale, orphaned or invalid.")
@click.argument("cards", nargs=-1, type=PATH)
@click.option("--evidence", "folder", type=READ_PLACE, help="Folder or URL of the evidence.")
@format_option("text", "json")
@click.option("-v", "--verbose", is_flag=True, help="Name every record, however many there are.")
@offline_option
def check(cards: tuple[Path, ...], folder: Place | None, form: str, verbose: bool) -> int:
    """Check that evidence is valid and still holds for the cards as they are.

    Needs neither torch nor the data: the claims, the code and the weights that lie beside their card are compared,
    and what cannot be compared here is said. Every verdict is judged again from the claim and the measurement in its
    record. CARDS are files, folders or addresses on the Hub such as hf://owner/model; without any, `paths` of the
    configuration or the folder models. Only their records are looked at.
    """
    chosen = chosen_cards(cards)
    store, vocabulary = chosen.store(folder), chosen.config.load_vocabulary()

    def readable(part: Index) -> Index:
        read_claims(part, vocabulary)
        return part

    index, faults = sparing("could not be read", readable, chosen.load())
    tell_findings(faults)
    with standard_output_is_ours():
        audited = list(audit(index, store, vocabulary, paths=chosen.paths))
    if form == "json":
        print_json([_as_json(record, store) for record in audited])
    else:
        reasons = [(record, reason) for record in audited for reason in record.reasons]
        for line in _grouped(reasons) if len(reasons) > _FEW and not verbose else map(_line, reasons):
            click.echo(plain(line))
        click.echo(_summary(audited, store))
    return int(bool(faults) or any(record.state != "fresh" for record in audited))


def _line(line_parts: tuple[Audited, str]) -> str:
    record, reason = line_parts
    return f"{_place(record)}: {record.state}: {reason}"


def _place(record: Audited) -> str:
    return f"{record.file}: {record.record}" if record.record else str(record.file)


def _grouped(reasons: Sequence[tuple[Audited, str]]) -> Iterator[str]:
    """One line for each reason, with how many records it holds for, the commonest first."""
    groups: dict[tuple[str, str], list[Audited]] = {}
    for record, reason in reasons:
        groups.setdefault((record.state, reason), []).append(record)
    for (state, reason), records in sorted(groups.items(), key=lambda group: -len(group[1])):
        others = f" and {len(records) - 1} more" if len(records) > 1 else ""
        yield f"{_place(records[0])}{others}: {state}: {reason}"


def _as_json(record: Audited, store: Store) -> dict[str, Any]:
    claim = None if record.evidence is None else record.evidence.claim
    return {
        "file": store.name(record.file),
        "record": record.record or None,
        "state": record.state,
        "reasons": record.reasons,
        "model": None if claim is None else claim.model,
        "subject": None if claim is None else claim.subject,
        "verdict": None if record.evidence is None else record.evidence.verdict,
        "compared": record.compared,
        "unknown": record.unknown,
    }


def _summary(audited: Sequence[Audited], store: Store) -> str:
    if not audited:
        return plain(f"no evidence in {store.folder}")
    states = Counter(record.state for record in audited)
    text = f"{counted(len(audited), 'record')}: " + ", ".join(
        f"{states[state]} {state}" for state in STATES if states[state]
    )
    imported = sum(is_imported(record.evidence) for record in audited)
    if imported:
        text += f"; {imported} imported: measured by other harnesses, not by mir"
    unknown = Counter(name for record in audited for name in record.unknown)
    if unknown:
        text += "\nnot compared here: " + ", ".join(
            f"{plain(name)} ({count})" for name, count in sorted(unknown.items())
        )
    return text
