"""`mir evidence diff`: what changed between two states of the evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from registry.cli.evidence.store_argument import store_at
from registry.cli.messages import tell_problems
from registry.cli.output_files import print_json
from registry.cli.shared_options import PATH, format_option
from registry.evidence import EvidenceProblem, to_json
from registry.evidence.compare import EvidenceChange, at_revision, compare
from registry.report.output import plain
from registry.storage import place
from registry.types import Evidence, UsageError

_SHOWN = 20
"""Differences of one record that are listed."""

_LONGEST = 100
"""Characters of a value that are shown."""

_BEFORE = 20
"""Of them, how many of a long one stand before the first that differs."""


@click.command(epilog="Exit codes: 0 the results are the same, 1 they differ.")
@click.argument("before")
@click.argument("after", required=False)
@click.option(
    "--in",
    "folder",
    default="models",
    show_default=True,
    type=PATH,
    help="Folder of the evidence in the revisions.",
)
@format_option("text", "json")
def diff(before: str, after: str | None, folder: Path, form: str) -> int:
    """Show what changed between two folders or two git revisions.

    BEFORE and AFTER are folders of evidence, URLs of such, or revisions such as HEAD~1 of the folder named with --in.
    Without AFTER the folder as it is now is compared. A record that was only measured again, with the same result, is
    no change and is not listed.
    """
    changes = [
        change for change in compare(_state(before, folder), _state(after, folder)) if change.kind != "measured again"
    ]
    if form == "json":
        print_json([_as_json(change) for change in changes])
    else:
        for change in changes:
            for line in _as_text(change):
                click.echo(plain(line))
    return int(bool(changes))


def _state(state: str | None, folder: Path) -> dict[str, Evidence]:
    """Records by their name in the store."""
    where = folder if state is None else place(state)
    if state is not None and isinstance(where, Path) and not where.is_dir():
        records = dict(at_revision(_in_git(folder), state))
        tell_problems([record for record in records.values() if isinstance(record, EvidenceProblem)])
        return {file: record for file, record in records.items() if isinstance(record, Evidence)}
    store = store_at(where)
    entries = list(store.entries())
    tell_problems([entry.found for entry in entries if isinstance(entry.found, EvidenceProblem)])
    return {entry.name: entry.found for entry in entries if isinstance(entry.found, Evidence)}


def _in_git(folder: Path) -> Path:
    """The store's folder, which need not exist in the working tree any more."""
    store_folder = store_at(folder).folder if folder.is_dir() else folder
    if not isinstance(store_folder, Path):
        raise UsageError(f"the evidence is in {store_folder}, which has no revisions; compare two folders or URLs")
    return store_folder


def _as_text(change: EvidenceChange) -> list[str]:
    now = change.after or change.before
    assert now is not None
    about = f"{now.claim.model} {now.claim.label}"
    if change.kind != "changed":
        sign = "+" if change.kind == "added" else "-"
        return [f"{sign} {about}: {now.claim.reported.text}, {now.verdict}"]
    lines = [f"    {name}: {' -> '.join(_short(old, new))}" for name, old, new in change.what[:_SHOWN]]
    more = len(change.what) - len(lines)
    return [f"~ {about}:", *lines, *([f"    and {more} more; --format json lists all"] if more else [])]


def _as_json(change: EvidenceChange) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "before": None if change.before is None else to_json(change.before),
        "after": None if change.after is None else to_json(change.after),
        "what": [{"name": name, "before": old, "after": new} for name, old, new in change.what],
    }


def _short(old: Any, new: Any) -> tuple[str, str]:
    """Both as text; of what is long, the part where they begin to differ."""
    texts = tuple(
        "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for value in (old, new)
    )
    same = next((at for at, pair in enumerate(zip(*texts, strict=False)) if pair[0] != pair[1]), min(map(len, texts)))
    start = max(0, same - _BEFORE) if max(map(len, texts)) > _LONGEST else 0
    return _cut(texts[0], start), _cut(texts[1], start)


def _cut(text: str, start: int) -> str:
    end = start + _LONGEST
    return f"{'...' if start else ''}{text[start:end]}{'...' if len(text) > end else ''}"
