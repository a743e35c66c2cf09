"""`mir rescore`: take metrics again from kept predictions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from registry.cli.chosen_cards import usual_folder
from registry.cli.configuration import caller_config
from registry.cli.evidence.store_argument import store_at
from registry.cli.messages import tell_problems
from registry.cli.output_files import print_json, standard_output_is_ours
from registry.cli.shared_options import PLACE, format_option, pair
from registry.evidence.digest_cache import Remembered
from registry.loader.missing import missing
from registry.numbers import beside, percent, short
from registry.report.output import plain
from registry.storage import Place
from registry.verify.answers import RightAnswers
from registry.verify.predictions import KeptPredictions, load
from registry.verify.rescoring import Rescored, rescore
from registry.verify.tasks import Score, asked, task_that_scores
from registry.verify.verification import folders
from registry.vocabulary.vocabulary import Vocabulary


@click.command(
    "rescore",
    epilog="Exit codes: 0 every metric is what its record says, 1 one is not or its predictions cannot be read.",
)
@click.argument("path", default=usual_folder, type=PLACE)
@click.option(
    "--data",
    metavar="NAME=FOLDER",
    multiple=True,
    help="Where a data set is, to compare the kept right answers with it.",
)
@click.option("--per-class", is_flag=True, help="Show each class too.")
@format_option("text", "json")
def command(path: Place, data: tuple[str, ...], per_class: bool, form: str) -> int:
    """Take metrics again from the predictions that `mir verify --predictions` kept.

    PATH is a folder of evidence, of cards with their evidence beside them, or one file of predictions. Needs neither
    the model nor the data, nor a GPU. Where the data is at hand, by --data or the configuration, the right answers that
    were kept are held against it. Each verdict is judged again.
    """
    if isinstance(path, Path):
        if path.is_file():
            return _one_file(load(path), per_class, form)
        if not path.exists():
            raise missing(path)
    store = store_at(path)
    folders_by_name = dict(pair("--data", text, "imagenet=/data/imagenet") for text in data)
    answers = RightAnswers(folders(folders_by_name, caller_config()), Remembered())
    with standard_output_is_ours():
        rescored = list(rescore(store, answers))
    if form == "json":
        print_json([_as_json(record, per_class) for record in rescored])
    else:
        for record in rescored:
            for line in _as_text(record, per_class):
                click.echo(plain(line))
        click.echo(f"{len(rescored)} of {len(store.all())} records have predictions")
    return max(tell_problems(store.problems()), int(any(record.result != "same" for record in rescored)))


def _one_file(predictions: KeptPredictions, per_class: bool, form: str) -> int:
    metrics = {name: asked(predictions, "score", name) for name in asked(predictions, "metrics")}
    first = next(iter(metrics), "")
    count = len(predictions.samples)
    if form == "json":
        content: dict[str, Any] = {
            "model": predictions.model,
            "dataset": predictions.dataset,
            "samples": count,
            "metrics": {name: score.value for name, score in metrics.items()},
        }
        if per_class:
            content["classes"] = _classes(predictions, first)
        print_json(content)
        return 0
    click.echo(plain(f"{predictions.model} on {predictions.dataset}"))
    for name, score in metrics.items():
        click.echo(f"  {name}: {_shown(name, score)} ({_counted(score.right, count)})")
    for line in _class_lines(predictions, first) if per_class else ():
        click.echo(line)
    return 0


def _shown(subject: str, score: Score) -> str:
    """A metric that no card claims here, in its own unit."""
    term = Vocabulary.load().of_subject(subject) or Vocabulary.load().metric(subject)
    share = score.right is not None or (term is not None and term.kind == "ratio")
    return short(score.value, "ratio" if share else "number")


def _as_text(record: Rescored, per_class: bool) -> Iterator[str]:
    claim = record.evidence.claim
    about = f"{claim.model} {claim.label}"
    if record.value is None:
        yield f"{about}: {record.reason}"
        return
    share = f"{beside(record.value, claim.reported, claim.kind)} ({_counted(record.right, record.samples)})"
    source = ", by the data set's own answers" if record.held else ""
    yield f"{about}: {share}, the card says {claim.reported}: {record.result}{source}"
    if record.reason:
        yield f"  {record.reason}"
    if per_class and record.predictions is not None:
        yield from _class_lines(record.predictions, claim.subject)


def _counted(right: int | None, samples: int | None) -> str:
    return f"over {samples} samples" if right is None else f"{right} of {samples}"


def _as_json(record: Rescored, per_class: bool) -> dict[str, Any]:
    claim, measurement = record.evidence.claim, record.evidence.measurement
    row: dict[str, Any] = {
        "model": claim.model,
        "subject": claim.subject,
        "dataset": None if claim.dataset is None else claim.dataset.name,
        "reported": claim.reported.text,
        "recorded": None if measurement is None else measurement.value,
        "rescored": record.value,
        "right": record.right,
        "samples": record.samples,
        "result": record.result,
        "reason": record.reason,
        "held_against_data": record.held,
    }
    if per_class and record.predictions is not None:
        row["classes"] = _classes(record.predictions, claim.subject)
    return row


def _classes(predictions: KeptPredictions, subject: str) -> list[dict[str, int]]:
    counted = task_that_scores(predictions).counted
    return [
        {"class": label, "right": right, counted: count}
        for label, (right, count) in asked(predictions, "per_class", subject).items()
    ]


def _class_lines(predictions: KeptPredictions, subject: str) -> Iterator[str]:
    counted = task_that_scores(predictions).counted
    unit = "" if counted == "samples" else f" {counted}"
    for label, (right, count) in asked(predictions, "per_class", subject).items():
        yield f"  class {label}: {percent(right / count)} ({right} of {count}{unit})"
