"""`mir evidence export`: evidence in a form that other tools store and check."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from registry.cli.chosen_cards import usual_folder
from registry.cli.configuration import caller_config
from registry.cli.evidence.store_argument import cards_in, store_at
from registry.cli.messages import tell_problems
from registry.cli.output_files import put, tell_losses, write
from registry.cli.shared_options import PATH, PLACE
from registry.convert.every_eval_ever import RELATIONSHIPS, records
from registry.convert.measured import export as export_results
from registry.dialects.writers.identifiers import is_benchmark
from registry.evidence import Store
from registry.evidence.statement import dump, statement
from registry.evidence.weights_beside import weights_digests
from registry.storage import Place
from registry.types import UsageError
from registry.vocabulary import fold
from registry.vocabulary.slips import KnownNames

FORMATS = ("in-toto", "huggingface", "eval-results", "every-eval-ever")


@click.command(epilog="Exit codes: 0, or 1 where a file in the folder is no evidence and was left out.")
@click.argument("folder", default=usual_folder, type=PLACE)
@click.option("--to", type=click.Choice(FORMATS), help="Format to write.")
@click.option("--in-toto", is_flag=True, help="The same as --to in-toto.")
@click.option("--sign", "key", type=PATH, help="Sign each statement with this Ed25519 key.")
@click.option("--url", help="Where FOLDER is published: the source of each number on the Hub.")
@click.option(
    "--benchmark",
    "benchmarks",
    multiple=True,
    metavar="DATASET=OWNER/NAME:TASK",
    help="For eval-results: the Hub's repository of a data set of the cards, and the task in its eval.yaml.",
)
@click.option("--organization", metavar="NAME", help="Who measured; every-eval-ever requires it.")
@click.option(
    "--relationship",
    type=click.Choice(RELATIONSHIPS),
    default="other",
    show_default=True,
    help="Their relation to the models' authors, for every-eval-ever.",
)
@click.option("-o", "--output", type=PATH, help="File or folder; standard output without it.")
def export(
    folder: Place,
    to: str | None,
    in_toto: bool,
    key: Path | None,
    url: str | None,
    benchmarks: tuple[str, ...],
    organization: str | None,
    relationship: str,
    output: Path | None,
) -> int:
    """Export evidence in a format of other tools.

    FOLDER holds evidence, or cards with their evidence beside them.

    in-toto writes Statements v1, one a line; signed they are DSSE envelopes, which is in-toto's bundle. The subjects of
    each are the claim and, where evidence or the card's SHA256 says it, the digest of the model's weights, so that a
    file of weights leads to what is known of it. A key is made with `mir evidence keygen`, openssl or ssh-keygen.

    eval-results writes files for a pull request to the models' repositories, of what was measured on benchmarks of the
    Hub. huggingface writes the measured values of each model, every-eval-ever a record of each model and
    data set with its uncertainty. They hold results on data; what else there is evidence of is listed.
    """
    if in_toto == (to is not None):
        raise UsageError("name one format with --to")
    if key is not None and not (in_toto or to == "in-toto"):
        raise UsageError("only in-toto statements are signed")
    if benchmarks and to != "eval-results":
        raise UsageError("--benchmark is for --to eval-results")
    store = store_at(folder)
    if in_toto or to == "in-toto":
        _statements(store, weights_digests(store.all(), cards_in(folder, store).models), key, output)
        return tell_problems(store.problems())
    vocabulary = caller_config().load_vocabulary()
    if to == "every-eval-ever":
        if not organization:
            raise UsageError("say who measured with --organization")
        converted = records(store.all(), organization=organization, relationship=relationship, vocabulary=vocabulary)
    else:
        benchmark_of, evidence = dict(map(_benchmark, benchmarks)), store.all()
        names = {
            fold(record.claim.dataset.name): record.claim.dataset.name for record in evidence if record.claim.dataset
        }
        for dataset in benchmark_of:
            if dataset not in names:
                slip = KnownNames(names).closest(dataset)
                hint = "" if slip is None else f"; did you mean {names[slip]}?"
                raise UsageError(f"--benchmark: there is no evidence on the data set '{dataset}'{hint}")
        converted = export_results(evidence, str(to), url=url, vocabulary=vocabulary, benchmarks=benchmark_of)
    tell_losses(converted, short=True)
    write(converted, output)
    return tell_problems(store.problems())


def _benchmark(text: str) -> tuple[str, tuple[str, str]]:
    """A data set by its folded name, and its benchmark."""
    dataset, _, rest = text.partition("=")
    name, _, task = rest.partition(":")
    if not (dataset and is_benchmark(name) and task):
        raise UsageError(
            f"--benchmark {text}: it must be DATASET=OWNER/NAME:TASK, such as GPQA=Idavidrein/gpqa:diamond"
        )
    return fold(dataset), (name, task)


def _statements(store: Store, weights: Mapping[str, str], key: Path | None, output: Path | None) -> None:
    lines = [dump(statement(record, weights=weights.get(record.claim.model))) for record in store.all()]
    if key is not None:
        # Signing needs a package that exporting does not.
        from registry.evidence.dsse import private_key, seal

        secret = private_key(key)
        lines = [seal(line, secret) for line in lines]
    put(b"".join(line + b"\n" for line in lines), output)
