"""`mir evidence import`: what another harness measured, as evidence that says so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from registry.claims import read_claims
from registry.cli.chosen_cards import chosen_cards
from registry.cli.messages import tell, tell_unread
from registry.cli.output_files import print_json
from registry.cli.shared_options import PATH, PLACE, format_option
from registry.harness.importing import Unread, import_logs
from registry.harness.match import Unmatched
from registry.report.output import plain
from registry.report.verdicts import as_rows, print_overview
from registry.storage import Place
from registry.types import Evidence, UsageError


@click.command(
    "import",
    epilog="Exit codes: 0 every file was read and refutes nothing, 1 a claim is refuted or a file is no log",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--cards",
    multiple=True,
    type=PATH,
    help="Card, folder of cards or address on the Hub that the logs are compared with; the project's by default.",
)
@click.option(
    "--evidence",
    "folder",
    type=PLACE,
    help="Folder or URL of the evidence; the nearest evidence/ at or above the cards by default.",
)
@click.option(
    "--model", default="", metavar="NAME", help="The model that the logs are about, where they name none or another."
)
@click.option("--dataset", default="", metavar="NAME", help="The data set of numbers for which a log names none.")
@format_option("text", "json")
def import_(
    files: tuple[Path, ...], cards: tuple[Path, ...], folder: Place | None, model: str, dataset: str, form: str
) -> int:
    """Make evidence of what another harness measured.

    FILES are logs, or folders of them: results of lm-evaluation-harness, of mteb, logs of inspect-ai (.json, .eval),
    what transformers' Trainer leaves (all_results.json, eval_results.json, trainer_state.json), and what OpenMMLab's
    tools/test.py writes. What is in a file says whose it is.

    Each number is judged against the claim that it is about, and kept as imported: measured by the harness, not by mir.
    It stands beside mir's own measurement, one for each harness, and never counts as one. What is about no claim is
    listed with the reason.
    """
    chosen = chosen_cards(cards)
    index = chosen.load()
    models = read_claims(index, chosen.config.load_vocabulary())
    if model and not any(claims.model.name == model for claims in models):
        raise UsageError(f"--model {model}: no card here is of that model")
    results = list(import_logs(files, models, chosen.store(folder), model=model, dataset=dataset))
    evidence = [result for result in results if isinstance(result, Evidence)]
    unmatched = [result for result in results if isinstance(result, Unmatched)]
    unread = [result for result in results if isinstance(result, Unread)]
    if form == "json":
        print_json(_as_json(evidence, unmatched, unread))
    else:
        print_overview(evidence, whole=False)
        for entry in unmatched:
            click.echo(plain(f"{entry.log.file}: {entry.about}: about no claim: {entry.reason}"))
    for file in unread:
        tell(f"mir: {file.file}: {file.reason}")
    wrong = bool(unread) or any(record.verdict in ("refuted", "error") for record in evidence)
    return int(tell_unread(index) or wrong)


def _as_json(evidence: Sequence[Evidence], unmatched: Sequence[Unmatched], unread: Sequence[Unread]) -> dict[str, Any]:
    return {
        "imported": as_rows(evidence),
        "unmatched": [{"file": entry.log.file, "about": entry.about, "reason": entry.reason} for entry in unmatched],
        "unread": [{"file": str(file.file), "reason": file.reason} for file in unread],
    }
