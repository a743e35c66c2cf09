"""`mir evidence fingerprint`: what a data set holds, in numbers that two people can compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from registry.cli.configuration import caller_config
from registry.cli.messages import tell
from registry.cli.output_files import print_json, standard_output_is_ours
from registry.cli.shared_options import format_option
from registry.evidence import strict_json
from registry.report.output import plain
from registry.types import MirError, UsageError

_COMPARED = {
    "contents": "the samples themselves, whatever they are called",
    "fingerprint": "names, samples and answers",
}
_LARGEST = 16 << 20
"""Bytes of a file of fingerprints that are read."""


@click.command(epilog="Exit codes: 0, or 1 where --against says something else of a data set, or nothing.")
@click.argument("sets", nargs=-1, required=True, metavar="NAME[=FOLDER]...")
@click.option(
    "--answers",
    default="labels",
    show_default=True,
    help="What to read for each sample: labels, masks, objects, flows, or what a plug-in's data set holds.",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE.json",
    help="Fingerprints to compare with.",
)
@format_option("text", "json", help="Format of the output; --against reads json.")
def fingerprint(sets: tuple[str, ...], answers: str, against: Path | None, form: str) -> int:
    """Take the fingerprints of data sets, so that two people can know that they used the same files.

    NAME is the data set as cards call it, its split included where that is not the usual one. Without FOLDER, it is
    where the configuration says. `contents` is a digest of the samples alone, which renaming and sorting leave alone;
    `fingerprint` is one of names, samples and answers, and is the digest `dataset` of evidence.
    """
    with standard_output_is_ours():
        fingerprints = [_fingerprint(text, answers) for text in sets]
    other = [] if against is None else _published(against)
    differences = [line for row in fingerprints for line in _differences(row, other)] if against is not None else []
    if form == "json":
        print_json(fingerprints)
    else:
        for row in fingerprints:
            click.echo(plain(f"{row['dataset']}: {row['samples']} samples, {row['known']}"))
            for name, about in _COMPARED.items():
                click.echo(plain(f"  {name}: {row[name] or 'cannot be taken'}  ({about})"))
        if against is not None and not differences:
            click.echo(plain(f"all as in {against}"))
    for line in differences:
        tell(line)
    return int(bool(differences))


def _fingerprint(text: str, answers: str) -> dict[str, Any]:
    """A data set's; what another package's code reads is read in a worker."""
    from registry.verify.datasets import plugin_of
    from registry.verify.engines import Failure, in_worker

    if plugin_of(text.partition("=")[0]) is None:
        return _taken((text, answers))
    answer = in_worker(_taken, (text, answers))
    if isinstance(answer, Failure):
        raise UsageError(answer.reason)
    return answer


def _taken(arguments: tuple[str, str]) -> dict[str, Any]:
    from registry.evidence.digest_cache import Remembered
    from registry.types import DatasetRef
    from registry.verify.accuracy.identity import identify
    from registry.verify.datasets import find
    from registry.verify.verification import folders

    text, answers = arguments
    name, _, folder = text.partition("=")
    data = folders({name: folder} if folder else {}, caller_config())
    remembered = Remembered()
    try:
        dataset = find(name, data, answers=answers)
        identity = identify(DatasetRef(name=name), dataset, remembered)
        whole = dataset.fingerprint(remembered)
    except MirError as error:
        raise UsageError(error.message) from error
    return {
        "dataset": name,
        "samples": len(dataset.names),
        "known": "as many as are published" if identity.complete else identity.subset or "nothing is published of it",
        "contents": identity.contents,
        "fingerprint": whole,
    }


def _published(file: Path) -> list[dict[str, Any]]:
    with file.open("rb") as opened:
        data = opened.read(_LARGEST + 1)
    try:
        fingerprints = strict_json.load(data[:_LARGEST])
    except strict_json.JsonError as error:
        raise UsageError(f"{file} holds no fingerprints: {error}") from error
    if not isinstance(fingerprints, list) or not all(isinstance(row, dict) for row in fingerprints):
        raise UsageError(f"{file} holds no fingerprints: it must be what --format json prints")
    return fingerprints


def _differences(own: dict[str, Any], other: list[dict[str, Any]]) -> list[str]:
    from registry.verify.datasets import canonical

    name = own["dataset"]
    published = next(
        (row for row in other if canonical(str(row.get("dataset"))) == canonical(name)),
        None,
    )
    if published is None:
        return [f"{name}: nothing is published of it there"]
    return [
        f"{name}: {about} ({key}) differ: {own[key] or 'none'} here, {str(published.get(key))[:80]} there"
        for key, about in _COMPARED.items()
        if published.get(key) != own[key]
    ]
